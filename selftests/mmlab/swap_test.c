// SPDX-License-Identifier: GPL-2.0
/*
 * Swap: processes that are larger than the machine, what comes back byte for byte,
 * what must not go, what it costs in slots, and what /proc says of it. The module is
 * loaded anew for each test; afterwards it has its default parameters.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/kernel-page-flags.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "parts.h"
#include "pidfile.h"
#include "pressure.h"
#include "procfile.h"
#include "touch.h"

#define LVA		0x40000000UL
#define RW		(PROT_READ | PROT_WRITE)
#define MIB		(1UL << 20)
#define MAX_THREADS	4
#define SWAPS_HEAD	"Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"

/* Wrong words. */
static size_t use_memory(unsigned char *p, size_t len, unsigned int nr_threads,
			 unsigned int nr_rounds)
{
	struct part parts[MAX_THREADS];

	return parts_begin(parts, nr_threads, p, len, nr_rounds) ? -1 :
	       parts_end(parts, nr_threads);
}

FIXTURE(swap) {
	struct guard guard;
	int fd;
	uint32_t type;
	size_t page, len;
	unsigned char *p;		/* len bytes at LVA */
};

FIXTURE_VARIANT(swap) {
	const char *params;
	size_t mib;			/* of the process: more than the machine has */
};

/* as in the text: more than what there is */
FIXTURE_VARIANT_ADD(swap, small) { .params = "mem=4", .mib = 6 };

FIXTURE_SETUP(swap)
{
	lab_unload();
	ASSERT_EQ(0, lab_load(variant->params));
	GUARD_BEGIN(&self->guard);
	self->page = page_size();
	self->len = variant->mib * MIB;
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	self->p = lab_map(self->fd, LVA, self->len, RW);
	ASSERT_NE(NULL, self->p);
	ASSERT_EQ(0, swap_on(self->fd, 0, &self->type));
}

FIXTURE_TEARDOWN(swap)
{
	munmap(self->p, self->len);
	close(self->fd);
	EXPECT_FINE(swap_end(self->type));
	GUARD_END(&self->guard);
	lab_unload();
	EXPECT_EQ(0, lab_load(""));
}

TEST_F(swap, the_files_tell_what_is_out)
{
	static char text[4096];
	struct mmlab_translation t;
	size_t at, nr_out;
	uint64_t value;

	fill(self->p, 0, self->len, 3);
	nr_out = count_out(self->fd, LVA, self->len);
	ASSERT_LT(0, nr_out);
	EXPECT_EQ(nr_out * self->page / 1024, pid_number(self->fd, "status", "VmSwap:"));
	EXPECT_EQ(nr_out * self->page / 1024, pid_number(self->fd, "smaps", "Swap:"));
	EXPECT_EQ((self->len - nr_out * self->page) / 1024,
		  pid_number(self->fd, "status", "VmRSS:"));
	EXPECT_EQ(lab_meminfo("MemTotal") + 4, lab_meminfo("SwapTotal"));
	EXPECT_EQ(nr_out * self->page / 1024 + lab_meminfo("SwapCached"),
		  lab_meminfo("SwapTotal") - lab_meminfo("SwapFree"));

	for (at = 0; !((value = pagemap_of(self->fd, LVA + at)) & PM_SWAP); at += self->page)
		;
	ASSERT_EQ(0, lab_translate(self->fd, LVA + at, &t));
	EXPECT_EQ(MMLAB_STEP_NO_PAGE, t.step);
	EXPECT_EQ(0, value & PM_PRESENT);
	EXPECT_EQ(t.pte >> 8, value >> 5 & ((1ULL << 50) - 1));
	EXPECT_EQ(t.pte >> 1 & 31, value & 31);

	ASSERT_LT(0, read_whole("swaps", text, sizeof(text)));
	EXPECT_EQ(0, strncmp(text, SWAPS_HEAD, strlen(SWAPS_HEAD)));
	EXPECT_NE(NULL, strstr(text, "\nmemory:0                                file\t\t4096\t\t"));
	EXPECT_NE(NULL, strstr(text, "\t-1\n"));
	EXPECT_EQ(0, count_wrong(self->p, 0, self->len, 3));
}

/* ---- flags and numbers of lists ---- */

