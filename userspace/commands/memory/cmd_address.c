// SPDX-License-Identifier: GPL-2.0
/* walk, touch: linear addresses, translated and faulted in. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "cli/session.h"
#include "lab/hostview.h"
#include "lab/labarea.h"
#include "lab/labfile.h"
#include "lab/labswap.h"
#include "lab/layout.h"
#include "lab/window.h"
#include "libmmlab.h"

static const struct { unsigned int bit; const char *name; } entry_flags[] = {
	{ MMLAB_PTE_PRESENT, "present" }, { MMLAB_PTE_RW, "rw" },
	{ MMLAB_PTE_USER, "user" }, { MMLAB_PTE_ACCESSED, "accessed" },
	{ MMLAB_PTE_DIRTY, "dirty" },
};

#define NR_ENTRY_FLAGS	(sizeof(entry_flags) / sizeof(entry_flags[0]))

static const char *const region_names[] = { "hole", "user", "direct", "vmalloc" };
static const char *const step_names[] = { "ok", "no-table", "no-page" };

#define COUNT(names)	(sizeof(names) / sizeof((names)[0]))

static const char *name_of(const char *const *names, size_t nr_names, unsigned int i)
{
	return i < nr_names ? names[i] : "unknown";
}

static void print_entry(const char *what, unsigned int frame, unsigned int index,
			unsigned int entry, unsigned int page_shift)
{
	unsigned int known = 0;
	size_t i;

	printf("%s, frame %u: entry %u is 0x%08x\n", what, frame, index, entry);
	if (!entry) {
		printf("    empty\n");
		return;
	}
	if (!(entry & MMLAB_PTE_PRESENT)) {
		printf("    slot %u of swap area %u  -present\n", labswap_slot(entry),
		       labswap_area(entry));
		return;
	}
	printf("    frame %u", entry >> page_shift);
	for (i = 0; i < NR_ENTRY_FLAGS; i++) {
		printf("  %c%s", entry & entry_flags[i].bit ? '+' : '-', entry_flags[i].name);
		known |= entry_flags[i].bit;
	}
	entry &= ((1U << page_shift) - 1) & ~known;
	if (entry)
		printf("  other bits 0x%x", entry);
	putchar('\n');
}

static void print_region(const struct session *session, const struct mmlab_translation *t)
{
	char name[LABAREA_NAME_BYTES];
	struct mmlab_area area;

	switch (t->region) {
	case MMLAB_REGION_USER:
		printf("region: user, 0x%08x-0x%08x %c%c%c\n", t->vma_start, t->vma_end,
		       t->vma_prot & PROT_READ ? 'r' : '-',
		       t->vma_prot & PROT_WRITE ? 'w' : '-',
		       t->vma_prot & PROT_EXEC ? 'x' : '-');
		break;
	case MMLAB_REGION_DIRECT:
		printf("region: direct map of the arena\n");
		break;
	case MMLAB_REGION_VMALLOC:
		if (labarea_at(session, t->lva, &area))
			printf("region: %s%s\n", t->lva >= labarea_guard(&area) ?
			       "guard page after the " : "",
			       labarea_name(session, &area, name));
		else
			printf("region: a vmalloc area that is gone by now\n");
		break;
	default:
		printf("region: none, nothing is mapped here\n");
	}
}

/* Prints why the walk ended early, and what a touch would do. */
static void print_missing(const struct session *session,
			  const struct mmlab_translation *t)
{
	struct mmlab_area area;

	if (t->step == MMLAB_STEP_NO_PAGE && t->pte && t->region == MMLAB_REGION_USER) {
		printf("no translation: the page is out, in slot %u of swap area %u.\n"
		       "    A touch reads it back. Try: --touch\n", labswap_slot(t->pte),
		       labswap_area(t->pte));
		return;
	}
	printf("no translation: %s.\n", t->step == MMLAB_STEP_NO_TABLE ?
	       "the directory entry is empty, so there is no page table to look into" :
	       "the table entry is empty, so this page has no frame");
	if (t->region == MMLAB_REGION_USER)
		printf("    The region exists: the first touch takes a page fault, which supplies a\n"
		       "    zeroed frame%s. Try: --touch\n",
		       t->step == MMLAB_STEP_NO_TABLE ? " and a page table" : "");
	else if (t->region == MMLAB_REGION_HOLE && t->lva < session->info.page_offset)
		printf("    Nothing is mapped here in this lab process: a touch is a SIGBUS. An mmap()\n"
		       "    at this offset makes a region (mmlab touch does that).\n");
	else if (t->region == MMLAB_REGION_VMALLOC && labarea_at(session, t->lva, &area) &&
		 t->lva < labarea_guard(&area))
		printf("    The area is lazy: the first touch supplies a zeroed frame. Try: --touch\n");
	else
		printf("    A hole or a guard page of the kernel's part: nothing will ever be here.\n");
}

