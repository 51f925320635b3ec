// SPDX-License-Identifier: GPL-2.0
/*
 * Limits and policies of single lab processes: pages beyond a limit come from the process
 * itself, and what can't go is said. With few host entries, the lab sees each touch. The
 * module is loaded anew for each test; afterwards it has its default parameters.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <sys/utsname.h>

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
#define NR_PAGES	64UL
#define LIMIT		10

FIXTURE(limit) {
	struct guard guard;
	int fd;
	uint32_t type;
	size_t page, len;
	unsigned char *p;
};

FIXTURE_SETUP(limit)
{
	lab_unload();
	ASSERT_EQ(0, lab_load("mem=4"));
	GUARD_BEGIN(&self->guard);
	self->page = page_size();
	self->len = NR_PAGES * self->page;
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	self->p = lab_map(self->fd, LVA, self->len, RW);
	ASSERT_NE(NULL, self->p);
	ASSERT_EQ(0, swap_on(self->fd, 0, &self->type));
}

FIXTURE_TEARDOWN(limit)
{
	munmap(self->p, self->len);
	close(self->fd);
	EXPECT_FINE(swap_end(self->type));
	GUARD_END(&self->guard);
	lab_unload();
	EXPECT_EQ(0, lab_load(""));
}

TEST_F_TIMEOUT(limit, pages_come_from_the_process_itself, 60)
{
	struct mmlab_limit ask = { .flags = MMLAB_LIMIT_ASK };
	int other = lab_open(O_RDWR);
	unsigned char *q;
	size_t at;

	ASSERT_LE(0, other);
	q = lab_map(other, LVA, self->len, RW);
	ASSERT_NE(NULL, q);
	fill(q, 0, self->len, 1);
	ASSERT_EQ(0, set_limit(self->fd, LIMIT));
	EXPECT_EQ(LIMIT * self->page, pid_stat(self->fd, 25));
	for (at = 0; at < self->len; at += self->page) {
		fill(self->p, at, at + self->page, 2);
		EXPECT_EQ(0, lab_ioctl(self->fd, MMLAB_LIMIT, &ask));
		ASSERT_GE(LIMIT, ask.nr_resident);
		ask.nr_pages = 0;
	}
	EXPECT_EQ(LIMIT, count_in(self->fd, LVA, self->len));
	EXPECT_EQ(NR_PAGES - LIMIT, count_out(self->fd, LVA, self->len));
	EXPECT_EQ(LIMIT * self->page / 1024, pid_number(self->fd, "status", "VmHWM:"));
	EXPECT_EQ(0, count_wrong(self->p, 0, self->len, 2));
	EXPECT_EQ(LIMIT * self->page / 1024, pid_number(self->fd, "status", "VmRSS:"));
	ASSERT_FINE(check_lab(self->fd));
	/* none of the other's went, as there are frames enough */
	EXPECT_EQ(0, count_out(other, LVA, self->len));
	EXPECT_EQ(0, count_wrong(q, 0, self->len, 1));
	munmap(q, self->len);
	close(other);
}

TEST_F(limit, below_what_is_there)
{
	struct mmlab_limit limit = { .flags = MMLAB_LIMIT_ASK };

	fill(self->p, 0, self->len, 3);
	EXPECT_EQ(LIMIT, set_limit(self->fd, LIMIT));
	EXPECT_EQ(LIMIT, count_in(self->fd, LVA, self->len));
	EXPECT_EQ(0, lab_ioctl(self->fd, MMLAB_LIMIT, &limit));
	EXPECT_EQ(LIMIT, limit.nr_pages);
	EXPECT_EQ(LIMIT, limit.nr_resident);
	/* the newest stay */
	EXPECT_EQ(LIMIT, count_in(self->fd, LVA + self->len - LIMIT * self->page,
				  LIMIT * self->page));
	EXPECT_EQ(LIMIT, set_limit(self->fd, 0));
	EXPECT_EQ(0, count_wrong(self->p, 0, self->len, 3));
	EXPECT_EQ(NR_PAGES, count_in(self->fd, LVA, self->len));
	EXPECT_EQ(1, set_limit(self->fd, 1));
	EXPECT_EQ(0, count_wrong(self->p, 0, self->len, 3));
	ASSERT_FINE(check_lab(self->fd));
}

