// SPDX-License-Identifier: GPL-2.0
/* peek, poke: lab memory by linear or physical address, without a window. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/session.h"
#include "lab/labarea.h"
#include "libmmlab.h"

#define PEEK_MAX	(1U << 20)

static const struct option longs[] = {
	{ "phys", no_argument, NULL, 'p' }, CLI_OPTION_HELP, { 0 }
};

static const char *access_cure(int error)
{
	switch (error) {
	case -EIO:
		return "Nothing lives there (mmlab walk says why); regions last inside `mmlab run`";
	case -EPERM:
		return "It is another lab process's or the lab's own: root may look everywhere";
	case -EACCES:
		return "The region forbids it";
	case -EINVAL:
		return "The range passes the end of memory";
	case -ENOMEM:
		return "The arena has no frame left: end lab processes or load with a larger mem=";
	case 0:
		return "The rest could not be had: mmlab walk on the next address tells why";
	default:
		return NULL;
	}
}

/* Prints the first byte that could not be copied, with its vmalloc area, if any. */
static int fail_access(const struct session *session, const struct mmlab_access *access,
		       int error)
{
	bool phys = access->flags & MMLAB_ACCESS_PHYS;
	const char *cure = access_cure(error);
	char reason[LABAREA_REASON_BYTES];

	if (!phys && error != -EINVAL &&
	    labarea_explain(session, (uint32_t)(access->addr + access->done), reason))
		cure = reason;
	if (error)
		return cli_fail(error, cure, "%s address 0x%08" PRIx64,
				phys ? "physical" : "linear", (uint64_t)access->addr);
	return cli_fail(0, cure, "only %" PRIu64 " of %" PRIu64 " bytes from 0x%08" PRIx64 " on",
			(uint64_t)access->done, (uint64_t)access->len, (uint64_t)access->addr);
}

static int do_access(struct mmlab_access *access)
{
	struct session session;
	int error, status = session_open(&session);

	if (status)
		return status;
	error = mmlab_access_memory(session.fd, access);
	if (error || access->done < access->len)
		status = fail_access(&session, access, error);
	session_close(&session);
	return status;
}

static void print_dump(const uint8_t *bytes, uint64_t length, uint64_t address)
{
	uint64_t row, i;

	for (row = 0; row < length; row += 16) {
		printf("%08" PRIx64 ":", address + row);
		for (i = row; i < row + 16; i++)
			i < length ? printf(" %02x", bytes[i]) : printf("   ");
		printf("  ");
		for (i = row; i < row + 16 && i < length; i++)
			putchar(isprint(bytes[i]) ? bytes[i] : '.');
		putchar('\n');
	}
}

static int run_peek(const struct command *cmd, int argc, char **argv)
{
	struct mmlab_access access = { 0 };
	uint64_t address, length = 16;
	int option, status;
	uint8_t *bytes;

	while ((option = cli_option(cmd, argc, argv, "ph", longs)) != -1)
		if (option == 'p')
			access.flags |= MMLAB_ACCESS_PHYS;
	if (argc - optind < 1 || argc - optind > 2)
		return cli_usage(cmd, "give an address and perhaps a number of bytes");
	if (!cli_parse_number(argv[optind], UINT32_MAX, &address))
		return cli_usage(cmd, "'%s' is not a 32-bit address (write hexadecimal as 0x…)",
				 argv[optind]);
	if (argc - optind == 2 && (!cli_parse_size(argv[optind + 1], PEEK_MAX, &length) || !length))
		return cli_usage(cmd, "'%s' is not a number of bytes, 1 to 1M", argv[optind + 1]);
	bytes = calloc(1, length);
	if (!bytes)
		return cli_fail(ENOMEM, NULL, "a buffer of %" PRIu64 " bytes", length);
	access.addr = address;
	access.len = length;
	access.buf = (uintptr_t)bytes;
	status = do_access(&access);
	print_dump(bytes, access.done, address);
	free(bytes);
	return status;
}

const struct command cmd_peek = {
	.name = "peek",
	.args = "[--phys] ADDRESS [BYTES]",
	.summary = "Show bytes of lab memory",
	.kept = true,
	.help =
"Dumps BYTES (16) of this lab process's memory from ADDRESS on. For binary\n"
"output use the device itself: a file offset is a linear address, so that\n"
"dd and xxd work on the descriptor that `mmlab run` hands down.\n"
"\n"
"  --phys   ADDRESS is physical: blocks of this session; for root, everything\n"
"\n"
"--pid N works in a lab process that `mmlab proc` keeps.\n"
"\n"
"Exit status: 0 done, 1 failed, 2 usage, 3 module not loaded, 4 permission.\n",
	.run = run_peek,
};

static int run_poke(const struct command *cmd, int argc, char **argv)
{
	struct mmlab_access access = { .flags = MMLAB_ACCESS_WRITE };
	uint64_t address, value;
	int option, status, i;
	uint8_t *bytes;

	while ((option = cli_option(cmd, argc, argv, "ph", longs)) != -1)
		if (option == 'p')
			access.flags |= MMLAB_ACCESS_PHYS;
	if (argc - optind < 2)
		return cli_usage(cmd, "give an address and the bytes to store");
	if (!cli_parse_number(argv[optind], UINT32_MAX, &address))
		return cli_usage(cmd, "'%s' is not a 32-bit address (write hexadecimal as 0x…)",
				 argv[optind]);
	access.addr = address;
	access.len = (__u64)(argc - optind - 1);
	bytes = calloc(1, access.len);
	if (!bytes)
		return cli_fail(ENOMEM, NULL, "a buffer of %" PRIu64 " bytes",
				(uint64_t)access.len);
	access.buf = (uintptr_t)bytes;
	for (i = optind + 1; i < argc; i++) {
		if (!cli_parse_number(argv[i], UINT8_MAX, &value)) {
			free(bytes);
			return cli_usage(cmd, "'%s' is not a byte, 0 to 255", argv[i]);
		}
		bytes[i - optind - 1] = (uint8_t)value;
	}
	status = do_access(&access);
	free(bytes);
	if (!status)
		printf("stored %" PRIu64 " byte%s at 0x%08" PRIx64 "\n", (uint64_t)access.done,
		       access.done == 1 ? "" : "s", address);
	return status;
}

const struct command cmd_poke = {
	.name = "poke",
	.args = "[--phys] ADDRESS BYTE…",
	.summary = "Store bytes in lab memory",
	.kept = true,
	.help =
"Stores each BYTE (0 to 255) from ADDRESS on. A page that is not there yet is\n"
"supplied as by a touch, if a region covers it.\n"
"\n"
"  --phys   ADDRESS is physical: blocks of this session; for root, everything\n"
"\n"
"--pid N works in a lab process that `mmlab proc` keeps.\n"
"\n"
"Exit status: 0 done, 1 failed, 2 usage, 3 module not loaded, 4 permission.\n",
	.run = run_poke,
};
