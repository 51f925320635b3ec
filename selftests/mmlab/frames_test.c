// SPDX-License-Identifier: GPL-2.0
/*
 * The file mmlab/frames in debugfs: in random states, its rows cover the arena, count as
 * check does, say frame by frame what kpageflags says, and have the free blocks of
 * buddyinfo.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/kernel-page-flags.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "procfile.h"

#define FRAMES		"/sys/kernel/debug/mmlab/frames"
#define LVA		0x40000000UL
#define RW		(PROT_READ | PROT_WRITE)
#define MAX_TEXT	(1 << 20)
#define NR_BLOCKS	64
#define NR_PAGES	512
#define NR_STATES	60
#define NR_ORDERS	11

struct frame {
	char use[16];
	unsigned int order, owner, entries;
	bool bad;
};

FIXTURE(frames) {
	struct guard guard;
	struct mmlab_info info;
	int fd;
	char *text;
	struct frame *frame;
	uint64_t *flags;
	struct mmlab_block block[NR_BLOCKS];
	bool has_block[NR_BLOCKS];
	unsigned char *window;
	uint32_t random;
};

FIXTURE_SETUP(frames)
{
	GUARD_BEGIN(&self->guard);
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, lab_info(self->fd, &self->info));
	self->text = malloc(MAX_TEXT);
	self->frame = calloc(self->info.nr_frames, sizeof(*self->frame));
	self->flags = calloc(self->info.nr_frames + 1, sizeof(*self->flags));
	self->window = lab_map(self->fd, LVA, NR_PAGES * page_size(), RW);
	ASSERT_NE(NULL, self->window);
	memset(self->has_block, 0, sizeof(self->has_block));
	self->random = 2463534242U;
}

FIXTURE_TEARDOWN(frames)
{
	munmap(self->window, NR_PAGES * page_size());
	close(self->fd);
	free(self->text);
	free(self->frame);
	free(self->flags);
	GUARD_END(&self->guard);
}

/* The same sequence each time. */
static uint32_t below(uint32_t *state, uint32_t limit)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state % limit;
}

/* NULL, or a text about the error; the frames of all rows. */
static const char *parse_frames(char *text, struct frame *frame, uint32_t nr_frames)
{
	uint32_t next = 0, start, nr;
	char *line = strtok(text, "\n");

	if (!line || strcmp(line, "frame count use order owner list entries"))
		return "no heading";
	while ((line = strtok(NULL, "\n"))) {
		struct frame f = { .bad = strstr(line, " bad") };

		if (sscanf(line, "%u %u %15s %u %u %*s %u", &start, &nr, f.use, &f.order,
			   &f.owner, &f.entries) != 6)
			return "no row";
		if (start != next || !nr || nr > nr_frames - start)
			return "a gap between rows";
		while (nr--)
			frame[next++] = f;
	}
	return next == nr_frames ? NULL : "not the whole arena";
}

static long count_use(const struct frame *frame, uint32_t nr_frames, const char *use)
{
	long nr = 0;

	while (nr_frames--)
		nr += !strcmp(frame[nr_frames].use, use);
	return nr;
}

static uint64_t flags_of(const struct frame *f, uint32_t pfn)
{
	static const struct { const char *use; uint64_t flags; } table[] = {
		{ "free", 1ULL << KPF_BUDDY },
		/* no page is on a list, as there is no swap */
		{ "user", 1ULL << KPF_MMAP | 1ULL << KPF_ANON | 1ULL << KPF_SWAPBACKED },
		{ "pgtable", 1ULL << KPF_PGTABLE }, { "slab", 1ULL << KPF_SLAB },
		{ "reserved", 1ULL << KPF_RESERVED },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++)
		if (!strcmp(table[i].use, f->use))
			return table[i].flags | (pfn == MMLAB_ZERO_PFN ? 1ULL << KPF_ZERO_PAGE : 0);
	return 0;
}

/* Free blocks of a zone and order, as buddyinfo counts them. */
static long count_blocks(const struct frame *frame, uint32_t start, uint32_t end,
			 unsigned int order)
{
	long nr = 0;

	for (; start < end; start++)
		nr += !strcmp(frame[start].use, "free") && frame[start].order == order;
	return nr >> order;
}

static long buddyinfo(const char *text, unsigned int zone, unsigned int order)
{
	const char *line = zone ? strchr(text, '\n') + 1 : text;

	line += strlen("Node 0, zone   Normal ");
	while (order--)
		strtol(line, (char **)&line, 10);
	return strtol(line, NULL, 10);
}

static void change(struct _test_data_frames *self)
{
	unsigned int i = below(&self->random, NR_BLOCKS);

	switch (below(&self->random, 4)) {
	case 0:
		if (!self->has_block[i])
			self->has_block[i] = !lab_alloc(self->fd, below(&self->random, 8),
							below(&self->random, 2),
							&self->block[i]);
		break;
	case 1:
		if (self->has_block[i])
			lab_free(self->fd, &self->block[i]);
		self->has_block[i] = false;
		break;
	case 2:
		self->window[below(&self->random, NR_PAGES) * page_size()] = 1;
		break;
	case 3:
		lab_munmap(self->fd, LVA, (1 + below(&self->random, 8)) * page_size());
		munmap(self->window, NR_PAGES * page_size());
		self->window = lab_map(self->fd, LVA, NR_PAGES * page_size(), RW);
		break;
	}
}

