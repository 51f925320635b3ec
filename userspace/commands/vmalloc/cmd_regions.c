// SPDX-License-Identifier: GPL-2.0
/* regions: three allocators, and where in the address space their memory lies. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "cli/session.h"
#include "lab/layout.h"
#include "libmmlab.h"

#define KMALLOC_BYTES	100
#define VMALLOC_BYTES	1000000

enum allocator { GET_FREE_PAGE, KMALLOC, VMALLOC, NR_ALLOCATORS };

static const char *const names[NR_ALLOCATORS] = { "get_free_page", "kmalloc", "vmalloc" };

/* Memory of an allocator, and the result of its walks. */
struct piece {
	uint32_t asked, bytes, lva;
	struct layout_frames frames;
	uint64_t subtracted;	/* virt_to_phys(), if there is one */
	bool direct, good;
};

struct findings {
	const struct session *session;
	struct piece piece[NR_ALLOCATORS];
};

static int fail_alloc(enum allocator who, uint32_t bytes, int error)
{
	return cli_fail(error, error == -ENOMEM ?
			"The arena is too full for this: mmlab status shows who has it" :
			error == -ENOTTY ?
			"The module is older than this mmlab: build both from the same source" :
			NULL, "%u bytes from %s", bytes, names[who]);
}

/* All three; they go with the lab process. Return: CLI_OK or an exit status */
static int allocate(struct findings *found, bool scatter)
{
	const struct session *session = found->session;
	struct mmlab_block block = { .zone = MMLAB_ZONE_NORMAL };
	struct mmlab_object object = { .size = KMALLOC_BYTES };
	struct mmlab_area area = { .size = VMALLOC_BYTES,
				   .flags = scatter ? MMLAB_VM_SCATTER : 0 };
	uint32_t page_size = 1U << session->info.page_shift;
	int error;

	error = mmlab_alloc_block(session->fd, &block);
	if (error)
		return fail_alloc(GET_FREE_PAGE, page_size, error);
	found->piece[GET_FREE_PAGE] = (struct piece){ .asked = page_size, .bytes = page_size,
						      .lva = block.lva };
	error = mmlab_alloc_object(session->fd, &object);
	if (error)
		return fail_alloc(KMALLOC, KMALLOC_BYTES, error);
	found->piece[KMALLOC] = (struct piece){ .asked = KMALLOC_BYTES,
						.bytes = object.usable, .lva = object.lva };
	error = mmlab_alloc_area(session->fd, &area);
	if (error)
		return fail_alloc(VMALLOC, VMALLOC_BYTES, error);
	found->piece[VMALLOC] = (struct piece){ .asked = VMALLOC_BYTES, .bytes = area.size,
						.lva = area.lva };
	return CLI_OK;
}

/*
 * Walks to each page. In the direct map the walk must end where the subtraction
 * does, and all pages are neighbours; elsewhere the subtraction must be refused.
 */
static int examine(const struct session *session, struct piece *piece)
{
	uint32_t shift = session->info.page_shift;
	uint32_t first = piece->lva >> shift, last = (piece->lva + piece->bytes - 1) >> shift;
	int error = layout_frames(session, piece->lva, piece->bytes, &piece->frames);

	if (error)
		return cli_fail(error, NULL, "translating 0x%08x", piece->lva);
	piece->direct = layout_virt_to_phys(session, piece->lva, &piece->subtracted);
	piece->good = piece->frames.nr_frames == last - first + 1 &&
		      (!piece->direct || (piece->subtracted == piece->frames.first_phys &&
					  piece->frames.nr_stretches == 1));
	return CLI_OK;
}

static void print_table(const struct findings *found)
{
	enum allocator i;

	printf("%-14s %8s %8s  %-11s %-15s %-11s %6s  %s\n", "ALLOCATOR", "ASKED", "GOT",
	       "LINEAR", "REGION", "PHYSICAL", "FRAMES", "CONTIGUOUS");
	for (i = 0; i < NR_ALLOCATORS; i++) {
		const struct piece *piece = &found->piece[i];

		printf("%-14s %8u %8u  0x%08x  %-15s 0x%08" PRIx64 "  %6u  ", names[i],
		       piece->asked, piece->bytes, piece->lva,
		       layout_region(found->session, piece->lva), piece->frames.first_phys,
		       piece->frames.nr_frames);
		if (piece->frames.nr_stretches == 1)
			puts("yes");
		else
			printf("no, %u stretches\n", piece->frames.nr_stretches);
	}
}

static void print_walk(const struct session *session, enum allocator who, uint32_t lva)
{
	struct mmlab_translation t = { .lva = lva };

	if (mmlab_translate(session->fd, &t) || t.step != MMLAB_STEP_OK)
		printf("%-14s 0x%08x  no translation\n", names[who], lva);
	else
		printf("%-14s 0x%08x  %9u  %5u %10u  %5u  0x%08" PRIx64 "\n", names[who], lva,
		       t.pgd_index, t.table_pfn, t.pte_index, t.pfn, (uint64_t)t.phys);
}

