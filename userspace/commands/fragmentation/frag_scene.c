// SPDX-License-Identifier: GPL-2.0
/* Scenes of external fragmentation, played on the real allocator. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frag_scene.h"
#include "lab/labfile.h"
#include "libmmlab.h"

#define FRAGMENTED	0.9	/* extfrag_index: towards 1 it is not shortage */

/* The two indices of zone Normal for an order. */
struct indices {
	double extfrag, unusable;
};

static double read_index(const char *name, unsigned int order)
{
	char *text = labfile_read(name, NULL);
	const char *at = text ? strstr(text, "zone   Normal") : NULL;
	double value = -2;
	unsigned int i;

	if (at)
		at += strlen("zone   Normal");
	for (i = 0; at && i <= order; i++) {
		char *end;

		value = strtod(at, &end);
		at = end > at ? end : NULL;
	}
	free(text);
	return at ? value : -2;
}

static struct indices read_indices(unsigned int order)
{
	return (struct indices){ .extfrag = read_index("extfrag_index", order),
				 .unusable = read_index("unusable_index", order) };
}

static double free_percent(void)
{
	char *text = labfile_read("meminfo", NULL);
	uint64_t total = 0, unused = 0, cached = 0;

	if (text) {
		labfile_value(text, "MemTotal", &total);
		labfile_value(text, "MemFree", &unused);
		labfile_value(text, "PerCpuPages", &cached);
	}
	free(text);
	return total ? (double)(unused + cached) * 100 / (double)total : -1;
}

static bool block_to_be_had(const struct session *session, unsigned int order)
{
	struct mmlab_block block = { .order = order, .zone = MMLAB_ZONE_NORMAL };

	if (mmlab_alloc_block(session->fd, &block))
		return false;
	block = (struct mmlab_block){ .order = order, .phys = block.phys };
	mmlab_free_block(session->fd, &block);
	return true;
}

bool frag_scene(const struct session *session, unsigned int order, const char *what,
		bool expected)
{
	struct mmlab_drain drain = { 0 };
	struct indices now;
	bool had;

	mmlab_drain_caches(session->fd, &drain);
	now = read_indices(order);
	had = block_to_be_had(session, order);
	printf("  %s  %-46s %5.1f %8.3f %9.3f  %s\n", had == expected ? "ok " : "BAD", what,
	       free_percent(), now.extfrag, now.unusable, had ? "given" : "refused");
	return had == expected;
}

void frag_heads(unsigned int order)
{
	printf("       %-46s %5s %8s %9s  ORDER %u\n", "", "FREE%", "EXTFRAG", "UNUSABLE", order);
}

bool frag_says_so(unsigned int order)
{
	struct indices now = read_indices(order);
	bool good = now.extfrag >= FRAGMENTED && now.unusable >= FRAGMENTED;

	printf("  %s  the indices (towards 1: fragmented; towards 0: short) say why\n",
	       good ? "ok " : "BAD");
	return good;
}

int frag_compare_numbers(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return (a > b) - (a < b);
}

uint32_t frag_fill(const struct session *session, uint32_t *pfn)
{
	uint32_t n = 0;

	while (n < session->info.nr_frames) {
		struct mmlab_block block = { .zone = MMLAB_ZONE_NORMAL };

		if (mmlab_alloc_block(session->fd, &block))
			break;
		pfn[n++] = (uint32_t)(block.phys >> session->info.page_shift);
	}
	qsort(pfn, n, sizeof(*pfn), frag_compare_numbers);
	return n;
}

uint32_t frag_free(const struct session *session, const uint32_t *pfn, uint32_t n,
		   uint32_t odd)
{
	uint32_t i, freed = 0;

	for (i = 0; i < n; i++) {
		struct mmlab_block block = { .phys = (__u64)pfn[i] << session->info.page_shift };

		if ((pfn[i] & 1) == odd)
			freed += !mmlab_free_block(session->fd, &block);
	}
	return freed;
}
