// SPDX-License-Identifier: GPL-2.0
/*
 * A privileged program writes to page tables of the lab, its own ones, while windows
 * are open. This may only cause wrong pages, zeros and signals: each touch ends, and the
 * module can be unloaded. What check says of it is in rules_test, what the log says in
 * reports_test.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness.h"

#include "lab.h"
#include "tables.h"
#include "touch.h"

#define NR_THREADS	4

/* The instance is broken afterwards, and so each test has one of its own. */
FIXTURE(tables) {
	struct tables t;
	int pipes[2];
};

#define SELF	FIXTURE_DATA(tables)

FIXTURE_SETUP(tables)
{
	ASSERT_EQ(0, tables_open(&self->t));
	ASSERT_EQ(0, pipe2(self->pipes, O_CLOEXEC));
}

FIXTURE_TEARDOWN(tables)
{
	close(self->pipes[0]);
	close(self->pipes[1]);
	EXPECT_EQ(0, tables_close(&self->t));
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
	ASSERT_EQ(0, touch_write(self->t.p, 'a'));
	ASSERT_EQ(0, write_entry(self->t.fd, entry_at(self->t.fd, LVA), 0));
	ASSERT_EQ(0, touch_read(self->t.p, &value));
	EXPECT_EQ(0, value);

	/* the window's entry only reads */
	ASSERT_EQ(0, write_entry(self->t.fd, entry_at(self->t.fd, LVA), 0));
	EXPECT_EQ(0, touch_write(self->t.p, 'b'));
	ASSERT_EQ(0, touch_read(self->t.p, &value));
	EXPECT_EQ('b', value);

	ASSERT_EQ(0, touch_read(self->t.p + self->t.page, &value));
	ASSERT_EQ(0, write_entry(self->t.fd, entry_at(self->t.fd, LVA + self->t.page), 0));
	EXPECT_EQ(1, store_by_kernel(self, self->t.p + self->t.page));
	EXPECT_EQ('k', self->t.p[self->t.page]);
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
	unsigned char *q = self->t.p + self->t.page, value;

	ASSERT_EQ(0, touch_write(self->t.p, 'a'));
	ASSERT_EQ(0, touch_write(q, 'b'));
	swap_entries(self->t.fd, LVA, LVA + self->t.page);
	EXPECT_EQ('b', *self->t.p);
	EXPECT_EQ('a', *q);

	/* the entries only read now */
	swap_entries(self->t.fd, LVA, LVA + self->t.page);
	EXPECT_EQ(0, touch_write(self->t.p, 'c'));
	EXPECT_EQ(1, store_by_kernel(self, q));
	swap_entries(self->t.fd, LVA, LVA + self->t.page);
	ASSERT_EQ(0, touch_read(self->t.p, &value));
	EXPECT_EQ('k', value);
	EXPECT_EQ('c', *q);
}

TEST_F(tables, a_cleared_directory_entry_takes_the_whole_table)
{
	struct mmlab_translation t;
	unsigned char value;

	ASSERT_EQ(0, touch_write(self->t.p, 'a'));
	ASSERT_EQ(0, lab_translate(self->t.fd, LVA, &t));
	ASSERT_EQ(0, write_entry(self->t.fd, (uint64_t)t.pgd_pfn * self->t.page +
				 t.pgd_index * sizeof(uint32_t), 0));
	EXPECT_EQ(0, touch_read(self->t.p, &value));
	EXPECT_EQ(0, value);
	EXPECT_EQ(0, touch_write(self->t.p, 'b'));
}

TEST_F(tables, an_entry_of_another_owner_s_frame_is_a_sigbus)
{
	unsigned char value;

	ASSERT_EQ(0, touch_write(self->t.p, 'a'));
	/* frame 0 has no owner; present, writable, user, accessed, dirty */
	ASSERT_EQ(0, write_entry(self->t.fd, entry_at(self->t.fd, LVA), 0x67));
	EXPECT_EQ(SIGBUS, touch_read(self->t.p, &value));
	EXPECT_EQ(SIGBUS, touch_write(self->t.p, 'b'));
	EXPECT_EQ(-1, store_by_kernel(self, self->t.p));
}

/* Without the right to store, it must not become the entry of an untouched page. */
TEST_F(tables, mprotect_leaves_a_wrong_entry_of_frame_0_wrong)
{
	unsigned char value;

	ASSERT_EQ(0, touch_write(self->t.p, 'a'));
	/* present, writable, user, accessed */
	ASSERT_EQ(0, write_entry(self->t.fd, entry_at(self->t.fd, LVA), 0x27));
	ASSERT_EQ(0, lab_mprotect(self->t.fd, LVA, NR_PAGES * self->t.page, PROT_READ));
	EXPECT_EQ(0x27, read_entry(self->t.fd, entry_at(self->t.fd, LVA)));
	EXPECT_EQ(SIGBUS, touch_read(self->t.p, &value));
	ASSERT_EQ(0, lab_mprotect(self->t.fd, LVA, NR_PAGES * self->t.page, RW));
	EXPECT_EQ(0x27, read_entry(self->t.fd, entry_at(self->t.fd, LVA)));
	EXPECT_EQ(SIGBUS, touch_write(self->t.p, 1));
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
	struct storm s = { .fd = self->t.fd, .p = self->t.p };
	size_t i;

	for (i = 0; i < NR_PAGES; i++)
		ASSERT_EQ(0, touch_write(self->t.p + i * self->t.page, 1));
	s.first_entry = entry_at(self->t.fd, LVA);
	ASSERT_NE(0, s.first_entry);
	EXPECT_EQ(0, run_child(entries_change_under_threads, &s));
}

TEST_HARNESS_MAIN
