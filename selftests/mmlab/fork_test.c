// SPDX-License-Identifier: GPL-2.0
/*
 * MMLAB_FORK: what a child gets, that no store of one side is seen by the other, which
 * frames are shared and which are not, and what is left when a fork fails.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "pidfile.h"
#include "procfile.h"
#include "touch.h"

#define LVA		0x40000000UL
#define RW		(PROT_READ | PROT_WRITE)
#define NR_PAGES	16
#define MIB		(1UL << 20)
#define MAX_FAMILY	254

FIXTURE(fork) {
	struct guard guard;
	int fd, child;
	size_t page, len;
	unsigned char *p, *c;		/* len bytes at LVA, of each */
};

FIXTURE_SETUP(fork)
{
	size_t i;

	GUARD_BEGIN(&self->guard);
	self->page = page_size();
	self->len = NR_PAGES * self->page;
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	self->p = lab_map(self->fd, LVA, self->len, RW);
	ASSERT_NE(NULL, self->p);
	for (i = 0; i < NR_PAGES; i++)
		memset(self->p + i * self->page, 'A' + i, self->page);
	self->child = lab_fork(self->fd);
	ASSERT_LE(0, self->child);
	self->c = lab_map(self->child, LVA, self->len, RW);
	ASSERT_NE(NULL, self->c);
}

FIXTURE_TEARDOWN(fork)
{
	munmap(self->p, self->len);
	munmap(self->c, self->len);
	close(self->fd);
	close(self->child);
	GUARD_END(&self->guard);
}

/* Which pages are not as they were written before the fork? */
static size_t count_changed(const unsigned char *p)
{
	size_t i, nr = 0;

	for (i = 0; i < NR_PAGES * page_size(); i++)
		nr += p[i] != 'A' + i / page_size();
	return nr;
}

TEST_F(fork, the_child_has_the_same_pages)
{
	size_t i;

	for (i = 0; i < NR_PAGES; i++)
		EXPECT_TRUE(share(self->fd, self->child, LVA + i * self->page, 2));
	EXPECT_EQ(0, count_changed(self->c));
	EXPECT_EQ(0, count_changed(self->p));
	for (i = 0; i < NR_PAGES; i++)
		EXPECT_TRUE(share(self->fd, self->child, LVA + i * self->page, 2));
}

TEST_F(fork, no_page_is_copied_by_the_fork)
{
	struct census before, after;
	int child;

	ASSERT_FINE(read_census(&before));
	child = lab_fork(self->fd);
	ASSERT_LE(0, child);
	ASSERT_FINE(read_census(&after));
	EXPECT_EQ(before.anon, after.anon);
	/* a directory and one table */
	EXPECT_EQ(before.tables + 2, after.tables);
	EXPECT_TRUE(share(self->fd, child, LVA, 3));
	close(child);
	EXPECT_TRUE(share(self->fd, self->child, LVA, 2));
}

/* Each way to store, by either side, before and after the first load of the window. */
TEST_F(fork, stores_of_the_parent_are_its_own)
{
	size_t i;

	for (i = 0; i < NR_PAGES; i++) {
		if (i % 2)
			EXPECT_EQ('A' + (int)i, self->p[i * self->page]);
		self->p[i * self->page] = 'a';
		EXPECT_EQ('a', self->p[i * self->page]);
		EXPECT_EQ('A' + (int)i, self->p[i * self->page + 1]);
		EXPECT_FALSE(share(self->fd, self->child, LVA + i * self->page, 2));
		EXPECT_TRUE(pagemap_of(self->fd, LVA + i * self->page) & PM_EXCLUSIVE);
	}
	EXPECT_EQ(0, count_changed(self->c));
}

TEST_F(fork, stores_of_the_child_are_its_own)
{
	size_t i;

	for (i = 0; i < NR_PAGES; i++) {
		if (i % 2)
			EXPECT_EQ('A' + (int)i, self->c[i * self->page]);
		self->c[i * self->page] = 'a';
		EXPECT_EQ('a', self->c[i * self->page]);
		EXPECT_EQ('A' + (int)i, self->c[i * self->page + 1]);
	}
	EXPECT_EQ(0, count_changed(self->p));
}

