// SPDX-License-Identifier: GPL-2.0
/* trace-byte: the life of one byte, told by the tracepoints. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "cli/session.h"
#include "lab/hostview.h"
#include "lab/tracer.h"
#include "libmmlab.h"

#define REGION		0x10000000U
#define WARM_REGION	0x20000000U
#define NO_FRAME	0xffffffffULL
#define VALUE		0x42

/* The steps of this program, in order; each is a mark in the trace. */
enum step { MMAP, STORE, MUNMAP, DRAIN, NR_STEPS };

static const struct { const char *mark, *title; } steps[NR_STEPS] = {
	[MMAP] = { "mmap", "mmap() of one page of /dev/mmlab: a region and a window, no memory" },
	[STORE] = { "store", "one byte is stored: a page fault" },
	[MUNMAP] = { "munmap", "MMLAB_MUNMAP: the region goes, and its page" },
	[DRAIN] = { "drain", "the per-CPU lists are emptied into the buddy allocator" },
};

struct life {
	uint32_t lva;			/* of the byte */
	struct mmlab_translation t;	/* when it was stored */
	uint64_t pte_before, pte_after, pte_gone;	/* the host's, from pagemap */
	bool gone;			/* no load through the window any more */
	char *trace;

	/* out of the trace */
	uint64_t data, table, fault_pfn, new_pte, old_pte;
	uint64_t nr_splits, nr_merges;	/* of blocks that the frame was in */
	unsigned int seen;		/* CHECK_ bits in the right order */
};

/* The store itself, and the host's view before and after it. */
static int store(struct session *session, struct tracer *tracer, volatile char *window,
		 struct life *life)
{
	life->pte_before = hostview_pagemap(window);
	tracer_mark(tracer, steps[STORE].mark);
	window[life->lva - REGION] = VALUE;
	life->pte_after = hostview_pagemap(window);
	life->t = (struct mmlab_translation){ .lva = life->lva };
	return mmlab_translate(session->fd, &life->t);
}

static bool readable(const volatile void *window)
{
	char byte;
	struct iovec local = { &byte, 1 }, remote = { (void *)window, 1 };

	return process_vm_readv(getpid(), &local, 1, &remote, 1, 0) == 1;
}

static int live(struct session *session, struct tracer *tracer, struct life *life)
{
	uint32_t size = 1U << session->info.page_shift;
	struct mmlab_range range = { .start = REGION, .len = size };
	struct mmlab_drain drain = { 0 };
	volatile char *window;
	int error;

	tracer_mark(tracer, steps[MMAP].mark);
	window = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, session->fd, REGION);
	if (window == MAP_FAILED)
		return -errno;
	error = store(session, tracer, window, life);
	if (!error) {
		tracer_mark(tracer, steps[MUNMAP].mark);
		error = mmlab_munmap(session->fd, &range);
		life->pte_gone = hostview_pagemap(window);
		life->gone = !readable(window);
	}
	if (!error) {
		tracer_mark(tracer, steps[DRAIN].mark);
		error = mmlab_drain_caches(session->fd, &drain);
	}
	munmap((void *)window, size);
	return error;
}

/*
 * Another region first, so that the caches have an object for the next; then the
 * per-CPU list is emptied, so that the frame must come from the buddy allocator.
 */
static int warm_up(struct session *session)
{
	struct mmlab_drain drain = { 0 };
	void *window = mmap(NULL, 1U << session->info.page_shift, PROT_READ, MAP_SHARED,
			    session->fd, WARM_REGION);

	if (window == MAP_FAILED)
		return -errno;
	munmap(window, 1U << session->info.page_shift);
	return mmlab_drain_caches(session->fd, &drain);
}

static uint64_t field(const struct trace_event *event, const char *name)
{
	unsigned long long value = NO_FRAME;

	tracer_field(event, name, &value);
	return value;
}

static bool is(const struct trace_event *event, const char *name)
{
	return !strcmp(event->name, name);
}

/* Was the frame in the block of a split or merge? */
static bool holds_frame(const struct trace_event *event, uint64_t pfn, bool split)
{
	uint64_t first = field(event, "pfn");
	uint64_t nr = 1ULL << (field(event, "order") + split);

	return pfn >= first && pfn < first + nr;
}

