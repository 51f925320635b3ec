// SPDX-License-Identifier: GPL-2.0
/*
 * A player of reference strings for the cases of core/policy.
 */
#include "../core/core_internal.h"
#include "../core/buddy.h"
#include "policy_play.h"

u32 mmlab_play_page(struct policy_play *p, u32 pfn)
{
	u32 page;

	if (pfn >= p->m->nr_frames)
		return PLAY_NOTHING;
	page = mmlab_lru_lva(mmlab_frame(p->m, pfn)) >> PAGE_SHIFT;
	return page < PLAY_MAX_PAGES && p->frame[page] == pfn ? page : PLAY_NOTHING;
}

static bool young(struct lab_policy_set *set, u32 pfn)
{
	struct policy_play *p = set->private;
	u32 page = mmlab_play_page(p, pfn);
	bool bit;

	if (!EXPECT(p->t, page != PLAY_NOTHING))
		return false;
	p->nr_asked++;
	bit = p->bit[page];
	p->bit[page] = p->touch;
	return bit;
}

const struct mmlab_policy_ops *mmlab_play_policy(struct test_ctx *t,
						 const char *name)
{
	const struct mmlab_policy_ops *const *ops = mmlab_policies;

	while (*ops && strcmp((*ops)->name, name))
		ops++;
	EXPECT(t, *ops);
	return *ops ? *ops : mmlab_policies[0];
}

/* Some cases hold the locks of several sets: lockdep gets a subclass for each. */
#define LOCK_SUBCLASSES	8U
static u32 nr_alive;

/* What mmlab_policy_init() makes of any contents. */
static void check_empty(struct policy_play *p)
{
	const struct lab_policy_set *set = &p->set;

	EXPECT(p->t, set->ops == &mmlab_policy_two_lists && set->fallback == set->ops);
	EXPECT(p->t, set->is_ready && !set->is_wrong);
	EXPECT_EQ(p->t, 0, set->nr_calls);
	EXPECT_EQ(p->t, 0, set->nr_steps);
	EXPECT_EQ(p->t, 0, set->state[0]);
	EXPECT_EQ(p->t, 0, set->state[LAB_POLICY_NR_STATE - 1]);
	EXPECT_EQ(p->t, 0, set->verdict.broken);
	EXPECT(p->t, !set->verdict.rule);
	EXPECT_EQ(p->t, 0, set->dismissed[0]);
	EXPECT_EQ(p->t, 0, mmlab_lru_nr(&set->lru));
}

/* After each operation of a set, nothing is left over for the next one. */
static void settled(struct policy_play *p)
{
	EXPECT(p->t, !p->set.is_wrong);
	EXPECT_EQ(p->t, 0, p->set.nr_steps);
}

struct policy_play *mmlab_play_new(struct test_ctx *t,
				   const struct mmlab_policy_ops *ops,
				   u32 nr_frames)
{
	struct policy_play *p = mmlab_test_alloc(t, sizeof(*p));
	struct lab_machine *m = mmlab_test_machine(t, mmlab_test_mib(4), false);
	u64 *key = mmlab_test_alloc(t, mmlab_test_mib(4) * sizeof(*key));
	u32 page;

	if (!p || !m || !key)
		return NULL;
	p->t = t;
	p->m = m;
	mmlab_test_poison(&p->set, sizeof(p->set));
	mutex_init(&p->set.lru.lock);
	mutex_lock_nested(&p->set.lru.lock, nr_alive++ % LOCK_SUBCLASSES);
	mmlab_policy_init(&p->set, m, 0, &mmlab_policy_two_lists, young);
	check_empty(p);
	p->set.private = p;
	p->set.key = key;
	p->set.seed = t->seed + 1;
	for (page = 0; page < PLAY_MAX_PAGES; page++)
		p->frame[page] = PFN_NONE;
	mmlab_play_again(p, ops, nr_frames);
	return p;
}

void mmlab_play_again(struct policy_play *p, const struct mmlab_policy_ops *ops,
		      u32 nr_frames)
{
	u32 page;

	for (page = 0; page < PLAY_MAX_PAGES; page++)
		mmlab_play_free(p, page);
	EXPECT_EQ(p->t, 0, mmlab_policy_choose(&p->set, ops));
	settled(p);
	p->nr_frames = nr_frames;
	p->nr_faults = 0;
	p->victim = PLAY_NOTHING;
}

void mmlab_play_end(struct policy_play *p)
{
	mmlab_play_sound(p);
	mutex_unlock(&p->set.lru.lock);
	nr_alive--;
}

static void evict(struct policy_play *p)
{
	u32 pfn = mmlab_policy_victim(&p->set);

	settled(p);
	p->victim = mmlab_play_page(p, pfn);
	if (!EXPECT(p->t, p->victim != PLAY_NOTHING))
		return;
	EXPECT_EQ(p->t, LAB_LRU_ISOLATED, mmlab_lru_find(&p->set.lru, pfn));
	mmlab_play_free(p, p->victim);
}

bool mmlab_play_touch(struct policy_play *p, u32 page)
{
	bool fault = p->frame[page] == PFN_NONE;

	p->victim = PLAY_NOTHING;
	if (fault) {
		if (p->nr_pages == p->nr_frames)
			evict(p);
		p->frame[page] = mmlab_test_user_page(p->t, p->m,
						      PLAY_OWNER);
		p->bit[page] = true;
		p->nr_pages++;
		mmlab_policy_add(&p->set, p->frame[page],
				 page << PAGE_SHIFT);
		p->nr_faults++;
	} else {
		p->bit[page] = true;
		mmlab_policy_access(&p->set, p->frame[page]);
	}
	settled(p);
	mmlab_policy_tick(&p->set);
	settled(p);
	return fault;
}

void mmlab_play_free(struct policy_play *p, u32 page)
{
	if (p->frame[page] == PFN_NONE)
		return;
	mmlab_policy_remove(&p->set, p->frame[page]);
	settled(p);
	mmlab_buddy_free(p->m, p->frame[page]);
	p->frame[page] = PFN_NONE;
	p->nr_pages--;
}

void mmlab_play_sound(struct policy_play *p)
{
	struct lab_verdict v = {};
	u32 nr = mmlab_lru_validate(&p->set.lru, &v), page;

	if (v.broken)
		mmlab_test_fail(p->t, v.rule, (int)v.where, "sound", v.want, v.got);
	EXPECT_EQ(p->t, p->nr_pages, nr);
	EXPECT_EQ(p->t, mmlab_lru_count(&p->set.lru), nr);
	for (page = 0; page < PLAY_MAX_PAGES; page++) {
		if (p->frame[page] != PFN_NONE)
			EXPECT(p->t, mmlab_lru_find(&p->set.lru, p->frame[page]));
	}
}