/* Was the page loaded from, and never stored to? */
static bool is_zero_page(const struct mmlab_translation *t)
{
	return t->step == MMLAB_STEP_OK && t->region == MMLAB_REGION_USER &&
	       t->pfn == MMLAB_ZERO_PFN;
}

static void print_walk(const struct session *session, const struct mmlab_translation *t)
{
	unsigned int shift = session->info.page_shift, bits = shift - 2;

	printf("logical address 0x%08x = linear address 0x%08x in lab process %u\n"
	       "    (segments are flat: they begin at 0 and end at 4 GiB)\n\n", t->lva, t->lva,
	       session->info.lab_pid);
	printf("    directory index %5u   (address >> %u)\n", t->pgd_index, shift + bits);
	printf("    table index     %5u   (address >> %u & %u)\n", t->pte_index, shift,
	       (1U << bits) - 1);
	printf("    offset          %5u   (address & 0x%x)\n\n", t->offset, (1U << shift) - 1);
	print_entry("page directory", t->pgd_pfn, t->pgd_index, t->pde, shift);
	if (t->step != MMLAB_STEP_NO_TABLE)
		print_entry("page table", t->table_pfn, t->pte_index, t->pte, shift);
	if (t->step == MMLAB_STEP_OK)
		printf("physical address 0x%08" PRIx64 " = frame %u + 0x%x, zone %s\n",
		       (uint64_t)t->phys, t->pfn, t->offset, session_zone_of(session, t->pfn));
	else
		print_missing(session, t);
	print_region(session, t);
	if (is_zero_page(t))
		printf("the zero page: all processes share it, and the first store brings a page\n");
	else if (t->step == MMLAB_STEP_OK)
		printf("entries of lab processes' page tables that map the frame: %u\n",
		       t->mapcount);
}

static void entry_json(const char *key, unsigned int frame, unsigned int index,
		       unsigned int entry)
{
	size_t i;

	json_object_begin(key);
	json_number("frame", frame);
	json_number("index", index);
	json_number("entry", entry);
	json_array_begin("flags");
	for (i = 0; i < NR_ENTRY_FLAGS && entry & MMLAB_PTE_PRESENT; i++)
		if (entry & entry_flags[i].bit)
			json_string(NULL, entry_flags[i].name);
	json_array_end();
	if (labswap_is_entry(entry)) {
		json_number("swap_area", labswap_area(entry));
		json_number("swap_slot", labswap_slot(entry));
	}
	json_object_end();
}

static void print_walk_json(const struct session *session, const struct mmlab_translation *t,
			    const struct hostview *view)
{
	json_object_begin(NULL);
	json_number("logical", t->lva);
	json_number("linear", t->lva);
	json_number("lab_pid", session->info.lab_pid);
	json_string("step", name_of(step_names, COUNT(step_names), t->step));
	json_string("region", name_of(region_names, COUNT(region_names), t->region));
	json_number("offset", t->offset);
	entry_json("directory", t->pgd_pfn, t->pgd_index, t->pde);
	if (t->step != MMLAB_STEP_NO_TABLE)
		entry_json("table", t->table_pfn, t->pte_index, t->pte);
	if (t->step == MMLAB_STEP_OK) {
		json_number("frame", t->pfn);
		json_number("phys", t->phys);
		json_string("zone", session_zone_of(session, t->pfn));
		json_number("mapcount", t->mapcount);
	}
	if (t->region == MMLAB_REGION_USER) {
		json_object_begin("vma");
		json_number("start", t->vma_start);
		json_number("end", t->vma_end);
		json_bool("read", t->vma_prot & PROT_READ);
		json_bool("write", t->vma_prot & PROT_WRITE);
		json_bool("execute", t->vma_prot & PROT_EXEC);
		json_object_end();
	}
	if (view)
		hostview_print_json(view);
	json_object_end();
}

