// SPDX-License-Identifier: GPL-2.0
/*
 * Touches: pages that are supplied, touches that end in SIGBUS, and the page-table
 * entries after both.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>
#include <time.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "touch.h"

#define LVA		0x40000000UL
#define RW		(PROT_READ | PROT_WRITE)
#define NR_PAGES	64

FIXTURE(fault) {
	struct guard guard;
	int fd;
	size_t page, len;
	unsigned char *window;		/* NR_PAGES pages at LVA */
};

FIXTURE_SETUP(fault)
{
	GUARD_BEGIN(&self->guard);
	self->page = page_size();
	self->len = NR_PAGES * self->page;
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	self->window = lab_map(self->fd, LVA, self->len, RW);
	ASSERT_NE(NULL, self->window);
}

FIXTURE_TEARDOWN(fault)
{
	munmap(self->window, self->len);
	close(self->fd);
	GUARD_END(&self->guard);
}

static long minor_faults(void)
{
	struct rusage usage;

	return getrusage(RUSAGE_SELF, &usage) ? -errno : usage.ru_minflt;
}

static long anon_more(const struct guard *g)
{
	return lab_vmstat("nr_anon_pages") - g->before.anon;
}

TEST_F(fault, exactly_what_is_touched)
{
	static const int touched[] = { 0, 1, 2, 31, 32, 62, 63 };
	long faults = lab_vmstat("pgfault");
	struct mmlab_translation t;
	unsigned char value;
	size_t i, k;

	EXPECT_EQ(0, anon_more(&self->guard));
	for (i = 0; i < ARRAY_LEN(touched); i++) {
		unsigned char *p = self->window + touched[i] * self->page;

		if (i % 2) {
			ASSERT_EQ(0, touch_read(p + 17, &value));
			EXPECT_EQ(0, value);
		} else {
			ASSERT_EQ(0, touch_write(p + 17, i + 1));
		}
		EXPECT_EQ(i + 1, anon_more(&self->guard));
	}
	EXPECT_EQ(ARRAY_LEN(touched), lab_vmstat("pgfault") - faults);
	for (i = 0, k = 0; i < NR_PAGES; i++) {
		bool expected = k < ARRAY_LEN(touched) && i == touched[k];

		ASSERT_EQ(0, lab_translate(self->fd, LVA + i * self->page, &t));
		EXPECT_EQ(expected ? MMLAB_STEP_OK : MMLAB_STEP_NO_PAGE, t.step);
		k += expected;
	}
}

TEST_F(fault, second_touch_is_free)
{
	long faults;

	self->window[0] = 1;
	faults = lab_vmstat("pgfault");
	self->window[1] = 2;
	self->window[self->page - 1] = self->window[0];
	EXPECT_EQ(faults, lab_vmstat("pgfault"));
}

/* Another window on it has PTEs of its own, but the frame is the same. */
TEST_F(fault, second_window_shares_the_frame)
{
	unsigned char *second = lab_map(self->fd, LVA, self->page, RW);
	long faults = lab_vmstat("pgfault");
	struct mmlab_translation t;

	ASSERT_NE(NULL, second);
	self->window[9] = 9;
	EXPECT_EQ(9, second[9]);
	EXPECT_EQ(2, lab_vmstat("pgfault") - faults);
	EXPECT_EQ(1, anon_more(&self->guard));
	ASSERT_EQ(0, lab_translate(self->fd, LVA, &t));
	EXPECT_EQ(1, t.mapcount);
	munmap(second, self->page);
}

static uint32_t accessed_dirty(int fd, uint32_t lva)
{
	struct mmlab_translation t;

	if (lab_translate(fd, lva, &t) || t.step != MMLAB_STEP_OK)
		return ~0U;
	return t.pte & (MMLAB_PTE_ACCESSED | MMLAB_PTE_DIRTY);
}

