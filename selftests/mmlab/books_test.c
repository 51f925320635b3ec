// SPDX-License-Identifier: GPL-2.0
/*
 * The numbers that textbooks and courses print for page replacement, on the lab machine:
 * a lab process with so many frames and one host entry stores to these pages, and its
 * page faults are counted. The module is loaded anew; afterwards it has its default
 * parameters.
 *
 * OPT runs for real, too: MRU takes the page that was touched last, so the test touches
 * the page that OPT would take before a reference that will fault.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "harness.h"

#include "../../module/test/books.h"
#include "guard.h"
#include "lab.h"
#include "pidfile.h"
#include "pressure.h"
#include "procfile.h"
#include "touch.h"

#define LVA		0x40000000UL
#define RW		(PROT_READ | PROT_WRITE)
#define MAX_PAGES	128
#define NO_PAGE		(-1)

/**
 * struct machine - a lab process that plays a string
 * @fd: the process
 * @p: its window
 * @is_opt: it has to be told which page OPT takes
 * @nr_frames: its limit
 * @in: is the page in a frame? For OPT
 * @wanted: the reference that wants the page next. For OPT
 */
struct machine {
	int fd;
	unsigned char *p;
	bool is_opt;
	int nr_frames, nr_in;
	bool in[MAX_PAGES];
	int wanted[MAX_PAGES];
};

static int begin(struct machine *m, const char *policy, int nr_frames)
{
	*m = (struct machine){ .nr_frames = nr_frames, .is_opt = !strcmp(policy, "opt") };
	m->fd = lab_open(O_RDWR);
	if (m->fd < 0)
		return m->fd;
	m->p = lab_map(m->fd, LVA, MAX_PAGES * page_size(), RW);
	if (!m->p)
		return -errno;
	return choose_own(m->fd, m->is_opt ? "mru" : policy) ?:
	       (set_limit(m->fd, nr_frames) < 0 || set_tlb(m->fd, 1) < 0 ? -EIO : 0);
}

static void end(struct machine *m)
{
	munmap(m->p, MAX_PAGES * page_size());
	close(m->fd);
}

static int store(struct machine *m, int page)
{
	return touch_write(m->p + page * page_size(), 1);
}

/* The page that is wanted last, or not at all. */
static int farthest(const struct machine *m)
{
	int page, best = NO_PAGE;

	for (page = 0; page < MAX_PAGES; page++)
		if (m->in[page] && (best == NO_PAGE || m->wanted[page] > m->wanted[best]))
			best = page;
	return best;
}

/* @next: the reference that wants this page again. */
static int step(struct machine *m, int page, int next)
{
	int sig = 0;

	if (m->is_opt && !m->in[page] && m->nr_in == m->nr_frames) {
		int victim = farthest(m);

		sig = store(m, victim);
		m->in[victim] = false;
		m->nr_in--;
	}
	if (m->is_opt && !m->in[page]) {
		m->in[page] = true;
		m->nr_in++;
	}
	m->wanted[page] = next;
	return sig ?: store(m, page);
}

static void look_ahead(const unsigned char *string, int nr, int *next)
{
	int last[256], i;

	for (i = 0; i < 256; i++)
		last[i] = nr;
	for (i = nr - 1; i >= 0; i--) {
		next[i] = last[string[i]];
		last[string[i]] = i;
	}
}

/* Faults from reference @from on; -1: a signal, or the policy is not there. */
static long play(const char *policy, const unsigned char *string, int nr, int from,
		 int nr_frames)
{
	int *next = calloc(nr, sizeof(*next));
	long before = 0, faults = -1;
	struct machine m;
	int i = 0;

	look_ahead(string, nr, next);
	if (!begin(&m, policy, nr_frames)) {
		for (; i < nr; i++) {
			if (i == from)
				before = pid_faults(m.fd);
			if (step(&m, string[i], next[i]))
				break;
		}
		faults = pid_faults(m.fd) - before;
	}
	end(&m);
	free(next);
	return i == nr ? faults : -1;
}

/* ---- strings that are printed ---- */

/* "7012": digits and small letters are pages */
static int parse(const char *text, unsigned char *string)
{
	int nr;

	for (nr = 0; text[nr]; nr++)
		string[nr] = text[nr] < 'a' ? text[nr] - '0' : text[nr] - 'a';
	return nr;
}

FIXTURE(books) {
	struct guard guard;
	int fd;
	uint32_t type;
};

FIXTURE_SETUP(books)
{
	lab_unload();
	ASSERT_EQ(0, lab_load("mem=4"));
	GUARD_BEGIN(&self->guard);
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, swap_on(self->fd, 0, &self->type));
}

