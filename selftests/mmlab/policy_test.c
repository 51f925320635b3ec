// SPDX-License-Identifier: GPL-2.0
/*
 * Policies of another module (mmlab_policy_test.ko): those that break the contract,
 * and those that come and go at any time. Whatever they do, all bytes are right, the
 * lab is whole, the default takes over, and the log says once what was wrong.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "pressure.h"
#include "procfile.h"

#define LVA		0x40000000UL
#define RW		(PROT_READ | PROT_WRITE)
#define MIB		(1UL << 20)
#define LEN		(6 * MIB)	/* on a machine of 4 */
#define MODULE		"mmlab_policy_test"
#define PARAMS		"/sys/module/" MODULE "/parameters/"

static int unload_policies(void)
{
	return syscall(SYS_delete_module, MODULE, O_NONBLOCK) ? -errno : 0;
}

static long number(const char *param)
{
	char path[128];

	snprintf(path, sizeof(path), PARAMS "%s", param);
	return read_number(path);
}

/* Is that policy in charge of the machine, or of the process? */
static bool is_in_charge(int fd, uint32_t flags, const char *name)
{
	struct mmlab_policy policy = { .flags = flags };

	return !lab_ioctl(fd, MMLAB_POLICY, &policy) && !strcmp(policy.name, name);
}

/* Its index among all policies, or -1. */
static int index_of(int fd, const char *name)
{
	struct mmlab_policy policy;
	int i;

	for (i = 0; i < 1000; i++) {
		policy = (struct mmlab_policy){ .flags = MMLAB_POLICY_LIST, .index = i };
		if (lab_ioctl(fd, MMLAB_POLICY, &policy))
			return -1;
		if (!strcmp(policy.name, name))
			return i;
	}
	return -1;
}

FIXTURE(policy) {
	struct guard guard;
	int fd, kmsg;
	uint32_t type;
	unsigned char *p;		/* LEN bytes at LVA */
};

FIXTURE_SETUP(policy)
{
	lab_unload();
	ASSERT_EQ(0, lab_load("mem=4"));
	GUARD_BEGIN(&self->guard);
	ASSERT_EQ(0, lab_load_beside(MODULE, ""));
	self->kmsg = log_open();
	ASSERT_LE(0, self->kmsg);
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	self->p = lab_map(self->fd, LVA, LEN, RW);
	ASSERT_NE(NULL, self->p);
	ASSERT_EQ(0, swap_on(self->fd, 2 * LEN / page_size(), &self->type));
}

FIXTURE_TEARDOWN(policy)
{
	int fd;

	munmap(self->p, LEN);
	close(self->fd);
	close(self->kmsg);
	fd = lab_open(O_RDWR);
	EXPECT_EQ(0, swap_off(fd, self->type));
	close(fd);
	GUARD_END(&self->guard);
	EXPECT_EQ(0, lab_unload());
	EXPECT_EQ(0, lab_load(""));
}

/* All memory is written and read, which takes more frames than there are. */
static size_t use(unsigned char *p, uint64_t seed)
{
	fill(p, 0, LEN, seed);
	return count_wrong(p, 0, LEN, seed);
}

/* ---- wrong answers ---- */

static const struct {
	const char *name, *rule;	/* "": this or that */
} wrong[] = {
	{ "x-none", "a policy has a victim as long as it has pages" },
	{ "x-endless", "a policy makes at most so many steps" },
	{ "x-same", "" },
	{ "x-kernels", "a victim is a page of the set" },
	{ "x-hides", "a policy moves pages between its two lists" },
	{ "x-refuses", "a policy is ready when it takes charge" },
	{ "x-random", "" },
};

TEST_F_TIMEOUT(policy, each_wrong_answer_is_reported_once, 60)
{
	struct mmlab_policy policy;
	char line[64];
	size_t i;

	for (i = 0; i < ARRAY_LEN(wrong); i++) {
		policy = (struct mmlab_policy){};
		snprintf(policy.name, sizeof(policy.name), "%s", wrong[i].name);
		EXPECT_EQ(0, lab_ioctl(self->fd, MMLAB_POLICY, &policy));
		EXPECT_EQ(0, use(self->p, i)) {
			TH_LOG("%s", wrong[i].name);
		}
		EXPECT_TRUE(is_in_charge(self->fd, 0, "two-lists")) {
			TH_LOG("%s", wrong[i].name);
		}
		snprintf(line, sizeof(line), ";mmlab: policy %s was dismissed: ", wrong[i].name);
		EXPECT_EQ(1, log_says(self->kmsg, line, wrong[i].rule)) {
			TH_LOG("%s", wrong[i].name);
		}
		ASSERT_FINE(check_lab(self->fd));
	}
	EXPECT_EQ(0, lab_vmstat("lab_reports"));
}

