// SPDX-License-Identifier: GPL-2.0
/*
 * Lists of reclaimable pages. lru.h names the locks.
 *
 * A list goes by next from the newest page to the oldest one, back by prev, and ends with
 * PFN_NONE on both sides. The number of the list is in lab_frame.private, so a page is on one
 * list at most, and taking it off needs no search. The numbers of the lists of a family and
 * of the machine are the same: LAB_PG_OWN_LISTS and the owner tell these apart.
 */
#include "core_internal.h"
#include "lru.h"

void mmlab_lru_init(struct lab_lru *lru, struct lab_machine *m, u32 owner)
{
	u32 id;

	lru->m = m;
	lru->owner = owner;
	lru->nr_activated = 0;
	lru->nr_deactivated = 0;
	lru->nr_refill = 0;
	for (id = 0; id < NR_LAB_LRU_LISTS; id++) {
		lru->list[id].newest = PFN_NONE;
		lru->list[id].oldest = PFN_NONE;
		lru->list[id].nr = 0;
	}
}

/* Is the list that a frame is on one of these? */
static bool is_own(const struct lab_lru *lru, const struct lab_frame *frame)
{
	if (frame->private & LAB_PG_OWN_LISTS)
		return frame->owner == lru->owner;
	return !lru->owner;
}

enum lab_lru_id mmlab_lru_find(const struct lab_lru *lru, u32 pfn)
{
	const struct lab_frame *frame;

	lockdep_assert_held(&lru->lock);
	if (pfn >= lru->m->nr_frames)
		return LAB_LRU_NONE;
	frame = mmlab_frame(lru->m, pfn);
	return is_own(lru, frame) ? mmlab_lru_id(frame) : LAB_LRU_NONE;
}

static void link_newest(struct lab_lru *lru, u32 pfn, enum lab_lru_id id)
{
	struct lab_frame *frame = mmlab_frame(lru->m, pfn);
	struct lab_lru_list *list = &lru->list[id];

	frame->prev = PFN_NONE;
	frame->next = list->newest;
	if (list->newest != PFN_NONE)
		mmlab_frame(lru->m, list->newest)->prev = pfn;
	else
		list->oldest = pfn;
	list->newest = pfn;
	list->nr++;
}

static void link_oldest(struct lab_lru *lru, u32 pfn, enum lab_lru_id id)
{
	struct lab_frame *frame = mmlab_frame(lru->m, pfn);
	struct lab_lru_list *list = &lru->list[id];

	frame->next = PFN_NONE;
	frame->prev = list->oldest;
	if (list->oldest != PFN_NONE)
		mmlab_frame(lru->m, list->oldest)->next = pfn;
	else
		list->newest = pfn;
	list->oldest = pfn;
	list->nr++;
}

static void unlink_page(struct lab_lru *lru, u32 pfn, enum lab_lru_id id)
{
	const struct lab_frame *frame = mmlab_frame(lru->m, pfn);
	struct lab_lru_list *list = &lru->list[id];

	if (frame->prev != PFN_NONE)
		mmlab_frame(lru->m, frame->prev)->next = frame->next;
	else
		list->newest = frame->next;
	if (frame->next != PFN_NONE)
		mmlab_frame(lru->m, frame->next)->prev = frame->prev;
	else
		list->oldest = frame->prev;
	list->nr--;
}

void mmlab_lru_add(struct lab_lru *lru, u32 pfn, u32 lva)
{
	lockdep_assert_held(&lru->lock);
	mmlab_frame(lru->m, pfn)->private =
		lva | LAB_LRU_INACTIVE |
		(lru->owner ? LAB_PG_OWN_LISTS : 0);
	link_newest(lru, pfn, LAB_LRU_INACTIVE);
}

void mmlab_lru_del(struct lab_lru *lru, u32 pfn)
{
	struct lab_frame *frame = mmlab_frame(lru->m, pfn);

	lockdep_assert_held(&lru->lock);
	unlink_page(lru, pfn, mmlab_lru_id(frame));
	frame->private &= ~LAB_PG_FLAGS;
}

void mmlab_lru_move(struct lab_lru *lru, u32 pfn, enum lab_lru_id id,
		    bool newest)
{
	struct lab_frame *frame = mmlab_frame(lru->m, pfn);
	enum lab_lru_id from = mmlab_lru_id(frame);

	lockdep_assert_held(&lru->lock);
	unlink_page(lru, pfn, from);
	frame->private = (frame->private & ~LAB_PG_LIST) | id;
	if (newest)
		link_newest(lru, pfn, id);
	else
		link_oldest(lru, pfn, id);
	lru->nr_activated += from == LAB_LRU_INACTIVE && id == LAB_LRU_ACTIVE;
	lru->nr_deactivated += from == LAB_LRU_ACTIVE && id == LAB_LRU_INACTIVE;
}

static bool validate_page(const struct lab_lru *lru, u32 pfn, u32 prev,
			  enum lab_lru_id id, struct lab_verdict *v)
{
	const struct lab_frame *frame;

	v->nr_objects++;
	if (!mmlab_verdict_expect(v, "a listed page is a frame of the arena", pfn,
				  1, pfn < lru->m->nr_frames))
		return false;
	frame = mmlab_frame(lru->m, pfn);
	mmlab_verdict_expect(v, "a listed page is a single user page", pfn, 1,
			     frame->state == FRAME_USED && !frame->order &&
			     frame->use == USE_USER);
	mmlab_verdict_expect(v, "a listed page is on the lists of its owner", pfn,
			     1, is_own(lru, frame));
	mmlab_verdict_expect(v, "a listed page says on which list it is", pfn, id,
			     frame->private & LAB_PG_LIST);
	/* then it has one place, and no list runs in a circle */
	return mmlab_verdict_expect(v, "a listed page is linked back", pfn, prev,
				    frame->prev);
}

u32 mmlab_lru_validate(const struct lab_lru *lru, struct lab_verdict *v)
{
	u32 id, sum = 0;

	lockdep_assert_held(&lru->lock);
	for (id = 0; id < NR_LAB_LRU_LISTS; id++) {
		const struct lab_lru_list *list = &lru->list[id];
		u32 prev = PFN_NONE, pfn = list->newest, nr = 0;

		while (pfn != PFN_NONE && validate_page(lru, pfn, prev, id, v)) {
			prev = pfn;
			pfn = mmlab_frame(lru->m, pfn)->next;
			nr++;
		}
		mmlab_verdict_expect(v, "a list of pages ends with its oldest", id,
				     list->oldest, prev);
		mmlab_verdict_expect(v, "a list of pages has nr pages", id,
				     list->nr, nr);
		sum += nr;
	}
	return sum;
}

u32 mmlab_lru_count(const struct lab_lru *lru)
{
	u32 pfn, nr = 0;

	lockdep_assert_held(&lru->lock);
	for (pfn = 0; pfn < lru->m->nr_frames; pfn++)
		nr += mmlab_lru_find(lru, pfn) != LAB_LRU_NONE;
	return nr;
}

void mmlab_lru_census(const struct lab_machine *m, u32 nr_on[NR_LAB_LRU_LISTS])
{
	u32 pfn;

	memset(nr_on, 0, NR_LAB_LRU_LISTS * sizeof(*nr_on));
	for (pfn = 0; pfn < m->nr_frames; pfn++)
		/* data_race(): lists change under locks that the caller need not have */
		nr_on[data_race(mmlab_lru_id(mmlab_frame(m, pfn)))]++;
}
