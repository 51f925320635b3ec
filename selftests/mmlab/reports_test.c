// SPDX-License-Identifier: GPL-2.0
/*
 * Wrong words of page tables that the lab meets on its way: what it reports in the
 * kernel log, and where.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "objects.h"
#include "pressure.h"
#include "tables.h"
#include "touch.h"

/* The instance is broken afterwards, and so each test has one of its own. */
FIXTURE(reports) {
	struct tables t;
};

#define SELF	FIXTURE_DATA(reports)

FIXTURE_SETUP(reports)
{
	ASSERT_EQ(0, tables_open(&self->t));
}

FIXTURE_TEARDOWN(reports)
{
	EXPECT_EQ(0, tables_close(&self->t));
}

#define BAD_SWAP	(60U << 8)	/* a slot that is not in use */

/* A place, and the wrong word that is met there. */
struct meeting {
	uint32_t lva, word;
};

/* Writes a word in the place of a page's entry, once the page is there. */
static int spoil_page(SELF *self, struct meeting *m)
{
	return touch_write(self->t.p, 'a') ||
	       write_entry(self->t.fd, entry_at(self->t.fd, LVA), m->word);
}

/* Frame 0 has no owner; present, writable, user, accessed, dirty. */
static int touch_foreign_frame(SELF *self, struct meeting *m)
{
	unsigned char value;

	m->word = 0x67;
	return spoil_page(self, m) || touch_read(self->t.p, &value) != SIGBUS;
}

static int unmap_foreign_frame(SELF *self, struct meeting *m)
{
	struct mmlab_block block;

	if (lab_alloc(self->t.fd, 0, MMLAB_ZONE_NORMAL, &block))
		return -1;
	m->word = word_of(block.phys / self->t.page, 0x67);
	return spoil_page(self, m) || lab_munmap(self->t.fd, LVA, self->t.page) < 0 ||
	       lab_free(self->t.fd, &block);
}

/* The child has no entry for it. */
static int fork_foreign_frame(SELF *self, struct meeting *m)
{
	struct mmlab_block block;
	struct mmlab_info info;
	int child;

	if (lab_info(self->t.fd, &info) || lab_alloc(self->t.fd, 0, MMLAB_ZONE_NORMAL, &block))
		return -1;
	m->word = word_of(block.phys / self->t.page, 0x67);
	if (spoil_page(self, m))
		return -1;
	child = lab_fork(self->t.fd);
	if (child < 0 || word_at(child, LVA))
		return -1;
	m->lva = info.lab_pid;
	m->word = 1;	/* that many */
	return close(child) || lab_free(self->t.fd, &block);
}

static int touch_wrong_slot(SELF *self, struct meeting *m)
{
	unsigned char value;
	uint32_t type;

	m->word = BAD_SWAP;
	return swap_on(self->t.fd, 64, &type) || spoil_page(self, m) ||
	       touch_read(self->t.p, &value) != SIGBUS;
}

static int unmap_wrong_slot(SELF *self, struct meeting *m)
{
	uint32_t type;

	m->word = BAD_SWAP;
	return swap_on(self->t.fd, 64, &type) || spoil_page(self, m) ||
	       lab_munmap(self->t.fd, LVA, self->t.page) < 0;
}

static int touch_through_no_table(SELF *self, struct meeting *m)
{
	struct mmlab_block block;
	unsigned char value, *p;
	int sig;

	if (lab_alloc(self->t.fd, 0, MMLAB_ZONE_NORMAL, &block))
		return -1;
	m->lva = 2 * LVA;
	p = lab_map(self->t.fd, m->lva, self->t.page, RW);
	m->word = word_of(block.phys / self->t.page, 7);
	if (!p || write_entry(self->t.fd, directory_entry_at(self->t.fd, m->lva), m->word))
		return -1;
	sig = touch_read(p, &value);
	munmap(p, self->t.page);
	return sig != SIGBUS ||
	       write_entry(self->t.fd, directory_entry_at(self->t.fd, m->lva), 0) ||
	       lab_free(self->t.fd, &block);
}

/* One entry names a block of the owner, and one is gone: the area reads neither. */
static int free_area_with_foreign_frame(SELF *self, struct meeting *m)
{
	struct mmlab_area area = { .size = 3 * self->t.page };
	struct mmlab_block block;
	uint32_t flags;
	size_t i;
	char byte;

	if (lab_ioctl(self->t.fd, MMLAB_VMALLOC, &area) ||
	    lab_alloc(self->t.fd, 0, MMLAB_ZONE_NORMAL, &block))
		return -1;
	m->lva = area.lva;
	m->word = 1;	/* that many */
	flags = word_at(self->t.fd, area.lva) & (self->t.page - 1);
	if (write_entry(self->t.fd, entry_at(self->t.fd, area.lva + self->t.page),
			word_of(block.phys / self->t.page, flags)) ||
	    write_entry(self->t.fd, entry_at(self->t.fd, area.lva + 2 * self->t.page), 0))
		return -1;
	for (i = 0; i < 3; i++)
		if (lab_access(self->t.fd, 0, area.lva + i * self->t.page, &byte, 1) !=
		    (i ? -EIO : 1))
			return -1;
	area = (struct mmlab_area){ .lva = area.lva };
	return lab_ioctl(self->t.fd, MMLAB_VFREE, &area) || lab_free(self->t.fd, &block);
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
TEST_F_TIMEOUT(reports, each_report_says_what_is_where, 120)
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
		ASSERT_EQ(0, tables_close(&self->t));
		ASSERT_EQ(0, tables_open(&self->t));
	}
}

/* Reports of objects leave the log open for one of page tables. */
TEST_F(reports, a_report_of_an_object_hides_none_of_tables)
{
	long id = cache_create(self->t.fd, "inject-first", 100, MMLAB_CACHE_RED_ZONE);
	struct mmlab_injection overflow = { .kind = MMLAB_INJECT_OVERFLOW };
	int kmsg = log_open(), again = log_open(), i;
	struct mmlab_object o;
	unsigned char value;

	ASSERT_LT(0, id);
	ASSERT_EQ(0, object_alloc(self->t.fd, id, 0, &o));
	overflow.lva = o.lva;
	ASSERT_EQ(0, lab_ioctl(self->t.fd, MMLAB_INJECT, &overflow));
	ASSERT_EQ(-EUCLEAN, object_free(self->t.fd, id, o.lva));
	ASSERT_EQ(0, touch_write(self->t.p, 'a'));
	ASSERT_EQ(0, write_entry(self->t.fd, entry_at(self->t.fd, LVA), 0x67));
	for (i = 0; i < 2; i++)
		EXPECT_EQ(SIGBUS, touch_read(self->t.p, &value));
	EXPECT_EQ(3, lab_vmstat("lab_reports"));
	EXPECT_EQ(1, log_says(kmsg, ";mmlab: corruption in the page tables: ", ""));
	EXPECT_EQ(2, log_says(again, ";mmlab: found by:", ""));	/* one for each kind */
	close(kmsg);
	close(again);
}

TEST_HARNESS_MAIN
