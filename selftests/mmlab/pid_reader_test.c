// SPDX-License-Identifier: GPL-2.0
/*
 * Readers of /proc/mmlab/<lab pid>/ whose own memory comes late: the close of the lab
 * process does not wait for them, and neither does any other.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"

#define RW		(PROT_READ | PROT_WRITE)

FIXTURE(pid_reader) {
	struct guard guard;
	size_t page;
};

FIXTURE_SETUP(pid_reader)
{
	GUARD_BEGIN(&self->guard);
	self->page = page_size();
	if (self->page != 0x1000)
		SKIP(return, "the article's program has pages of 4 KiB");
}

FIXTURE_TEARDOWN(pid_reader)
{
	GUARD_END(&self->guard);
}

static char *path_of(uint32_t pid, const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/%u%s%s", LAB_PROC, pid, *name ? "/" : "",
		 name);
	return path;
}

/* A read into a page that comes when it is supplied, and not before. */
struct reader {
	int device, fd;
	uint32_t pid;
	char *buf;
	ssize_t got;
	int error;
	pthread_t thread;
};

#define NOT_YET		(-2)

static void *read_slowly(void *arg)
{
	struct reader *r = arg;
	ssize_t got = read(r->fd, r->buf, 4096);

	r->error = got < 0 ? errno : 0;
	__atomic_store_n(&r->got, got, __ATOMIC_SEQ_CST);
	return NULL;
}

/* Pages at which a toucher waits until they are supplied; -1: no such. */
static int slow_pages(char *p, size_t len)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register area = {
		.range = { (uintptr_t)p, len },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	if (fd < 0)
		return -1;
	if (ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &area)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* A lab process of its own, and a read of @name that is on its way; or a word. */
static const char *start_reader(struct reader *r, const char *name, char *buf)
{
	struct mmlab_info info;
	pthread_attr_t small;

	r->buf = buf;
	r->got = NOT_YET;
	r->device = lab_open(O_RDWR);
	if (r->device < 0 || lab_info(r->device, &info))
		return "no lab process";
	r->pid = info.lab_pid;
	r->fd = open(path_of(r->pid, name), O_RDONLY);
	if (r->fd < 0)
		return "no file";
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 65536);
	return pthread_create(&r->thread, &small, read_slowly, r) ? "no thread" : NULL;
}

static unsigned int nr_done(const struct reader *readers, unsigned int nr)
{
	unsigned int i, done = 0;

	for (i = 0; i < nr; i++)
		done += __atomic_load_n(&readers[i].got, __ATOMIC_SEQ_CST) != NOT_YET;
	return done;
}

/* The readers are waiting: each has asked for its page. */
static bool all_wait(int uffd, unsigned int nr)
{
	struct uffd_msg message;

	while (nr--)
		if (read(uffd, &message, sizeof(message)) != sizeof(message))
			return false;
	return true;
}

/* A worker removes directories after their last readers. */
static bool is_gone_soon(uint32_t pid)
{
	int i;

	for (i = 0; i < patient(3000); i++, usleep(10000))
		if (access(path_of(pid, ""), F_OK))
			return true;
	return false;
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

/*
 * A close does not wait for reads of the directory. They end as they like; until
 * then the directory stays, says nothing more, and keeps the module.
 */
TEST_F(pid_reader, slow_reader)
{
	static const char * const names[] = { "pagemap", "status", "maps" };
	size_t nr = ARRAY_LEN(names), i;
	char *slow = mmap(NULL, nr * self->page, RW, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);
	struct reader readers[ARRAY_LEN(names)] = { 0 };
	int uffd, idle[ARRAY_LEN(names)];

	ASSERT_NE(MAP_FAILED, slow);
	uffd = slow_pages(slow, nr * self->page);
	if (uffd < 0)
		SKIP(return, "no userfaultfd");
	for (i = 0; i < nr; i++) {
		ASSERT_FINE(start_reader(&readers[i], names[i],
					 slow + i * self->page));
		ASSERT_EQ(0, lab_exec_example(readers[i].device));
		idle[i] = open(path_of(readers[i].pid, names[i]), O_RDONLY);
		ASSERT_LE(0, idle[i]);
	}
	ASSERT_TRUE(all_wait(uffd, nr));
	for (i = 0; i < nr; i++) {
		char text[64];

		close(readers[i].device);
		EXPECT_EQ(-1, read(idle[i], text, sizeof(text)));
		EXPECT_EQ(ESRCH, errno);
		close(idle[i]);
	}
	EXPECT_EQ(0, nr_done(readers, nr));
	/* no descriptor and no window is left, and yet: */
	EXPECT_EQ(-EWOULDBLOCK, lab_unload());
	for (i = 0; i < nr; i++) {
		struct uffdio_zeropage supply = {
			{ (uintptr_t)readers[i].buf, self->page }
		};

		ASSERT_EQ(0, ioctl(uffd, UFFDIO_ZEROPAGE, &supply));
		pthread_join(readers[i].thread, NULL);
		EXPECT_LT(0, readers[i].got)
			TH_LOG("%s: errno %d", names[i], readers[i].error);
		EXPECT_TRUE(is_gone_soon(readers[i].pid))
			TH_LOG("%s", names[i]);
		close(readers[i].fd);
	}
	EXPECT_EQ(0, lab_unload());
	EXPECT_EQ(0, lab_load(""));
	close(uffd);
	munmap(slow, nr * self->page);
}

/* So many that they fill every queue that the host has for work. */
TEST_F_TIMEOUT(pid_reader, many_slow_readers, 120)
{
	enum { NR = 600 };
	char *slow = mmap(NULL, NR * self->page, RW, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);
	struct uffdio_zeropage supply = {
		{ (uintptr_t)slow, NR * self->page }
	};
	static struct reader readers[NR];
	struct rlimit files = { 4 * NR, 4 * NR };
	struct mmlab_info info;
	double before;
	int uffd, i;

	ASSERT_NE(MAP_FAILED, slow);
	uffd = slow_pages(slow, NR * self->page);
	if (uffd < 0)
		SKIP(return, "no userfaultfd");
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &files));
	for (i = 0; i < NR; i++)
		ASSERT_FINE(start_reader(&readers[i], i % 2 ? "status" : "statm",
					 slow + i * self->page));
	ASSERT_TRUE(all_wait(uffd, NR));
	for (i = 0; i < NR; i++)
		close(readers[i].device);
	EXPECT_EQ(0, nr_done(readers, NR));

	/* a bystander comes and goes as if they were not there */
	for (i = 0; i < 3; i++) {
		int fd = lab_open(O_RDWR);

		ASSERT_LE(0, fd);
		ASSERT_EQ(0, lab_info(fd, &info));
		ASSERT_EQ(0, access(path_of(info.lab_pid, "status"), F_OK));
		before = seconds();
		close(fd);
		TH_LOG("a close beside %d readers that wait: %.1f ms", NR,
		       (seconds() - before) * 1000);
		EXPECT_EQ(-1, access(path_of(info.lab_pid, ""), F_OK));
		EXPECT_EQ(0, nr_done(readers, NR));
	}
	ASSERT_EQ(0, ioctl(uffd, UFFDIO_ZEROPAGE, &supply));
	for (i = 0; i < NR; i++) {
		pthread_join(readers[i].thread, NULL);
		EXPECT_LT(0, readers[i].got);
		close(readers[i].fd);
	}
	for (i = 0; i < NR; i++)
		ASSERT_TRUE(is_gone_soon(readers[i].pid));
	close(uffd);
	munmap(slow, NR * self->page);
}

TEST_HARNESS_MAIN
