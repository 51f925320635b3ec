// SPDX-License-Identifier: GPL-2.0
/* How a linear address is taken apart, and the way through the page tables. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lab/labswap.h"

#include "draw.h"

static const char walk_reason[] =
	"the figure is of user space, below the direct map; see also: mmlab draw mapping";

#define BOX_W	24
#define BOX_STEP	28

/* Directory, table and frame of an address, as far as the snapshot knows them. */
struct walk {
	unsigned int slot, index, offset;
	bool has_table, has_entry;
	uint32_t table, pfn, flags;
};

static void split(const struct drawing *d, struct walk *w)
{
	w->slot = d->lva >> 22;
	w->index = d->lva >> 12 & 1023;
	w->offset = d->lva & 4095;
}

static void find(const struct drawing *d, struct walk *w)
{
	const struct view_process *p = d->process;
	uint32_t i;

	memset(w, 0, sizeof(*w));
	split(d, w);
	for (i = 0; i < p->nr_tables; i++) {
		if (p->table[i].slot != w->slot)
			continue;
		w->has_table = true;
		w->table = p->table[i].pfn;
	}
	w->has_entry = snapshot_entry(p->run, p->nr_runs, d->lva / d->snapshot->page_size, &w->pfn,
				      &w->flags);
}

static void bits(char *text, unsigned int value, int nr)
{
	while (nr--)
		*text++ = value >> nr & 1 ? '1' : '0';
	*text = '\0';
}

static void draw_split(struct scene *s, const struct drawing *d, const struct walk *w, int y)
{
	const struct { unsigned int value; int bits; const char *name;
	} part[] = {
		{ w->slot, 10, "directory" },
		{ w->index, 10, "table" },
		{ w->offset, 12, "offset" },
	};
	char digits[33];
	int i;

	for (i = 0; i < 3; i++) {
		bits(digits, part[i].value, part[i].bits);
		scene_named_box(s, i * BOX_STEP, y, BOX_W, 4, LOOK_PLAIN, "%s", digits);
		scene_text(s, i * BOX_STEP + BOX_W / 2, y + 2, SCENE_MIDDLE, LOOK_QUIET,
			   i < 2 ? "%s %u" : "%s 0x%x", label(d, part[i].name), part[i].value);
	}
}

const char *draw_address(struct scene *s, const struct drawing *d)
{
	struct walk w;

	split(d, &w);
	snprintf(s->title, sizeof(s->title), label(d, "The linear address 0x%08x, taken apart"),
		 d->lva);
	describe(s, d,
		 "Ten bits number an entry of the directory (%u), ten an entry of the table (%u), twelve a byte of the page (0x%x).",
		 w.slot, w.index, w.offset);
	scene_text(s, 0, 0, SCENE_LEFT, LOOK_QUIET, "31");
	scene_text(s, BOX_W - 1, 0, SCENE_RIGHT, LOOK_QUIET, "22");
	scene_text(s, BOX_STEP, 0, SCENE_LEFT, LOOK_QUIET, "21");
	scene_text(s, BOX_STEP + BOX_W - 1, 0, SCENE_RIGHT, LOOK_QUIET, "12");
	scene_text(s, 2 * BOX_STEP, 0, SCENE_LEFT, LOOK_QUIET, "11");
	scene_text(s, 2 * BOX_STEP + BOX_W - 1, 0, SCENE_RIGHT, LOOK_QUIET, "0");
	draw_split(s, d, &w, 1);
	scene_text(s, 0, 6, SCENE_LEFT, LOOK_PLAIN, "0x%08x = %u × 4 MiB + %u × 4 KiB + 0x%x",
		   d->lva, w.slot, w.index, w.offset);
	return NULL;
}

/* A box of a table: the entry that counts, in the middle of others. */
static void draw_table(struct scene *s, int x, int y, const char *name, unsigned int index,
		       const char *value, bool strong)
{
	scene_box(s, x, y, BOX_W, 7, LOOK_PLAIN);
	scene_text(s, x + BOX_W / 2, y + 1, SCENE_MIDDLE, LOOK_PLAIN, "%s", name);
	scene_text(s, x + 2, y + 2, SCENE_LEFT, LOOK_QUIET, "…");
	scene_text(s, x + 2, y + 4, SCENE_LEFT, strong ? LOOK_STRONG : LOOK_QUIET, "%4u: %s",
		   index, value);
	scene_text(s, x + 2, y + 5, SCENE_LEFT, LOOK_QUIET, "…");
}

