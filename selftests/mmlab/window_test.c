// SPDX-License-Identifier: GPL-2.0
/*
 * The life of windows: sharing, fork, mremap, madvise, close, threads, many.
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
#include "procfile.h"
#include "touch.h"

#define LVA		0x40000000UL
#define RW		(PROT_READ | PROT_WRITE)
#define NR_PAGES	8

FIXTURE(window) {
	struct guard guard;
	int fd;
	size_t page, len;
	unsigned char *p;		/* NR_PAGES pages at LVA */
};

FIXTURE_SETUP(window)
{
	GUARD_BEGIN(&self->guard);
	self->page = page_size();
	self->len = NR_PAGES * self->page;
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	self->p = lab_map(self->fd, LVA, self->len, RW);
	ASSERT_NE(NULL, self->p);
}

FIXTURE_TEARDOWN(window)
{
	munmap(self->p, self->len);
	close(self->fd);
	EXPECT_EQ(0, lab_vmstat("lab_windows"));
	EXPECT_EQ(0, lab_vmstat("lab_processes"));
	GUARD_END(&self->guard);
}

/* A window seen from a child that comes into being by fork(). */
struct shared {
	int fd;
	unsigned char *p;
	size_t page;
	int go[2];		/* parent to child */
	int done[2];		/* child to parent */
};

static bool tell(int pipes[2])
{
	return write(pipes[1], "", 1) == 1;
}

static bool hear(int pipes[2])
{
	char byte;

	return read(pipes[0], &byte, 1) == 1;
}

TEST_F(window, same_address_of_one_open_file)
{
	unsigned char *q = lab_map(self->fd, LVA + self->page, 2 * self->page, RW);

	ASSERT_NE(NULL, q);
	EXPECT_EQ(2, lab_vmstat("lab_windows"));
	self->p[self->page + 3] = 3;
	EXPECT_EQ(3, q[3]);
	q[self->page] = 4;
	EXPECT_EQ(4, self->p[2 * self->page]);
	munmap(q, 2 * self->page);
	EXPECT_EQ(1, lab_vmstat("lab_windows"));
	EXPECT_EQ(4, self->p[2 * self->page]);
}

TEST_F(window, two_opens_are_two_processes)
{
	int fd = lab_open(O_RDWR);
	unsigned char *q;

	ASSERT_LE(0, fd);
	q = lab_map(fd, LVA, self->len, RW);
	ASSERT_NE(NULL, q);
	EXPECT_EQ(2, lab_vmstat("lab_processes"));
	self->p[0] = 1;
	EXPECT_EQ(0, q[0]);
	q[0] = 2;
	EXPECT_EQ(1, self->p[0]);
	EXPECT_LE(1, lab_munmap(fd, LVA, self->len));
	EXPECT_EQ(1, self->p[0]);
	munmap(q, self->len);
	close(fd);
}

/* dup() and an inherited descriptor are the same lab process. */
TEST_F(window, dup_is_the_same_process)
{
	int fd = dup(self->fd);
	unsigned char *q = lab_map(fd, LVA, self->page, RW);

	ASSERT_NE(NULL, q);
	q[0] = 1;
	EXPECT_EQ(1, self->p[0]);
	munmap(q, self->page);
	close(fd);
	EXPECT_EQ(1, self->p[0]);
}

static int child_of_fork(void *arg)
{
	struct shared *s = arg;
	unsigned char *q;

	/* pages touched by the parent before, after, and by this child first */
	CHILD_CHECK(s->p[0] == 10);
	s->p[s->page] = 20;
	CHILD_CHECK(tell(s->done) && hear(s->go));
	CHILD_CHECK(s->p[2 * s->page] == 30);
	CHILD_CHECK(s->p[0] == 11);
	q = lab_map(s->fd, LVA + 3 * s->page, s->page, RW);
	CHILD_CHECK(q);
	q[0] = 40;
	return 0;
}

TEST_F(window, forked_children_share)
{
	struct shared s = { self->fd, self->p, self->page };
	int status;
	pid_t pid;

	ASSERT_EQ(0, pipe(s.go) | pipe(s.done));
	s.p[0] = 10;
	pid = fork();
	if (!pid)
		_exit(child_of_fork(&s));
	ASSERT_TRUE(hear(s.done));
	EXPECT_EQ(2, lab_vmstat("lab_windows"));
	EXPECT_EQ(20, s.p[s.page]);
	s.p[0] = 11;
	s.p[2 * s.page] = 30;
	ASSERT_TRUE(tell(s.go));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(40, s.p[3 * s.page]);
	EXPECT_EQ(1, lab_vmstat("lab_windows"));
	EXPECT_EQ(4, lab_vmstat("nr_anon_pages") - self->guard.before.anon);
}

