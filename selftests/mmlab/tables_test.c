// SPDX-License-Identifier: GPL-2.0
/*
 * A privileged program writes to page tables of the lab, its own ones, while windows
 * are open. This may only cause wrong pages, zeros, signals and a report: each touch ends,
 * and the module can be unloaded.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "objects.h"
#include "touch.h"

#define LVA		0x10000000UL
#define RW		(PROT_READ | PROT_WRITE)
#define PHYS_WRITE	(MMLAB_ACCESS_PHYS | MMLAB_ACCESS_WRITE)
#define NR_PAGES	16
#define NR_THREADS	4

/* The instance is broken afterwards, and so each test has one of its own. */
FIXTURE(tables) {
	int fd;
	size_t page;
	unsigned char *p;	/* NR_PAGES at LVA */
	int pipes[2];
};

#define SELF	FIXTURE_DATA(tables)

FIXTURE_SETUP(tables)
{
	ASSERT_EQ(0, lab_require());
	self->page = page_size();
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	self->p = lab_map(self->fd, LVA, NR_PAGES * self->page, RW);
	ASSERT_NE(NULL, self->p);
	ASSERT_EQ(0, pipe2(self->pipes, O_CLOEXEC));
}

FIXTURE_TEARDOWN(tables)
{
	munmap(self->p, NR_PAGES * self->page);
	close(self->pipes[0]);
	close(self->pipes[1]);
	close(self->fd);
	EXPECT_EQ(0, lab_unload());
}

/* Where the entry of a page is, as a physical address. */
static uint64_t entry_at(int fd, uint32_t lva)
{
	struct mmlab_translation t;

	if (lab_translate(fd, lva, &t))
		return 0;
	return (uint64_t)t.table_pfn * page_size() + t.pte_index * sizeof(uint32_t);
}

static int write_entry(int fd, uint64_t at, uint32_t entry)
{
	return lab_access(fd, PHYS_WRITE, at, &entry, sizeof(entry)) == sizeof(entry) ?
	       0 : -1;
}

static uint32_t read_entry(int fd, uint64_t at)
{
	uint32_t entry = 0;

	lab_access(fd, MMLAB_ACCESS_PHYS, at, &entry, sizeof(entry));
	return entry;
}

/* A store by the host's kernel, which no signal handler can jump out of. */
static ssize_t store_by_kernel(SELF *self, unsigned char *at)
{
	return write(self->pipes[1], "k", 1) == 1 ? read(self->pipes[0], at, 1) : -1;
}

TEST_F(tables, a_cleared_entry_is_an_untouched_page)
{
	unsigned char value;

	/* the window's entry takes stores, so nothing but a flush asks the lab again */
	ASSERT_EQ(0, touch_write(self->p, 'a'));
	ASSERT_EQ(0, write_entry(self->fd, entry_at(self->fd, LVA), 0));
	ASSERT_EQ(0, touch_read(self->p, &value));
	EXPECT_EQ(0, value);

	/* the window's entry only reads */
	ASSERT_EQ(0, write_entry(self->fd, entry_at(self->fd, LVA), 0));
	EXPECT_EQ(0, touch_write(self->p, 'b'));
	ASSERT_EQ(0, touch_read(self->p, &value));
	EXPECT_EQ('b', value);

	ASSERT_EQ(0, touch_read(self->p + self->page, &value));
	ASSERT_EQ(0, write_entry(self->fd, entry_at(self->fd, LVA + self->page), 0));
	EXPECT_EQ(1, store_by_kernel(self, self->p + self->page));
	EXPECT_EQ('k', self->p[self->page]);
}

static void swap_entries(int fd, uint32_t a, uint32_t b)
{
	uint64_t at = entry_at(fd, a), bt = entry_at(fd, b);
	uint32_t entry = read_entry(fd, at);

	write_entry(fd, at, read_entry(fd, bt));
	write_entry(fd, bt, entry);
}

TEST_F(tables, swapped_entries_swap_the_pages)
{
	unsigned char *q = self->p + self->page, value;

	ASSERT_EQ(0, touch_write(self->p, 'a'));
	ASSERT_EQ(0, touch_write(q, 'b'));
	swap_entries(self->fd, LVA, LVA + self->page);
	EXPECT_EQ('b', *self->p);
	EXPECT_EQ('a', *q);

	/* the entries only read now */
	swap_entries(self->fd, LVA, LVA + self->page);
	EXPECT_EQ(0, touch_write(self->p, 'c'));
	EXPECT_EQ(1, store_by_kernel(self, q));
	swap_entries(self->fd, LVA, LVA + self->page);
	ASSERT_EQ(0, touch_read(self->p, &value));
	EXPECT_EQ('k', value);
	EXPECT_EQ('c', *q);
}

TEST_F(tables, a_cleared_directory_entry_takes_the_whole_table)
{
	struct mmlab_translation t;
	unsigned char value;

	ASSERT_EQ(0, touch_write(self->p, 'a'));
	ASSERT_EQ(0, lab_translate(self->fd, LVA, &t));
	ASSERT_EQ(0, write_entry(self->fd, (uint64_t)t.pgd_pfn * self->page +
				 t.pgd_index * sizeof(uint32_t), 0));
	EXPECT_EQ(0, touch_read(self->p, &value));
	EXPECT_EQ(0, value);
	EXPECT_EQ(0, touch_write(self->p, 'b'));
}