/* The events that must be seen, in this order. */
enum {
	SEEN_MAP, SEEN_TABLE, SEEN_DATA, SEEN_PTE, SEEN_FAULT, SEEN_CLEAR, SEEN_FREE,
	SEEN_FREE_TABLE, SEEN_UNMAP, NR_SEEN
};

static const char *const missing[NR_SEEN] = {
	"the region was made (vm_map)", "a frame for the page table (page_alloc)",
	"a frame for the byte (page_alloc)", "the page-table entry was set (pte)",
	"the fault was resolved (fault)", "the entry was emptied (pte)",
	"the byte's frame was freed (page_free)", "the page table's frame was freed (page_free)",
	"the region was taken out (vm_unmap)",
};

static bool is_next(struct life *life, const struct trace_event *event)
{
	uint64_t pfn = field(event, "pfn");
	uint64_t page = life->lva & ~0xfffU;

	switch (life->seen) {
	case SEEN_MAP:
		return is(event, "vm_map") && field(event, "start") <= life->lva &&
		       life->lva < field(event, "end");
	case SEEN_TABLE:
		life->table = pfn;
		return is(event, "page_alloc") && tracer_field_is(event, "use", "pgtable");
	case SEEN_DATA:
		life->data = pfn;
		return is(event, "page_alloc") && tracer_field_is(event, "use", "user");
	case SEEN_PTE:
		life->new_pte = field(event, "new");
		return is(event, "pte") && field(event, "address") == page && life->new_pte;
	case SEEN_FAULT:
		life->fault_pfn = pfn;
		return is(event, "fault") && field(event, "address") == page &&
		       !field(event, "result");
	case SEEN_CLEAR:
		life->old_pte = field(event, "old");
		return is(event, "pte") && field(event, "address") == page &&
		       !field(event, "new");
	case SEEN_FREE:
		return is(event, "page_free") && pfn == life->data;
	case SEEN_FREE_TABLE:
		return is(event, "page_free") && pfn == life->table;
	case SEEN_UNMAP:
		return is(event, "vm_unmap") && field(event, "start") <= life->lva &&
		       life->lva < field(event, "end");
	}
	return false;
}

static void follow(struct life *life)
{
	const char *at = life->trace;
	struct trace_event event;

	while ((at = tracer_next(at, &event)))
		life->seen += is_next(life, &event);
	for (at = life->trace; (at = tracer_next(at, &event));) {
		life->nr_splits += is(&event, "buddy_split") &&
				   holds_frame(&event, life->data, true);
		life->nr_merges += is(&event, "buddy_merge") &&
				   holds_frame(&event, life->data, false);
	}
}

/* ---- what it says ---------------------------------------------------------- */

static const char *use_of(const struct trace_event *event)
{
	return tracer_field_is(event, "use", "user") ? "the byte's page" :
	       tracer_field_is(event, "use", "pgtable") ? "a page table" :
	       tracer_field_is(event, "use", "slab") ? "a slab" : "another use";
}

static void print_event(const struct life *life, const struct trace_event *event)
{
	uint64_t pfn = field(event, "pfn"), order = field(event, "order");

	if (is(event, "vm_map"))
		printf("region 0x%08" PRIx64 "-0x%08" PRIx64 " %c%c, of lab process %" PRIu64,
		       field(event, "start"), field(event, "end"),
		       field(event, "value") & PROT_READ ? 'r' : '-',
		       field(event, "value") & PROT_WRITE ? 'w' : '-', field(event, "owner"));
	else if (is(event, "vm_unmap"))
		printf("region 0x%08" PRIx64 "-0x%08" PRIx64 " is gone, with %" PRIu64 " frames",
		       field(event, "start"), field(event, "end"), field(event, "value"));
	else if (is(event, "buddy_split"))
		printf("the block of 2^%" PRIu64 " frames at %" PRIu64 " becomes two of 2^%" PRIu64,
		       order + 1, pfn, order);
	else if (is(event, "buddy_merge"))
		printf("two blocks become one of 2^%" PRIu64 " frames at %" PRIu64, order, pfn);
	else if (is(event, "page_alloc"))
		printf("frame %" PRIu64 " for %s", pfn, use_of(event));
	else if (is(event, "page_free"))
		printf("frame %" PRIu64 " of %s goes to this CPU's list", pfn,
		       use_of(event));
	else if (is(event, "pte"))
		printf("entry of 0x%08" PRIx64 ": 0x%08" PRIx64 " becomes 0x%08" PRIx64,
		       field(event, "address"), field(event, "old"), field(event, "new"));
	else if (is(event, "fault") && field(event, "result"))
		printf("a touch at 0x%08" PRIx64 " is refused: SIGBUS", field(event, "address"));
	else if (is(event, "fault"))
		printf("%s at 0x%08" PRIx64 " is answered with frame %" PRIu64,
		       field(event, "write") ? "store" : "load", field(event, "address"),
		       field(event, "pfn"));
	else
		fputs(event->fields, stdout);
	if (is(event, "page_alloc") && pfn == life->data && life->nr_splits)
		printf(", out of the blocks above");
	putchar('\n');
}