static int fail_window(const struct session *session, int error, uint32_t start)
{
	char reason[LABAREA_REASON_BYTES];
	const char *cure = NULL;

	if ((error == -EPERM || error == -EACCES) && start >= session->info.page_offset &&
	    labarea_explain(session, start, reason))
		cure = reason;
	else if (error == -EINVAL || error == -EOVERFLOW || error == -EPERM)
		cure = start >= session->info.page_offset ?
		       "User space ends there: only vmalloc areas made for users can be mapped" :
		       "The range passes the end of user space";
	else if (error == -EACCES)
		cure = "A region there permits less: try --read-only";
	return cli_fail(error, cure, "a window at 0x%08x", start);
}

static void explain_bus_error(struct session *session, uint32_t lva)
{
	struct mmlab_translation t = { .lva = lva };
	char reason[LABAREA_REASON_BYTES];

	fprintf(stderr, "mmlab: SIGBUS at 0x%08x: ", lva);
	if (mmlab_translate(session->fd, &t))
		fputs("there is no page, and the lab gives no reason\n", stderr);
	else if (t.region == MMLAB_REGION_HOLE)
		fputs("no region of this lab process is there (unmapped meanwhile?)\n", stderr);
	else if (t.region == MMLAB_REGION_VMALLOC && labarea_explain(session, lva, reason))
		fprintf(stderr, "%s\n", reason);
	else if (t.step == MMLAB_STEP_OK)
		fputs("the page is there, but the region forbids this access\n", stderr);
	else
		fputs("the arena has no frame left. mmlab status shows who has them; end lab processes or load with a larger mem=\n",
		      stderr);
}

static int do_touch(struct session *session, struct window_touch *touch)
{
	int error = window_touch(session->fd, touch);

	if (error)
		return fail_window(session, error, touch->start);
	if (!touch->bus_error)
		return CLI_OK;
	fflush(stdout);
	explain_bus_error(session, touch->bus_lva);
	return CLI_FAILED;
}

static int virt_to_phys(const struct session *session, uint32_t lva)
{
	char reason[LAYOUT_REASON_BYTES];
	uint64_t phys;

	if (!layout_virt_to_phys(session, lva, &phys))
		return cli_fail(0, layout_refusal(session, lva, reason),
				"virt_to_phys(0x%08x) is refused", lva);
	printf("virt_to_phys(0x%08x) = 0x%08x - 0x%08x = 0x%08" PRIx64 "\n", lva, lva,
	       session->info.page_offset, phys);
	return CLI_OK;
}

static int walk(const struct session *session, uint32_t lva, bool json)
{
	struct mmlab_translation t = { .lva = lva };
	int error = mmlab_translate(session->fd, &t);
	struct hostview view = { .agree = true };
	bool mapped = t.step == MMLAB_STEP_OK;

	if (error)
		return cli_fail(error, NULL, "translating 0x%08x", lva);
	if (mapped)
		hostview_look(session, &t, &view);
	if (json) {
		print_walk_json(session, &t, mapped ? &view : NULL);
	} else {
		print_walk(session, &t);
		if (mapped)
			hostview_print(&t, &view);
	}
	if (view.agree)
		return CLI_OK;
	return cli_fail(0, "mmlab check looks for what is broken",
			"lab and host see 0x%08x differently", lva);
}