#define MAX_FRAMES	1024		/* of the small machine */
#define FRAMES		"/sys/kernel/debug/mmlab/frames"
#define FLAG(name)	(1ULL << KPF_##name)
#define LIST_FLAGS	(FLAG(LRU) | FLAG(ACTIVE) | FLAG(REFERENCED))

static uint64_t flags_at(int fd, uint32_t lva)
{
	return frame_word("kpageflags", pagemap_of(fd, lva) & PM_PFN);
}

static long count_flags(const uint64_t *flags, uint64_t which)
{
	size_t i;
	long nr = 0;

	for (i = 0; i < MAX_FRAMES; i++)
		nr += (flags[i] & which) == which;
	return nr;
}

/* Frames whose flags tell of another list than the file in debugfs does. */
static long count_contradictions(const uint64_t *flags, char *text)
{
	unsigned int start, nr;
	char *line, list[16];
	long wrong = 0;
	uint64_t want;

	for (line = strchr(text, '\n'); line && line[1]; line = strchr(line + 1, '\n')) {
		if (sscanf(line, "%u %u %*s %*u %*u %15s", &start, &nr, list) != 3 ||
		    start + nr > MAX_FRAMES)
			return -1;
		want = !strcmp(list, "active") ? FLAG(LRU) | FLAG(ACTIVE) :
		       !strcmp(list, "inactive") ? FLAG(LRU) : 0;
		while (nr--)
			wrong += (flags[start++] & (FLAG(LRU) | FLAG(ACTIVE))) != want;
	}
	return wrong;
}

/* A second process has pages in the machine's set, and this one in its own. */
TEST_F(swap, flags_and_numbers_of_the_lists_agree)
{
	static uint64_t flags[MAX_FRAMES + 1];
	static char text[1 << 18];
	size_t hot = 40 * self->page, at;
	int fd = lab_open(O_RDWR), i;
	unsigned char *q;
	long kb = self->page / 1024, nr_in;

	ASSERT_LE(0, fd);
	q = lab_map(fd, LVA, 50 * self->page, RW);
	ASSERT_NE(NULL, q);
	fill(q, 0, 50 * self->page, 1);
	ASSERT_EQ(0, set_limit(self->fd, 100));
	/* these are touched again and again, and go to the active list; the others don't */
	for (i = 0; i < 8; i++) {
		fill(self->p, 0, hot, 2);
		at = hot + i * 50 * self->page;
		fill(self->p, at, at + 50 * self->page, 2);
	}
	/* what is only read back stays a copy of its slot */
	EXPECT_EQ(0, count_wrong(self->p, hot, hot + 20 * self->page, 2));

	ASSERT_EQ(MAX_FRAMES * sizeof(uint64_t),
		  read_whole("kpageflags", (char *)flags,
			     MAX_FRAMES * sizeof(uint64_t) + 1));
	ASSERT_LT(0, read_whole(FRAMES, text, sizeof(text)));
	EXPECT_EQ(0, count_contradictions(flags, text));
	nr_in = count_in(self->fd, LVA, self->len) + count_in(fd, LVA, 50 * self->page);
	EXPECT_EQ(150, nr_in);
	EXPECT_EQ(nr_in, count_flags(flags, FLAG(LRU) | FLAG(ANON)));
	EXPECT_EQ(nr_in, count_flags(flags, FLAG(LRU)));
	EXPECT_EQ(nr_in, count_flags(flags, FLAG(SWAPBACKED) | FLAG(MMAP)));
	EXPECT_LT(0, count_flags(flags, FLAG(ACTIVE)));
	EXPECT_EQ(count_flags(flags, FLAG(ACTIVE)), count_flags(flags, FLAG(ACTIVE) | FLAG(LRU)));

	EXPECT_EQ(count_flags(flags, FLAG(ACTIVE)), lab_vmstat("nr_active_anon"));
	EXPECT_EQ(nr_in - count_flags(flags, FLAG(ACTIVE)), lab_vmstat("nr_inactive_anon"));
	EXPECT_EQ(0, lab_vmstat("nr_isolated_anon"));
	EXPECT_EQ(lab_vmstat("nr_active_anon") * kb, lab_meminfo("Active"));
	EXPECT_EQ(lab_vmstat("nr_active_anon") * kb, lab_meminfo("Active(anon)"));
	EXPECT_EQ(lab_vmstat("nr_inactive_anon") * kb, lab_meminfo("Inactive"));
	EXPECT_EQ(lab_vmstat("nr_inactive_anon") * kb, lab_meminfo("Inactive(anon)"));

	EXPECT_LE(20, count_flags(flags, FLAG(SWAPCACHE)));
	EXPECT_EQ(count_flags(flags, FLAG(SWAPCACHE)), lab_vmstat("nr_swapcached"));
	EXPECT_EQ(count_flags(flags, FLAG(SWAPCACHE)) * kb, lab_meminfo("SwapCached"));
	for (at = hot; at < hot + 20 * self->page; at += self->page)
		EXPECT_NE(0, flags_at(self->fd, LVA + at) & FLAG(SWAPCACHE));
	EXPECT_EQ(0, frame_word("kpageflags", 0) & (LIST_FLAGS | FLAG(SWAPBACKED)));
	ASSERT_FINE(check_lab(self->fd));

	munmap(q, 50 * self->page);
	close(fd);
	EXPECT_EQ(0, swap_off(self->fd, self->type));
	EXPECT_EQ(0, lab_meminfo("Active") + lab_meminfo("Inactive") + lab_meminfo("SwapCached"));
	EXPECT_EQ(0, flags_at(self->fd, LVA) & (LIST_FLAGS | FLAG(SWAPCACHE)));
	EXPECT_NE(0, flags_at(self->fd, LVA) & FLAG(SWAPBACKED));
}

