// SPDX-License-Identifier: GPL-2.0
/*
 * check, rule by rule: a word of a page table that is wrong, and what check says of it,
 * with the place, the right value and the wrong one.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "pressure.h"
#include "tables.h"
#include "touch.h"

/* The instance is broken afterwards, and so each test has one of its own. */
FIXTURE(rules) {
	struct tables t;
};

FIXTURE_SETUP(rules)
{
	ASSERT_EQ(0, tables_open(&self->t));
}

FIXTURE_TEARDOWN(rules)
{
	EXPECT_EQ(0, tables_close(&self->t));
}

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

/* Three pages that were stored to, in a region of NR_PAGES; one in another table, read only. */
TEST_F_TIMEOUT(rules, check_finds_each_wrong_entry, 60)
{
	uint32_t apart = LVA + (64U << 20), flags, pid;
	struct mmlab_translation t;
	struct mmlab_block block;
	struct mmlab_info info;
	unsigned char value, *q;
	int other = lab_open(O_RDWR);
	size_t i;

	ASSERT_LE(0, other);
	ASSERT_EQ(0, lab_info(self->t.fd, &info));
	pid = info.lab_pid;
	for (i = 0; i < 3; i++)
		ASSERT_EQ(0, touch_write(self->t.p + i * self->t.page, 'a'));
	ASSERT_EQ(0, lab_region_at(self->t.fd, apart, self->t.page, PROT_READ));
	ASSERT_EQ(1, pread(self->t.fd, &value, 1, apart));
	q = lab_map(self->t.fd, apart, self->t.page, PROT_READ);
	ASSERT_NE(NULL, q);
	ASSERT_EQ(0, lab_region_at(other, LVA, self->t.page, RW));
	ASSERT_EQ(1, pwrite(other, "b", 1, LVA));
	ASSERT_EQ(0, lab_alloc(self->t.fd, 0, MMLAB_ZONE_NORMAL, &block));
	ASSERT_EQ(0, lab_translate(self->t.fd, LVA, &t));
	flags = t.pte & (self->t.page - 1);
	{
		const struct spoilt list[] = {
			{ "processes", "an entry has its VMA's right to write",
			  entry_at(self->t.fd, LVA), LVA, 1, 0, t.pte & ~WRITABLE, 1 },
			/* empty, though counted in table, process and region */
			{ "processes", "a page table counts its entries",
			  entry_at(self->t.fd, LVA + self->t.page), LVA, 3, 2, 0, 2 },
			{ "processes", "an entry maps a frame of the arena",
			  entry_at(self->t.fd, LVA), LVA, 1, 0,
			  word_of(info.nr_frames, flags), 1 },
			/* its own block: that is not mapped, so nothing is counted in it */
			{ "processes", "a mapped frame is used for what it is mapped for",
			  entry_at(self->t.fd, LVA + self->t.page), LVA + self->t.page, 2, 1,
			  word_of(block.phys / self->t.page, flags), 3 },
			{ "processes", "a mapped frame belongs to who maps it",
			  entry_at(self->t.fd, LVA), LVA, pid, pid + 1,
			  word_of(frame_at(other, LVA), flags), 1 },
			/* a page that is mapped here once more */
			{ "processes", "a page table counts its entries",
			  entry_at(self->t.fd, LVA + 3 * self->t.page), LVA, 3, 4, t.pte, 2 },
			/* in no region: the table is that of the first pages */
			{ "processes", "a page table counts its entries",
			  entry_at(self->t.fd, LVA + 2 * NR_PAGES * self->t.page), LVA, 3, 4, t.pte,
			  3 },
			{ "processes", "a page table is a frame of the arena",
			  directory_entry_at(self->t.fd, LVA), LVA, 1, 0,
			  word_of(info.nr_frames, 7), 2 },
			{ "processes", "a page table's frame is in use as one",
			  directory_entry_at(self->t.fd, LVA), LVA, 3, 2,
			  word_of(t.pfn, 7), 2 },
			{ "processes", "a page table belongs to its directory's owner",
			  directory_entry_at(self->t.fd, LVA), LVA, pid, pid + 1, 0, 2 },
		};
		struct spoilt one;

		for (i = 0; i < ARRAY_LEN(list); i++) {
			one = list[i];
			if (!one.word && strstr(one.rule, "directory")) {
				ASSERT_EQ(0, lab_translate(other, LVA, &t));
				one.word = t.pde;
			}
			EXPECT_FINE(check_says(self->t.fd, &one));
		}
	}
	munmap(q, self->t.page);
	close(other);
}

