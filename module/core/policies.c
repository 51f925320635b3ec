// SPDX-License-Identifier: GPL-2.0
/*
 * The policies that are built in. Those of the textbooks keep all pages on the
 * inactive list; FIFO's order is that list's own.
 */
#include "core_internal.h"
#include "policy.h"

static void make_newest(struct lab_policy_set *set, u32 pfn)
{
	mmlab_policy_move(set, pfn, LAB_LRU_INACTIVE, true);
}

/* First in, first out; also for the exact LRU, which moves a page at each touch. */
static u32 take_oldest(struct lab_policy_set *set)
{
	return mmlab_policy_oldest(set, LAB_LRU_INACTIVE);
}

static u32 take_newest(struct lab_policy_set *set)
{
	return mmlab_policy_newest(set, LAB_LRU_INACTIVE);
}

/*
 * Corbató 1968: pages in a circle, the hand at the oldest. A page that was touched is
 * spared once. The new page takes the victim's place and the hand moves on, so the new
 * page is the last one. One circle clears all bits, unless touches go on meanwhile.
 */
static u32 clock_victim(struct lab_policy_set *set)
{
	u32 left = mmlab_policy_nr(set, LAB_LRU_INACTIVE);
	u32 pfn = take_oldest(set);

	while (left-- && mmlab_policy_young(set, pfn)) {
		make_newest(set, pfn);
		pfn = take_oldest(set);
	}
	return pfn;
}

/* xorshift64*, Vigna 2016 */
static u32 throw_dice(struct lab_policy_set *set, u32 limit)
{
	u64 *x = &set->state[0];

	*x ^= *x >> 12;
	*x ^= *x << 25;
	*x ^= *x >> 27;
	return (u32)(((*x * 0x2545f4914f6cdd1dULL >> 32) * limit) >> 32);
}

static int start_dice(struct lab_policy_set *set)
{
	set->state[0] = set->seed;
	return 0;
}

static u32 throw_victim(struct lab_policy_set *set)
{
	u32 left = throw_dice(set, mmlab_policy_nr(set, LAB_LRU_INACTIVE));
	u32 pfn = take_oldest(set);

	while (left--)
		pfn = mmlab_policy_newer(set, pfn);
	return pfn;
}

/*
 * Not frequently used, with aging (Tanenbaum): a counter of 8 bits per page, into
 * which its accessed bit is shifted from above at each tick.
 */
static void nfu_tick(struct lab_policy_set *set)
{
	u32 pfn;

	for (pfn = take_oldest(set); pfn != PFN_NONE;
	     pfn = mmlab_policy_newer(set, pfn)) {
		u64 young = mmlab_policy_young(set, pfn);

		mmlab_policy_set_key(set, pfn, mmlab_policy_key(set, pfn) >> 1 |
					       young << 7);
	}
}

/* The smallest counter; among equals the oldest page. */
static u32 nfu_victim(struct lab_policy_set *set)
{
	u32 victim = PFN_NONE, pfn;
	u64 least = U64_MAX;

	for (pfn = take_oldest(set); pfn != PFN_NONE;
	     pfn = mmlab_policy_newer(set, pfn)) {
		u64 key = mmlab_policy_key(set, pfn);

		if (key < least) {
			least = key;
			victim = pfn;
		}
	}
	return victim;
}

/*
 * refill_inactive() of Linux 2.4: moves pages to the inactive list until the active list
 * has two thirds at most. A page that was touched stays, but no page is checked twice.
 * A page that was moved needs a single touch to return.
 */
static void refill_inactive(struct lab_policy_set *set)
{
	u32 active = mmlab_policy_nr(set, LAB_LRU_ACTIVE), left;
	u32 most = (active + mmlab_policy_nr(set, LAB_LRU_INACTIVE)) * 2 / 3;

	for (left = active; left && active > most; left--) {
		u32 pfn = mmlab_policy_oldest(set, LAB_LRU_ACTIVE);

		if (mmlab_policy_young(set, pfn)) {
			mmlab_policy_move(set, pfn, LAB_LRU_ACTIVE, true);
			continue;
		}
		mmlab_policy_referenced(set, pfn, true);
		make_newest(set, pfn);
		active--;
	}
}

/* mark_page_accessed() of Linux 2.4, for a touch of an inactive page. */
static void activate_or_mark(struct lab_policy_set *set, u32 pfn)
{
	bool again = mmlab_policy_referenced(set, pfn, true);

	if (again)
		mmlab_policy_referenced(set, pfn, false);
	mmlab_policy_move(set, pfn, again ? LAB_LRU_ACTIVE : LAB_LRU_INACTIVE,
			  true);
}

/* shrink_cache(): the oldest inactive page that was not touched. */
static u32 two_lists_victim(struct lab_policy_set *set)
{
	u32 left, pfn;

	refill_inactive(set);
	left = mmlab_policy_nr(set, LAB_LRU_INACTIVE);
	while ((pfn = take_oldest(set)) != PFN_NONE && left-- &&
	       mmlab_policy_young(set, pfn))
		activate_or_mark(set, pfn);
	return pfn != PFN_NONE ? pfn : mmlab_policy_oldest(set, LAB_LRU_ACTIVE);
}

const struct mmlab_policy_ops mmlab_policy_two_lists = {
	.name = "two-lists",
	.victim = two_lists_victim,
};

static const struct mmlab_policy_ops policy_fifo = {
	.name = "fifo",
	.victim = take_oldest,
};

static const struct mmlab_policy_ops policy_clock = {
	.name = "clock",
	.victim = clock_victim,
};

static const struct mmlab_policy_ops policy_lru = {
	.name = "lru",
	.accessed = make_newest,
	.victim = take_oldest,
};

static const struct mmlab_policy_ops policy_mru = {
	.name = "mru",
	.accessed = make_newest,
	.victim = take_newest,
};

static const struct mmlab_policy_ops policy_nfu = {
	.name = "nfu",
	.flags = LAB_POLICY_KEYS,
	.victim = nfu_victim,
	.tick = nfu_tick,
};

static const struct mmlab_policy_ops policy_random = {
	.name = "random",
	.init = start_dice,
	.victim = throw_victim,
};

const struct mmlab_policy_ops *const mmlab_policies[] = {
	&mmlab_policy_two_lists, &policy_fifo, &policy_clock, &policy_lru,
	&policy_mru, &policy_nfu, &policy_random, NULL
};