TEST_F(policy, a_process_has_wrong_ones_of_its_own)
{
	size_t i;

	EXPECT_EQ(0, choose(self->fd, "clock"));
	for (i = 0; i < ARRAY_LEN(wrong); i++) {
		/* for a single victim at a time this one is right: its frame comes back */
		if (!strcmp(wrong[i].name, "x-same"))
			continue;
		choose_own(self->fd, wrong[i].name);
		EXPECT_GE(100, set_limit(self->fd, 100));
		EXPECT_EQ(0, use(self->p, i));
		EXPECT_TRUE(is_in_charge(self->fd, MMLAB_POLICY_OWN, "two-lists"));
		EXPECT_EQ(1, log_says(self->kmsg, wrong[i].name, "was dismissed"));
		ASSERT_FINE(check_lab(self->fd));
	}
	EXPECT_TRUE(is_in_charge(self->fd, 0, "clock"));
}

/* ---- coming and going ---- */

TEST_F(policy, names)
{
	static const struct {
		const char *name;
		int err;
	} names[] = {
		{ "\n", -EINVAL }, { "Good", -EINVAL }, { "good one", -EINVAL },
		{ "good\n", -EINVAL }, { "0123456789abcdef", -EINVAL }, { "fifo", -EEXIST },
		{ "two-lists", -EEXIST }, { "x-none", -EEXIST }, { "0123456789abcde", 0 },
		{ "good", 0 },
	};
	size_t i;

	EXPECT_EQ(0, index_of(self->fd, "two-lists"));
	EXPECT_EQ(6, index_of(self->fd, "random"));
	EXPECT_EQ(7, index_of(self->fd, "x-random"));
	EXPECT_EQ(-ENOENT, choose(self->fd, "good"));
	for (i = 0; i < ARRAY_LEN(names); i++) {
		EXPECT_EQ(names[i].err, write_text(PARAMS "register", names[i].name)) {
			TH_LOG("'%s'", names[i].name);
		}
		EXPECT_EQ(names[i].err ? -ENOENT : 0, write_text(PARAMS "unregister", "1"));
	}
	EXPECT_EQ(-1, index_of(self->fd, "good"));
	EXPECT_EQ(0, write_text(PARAMS "register", "good"));
	EXPECT_EQ(15, index_of(self->fd, "good"));
	EXPECT_EQ(0, choose(self->fd, "good"));
	EXPECT_EQ(0, use(self->p, 1));
	EXPECT_TRUE(is_in_charge(self->fd, 0, "good"));
	EXPECT_EQ(0, write_text(PARAMS "unregister", "1"));
	EXPECT_TRUE(is_in_charge(self->fd, 0, "two-lists"));
	EXPECT_EQ(1, log_says(self->kmsg, "policy good has left while it was in charge", ""));
	EXPECT_EQ(0, use(self->p, 2));
	EXPECT_EQ(0, number("late"));
}

TEST_F(policy, what_one_holds_it_frees)
{
	EXPECT_EQ(0, choose(self->fd, "x-holds"));
	EXPECT_EQ(1, number("held"));
	EXPECT_EQ(0, use(self->p, 1));
	EXPECT_EQ(0, choose(self->fd, "x-holds"));
	EXPECT_EQ(1, number("held"));
	EXPECT_EQ(0, choose_own(self->fd, "x-holds"));
	EXPECT_EQ(2, number("held"));
	EXPECT_EQ(0, use(self->p, 2));
	EXPECT_EQ(0, choose(self->fd, "fifo"));
	EXPECT_EQ(1, number("held"));
	/* the end of a process is the end of its policy's work for it */
	munmap(self->p, LEN);
	close(self->fd);
	EXPECT_EQ(0, number("held"));
	self->fd = lab_open(O_RDWR);
	self->p = lab_map(self->fd, LVA, LEN, RW);
	ASSERT_NE(NULL, self->p);
}