TEST_F(limit, what_is_pinned_stays)
{
	struct iovec v = { self->p, 4 * self->page };
	static char seen[4 * 65536];
	unsigned char byte = 7;
	int pipes[2];

	fill(self->p, 0, self->len / 2, 4);
	ASSERT_EQ(0, pipe2(pipes, O_CLOEXEC));
	ASSERT_EQ((ssize_t)v.iov_len, vmsplice(pipes[1], &v, 1, 0));
	EXPECT_EQ(4, set_limit(self->fd, 2));
	EXPECT_EQ(4, count_in(self->fd, LVA, v.iov_len));
	/* so there is no room for others, in or out */
	EXPECT_EQ(SIGBUS, touch_write(self->p + self->len - 1, 1));
	EXPECT_EQ(SIGBUS, touch_read(self->p + v.iov_len, &byte));
	EXPECT_EQ(-EDQUOT, lab_access(self->fd, MMLAB_ACCESS_WRITE, LVA + self->len - 1,
				      &byte, 1));
	EXPECT_EQ(-EDQUOT, lab_access(self->fd, 0, LVA + v.iov_len, &byte, 1));
	EXPECT_EQ(0, count_wrong(self->p, 0, v.iov_len, 4));
	ASSERT_EQ((ssize_t)v.iov_len, read(pipes[0], seen, v.iov_len));
	EXPECT_EQ(0, touch_write(self->p + self->len - 1, 1));
	EXPECT_EQ(0, count_wrong(self->p, 0, self->len / 2, 4));
	EXPECT_EQ(2, count_in(self->fd, LVA, self->len));
	ASSERT_FINE(check_lab(self->fd));
	close(pipes[0]);
	close(pipes[1]);
}

TEST_F(limit, without_swap)
{
	fill(self->p, 0, self->len, 5);
	EXPECT_EQ(LIMIT, set_limit(self->fd, LIMIT));
	/* all that is out comes back, whatever the limit says */
	EXPECT_EQ(0, swap_off(self->fd, self->type));
	EXPECT_EQ(NR_PAGES, count_in(self->fd, LVA, self->len));
	EXPECT_EQ(0, count_wrong(self->p, 0, self->len, 5));
	EXPECT_EQ(-ENXIO, set_limit(self->fd, LIMIT));
	ASSERT_FINE(check_lab(self->fd));
	/* it is there again as soon as a page more is wanted */
	EXPECT_EQ(0, swap_on(self->fd, 0, &self->type));
	EXPECT_LT(0, lab_munmap(self->fd, LVA + self->len - self->page, self->page));
	EXPECT_EQ(0, lab_region_at(self->fd, LVA + self->len - self->page, self->page, RW));
	EXPECT_EQ(0, touch_write(self->p + self->len - 1, 1));
	EXPECT_EQ(NR_PAGES - 32, count_in(self->fd, LVA, self->len));
	EXPECT_EQ(0, count_wrong(self->p, 0, self->len - self->page, 5));
	EXPECT_EQ(LIMIT, count_in(self->fd, LVA, self->len));
	EXPECT_EQ(NR_PAGES, set_limit(self->fd, 0) + count_out(self->fd, LVA, self->len));
}

TEST_F(limit, the_machine_takes_its_share)
{
	size_t len = 6UL << 20;
	int other = lab_open(O_RDWR);
	unsigned char *q;

	ASSERT_LE(0, other);
	q = lab_map(other, LVA, len, RW);
	ASSERT_NE(NULL, q);
	/* a policy without a limit keeps no pages back from the machine */
	fill(self->p, 0, self->len, 6);
	EXPECT_EQ(0, choose_own(self->fd, "mru"));
	fill(q, 0, len, 7);
	EXPECT_LT(NR_PAGES / 4, count_out(self->fd, LVA, self->len));
	EXPECT_EQ(0, count_wrong(self->p, 0, self->len, 6));
	EXPECT_EQ(0, count_wrong(q, 0, len, 7));
	ASSERT_FINE(check_lab(self->fd));
	munmap(q, len);
	close(other);
}

TEST_F(limit, fault_around_brings_no_page_more)
{
	size_t at;

	ASSERT_EQ(0, write_number(LAB_PARAMS "/fault_around", 16));
	ASSERT_EQ(0, set_limit(self->fd, LIMIT));
	for (at = 0; at < self->len; at += 16 * self->page) {
		ASSERT_EQ(0, touch_write(self->p + at, 1));
		EXPECT_EQ(at / self->page / 16 + 1, count_in(self->fd, LVA, self->len));
	}
	ASSERT_EQ(0, write_number(LAB_PARAMS "/fault_around", 1));
}

/* Stores to pages by number, up to -1. */
static int touch_all(unsigned char *p, const int *pages)
{
	int sig = 0;

	for (; *pages >= 0 && !sig; pages++)
		sig = touch_write(p + *pages * page_size(), 1);
	return sig;
}

#define TOUCH(...) \
	ASSERT_EQ(0, touch_all(self->p, (const int []){ __VA_ARGS__, -1 }))