static void flag_words(char *buf, size_t size, uint32_t flags)
{
	snprintf(buf, size, "%s%s%s", flags & MMLAB_PTE_RW ? "rw" : "r-",
		 flags & MMLAB_PTE_ACCESSED ? " A" : "", flags & MMLAB_PTE_DIRTY ? " D" : "");
}

const char *draw_walk(struct scene *s, const struct drawing *d)
{
	const struct view_process *p = d->process;
	char name[64], value[64] = "", words[16];
	bool present;
	struct walk w;
	int i;

	if (!p)
		return "there is no lab process: mmlab proc exec makes one";
	if (!p->has_pgd)
		return "only root may read page tables";
	if (d->lva >= d->snapshot->page_offset)
		return walk_reason;
	find(d, &w);
	present = w.has_entry && w.flags & MMLAB_PTE_PRESENT;
	snprintf(s->title, sizeof(s->title), label(d, "The walk of lab process %u to 0x%08x"),
		 p->lab_pid, d->lva);
	if (present)
		describe(s, d,
			 "Entry %u of the directory names the table, its entry %u the frame %u.",
			 w.slot, w.index, w.pfn);
	else
		describe(s, d, "Entry %u of the directory, entry %u of the table: no frame.",
			 w.slot, w.index);
	draw_split(s, d, &w, 0);
	for (i = 0; i < 3; i++)
		scene_line(s, i * BOX_STEP + BOX_W / 2, 4, 0, 2, true);

	snprintf(name, sizeof(name), label(d, "directory, frame %u"), p->pgd);
	if (w.has_table)
		snprintf(value, sizeof(value), label(d, "frame %u"), w.table);
	draw_table(s, 0, 7, name, w.slot, w.has_table ? value : label(d, "empty"), w.has_table);
	if (!w.has_table) {
		scene_text(s, 0, 15, SCENE_LEFT, LOOK_STRONG, "%s",
			   label(d, "There is no table: a touch brings one, and a frame."));
		return NULL;
	}
	scene_line(s, BOX_W, 11, 3, 0, true);
	snprintf(name, sizeof(name), label(d, "table, frame %u"), w.table);
	flag_words(words, sizeof(words), w.flags);
	if (present)
		snprintf(value, sizeof(value), "%" PRIu32 " %s", w.pfn, words);
	else if (w.has_entry)
		snprintf(value, sizeof(value), label(d, "slot %u of area %u"), w.pfn,
			 labswap_area(w.flags));
	draw_table(s, BOX_STEP, 7, name, w.index, w.has_entry ? value : label(d, "empty"),
		   w.has_entry);
	if (!present) {
		scene_text(s, 0, 15, SCENE_LEFT, LOOK_STRONG, "%s", w.has_entry ?
			   label(d, "The page is out: a touch reads it back.") :
			   label(d, "No frame yet: a touch brings one."));
		return NULL;
	}
	scene_line(s, BOX_STEP + BOX_W, 11, 3, 0, true);
	scene_box(s, 2 * BOX_STEP, 7, BOX_W, 7, LOOK_USE + VIEW_USER);
	scene_text(s, 2 * BOX_STEP + BOX_W / 2, 8, SCENE_MIDDLE, LOOK_PLAIN,
		   label(d, "page, frame %u"), w.pfn);
	scene_text(s, 2 * BOX_STEP + 2, 11, SCENE_LEFT, LOOK_STRONG, label(d, "byte 0x%x"),
		   w.offset);
	scene_text(s, 0, 15, SCENE_LEFT, LOOK_PLAIN,
		   label(d, "physical address 0x%08x = frame %u × 4096 + 0x%x"),
		   w.pfn * 4096 + w.offset, w.pfn, w.offset);
	return NULL;
}