/* Page n is stored to. */
static void store(struct _test_data_swap *self, unsigned int n)
{
	*(volatile unsigned char *)(self->p + n * self->page) = 1;
}

/* Which of the flags of the lists page n has. */
static uint64_t list_flags(struct _test_data_swap *self, unsigned int n)
{
	return flags_at(self->fd, LVA + n * self->page) & LIST_FLAGS;
}

TEST_F(swap, the_second_touch_makes_a_page_active)
{
	unsigned int i;
	long refill;

	EXPECT_EQ(0, set_limit(self->fd, 3));
	for (i = 0; i < 3; i++)
		store(self, i);
	/* the policy has not looked at them yet */
	EXPECT_EQ(FLAG(LRU), list_flags(self, 1));
	/* now it has: each was touched once, and the oldest goes nevertheless */
	store(self, 3);
	EXPECT_EQ(PM_SWAP, pagemap_of(self->fd, LVA) & PM_SWAP);
	EXPECT_EQ(FLAG(LRU) | FLAG(REFERENCED), list_flags(self, 1));
	EXPECT_EQ(FLAG(LRU) | FLAG(REFERENCED), list_flags(self, 2));
	EXPECT_EQ(FLAG(LRU), list_flags(self, 3));
	EXPECT_EQ(0, lab_vmstat("pgactivate"));
	/* page 1 is touched a second time, page 2 goes */
	store(self, 1);
	EXPECT_EQ(0, lab_vmstat("pgactivate"));
	store(self, 4);
	EXPECT_EQ(FLAG(LRU) | FLAG(ACTIVE), list_flags(self, 1));
	EXPECT_EQ(PM_SWAP, pagemap_of(self->fd, LVA + 2 * self->page) & PM_SWAP);
	EXPECT_EQ(1, lab_vmstat("pgactivate"));
	EXPECT_EQ(1, lab_vmstat("nr_active_anon"));
	EXPECT_EQ(0, lab_vmstat("pgdeactivate"));
	EXPECT_EQ(0, lab_vmstat("pgrefill"));
	/* another policy begins with one list */
	EXPECT_EQ(0, choose_own(self->fd, "fifo"));
	EXPECT_EQ(FLAG(LRU), list_flags(self, 1));
	EXPECT_EQ(1, lab_vmstat("pgdeactivate"));
	EXPECT_EQ(0, lab_vmstat("nr_active_anon"));

	/* six pages of which five are touched in each round: too many are active */
	EXPECT_EQ(0, choose_own(self->fd, "two-lists"));
	EXPECT_EQ(3, set_limit(self->fd, 6));
	for (i = 0; i < 60; i++)
		store(self, i % 6 < 5 ? i % 6 : 10 + i);
	refill = lab_vmstat("pgrefill");
	EXPECT_LT(0, refill);
	/* and now they are not touched any more */
	for (i = 100; i < 112; i++)
		store(self, i);
	EXPECT_LT(refill, lab_vmstat("pgrefill"));
	EXPECT_LT(1, lab_vmstat("pgdeactivate"));
	EXPECT_LE(lab_vmstat("pgdeactivate") - 1, lab_vmstat("pgrefill"));
	EXPECT_LT(lab_vmstat("pgdeactivate"), lab_vmstat("pgactivate"));
}