TEST_F(fork, stores_by_the_file_are_its_own)
{
	char byte = 'a';

	EXPECT_EQ(1, pwrite(self->fd, &byte, 1, LVA));
	EXPECT_EQ(1, lab_access(self->fd, MMLAB_ACCESS_WRITE, LVA + self->page, &byte, 1));
	EXPECT_EQ(0, count_changed(self->c));
	EXPECT_EQ('a', self->p[0]);
	EXPECT_EQ('a', self->p[self->page]);
	self->p[0] = 'A';
	self->p[self->page] = 'B';

	EXPECT_EQ(1, pwrite(self->child, &byte, 1, LVA + 2 * self->page));
	EXPECT_EQ(1, lab_access(self->child, MMLAB_ACCESS_WRITE, LVA + 3 * self->page, &byte,
				1));
	EXPECT_EQ(0, count_changed(self->p));
	EXPECT_EQ('a', self->c[2 * self->page]);
	EXPECT_EQ('a', self->c[3 * self->page]);
}

/* The host's kernel stores, by a read() into the window. */
TEST_F(fork, stores_of_the_host_are_of_one_side)
{
	int pipes[2];
	char byte;

	ASSERT_EQ(0, pipe2(pipes, O_CLOEXEC));
	ASSERT_EQ(2, write(pipes[1], "ab", 2));
	EXPECT_EQ('A', self->p[0]);
	ASSERT_EQ(1, read(pipes[0], self->p, 1));
	EXPECT_EQ('a', self->p[0]);
	EXPECT_EQ(0, count_changed(self->c));
	ASSERT_EQ(1, read(pipes[0], self->c + self->page, 1));
	EXPECT_EQ('B', self->p[self->page]);
	EXPECT_EQ(1, pread(self->child, &byte, 1, LVA + self->page));
	EXPECT_EQ('b', byte);
	close(pipes[0]);
	close(pipes[1]);
}

/* What smaps has of each page: shared until a store, and the shares add up. */
TEST_F(fork, smaps_has_the_shares)
{
	long kb = self->page / 1024;

	EXPECT_EQ(NR_PAGES * kb, pid_number(self->child, "smaps", "Rss:"));
	EXPECT_EQ(NR_PAGES / 2 * kb, pid_number(self->child, "smaps", "Pss:"));
	EXPECT_EQ(NR_PAGES * kb, pid_number(self->child, "smaps", "Shared_Dirty:"));
	EXPECT_EQ(0, pid_number(self->child, "smaps", "Private_Dirty:"));
	memset(self->c, 'x', 4 * self->page);
	EXPECT_EQ((4 + 6) * kb, pid_number(self->child, "smaps", "Pss:"));
	EXPECT_EQ((4 + 6) * kb, pid_number(self->child, "smaps", "Pss_Dirty:"));
	EXPECT_EQ(12 * kb, pid_number(self->child, "smaps", "Shared_Dirty:"));
	EXPECT_EQ(4 * kb, pid_number(self->child, "smaps", "Private_Dirty:"));
	EXPECT_EQ((4 + 6) * kb, pid_number(self->fd, "smaps", "Pss:"));
	EXPECT_EQ(4 * kb, pid_number(self->fd, "smaps", "Private_Dirty:"));
}