/* Each first page; of the many of vmalloc's, some more. */
static void print_walks(const struct findings *found)
{
	uint32_t page_size = 1U << found->session->info.page_shift;
	const struct piece *area = &found->piece[VMALLOC];
	uint32_t pages = area->bytes / page_size, i;

	printf("\nThe walks of these calls\n%-14s %-11s %-10s %5s %10s  %5s  %s\n", "ALLOCATOR",
	       "LINEAR", "DIRECTORY", "TABLE", "ENTRY", "FRAME", "PHYSICAL");
	print_walk(found->session, GET_FREE_PAGE, found->piece[GET_FREE_PAGE].lva);
	print_walk(found->session, KMALLOC, found->piece[KMALLOC].lva);
	for (i = 0; i < pages; i++)
		if (i < 4 || i == pages - 1)
			print_walk(found->session, VMALLOC, area->lva + i * page_size);
		else if (i == 4)
			printf("%-14s … %u more\n", "", pages - 5);
}

static void print_subtractions(const struct findings *found)
{
	char reason[LAYOUT_REASON_BYTES];
	enum allocator i;

	printf("\nvirt_to_phys\n");
	for (i = 0; i < NR_ALLOCATORS; i++) {
		const struct piece *piece = &found->piece[i];

		if (piece->direct)
			printf("%-14s 0x%08x - 0x%08x = 0x%08" PRIx64 ", %s\n", names[i],
			       piece->lva, found->session->info.page_offset, piece->subtracted,
			       piece->subtracted == piece->frames.first_phys ?
			       "as the walk says" : "but the walk says otherwise");
		else
			printf("%-14s 0x%08x: refused\n  %s\n", names[i], piece->lva,
			       layout_refusal(found->session, piece->lva, reason));
	}
}

static void print_json(const struct findings *found, bool good)
{
	enum allocator i;

	json_object_begin(NULL);
	json_number("lab_pid", found->session->info.lab_pid);
	json_array_begin("pieces");
	for (i = 0; i < NR_ALLOCATORS; i++) {
		const struct piece *piece = &found->piece[i];

		json_object_begin(NULL);
		json_string("allocator", names[i]);
		json_number("asked", piece->asked);
		json_number("bytes", piece->bytes);
		json_number("linear", piece->lva);
		json_string("region", layout_region(found->session, piece->lva));
		json_number("phys", piece->frames.first_phys);
		json_number("frames", piece->frames.nr_frames);
		json_number("stretches", piece->frames.nr_stretches);
		json_bool("contiguous", piece->frames.nr_stretches == 1);
		if (piece->direct)
			json_number("virt_to_phys", piece->subtracted);
		else
			json_string("virt_to_phys", NULL);
		json_object_end();
	}
	json_array_end();
	json_bool("as_told", good);
	json_object_end();
}

/* Return: an exit status */
static int tell(struct findings *found, bool scatter, bool json)
{
	int status = allocate(found, scatter);
	bool good = true;
	enum allocator i;

	for (i = 0; i < NR_ALLOCATORS && !status; i++) {
		status = examine(found->session, &found->piece[i]);
		good &= found->piece[i].good && found->piece[i].direct == (i != VMALLOC);
	}
	if (status)
		return status;
	if (json) {
		print_json(found, good);
	} else {
		print_table(found);
		print_walks(found);
		print_subtractions(found);
	}
	if (!good)
		return cli_fail(0, "mmlab check looks for what is broken",
				"the walks and the regions do NOT agree");
	return CLI_OK;
}

static int run_regions(const struct command *cmd, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "scatter", no_argument, NULL, 's' }, CLI_OPTION_JSON, CLI_OPTION_HELP, { 0 }
	};
	bool scatter = false, json = false;
	struct findings found = { 0 };
	struct session session;
	int option, status;

	while ((option = cli_option(cmd, argc, argv, "sjh", longs)) != -1) {
		scatter |= option == 's';
		json |= option == 'j';
	}
	if (optind < argc)
		return cli_usage(cmd, "too many arguments");
	status = session_open_new(&session);
	if (status)
		return status;
	found.session = &session;
	status = tell(&found, scatter, json);
	session_close(&session);
	return status;
}

const struct command cmd_regions = {
	.name = "regions",
	.args = "[--scatter] [--json]",
	.summary = "Three allocators, one table: where their memory lies",
	.help =
"Takes a page from get_free_page, 100 bytes from kmalloc and 1000000 bytes from\n"
"vmalloc, by a lab process of its own that leaves nothing behind. Shows for each\n"
"the linear address and its region, the physical address, how many frames there\n"
"are and whether they are neighbours; then the page-table walks that prove it;\n"
"then what virt_to_phys() makes of the address: one subtraction in the direct\n"
"map, refused with the reason in the vmalloc region.\n"
"\n"
"On an empty arena even vmalloc's frames may be neighbours, by chance.\n"
"\n"
"  --scatter   vmalloc takes frames of which no two neighbours are neighbours\n"
"  --json      the table as JSON\n"
"\n"
"Exit status: 0 done, 1 no memory or the walks don't agree, 2 usage, 3 module not\n"
"loaded, 4 permission.\n",
	.run = run_regions,
};