TEST_F(fault, dirty_bit_is_true)
{
	const uint32_t both = MMLAB_PTE_ACCESSED | MMLAB_PTE_DIRTY;
	volatile unsigned char *p = self->window;
	unsigned char *reader;
	char byte;

	(void)*p;
	EXPECT_EQ(MMLAB_PTE_ACCESSED, accessed_dirty(self->fd, LVA));
	(void)*p;
	EXPECT_EQ(MMLAB_PTE_ACCESSED, accessed_dirty(self->fd, LVA));
	*p = 1;		/* through the host PTE that the read left */
	EXPECT_EQ(both, accessed_dirty(self->fd, LVA));
	(void)*p;
	EXPECT_EQ(both, accessed_dirty(self->fd, LVA));

	p[self->page] = 1;
	EXPECT_EQ(both, accessed_dirty(self->fd, LVA + self->page));

	/* no translate between the read and the store */
	(void)p[2 * self->page];
	p[2 * self->page] = 1;
	EXPECT_EQ(both, accessed_dirty(self->fd, LVA + 2 * self->page));

	/* the store, then the window goes away before anybody looks */
	reader = lab_map(self->fd, LVA + 3 * self->page, self->page, RW);
	ASSERT_NE(NULL, reader);
	(void)*(volatile unsigned char *)reader;
	*(volatile unsigned char *)reader = 1;
	munmap(reader, self->page);
	EXPECT_EQ(both, accessed_dirty(self->fd, LVA + 3 * self->page));

	/* reading by pread supplies nothing, writing does */
	EXPECT_EQ(1, pread(self->fd, &byte, 1, LVA + 4 * self->page));
	EXPECT_EQ(~0U, accessed_dirty(self->fd, LVA + 4 * self->page));
	EXPECT_EQ(1, pwrite(self->fd, &byte, 1, LVA + 4 * self->page));
	EXPECT_EQ(both, accessed_dirty(self->fd, LVA + 4 * self->page));
}

/* A store is one fault of the host and of the lab, whether or not a page is there. */
TEST_F(fault, stores_are_one_fault)
{
	unsigned char *second = lab_map(self->fd, LVA, self->len, RW);
	long faults, host, i;

	ASSERT_NE(NULL, second);
	self->window[0] = 1;	/* page tables */
	second[0] = 1;
	faults = lab_vmstat("pgfault");
	host = minor_faults();
	for (i = 1; i < 9; i++)
		*(volatile unsigned char *)(self->window + i * self->page) = i;
	for (i = 1; i < 9; i++)
		*(volatile unsigned char *)(second + i * self->page) += i;
	/* the second window loads first, and then stores */
	EXPECT_EQ(faults + 24, lab_vmstat("pgfault"));
	EXPECT_EQ(host + 24, minor_faults());
	for (i = 1; i < 9; i++)
		EXPECT_EQ(2 * i, self->window[i * self->page]);
	EXPECT_EQ(host + 24, minor_faults());
	munmap(second, self->len);
}

/* A window that only reads never makes a page dirty. */
TEST_F(fault, readers_leave_pages_clean)
{
	volatile unsigned char *reader;

	reader = lab_map(self->fd, LVA + 7 * self->page, self->page, PROT_READ);
	ASSERT_NE(NULL, reader);
	(void)*reader;
	munmap((void *)reader, self->page);
	EXPECT_EQ(MMLAB_PTE_ACCESSED,
		  accessed_dirty(self->fd, LVA + 7 * self->page));
}

/* The host's notes about a frame do not pass to its next owner. */
TEST_F(fault, recycled_frames_are_clean)
{
	int i;

	memset(self->window, 1, 8 * self->page);
	ASSERT_LE(8, lab_munmap(self->fd, LVA, 8 * self->page));
	munmap(self->window, self->len);
	self->window = lab_map(self->fd, LVA, self->len, RW);
	ASSERT_NE(NULL, self->window);
	for (i = 0; i < 8; i++) {
		EXPECT_EQ(0, *(volatile unsigned char *)
			  (self->window + i * self->page));
		EXPECT_EQ(MMLAB_PTE_ACCESSED,
			  accessed_dirty(self->fd, LVA + i * self->page));
	}
}

TEST_F(fault, unmapped_while_the_window_is_open)
{
	long refused = lab_vmstat("pgfault_sigbus");
	unsigned char value;
	int i;

	for (i = 0; i < 8; i++)
		self->window[i * self->page] = i + 1;
	EXPECT_EQ(2, lab_munmap(self->fd, LVA + 3 * self->page, 2 * self->page));
	EXPECT_EQ(6, anon_more(&self->guard));
	EXPECT_EQ(SIGBUS, touch_read(self->window + 3 * self->page, &value));
	EXPECT_EQ(SIGBUS, touch_write(self->window + 4 * self->page, 1));
	EXPECT_EQ(2, lab_vmstat("pgfault_sigbus") - refused);
	EXPECT_EQ(3, self->window[2 * self->page]);
	EXPECT_EQ(6, self->window[5 * self->page]);
	/* never touched, and now gone */
	EXPECT_EQ(0, lab_munmap(self->fd, LVA + 20 * self->page, self->page));
	EXPECT_EQ(SIGBUS, touch_read(self->window + 20 * self->page, &value));
	/* all of it */
	EXPECT_LE(6, lab_munmap(self->fd, LVA, self->len));
	EXPECT_EQ(SIGBUS, touch_read(self->window, &value));
	EXPECT_EQ(SIGBUS, touch_write(self->window + self->len - 1, 1));
	EXPECT_EQ(0, anon_more(&self->guard));
	EXPECT_EQ(self->guard.before.tables + 1,
		  lab_vmstat("nr_page_table_pages"));	/* the directory */
}

