// SPDX-License-Identifier: GPL-2.0
/*
 * Random sequences on the VMAs, every step held against the oracle.
 */
#include "../core/core_internal.h"
#include "cases.h"
#include "vma_oracle.h"

#define SMALL_PAGES	192U
#define STACK_PAGES	3072U	/* room for the longest stack and what is below */
#define HIGH_BASE(nr)	(LAB_PAGE_OFFSET - ((nr) << PAGE_SHIFT))

/**
 * struct churn - an address space under test
 * @t: case
 * @lock: that of @mm
 * @mm: address space
 * @oracle: what it must be
 * @spares: VMA objects that are not in use
 * @span: pages that most steps are about, at most
 * @brk: page after a heap that grows and shrinks at its end
 */
struct churn {
	struct test_ctx *t;
	struct mutex lock;
	struct lab_mm mm;
	struct vma_oracle oracle;
	struct list_head spares;
	u32 span;
	u32 brk;
};

static u32 address_of(const struct churn *c, u32 page)
{
	return mmlab_vma_oracle_address(&c->oracle, page);
}

static void random_range(struct churn *c, u32 *first, u32 *last)
{
	u32 nr = test_below(c->t, 8) ? c->span : c->oracle.nr_pages;

	*first = test_below(c->t, c->oracle.nr_pages);
	*last = *first + 1 + test_below(c->t, nr);
	if (*last > c->oracle.nr_pages)
		*last = c->oracle.nr_pages;
}

/* Rights, and once in a while another kind. */
static lab_vma_flags_t random_flags(struct churn *c)
{
	lab_vma_flags_t flags = mmlab_vma_oracle_flags(test_below(c->t, 4));

	switch (test_below(c->t, 8)) {
	case 0:
		return LAB_VMA_READ | LAB_VMA_IMAGE;
	case 1:
		return flags | LAB_VMA_GROWSDOWN;
	case 2:
		return flags | LAB_VMA_EXEC;
	default:
		return flags;
	}
}

/* Hands @nr objects over; take_back() sees that none is lost. */
static u32 hand_over(struct churn *c, struct list_head *spares, u32 nr)
{
	u32 sum = nr + c->mm.nr_vmas;

	while (nr-- && EXPECT(c->t, !list_empty(&c->spares)))
		list_move(c->spares.next, spares);
	return sum;
}

static void take_back(struct churn *c, struct list_head *spares, u32 sum)
{
	u32 nr = 0;

	while (!list_empty(spares)) {
		list_move(spares->next, &c->spares);
		nr++;
	}
	EXPECT_EQ(c->t, sum, nr + c->mm.nr_vmas);
}

static void do_add(struct churn *c, u32 first, u32 last, lab_vma_flags_t flags)
{
	LIST_HEAD(spares);
	u32 sum = hand_over(c, &spares, 1);

	mmlab_vma_add(&c->mm, address_of(c, first), address_of(c, last), flags,
		      &spares);
	take_back(c, &spares, sum);
	mmlab_vma_oracle_set(&c->oracle, first, last, flags);
}

static void do_cut(struct churn *c, u32 first, u32 last)
{
	LIST_HEAD(spares);
	u32 sum = hand_over(c, &spares, 1);

	mmlab_vma_cut(&c->mm, address_of(c, first), address_of(c, last), &spares);
	take_back(c, &spares, sum);
	mmlab_vma_oracle_cut(&c->oracle, first, last);
}

/* What a window does: all gaps get regions, after a look at what is there. */
static void step_fill(struct churn *c)
{
	lab_vma_flags_t flags = mmlab_vma_oracle_flags(test_below(c->t, 4)), want;
	u32 first, last, gaps, want_gaps, sum;
	LIST_HEAD(spares);

	random_range(c, &first, &last);
	want = mmlab_vma_oracle_rights(&c->oracle, first, last, &want_gaps);
	EXPECT_EQ(c->t, want, mmlab_vma_rights(&c->mm, address_of(c, first),
					       address_of(c, last), &gaps));
	EXPECT_EQ(c->t, want_gaps, gaps);
	test_note(c->t, (__force u32)want << 16 | gaps);
	sum = hand_over(c, &spares, gaps);
	mmlab_vma_fill(&c->mm, address_of(c, first), address_of(c, last), flags,
		       &spares);
	take_back(c, &spares, sum);
	mmlab_vma_oracle_fill(&c->oracle, first, last, flags);
}

