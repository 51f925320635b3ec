// SPDX-License-Identifier: GPL-2.0
/* vm: the areas of the vmalloc region, listed. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "cli/session.h"
#include "lab/labarea.h"
#include "libmmlab.h"

struct totals {
	uint64_t pages, mapped, bytes;	/* bytes with the guard pages */
};

static struct totals add_up(const struct session *session,
			    const struct labarea_row *rows, long n)
{
	struct totals sum = { 0 };
	long i;

	for (i = 0; i < n; i++) {
		sum.pages += labarea_pages(session, &rows[i].area);
		sum.mapped += rows[i].area.nr_mapped;
		sum.bytes += rows[i].area.size + (1ULL << session->info.page_shift);
	}
	return sum;
}

static const char *plural(uint64_t nr)
{
	return nr == 1 ? "" : "s";
}

static void print_rows(const struct session *session, const struct labarea_row *rows,
		       long n)
{
	struct totals sum = add_up(session, rows, n);
	char words[64], owner[16];
	long i;

	printf("%-21s %7s %7s  %-10s %-7s %-24s %s\n", "LINEAR", "PAGES", "FRAMES",
	       "GUARD PAGE", "LAB PID", "KIND", "CALLER");
	for (i = 0; i < n; i++) {
		const struct mmlab_area *area = &rows[i].area;

		snprintf(owner, sizeof(owner), "%u", area->owner);
		printf("0x%08x-0x%08x %7u %7u  0x%08x %-7s %-24s %s\n", area->lva,
		       labarea_guard(area), labarea_pages(session, area), area->nr_mapped,
		       labarea_guard(area),
		       area->owner ? owner : "kernel",
		       labarea_flag_words(area->flags, words),
		       rows[i].caller);
	}
	printf("%ld area%s, %" PRIu64 " page%s with %" PRIu64 " frame%s; %" PRIu64
	       " kB of addresses, guard pages included\n", n, plural(n), sum.pages,
	       plural(sum.pages), sum.mapped, plural(sum.mapped), sum.bytes / 1024);
}

static void print_row_json(const struct session *session, const struct labarea_row *row)
{
	const struct mmlab_area *area = &row->area;

	json_object_begin(NULL);
	json_number("linear", area->lva);
	json_number("bytes", area->size);
	json_number("pages", labarea_pages(session, area));
	json_number("frames", area->nr_mapped);
	json_number("guard", labarea_guard(area));
	json_number("lab_pid", area->owner);
	json_bool("lazy", area->flags & MMLAB_VM_LAZY);
	json_bool("user", area->flags & MMLAB_VM_USER);
	json_bool("read_only", area->flags & MMLAB_VM_READONLY);
	json_bool("scattered", area->flags & MMLAB_VM_SCATTER);
	json_bool("host", area->flags & MMLAB_VM_HOST);
	json_string("caller", *row->caller ? row->caller : NULL);
	json_object_end();
}

static void print_rows_json(const struct session *session,
			    const struct labarea_row *rows, long n, bool own_only)
{
	struct totals sum = add_up(session, rows, n);
	long i;

	json_object_begin(NULL);
	json_bool("own_only", own_only);
	json_array_begin("areas");
	for (i = 0; i < n; i++)
		print_row_json(session, &rows[i]);
	json_array_end();
	json_number("pages", sum.pages);
	json_number("frames", sum.mapped);
	json_number("bytes_with_guards", sum.bytes);
	json_object_end();
}

static int list(const struct session *session, bool json)
{
	struct labarea_row *rows;
	bool own_only;
	long n = labarea_list(session, &rows, &own_only);

	if (n < 0) {
		free(rows);
		return cli_fail_open((int)n, "the vmallocinfo of the lab");
	}
	if (own_only)
		fprintf(stderr, "vmallocinfo is root's: these are the areas of lab process %u only\n",
			session->info.lab_pid);
	if (json)
		print_rows_json(session, rows, n, own_only);
	else
		print_rows(session, rows, n);
	free(rows);
	return CLI_OK;
}

static int run_vm(const struct command *cmd, int argc, char **argv)
{
	static const struct option longs[] = { CLI_OPTION_JSON, CLI_OPTION_HELP, { 0 } };
	struct session session;
	bool json = false;
	int option, status;

	while ((option = cli_option(cmd, argc, argv, "jh", longs)) != -1)
		json |= option == 'j';
	if (argc - optind != 1 || strcmp(argv[optind], "list"))
		return cli_usage(cmd, "there is `mmlab vm list`, and nothing else");
	status = session_open(&session);
	if (status)
		return status;
	status = list(&session, json);
	session_close(&session);
	return status;
}

const struct command cmd_vm = {
	.name = "vm",
	.args = "list [--json]",
	.summary = "List the areas of the vmalloc region",
	.help =
"One area a line, by address: its pages, how many of them have a frame (a lazy\n"
"area gets them on the first touch), the guard page after it, the lab process\n"
"that it belongs to, its kind, and the code that asked for it. KIND is eager or\n"
"lazy; user, if other lab processes may map it; read-only; scattered; host, if\n"
"the host kernel has a pointer to it.\n"
"\n"
"/proc/mmlab/vmallocinfo says who asked and is root's. Others see the areas of\n"
"their own lab process, inside `mmlab run`.\n"
"\n"
"  --json   the same as JSON; lab_pid 0 is the lab kernel\n"
"\n"
"Exit status: 0 done, 1 failed, 2 usage, 3 module not loaded, 4 permission.\n",
	.run = run_vm,
};
