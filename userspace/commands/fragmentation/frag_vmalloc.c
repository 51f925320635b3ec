// SPDX-License-Identifier: GPL-2.0
/* External fragmentation solved: the bytes of a block that is refused, by vmalloc. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/meter.h"
#include "frag.h"
#include "frag_scene.h"
#include "lab/labfile.h"
#include "lab/layout.h"
#include "libmmlab.h"

#define ORDER		5
#define NR_ROUNDS	20

/* The costs of a block and of an area of the same size; the least of several rounds. */
struct price {
	uint64_t cost;		/* of allocation and free, as the meter counts */
	uint64_t tables;	/* page-table pages */
	struct layout_frames frames;
	bool had;
};

struct play {
	const struct session *session;
	struct meter meter;
	uint32_t bytes;
};

static uint64_t page_tables(void)
{
	char *text = labfile_read("vmstat", NULL);
	uint64_t n = 0;

	if (text)
		labfile_value(text, "nr_page_table_pages", &n);
	free(text);
	return n;
}

static bool alloc_block(const struct play *play, struct mmlab_block *block)
{
	*block = (struct mmlab_block){ .order = ORDER, .zone = MMLAB_ZONE_NORMAL };
	return !mmlab_alloc_block(play->session->fd, block);
}

static void free_block(const struct play *play, const struct mmlab_block *block)
{
	struct mmlab_block back = { .order = ORDER, .phys = block->phys };

	mmlab_free_block(play->session->fd, &back);
}

/* The table of a freed area is kept for the next one, which must not find it here. */
static void forget_areas(const struct play *play)
{
	struct mmlab_drain drain = { 0 };

	mmlab_drain_caches(play->session->fd, &drain);
}

static bool alloc_area(const struct play *play, struct mmlab_area *area)
{
	*area = (struct mmlab_area){ .size = play->bytes };
	return !mmlab_alloc_area(play->session->fd, area);
}

static void free_area(const struct play *play, const struct mmlab_area *area)
{
	struct mmlab_area back = { .lva = area->lva };

	mmlab_free_area(play->session->fd, &back);
}

static struct price price_of_block(const struct play *play)
{
	struct price price = { .cost = UINT64_MAX };
	struct mmlab_block block;
	int i;

	for (i = 0; i < NR_ROUNDS; i++) {
		uint64_t before = meter_read(&play->meter), cost;

		if (!alloc_block(play, &block))
			return price;
		free_block(play, &block);
		cost = meter_between(&play->meter, before, meter_read(&play->meter));
		price.cost = cost < price.cost ? cost : price.cost;
	}
	price.tables = page_tables();
	price.had = alloc_block(play, &block) &&
		    !layout_frames(play->session, block.lva, play->bytes, &price.frames);
	price.tables = page_tables() - price.tables;
	free_block(play, &block);
	return price;
}

static struct price price_of_area(const struct play *play)
{
	struct price price = { .cost = UINT64_MAX };
	struct mmlab_area area;
	int i;

	for (i = 0; i < NR_ROUNDS; i++) {
		uint64_t before, cost;

		forget_areas(play);
		before = meter_read(&play->meter);
		if (!alloc_area(play, &area))
			return price;
		free_area(play, &area);
		cost = meter_between(&play->meter, before, meter_read(&play->meter));
		price.cost = cost < price.cost ? cost : price.cost;
	}
	forget_areas(play);
	price.tables = page_tables();
	price.had = alloc_area(play, &area) &&
		    !layout_frames(play->session, area.lva, play->bytes, &price.frames);
	price.tables = page_tables() - price.tables;
	free_area(play, &area);
	forget_areas(play);
	return price;
}

#define ANY	0

/*
 * Prints a row of prices. An area may need a page table, or two if it crosses the end of
 * one. Return: true if they are as expected
 */
static bool print_price(const char *what, const struct price *price, uint32_t stretches,
			uint64_t most_tables)
{
	bool good = price->had && price->frames.nr_frames == 1U << ORDER &&
		    (stretches == ANY || price->frames.nr_stretches == stretches) &&
		    price->tables <= most_tables;

	printf("  %s  %-46s %6u %9u %6" PRIu64 " ", good ? "ok " : "BAD", what,
	       price->frames.nr_frames, price->frames.nr_stretches, price->tables);
	if (price->had)
		printf("%9" PRIu64 "\n", price->cost);
	else
		printf("%9s\n", "refused");
	return good;
}

/* Takes all blocks that are left, such as the allocator's reserve. */
static uint32_t take_blocks(const struct play *play, struct mmlab_block *blocks, uint32_t max)
{
	uint32_t n = 0;

	while (n < max && alloc_block(play, &blocks[n]))
		n++;
	return n;
}

/* Every second frame is free, so that no two of an area's can be neighbours. */
static bool play_fragmented(const struct play *play, uint32_t *pfn,
			    struct mmlab_block *blocks, struct price *area)
{
	const struct session *session = play->session;
	uint32_t n = frag_fill(session, pfn), freed, taken;
	bool good = frag_scene(session, ORDER, "full of single frames", false);

	freed = frag_free(session, pfn, n, 1);
	taken = take_blocks(play, blocks, session->info.nr_frames >> ORDER);
	good &= frag_scene(session, ORDER, "every second one freed, last blocks taken", false);
	good &= frag_says_so(ORDER);
	*area = price_of_area(play);
	while (taken)
		free_block(play, &blocks[--taken]);
	freed += frag_free(session, pfn, n, 0);
	return frag_scene(session, ORDER, "all freed: buddies have merged", true) && good &&
	       freed == n;
}

bool frag_vmalloc(const struct session *session)
{
	struct play play = { .session = session,
			     .bytes = 1U << (session->info.page_shift + ORDER) };
	uint32_t *pfn = calloc(session->info.nr_frames, sizeof(*pfn));
	struct mmlab_block *blocks = calloc(session->info.nr_frames >> ORDER, sizeof(*blocks));
	struct price block, fresh, area = { 0 };
	bool good;

	if (!pfn || !blocks) {
		free(pfn);
		free(blocks);
		cli_fail(ENOMEM, NULL, "a list of frames");
		return false;
	}
	meter_open(&play.meter);
	printf("External fragmentation, and vmalloc: %u bytes in a row, or not\n", play.bytes);
	frag_heads(ORDER);
	good = frag_scene(session, ORDER, "before", true);
	block = price_of_block(&play);
	fresh = price_of_area(&play);
	good &= play_fragmented(&play, pfn, blocks, &area);
	printf("       %-46s %6s %9s %6s %s\n", "", "FRAMES", "STRETCHES", "TABLES",
	       meter_unit(&play.meter));
	good &= print_price("a block of order 5, before", &block, 1, 0);
	good &= print_price("an area of as many bytes, before", &fresh, ANY, 2);
	good &= print_price("the same area where the block is refused", &area, 1U << ORDER, 2);
	printf("       (allocation and free together, the least of %d rounds; counted:\n"
	       "       %s)\n", NR_ROUNDS, meter_explanation(&play.meter));
	meter_close(&play.meter);
	free(blocks);
	free(pfn);
	return good;
}
