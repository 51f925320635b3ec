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
#include "pressure.h"
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

static int set_up(SELF *self)
{
	if (lab_require())
		return -1;
	self->page = page_size();
	self->fd = lab_open(O_RDWR);
	self->p = lab_map(self->fd, LVA, NR_PAGES * self->page, RW);
	return self->fd >= 0 && self->p ? pipe2(self->pipes, O_CLOEXEC) : -1;
}

static int tear_down(SELF *self)
{
	munmap(self->p, NR_PAGES * self->page);
	close(self->pipes[0]);
	close(self->pipes[1]);
	close(self->fd);
	return lab_unload();
}

FIXTURE_SETUP(tables)
{
	ASSERT_EQ(0, set_up(self));
}

FIXTURE_TEARDOWN(tables)
{
	EXPECT_EQ(0, tear_down(self));
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

/* Without the right to store, it must not become the entry of an untouched page. */
TEST_F(tables, mprotect_leaves_a_wrong_entry_of_frame_0_wrong)
{
	unsigned char value;

	ASSERT_EQ(0, touch_write(self->p, 'a'));
	/* present, writable, user, accessed */
	ASSERT_EQ(0, write_entry(self->fd, entry_at(self->fd, LVA), 0x27));
	ASSERT_EQ(0, lab_mprotect(self->fd, LVA, NR_PAGES * self->page, PROT_READ));
	EXPECT_EQ(0x27, read_entry(self->fd, entry_at(self->fd, LVA)));
	EXPECT_EQ(SIGBUS, touch_read(self->p, &value));
	ASSERT_EQ(0, lab_mprotect(self->fd, LVA, NR_PAGES * self->page, RW));
	EXPECT_EQ(0x27, read_entry(self->fd, entry_at(self->fd, LVA)));
	EXPECT_EQ(SIGBUS, touch_write(self->p, 1));
}

/* ---- what check says of each rule ---- */

#define PRESENT		1U
#define WRITABLE	2U
#define ACCESSED	32U
#define MAX_WORDS	2

/*
 * A word of lab memory that is wrong for as long as check looks, and what it must say:
 * the first rule that is broken, where, and how many are in all.
 */
struct spoilt {
	const char *part, *rule;
	uint64_t at, where, want, got;
	uint32_t word;
	unsigned int nr;
};

static const char *check_says(int fd, const struct spoilt *s)
{
	uint32_t before = read_entry(fd, s->at);
	static char text[8192];
	char wanted[256];
	bool broken;

	snprintf(wanted, sizeof(wanted),
		 "\n%s: %u broken, first: \"%s\" at 0x%llx, expected 0x%llx, found 0x%llx\n",
		 s->part, s->nr, s->rule, (long long)s->where, (long long)s->want,
		 (long long)s->got);
	if (write_entry(fd, s->at, s->word))
		return "the word can't be written";
	broken = read_whole("check", text, sizeof(text)) > 0 && strstr(text, wanted) &&
		 strstr(text, "\nBROKEN: ") && strstr(strstr(text, "\nBROKEN: "), s->rule);
	if (write_entry(fd, s->at, before))
		return "the word can't be written back";
	return broken ? NULL : format_error("not there: %s in:\n%s", wanted + 1, text);
}

/* The frame and the entry of a page. */
static uint32_t frame_at(int fd, uint32_t lva)
{
	struct mmlab_translation t;

	return lab_translate(fd, lva, &t) ? 0 : t.pfn;
}

static uint32_t word_at(int fd, uint32_t lva)
{
	return read_entry(fd, entry_at(fd, lva));
}

static uint64_t directory_entry_at(int fd, uint32_t lva)
{
	struct mmlab_translation t;

	if (lab_translate(fd, lva, &t))
		return 0;
	return (uint64_t)t.pgd_pfn * page_size() + t.pgd_index * sizeof(uint32_t);
}

static uint32_t word_of(const SELF *self, uint32_t pfn, uint32_t flags)
{
	return pfn * self->page | flags;
}

/* Three pages that were stored to, in a region of NR_PAGES; one in another table, read only. */
TEST_F_TIMEOUT(tables, check_finds_each_wrong_entry, 60)
{
	uint32_t apart = LVA + (64U << 20), flags, pid;
	struct mmlab_translation t;
	struct mmlab_block block;
	struct mmlab_info info;
	unsigned char value, *q;
	int other = lab_open(O_RDWR);
	size_t i;

	ASSERT_LE(0, other);
	ASSERT_EQ(0, lab_info(self->fd, &info));
	pid = info.lab_pid;
	for (i = 0; i < 3; i++)
		ASSERT_EQ(0, touch_write(self->p + i * self->page, 'a'));
	ASSERT_EQ(0, lab_region_at(self->fd, apart, self->page, PROT_READ));
	ASSERT_EQ(1, pread(self->fd, &value, 1, apart));
	q = lab_map(self->fd, apart, self->page, PROT_READ);
	ASSERT_NE(NULL, q);
	ASSERT_EQ(0, lab_region_at(other, LVA, self->page, RW));
	ASSERT_EQ(1, pwrite(other, "b", 1, LVA));
	ASSERT_EQ(0, lab_alloc(self->fd, 0, MMLAB_ZONE_NORMAL, &block));
	ASSERT_EQ(0, lab_translate(self->fd, LVA, &t));
	flags = t.pte & (self->page - 1);
	{
		const struct spoilt list[] = {
			{ "processes", "an entry has its VMA's right to write",
			  entry_at(self->fd, LVA), LVA, 1, 0, t.pte & ~WRITABLE, 1 },
			/* empty, though counted in table, process and region */
			{ "processes", "a page table counts its entries",
			  entry_at(self->fd, LVA + self->page), LVA, 3, 2, 0, 2 },
			{ "processes", "an entry maps a frame of the arena",
			  entry_at(self->fd, LVA), LVA, 1, 0,
			  word_of(self, info.nr_frames, flags), 1 },
			/* its own block: that is not mapped, so nothing is counted in it */
			{ "processes", "a mapped frame is used for what it is mapped for",
			  entry_at(self->fd, LVA + self->page), LVA + self->page, 2, 1,
			  word_of(self, block.phys / self->page, flags), 3 },
			{ "processes", "a mapped frame belongs to who maps it",
			  entry_at(self->fd, LVA), LVA, pid, pid + 1,
			  word_of(self, frame_at(other, LVA), flags), 1 },
			/* a page that is mapped here once more */
			{ "processes", "a page table counts its entries",
			  entry_at(self->fd, LVA + 3 * self->page), LVA, 3, 4, t.pte, 2 },
			/* in no region: the table is that of the first pages */
			{ "processes", "a page table counts its entries",
			  entry_at(self->fd, LVA + 2 * NR_PAGES * self->page), LVA, 3, 4, t.pte,
			  3 },
			{ "processes", "a page table is a frame of the arena",
			  directory_entry_at(self->fd, LVA), LVA, 1, 0,
			  word_of(self, info.nr_frames, 7), 2 },
			{ "processes", "a page table's frame is in use as one",
			  directory_entry_at(self->fd, LVA), LVA, 3, 2,
			  word_of(self, t.pfn, 7), 2 },
			{ "processes", "a page table belongs to its directory's owner",
			  directory_entry_at(self->fd, LVA), LVA, pid, pid + 1, 0, 2 },
		};
		struct spoilt one;

		for (i = 0; i < ARRAY_LEN(list); i++) {
			one = list[i];
			if (!one.word && strstr(one.rule, "directory")) {
				ASSERT_EQ(0, lab_translate(other, LVA, &t));
				one.word = t.pde;
			}
			EXPECT_FINE(check_says(self->fd, &one));
		}
	}
	munmap(q, self->page);
	close(other);
}

TEST_F(tables, check_finds_a_right_too_much)
{
	uint32_t at = LVA + (64U << 20), pte;
	struct spoilt s = { "processes", "an entry has its VMA's right to write" };
	unsigned char *q;
	int child;

	q = lab_map(self->fd, at, self->page, PROT_READ);
	ASSERT_NE(NULL, q);
	EXPECT_EQ(0, *(volatile unsigned char *)q);
	s.at = entry_at(self->fd, at);
	s.where = at;
	s.got = 1;
	s.nr = 1;
	s.word = word_at(self->fd, at) | WRITABLE;
	EXPECT_FINE(check_says(self->fd, &s));
	munmap(q, self->page);

	/* a page that is shared, and of which one side could store */
	ASSERT_EQ(0, touch_write(self->p, 1));
	child = lab_fork(self->fd);
	ASSERT_LE(0, child);
	pte = word_at(child, LVA);
	EXPECT_EQ(0, pte & WRITABLE);
	s = (struct spoilt){
		"processes", "a page that can be written to has one mapping",
		entry_at(child, LVA), LVA, 1, 2, pte | WRITABLE, 1,
	};
	EXPECT_FINE(check_says(self->fd, &s));
	close(child);
}

/* The lab kernel's own tables: the direct map, and those of areas. */
TEST_F(tables, check_finds_what_is_wrong_in_the_kernel_s_tables)
{
	struct mmlab_area area = { .size = 3 * self->page };
	struct mmlab_info info;
	struct mmlab_translation t;
	struct spoilt s;
	uint32_t span = self->page / sizeof(uint32_t) * self->page;	/* of a table */
	uint32_t lva;

	ASSERT_EQ(0, lab_info(self->fd, &info));
	lva = info.page_offset + (5U << 20) + 3 * self->page;
	ASSERT_EQ(0, lab_translate(self->fd, lva, &t));
	s = (struct spoilt){
		"direct map", "a direct-map address is its frame plus 3 GiB",
		entry_at(self->fd, lva), lva, t.pte, t.pte ^ ACCESSED, t.pte ^ ACCESSED, 1,
	};
	EXPECT_FINE(check_says(self->fd, &s));
	/* none: the table's count, that of all frames, and the address are wrong */
	s = (struct spoilt){
		"direct map", "a page table counts its entries", s.at, lva & -span,
		self->page / 4, self->page / 4 - 1, 0, 3,
	};
	EXPECT_FINE(check_says(self->fd, &s));

	ASSERT_EQ(0, lab_ioctl(self->fd, MMLAB_VMALLOC, &area));
	s = (struct spoilt){
		"vmalloc", "an area has as many frames as it counts",
		entry_at(self->fd, area.lva + self->page), area.lva, 3, 2, 0, 2,
	};
	EXPECT_FINE(check_says(self->fd, &s));
	/* a page in the guard: the table's count, and that of all areas */
	ASSERT_EQ(0, lab_translate(self->fd, area.lva, &t));
	s = (struct spoilt){
		"vmalloc", "a page table counts its entries",
		entry_at(self->fd, area.lva + 3 * self->page), area.lva & -span, 3, 4,
		t.pte, 2,
	};
	EXPECT_FINE(check_says(self->fd, &s));
}

/* Entries that name slots, and pages that should be on lists. */
TEST_F(tables, check_finds_what_is_wrong_under_pressure)
{
	struct spoilt s;
	uint32_t type, swp, at;
	struct mmlab_info info;
	size_t i;

	ASSERT_EQ(0, lab_info(self->fd, &info));
	ASSERT_EQ(0, swap_on(self->fd, 64, &type));
	for (i = 0; i < 4; i++)
		ASSERT_EQ(0, touch_write(self->p + i * self->page, 1));
	ASSERT_EQ(2, set_limit(self->fd, 2));
	at = LVA;
	swp = word_at(self->fd, at);
	ASSERT_EQ(0, swp & PRESENT);
	ASSERT_NE(0, swp);
	/* the entry is gone: the counts of the table and of the process are wrong */
	s = (struct spoilt){
		"processes", "a page table counts its entries", entry_at(self->fd, at), LVA, 4, 3,
		0, 2,
	};
	EXPECT_FINE(check_says(self->fd, &s));
	/* it is no number of a slot at all */
	s = (struct spoilt){
		"processes", "an entry that is not present names a swap slot", s.at, at, 1, 0,
		8, 3,
	};
	EXPECT_FINE(check_says(self->fd, &s));
	/* a frame that is not there is on no list */
	s = (struct spoilt){
		"processes", "an entry maps a frame of the arena",
		entry_at(self->fd, LVA + 3 * self->page), LVA + 3 * self->page, 1, 0,
		word_of(self, info.nr_frames, word_at(self->fd, LVA + 3 * self->page) &
			(self->page - 1)), 2,
	};
	EXPECT_FINE(check_says(self->fd, &s));
	ASSERT_EQ(2, set_limit(self->fd, 0));
	ASSERT_EQ(0, swap_off(self->fd, type));
}

/* User space can't write to frame 0, but the kernel can, as a faulty memory would. */
TEST_F(tables, check_finds_a_zero_page_that_is_none)
{
	static const char rule[] = "the zero page holds zeros";
	char text[8192], wanted[128];
	int err;

	ASSERT_FINE(check_now());
	err = lab_load_beside("mmlab_mem_test", "only=mem_zero_page spoil_zero_page=4095");
	if (err == -ENOENT)
		SKIP(return, "there is no mmlab_mem_test.ko");
	ASSERT_EQ(0, err);
	ASSERT_LT(0, read_whole("check", text, sizeof(text)));
	snprintf(wanted, sizeof(wanted),
		 "\nframes: 1 broken, first: \"%s\" at 0x0, expected 0x0, found 0x1\n", rule);
	EXPECT_NE(NULL, strstr(text, wanted));
	snprintf(wanted, sizeof(wanted), "\nBROKEN: %s\n", rule);
	EXPECT_NE(NULL, strstr(text, wanted));
}

/* ---- what is reported when it is met ---- */

#define BAD_SWAP	(60U << 8)	/* a slot that is not in use */

/* A place, and the wrong word that is met there. */
struct meeting {
	uint32_t lva, word;
};

/* Writes a word in the place of a page's entry, once the page is there. */
static int spoil_page(SELF *self, struct meeting *m)
{
	return touch_write(self->p, 'a') || write_entry(self->fd, entry_at(self->fd, LVA), m->word);
}

/* Frame 0 has no owner; present, writable, user, accessed, dirty. */
static int touch_foreign_frame(SELF *self, struct meeting *m)
{
	unsigned char value;

	m->word = 0x67;
	return spoil_page(self, m) || touch_read(self->p, &value) != SIGBUS;
}

static int unmap_foreign_frame(SELF *self, struct meeting *m)
{
	struct mmlab_block block;

	if (lab_alloc(self->fd, 0, MMLAB_ZONE_NORMAL, &block))
		return -1;
	m->word = word_of(self, block.phys / self->page, 0x67);
	return spoil_page(self, m) || lab_munmap(self->fd, LVA, self->page) < 0 ||
	       lab_free(self->fd, &block);
}

/* The child has no entry for it. */
static int fork_foreign_frame(SELF *self, struct meeting *m)
{
	struct mmlab_block block;
	struct mmlab_info info;
	int child;

	if (lab_info(self->fd, &info) || lab_alloc(self->fd, 0, MMLAB_ZONE_NORMAL, &block))
		return -1;
	m->word = word_of(self, block.phys / self->page, 0x67);
	if (spoil_page(self, m))
		return -1;
	child = lab_fork(self->fd);
	if (child < 0 || word_at(child, LVA))
		return -1;
	m->lva = info.lab_pid;
	m->word = 1;	/* that many */
	return close(child) || lab_free(self->fd, &block);
}

static int touch_wrong_slot(SELF *self, struct meeting *m)
{
	unsigned char value;
	uint32_t type;

	m->word = BAD_SWAP;
	return swap_on(self->fd, 64, &type) || spoil_page(self, m) ||
	       touch_read(self->p, &value) != SIGBUS;
}

static int unmap_wrong_slot(SELF *self, struct meeting *m)
{
	uint32_t type;

	m->word = BAD_SWAP;
	return swap_on(self->fd, 64, &type) || spoil_page(self, m) ||
	       lab_munmap(self->fd, LVA, self->page) < 0;
}

static int touch_through_no_table(SELF *self, struct meeting *m)
{
	struct mmlab_block block;
	unsigned char value, *p;
	int sig;

	if (lab_alloc(self->fd, 0, MMLAB_ZONE_NORMAL, &block))
		return -1;
	m->lva = 2 * LVA;
	p = lab_map(self->fd, m->lva, self->page, RW);
	m->word = word_of(self, block.phys / self->page, 7);
	if (!p || write_entry(self->fd, directory_entry_at(self->fd, m->lva), m->word))
		return -1;
	sig = touch_read(p, &value);
	munmap(p, self->page);
	return sig != SIGBUS || write_entry(self->fd, directory_entry_at(self->fd, m->lva), 0) ||
	       lab_free(self->fd, &block);
}

/* One entry names a block of the owner, and one is gone: the area reads neither. */
static int free_area_with_foreign_frame(SELF *self, struct meeting *m)
{
	struct mmlab_area area = { .size = 3 * self->page };
	struct mmlab_block block;
	uint32_t flags;
	size_t i;
	char byte;

	if (lab_ioctl(self->fd, MMLAB_VMALLOC, &area) ||
	    lab_alloc(self->fd, 0, MMLAB_ZONE_NORMAL, &block))
		return -1;
	m->lva = area.lva;
	m->word = 1;	/* that many */
	flags = word_at(self->fd, area.lva) & (self->page - 1);
	if (write_entry(self->fd, entry_at(self->fd, area.lva + self->page),
			word_of(self, block.phys / self->page, flags)) ||
	    write_entry(self->fd, entry_at(self->fd, area.lva + 2 * self->page), 0))
		return -1;
	for (i = 0; i < 3; i++)
		if (lab_access(self->fd, 0, area.lva + i * self->page, &byte, 1) !=
		    (i ? -EIO : 1))
			return -1;
	area = (struct mmlab_area){ .lva = area.lva };
	return lab_ioctl(self->fd, MMLAB_VFREE, &area) || lab_free(self->fd, &block);
}

static const struct {
	int (*meet)(SELF *self, struct meeting *m);
	const char *part, *rule;
} meetings[] = {
	{ touch_foreign_frame, "page tables", "an entry maps a frame of its process" },
	{ unmap_foreign_frame, "page tables", "an entry maps a user frame" },
	{ fork_foreign_frame, "page tables", "an entry that is copied by a fork is not corrupt" },
	{ touch_wrong_slot, "swap", "a swap entry names a slot in use" },
	{ unmap_wrong_slot, "page tables", "a swap entry names a slot in use" },
	{ touch_through_no_table, "page tables", "a directory entry names a page table" },
	{ free_area_with_foreign_frame, "vmalloc region",
	  "the entries of an area map its own frames, once" },
};

/* Only the first report of an instance is printed. */
TEST_F_TIMEOUT(tables, each_report_says_what_is_where, 120)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(meetings); i++) {
		struct meeting m = { .lva = LVA };
		int kmsg = log_open();
		char wanted[256];

		EXPECT_EQ(0, meetings[i].meet(self, &m));
		snprintf(wanted, sizeof(wanted),
			 ";mmlab: corruption in the %s: \"%s\" does not hold at 0x%x (expected 0x0, found 0x%x)\n",
			 meetings[i].part, meetings[i].rule, m.lva, m.word);
		EXPECT_EQ(1, log_says(kmsg, wanted, "")) {
			TH_LOG("%s", wanted);
		}
		close(kmsg);
		ASSERT_EQ(0, tear_down(self));
		ASSERT_EQ(0, set_up(self));
	}
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