FIXTURE_TEARDOWN(books)
{
	EXPECT_FINE(check_lab(self->fd));
	close(self->fd);
	EXPECT_FINE(swap_end(self->type));
	GUARD_END(&self->guard);
	lab_unload();
	EXPECT_EQ(0, lab_load(""));
}

TEST_F(books, rows)
{
	unsigned char string[64];
	size_t i;
	int f;

	for (i = 0; i < ARRAY_LEN(book_rows); i++) {
		const struct book_row *row = &book_rows[i];
		int nr = parse(row->string, string);

		for (f = 0; row->faults[f]; f++)
			EXPECT_EQ(row->faults[f],
				  play(row->policy, string, nr, 0, row->frames + f)) {
				TH_LOG("%s: %s, %d frames", row->source, row->policy,
				       row->frames + f);
			}
	}
}

/* The course prints the sum after each reference from the fourth on. */
TEST_F(books, running_sum)
{
	static const int sums[] = { 4, 4, 4, 4, 5, 5, 6, 7, 8, 9, 10, 11 };
	static const char text[] = "abcdcadbebabcdea";
	unsigned char string[64];
	int nr = parse(text, string), i;
	struct machine m;

	ASSERT_EQ(0, begin(&m, "fifo", 4));
	for (i = 0; i < nr; i++) {
		ASSERT_EQ(0, step(&m, string[i], 0));
		if (i >= 4)
			EXPECT_EQ(sums[i - 4], pid_faults(m.fd));
	}
	end(&m);
}

/* OSTEP's loop of one page more than frames: the worst for FIFO and LRU, not for MRU. */
TEST_F(books, loop)
{
	static const struct {
		const char *policy;
		int faults[2];	/* with 49 and with 50 frames */
	} loops[] = {
		{ "fifo", { 500, 50 } }, { "lru", { 500, 50 } },
		{ "mru", { 59, 50 } }, { "opt", { 59, 50 } },
	};
	unsigned char string[500];
	size_t i;

	for (i = 0; i < sizeof(string); i++)
		string[i] = i % 50;
	for (i = 0; i < ARRAY_LEN(loops); i++) {
		EXPECT_EQ(loops[i].faults[0], play(loops[i].policy, string, 500, 0, 49));
		EXPECT_EQ(loops[i].faults[1], play(loops[i].policy, string, 500, 0, 50));
	}
}

/*
 * Tanenbaum's exercise on aging: R bits of four pages at eight ticks give the counters
 * 01101110, 01001001, 00110111 and 10001011. They are not to be seen, but their order is:
 * page 2 goes first, then 1 and 0, and 3 is the last one.
 */
TEST_F(books, aging)
{
	static const char *const bits[] = {
		"0111", "1011", "1010", "1101", "0010", "1010", "1100", "0001",
	};
	static const int order[] = { 2, 1, 0, 3 };
	struct mmlab_policy tick = { .flags = MMLAB_POLICY_OWN | MMLAB_POLICY_TICK };
	struct machine m;
	size_t i;
	int page;

	ASSERT_EQ(0, begin(&m, "nfu", 4));
	for (page = 0; page < 4; page++)
		ASSERT_EQ(0, step(&m, page, 0));
	/* what was before is shifted out */
	for (i = 0; i < 9; i++) {
		memset(tick.name, 0, sizeof(tick.name));
		ASSERT_EQ(0, lab_ioctl(m.fd, MMLAB_POLICY, &tick));
	}
	for (i = 0; i < ARRAY_LEN(bits); i++) {
		for (page = 0; page < 4; page++)
			if (bits[i][page] == '1')
				ASSERT_EQ(0, step(&m, page, 0));
		memset(tick.name, 0, sizeof(tick.name));
		ASSERT_EQ(0, lab_ioctl(m.fd, MMLAB_POLICY, &tick));
	}
	for (i = 0; i < ARRAY_LEN(order); i++) {
		EXPECT_NE(0, pagemap_of(m.fd, LVA + order[i] * page_size()) & PM_PRESENT);
		ASSERT_EQ(0, step(&m, 10 + i, 0));
		EXPECT_EQ(0, pagemap_of(m.fd, LVA + order[i] * page_size()) & PM_PRESENT) {
			TH_LOG("page %d is no victim", order[i]);
		}
		/* else the page that came would have counted nothing yet */
		memset(tick.name, 0, sizeof(tick.name));
		ASSERT_EQ(0, lab_ioctl(m.fd, MMLAB_POLICY, &tick));
	}
	end(&m);
}

/* ---- chance ---- */

#define NR_WARM		1000	/* all pages were touched by then */
#define NR_REFS		10000
#define SEED		20261130

static uint64_t draw(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1dULL >> 32;
}