static int use_after_parent(void *arg)
{
	struct shared *s = arg;
	unsigned char value;

	CHILD_CHECK(hear(s->go));
	CHILD_CHECK(touch_read(s->p, &value) == 0 && value == 1);
	CHILD_CHECK(touch_write(s->p + s->page, 2) == 0);
	CHILD_CHECK(lab_vmstat("lab_windows") == 1);
	return 0;
}

/* The parent unmaps and closes first; the child's window keeps all alive. */
TEST_F(window, child_outlives_the_parent_s_window)
{
	struct shared s = { self->fd, self->p, self->page };
	int status;
	pid_t pid;

	ASSERT_EQ(0, pipe(s.go));
	s.p[0] = 1;
	pid = fork();
	if (!pid) {
		close(s.fd);
		_exit(use_after_parent(&s));
	}
	munmap(self->p, self->len);
	close(self->fd);
	EXPECT_EQ(1, lab_vmstat("lab_processes"));
	ASSERT_TRUE(tell(s.go));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(0, lab_vmstat("lab_processes"));
}

static int unmap_and_exit(void *arg)
{
	struct shared *s = arg;

	CHILD_CHECK(s->p[0] == 1);
	CHILD_CHECK(munmap(s->p, NR_PAGES * s->page) == 0);
	return 0;
}

TEST_F(window, parent_outlives_the_child_s_window)
{
	struct shared s = { self->fd, self->p, self->page };

	s.p[0] = 1;
	EXPECT_EQ(0, run_child(unmap_and_exit, &s));
	EXPECT_EQ(1, s.p[0]);
	s.p[s.page] = 2;
	EXPECT_EQ(2, lab_vmstat("nr_anon_pages") - self->guard.before.anon);
}

/* A fork copies no PTEs that a MMLAB_MUNMAP has to miss. */
static int see_sigbus(void *arg)
{
	struct shared *s = arg;
	unsigned char value;

	CHILD_CHECK(s->p[0] == 1);
	CHILD_CHECK(tell(s->done) && hear(s->go));
	CHILD_CHECK(touch_read(s->p, &value) == SIGBUS);
	return 0;
}