/* An old window shows the region that is made there later. */
TEST_F(fault, old_window_on_a_new_region)
{
	unsigned char *reader, value;

	self->window[0] = 77;
	ASSERT_LE(1, lab_munmap(self->fd, LVA, self->len));
	reader = lab_map(self->fd, LVA, self->page, PROT_READ);
	ASSERT_NE(NULL, reader);
	EXPECT_EQ(0, reader[0]);
	/*
	 * The old window may write, the region may not be written: whether or
	 * not the window can still read, a store must never arrive.
	 */
	value = 0;
	touch_read(self->window, &value);
	EXPECT_EQ(0, value);
	EXPECT_EQ(SIGBUS, touch_write(self->window, 1));
	EXPECT_EQ(0, reader[0]);
	EXPECT_EQ(SIGBUS, touch_read(self->window + self->page, &value));
	munmap(reader, self->page);
}

/* The same, with the page not yet there when the write comes. */
TEST_F(fault, write_first_to_a_read_only_region)
{
	unsigned char *reader;

	ASSERT_EQ(0, lab_munmap(self->fd, LVA, self->len));
	reader = lab_map(self->fd, LVA, self->page, PROT_READ);
	ASSERT_NE(NULL, reader);
	EXPECT_EQ(SIGBUS, touch_write(self->window, 1));
	EXPECT_EQ(0, anon_more(&self->guard));
	EXPECT_EQ(0, reader[0]);
	munmap(reader, self->page);
}

static void *sigbus_address;
static int sigbus_code;
static sigjmp_buf sigbus_env;

static void on_sigbus(int sig, siginfo_t *info, void *context)
{
	sigbus_address = info->si_addr;
	sigbus_code = info->si_code;
	siglongjmp(sigbus_env, 1);
}

TEST_F(fault, sigbus_names_the_address)
{
	struct sigaction action = { .sa_sigaction = on_sigbus,
				    .sa_flags = SA_SIGINFO };

	ASSERT_EQ(0, lab_munmap(self->fd, LVA, self->len));
	sigaction(SIGBUS, &action, NULL);
	if (!sigsetjmp(sigbus_env, 1))
		*(volatile unsigned char *)(self->window + 5000) = 1;
	EXPECT_EQ(self->window + 5000, sigbus_address);
	EXPECT_EQ(BUS_ADRERR, sigbus_code);
	signal(SIGBUS, SIG_DFL);
}

/* System calls that meet a hole in a window say EFAULT. */
TEST_F(fault, system_calls_on_holes)
{
	int pipes[2];

	ASSERT_EQ(0, pipe(pipes));
	ASSERT_EQ(0, lab_munmap(self->fd, LVA, self->page));
	EXPECT_EQ(-1, write(pipes[1], self->window, 10));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(10, write(pipes[1], self->window + self->page, 10));
	EXPECT_EQ(-1, read(pipes[0], self->window, 10));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, pread(self->fd, self->window, 10, LVA + 2 * self->page));
	EXPECT_EQ(EFAULT, errno);
	close(pipes[0]);
	close(pipes[1]);
}

TEST_F(fault, mprotect_a_part)
{
	unsigned char *middle = self->window + 10 * self->page;
	unsigned char value;

	middle[0] = 5;
	ASSERT_EQ(0, mprotect(middle, 2 * self->page, PROT_READ));
	EXPECT_EQ(SIGSEGV, touch_write(middle, 1));
	EXPECT_EQ(SIGSEGV, touch_write(middle + self->page, 1));
	EXPECT_EQ(0, touch_read(middle, &value));
	EXPECT_EQ(5, value);
	EXPECT_EQ(0, touch_write(middle - 1, 1));
	EXPECT_EQ(0, touch_write(middle + 2 * self->page, 1));
	ASSERT_EQ(0, mprotect(middle, self->page, PROT_NONE));
	EXPECT_EQ(SIGSEGV, touch_read(middle, &value));
	ASSERT_EQ(0, mprotect(middle, 2 * self->page, RW));
	EXPECT_EQ(0, touch_write(middle, 6));
	EXPECT_EQ(6, middle[0]);
}