TEST_F(fork, the_last_one_uses_the_page_on)
{
	uint64_t pfn = pagemap_of(self->child, LVA) & PM_PFN;
	struct census before, after;
	long reused = lab_vmstat("pgreuse");

	ASSERT_FINE(read_census(&before));
	self->p[0] = 'a';
	EXPECT_EQ(reused, lab_vmstat("pgreuse"));
	self->c[0] = 'b';
	EXPECT_EQ(pfn, pagemap_of(self->child, LVA) & PM_PFN);
	EXPECT_EQ(reused + 1, lab_vmstat("pgreuse"));
	/* by the entry of a window that only reads */
	EXPECT_EQ('B', self->c[self->page]);
	self->p[self->page] = 'a';
	pfn = pagemap_of(self->child, LVA + self->page) & PM_PFN;
	self->c[self->page] = 'b';
	EXPECT_EQ(pfn, pagemap_of(self->child, LVA + self->page) & PM_PFN);
	EXPECT_EQ(reused + 2, lab_vmstat("pgreuse"));
	ASSERT_FINE(read_census(&after));
	EXPECT_EQ(before.anon + 2, after.anon);
	EXPECT_EQ('a', self->p[0]);
	EXPECT_EQ('b', self->c[0]);
}

TEST_F(fork, either_may_end_first)
{
	struct census census;

	munmap(self->p, self->len);
	close(self->fd);
	EXPECT_EQ(0, count_changed(self->c));
	self->fd = lab_fork(self->child);
	ASSERT_LE(0, self->fd);
	munmap(self->c, self->len);
	close(self->child);
	self->p = lab_map(self->fd, LVA, self->len, RW);
	EXPECT_EQ(0, count_changed(self->p));
	self->p[0] = 'a';
	munmap(self->p, self->len);
	close(self->fd);
	ASSERT_FINE(read_census(&census));
	EXPECT_EQ(0, census.anon);
	EXPECT_EQ(0, lab_vmstat("lab_processes"));
}

TEST_F(fork, unmapping_takes_one_side_s_page)
{
	EXPECT_EQ(0, lab_munmap(self->fd, LVA, 4 * self->page));
	EXPECT_EQ(0, count_changed(self->c));
	EXPECT_EQ(SIGBUS, touch_read(self->p, &(unsigned char){ 0 }));
	EXPECT_EQ(4, lab_munmap(self->child, LVA, 4 * self->page));
	EXPECT_EQ('E', self->p[4 * self->page]);
}

/* A right that is given anew is no right to store to the other's page. */
TEST_F(fork, rights_do_not_break_the_sharing)
{
	EXPECT_EQ(0, lab_mprotect(self->fd, LVA, self->len, PROT_READ));
	EXPECT_EQ(0, lab_mprotect(self->fd, LVA, self->len, RW));
	EXPECT_EQ(NULL, check_now());
	self->p[0] = 'a';
	EXPECT_EQ(0, count_changed(self->c));
	EXPECT_EQ('a', self->p[0]);
	EXPECT_EQ(0, lab_mprotect(self->child, LVA, self->page, PROT_READ));
	EXPECT_EQ(SIGBUS, touch_write(self->c, 'x'));
	EXPECT_EQ('A', self->c[0]);
}

/* Pages that a store would bring along are those that no other has. */
TEST_F(fork, fault_around_shares_on)
{
	EXPECT_EQ(0, write_number(LAB_PARAMS "/fault_around", NR_PAGES));
	self->p[0] = 'a';
	self->p[self->page] = 'b';
	self->c[2 * self->page] = 'c';
	self->c[3 * self->page] = 'd';
	EXPECT_EQ(0, write_number(LAB_PARAMS "/fault_around", 1));
	EXPECT_EQ('A', self->c[0]);
	EXPECT_EQ('B', self->c[self->page]);
	EXPECT_EQ('C', self->p[2 * self->page]);
	EXPECT_EQ('D', self->p[3 * self->page]);
	EXPECT_TRUE(share(self->fd, self->child, LVA + 5 * self->page, 2));
}

TEST_F(fork, a_second_fork_shares_with_all)
{
	int other = lab_fork(self->child);
	unsigned char byte = 0;

	ASSERT_LE(0, other);
	EXPECT_TRUE(share(self->fd, other, LVA, 3));
	self->c[0] = 'b';
	EXPECT_TRUE(share(self->fd, other, LVA, 2));
	self->p[0] = 'a';
	EXPECT_EQ(1, pread(other, &byte, 1, LVA));
	EXPECT_EQ('A', byte);
	EXPECT_EQ('b', self->c[0]);
	EXPECT_EQ(NULL, check_now());
	close(other);
}

