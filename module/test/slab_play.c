// SPDX-License-Identifier: GPL-2.0
/*
 * Plays operations on the core's slab caches and on their oracles.
 */
#include "../core/core_internal.h"
#include "../core/buddy.h"
#include "slab_oracle.h"
#include "slab_play.h"

#define NR_CACHES	ARRAY_SIZE(kinds)
#define MAX_LIVE	(ORACLE_MAX_SLABS * ORACLE_MAX_OBJECTS)
#define BULK_MAX	64U
#define CTOR_MARK	0xc0475074c0475074ULL

static void construct(void *object)
{
	*(u64 *)object = CTOR_MARK;
}

static const struct {
	u32 size, align;
	lab_slab_flags_t flags;
	void (*ctor)(void *object);
} kinds[] = {
	{ 8, 0, 0, NULL },			/* on-slab bitmap, 504 objects */
	{ 24, 0, LAB_SLAB_RANDOM, NULL },	/* the same, in random order */
	{ 128, 128, LAB_SLAB_DMA, NULL },	/* just 32 objects, off-slab */
	{ 200, 0, 0, construct },
	{ 920, 64, 0, NULL },			/* several colours */
	{ 1376, 0, LAB_SLAB_RANDOM, construct },
	{ 4096, 4096, 0, NULL },		/* one object in a slab */
	{ 6000, 0, 0, NULL },			/* order 3 */
};

/**
 * struct player - one cache
 * @c: cache
 * @o: its oracle
 * @live: objects allocated
 * @nr_live: of them
 * @last: the object freed last, or NULL
 */
struct player {
	struct lab_slab_cache c;
	struct slab_oracle o;
	void *live[MAX_LIVE];
	u32 nr_live;
	void *last;
};

struct slab_play {
	struct test_ctx *t;
	struct lab_machine *m;
	u32 nr_free[NR_LAB_ZONES];
	struct player player[];
};

void mmlab_slab_ops_next(struct slab_ops *ops, struct slab_op *op)
{
	static const u8 fills[] = { 80, 35, 50, 97, 50, 10, 60, 3, 90, 45 };
	u32 dice = mmlab_test_below(&ops->random, 1000);
	bool bulk = !mmlab_test_below(&ops->random, 16);

	if (!ops->left--) {
		ops->left = 200 + mmlab_test_below(&ops->random, 3000);
		ops->fill = fills[mmlab_test_below(&ops->random,
						   ARRAY_SIZE(fills))];
	}
	op->unused = 0;
	op->cache = (u8)mmlab_test_below(&ops->random, NR_CACHES);
	op->arg = mmlab_test_random(&ops->random);
	op->nr = 1;
	if (dice < 30) {
		op->kind = SLAB_OP_BAD_FREE;
	} else if (dice < 34) {
		op->kind = SLAB_OP_GROW;
	} else if (dice < 40) {
		op->kind = SLAB_OP_SHRINK;
		op->nr = (u8)mmlab_test_below(&ops->random, 4);
	} else if (dice < 41) {
		op->kind = mmlab_test_below(&ops->random, 8) ? SLAB_OP_SHRINK :
							       SLAB_OP_RESTART;
	} else {
		op->kind = mmlab_test_below(&ops->random, 100) < ops->fill ?
			   SLAB_OP_ALLOC : bulk ? SLAB_OP_FREE_BULK : SLAB_OP_FREE;
		if (bulk)
			op->nr = (u8)(1 + mmlab_test_below(&ops->random, BULK_MAX));
	}
}

static void init_player(struct slab_play *play, u32 i)
{
	const struct lab_cache_params params = {
		.name = "play", .id = i + 1, .size = kinds[i].size,
		.align = kinds[i].align, .flags = kinds[i].flags,
		.seed = (u32)play->t->seed + i, .ctor = kinds[i].ctor,
	};
	struct player *p = &play->player[i];

	memset(p, 0, sizeof(*p));
	EXPECT_EQ(play->t, 0, mmlab_slab_init(&p->c, &params));
	p->o.t = play->t;
	p->o.m = play->m;
	p->o.c = &p->c;
}