TEST_F(rules, check_finds_a_right_too_much)
{
	uint32_t at = LVA + (64U << 20), pte;
	struct spoilt s = { "processes", "an entry has its VMA's right to write" };
	unsigned char *q;
	int child;

	q = lab_map(self->t.fd, at, self->t.page, PROT_READ);
	ASSERT_NE(NULL, q);
	EXPECT_EQ(0, *(volatile unsigned char *)q);
	s.at = entry_at(self->t.fd, at);
	s.where = at;
	s.got = 1;
	s.nr = 1;
	s.word = word_at(self->t.fd, at) | WRITABLE;
	EXPECT_FINE(check_says(self->t.fd, &s));
	munmap(q, self->t.page);

	/* a page that is shared, and of which one side could store */
	ASSERT_EQ(0, touch_write(self->t.p, 1));
	child = lab_fork(self->t.fd);
	ASSERT_LE(0, child);
	pte = word_at(child, LVA);
	EXPECT_EQ(0, pte & WRITABLE);
	s = (struct spoilt){
		"processes", "a page that can be written to has one mapping",
		entry_at(child, LVA), LVA, 1, 2, pte | WRITABLE, 1,
	};
	EXPECT_FINE(check_says(self->t.fd, &s));
	close(child);
}

/* The lab kernel's own tables: the direct map, and those of areas. */
TEST_F(rules, check_finds_what_is_wrong_in_the_kernel_s_tables)
{
	struct mmlab_area area = { .size = 3 * self->t.page };
	struct mmlab_info info;
	struct mmlab_translation t;
	struct spoilt s;
	uint32_t span = self->t.page / sizeof(uint32_t) * self->t.page;	/* of a table */
	uint32_t lva;

	ASSERT_EQ(0, lab_info(self->t.fd, &info));
	lva = info.page_offset + (5U << 20) + 3 * self->t.page;
	ASSERT_EQ(0, lab_translate(self->t.fd, lva, &t));
	s = (struct spoilt){
		"direct map", "a direct-map address is its frame plus 3 GiB",
		entry_at(self->t.fd, lva), lva, t.pte, t.pte ^ ACCESSED, t.pte ^ ACCESSED, 1,
	};
	EXPECT_FINE(check_says(self->t.fd, &s));
	/* none: the table's count, that of all frames, and the address are wrong */
	s = (struct spoilt){
		"direct map", "a page table counts its entries", s.at, lva & -span,
		self->t.page / 4, self->t.page / 4 - 1, 0, 3,
	};
	EXPECT_FINE(check_says(self->t.fd, &s));

	ASSERT_EQ(0, lab_ioctl(self->t.fd, MMLAB_VMALLOC, &area));
	s = (struct spoilt){
		"vmalloc", "an area has as many frames as it counts",
		entry_at(self->t.fd, area.lva + self->t.page), area.lva, 3, 2, 0, 2,
	};
	EXPECT_FINE(check_says(self->t.fd, &s));
	/* a page in the guard: the table's count, and that of all areas */
	ASSERT_EQ(0, lab_translate(self->t.fd, area.lva, &t));
	s = (struct spoilt){
		"vmalloc", "a page table counts its entries",
		entry_at(self->t.fd, area.lva + 3 * self->t.page), area.lva & -span, 3, 4,
		t.pte, 2,
	};
	EXPECT_FINE(check_says(self->t.fd, &s));
}

/* Entries that name slots, and pages that should be on lists. */
TEST_F(rules, check_finds_what_is_wrong_under_pressure)
{
	struct spoilt s;
	uint32_t type, swp, at;
	struct mmlab_info info;
	size_t i;

	ASSERT_EQ(0, lab_info(self->t.fd, &info));
	ASSERT_EQ(0, swap_on(self->t.fd, 64, &type));
	for (i = 0; i < 4; i++)
		ASSERT_EQ(0, touch_write(self->t.p + i * self->t.page, 1));
	ASSERT_EQ(2, set_limit(self->t.fd, 2));
	at = LVA;
	swp = word_at(self->t.fd, at);
	ASSERT_EQ(0, swp & PRESENT);
	ASSERT_NE(0, swp);
	/* the entry is gone: the counts of the table and of the process are wrong */
	s = (struct spoilt){
		"processes", "a page table counts its entries", entry_at(self->t.fd, at), LVA, 4, 3,
		0, 2,
	};
	EXPECT_FINE(check_says(self->t.fd, &s));
	/* it is no number of a slot at all */
	s = (struct spoilt){
		"processes", "an entry that is not present names a swap slot", s.at, at, 1, 0,
		8, 3,
	};
	EXPECT_FINE(check_says(self->t.fd, &s));
	/* a frame that is not there is on no list */
	s = (struct spoilt){
		"processes", "an entry maps a frame of the arena",
		entry_at(self->t.fd, LVA + 3 * self->t.page), LVA + 3 * self->t.page, 1, 0,
		word_of(info.nr_frames, word_at(self->t.fd, LVA + 3 * self->t.page) &
			(self->t.page - 1)), 2,
	};
	EXPECT_FINE(check_says(self->t.fd, &s));
	ASSERT_EQ(2, set_limit(self->t.fd, 0));
	ASSERT_EQ(0, swap_off(self->t.fd, type));
}

/* User space can't write to frame 0, but the kernel can, as a faulty memory would. */
TEST_F(rules, check_finds_a_zero_page_that_is_none)
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

TEST_HARNESS_MAIN