TEST_F(fork, descriptors_are_those_of_an_open)
{
	struct mmlab_fork args = { .reserved = { 0, 0, 1 } };
	struct mmlab_info parent, child;
	char name[64] = "", path[64];
	int fd;

	EXPECT_EQ(FD_CLOEXEC, fcntl(self->child, F_GETFD));
	EXPECT_EQ(O_RDWR, fcntl(self->child, F_GETFL) & O_ACCMODE);
	EXPECT_EQ(0, lseek(self->child, 0, SEEK_CUR));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", self->child);
	EXPECT_LT(0, readlink(path, name, sizeof(name) - 1));
	EXPECT_STREQ(LAB_DEVICE, name);
	EXPECT_EQ(0, lab_info(self->fd, &parent));
	EXPECT_EQ(0, lab_info(self->child, &child));
	EXPECT_EQ(parent.lab_pid + 1, child.lab_pid);
	EXPECT_EQ(parent.lab_pid, pid_number(self->child, "status", "PPid:\t"));
	EXPECT_EQ(0, pid_number(self->fd, "status", "PPid:\t"));

	EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_FORK, &args));
	args = (struct mmlab_fork){ .flags = 1 };
	EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_FORK, &args));
	EXPECT_EQ(-EFAULT, lab_ioctl(self->fd, MMLAB_FORK, NULL));

	/* what may only read has children that may only read */
	fd = lab_open(O_RDONLY);
	ASSERT_LE(0, fd);
	close(self->child);
	self->child = lab_fork(fd);
	ASSERT_LE(0, self->child);
	EXPECT_EQ(O_RDONLY, fcntl(self->child, F_GETFL) & O_ACCMODE);
	EXPECT_EQ(-1, pwrite(self->child, name, 1, LVA));
	close(fd);
	/* the parent is gone, so there is none */
	EXPECT_EQ(0, pid_number(self->child, "status", "PPid:\t"));
}

/* 0 is a descriptor like any other. */
TEST_F(fork, a_descriptor_may_be_0)
{
	int spare = dup(0), child;

	ASSERT_LE(0, spare);
	close(0);
	child = lab_fork(self->fd);
	EXPECT_EQ(0, child);
	EXPECT_EQ(O_RDWR, fcntl(0, F_GETFL) & O_ACCMODE);
	dup2(spare, 0);
	close(spare);
}

TEST_F(fork, regions_and_layout_are_copied)
{
	static char before[1 << 16];
	char *after;
	uint32_t brk = 0, stack, of_child = 0;
	int fd = lab_open(O_RDWR), child;
	char byte = 's';

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, lab_exec_example(fd));
	ASSERT_EQ(0, lab_brk(fd, &brk));
	brk += 3 * self->page + 5;
	ASSERT_EQ(0, lab_brk(fd, &brk));
	stack = lab_example.stack_top;
	ASSERT_EQ(1, pwrite(fd, &byte, 1, stack - 1));
	snprintf(before, sizeof(before), "%s", pid_file(fd, "maps"));
	child = lab_fork(fd);
	ASSERT_LE(0, child);
	after = pid_file(child, "maps");
	ASSERT_NE(NULL, after);
	EXPECT_STREQ(before, after);
	after = pid_file(child, "comm");
	ASSERT_NE(NULL, after);
	EXPECT_EQ(0, strncmp(after, lab_example.name, strlen(lab_example.name)));
	ASSERT_EQ(0, lab_brk(child, &of_child));
	EXPECT_EQ(brk, of_child);
	/* a stack still grows, and of one side only */
	EXPECT_EQ(1, pwrite(child, &byte, 1, stack - 64 * self->page));
	EXPECT_EQ(-1, pread(fd, &byte, 1, stack - 64 * self->page));
	EXPECT_EQ(1, pread(child, &byte, 1, stack - 1));
	EXPECT_EQ('s', byte);
	close(fd);
	close(child);
}