static int run_walk(const struct command *cmd, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "touch", no_argument, NULL, 't' },
		{ "virt-to-phys", no_argument, NULL, 'v' },
		CLI_OPTION_JSON, CLI_OPTION_HELP, { 0 }
	};
	struct session session;
	bool touch = false, json = false, subtract = false;
	int option, status = CLI_OK;
	uint64_t lva;

	while ((option = cli_option(cmd, argc, argv, "tvjh", longs)) != -1) {
		touch |= option == 't';
		subtract |= option == 'v';
		json |= option == 'j';
	}
	if (argc - optind != 1)
		return cli_usage(cmd, "give one linear address");
	if (!cli_parse_number(argv[optind], UINT32_MAX, &lva))
		return cli_usage(cmd, "'%s' is not a 32-bit address (write hexadecimal as 0x…)",
				 argv[optind]);
	if (subtract && (touch || json))
		return cli_usage(cmd, "--virt-to-phys only subtracts: it goes with no other option");
	status = session_open(&session);
	if (status)
		return status;
	if (subtract) {
		status = virt_to_phys(&session, (uint32_t)lva);
		session_close(&session);
		return status;
	}
	if (touch) {
		struct window_touch one = { .start = (uint32_t)lva, .length = 1 };

		status = do_touch(&session, &one);
	}
	if (walk(&session, (uint32_t)lva, json))
		status = CLI_FAILED;
	session_close(&session);
	return status;
}

const struct command cmd_walk = {
	.name = "walk",
	.args = "[--touch] [--json] [--virt-to-phys] ADDRESS",
	.summary = "Translate a linear address, step by step",
	.kept = true,
	.help =
"Splits the address into directory index, table index and offset, shows both\n"
"entries flag by flag (+ set, - clear), and ends at the frame and its physical\n"
"address, or says which step is missing and what would supply it. Then looks at\n"
"the same page from the host's side, through two windows: its host frame and who\n"
"maps it (for root), and whether all that fits together.\n"
"\n"
"  --touch         load a byte there first, so that a page fault fills the tables\n"
"  --json          the same as JSON; \"step\" is ok, no-table or no-page\n"
"  --virt-to-phys  don't walk: subtract 0xC0000000, as virt_to_phys() does. That\n"
"                  is right in the direct map only, and refused elsewhere\n"
"\n"
"The address is one of this lab process; outside `mmlab run` that is a new one\n"
"with nothing mapped. Addresses from 0xC0000000 on are the same in all.\n"
"\n"
"Examples:\n"
"  mmlab walk 0xc0000000\n"
"  mmlab walk --touch 0x10000123\n"
"\n"
"--pid N works in a lab process that `mmlab proc` keeps.\n"
"\n"
"Exit status: 0 answered, be there a page or not; 1 failed, refused, SIGBUS, or\n"
"lab and host don't agree; 2 usage; 3 module not loaded; 4 permission.\n",
	.run = run_walk,
};

/* The lab's counts over all its processes. */
struct lab_counts {
	uint64_t faults, frames;
};

static bool read_counts(struct lab_counts *counts)
{
	char *text = labfile_read("vmstat", NULL);
	bool found = text && labfile_value(text, "pgfault", &counts->faults) &&
		     labfile_value(text, "nr_anon_pages", &counts->frames);

	free(text);
	return found;
}

static void print_touch(const struct session *session, const struct window_touch *touch,
			bool json, const struct lab_counts *before,
			const struct lab_counts *after)
{
	if (json) {
		json_object_begin(NULL);
		json_number("lab_pid", session->info.lab_pid);
		json_number("pages", touch->nr_pages);
		json_number("host_faults", (uint64_t)touch->host_faults);
		if (before) {
			json_number("lab_faults_before", before->faults);
			json_number("lab_faults_after", after->faults);
			json_number("lab_frames_before", before->frames);
			json_number("lab_frames_after", after->frames);
		}
		json_bool("sigbus", touch->bus_error);
		if (touch->bus_error)
			json_number("sigbus_at", touch->bus_lva);
		json_object_end();
		return;
	}
	printf("%s %" PRIu64 " page%s from 0x%08x on in lab process %u\n",
	       touch->store ? "wrote to" : "read from", touch->nr_pages,
	       touch->nr_pages == 1 ? "" : "s", touch->start, session->info.lab_pid);
	printf("page faults of this program: %ld\n", touch->host_faults);
	if (before)
		printf("page faults of the lab:  %" PRIu64 " before, %" PRIu64 " after\n"
		       "frames of user memory:   %" PRIu64 " before, %" PRIu64 " after\n",
		       before->faults, after->faults, before->frames, after->frames);
	if (!session->inherited)
		fputs("(this lab process ends now, its frames with it; mmlab run keeps one)\n",
		      stdout);
}