TEST_F(frames, say_what_the_other_files_say)
{
	uint32_t nr = self->info.nr_frames, i;
	unsigned int state, zone, order, steps;
	struct census c;

	for (state = 0; state < NR_STATES; state++) {
		for (steps = below(&self->random, 200); steps; steps--)
			change(self);
		ASSERT_LT(0, read_whole(FRAMES, self->text, MAX_TEXT));
		ASSERT_EQ(NULL, parse_frames(self->text, self->frame, nr));
		ASSERT_EQ(NULL, read_census(&c));
		EXPECT_EQ(c.free, count_use(self->frame, nr, "free"));
		EXPECT_EQ(c.pcp, count_use(self->frame, nr, "percpu"));
		EXPECT_EQ(c.slab, count_use(self->frame, nr, "slab"));
		EXPECT_EQ(c.tables, count_use(self->frame, nr, "pgtable"));
		EXPECT_EQ(c.anon, count_use(self->frame, nr, "user"));
		EXPECT_EQ(c.blocks, count_use(self->frame, nr, "block"));
		EXPECT_EQ(c.vmalloc, count_use(self->frame, nr, "vmalloc"));
		EXPECT_EQ(c.reserved, count_use(self->frame, nr, "reserved"));
		ASSERT_EQ(nr * sizeof(uint64_t),
			  read_whole("kpageflags", (char *)self->flags,
				     nr * sizeof(uint64_t) + 1));
		for (i = 0; i < nr; i++)
			ASSERT_EQ(self->flags[i], flags_of(&self->frame[i], i))
				TH_LOG("frame %u, state %u", i, state);
		ASSERT_LT(0, read_whole("buddyinfo", self->text, MAX_TEXT));
		for (zone = 0; zone < MMLAB_NR_ZONES; zone++)
			for (order = 0; order < NR_ORDERS; order++)
				EXPECT_EQ(buddyinfo(self->text, zone, order),
					  count_blocks(self->frame,
						       zone ? self->info.zone_end[0] : 0,
						       self->info.zone_end[zone], order));
	}
}

TEST_F(frames, owner_order_and_entries_of_a_block_and_a_page)
{
	struct mmlab_block block;
	struct mmlab_translation t;
	const struct frame *f;

	ASSERT_EQ(0, lab_alloc(self->fd, 3, MMLAB_ZONE_NORMAL, &block));
	self->window[0] = 1;
	ASSERT_EQ(0, lab_translate(self->fd, LVA, &t));
	ASSERT_LT(0, read_whole(FRAMES, self->text, MAX_TEXT));
	ASSERT_EQ(NULL, parse_frames(self->text, self->frame, self->info.nr_frames));
	f = &self->frame[block.phys / page_size() + 7];
	EXPECT_STREQ("block", f->use);
	EXPECT_EQ(3, f->order);
	EXPECT_EQ(self->info.lab_pid, f->owner);
	f = &self->frame[t.pfn];
	EXPECT_STREQ("user", f->use);
	EXPECT_EQ(1, f->entries);
	EXPECT_EQ(self->info.lab_pid, f->owner);
	EXPECT_STREQ("pgtable", self->frame[t.table_pfn].use);
	EXPECT_STREQ("pgtable", self->frame[t.pgd_pfn].use);
	/* its entries map others, none maps it */
	EXPECT_EQ(0, self->frame[t.table_pfn].entries);
	EXPECT_EQ(0, self->frame[t.pgd_pfn].entries);
	EXPECT_EQ(self->info.lab_pid, self->frame[t.pgd_pfn].owner);
}

/* What an open file shows is the moment of its opening. */
TEST_F(frames, the_moment_of_the_open)
{
	struct mmlab_block block;
	ssize_t n, got, done = 0;
	int fd = open(FRAMES, O_RDONLY);

	ASSERT_LE(0, fd);
	n = read_whole(FRAMES, self->text, MAX_TEXT);
	ASSERT_LT(0, n);
	ASSERT_EQ(0, lab_alloc(self->fd, 9, MMLAB_ZONE_NORMAL, &block));
	while ((got = read(fd, (char *)self->flags, 100)) > 0) {
		ASSERT_EQ(0, memcmp(self->flags, self->text + done, got));
		done += got;
	}
	EXPECT_EQ(n, done);
	close(fd);
}

static int open_as_nobody(void *arg)
{
	(void)arg;
	CHILD_CHECK(become_nobody() == 0);
	CHILD_CHECK(open(FRAMES, O_RDONLY) == -1 && errno == EACCES);
	return 0;
}

TEST_F(frames, is_root_s)
{
	struct stat st;

	ASSERT_EQ(0, stat(FRAMES, &st));
	EXPECT_EQ(S_IFREG | 0400, st.st_mode);
	EXPECT_EQ(0, run_child(open_as_nobody, NULL));
}

TEST_HARNESS_MAIN