/* Splits and merges that have nothing to do with the byte's frame are counted. */
static bool is_aside(const struct life *life, const struct trace_event *event)
{
	bool split = is(event, "buddy_split");

	return (split || is(event, "buddy_merge")) && !holds_frame(event, life->data, split);
}

static void print_aside(unsigned int nr)
{
	if (nr)
		printf("     … %u other split%s or merge%s\n", nr, nr == 1 ? "" : "s",
		       nr == 1 ? "" : "s");
}

static void print_pagemap(uint64_t entry)
{
	if (!(entry & HOSTVIEW_PRESENT))
		printf("empty\n");
	else if (entry & HOSTVIEW_PFN)
		printf("host frame 0x%" PRIx64 "\n", entry & (uint64_t)HOSTVIEW_PFN);
	else
		printf("present (only root may know the frame)\n");
}

/* Prints after each step what the trace can't show. */
static void print_side(const struct life *life, enum step step)
{
	if (step == MMAP) {
		printf("     host's entry  ");
		print_pagemap(life->pte_before);
	} else if (step == STORE) {
		printf("     host's entry  ");
		print_pagemap(life->pte_after);
		printf("     walk          0x%08x = directory %u, table %u, offset 0x%x\n",
		       life->t.lva, life->t.pgd_index, life->t.pte_index, life->t.offset);
		printf("     physical      0x%08" PRIx64 " = frame %u * 4096 + 0x%x\n",
		       (uint64_t)life->t.phys, life->t.pfn, life->t.offset);
	} else if (step == MUNMAP) {
		printf("     host's entry  ");
		print_pagemap(life->pte_gone);
		printf("     the window    %s\n", life->gone ?
		       "is still there, and a touch of it a SIGBUS" : "still shows the page");
	}
}

static void print_story(const struct life *life)
{
	const char *at = life->trace;
	struct trace_event event;
	unsigned int step = NR_STEPS, nr = 0, aside = 0;

	printf("One byte, 0x%02x, at linear address 0x%08x\n", VALUE, life->lva);
	while ((at = tracer_next(at, &event))) {
		if (is(&event, "mark")) {
			print_aside(aside);
			aside = 0;
			if (step < NR_STEPS)
				print_side(life, step);
			step = step == NR_STEPS ? MMAP : step + 1;
			if (step < NR_STEPS)
				printf("\n%s\n", steps[step].title);
		} else if (is_aside(life, &event)) {
			aside++;
		} else {
			printf("%3u  %-12s  ", ++nr, event.name);
			print_event(life, &event);
		}
	}
	print_aside(aside);
}

struct finding {
	const char *what;
	bool good;
};

#define NR_FINDINGS	6

static void judge(const struct life *life, struct finding findings[NR_FINDINGS])
{
	const struct mmlab_translation *t = &life->t;
	uint64_t host_before = life->pte_before & HOSTVIEW_PRESENT;
	uint64_t host_after = life->pte_after & HOSTVIEW_PRESENT;
	uint64_t host_gone = life->pte_gone & HOSTVIEW_PRESENT;

	findings[0] = (struct finding){ "every event came, in this order",
					life->seen == NR_SEEN };
	findings[1] = (struct finding){ "the frame that was allocated is the one in the entry, in the fault and in the walk",
					life->data == life->new_pte >> 12 &&
					life->data == life->fault_pfn && life->data == t->pfn };
	findings[2] = (struct finding){ "the physical address is that frame and the offset",
					t->step == MMLAB_STEP_OK &&
					t->phys == (life->data << 12 | (life->lva & 0xfff)) };
	findings[3] = (struct finding){ "the page table is the frame that was allocated for it",
					t->table_pfn == life->table };
	findings[4] = (struct finding){ "the host's entry was there between the store and munmap only",
					!host_before && host_after && !host_gone };
	findings[5] = (struct finding){ "the same frame went back, and nothing can be read any more",
					life->seen == NR_SEEN &&
					life->old_pte >> 12 == life->data && life->gone };
}

