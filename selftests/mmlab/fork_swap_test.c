// SPDX-License-Identifier: GPL-2.0
/*
 * Pages and swap slots that the processes of a fork family share. The module is loaded
 * anew for each test; afterwards it has its default parameters.
 */
#define _GNU_SOURCE
#include <fcntl.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "pidfile.h"
#include "pressure.h"
#include "procfile.h"

#define LVA		0x40000000UL
#define RW		(PROT_READ | PROT_WRITE)
#define MIB		(1UL << 20)

FIXTURE(fork_swap) {
	struct guard guard;
	int fd, child;
	size_t page, len;
	uint32_t type;
	unsigned char *p, *c;		/* len bytes at LVA: three quarters of the machine */
};

FIXTURE_SETUP(fork_swap)
{
	lab_unload();
	ASSERT_EQ(0, lab_load("mem=4"));
	GUARD_BEGIN(&self->guard);
	self->page = page_size();
	self->len = 3 * MIB;
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	self->p = lab_map(self->fd, LVA, self->len, RW);
	ASSERT_NE(NULL, self->p);
	ASSERT_EQ(0, swap_on(self->fd, 0, &self->type));
	self->child = -1;
	self->c = NULL;
}

FIXTURE_TEARDOWN(fork_swap)
{
	munmap(self->p, self->len);
	close(self->fd);
	if (self->c)
		munmap(self->c, self->len);
	if (self->child >= 0)
		close(self->child);
	EXPECT_FINE(swap_end(self->type));
	GUARD_END(&self->guard);
	lab_unload();
	EXPECT_EQ(0, lab_load(""));
}

/* Memory of another process that takes the pages of all others away. */
static size_t press(size_t len)
{
	int fd = lab_open(O_RDWR);
	unsigned char *p = lab_map(fd, LVA, len, RW);
	size_t wrong;

	close(fd);
	if (!p)
		return -1;
	fill(p, 0, len, 77);
	wrong = count_wrong(p, 0, len, 77);
	munmap(p, len);
	return wrong;
}

/* Pages that are in for one and out for the other; and that are out. */
static size_t count_split(int one, int other, size_t len, size_t *nr_out)
{
	size_t at, nr = 0;

	*nr_out = 0;
	for (at = 0; at < len; at += page_size()) {
		uint64_t a = pagemap_of(one, LVA + at), b = pagemap_of(other, LVA + at);

		nr += (a ^ b) >> 62 != 0;
		*nr_out += !!(a & PM_SWAP);
	}
	return nr;
}

static bool begin_child(struct _test_data_fork_swap *self)
{
	self->child = lab_fork(self->fd);
	if (self->child >= 0)
		self->c = lab_map(self->child, LVA, self->len, RW);
	return self->c;
}

/* A page that is shared goes out for both, and comes back for both. */
TEST_F(fork_swap, shared_pages_go_out_for_all)
{
	size_t nr_out, slots;

	fill(self->p, 0, self->len, 1);
	ASSERT_TRUE(begin_child(self));
	EXPECT_EQ(0, press(4 * MIB));
	EXPECT_EQ(0, count_split(self->fd, self->child, self->len, &nr_out));
	EXPECT_LT(300, nr_out);
	slots = (lab_meminfo("SwapTotal") - lab_meminfo("SwapFree") -
		 lab_meminfo("SwapCached")) * 1024 / self->page;
	EXPECT_EQ(nr_out, slots);
	EXPECT_EQ(pid_number(self->fd, "status", "VmSwap:"),
		  pid_number(self->child, "status", "VmSwap:"));
	EXPECT_EQ(NULL, check_now());
	EXPECT_EQ(0, count_wrong(self->c, 0, self->len, 1));
	EXPECT_EQ(0, count_split(self->fd, self->child, self->len, &nr_out));
	EXPECT_EQ(0, count_wrong(self->p, 0, self->len, 1));
	EXPECT_EQ(NULL, check_now());
}

/* What is out when it is forked is shared as well. */
TEST_F(fork_swap, slots_are_shared)
{
	size_t nr_out, half = self->len / 2;

	fill(self->p, 0, self->len, 2);
	EXPECT_EQ(0, press(4 * MIB));
	ASSERT_TRUE(begin_child(self));
	EXPECT_EQ(0, count_split(self->fd, self->child, self->len, &nr_out));
	EXPECT_LT(300, nr_out);
	EXPECT_EQ(NULL, check_now());
	/* a store to a page that is out, by either */
	fill(self->c, 0, half, 3);
	fill(self->p, half, self->len, 4);
	EXPECT_EQ(0, count_wrong(self->p, 0, half, 2));
	EXPECT_EQ(0, count_wrong(self->c, half, self->len, 2));
	EXPECT_EQ(0, count_wrong(self->c, 0, half, 3));
	EXPECT_EQ(0, count_wrong(self->p, half, self->len, 4));
	EXPECT_EQ(NULL, check_now());
}

TEST_F(fork_swap, one_side_ends_while_pages_are_out)
{
	fill(self->p, 0, self->len, 5);
	ASSERT_TRUE(begin_child(self));
	EXPECT_EQ(0, press(4 * MIB));
	EXPECT_LE(0, lab_munmap(self->fd, LVA, self->len / 2));
	EXPECT_EQ(NULL, check_now());
	EXPECT_EQ(0, count_wrong(self->c, 0, self->len, 5));
	EXPECT_EQ(0, count_wrong(self->p, self->len / 2, self->len, 5));
}

TEST_F(fork_swap, swapoff_brings_shared_pages_back)
{
	size_t nr_out;

	fill(self->p, 0, self->len, 6);
	ASSERT_TRUE(begin_child(self));
	EXPECT_EQ(0, press(4 * MIB));
	/* some pages are copies of their slots when the area ends */
	EXPECT_EQ(0, count_wrong(self->c, 0, self->len / 2, 6));
	EXPECT_EQ(0, swap_off(self->fd, self->type));
	EXPECT_EQ(0, count_split(self->fd, self->child, self->len, &nr_out));
	EXPECT_EQ(0, nr_out);
	EXPECT_TRUE(share(self->fd, self->child, LVA, 2));
	EXPECT_TRUE(share(self->fd, self->child, LVA + self->len - self->page, 2));
	EXPECT_EQ(NULL, check_now());
	EXPECT_EQ(0, count_wrong(self->p, 0, self->len, 6));
	EXPECT_EQ(0, count_wrong(self->c, 0, self->len, 6));
}

/* More than the machine has, in one family; each side ends with its own bytes. */
TEST_F(fork_swap, both_sides_store_to_all)
{
	fill(self->p, 0, self->len, 7);
	ASSERT_TRUE(begin_child(self));
	fill(self->p, 0, self->len, 8);
	fill(self->c, self->len / 2, self->len, 9);
	EXPECT_EQ(0, count_wrong(self->p, 0, self->len, 8));
	EXPECT_EQ(0, count_wrong(self->c, 0, self->len / 2, 7));
	EXPECT_EQ(0, count_wrong(self->c, self->len / 2, self->len, 9));
	EXPECT_EQ(NULL, check_now());
}

TEST_HARNESS_MAIN