/* A region wherever there is room, near a hint or not. */
static void step_map(struct churn *c)
{
	u32 nr = 1 + test_below(c->t, c->span), hint = ORACLE_NO_PAGE, page, at;

	if (test_below(c->t, 2))
		hint = test_below(c->t, c->oracle.nr_pages);
	page = mmlab_vma_oracle_find_free(&c->oracle, hint, nr);
	at = mmlab_vma_find_free(&c->mm, hint != ORACLE_NO_PAGE ?
				 address_of(c, hint) : 0, nr << PAGE_SHIFT);
	EXPECT_EQ(c->t, page != ORACLE_NO_PAGE ? address_of(c, page) : 0, at);
	test_note(c->t, at);
	if (page != ORACLE_NO_PAGE)
		do_add(c, page, page + nr, random_flags(c));
}

static void step_map_fixed(struct churn *c)
{
	u32 first, last;

	random_range(c, &first, &last);
	do_cut(c, first, last);
	do_add(c, first, last, random_flags(c));
}

static void step_cut(struct churn *c)
{
	u32 first, last;

	random_range(c, &first, &last);
	do_cut(c, first, last);
}

static void step_protect(struct churn *c)
{
	lab_vma_flags_t rights = mmlab_vma_oracle_flags(test_below(c->t, 8));
	u32 first, last, sum;
	LIST_HEAD(spares);
	bool covered;

	random_range(c, &first, &last);
	covered = mmlab_vma_oracle_covers(&c->oracle, first, last);
	EXPECT_EQ(c->t, covered, mmlab_vma_covers(&c->mm, address_of(c, first),
						  address_of(c, last)));
	if (!covered)
		return;
	sum = hand_over(c, &spares, 2);
	mmlab_vma_protect(&c->mm, address_of(c, first), address_of(c, last),
			  rights, &spares);
	take_back(c, &spares, sum);
	mmlab_vma_oracle_protect(&c->oracle, first, last, rights);
}

/* A heap's end goes up as far as there is room, and down. */
static void step_brk(struct churn *c)
{
	u32 brk = test_below(c->t, c->oracle.nr_pages);

	if (brk < c->brk)
		do_cut(c, brk, c->brk);
	else if (brk > c->brk &&
		 mmlab_vma_oracle_is_free(&c->oracle, c->brk, brk))
		do_add(c, c->brk, brk, LAB_VMA_READ | LAB_VMA_WRITE);
	else
		return;
	c->brk = brk;
}

/* Any address of a free page; it need not be the page's first one. */
static void step_grow(struct churn *c)
{
	u32 page = test_below(c->t, c->oracle.nr_pages);
	u32 offset = test_below(c->t, (u32)PAGE_SIZE);
	int err;

	if (!mmlab_vma_oracle_is_free(&c->oracle, page, page + 1))
		return;
	err = mmlab_vma_grow(&c->mm, address_of(c, page) + offset);
	EXPECT_EQ(c->t, mmlab_vma_oracle_grow(&c->oracle, page) ? 0 : -EFAULT,
		  err);
	test_note(c->t, !err);
}

/* The same answer from memory as by looking. */
static void step_find(struct churn *c)
{
	u32 page = test_below(c->t, c->oracle.nr_pages);
	u32 address = address_of(c, page) + test_below(c->t, (u32)PAGE_SIZE);
	struct lab_vma *vma, *want = NULL;

	list_for_each_entry(vma, &c->mm.vma_list, list) {
		if (vma->end > address) {
			want = vma;
			break;
		}
	}
	vma = mmlab_vma_find(&c->mm, address);
	EXPECT(c->t, vma == want);
	EXPECT(c->t, mmlab_vma_find(&c->mm, address) == want);
	if (vma)
		EXPECT(c->t, mmlab_vma_next(&c->mm, vma) ==
			     mmlab_vma_find(&c->mm, vma->end));
	test_note(c->t, vma ? vma->start : 1);
}

