// SPDX-License-Identifier: GPL-2.0
/* vma, page: the questions of the course's module, with answers one can read. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "cli/session.h"
#include "lab/labproc.h"
#include "lab/labswap.h"
#include "libmmlab.h"

static void region_json(const char *key, const struct region *region)
{
	json_object_begin(key);
	json_number("start", region->start);
	json_number("end", region->end);
	json_string("rights", region->rights);
	json_string("name", region->name);
	json_object_end();
}

static void print_region(const struct region *region)
{
	printf("0x%08" PRIx64 "-0x%08" PRIx64 "  %s %9" PRIu64 "  %s\n", region->start,
	       region->end, region->rights, (region->end - region->start) / 1024,
	       *region->name ? region->name : "anonymous");
}

static int list(const struct region *regions, long n, bool json)
{
	uint64_t bytes = 0;
	long i;

	if (json)
		json_array_begin(NULL);
	else
		printf("%-21s  %-6s %7s  %s\n", "LINEAR", "RIGHTS", "KB", "WHAT");
	for (i = 0; i < n; i++) {
		if (json)
			region_json(NULL, &regions[i]);
		else
			print_region(&regions[i]);
		bytes += regions[i].end - regions[i].start;
	}
	if (json)
		json_array_end();
	else
		printf("%ld region%s, %" PRIu64 " kB\n", n, n == 1 ? "" : "s", bytes / 1024);
	return CLI_OK;
}

/* find_vma(): the first region that ends after the address. */
static int find(const struct region *regions, long n, uint32_t lva, bool json)
{
	const struct region *found = NULL;
	bool inside;
	long i;

	for (i = 0; i < n && !found; i++)
		if (lva < regions[i].end)
			found = &regions[i];
	inside = found && lva >= found->start;
	if (json) {
		json_object_begin(NULL);
		json_number("address", lva);
		json_bool("inside", inside);
		if (found)
			region_json("vma", found);
		json_object_end();
	} else if (inside) {
		printf("0x%08x lies in this region, 0x%" PRIx64 " bytes after its start:\n", lva,
		       lva - found->start);
		print_region(found);
	} else {
		printf("0x%08x lies in no region: a touch is a SIGBUS.\n", lva);
		if (found) {
			printf("find_vma() gives the next one, 0x%" PRIx64 " bytes on:\n",
			       found->start - lva);
			print_region(found);
		} else {
			printf("find_vma() gives NULL: no region follows.\n");
		}
	}
	return inside ? CLI_OK : CLI_FAILED;
}

/* Options, the verb and the address. Return: CLI_OK or an exit status */
static int parse(const struct command *cmd, int argc, char **argv, bool *json, bool *is_find,
		 uint64_t *lva)
{
	static const struct option longs[] = { CLI_OPTION_JSON, CLI_OPTION_HELP, { 0 } };
	int option;

	while ((option = cli_option(cmd, argc, argv, "jh", longs)) != -1)
		*json |= option == 'j';
	*is_find = argc - optind == 2 && !strcmp(argv[optind], "find");
	if (!*is_find && (argc - optind != 1 || strcmp(argv[optind], "list") ||
			  strcmp(cmd->name, "vma")))
		return cli_usage(cmd, "there is: mmlab %s %s", cmd->name, cmd->args);
	if (*is_find && !cli_parse_number(argv[optind + 1], UINT32_MAX, lva))
		return cli_usage(cmd, "'%s' is not a 32-bit address (write hexadecimal as 0x…)",
				 argv[optind + 1]);
	return CLI_OK;
}

static int run_vma(const struct command *cmd, int argc, char **argv)
{
	bool json = false, is_find;
	struct region *regions;
	struct session session;
	uint64_t lva = 0;
	long n;
	int status = parse(cmd, argc, argv, &json, &is_find, &lva);

	if (!status)
		status = session_open(&session);
	if (status)
		return status;
	n = labproc_regions(session.info.lab_pid, &regions);
	if (n < 0)
		status = cli_fail_open((int)n, "the maps file of the lab process");
	else
		status = is_find ? find(regions, n, (uint32_t)lva, json) : list(regions, n, json);
	free(regions);
	session_close(&session);
	return status;
}