static bool is_in(int fd, unsigned int page)
{
	return pagemap_of(fd, LVA + page * page_size()) & PM_PRESENT;
}

TEST_F(limit, soft_faults_are_none_of_the_lab)
{
	long faults = lab_vmstat("pgfault"), soft = lab_vmstat("pgfault_soft");

	EXPECT_EQ(0, set_tlb(self->fd, 1));
	TOUCH(0, 1, 0, 1, 0);
	EXPECT_EQ(3, soft_faults(self->fd));
	EXPECT_EQ(2, pid_stat(self->fd, 10));
	EXPECT_EQ(faults + 2, lab_vmstat("pgfault"));
	EXPECT_EQ(soft + 3, lab_vmstat("pgfault_soft"));
	/* with two, both stay; the first touches find none yet */
	EXPECT_EQ(3, set_tlb(self->fd, 2));
	TOUCH(0, 1, 0, 1, 0);
	EXPECT_EQ(5, soft_faults(self->fd));
	/* without a limit, the lab clears bits itself when a policy asks for them */
	EXPECT_EQ(5, set_tlb(self->fd, 0));
	TOUCH(0, 1);
	soft = soft_faults(self->fd);
	ASSERT_EQ(0, choose_own(self->fd, "clock"));
	ASSERT_EQ(2, set_limit(self->fd, 3));
	TOUCH(2, 3, 3, 1, 1, 2);
	EXPECT_EQ(soft + 2, soft_faults(self->fd));
	EXPECT_EQ(6, pid_stat(self->fd, 10));
	EXPECT_EQ(0, pid_stat(self->fd, 12));
	TOUCH(0);
	EXPECT_EQ(1, pid_stat(self->fd, 12));
	EXPECT_EQ(6, pid_stat(self->fd, 10));
}

TEST_F(limit, a_store_after_a_load_is_none_of_the_soft_ones)
{
	volatile unsigned char *p = self->p;

	ASSERT_EQ(0, set_tlb(self->fd, 1));
	EXPECT_EQ(0, p[0]);
	p[0] = 1;
	EXPECT_EQ(2, pid_stat(self->fd, 10));
	EXPECT_EQ(0, soft_faults(self->fd));
}

TEST_F(limit, one_entry_tells_the_policy_each_touch)
{
	ASSERT_EQ(0, choose_own(self->fd, "lru"));
	ASSERT_EQ(0, set_limit(self->fd, 3));
	/* page 0 is touched again, but that is not seen */
	TOUCH(0, 1, 2, 0, 3);
	EXPECT_FALSE(is_in(self->fd, 0));
	EXPECT_TRUE(is_in(self->fd, 1));
	ASSERT_EQ(0, set_tlb(self->fd, 1));
	TOUCH(1, 2, 3, 1, 0);
	EXPECT_TRUE(is_in(self->fd, 1));
	EXPECT_FALSE(is_in(self->fd, 2));
	EXPECT_TRUE(is_in(self->fd, 3));
	EXPECT_TRUE(is_in(self->fd, 0));
}

TEST_F(limit, four_entries_are_enough_for_a_program)
{
	size_t half = self->len / 2;

	ASSERT_EQ(0, set_tlb(self->fd, 4));
	ASSERT_EQ(0, set_limit(self->fd, LIMIT));
	ASSERT_EQ(0, write_number(LAB_PARAMS "/fault_around", 16));
	fill(self->p, 0, half, 8);
	memmove(self->p + half, self->p, half);
	memmove(self->p + 8, self->p + half, half - 8);
	EXPECT_EQ(0, memcmp(self->p + 8, self->p + half, half - 8));
	memmove(self->p, self->p + half, half);
	EXPECT_EQ(0, count_wrong(self->p, 0, half, 8));
	EXPECT_GE(LIMIT, count_in(self->fd, LVA, self->len));
	ASSERT_EQ(0, write_number(LAB_PARAMS "/fault_around", 1));
	ASSERT_FINE(check_lab(self->fd));
}

/* A load from the ends of two pages needs both at a time. */
static int load_across(void *arg)
{
	volatile uint64_t *word = arg;

	alarm(patient(1));
	return (int)(*word & 0);
}

TEST_F(limit, a_signal_ends_what_one_entry_is_too_few_for)
{
	struct utsname host;
	int end;

	ASSERT_EQ(0, uname(&host));
	ASSERT_EQ(0, set_tlb(self->fd, 1));
	end = run_child(load_across, self->p + self->page - 4);
	/* other machines than x86 may load such a word in parts */
	EXPECT_TRUE(end == 128 + SIGALRM || (!end && !strstr(host.machine, "86")));
	ASSERT_LE(0, set_tlb(self->fd, 2));
	EXPECT_EQ(0, run_child(load_across, self->p + self->page - 4));
}