TEST_F(tables, an_entry_of_another_owner_s_frame_is_a_sigbus)
{
	unsigned char value;

	ASSERT_EQ(0, touch_write(self->p, 'a'));
	/* frame 0 has no owner; present, writable, user, accessed, dirty */
	ASSERT_EQ(0, write_entry(self->fd, entry_at(self->fd, LVA), 0x67));
	EXPECT_EQ(SIGBUS, touch_read(self->p, &value));
	EXPECT_EQ(SIGBUS, touch_write(self->p, 'b'));
	EXPECT_EQ(-1, store_by_kernel(self, self->p));
}

/* Reports of objects leave the log open for one of page tables. */
TEST_F(tables, a_report_of_an_object_hides_none_of_tables)
{
	long id = cache_create(self->fd, "inject-first", 100, MMLAB_CACHE_RED_ZONE);
	struct mmlab_injection overflow = { .kind = MMLAB_INJECT_OVERFLOW };
	int kmsg = log_open(), again = log_open(), i;
	struct mmlab_object o;
	unsigned char value;

	ASSERT_LT(0, id);
	ASSERT_EQ(0, object_alloc(self->fd, id, 0, &o));
	overflow.lva = o.lva;
	ASSERT_EQ(0, lab_ioctl(self->fd, MMLAB_INJECT, &overflow));
	ASSERT_EQ(-EUCLEAN, object_free(self->fd, id, o.lva));
	ASSERT_EQ(0, touch_write(self->p, 'a'));
	ASSERT_EQ(0, write_entry(self->fd, entry_at(self->fd, LVA), 0x67));
	for (i = 0; i < 2; i++)
		EXPECT_EQ(SIGBUS, touch_read(self->p, &value));
	EXPECT_EQ(3, lab_vmstat("lab_reports"));
	EXPECT_EQ(1, log_says(kmsg, ";mmlab: corruption in the page tables: ", ""));
	EXPECT_EQ(2, log_says(again, ";mmlab: found by:", ""));	/* one for each kind */
	close(kmsg);
	close(again);
}

struct storm {
	int fd;
	unsigned char *p;
	uint64_t first_entry;
	atomic_bool stop;
	atomic_ulong done;
};

static __thread sigjmp_buf out;

static void leave(int sig)
{
	siglongjmp(out, sig);
}

/* Loads and stores all over the pages; the result of a touch does not matter. */
static void *toucher(void *arg)
{
	struct storm *s = arg;
	unsigned int seed = (uintptr_t)&seed >> 12;

	while (!s->stop) {
		volatile unsigned char *at = s->p + rand_r(&seed) % NR_PAGES * page_size();

		if (!sigsetjmp(out, 1)) {
			if (rand_r(&seed) % 2)
				*at = 1;
			else
				(void)*at;
		}
		s->done++;
	}
	return NULL;
}

/* In a child: the storm, then the end of all its threads. */
static int entries_change_under_threads(void *arg)
{
	struct storm *s = arg;
	struct sigaction action = { .sa_handler = leave, .sa_flags = SA_NODEFER };
	pthread_t threads[NR_THREADS];
	unsigned long round;
	unsigned int seed = 1;
	size_t i;

	sigaction(SIGBUS, &action, NULL);
	for (i = 0; i < NR_THREADS; i++)
		CHILD_CHECK(!pthread_create(&threads[i], NULL, toucher, s));
	for (round = 0; round < 3000; round++) {
		uint32_t page = rand_r(&seed) % NR_PAGES;
		uint64_t at = s->first_entry + page * sizeof(uint32_t);
		uint64_t other = s->first_entry + rand_r(&seed) % NR_PAGES * sizeof(uint32_t);
		uint32_t entry = read_entry(s->fd, at);

		switch (rand_r(&seed) % 4) {
		case 0:
			write_entry(s->fd, at, read_entry(s->fd, other));
			write_entry(s->fd, other, entry);
			break;
		case 1:
			write_entry(s->fd, at, 0);
			break;
		case 2:
			write_entry(s->fd, at, entry ^ 1U << rand_r(&seed) % 12);
			break;
		default:
			write_entry(s->fd, at, rand_r(&seed));
		}
		if (!(round % 64))
			sched_yield();
	}
	while (s->done < 10000)
		sched_yield();
	s->stop = true;
	for (i = 0; i < NR_THREADS; i++)
		CHILD_CHECK(!pthread_join(threads[i], NULL));
	return 0;
}

TEST_F_TIMEOUT(tables, no_touch_goes_on_for_ever, 120)
{
	struct storm s = { .fd = self->fd, .p = self->p };
	size_t i;

	for (i = 0; i < NR_PAGES; i++)
		ASSERT_EQ(0, touch_write(self->p + i * self->page, 1));
	s.first_entry = entry_at(self->fd, LVA);
	ASSERT_NE(0, s.first_entry);
	EXPECT_EQ(0, run_child(entries_change_under_threads, &s));
}

TEST_HARNESS_MAIN
