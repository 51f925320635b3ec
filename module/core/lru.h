/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lists of pages that may be taken away, as Linux's active and inactive list:
 * frames linked by lab_frame.next, towards the older, and lab_frame.prev.
 *
 * A frame itself says on which list it is, so that every step is O(1). A frame of use
 * USE_USER keeps this in lab_frame.private: the linear address of its page, which is
 * the same in all processes of a fork family, and below it LAB_PG_ bits. With
 * lab_frame.owner, the family, this is the reverse map.
 *
 * Context of each function: lab_lru.lock held, if it does not say otherwise.
 */
#ifndef MMLAB_CORE_LRU_H
#define MMLAB_CORE_LRU_H

#include "frame.h"

/* lab_frame.private of a user page, below its linear address */
#define LAB_PG_LIST		0x003U	/* enum lab_lru_id */
#define LAB_PG_OWN_LISTS	0x004U	/* on lists of its family, not the machine's */
#define LAB_PG_REFERENCED	0x008U	/* was found touched once, as in Linux 2.4 */
#define LAB_PG_FLAGS		((1U << 12) - 1)

/* Pages in the order in which they were added; PFN_NONE: there is none. */
struct lab_lru_list {
	u32 newest;
	u32 oldest;
	u32 nr;
};

/**
 * struct lab_lru - the pages of one owner that may be taken away
 * @lock: covers all lists, and the links and LAB_PG_ bits of the frames on them.
 *	A mutex, because a check whether a page was touched flushes host entries
 * @m: machine
 * @owner: family that owns the pages; 0: the lists are the machine's
 * @list: by enum lab_lru_id; the one of LAB_LRU_NONE is empty
 * @nr_activated: pages that went from inactive to active; like the next two counters, the
 *	owner of the lists may take it and begin again at 0
 * @nr_deactivated: pages that went from active to inactive
 * @nr_refill: times that a policy asked whether an active page was touched, as
 *	refill_inactive() of Linux 2.4 does
 */
struct lab_lru {
	struct mutex lock;
	struct lab_machine *m;
	u32 owner;
	struct lab_lru_list list[NR_LAB_LRU_LISTS];
	u32 nr_activated;
	u32 nr_deactivated;
	u32 nr_refill;
};

/* The LAB_PG_ bits of a frame; 0 if it is no user page. */
static inline u32 mmlab_lru_flags(const struct lab_frame *frame)
{
	if (frame->state != FRAME_USED || frame->use != USE_USER)
		return 0;
	return READ_ONCE(frame->private) & LAB_PG_FLAGS;
}

/* The list that a frame is on, if it is a user page at all. */
static inline enum lab_lru_id mmlab_lru_id(const struct lab_frame *frame)
{
	return mmlab_lru_flags(frame) & LAB_PG_LIST;
}

/* The linear address of a user page that is on a list. */
static inline u32 mmlab_lru_lva(const struct lab_frame *frame)
{
	return frame->private & ~LAB_PG_FLAGS;
}

/* Pages that can be chosen. */
static inline u32 mmlab_lru_nr(const struct lab_lru *lru)
{
	return lru->list[LAB_LRU_INACTIVE].nr + lru->list[LAB_LRU_ACTIVE].nr;
}

/*
 * Makes empty lists, of any contents but for the lock, which the caller has initialised.
 * @owner: family that owns the pages; 0: the lists are the machine's.
 */
void mmlab_lru_init(struct lab_lru *lru, struct lab_machine *m, u32 owner);

/* The list that a frame, of any number, is on; LAB_LRU_NONE if it is on none of these. */
enum lab_lru_id mmlab_lru_find(const struct lab_lru *lru, u32 pfn);

/*
 * Makes a page of use USE_USER and order 0, on no list, the newest of the inactive list, and
 * clears its LAB_PG_ bits. @lva: its linear address, page aligned.
 */
void mmlab_lru_add(struct lab_lru *lru, u32 pfn, u32 lva);

/* Takes a page off the one of these lists that it is on. */
void mmlab_lru_del(struct lab_lru *lru, u32 pfn);

/*
 * Moves a listed page to an end of a list, which may be its own but not LAB_LRU_NONE: it
 * becomes the newest page there, or the oldest.
 */
void mmlab_lru_move(struct lab_lru *lru, u32 pfn, enum lab_lru_id id,
		    bool newest);

/* Linux's names for three moves. */
static inline void mmlab_lru_rotate(struct lab_lru *lru, u32 pfn)
{
	mmlab_lru_move(lru, pfn, mmlab_lru_find(lru, pfn), true);
}

static inline void mmlab_lru_isolate(struct lab_lru *lru, u32 pfn)
{
	mmlab_lru_move(lru, pfn, LAB_LRU_ISOLATED, true);
}

static inline void mmlab_lru_putback(struct lab_lru *lru, u32 pfn)
{
	mmlab_lru_move(lru, pfn, LAB_LRU_INACTIVE, true);
}

/*
 * Checks the lists of one owner. Rules: each listed frame is in the arena and a user page of
 * order 0 of the lists' owner; it says itself that it is on this list; it is linked back, so
 * that no frame is on two lists or twice on one; the lists' ends and counts are right.
 * Returns frames on all lists.
 */
u32 mmlab_lru_validate(const struct lab_lru *lru, struct lab_verdict *v);

/*
 * Counts the frames that say that they are on a list of these; no block may change hands
 * meanwhile (freeze). If the lists are valid and the count is not their total, a frame that
 * says so is on none of them.
 */
u32 mmlab_lru_count(const struct lab_lru *lru);

/*
 * Counts the frames of all owners by the list that they say they are on. Without any
 * lab_lru.lock: a page that moves meanwhile counts for one of its lists. No block may change
 * hands (freeze).
 */
void mmlab_lru_census(const struct lab_machine *m, u32 nr_on[NR_LAB_LRU_LISTS]);

#endif /* MMLAB_CORE_LRU_H */