struct slab_play *mmlab_slab_play_new(struct test_ctx *t)
{
	struct lab_machine *m = mmlab_test_machine(t, mmlab_test_mib(8), true);
	struct slab_play *play;
	u32 i;

	play = mmlab_test_alloc(t, sizeof(*play) +
				NR_CACHES * sizeof(play->player[0]));
	if (!m || !play)
		return NULL;
	play->t = t;
	play->m = m;
	for (i = 0; i < NR_LAB_ZONES; i++)
		play->nr_free[i] = m->zone[i].nr_free;
	for (i = 0; i < NR_CACHES; i++)
		init_player(play, i);
	return play;
}

/* The mark of an object's owner, or the value that the constructor left there. */
static u64 mark_of(const struct player *p, const void *object)
{
	return p->c.ctor ? CTOR_MARK :
	       mmlab_slab_oracle_number(&p->o, object) ^ (u64)p->c.id << 24;
}

static bool grow(struct slab_play *play, struct player *p)
{
	u32 pfn;

	if (p->o.nr_slabs == ORACLE_MAX_SLABS ||
	    mmlab_test_fails(&play->t->random))
		return false;
	pfn = mmlab_test_grow(play->t, play->m, &p->c);
	if (pfn == PFN_NONE)
		return false;
	mmlab_slab_oracle_add(&p->o, pfn);
	return true;
}

static void op_alloc(struct slab_play *play, struct player *p, u32 nr)
{
	void **objects = p->live + p->nr_live;
	u32 got, i;

	nr = min(nr, MAX_LIVE - p->nr_live);
	got = mmlab_slab_alloc(play->m, &p->c, objects, nr);
	mmlab_slab_oracle_alloc(&p->o, objects, nr, got);
	if (got < nr && grow(play, p)) {
		u32 more = mmlab_slab_alloc(play->m, &p->c, objects + got, nr - got);

		mmlab_slab_oracle_alloc(&p->o, objects + got, nr - got, more);
		got += more;
	}
	for (i = 0; i < got; i++) {
		if (p->c.ctor)
			EXPECT_EQ(play->t, CTOR_MARK, *(u64 *)objects[i]);
		else
			*(u64 *)objects[i] = mark_of(p, objects[i]);
		test_note(play->t, mmlab_slab_oracle_number(&p->o, objects[i]));
	}
	p->nr_live += got;
}

/* Takes an object off the list of the living, and checks that it was not written to. */
static void *pick(struct slab_play *play, struct player *p, u32 arg)
{
	u32 i = arg % p->nr_live;
	void *object = p->live[i];

	p->live[i] = p->live[--p->nr_live];
	EXPECT_EQ(play->t, mark_of(p, object), *(u64 *)object);
	test_note(play->t, mmlab_slab_oracle_number(&p->o, object));
	p->last = object;
	return object;
}

static void op_free(struct slab_play *play, struct player *p,
		    const struct slab_op *op)
{
	u32 nr = min_t(u32, op->nr, p->nr_live);

	while (nr--) {
		void *object = pick(play, p, op->arg);

		mmlab_slab_oracle_free(&p->o, object,
				       mmlab_slab_free(play->m, &p->c, object));
	}
}

static void op_free_bulk(struct slab_play *play, struct player *p,
			 const struct slab_op *op)
{
	void *objects[BULK_MAX];
	u32 nr = min3((u32)op->nr, BULK_MAX, p->nr_live), i;

	for (i = 0; i < nr; i++)
		objects[i] = pick(play, p, op->arg + i);
	EXPECT_EQ(play->t, 0, mmlab_slab_free_bulk(play->m, &p->c, objects, nr));
	for (i = 0; i < nr; i++)
		mmlab_slab_oracle_free(&p->o, objects[i], 0);
}

