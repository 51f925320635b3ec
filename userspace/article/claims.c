// SPDX-License-Identifier: GPL-2.0
/*
 * claims: checks the article's statements about memory management, on the kernel that
 * runs this program and on the lab, and shows the evidence.
 */
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claims.h"
#include "cli/json.h"

struct claim {
	unsigned int section;	/* of Documentation/article */
	const char *text;
	void (*host)(struct claim_answer *answer);
	void (*lab)(struct claim_answer *answer, struct session *session);
};

static const struct claim claims[] = {
	{ 1, "text < data < bss < heap < stack; the heap grows up", host_segments, lab_segments },
	{ 1, "data, bss and heap are one region", host_one_region, lab_one_region },
	{ 1, "the stack is first in, first out", host_stack_order, NULL },
	{ 2, "segments are flat: a logical address is the linear one", host_flat, lab_flat },
	{ 3, "user space ends at 3 GiB", host_three_gib, lab_three_gib },
	{ 3, "the kernel's part is the same in all processes", NULL, lab_common_kernel },
	{ 4, "regions are whole pages, in order, and don't overlap", host_ordered, lab_ordered },
	{ 4, "a process's regions are in a list and a red-black tree", kernel_list_and_tree,
	  lab_list_and_tree },
	{ 4, "ten processes of a program have equal addresses", host_ten_copies, lab_ten_copies },
	{ 5, "neighbours with equal rights become one region", host_merge, lab_merge },
	{ 5, "mmap() gives a region and no pages", host_no_pages, lab_no_pages },
	{ 5, "fork() copies regions and no pages", host_fork, lab_fork },
	{ 6, "a page fault brings each page, at the first touch", host_demand, lab_demand },
	{ 6, "a device's region has an operation nopage", kernel_nopage, NULL },
	{ 8, "mem_map[] is one array of all frames", kernel_mem_map, lab_mem_map },
	{ 8, "a block has at most 512 pages", kernel_buddy_limit, lab_buddy_limit },
	{ 8, "contiguous pages come in powers of two only", kernel_powers_of_two,
	  lab_powers_of_two },
	{ 9, "brk moves by the byte, memory comes by the page", host_brk, lab_brk },
	{ 10, "a slab puts several objects into a page", kernel_slab_packs, lab_slab_packs },
	{ 11, "kmalloc gives 128 KiB at most", kernel_kmalloc_limit, lab_kmalloc_limit },
	{ 11, "kmalloc gives 32 bytes at least", kernel_kmalloc_least, lab_kmalloc_least },
	{ 11, "some of kmalloc's caches are for DMA", kernel_dma_caches, lab_dma_caches },
	{ 12, "vmalloc: contiguous linear, scattered physical", NULL, lab_scattered },
	{ 13, "8 MiB lie between direct map and vmalloc region", kernel_hole, lab_hole },
	{ 13, "the last 128 KiB of 4 GiB are reserved", NULL, lab_reserved_end },
	{ 13, "subtracting PAGE_OFFSET is right in the direct map only", kernel_virt_to_phys,
	  lab_virt_to_phys },
	{ 14, "a gap of 4 KiB follows each vmalloc area", kernel_gaps, lab_gaps },
	{ 14, "vmalloc's pages may come with a fault", kernel_vmalloc_lazy, lab_vmalloc_lazy },
	{ 15, "a vmalloc area can be mapped into user space", NULL, lab_user_mapping },
	{ 15, "remap_page_range() maps contiguous memory", kernel_remap, NULL },
};

#define NR_CLAIMS	(sizeof(claims) / sizeof(claims[0]))

static const char *const words[] = {
	[CLAIM_UNTESTED] = "-", [CLAIM_TRUE] = "true", [CLAIM_FALSE] = "FALSE",
	[CLAIM_NOT_RUN] = "not run",
};

static void fill(struct claim_answer *answer, const char *format, va_list args)
{
	vsnprintf(answer->evidence, sizeof(answer->evidence), format, args);
}

void claim_decide(struct claim_answer *answer, bool holds, const char *format, ...)
{
	va_list args;

	answer->verdict = holds ? CLAIM_TRUE : CLAIM_FALSE;
	va_start(args, format);
	fill(answer, format, args);
	va_end(args);
}