TEST_F(swap, reads_and_writes_of_the_file_bring_pages_back)
{
	static unsigned char buf[4096];
	size_t at, wrong = 0;

	fill(self->p, 0, self->len, 4);
	for (at = 0; at < self->len; at += self->page) {
		ASSERT_EQ(self->page, pread(self->fd, buf, self->page, LVA + at));
		wrong += !!memcmp(buf, self->p + at, self->page);
	}
	EXPECT_EQ(0, wrong);
	for (at = 0; at < self->len; at += self->page) {
		memset(buf, (int)(at / self->page), self->page);
		ASSERT_EQ(self->page, pwrite(self->fd, buf, self->page, LVA + at));
	}
	for (at = 0; at < self->len; at++)
		wrong += self->p[at] != (unsigned char)(at / self->page);
	EXPECT_EQ(0, wrong);
}

TEST_F(swap, what_was_only_read_is_forgotten)
{
	long out = lab_vmstat("pswpout");
	unsigned char value = 0;
	size_t at, sum = 0;

	for (at = 0; at < self->len; at += self->page) {
		ASSERT_EQ(0, touch_read(self->p + at, &value));
		sum += value;
	}
	EXPECT_EQ(0, sum);
	EXPECT_EQ(out, lab_vmstat("pswpout"));
	EXPECT_EQ(0, pid_number(self->fd, "status", "VmSwap:"));
}

/* Pages that were taken away, by tasks and by kswapd. */
static long stolen(void)
{
	return lab_vmstat("pgsteal_direct") + lab_vmstat("pgsteal_kswapd");
}

TEST_F(swap, a_clean_page_is_not_written_twice)
{
	size_t quarter = self->len / 4;
	long out, in, gone;

	/* a small part goes out and is read back, without a store */
	ASSERT_EQ(0, choose(self->fd, "fifo"));
	fill(self->p, 0, quarter, 5);
	fill(self->p, quarter, self->len, 6);
	EXPECT_LT(0, lab_munmap(self->fd, LVA + 2 * quarter, self->len - 2 * quarter));
	in = lab_vmstat("pswpin");
	EXPECT_EQ(0, count_wrong(self->p, 0, quarter, 5));
	EXPECT_LT(in, lab_vmstat("pswpin"));
	EXPECT_LT(0, lab_meminfo("SwapCached"));
	/* all that is older goes first; then these, for which no write is needed */
	out = lab_vmstat("pswpout");
	gone = stolen();
	EXPECT_EQ(0, lab_region_at(self->fd, LVA + 2 * quarter, self->len - 2 * quarter, RW));
	fill(self->p, 2 * quarter, self->len, 7);
	EXPECT_GT(stolen() - gone, lab_vmstat("pswpout") - out);
	EXPECT_EQ(0, count_wrong(self->p, 0, quarter, 5));
	EXPECT_EQ(0, count_wrong(self->p, quarter, 2 * quarter, 6));
	EXPECT_EQ(0, count_wrong(self->p, 2 * quarter, self->len, 7));
}

TEST_F(swap, slots_go_with_their_pages)
{
	fill(self->p, 0, self->len, 8);
	EXPECT_LT(lab_meminfo("SwapFree"), lab_meminfo("SwapTotal"));
	EXPECT_LT(0, lab_munmap(self->fd, LVA, self->len));
	EXPECT_EQ(lab_meminfo("SwapFree"), lab_meminfo("SwapTotal"));
	EXPECT_EQ(0, pid_number(self->fd, "status", "VmSwap:"));
	ASSERT_FINE(check_lab(self->fd));
}