static void print_json(const struct life *life, const struct finding *findings)
{
	const char *at = life->trace;
	struct trace_event event;
	int i;

	json_object_begin(NULL);
	json_number("linear", life->lva);
	json_number("phys", life->t.phys);
	json_number("frame", life->data);
	json_number("table_frame", life->table);
	json_number("splits", life->nr_splits);
	json_number("merges", life->nr_merges);
	json_array_begin("events");
	while ((at = tracer_next(at, &event))) {
		json_object_begin(NULL);
		json_string("event", event.name);
		json_string("fields", event.fields);
		json_object_end();
	}
	json_array_end();
	json_array_begin("findings");
	for (i = 0; i < NR_FINDINGS; i++) {
		json_object_begin(NULL);
		json_string("what", findings[i].what);
		json_bool("holds", findings[i].good);
		json_object_end();
	}
	json_array_end();
	json_object_end();
}

static int tell(struct life *life, bool json)
{
	struct finding findings[NR_FINDINGS];
	bool good = true;
	int i;

	follow(life);
	judge(life, findings);
	if (json) {
		print_json(life, findings);
	} else {
		print_story(life);
		putchar('\n');
		for (i = 0; i < NR_FINDINGS; i++)
			printf("%-4s %s\n", findings[i].good ? "ok" : "BAD", findings[i].what);
	}
	for (i = 0; i < NR_FINDINGS; i++)
		good &= findings[i].good;
	if (life->seen < NR_SEEN)
		return cli_fail(0, "Is something else emptying the trace? Else: mmlab check",
				"the trace does not tell that %s", missing[life->seen]);
	return good ? CLI_OK : CLI_FAILED;
}

static int trace(struct session *session, struct life *life)
{
	struct tracer tracer;
	int error = warm_up(session);

	if (error)
		return cli_fail(error, NULL, "a region to begin with");
	error = tracer_start(&tracer, "mmlab:*");
	if (error)
		return cli_fail(error, error == -EACCES || error == -EPERM ?
				"Tracing is root's" :
				"The kernel needs tracefs, and the module its tracepoints",
				"recording the events mmlab:*");
	error = live(session, &tracer, life);
	life->trace = tracer_read(&tracer);
	if (!error && !life->trace)
		error = errno ? -errno : -EIO;
	tracer_stop(&tracer);
	return error ? cli_fail(error, NULL, "following the byte") : CLI_OK;
}

static int run_trace_byte(const struct command *cmd, int argc, char **argv)
{
	static const struct option longs[] = { CLI_OPTION_JSON, CLI_OPTION_HELP, { 0 } };
	struct life life = { .lva = REGION + 0x123, .data = NO_FRAME, .table = NO_FRAME };
	struct session session;
	bool json = false;
	int option, status;

	while ((option = cli_option(cmd, argc, argv, "jh", longs)) != -1)
		json |= option == 'j';
	if (optind < argc)
		return cli_usage(cmd, "too many arguments");
	status = session_open_new(&session);
	if (status)
		return status;
	status = trace(&session, &life);
	if (!status)
		status = tell(&life, json);
	free(life.trace);
	session_close(&session);
	return status;
}

const struct command cmd_trace_byte = {
	.name = "trace-byte",
	.args = "[--json]",
	.summary = "Follow one byte from mmap to munmap by the tracepoints",
	.help =
"Maps a page of a lab process of its own, stores one byte, unmaps it again, and\n"
"tells from the tracepoints mmlab:* what the lab did meanwhile, in order: region,\n"
"page fault, blocks split for the frame, frame of the page table, frame of the\n"
"page, page-table entry; then the host's entry and the physical address; then the\n"
"way back. At the end, whether all the numbers fit together.\n"
"\n"
"Recorded in an instance of tracefs of its own, which is removed afterwards;\n"
"tracefs is mounted for as long as it takes, if it is not.\n"
"\n"
"  --json   events and findings as JSON\n"
"\n"
"Exit status: 0 the story is complete and fits, 1 it isn't, 2 usage, 3 module not\n"
"loaded, 4 permission (tracing is root's).\n",
	.run = run_trace_byte,
};