const struct command cmd_vma = {
	.name = "vma",
	.args = "list [--json] | find ADDRESS [--json]",
	.summary = "List the regions of a lab process, or find the one of an address",
	.kept = true,
	.help =
"list shows the regions by address, as /proc/mmlab/<lab pid>/maps has them. find\n"
"answers as find_vma() does: the region that the address lies in, or the next one.\n"
"\n"
"  --pid N   which lab process (mmlab proc list); else that of `mmlab run`\n"
"  --json    the same as JSON\n"
"\n"
"Exit status: 0 done or found, 1 the address lies in no region or it failed, 2\n"
"usage, 3 module not loaded, 4 permission.\n",
	.run = run_vma,
};

static void print_page(const struct session *session, const struct mmlab_translation *t)
{
	uint32_t page = t->lva - t->offset;

	if (t->step == MMLAB_STEP_OK)
		printf("0x%08x: page 0x%08x is frame %u, physical 0x%08" PRIx64 ", zone %s\n"
		       "the byte is at physical 0x%08" PRIx64 ", in the direct map at 0x%08" PRIx64 "\n",
		       t->lva, page, t->pfn, (uint64_t)t->phys - t->offset,
		       session_zone_of(session, t->pfn), (uint64_t)t->phys,
		       session->info.page_offset + (uint64_t)t->phys);
	else if (t->step == MMLAB_STEP_NO_PAGE && labswap_is_entry(t->pte))
		printf("0x%08x: page 0x%08x is out, in slot %u of swap area %u; a touch reads it back\n",
		       t->lva, page, labswap_slot(t->pte), labswap_area(t->pte));
	else if (t->region == MMLAB_REGION_USER)
		printf("0x%08x: page 0x%08x has no frame yet; the first touch brings one (%s)\n",
		       t->lva, page, t->step == MMLAB_STEP_NO_TABLE ?
		       "no page table is there either" : "the page table is there");
	else
		printf("0x%08x: no page is there, nor a region\n", t->lva);
}

static void print_page_json(const struct mmlab_translation *t)
{
	json_object_begin(NULL);
	json_number("address", t->lva);
	json_bool("present", t->step == MMLAB_STEP_OK);
	if (t->step == MMLAB_STEP_OK) {
		json_number("frame", t->pfn);
		json_number("phys", t->phys);
	} else if (t->step == MMLAB_STEP_NO_PAGE && labswap_is_entry(t->pte)) {
		json_number("swap_area", labswap_area(t->pte));
		json_number("swap_slot", labswap_slot(t->pte));
	}
	json_object_end();
}

static int run_page(const struct command *cmd, int argc, char **argv)
{
	struct mmlab_translation t = { 0 };
	bool json = false, is_find;
	struct session session;
	uint64_t lva = 0;
	int error, status = parse(cmd, argc, argv, &json, &is_find, &lva);

	if (!status)
		status = session_open(&session);
	if (status)
		return status;
	t.lva = (uint32_t)lva;
	error = mmlab_translate(session.fd, &t);
	if (error)
		status = cli_fail(error, NULL, "translating 0x%08x", t.lva);
	else if (json)
		print_page_json(&t);
	else
		print_page(&session, &t);
	session_close(&session);
	return error ? status : t.step == MMLAB_STEP_OK ? CLI_OK : CLI_FAILED;
}

const struct command cmd_page = {
	.name = "page",
	.args = "find ADDRESS [--json]",
	.summary = "Find the frame of a linear address",
	.kept = true,
	.help =
"Says which frame the address's page is, and where the byte is in physical memory\n"
"and in the direct map; or why there is none. mmlab walk shows the way there.\n"
"\n"
"  --pid N   which lab process (mmlab proc list); else that of `mmlab run`\n"
"  --json    the same as JSON\n"
"\n"
"Exit status: 0 found, 1 no frame is there or it failed, 2 usage, 3 module not\n"
"loaded, 4 permission.\n",
	.run = run_page,
};