TEST_F(swap, pinned_pages_stay)
{
	struct iovec v = { self->p, 4 * self->page };
	struct mmlab_translation before, after;
	static char seen[4 * 65536];
	int pipes[2];
	size_t at;

	fill(self->p, 0, v.iov_len, 9);
	ASSERT_EQ(0, pipe2(pipes, O_CLOEXEC));
	ASSERT_EQ((ssize_t)v.iov_len, vmsplice(pipes[1], &v, 1, 0));
	ASSERT_EQ(0, lab_translate(self->fd, LVA, &before));
	fill(self->p, v.iov_len, self->len, 9);
	for (at = 0; at < v.iov_len; at += self->page)
		EXPECT_EQ(PM_PRESENT, pagemap_of(self->fd, LVA + at) & PM_PRESENT);
	ASSERT_EQ(0, lab_translate(self->fd, LVA, &after));
	EXPECT_EQ(before.pfn, after.pfn);
	/* the pipe has the page itself: what is stored now is seen there */
	self->p[0] ^= 0xff;
	ASSERT_EQ((ssize_t)v.iov_len, read(pipes[0], seen, v.iov_len));
	EXPECT_EQ(0, memcmp(seen, self->p, v.iov_len));
	self->p[0] ^= 0xff;
	EXPECT_EQ(0, count_wrong(self->p, 0, self->len, 9));
	close(pipes[0]);
	close(pipes[1]);
}

TEST_F(swap, blocks_take_pages_away)
{
	struct mmlab_block block, blocks[64];
	size_t i;

	fill(self->p, 0, self->len, 10);
	for (i = 0; i < ARRAY_LEN(blocks); i++)
		ASSERT_EQ(0, lab_alloc(self->fd, 0, MMLAB_ZONE_NORMAL, &blocks[i]));
	ASSERT_EQ(0, lab_alloc(self->fd, 2, MMLAB_ZONE_NORMAL, &block));
	EXPECT_EQ(0, lab_free(self->fd, &block));
	for (i = 0; i < ARRAY_LEN(blocks); i++)
		EXPECT_EQ(0, lab_free(self->fd, &blocks[i]));
	EXPECT_EQ(0, count_wrong(self->p, 0, self->len, 10));
}

TEST_F(swap, other_processes_lose_pages)
{
	int fd = lab_open(O_RDWR);
	unsigned char *q;

	ASSERT_LE(0, fd);
	q = lab_map(fd, LVA, self->len / 2, RW);
	ASSERT_NE(NULL, q);
	fill(self->p, 0, self->len / 2, 11);
	fill(q, 0, self->len / 2, 12);
	EXPECT_LT(0, count_out(self->fd, LVA, self->len / 2));
	EXPECT_EQ(0, count_wrong(self->p, 0, self->len / 2, 11));
	EXPECT_EQ(0, count_wrong(q, 0, self->len / 2, 12));
	ASSERT_FINE(check_lab(fd));
	munmap(q, self->len / 2);
	close(fd);
}

TEST_F(swap, off_brings_everything_back)
{
	size_t half = self->len / 2;

	fill(self->p, 0, self->len, 13);
	EXPECT_EQ(-ENOMEM, swap_off(self->fd, self->type));
	EXPECT_EQ(4096, lab_meminfo("SwapTotal"));
	EXPECT_EQ(0, count_wrong(self->p, 0, self->len, 13));

	EXPECT_LT(0, lab_munmap(self->fd, LVA + half, half));
	/* some pages are copies of their slots, which will be gone */
	EXPECT_EQ(0, count_wrong(self->p, 0, half, 13));
	EXPECT_LT(0, lab_meminfo("SwapCached"));
	EXPECT_EQ(0, swap_off(self->fd, self->type));
	EXPECT_EQ(0, lab_meminfo("SwapTotal"));
	EXPECT_EQ(0, count_out(self->fd, LVA, half));
	EXPECT_EQ(0, count_wrong(self->p, 0, half, 13));
	EXPECT_EQ(-EINVAL, swap_off(self->fd, self->type));
	ASSERT_FINE(check_lab(self->fd));

	/* pages that are there when swap comes can go as well */
	ASSERT_EQ(0, swap_on(self->fd, 0, &self->type));
	ASSERT_EQ(0, lab_region_at(self->fd, LVA + half, half, RW));
	fill(self->p, half, self->len, 14);
	EXPECT_LT(0, count_out(self->fd, LVA, half));
	EXPECT_EQ(0, count_wrong(self->p, 0, half, 13));
	EXPECT_EQ(0, count_wrong(self->p, half, self->len, 14));
}