void claim_not_run(struct claim_answer *answer, const char *format, ...)
{
	va_list args;

	answer->verdict = CLAIM_NOT_RUN;
	va_start(args, format);
	fill(answer, format, args);
	va_end(args);
}

static struct claim_answer ask_host(const struct claim *claim)
{
	struct claim_answer answer = { CLAIM_UNTESTED, "can't be asked from user space" };

	if (claim->host)
		claim->host(&answer);
	return answer;
}

static struct claim_answer ask_lab(const struct claim *claim)
{
	struct claim_answer answer = { CLAIM_UNTESTED, "the lab has no such thing" };
	struct session session;

	if (!claim->lab)
		return answer;
	if (session_open_new(&session)) {
		claim_not_run(&answer, "the lab can't be opened");
		return answer;
	}
	claim->lab(&answer, &session);
	session_close(&session);
	return answer;
}

static void print_answer(const char *world, const struct claim_answer *answer)
{
	printf("    %-6s %-8s %s\n", world, words[answer->verdict], answer->evidence);
}

static void answer_json(const char *world, const struct claim_answer *answer)
{
	static const char *const names[] = { "untested", "true", "false", "not run" };

	json_object_begin(world);
	json_string("verdict", names[answer->verdict]);
	json_string("evidence", answer->evidence);
	json_object_end();
}

struct wish {
	bool json, host, lab;
	unsigned int counts[2][4];	/* world, verdict */
};

static void ask(const struct claim *claim, struct wish *wish)
{
	struct claim_answer host = { 0 }, lab = { 0 };

	if (wish->host)
		host = ask_host(claim);
	if (wish->lab)
		lab = ask_lab(claim);
	wish->counts[0][host.verdict] += wish->host;
	wish->counts[1][lab.verdict] += wish->lab;
	if (wish->json) {
		json_object_begin(NULL);
		json_number("section", claim->section);
		json_string("claim", claim->text);
		if (wish->host)
			answer_json("host", &host);
		if (wish->lab)
			answer_json("lab", &lab);
		json_object_end();
		return;
	}
	printf("%2u  %s\n", claim->section, claim->text);
	if (wish->host)
		print_answer("host", &host);
	if (wish->lab)
		print_answer("lab", &lab);
	fflush(stdout);
}

static void print_counts(const char *world, const unsigned int counts[4])
{
	printf("%s: %u true, %u false, %u not to be asked, %u not run\n", world,
	       counts[CLAIM_TRUE], counts[CLAIM_FALSE], counts[CLAIM_UNTESTED],
	       counts[CLAIM_NOT_RUN]);
}

static const char help[] =
"Usage: claims [--host | --lab] [--json]\n"
"\n"
"Each claim of the article, by section, asked of the kernel that runs this program\n"
"and of the lab: true or FALSE today, and what was seen.\n"
"\n"
"  --host   ask the kernel only\n"
"  --lab    ask the lab only\n"
"  --json   as JSON\n"
"\n"
"Most of the kernel's files are root's. Exit status: 0 everything that can be asked\n"
"was, 1 some check could not be run, 2 usage.\n";

int main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "host", no_argument, NULL, 'o' }, { "lab", no_argument, NULL, 'l' },
		{ "json", no_argument, NULL, 'j' }, { "help", no_argument, NULL, 'h' },
		{ "print-address", no_argument, NULL, 'a' }, { 0 }
	};
	struct wish wish = { .host = true, .lab = true };
	int option;
	size_t i;

	while ((option = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		wish.json |= option == 'j';
		wish.lab &= option != 'o';
		wish.host &= option != 'l';
		if (option == 'a')
			return host_print_address();
		if (option == 'h' || option == '?')
			return fputs(help, stdout) < 0 || option == '?' ? 2 : 0;
	}
	if (optind < argc || (!wish.host && !wish.lab))
		return fputs(help, stderr) < 0 ? 1 : 2;
	if (wish.json)
		json_array_begin(NULL);
	for (i = 0; i < NR_CLAIMS; i++)
		ask(&claims[i], &wish);
	if (wish.json)
		json_array_end();
	else
		putchar('\n');
	if (wish.host && !wish.json)
		print_counts("host", wish.counts[0]);
	if (wish.lab && !wish.json)
		print_counts("lab", wish.counts[1]);
	return fflush(stdout) || wish.counts[0][CLAIM_NOT_RUN] || wish.counts[1][CLAIM_NOT_RUN];
}