TEST_F(window, munmap_reaches_the_child_s_window)
{
	struct shared s = { self->fd, self->p, self->page };
	int status;
	pid_t pid;

	ASSERT_EQ(0, pipe(s.go) | pipe(s.done));
	s.p[0] = 1;
	pid = fork();
	if (!pid)
		_exit(see_sigbus(&s));
	ASSERT_TRUE(hear(s.done));
	EXPECT_LE(1, lab_munmap(self->fd, LVA, self->page));
	ASSERT_TRUE(tell(s.go));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(window, regions_outlive_windows)
{
	self->p[0] = 1;
	self->p[self->len - 1] = 2;
	munmap(self->p, self->len);
	EXPECT_EQ(0, lab_vmstat("lab_windows"));
	EXPECT_EQ(2, lab_vmstat("nr_anon_pages") - self->guard.before.anon);
	self->p = lab_map(self->fd, LVA, self->len, RW);
	ASSERT_NE(NULL, self->p);
	EXPECT_EQ(1, self->p[0]);
	EXPECT_EQ(2, self->p[self->len - 1]);
}

/* The host must neither grow a window nor dump it, and has it after a fork. */
TEST_F(window, flags_for_the_host)
{
	static char text[1 << 16];
	char start[32], flags[128] = "";
	char *at, *line;

	ASSERT_LT(0, read_whole("/proc/self/smaps", text, sizeof(text)));
	snprintf(start, sizeof(start), "%lx-", (unsigned long)self->p);
	at = strstr(text, start);
	ASSERT_NE(NULL, at);
	line = strstr(at, "\nVmFlags: ");
	ASSERT_NE(NULL, line);
	snprintf(flags, sizeof(flags), "%.*s", (int)strcspn(line + 1, "\n"), line + 1);
	EXPECT_NE(NULL, strstr(flags, " de"));
	EXPECT_NE(NULL, strstr(flags, " dd"));
	EXPECT_NE(NULL, strstr(flags, " sh"));
	EXPECT_EQ(NULL, strstr(flags, " dc"));
	EXPECT_EQ(NULL, strstr(flags, " io"));
}

TEST_F(window, munmap_of_the_middle)
{
	int i;

	for (i = 0; i < NR_PAGES; i++)
		self->p[i * self->page] = i + 1;
	ASSERT_EQ(0, munmap(self->p + 2 * self->page, 3 * self->page));
	EXPECT_EQ(2, lab_vmstat("lab_windows"));
	EXPECT_EQ(NR_PAGES, lab_vmstat("nr_anon_pages") -
		  self->guard.before.anon);
	EXPECT_EQ(2, self->p[self->page]);
	EXPECT_EQ(6, self->p[5 * self->page]);
	/* a right half knows its own address still */
	EXPECT_LE(1, lab_munmap(self->fd, LVA + 6 * self->page, self->page));
	EXPECT_EQ(SIGBUS, touch_write(self->p + 6 * self->page, 1));
	EXPECT_EQ(0, touch_write(self->p + 7 * self->page, 1));
}

TEST_F(window, mremap_grows_nothing)
{
	void *room = mmap(NULL, 4 * self->len, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_NE(MAP_FAILED, room);
	EXPECT_EQ(MAP_FAILED, mremap(self->p, self->len, 2 * self->len,
				     MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(MAP_FAILED, mremap(self->p, self->len, 2 * self->len,
				     MREMAP_MAYMOVE | MREMAP_FIXED, room));
	EXPECT_EQ(EFAULT, errno);
	/* an old length of 0 asks for a second, larger view */
	EXPECT_EQ(MAP_FAILED, mremap(self->p, 0, self->page, MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(1, lab_vmstat("lab_windows"));
	munmap(room, 4 * self->len);
}

TEST_F(window, mremap_moves_and_shrinks)
{
	unsigned char *room = mmap(NULL, self->len, PROT_NONE,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int i;

	ASSERT_NE(MAP_FAILED, room);
	for (i = 0; i < NR_PAGES; i += 2)
		self->p[i * self->page] = i + 1;
	ASSERT_EQ(room, mremap(self->p, self->len, self->len,
			       MREMAP_MAYMOVE | MREMAP_FIXED, room));
	self->p = room;
	EXPECT_EQ(1, lab_vmstat("lab_windows"));
	for (i = 0; i < NR_PAGES; i++)
		EXPECT_EQ(i % 2 ? 0 : i + 1, self->p[i * self->page]);
	/* the moved PTEs are found when the page goes */
	EXPECT_EQ(1, lab_munmap(self->fd, LVA, self->page));
	EXPECT_EQ(SIGBUS, touch_write(self->p, 1));
	ASSERT_EQ(room, mremap(self->p, self->len, 3 * self->page, 0));
	EXPECT_EQ(3, self->p[2 * self->page]);
	EXPECT_EQ(SIGSEGV, touch_write(self->p + 3 * self->page, 1));
}

TEST_F(window, madvise_loses_nothing)
{
	static const int advice[] = { MADV_DONTNEED, MADV_WILLNEED, MADV_RANDOM,
				      MADV_SEQUENTIAL, MADV_FREE, MADV_REMOVE,
				      MADV_COLD, MADV_PAGEOUT, MADV_HUGEPAGE,
				      MADV_MERGEABLE, MADV_DODUMP };
	size_t i;

	self->p[0] = 1;
	self->p[self->page] = 2;
	for (i = 0; i < ARRAY_LEN(advice); i++) {
		madvise(self->p, self->len, advice[i]);
		EXPECT_EQ(1, self->p[0]);
		EXPECT_EQ(2, self->p[self->page]);
		EXPECT_EQ(0, self->p[2 * self->page]);
	}
	EXPECT_EQ(3, lab_vmstat("nr_anon_pages") - self->guard.before.anon);
}

/* There is nothing to write back, and so nothing that can go wrong. */
TEST_F(window, synced)
{
	int fd = lab_open(O_RDWR);
	unsigned char *p = lab_map(fd, 0x40000000, 2 * page_size(), PROT_READ | PROT_WRITE);

	ASSERT_NE(NULL, p);
	*p = 7;
	EXPECT_EQ(0, msync(p, 2 * page_size(), MS_SYNC));
	EXPECT_EQ(0, msync(p, 2 * page_size(), MS_ASYNC));
	EXPECT_EQ(0, msync(p, page_size(), MS_SYNC | MS_INVALIDATE));
	EXPECT_EQ(0, fsync(fd));
	EXPECT_EQ(0, fdatasync(fd));
	EXPECT_EQ(7, *p);
	close(fd);
	EXPECT_EQ(0, msync(p, 2 * page_size(), MS_SYNC));
	EXPECT_EQ(7, *p);
	munmap(p, 2 * page_size());
}

TEST_F(window, usable_after_close)
{
	self->p[0] = 1;
	close(self->fd);
	EXPECT_EQ(1, lab_vmstat("lab_processes"));
	EXPECT_EQ(1, self->p[0]);
	EXPECT_EQ(0, touch_write(self->p + self->page, 2));
	EXPECT_EQ(2, self->p[self->page]);
	munmap(self->p, self->len);
	EXPECT_EQ(0, lab_vmstat("lab_processes"));
	EXPECT_EQ(self->guard.before.anon, lab_vmstat("nr_anon_pages"));
}

static void *touch_all(void *arg)
{
	struct shared *s = arg;
	int i;

	for (i = 0; i < NR_PAGES; i++)
		s->p[i * s->page]++;
	return NULL;
}

TEST_F(window, closed_while_another_thread_faults)
{
	int round, i;

	for (round = 0; round < 100; round++) {
		struct shared s = { .fd = lab_open(O_RDWR), .page = self->page };
		pthread_t thread;

		ASSERT_LE(0, s.fd);
		s.p = lab_map(s.fd, LVA, self->len, RW);
		ASSERT_NE(NULL, s.p);
		ASSERT_EQ(0, pthread_create(&thread, NULL, touch_all, &s));
		close(s.fd);
		pthread_join(thread, NULL);
		for (i = 0; i < NR_PAGES; i++)
			ASSERT_EQ(1, s.p[i * s.page]);
		munmap(s.p, self->len);
	}
}

TEST_F_TIMEOUT(window, a_thousand_windows, 120)
{
	unsigned char *windows[1000];
	size_t i;

	for (i = 0; i < ARRAY_LEN(windows); i++) {
		uint32_t lva = 2 * LVA + i / 2 * 16 * self->page;

		windows[i] = lab_map(self->fd, lva, 2 * self->page, RW);
		ASSERT_NE(NULL, windows[i]);
		windows[i][i % 2] = 1;
	}
	EXPECT_EQ(1001, lab_vmstat("lab_windows"));
	EXPECT_EQ(500, lab_vmstat("nr_anon_pages") - self->guard.before.anon);
	for (i = 0; i < ARRAY_LEN(windows); i++)
		EXPECT_EQ(1, windows[i][!(i % 2)]);
	for (i = 0; i < ARRAY_LEN(windows); i++)
		munmap(windows[i], 2 * self->page);
	EXPECT_EQ(1, lab_vmstat("lab_windows"));
}

/* Exit is a close: of a descriptor, and of a window that outlived its own. */
static int leave_all_behind(void *unused)
{
	int fd = lab_open(O_RDWR);
	struct mmlab_block b;
	unsigned char *p;

	CHILD_CHECK(fd >= 0);
	CHILD_CHECK(lab_alloc(fd, 4, MMLAB_ZONE_NORMAL, &b) == 0);
	p = lab_map(fd, LVA, 100 * page_size(), RW);
	CHILD_CHECK(p);
	p[50 * page_size()] = 1;
	fd = lab_open(O_RDWR);
	p = lab_map(fd, LVA, 100 * page_size(), RW);
	CHILD_CHECK(p);
	close(fd);
	p[0] = 1;
	return 0;
}

static int die_at_once(void *unused)
{
	if (leave_all_behind(NULL))
		return 1;
	kill(getpid(), SIGKILL);
	return 0;
}

TEST_F(window, exit_gives_all_back)
{
	EXPECT_EQ(0, run_child(leave_all_behind, NULL));
	EXPECT_EQ(1, lab_vmstat("lab_processes"));
	EXPECT_EQ(128 + SIGKILL, run_child(die_at_once, NULL));
	EXPECT_EQ(1, lab_vmstat("lab_processes"));
	EXPECT_EQ(self->guard.before.anon, lab_vmstat("nr_anon_pages"));
	EXPECT_EQ(self->guard.before.blocks, lab_vmstat("nr_blocks"));
}

/* An exec keeps neither windows nor, with O_CLOEXEC, descriptors. */
static int exec_true(void *unused)
{
	if (leave_all_behind(NULL))
		return 1;
	execl("/bin/busybox", "true", NULL);
	execl("/bin/true", "true", NULL);
	return 2;
}

TEST_F(window, exec_gives_all_back)
{
	EXPECT_EQ(0, run_child(exec_true, NULL));
	EXPECT_EQ(1, lab_vmstat("lab_processes"));
}

TEST_F(window, read_by_process_vm_readv)
{
	char seen[16] = "";
	struct iovec local = { seen, sizeof(seen) };
	struct iovec remote = { self->p + self->page - 4, sizeof(seen) };
	pid_t parent = getpid();
	int status;
	pid_t pid;

	strcpy((char *)self->p + self->page - 4, "over the border");
	pid = fork();
	if (!pid) {
		/* not by the child's own copy of the window */
		munmap(self->p, self->len);
		_exit(process_vm_readv(parent, &local, 1, &remote, 1, 0) != 16 ||
		      strcmp(seen, "over the border"));
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_HARNESS_MAIN