static int parse_touch(const struct command *cmd, int argc, char **argv,
		       struct window_touch *touch, bool *json)
{
	static const struct option longs[] = {
		{ "write", required_argument, NULL, 'w' },
		{ "read-only", no_argument, NULL, 'r' },
		CLI_OPTION_JSON, CLI_OPTION_HELP, { 0 }
	};
	uint64_t number;
	int option;

	while ((option = cli_option(cmd, argc, argv, "w:rjh", longs)) != -1) {
		*json |= option == 'j';
		touch->read_only |= option == 'r';
		if (option != 'w')
			continue;
		if (!cli_parse_number(optarg, UINT8_MAX, &number))
			return cli_usage(cmd, "--write takes a byte, 0 to 255, not '%s'", optarg);
		touch->store = true;
		touch->value = (uint8_t)number;
	}
	if (touch->store && touch->read_only)
		return cli_usage(cmd, "--write and --read-only exclude each other");
	if (argc - optind < 1 || argc - optind > 2)
		return cli_usage(cmd, "give a linear address and perhaps a number of bytes");
	if (!cli_parse_number(argv[optind], UINT32_MAX, &number))
		return cli_usage(cmd, "'%s' is not a 32-bit address (write hexadecimal as 0x…)",
				 argv[optind]);
	touch->start = (uint32_t)number;
	touch->length = 1;
	if (argc - optind == 2 &&
	    (!cli_parse_size(argv[optind + 1], 1ULL << 32, &touch->length) || !touch->length))
		return cli_usage(cmd, "'%s' is not a number of bytes (1 to 4G; K, M, G are known)",
				 argv[optind + 1]);
	return CLI_OK;
}

static int run_touch(const struct command *cmd, int argc, char **argv)
{
	struct window_touch touch = { 0 };
	struct lab_counts before = { 0 }, after = { 0 };
	struct session session;
	bool counted, json = false;
	int error, status = parse_touch(cmd, argc, argv, &touch, &json);

	if (status)
		return status;
	status = session_open(&session);
	if (status)
		return status;
	counted = read_counts(&before);
	error = window_touch(session.fd, &touch);
	if (error) {
		status = fail_window(&session, error, touch.start);
		session_close(&session);
		return status;
	}
	counted = counted && read_counts(&after);
	print_touch(&session, &touch, json, counted ? &before : NULL, &after);
	if (touch.bus_error) {
		fflush(stdout);
		explain_bus_error(&session, touch.bus_lva);
		status = CLI_FAILED;
	}
	session_close(&session);
	return status;
}

const struct command cmd_touch = {
	.name = "touch",
	.args = "[OPTION…] ADDRESS [BYTES]",
	.summary = "Touch lab memory through a window and count the page faults",
	.kept = true,
	.help =
"Maps BYTES (1; K, M and G are known) from ADDRESS on and touches each page\n"
"once. Where the lab process has no region yet, the mapping makes one. Each\n"
"page that is touched is a page fault, which the lab resolves: a page touched\n"
"for the first time gets a frame; one that has a frame is only entered into\n"
"the new window.\n"
"\n"
"  --write BYTE   store BYTE in each page instead of loading one\n"
"  --read-only    map for reading only; a new region is read-only as well\n"
"  --json         the counts as JSON\n"
"\n"
"A SIGBUS is caught and explained. The lab's own counts are those of all lab\n"
"processes together.\n"
"\n"
"Example:\n"
"  mmlab touch 0x10000000 64K --write 0x41\n"
"\n"
"--pid N works in a lab process that `mmlab proc` keeps.\n"
"\n"
"Exit status: 0 all touched, 1 refused or SIGBUS, 2 usage, 3 module not loaded,\n"
"4 permission.\n",
	.run = run_touch,
};