/* Threads of one process are short of the same few pages; limits and policies change. */
TEST_F_TIMEOUT(limit, threads, 60)
{
	static const char * const policies[] = { "fifo", "clock", "lru", "nfu", "two-lists" };
	struct part parts[4];
	size_t i;

	ASSERT_EQ(0, set_limit(self->fd, LIMIT));
	ASSERT_EQ(0, parts_begin(parts, ARRAY_LEN(parts), self->p, self->len, 8));
	for (i = 0; i < 20; i++) {
		EXPECT_EQ(0, choose_own(self->fd, policies[i % ARRAY_LEN(policies)]));
		EXPECT_GE(LIMIT, set_limit(self->fd, 1 + i % LIMIT));
		EXPECT_EQ(0, choose(self->fd, policies[(i + 1) % ARRAY_LEN(policies)]));
		ASSERT_FINE(check_lab(self->fd));
	}
	EXPECT_EQ(0, parts_end(parts, ARRAY_LEN(parts)));
	EXPECT_GE(LIMIT * self->page / 1024, pid_number(self->fd, "status", "VmHWM:"));
}

static int try_as_nobody(void *arg)
{
	struct mmlab_policy policy = {};
	int fd = *(int *)arg;

	CHILD_CHECK(!become_nobody());
	CHILD_CHECK(set_limit(fd, LIMIT) >= 0);
	CHILD_CHECK(set_tlb(fd, 1) >= 0);
	CHILD_CHECK(!choose_own(fd, "clock"));
	CHILD_CHECK(choose(fd, "clock") == -EPERM);
	CHILD_CHECK(!lab_ioctl(fd, MMLAB_POLICY, &policy));
	CHILD_CHECK(!strcmp(policy.name, "two-lists"));
	policy = (struct mmlab_policy){ .flags = MMLAB_POLICY_OWN };
	CHILD_CHECK(!lab_ioctl(fd, MMLAB_POLICY, &policy));
	CHILD_CHECK(!strcmp(policy.name, "clock"));
	return 0;
}

TEST_F(limit, what_is_refused)
{
	struct mmlab_limit bad[] = {
		{ .flags = 2 },
		{ .reserved = 1 },
		{ .nr_pages = 1, .flags = MMLAB_LIMIT_ASK },
	};
	struct mmlab_tlb bad_tlb[] = {
		{ .flags = 2 },
		{ .nr_entries = MMLAB_TLB_MAX + 1 },
		{ .nr_entries = 1, .flags = MMLAB_TLB_ASK },
	};
	struct mmlab_policy policy = { .flags = MMLAB_POLICY_TICK };
	size_t i;

	for (i = 0; i < ARRAY_LEN(bad_tlb); i++)
		EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_TLB, &bad_tlb[i]));
	EXPECT_EQ(0, set_tlb(self->fd, MMLAB_TLB_MAX));

	for (i = 0; i < ARRAY_LEN(bad); i++)
		EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_LIMIT, &bad[i]));
	EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_POLICY, &policy));
	policy.flags = 8;
	EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_POLICY, &policy));
	/* a name that is wrong makes no set */
	EXPECT_EQ(-ENOENT, choose_own(self->fd, "optimal"));
	policy.flags = MMLAB_POLICY_OWN | MMLAB_POLICY_TICK;
	EXPECT_EQ(-ENOENT, lab_ioctl(self->fd, MMLAB_POLICY, &policy));
	/* without a set of its own, the machine's policy is that of the process */
	policy = (struct mmlab_policy){ .flags = MMLAB_POLICY_OWN };
	EXPECT_EQ(0, lab_ioctl(self->fd, MMLAB_POLICY, &policy));
	EXPECT_STREQ("two-lists", policy.name);
	EXPECT_EQ(0, run_child(try_as_nobody, &self->fd));
	policy = (struct mmlab_policy){
		.name = "optimal", .flags = MMLAB_POLICY_OWN | MMLAB_POLICY_TICK,
	};
	EXPECT_EQ(-ENOENT, lab_ioctl(self->fd, MMLAB_POLICY, &policy));
	policy = (struct mmlab_policy){ .flags = MMLAB_POLICY_OWN | MMLAB_POLICY_TICK };
	EXPECT_EQ(0, lab_ioctl(self->fd, MMLAB_POLICY, &policy));
	EXPECT_EQ(LIMIT * self->page, pid_stat(self->fd, 25));
	EXPECT_EQ(0, set_limit(self->fd, UINT32_MAX));
}

TEST_HARNESS_MAIN