TEST_F(swap, full_swap_is_a_sigbus)
{
	uint32_t small;
	size_t nr, at;
	int sig;

	ASSERT_EQ(0, swap_off(self->fd, self->type));
	ASSERT_EQ(0, swap_on(self->fd, 100, &small));
	self->type = small;
	nr = touch_pages(self->p, self->len / self->page, 0x5a, &sig);
	EXPECT_EQ(SIGBUS, sig);
	EXPECT_LT(100, nr);
	EXPECT_LT(lab_meminfo("SwapFree"), 8);
	/* what is there is all right, once there is a frame to bring it back to */
	nr -= 32;
	EXPECT_LE(32, lab_munmap(self->fd, LVA + nr * self->page, 32 * self->page));
	for (at = 0; at < nr; at++)
		if (self->p[at * self->page] != 0x5a)
			break;
	EXPECT_EQ(nr, at);
	ASSERT_FINE(check_lab(self->fd));
}

TEST_F(swap, several_areas)
{
	struct mmlab_swap swap = { .nr_pages = 64, .prio = 7 };
	static char text[4096];

	ASSERT_EQ(0, lab_ioctl(self->fd, MMLAB_SWAPON, &swap));
	EXPECT_NE(self->type, swap.type);
	fill(self->p, 0, self->len, 15);
	ASSERT_LT(0, read_whole("swaps", text, sizeof(text)));
	/* the one of the higher priority is full first */
	EXPECT_NE(NULL, strstr(text, "file\t\t256\t\t256\t\t7\n"));
	EXPECT_EQ(0, swap_off(self->fd, swap.type));
	EXPECT_EQ(0, count_wrong(self->p, 0, self->len, 15));
}

/* Areas come and go, and policies change, while threads use the memory. */
TEST_F_TIMEOUT(swap, changes_under_way, 60)
{
	static const char * const policies[] = { "fifo", "clock", "lru", "two-lists" };
	struct part parts[2];
	uint32_t type;
	size_t i;

	ASSERT_EQ(0, parts_begin(parts, ARRAY_LEN(parts), self->p, self->len, 2));
	for (i = 0; i < 20; i++) {
		ASSERT_EQ(0, swap_on(self->fd, 512, &type));
		EXPECT_EQ(0, choose(self->fd, policies[i % ARRAY_LEN(policies)]));
		EXPECT_EQ(0, swap_off(self->fd, type));
		ASSERT_FINE(check_lab(self->fd));
	}
	EXPECT_EQ(0, parts_end(parts, ARRAY_LEN(parts)));
}

static int try_as_nobody(void *arg)
{
	struct mmlab_policy policy = {};
	int fd = *(int *)arg;
	uint32_t type;

	CHILD_CHECK(!become_nobody());
	CHILD_CHECK(swap_on(fd, 1, &type) == -EPERM);
	CHILD_CHECK(swap_off(fd, 0) == -EPERM);
	CHILD_CHECK(choose(fd, "fifo") == -EPERM);
	CHILD_CHECK(!lab_ioctl(fd, MMLAB_POLICY, &policy));
	CHILD_CHECK(!strcmp(policy.name, "two-lists"));
	return 0;
}

TEST_F(swap, what_is_refused)
{
	static const struct mmlab_swap bad[] = {
		{ .nr_pages = MMLAB_SWAP_MAX_PAGES + 1 },
		{ .prio = -2 },
		{ .prio = 32768 },
		{ .flags = 1 },
	};
	struct mmlab_policy policy = { .flags = 8 };
	struct mmlab_swap swap;
	uint32_t types[MMLAB_NR_SWAP_AREAS];
	size_t i;

	for (i = 0; i < ARRAY_LEN(bad); i++) {
		swap = bad[i];
		EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_SWAPON, &swap));
	}
	swap = (struct mmlab_swap){ .type = MMLAB_NR_SWAP_AREAS };
	EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_SWAPOFF, &swap));
	for (i = 0; i < 3; i++) {
		swap = (struct mmlab_swap){
			.type = self->type, .flags = !i, .nr_pages = i == 1, .prio = i == 2,
		};
		EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_SWAPOFF, &swap));
	}
	/* the highest priority, and the answer */
	swap = (struct mmlab_swap){ .nr_pages = 3, .prio = 32767, .type = 77 };
	EXPECT_EQ(0, lab_ioctl(self->fd, MMLAB_SWAPON, &swap));
	EXPECT_EQ(1, swap.type);
	EXPECT_EQ(0, swap_off(self->fd, 1));
	EXPECT_EQ(0, swap_off(self->fd, 0));
	swap = (struct mmlab_swap){ .type = 77 };
	EXPECT_EQ(0, lab_ioctl(self->fd, MMLAB_SWAPON, &swap));
	EXPECT_EQ(0, swap.type);
	EXPECT_EQ(1024, swap.nr_pages);
	EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_POLICY, &policy));
	policy = (struct mmlab_policy){ .index = 1 };
	EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_POLICY, &policy));
	policy = (struct mmlab_policy){ .name = "fifo", .flags = MMLAB_POLICY_LIST };
	EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_POLICY, &policy));
	memset(&policy, 'x', sizeof(policy.name));
	policy.index = 0;
	EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_POLICY, &policy));
	EXPECT_EQ(-ENOENT, choose(self->fd, "optimal"));
	EXPECT_EQ(0, run_child(try_as_nobody, &self->fd));

	for (i = 1; i < ARRAY_LEN(types); i++)
		EXPECT_EQ(0, swap_on(self->fd, 1, &types[i]));
	EXPECT_EQ(-EPERM, swap_on(self->fd, 1, &types[0]));
	for (i = 1; i < ARRAY_LEN(types); i++)
		EXPECT_EQ(0, swap_off(self->fd, types[i]));
}

