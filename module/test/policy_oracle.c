// SPDX-License-Identifier: GPL-2.0
/*
 * The policies on paper. Slow on purpose.
 */
#include "../core/core_internal.h"
#include "policy_oracle.h"

/* The page of which @key is smallest; the first of them. */
static u32 smallest(const struct policy_oracle *o, const u32 *key)
{
	u32 best = 0, i;

	for (i = 1; i < o->nr; i++) {
		if (key[o->page[i]] < key[o->page[best]])
			best = i;
	}
	return o->page[best];
}

static u32 largest(const struct policy_oracle *o, const u32 *key)
{
	u32 best = 0, i;

	for (i = 1; i < o->nr; i++) {
		if (key[o->page[i]] > key[o->page[best]])
			best = i;
	}
	return o->page[best];
}

static u32 paper_fifo(struct policy_oracle *o)
{
	return smallest(o, o->loaded);
}

static u32 paper_lru(struct policy_oracle *o)
{
	return smallest(o, o->used);
}

static u32 paper_mru(struct policy_oracle *o)
{
	return largest(o, o->used);
}

static u32 paper_nfu(struct policy_oracle *o)
{
	return smallest(o, o->count);
}

static u32 paper_opt(struct policy_oracle *o)
{
	return largest(o, o->wanted);
}

static u32 paper_clock(struct policy_oracle *o)
{
	for (;; o->hand++) {
		u32 page = o->page[o->hand %= o->nr];

		if (!o->bit[page])
			return page;
		o->bit[page] = false;
	}
}

/* The page that has been longest on one of the two lists. */
static u32 longest_on(const struct policy_oracle *o, bool active)
{
	u32 best = PLAY_NOTHING, i;

	for (i = 0; i < o->nr; i++) {
		u32 page = o->page[i];

		if (o->active[page] == active && (best == PLAY_NOTHING ||
						  o->moved[page] < o->moved[best]))
			best = page;
	}
	return best;
}

static u32 nr_active(const struct policy_oracle *o)
{
	u32 nr = 0, i;

	for (i = 0; i < o->nr; i++)
		nr += o->active[o->page[i]];
	return nr;
}

static void move_to(struct policy_oracle *o, u32 page, bool active)
{
	o->active[page] = active;
	o->moved[page] = ++o->now;
	o->bit[page] = false;
}

static u32 paper_two_lists(struct policy_oracle *o)
{
	u32 left = nr_active(o), page;

	for (; left && nr_active(o) > o->nr * 2 / 3; left--) {
		page = longest_on(o, true);
		if (!o->bit[page])
			o->marked[page] = true;
		move_to(o, page, o->bit[page]);
	}
	while ((page = longest_on(o, false)) != PLAY_NOTHING && o->bit[page]) {
		move_to(o, page, o->marked[page]);
		o->marked[page] = !o->marked[page];
	}
	return page != PLAY_NOTHING ? page : longest_on(o, true);
}

policy_paper mmlab_oracle_policy(const char *name)
{
	static const struct {
		const char *name;
		policy_paper policy;
	} all[] = {
		{ "two-lists", paper_two_lists }, { "fifo", paper_fifo },
		{ "clock", paper_clock }, { "lru", paper_lru },
		{ "mru", paper_mru }, { "nfu", paper_nfu }, { "opt", paper_opt },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		if (!strcmp(all[i].name, name))
			return all[i].policy;
	}
	return NULL;
}

void mmlab_paper_init(struct policy_oracle *o, u32 nr_frames)
{
	memset(o, 0, sizeof(*o));
	o->nr_frames = nr_frames;
	o->victim = PLAY_NOTHING;
}

bool mmlab_paper_has(const struct policy_oracle *o, u32 page)
{
	u32 i;

	for (i = 0; i < o->nr; i++) {
		if (o->page[i] == page)
			return true;
	}
	return false;
}

/* The new page takes the place that the hand leaves. */
static void come(struct policy_oracle *o, u32 page)
{
	memmove(o->page + o->hand + 1, o->page + o->hand,
		(o->nr - o->hand) * sizeof(*o->page));
	o->page[o->hand++] = page;
	o->nr++;
	o->loaded[page] = o->now;
	o->count[page] = 0;
	o->active[page] = false;
	o->marked[page] = false;
	o->moved[page] = o->now;
}

void mmlab_paper_free(struct policy_oracle *o, u32 page)
{
	u32 i = 0;

	while (i < o->nr && o->page[i] != page)
		i++;
	if (i == o->nr)
		return;
	o->nr--;
	memmove(o->page + i, o->page + i + 1, (o->nr - i) * sizeof(*o->page));
	if (i < o->hand)
		o->hand--;
}

static void paper_tick(struct policy_oracle *o)
{
	u32 i;

	for (i = 0; i < o->nr; i++) {
		u32 page = o->page[i];

		o->count[page] = o->count[page] / 2 + (o->bit[page] ? 128 : 0);
		o->bit[page] = false;
	}
}

bool mmlab_paper_touch(struct policy_oracle *o, policy_paper policy, u32 page)
{
	bool fault = !mmlab_paper_has(o, page);

	o->now++;
	o->victim = PLAY_NOTHING;
	if (fault && o->nr == o->nr_frames) {
		o->victim = policy(o);
		mmlab_paper_free(o, o->victim);
	}
	o->now++;
	if (fault)
		come(o, page);
	o->used[page] = o->now;
	o->bit[page] = true;
	if (policy == paper_nfu)
		paper_tick(o);
	return fault;
}

void mmlab_paper_future(const u8 *string, u32 nr, u32 *next)
{
	u32 last[PLAY_MAX_PAGES], i;

	/* none is touched again; which of them goes first must not change */
	for (i = 0; i < PLAY_MAX_PAGES; i++)
		last[i] = nr + i;
	for (i = nr; i--;) {
		next[i] = last[string[i]];
		last[string[i]] = i;
	}
}

u32 mmlab_paper_opt(struct policy_oracle *o, const u8 *string, u32 nr, u32 *next)
{
	u32 nr_faults = 0, i;

	mmlab_paper_future(string, nr, next);
	for (i = 0; i < nr; i++) {
		nr_faults += mmlab_paper_touch(o, paper_opt, string[i]);
		o->wanted[string[i]] = next[i];
	}
	return nr_faults;
}