static void (* const steps[])(struct churn *c) = {
	step_fill, step_map, step_map, step_map_fixed, step_cut, step_cut,
	step_protect, step_protect, step_brk, step_grow, step_grow, step_find,
};

/* Regions of all that is not the oracle's, so that nothing finds room there. */
static void add_walls(struct churn *c)
{
	u32 end = address_of(c, c->oracle.nr_pages);
	LIST_HEAD(spares);
	u32 sum = hand_over(c, &spares, 2);

	if (mmlab_vma_oracle_walled_below(&c->oracle))
		mmlab_vma_add(&c->mm, 0, c->oracle.base, ORACLE_WALL, &spares);
	if (mmlab_vma_oracle_walled_above(&c->oracle))
		mmlab_vma_add(&c->mm, end, LAB_PAGE_OFFSET, ORACLE_WALL, &spares);
	take_back(c, &spares, sum);
}

static struct churn *new_churn(struct test_ctx *t, u32 base, u32 nr_pages,
			       u32 span)
{
	u32 nr_spares = nr_pages + 8;
	struct churn *c = mmlab_test_alloc(t, sizeof(*c));
	struct lab_vma *vmas = mmlab_test_alloc(t, nr_spares * sizeof(*vmas));

	if (!c || !vmas || !mmlab_vma_oracle_init(&c->oracle, t, base, nr_pages))
		return NULL;
	c->t = t;
	c->span = span;
	INIT_LIST_HEAD(&c->spares);
	while (nr_spares--)
		list_add(&vmas[nr_spares].list, &c->spares);
	mutex_init(&c->lock);
	mmlab_vma_init(&c->mm, 1, 1, &c->lock);
	return c;
}

static void churn(struct test_ctx *t, u32 base, u32 nr_pages, u32 span, u32 ops)
{
	struct churn *c = new_churn(t, base, nr_pages, span);
	u32 op;

	if (!c)
		return;
	mutex_lock(c->mm.lock);
	add_walls(c);
	for (op = 0; op < ops && !t->nr_failures; op++) {
		steps[test_below(t, ARRAY_SIZE(steps))](c);
		mmlab_vma_oracle_compare(&c->oracle, &c->mm);
		test_note(t, c->mm.nr_total << 8 | c->mm.nr_vmas);
		/* else it is full most of the time */
		if (!test_below(t, 64))
			do_cut(c, 0, nr_pages);
		if (op % 1024 == 1023)
			mmlab_test_env_relax();
	}
	do_cut(c, 0, nr_pages);
	mmlab_vma_oracle_compare(&c->oracle, &c->mm);
	mutex_unlock(c->mm.lock);
}

static void vma_random_low(struct test_ctx *t)
{
	churn(t, 0, SMALL_PAGES, 12, t->ops / 4);
}

/* Around the address at which the search for room begins. */
static void vma_random_middle(struct test_ctx *t)
{
	churn(t, LAB_MMAP_BASE - (SMALL_PAGES / 2 << PAGE_SHIFT), SMALL_PAGES, 12,
	      3 * (t->ops / 8));
}

static void vma_random_high(struct test_ctx *t)
{
	churn(t, HIGH_BASE(SMALL_PAGES), SMALL_PAGES, 12, t->ops / 4);
}

/* Room enough for stacks to come to their limits. */
static void vma_random_stack(struct test_ctx *t)
{
	churn(t, 0, STACK_PAGES, 300, t->ops / 16);
	churn(t, HIGH_BASE(STACK_PAGES), STACK_PAGES, 300, t->ops / 16);
}

const struct test_case mmlab_test_vma_random[] = {
	{ "vma_random_low", vma_random_low },
	{ "vma_random_middle", vma_random_middle },
	{ "vma_random_high", vma_random_high },
	{ "vma_random_stack", vma_random_stack },
	{}
};