TEST_F_TIMEOUT(swap, all_policies_bring_all_bytes_back, 90)
{
	static const char * const policies[] = {
		"two-lists", "fifo", "clock", "lru", "mru", "nfu", "random",
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(policies); i++) {
		long out = lab_vmstat("pswpout"), in = lab_vmstat("pswpin");

		ASSERT_EQ(0, choose(self->fd, policies[i]));
		EXPECT_EQ(0, use_memory(self->p, self->len, 1 + i % 2 * 3, 1 + (i < 3))) {
			TH_LOG("policy %s", policies[i]);
		}
		EXPECT_LT(out, lab_vmstat("pswpout"));
		EXPECT_LT(in, lab_vmstat("pswpin"));
		ASSERT_FINE(check_lab(self->fd));
		/* none was dismissed */
		EXPECT_EQ(0, choose(self->fd, policies[i]));
	}
	EXPECT_LT(0, lab_vmstat("pgmajfault"));
	EXPECT_LT(0, stolen());
	EXPECT_LE(lab_vmstat("pgsteal_direct"), lab_vmstat("pgscan_direct"));
	EXPECT_EQ(0, lab_vmstat("pgfault_sigbus"));
}

/* ---- 96 MiB on a machine of 64 ---- */

FIXTURE(large) {
	struct guard guard;
	int fd;
	uint32_t type;
	unsigned char *p;
};

FIXTURE_VARIANT(large) {
	const char *policy;
	unsigned int nr_threads;
};

#define LARGE_BYTES	(96 * MIB)

FIXTURE_VARIANT_ADD(large, two_lists_1) { "two-lists", 1 };
FIXTURE_VARIANT_ADD(large, two_lists_4) { "two-lists", 4 };
FIXTURE_VARIANT_ADD(large, clock_4) { "clock", 4 };

FIXTURE_SETUP(large)
{
	lab_unload();
	ASSERT_EQ(0, lab_load(""));
	GUARD_BEGIN(&self->guard);
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, swap_on(self->fd, 0, &self->type));
	ASSERT_EQ(0, choose(self->fd, variant->policy));
	self->p = lab_map(self->fd, LVA, LARGE_BYTES, RW);
	ASSERT_NE(NULL, self->p);
}

FIXTURE_TEARDOWN(large)
{
	munmap(self->p, LARGE_BYTES);
	EXPECT_LT(0, lab_munmap(self->fd, LVA, LARGE_BYTES));
	EXPECT_EQ(0, swap_off(self->fd, self->type));
	close(self->fd);
	GUARD_END(&self->guard);
}

TEST_F_TIMEOUT(large, all_bytes_are_right, 60)
{
	EXPECT_EQ(0, use_memory(self->p, LARGE_BYTES, variant->nr_threads, 1));
	EXPECT_LT(8192, lab_vmstat("pswpout"));
	EXPECT_LT(0, lab_vmstat("pswpin"));
	EXPECT_EQ(0, lab_vmstat("pgfault_sigbus"));
	ASSERT_FINE(check_lab(self->fd));
}

TEST_HARNESS_MAIN