/* A pointer that a program might free by mistake. */
static void *bad_pointer(struct slab_play *play, struct player *p, u32 arg)
{
	const struct player *other = &play->player[arg / 16 % NR_CACHES];
	u32 some = arg >> 8;

	switch (arg % 4) {
	case 0:		/* a second time, or long ago */
		return p->last;
	case 1:		/* inside of an object */
		if (p->nr_live)
			return (u8 *)p->live[some % p->nr_live] +
			       1 + arg / 16 % (p->c.size - 1);
		break;
	case 2:		/* of another cache */
		if (other != p && other->nr_live)
			return other->live[some % other->nr_live];
		break;
	}
	return (u8 *)play->m->base + some % (u32)play->m->nr_bytes;
}

/* Of this cache's living objects; a random address may be one of them. */
static bool is_live(const struct player *p, const void *object)
{
	u32 i;

	for (i = 0; i < p->nr_live; i++) {
		if (p->live[i] == object)
			return true;
	}
	return false;
}

static void op_bad_free(struct slab_play *play, struct player *p, u32 arg)
{
	void *object = bad_pointer(play, p, arg);
	int err;

	if (is_live(p, object))
		return;
	err = mmlab_slab_free(play->m, &p->c, object);
	mmlab_slab_oracle_free(&p->o, object, err);
	test_note(play->t, (u64)err);
}

static void op_shrink(struct slab_play *play, struct player *p, u32 keep)
{
	u32 pfn = mmlab_slab_shrink(play->m, &p->c, keep);

	mmlab_slab_oracle_shrink(&p->o, keep, false, pfn);
	test_note(play->t, mmlab_test_free_slabs(play->m, pfn));
}

static void op_restart(struct slab_play *play, struct player *p)
{
	u32 pfn = mmlab_slab_abandon(play->m, &p->c);

	mmlab_slab_oracle_shrink(&p->o, 0, true, pfn);
	mmlab_slab_oracle_compare(&p->o);
	mmlab_test_free_slabs(play->m, pfn);
	init_player(play, (u32)(p - play->player));
}

void mmlab_slab_play(struct slab_play *play, const struct slab_op *op)
{
	struct player *p = &play->player[op->cache % NR_CACHES];

	test_note(play->t, (u64)op->kind << 8 | op->cache);
	switch (op->kind) {
	case SLAB_OP_ALLOC:
		op_alloc(play, p, op->nr);
		break;
	case SLAB_OP_FREE:
		op_free(play, p, op);
		break;
	case SLAB_OP_FREE_BULK:
		op_free_bulk(play, p, op);
		break;
	case SLAB_OP_BAD_FREE:
		op_bad_free(play, p, op->arg);
		break;
	case SLAB_OP_GROW:
		grow(play, p);
		break;
	case SLAB_OP_SHRINK:
		op_shrink(play, p, op->nr);
		break;
	case SLAB_OP_RESTART:
		op_restart(play, p);
		break;
	default:
		EXPECT(play->t, op->kind < NR_SLAB_OPS);
	}
}

void mmlab_slab_play_compare(struct slab_play *play)
{
	u32 i;

	for (i = 0; i < NR_CACHES; i++)
		mmlab_slab_oracle_compare(&play->player[i].o);
	mmlab_test_sound(play->t, play->m);
}

void mmlab_slab_play_end(struct slab_play *play)
{
	const struct slab_op op = { .kind = SLAB_OP_FREE, .nr = 255 };
	u32 i;

	mmlab_slab_play_compare(play);
	for (i = 0; i < NR_CACHES; i++) {
		struct player *p = &play->player[i];

		while (p->nr_live && !play->t->nr_failures)
			op_free(play, p, &op);
		op_shrink(play, p, 0);
		EXPECT_EQ(play->t, 0, p->o.nr_slabs);
	}
	mmlab_slab_play_compare(play);
	for (i = 0; i < NR_LAB_ZONES; i++)
		EXPECT_EQ(play->t, play->nr_free[i], play->m->zone[i].nr_free);
}