TEST_F(fault, arena_exhausted)
{
	struct mmlab_info info;
	unsigned char *big;
	size_t len, n;
	int sig;

	ASSERT_EQ(0, lab_info(self->fd, &info));
	len = 2 * info.nr_frames * self->page;
	big = lab_map(self->fd, 0x50000000, len, RW);
	ASSERT_NE(NULL, big);
	n = touch_pages(big, 2 * info.nr_frames, 0xaa, &sig);
	EXPECT_EQ(SIGBUS, sig);
	EXPECT_LT(info.nr_frames / 4 * 3, n);
	EXPECT_GT(info.nr_frames, n);
	EXPECT_EQ(n, anon_more(&self->guard));
	/* pages that are there can still be used, and loads of others fail as well */
	EXPECT_EQ(0xaa, big[(n - 1) * self->page]);
	EXPECT_EQ(0, touch_write(big, 1));
	EXPECT_EQ(SIGBUS, touch_read(big + n * self->page, big));
	/* with something given back it goes on where it stopped */
	EXPECT_EQ(16, lab_munmap(self->fd, 0x50000000, 16 * self->page));
	EXPECT_EQ(0, touch_write(big + n * self->page, 1));
	munmap(big, len);
}

struct toucher {
	pthread_barrier_t *start;
	unsigned char *p;
	size_t page;
	int nr;
};

#define NR_ROUNDS	NR_PAGES

static void *touch_in_step(void *arg)
{
	struct toucher *t = arg;
	int i;

	for (i = 0; i < NR_ROUNDS; i++) {
		pthread_barrier_wait(t->start);
		t->p[i * t->page + t->nr] = t->nr + 1;
	}
	return NULL;
}

TEST_F(fault, threads_touch_the_same_page)
{
	struct toucher touchers[4];
	pthread_barrier_t start;
	pthread_t threads[4];
	int i, k;

	pthread_barrier_init(&start, NULL, ARRAY_LEN(threads));
	for (k = 0; k < ARRAY_LEN(threads); k++) {
		touchers[k] = (struct toucher){ &start, self->window,
						self->page, k };
		ASSERT_EQ(0, pthread_create(&threads[k], NULL, touch_in_step,
					    &touchers[k]));
	}
	for (k = 0; k < ARRAY_LEN(threads); k++)
		pthread_join(threads[k], NULL);
	EXPECT_EQ(NR_ROUNDS, anon_more(&self->guard));
	for (i = 0; i < NR_ROUNDS; i++)
		for (k = 0; k < ARRAY_LEN(threads); k++)
			EXPECT_EQ(k + 1, self->window[i * self->page + k]);
	pthread_barrier_destroy(&start);
}

struct racer {
	int fd;
	unsigned char *window;
	size_t len;
	time_t until;
	bool unmap;
	const char *wrong;
};

/* System calls touch the window, so that SIGBUS is an EFAULT. */
static void *race(void *arg)
{
	struct racer *r = arg;
	int pipes[2];

	if (pipe(pipes))
		r->wrong = "no pipe";
	while (!r->wrong && time(NULL) < r->until) {
		unsigned char *p = r->window + rand() % r->len;
		unsigned char *again;

		if (r->unmap) {
			lab_munmap(r->fd, LVA, r->len);
			again = lab_map(r->fd, LVA, r->len, RW);
			if (!again)
				r->wrong = "mapping again failed";
			else
				munmap(again, r->len);
		} else if (write(pipes[1], p, 1) == 1) {
			if (read(pipes[0], p, 1) != 1 &&
			    (errno != EFAULT || read(pipes[0], &p, 1) != 1))
				r->wrong = "a read into the window failed";
		} else if (errno != EFAULT) {
			r->wrong = "a write from the window failed";
		}
	}
	close(pipes[0]);
	close(pipes[1]);
	return NULL;
}

TEST_F(fault, unmapping_races_with_touching)
{
	struct racer racers[4];
	pthread_t threads[4];
	int i;

	for (i = 0; i < ARRAY_LEN(threads); i++) {
		racers[i] = (struct racer){ self->fd, self->window, self->len,
					    time(NULL) + 2, i == 0, NULL };
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, race, &racers[i]));
	}
	for (i = 0; i < ARRAY_LEN(threads); i++) {
		pthread_join(threads[i], NULL);
		EXPECT_TRUE(!racers[i].wrong)
			TH_LOG("%s", racers[i].wrong);
	}
}

TEST_HARNESS_MAIN