/* Blocks are the parent's alone. */
TEST_F(fork, blocks_stay_with_the_parent)
{
	struct mmlab_block block;
	int child;

	ASSERT_EQ(0, lab_alloc(self->fd, 2, MMLAB_ZONE_NORMAL, &block));
	child = lab_fork(self->fd);
	ASSERT_LE(0, child);
	EXPECT_EQ(-EPERM, lab_free(child, &block));
	close(child);
	EXPECT_EQ(0, lab_free(self->fd, &block));
}

static bool pin(int pipe_end, void *p, size_t len)
{
	struct iovec v = { p, len };

	return vmsplice(pipe_end, &v, 1, 0) == (ssize_t)len;
}

/* The holder of a pin and the parent stay with one page; the child has another. */
TEST_F(fork, a_pinned_page_is_copied)
{
	int pipes[2], child;
	char byte = 0;

	ASSERT_EQ(0, pipe2(pipes, O_CLOEXEC));
	self->p[0] = 'p';
	ASSERT_TRUE(pin(pipes[1], self->p, self->page));
	child = lab_fork(self->fd);
	ASSERT_LE(0, child);
	EXPECT_NE(pagemap_of(self->fd, LVA) & PM_PFN, pagemap_of(child, LVA) & PM_PFN);
	EXPECT_TRUE(share(self->fd, child, LVA + self->page, 3));
	self->p[0] = 'q';
	EXPECT_EQ(1, pread(child, &byte, 1, LVA));
	EXPECT_EQ('p', byte);
	EXPECT_EQ(1, read(pipes[0], &byte, 1));
	EXPECT_EQ('q', byte);
	EXPECT_EQ(NULL, check_now());
	close(child);
	close(pipes[0]);
	close(pipes[1]);
}

/* What one left in a pipe does not show what the other stores later. */
TEST_F(fork, a_pin_of_the_child_sees_no_later_store)
{
	int pipes[2];
	char byte = 0;

	ASSERT_EQ(0, pipe2(pipes, O_CLOEXEC));
	ASSERT_TRUE(pin(pipes[1], self->c, 2 * self->page));
	EXPECT_LE(0, lab_munmap(self->child, LVA, self->len));
	self->p[0] = 's';
	EXPECT_EQ('B', self->p[self->page]);
	self->p[self->page] = 's';
	EXPECT_EQ(1, read(pipes[0], &byte, 1));
	EXPECT_EQ('A', byte);
	EXPECT_EQ((ssize_t)self->page - 1, read(pipes[0], self->p + 2 * self->page,
						self->page - 1));
	EXPECT_EQ(1, read(pipes[0], &byte, 1));
	EXPECT_EQ('B', byte);
	close(pipes[0]);
	close(pipes[1]);
}

TEST_F(fork, a_family_has_a_limit)
{
	int children[MAX_FAMILY + 1], nr = 2, i, spare;

	for (i = 0; nr + i < MAX_FAMILY; i++) {
		children[i] = lab_fork(i ? children[i - 1] : self->child);
		ASSERT_LE(0, children[i]);
	}
	EXPECT_TRUE(share(self->fd, children[i - 1], LVA, MAX_FAMILY));
	spare = dup(self->fd);
	close(spare);
	EXPECT_EQ(-EAGAIN, lab_fork(self->fd));
	EXPECT_EQ(-EAGAIN, lab_fork(children[i - 1]));
	/* a refusal takes no descriptor */
	EXPECT_EQ(spare, dup(self->fd));
	close(spare);
	close(children[--i]);
	children[i] = lab_fork(self->fd);
	EXPECT_LE(0, children[i]);
	EXPECT_EQ(NULL, check_now());
	for (; i >= 0; i--)
		close(children[i]);
	EXPECT_TRUE(share(self->fd, self->child, LVA, 2));
}