TEST_F(policy, its_module_can_go_at_any_time)
{
	EXPECT_EQ(-EWOULDBLOCK, syscall(SYS_delete_module, "mmlab", O_NONBLOCK) ? -errno : 0);
	EXPECT_EQ(0, choose(self->fd, "x-holds"));
	EXPECT_EQ(0, choose_own(self->fd, "x-holds"));
	EXPECT_EQ(0, use(self->p, 1));
	EXPECT_EQ(0, unload_policies());
	EXPECT_TRUE(is_in_charge(self->fd, 0, "two-lists"));
	EXPECT_TRUE(is_in_charge(self->fd, MMLAB_POLICY_OWN, "two-lists"));
	EXPECT_EQ(1, log_says(self->kmsg, "has left while it was in charge", "x-holds"));
	EXPECT_EQ(-1, index_of(self->fd, "x-none"));
	EXPECT_EQ(-ENOENT, choose(self->fd, "x-none"));
	EXPECT_EQ(0, count_wrong(self->p, 0, LEN, 1));
	EXPECT_EQ(0, use(self->p, 2));
	ASSERT_FINE(check_lab(self->fd));
}

/* The lab takes out what a module leaves behind: its code will be gone. */
TEST_F(policy, its_module_may_forget_it)
{
	EXPECT_EQ(0, choose(self->fd, "x-holds"));
	EXPECT_EQ(0, write_text(PARAMS "forget", "1"));
	EXPECT_EQ(0, unload_policies());
	EXPECT_EQ(-1, index_of(self->fd, "x-holds"));
	EXPECT_TRUE(is_in_charge(self->fd, 0, "two-lists"));
	EXPECT_EQ(0, use(self->p, 1));

	EXPECT_EQ(-ECANCELED, lab_load_beside(MODULE, "refuse=1"));
	EXPECT_EQ(-1, index_of(self->fd, "x-holds"));
	EXPECT_EQ(0, lab_load_beside(MODULE, ""));
	EXPECT_EQ(0, choose(self->fd, "x-holds"));
	EXPECT_EQ(0, use(self->p, 2));
}

/* ---- all at once ---- */

struct user {
	pthread_t thread;
	unsigned char *p;
	size_t start, end, wrong;
	bool *stop;
};

static void *use_on(void *arg)
{
	struct user *user = arg;
	uint64_t seed = 0;

	while (!__atomic_load_n(user->stop, __ATOMIC_RELAXED)) {
		fill(user->p, user->start, user->end, ++seed);
		user->wrong += count_wrong(user->p, user->start, user->end, seed);
	}
	return NULL;
}

/* Two threads need more memory than there is, while policies come, go and fail. */
TEST_F_TIMEOUT(policy, under_load, 90)
{
	struct user users[2];
	bool stop = false;
	size_t i;

	for (i = 0; i < ARRAY_LEN(users); i++) {
		users[i] = (struct user){
			.p = self->p, .start = LEN / 2 * i, .end = LEN / 2 * (i + 1),
			.stop = &stop,
		};
		ASSERT_EQ(0, pthread_create(&users[i].thread, NULL, use_on, &users[i]));
	}
	for (i = 0; i < 60; i++) {
		choose(self->fd, wrong[i % ARRAY_LEN(wrong)].name);
		if (i % 20 == 10)
			choose_own(self->fd, "x-random");
		EXPECT_EQ(0, write_text(PARAMS "register", "good"));
		EXPECT_EQ(0, choose(self->fd, "good"));
		if (i % 3 == 0)
			usleep(20000);
		EXPECT_EQ(0, write_text(PARAMS "unregister", "1"));
		EXPECT_EQ(0, number("late"));
		EXPECT_EQ(0, choose(self->fd, "x-holds"));
		if (i % 5 == 0) {
			EXPECT_EQ(0, unload_policies());
			EXPECT_EQ(0, lab_load_beside(MODULE, ""));
		}
		ASSERT_FINE(check_lab(self->fd));
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (i = 0; i < ARRAY_LEN(users); i++) {
		pthread_join(users[i].thread, NULL);
		EXPECT_EQ(0, users[i].wrong);
	}
}

TEST_HARNESS_MAIN