static int below(uint64_t *state, int limit)
{
	return draw(state) * limit >> 32;
}

/* Three standard deviations of so few references are 15 per thousand. */
#define TOLERANCE	15

static unsigned char random_string[NR_WARM + NR_REFS];

/* Return: how many rates are wrong */
static int check_rates(const struct book_rate *rates, size_t nr)
{
	int f, wrong = 0;
	size_t i;

	for (i = 0; i < nr; i++) {
		for (f = 0; f < 4; f++) {
			long faults = play(rates[i].policy, random_string,
					   sizeof(random_string), NR_WARM, 20 + 20 * f);
			long hits = (NR_REFS - faults) / (NR_REFS / 1000);

			if (faults >= 0 && labs(hits - rates[i].hits[f]) <= TOLERANCE)
				continue;
			printf("# %s, %d frames, seed %d: %ld hits per thousand, not %d\n",
			       rates[i].policy, 20 + 20 * f, SEED, hits, rates[i].hits[f]);
			wrong++;
		}
	}
	return wrong;
}

TEST_F_TIMEOUT(books, any_page_as_often_as_another, 120)
{
	uint64_t state = SEED;
	size_t i;

	for (i = 0; i < sizeof(random_string); i++)
		random_string[i] = below(&state, 100);
	EXPECT_EQ(0, check_rates(book_uniform, ARRAY_LEN(book_uniform)));
}

TEST_F_TIMEOUT(books, most_references_to_a_fifth_of_the_pages, 120)
{
	uint64_t state = SEED;
	size_t i;

	for (i = 0; i < sizeof(random_string); i++)
		random_string[i] = below(&state, 5) ? below(&state, 20) :
						      20 + below(&state, 80);
	EXPECT_EQ(0, check_rates(book_skewed, ARRAY_LEN(book_skewed)));
}

/* ---- more frames ---- */

#define NR_SETS		7
#define STRING_LEN	60

/* A page that is in a frame with so few frames is in one with one more. */
static int count_outside(struct machine *sets, int nr_pages)
{
	int f, page, nr = 0;
	bool fewer, more;

	for (page = 0; page < nr_pages; page++) {
		fewer = false;
		for (f = 0; f < NR_SETS; f++) {
			more = pagemap_of(sets[f].fd, LVA + page * page_size()) & PM_PRESENT;
			nr += fewer && !more;
			fewer = more;
		}
	}
	return nr;
}

static int play_sets(const char *policy, const unsigned char *string, int nr, int nr_pages,
		     unsigned long long *faults)
{
	struct machine sets[NR_SETS];
	int next[STRING_LEN], f, i, nr_outside = 0, err = 0;

	look_ahead(string, nr, next);
	for (f = 0; f < NR_SETS; f++)
		err |= begin(&sets[f], policy, f + 1);
	for (i = 0; i < nr && !err; i++) {
		for (f = 0; f < NR_SETS; f++)
			err |= step(&sets[f], string[i], next[i]);
		nr_outside += count_outside(sets, nr_pages);
	}
	for (f = 0; f < NR_SETS; f++) {
		faults[f] = pid_faults(sets[f].fd);
		end(&sets[f]);
	}
	return err ? -1 : nr_outside;
}

/* So their faults never grow with more frames, and none has fewer than OPT. */
TEST_F_TIMEOUT(books, inclusion_of_lru_and_opt, 60)
{
	unsigned long long lru[NR_SETS], opt[NR_SETS];
	unsigned char string[STRING_LEN];
	uint64_t state = SEED;
	int round, i, nr_pages;

	TH_LOG("seed %d", SEED);
	for (round = 0; round < 6; round++) {
		nr_pages = 3 + below(&state, NR_SETS);
		for (i = 0; i < STRING_LEN; i++)
			string[i] = below(&state, nr_pages);
		ASSERT_EQ(0, play_sets("lru", string, STRING_LEN, nr_pages, lru));
		ASSERT_EQ(0, play_sets("opt", string, STRING_LEN, nr_pages, opt));
		for (i = 0; i < NR_SETS; i++) {
			EXPECT_LE(opt[i], lru[i]);
			if (i) {
				EXPECT_LE(lru[i], lru[i - 1]);
				EXPECT_LE(opt[i], opt[i - 1]);
			}
		}
	}
}

/* Belady's anomaly: FIFO has no such property, and pays for it. */
TEST_F(books, fifo_includes_nothing)
{
	unsigned long long faults[NR_SETS];
	unsigned char string[64];
	int nr = parse("123412512345", string);

	EXPECT_LT(0, play_sets("fifo", string, nr, 6, faults));
	EXPECT_EQ(9, faults[2]);
	EXPECT_EQ(10, faults[3]);
}

TEST_HARNESS_MAIN