/* A fork that finds no frame for a table has changed nothing. */
TEST_F(fork, a_fork_without_memory_fails_whole)
{
	struct census before, after;
	int children[MAX_FAMILY], nr = 0, sig, fd, child;
	struct mmlab_info info;
	unsigned char *all;
	size_t i;

	/* many tables, each for one page */
	for (i = 1; i < 64; i++) {
		ASSERT_EQ(0, lab_region_at(self->fd, 4 * MIB * i, self->page, RW));
		ASSERT_EQ(1, pwrite(self->fd, "f", 1, 4 * MIB * i));
	}
	fd = lab_open(O_RDWR);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, lab_info(fd, &info));
	all = lab_map(fd, LVA, (size_t)info.nr_frames * self->page, RW);
	ASSERT_NE(NULL, all);
	touch_pages(all, info.nr_frames, 1, &sig);
	EXPECT_EQ(SIGBUS, sig);
	/* tables come from the reserve, until that is empty, too */
	while ((child = lab_fork(self->fd)) >= 0)
		children[nr++] = child;
	EXPECT_EQ(-ENOMEM, child);
	ASSERT_FINE(read_census(&before));
	EXPECT_EQ(-ENOMEM, lab_fork(self->fd));
	ASSERT_FINE(read_census(&after));
	EXPECT_EQ(before.anon, after.anon);
	EXPECT_EQ(before.tables, after.tables);
	EXPECT_EQ(before.slab, after.slab);
	EXPECT_EQ(nr + 3, lab_vmstat("lab_processes"));
	EXPECT_EQ(NULL, check_now());
	/* a store that needs a copy is a SIGBUS then, and the page stays shared */
	touch_pages(all, info.nr_frames, 1, &sig);
	EXPECT_EQ(SIGBUS, sig);
	EXPECT_EQ(SIGBUS, touch_write(self->p, 'x'));
	EXPECT_TRUE(share(self->fd, self->child, LVA, nr + 2));
	munmap(all, (size_t)info.nr_frames * self->page);
	close(fd);
	while (nr)
		close(children[--nr]);
	self->p[0] = 'a';
	EXPECT_EQ(0, count_changed(self->c));
}

/* ---- several at once ---- */

struct storer {
	pthread_t thread;
	unsigned char *p;
	unsigned char value;
	size_t wrong;
};

/* Each thread has a byte of each page, so it must always read what it wrote last. */
static void *store(void *arg)
{
	struct storer *s = arg;
	size_t round, i;

	for (round = 0; round < 200; round++)
		for (i = 0; i < NR_PAGES; i++) {
			volatile unsigned char *at = s->p + i * page_size() + s->value;

			*at = s->value + round;
			s->wrong += *at != (unsigned char)(s->value + round);
		}
	return NULL;
}

TEST_F(fork, stores_while_it_forks)
{
	struct storer s[4] = {};
	size_t i, k;

	for (i = 0; i < ARRAY_LEN(s); i++) {
		s[i].p = i % 2 ? self->c : self->p;
		s[i].value = i + 1;
		ASSERT_EQ(0, pthread_create(&s[i].thread, NULL, store, &s[i]));
	}
	for (k = 0; k < 30; k++) {
		int child = lab_fork(k % 2 ? self->child : self->fd);
		unsigned char *window;

		ASSERT_LE(0, child);
		window = lab_map(child, LVA, self->len, RW);
		ASSERT_NE(NULL, window);
		close(child);
		memset(window, 0xee, self->len);
		munmap(window, self->len);
	}
	for (i = 0; i < ARRAY_LEN(s); i++) {
		pthread_join(s[i].thread, NULL);
		EXPECT_EQ(0, s[i].wrong);
	}
	for (i = 0; i < NR_PAGES; i++) {
		EXPECT_EQ('A' + (int)i, self->p[i * self->page + 2]);
		EXPECT_EQ('A' + (int)i, self->c[i * self->page + 1]);
	}
}

TEST_HARNESS_MAIN
