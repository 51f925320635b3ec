// SPDX-License-Identifier: GPL-2.0
/* fragmentation: a story in four acts, played on the real allocators. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/session.h"
#include "frag.h"

static const struct {
	const char *name;
	bool (*play)(const struct session *session);
} acts[] = {
	{ "internal", frag_internal }, { "blocks", frag_blocks }, { "slabs", frag_slabs },
	{ "vmalloc", frag_vmalloc },
};

#define NR_ACTS	(sizeof(acts) / sizeof(acts[0]))

static int run_fragmentation(const struct command *cmd, int argc, char **argv)
{
	static const struct option longs[] = { CLI_OPTION_HELP, { 0 } };
	bool good = true, played = false;
	size_t i;

	while (cli_option(cmd, argc, argv, "h", longs) != -1)
		;
	if (argc - optind > 1)
		return cli_usage(cmd, "one act, or all of them");
	for (i = 0; i < NR_ACTS; i++) {
		struct session session;
		int status;

		if (optind < argc && strcmp(argv[optind], acts[i].name))
			continue;
		status = session_open_new(&session);
		if (status)
			return status;
		good &= acts[i].play(&session);
		session_close(&session);
		fputc('\n', stdout);
		fflush(stdout);
		played = true;
	}
	if (!played)
		return cli_usage(cmd, "the acts are internal, blocks, slabs and vmalloc, not '%s'",
				 argv[optind]);
	puts(good ? "the story came out as told" : "the story did NOT come out as told: see BAD above");
	return good ? CLI_OK : CLI_FAILED;
}

const struct command cmd_fragmentation = {
	.name = "fragmentation",
	.args = "[internal|blocks|slabs|vmalloc]",
	.summary = "Make fragmentation visible, inside and outside of objects",
	.help =
"Four acts (or the one named), each by a lab process of its own that leaves\n"
"nothing behind:\n"
"\n"
"  internal   kmalloc of 1 to 131072 bytes: how much of the object that comes is\n"
"             wasted, by range of sizes, and the worst case\n"
"  blocks     fills the arena with single frames, frees every second one, and\n"
"             asks for a block of order 9: half of memory is free, and the answer\n"
"             is no\n"
"  slabs      the same with slab objects: one object left in each slab holds all\n"
"             of its memory, and shrinking doesn't help\n"
"  vmalloc    every second frame freed again, so that a block of order 5 is refused;\n"
"             vmalloc then gets the same bytes, each page from somewhere else. What\n"
"             that costs: page-table pages, and instructions (or ticks)\n"
"\n"
"EXTFRAG and UNUSABLE are zone Normal's extfrag_index and unusable_index for the\n"
"ORDER asked for (mmlab info extfrag_index). Each line tells whether it came out as it\n"
"should. All but internal take the whole arena for a moment: other lab processes\n"
"that need memory meanwhile get none.\n"
"\n"
"Exit status: 0 it came out as told, 1 it did not, 2 usage, 3 module not loaded,\n"
"4 permission.\n",
	.run = run_fragmentation,
};
