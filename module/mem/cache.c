// SPDX-License-Identifier: GPL-2.0
/*
 * Caches: the list of them, creation and destruction, snapshots, checks.
 *
 * mmlab_caches[] is written under caches_lock. An entry is set when the cache is ready,
 * and cleared under the freeze, so a reader in a section may use the cache to the end of
 * the section.
 *
 * Lock order: lab_mm.lock -> caches_lock -> freeze -> section -> depot_lock, lab_slab_cache.lock.
 */
#define pr_fmt(fmt) "mmlab: " fmt

#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "../report.h"
#include "arena.h"
#include "cache.h"
#include "frames.h"
#include "magazine.h"
#include "number.h"

struct lab_kcache *mmlab_caches[LAB_MAX_CACHES];
struct lab_kcache *mmlab_cache_owners[LAB_MAX_CACHES];

/* Stands in the place of a missing cache: no frame can have its identity. */
static struct lab_kcache no_cache = { .slab.identity = U64_MAX };
static DEFINE_MUTEX(caches_lock);

/* Numbers of the caches with LAB_SLAB_INTERNAL. */
static DECLARE_BITMAP(internal_ids, LAB_MAX_CACHES);

static char *debug = "";
module_param(debug, charp, 0444);
MODULE_PARM_DESC(debug, "debugging of all caches: any of Z (red zones), P (poison), F (consistency), U (owners)");

/* The parameter's flags; poison is left out if the cache has a constructor. */
static lab_slab_flags_t debug_flags(bool has_ctor)
{
	lab_slab_flags_t flags = 0;
	const char *ch;

	for (ch = debug; *ch; ch++) {
		switch (*ch) {
		case 'Z': case 'z':
			flags |= LAB_SLAB_RED_ZONE;
			break;
		case 'P': case 'p':
			flags |= has_ctor ? 0 : LAB_SLAB_POISON;
			break;
		case 'F': case 'f':
			flags |= LAB_SLAB_CONSISTENCY;
			break;
		case 'U': case 'u':
			flags |= LAB_SLAB_STORE_USER;
			break;
		}
	}
	return flags;
}

/* Objects per magazine in all caches; below 0: each by its objects' size. */
static int magazine = -1;

static uint seed;

static int set_seed(const char *val, const struct kernel_param *kp)
{
	s64 number;
	int err = mmlab_number_parse(kp->name, val, 0, UINT_MAX, &number);

	if (!err)
		seed = number;
	return err;
}

static const struct kernel_param_ops seed_ops = {
	.set = set_seed,
	.get = param_get_uint,
};

module_param_cb(seed, &seed_ops, &seed, 0444);
MODULE_PARM_DESC(seed, "seed of the random order of objects in caches that have one (default 0: a new seed at each load)");

static int resize_all(int wanted)
{
	u32 id;
	int err = 0;

	mutex_lock(&caches_lock);
	for (id = 1; id < LAB_MAX_CACHES && !err; id++) {
		struct lab_kcache *k = mmlab_caches[id];
		u32 size;

		if (!k)
			continue;
		size = mmlab_magazine_default_size(&k->slab, wanted);
		err = mmlab_magazine_resize(k, size);
	}
	if (!err)
		magazine = wanted;
	mutex_unlock(&caches_lock);
	return err;
}

static int set_magazine(const char *val, const struct kernel_param *kp)
{
	s64 wanted;
	int err = mmlab_number_parse(kp->name, val, -1, LAB_MAX_MAGAZINE, &wanted);

	return err ?: resize_all((int)wanted);
}

static const struct kernel_param_ops magazine_ops = {
	.set = set_magazine,
	.get = param_get_int,
};

module_param_cb(magazine, &magazine_ops, &magazine, 0644);
MODULE_PARM_DESC(magazine, "objects per magazine of all caches (0-240; 0: no magazines; default -1: by the size of the objects)");

int mmlab_cache_init(void)
{
	u32 id;

	if (strspn(debug, "ZPFUzpfu-") != strlen(debug)) {
		pr_err("debug=: only the letters Z, P, F and U mean something\n");
		return -EINVAL;
	}
	for (id = 0; id < LAB_MAX_CACHES; id++)
		mmlab_cache_owners[id] = &no_cache;
	return 0;
}

static struct lab_kcache *find_cache_locked(const char *name)
{
	u32 id;

	lockdep_assert_held(&caches_lock);
	for (id = 1; id < LAB_MAX_CACHES; id++)
		if (mmlab_caches[id] && !strcmp(mmlab_caches[id]->slab.name, name))
			return mmlab_caches[id];
	return NULL;
}

static u32 free_id_locked(void)
{
	u32 id;

	lockdep_assert_held(&caches_lock);
	for (id = 1; id < LAB_MAX_CACHES; id++)
		if (!mmlab_caches[id])
			return id;
	return 0;
}

static u32 count_owned_locked(u32 owner)
{
	u32 id, nr = 0;

	lockdep_assert_held(&caches_lock);
	for (id = 1; id < LAB_MAX_CACHES; id++)
		nr += mmlab_caches[id] && mmlab_caches[id]->owner == owner;
	return nr;
}

static int setup_cache_locked(struct lab_kcache *k,
			      const struct lab_cache_params *params, int wanted)
{
	int err;

	lockdep_assert_held(&caches_lock);
	err = mmlab_slab_init(&k->slab, params);
	if (err)
		return err;
	if (wanted > 0 && k->slab.flags & LAB_SLAB_DEBUG_FLAGS)
		return -EINVAL;
	if (find_cache_locked(params->name))
		return -EEXIST;
	if (!params->id ||
	    (k->owner && count_owned_locked(k->owner) >= LAB_MAX_OWNED))
		return -ENOSPC;
	if (wanted < 0)
		wanted = magazine;
	err = mmlab_magazine_init(k, mmlab_magazine_default_size(&k->slab, wanted));
	if (err)
		return err;
	if (params->flags & LAB_SLAB_INTERNAL)
		set_bit(params->id, internal_ids);
	/* Pairs with the readers' address dependency: they find an initialised cache. */
	smp_store_release(&mmlab_caches[params->id], k);
	smp_store_release(&mmlab_cache_owners[params->id], k);	/* likewise */
	return 0;
}

struct lab_kcache *mmlab_cache_create(const char *name, u32 size, u32 align,
				      lab_slab_flags_t flags, u32 owner, int wanted,
				      void (*ctor)(void *object))
{
	struct lab_cache_params params = {
		.name = name,
		.size = size,
		.align = align,
		.flags = flags | debug_flags(ctor),
		.seed = seed ?: get_random_u32(),
		.ctor = ctor,
	};
	struct lab_kcache *k = kzalloc(sizeof(*k), GFP_KERNEL_ACCOUNT);
	int err;

	if (!k)
		return ERR_PTR(-ENOMEM);
	k->owner = owner;
	/* The process's other threads must not destroy it before the call returns. */
	k->nr_users = owner ? 1 : 0;
	mutex_lock(&caches_lock);
	params.id = free_id_locked();
	err = setup_cache_locked(k, &params, wanted);
	mutex_unlock(&caches_lock);
	if (!err)
		return k;
	kfree(k);
	return ERR_PTR(err);
}

/*
 * Objects that are parked count as in use for their slab. So the magazines are emptied
 * first, under the freeze, and only then a slab can be seen to be free.
 */
static u32 shrink_cache_locked(struct lab_kcache *k)
{
	lockdep_assert_held(&caches_lock);
	mmlab_freeze();
	mmlab_magazine_empty_all(k);
	mmlab_thaw();
	mmlab_magazine_trim(k);
	return mmlab_magazine_free_slabs(k, 0);
}

/* Frees the number. Under the freeze, because hot-plug walks over the array. */
static void unpublish(struct lab_kcache *k)
{
	mmlab_freeze_assert_held();
	WRITE_ONCE(mmlab_caches[k->slab.id], NULL);
	WRITE_ONCE(mmlab_cache_owners[k->slab.id], &no_cache);
	clear_bit(k->slab.id, internal_ids);
}

/* Only quarantined objects are still in use; they are corrupt and have no owner. */
static void abandon_slabs(struct lab_kcache *k)
{
	u32 pfn = mmlab_slab_abandon(&mmlab_machine, &k->slab);

	while (pfn != PFN_NONE) {
		u32 next = mmlab_frame(&mmlab_machine, pfn)->next;

		mmlab_frames_free(pfn, k->slab.order, USE_SLAB, k->slab.id);
		pfn = next;
	}
}

/* Frees an unpublished cache and all of its memory. */
static void dispose_cache(struct lab_kcache *k)
{
	abandon_slabs(k);
	mmlab_magazine_exit(k);
	kfree(k);
}

static void forget_cache_locked(struct lab_kcache *k)
{
	lockdep_assert_held(&caches_lock);
	mmlab_freeze();
	unpublish(k);
	mmlab_thaw();
	dispose_cache(k);
}

/*
 * After the shrink, what is in use is in use by a user. No user can come after the look:
 * a new one needs caches_lock for its reference.
 */
int mmlab_cache_destroy(struct lab_kcache *k, u32 nr_held)
{
	int err = 0;

	mutex_lock(&caches_lock);
	shrink_cache_locked(k);
	if (k->slab.nr_active > k->slab.nr_quarantined ||
	    k->nr_users > nr_held)
		err = -EBUSY;
	else
		forget_cache_locked(k);
	mutex_unlock(&caches_lock);
	return err;
}

void mmlab_cache_destroy_owned(u32 owner)
{
	struct lab_kcache *k, *next, *ended = NULL;
	u32 id;

	/* One freeze for all caches; the rest needs none. */
	mutex_lock(&caches_lock);
	if (!count_owned_locked(owner)) {
		mutex_unlock(&caches_lock);
		return;
	}
	mmlab_freeze();
	for (id = 1; id < LAB_MAX_CACHES; id++) {
		k = mmlab_caches[id];
		if (!k || k->owner != owner)
			continue;
		mmlab_magazine_empty_all(k);
		unpublish(k);
		k->ended = ended;
		ended = k;
	}
	mmlab_thaw();
	for (k = ended; k; k = next) {
		next = k->ended;
		dispose_cache(k);
		cond_resched();
	}
	mutex_unlock(&caches_lock);
}

u32 mmlab_cache_shrink(struct lab_kcache *k)
{
	u32 nr;

	mutex_lock(&caches_lock);
	nr = shrink_cache_locked(k);
	mutex_unlock(&caches_lock);
	return nr;
}

u32 mmlab_cache_shrink_all(void)
{
	u32 id, nr = 0;

	/* One freeze for all caches; the rest needs none. */
	mutex_lock(&caches_lock);
	mmlab_freeze();
	for (id = 1; id < LAB_MAX_CACHES; id++) {
		if (!mmlab_caches[id])
			continue;
		mmlab_magazine_empty_all(mmlab_caches[id]);
		cond_resched();
	}
	mmlab_thaw();
	for (id = 1; id < LAB_MAX_CACHES; id++) {
		if (!mmlab_caches[id])
			continue;
		mmlab_magazine_trim(mmlab_caches[id]);
		nr += mmlab_magazine_free_slabs(mmlab_caches[id], 0);
	}
	mutex_unlock(&caches_lock);
	return nr;
}

int mmlab_cache_resize(struct lab_kcache *k, u32 size)
{
	if (size > LAB_MAX_MAGAZINE ||
	    (size && k->slab.flags & LAB_SLAB_DEBUG_FLAGS))
		return -EINVAL;
	return mmlab_magazine_resize(k, size);
}

struct lab_kcache *mmlab_cache_get_id(u32 id, u32 owner)
{
	struct lab_kcache *k;

	mutex_lock(&caches_lock);
	k = mmlab_cache_by_id(id);
	if (!k)
		k = ERR_PTR(-ENOENT);
	else if (k->owner != owner)
		k = ERR_PTR(-EPERM);
	else
		k->nr_users++;
	mutex_unlock(&caches_lock);
	return k;
}

void mmlab_cache_put(struct lab_kcache *k)
{
	mutex_lock(&caches_lock);
	k->nr_users--;
	mutex_unlock(&caches_lock);
}

bool mmlab_cache_is_internal(u32 id)
{
	return id < LAB_MAX_CACHES && test_bit(id, internal_ids);
}

static void snapshot_cpus(struct lab_kcache *k, struct lab_kcache_snapshot *s)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		const struct lab_cache_cpu *cc = per_cpu_ptr(k->cpu, cpu);

		s->nr_parked += mmlab_kcache_parked(cc);
		s->nr_alloc += cc->nr_alloc;
		s->nr_free += mmlab_kcache_nr_free(cc);
		s->nr_alloc_slow += cc->nr_alloc_slow;
		s->nr_free_slow += cc->nr_free_slow;
	}
}

static void snapshot_cache(struct lab_kcache *k, struct lab_kcache_snapshot *s)
{
	const struct lab_magazine *mag;

	mmlab_freeze_assert_held();
	mmlab_slab_snapshot(&k->slab, &s->slab);
	snapshot_cpus(k, s);
	s->owner = k->owner;
	s->magazine_size = k->magazine_size;
	spin_lock(&k->depot_lock);
	for (mag = k->full; mag; mag = mag->next)
		s->nr_depot += mag->rounds;
	s->nr_full = k->nr_full;
	s->nr_empty = k->nr_empty;
	s->nr_exchanges = k->nr_exchanges;
	spin_unlock(&k->depot_lock);
}

int mmlab_cache_snapshot_one(const char *name, u32 id,
			     struct lab_kcache_snapshot *s)
{
	struct lab_kcache *k;

	memset(s, 0, sizeof(*s));
	mutex_lock(&caches_lock);
	k = *name ? find_cache_locked(name) : mmlab_cache_by_id(id);
	if (k) {
		mmlab_freeze();
		snapshot_cache(k, s);
		mmlab_thaw();
	}
	mutex_unlock(&caches_lock);
	return k ? 0 : -ENOENT;
}

/*
 * Memory is taken before the freeze, or all allocations of the lab would wait for the host.
 * caches_lock keeps the number of caches as it was counted.
 */
struct lab_kcache_snapshot *mmlab_cache_snapshot_all(u32 *nr)
{
	struct lab_kcache_snapshot *s;
	u32 id, nr_caches = 0;

	mutex_lock(&caches_lock);
	for (id = 1; id < LAB_MAX_CACHES; id++)
		nr_caches += !!mmlab_caches[id];
	*nr = 0;
	s = kvcalloc(nr_caches + 1, sizeof(*s), GFP_KERNEL);
	if (s) {
		mmlab_freeze();
		for (id = 1; id < LAB_MAX_CACHES; id++)
			if (mmlab_caches[id])
				snapshot_cache(mmlab_caches[id], &s[(*nr)++]);
		mmlab_thaw();
	}
	mutex_unlock(&caches_lock);
	return s;
}

/* Checks that no more objects are parked than their slabs count as in use. */
static void validate_parked(struct lab_kcache *k, struct lab_verdict *v)
{
	struct lab_kcache_snapshot s = {};
	const struct lab_cache_cpu *cc;
	unsigned int cpu;

	snapshot_cache(k, &s);
	mmlab_verdict_expect(v, "no more objects are parked than are active",
			     k->slab.id, 1, s.nr_parked + s.nr_depot +
			     s.slab.nr_quarantined <= s.slab.nr_active);
	for_each_possible_cpu(cpu) {
		cc = per_cpu_ptr(k->cpu, cpu);
		mmlab_verdict_expect(v, "a magazine holds no more than it can",
				     k->slab.id, 1, mmlab_kcache_rounds(cc) <=
				     mmlab_kcache_capacity(cc));
		mmlab_verdict_expect(v, "a magazine has nothing below its rounds",
				     k->slab.id, 1, !cc->loaded ||
				     !cc->loaded->bottom);
		mmlab_verdict_expect(v, "the previous magazine is full or empty",
				     k->slab.id, 1, !cc->previous ||
				     !cc->previous->rounds ||
				     cc->previous->rounds == cc->previous->size);
	}
}

static int map_slab_locked(struct lab_kcache *k, u32 index, struct lab_slab_map *map)
{
	u32 i, pfn;

	lockdep_assert_held(&caches_lock);
	spin_lock(&k->slab.lock);
	pfn = mmlab_slab_nth_locked(&mmlab_machine, &k->slab, index);
	if (pfn != PFN_NONE) {
		map->pfn = pfn;
		map->nr_objects = k->slab.nr_objects;
		map->nr_used = mmlab_frame(&mmlab_machine, pfn)->mapcount;
		map->colour = mmlab_frame(&mmlab_machine, pfn)->colour *
			      LAB_SLAB_COLOUR_STEP;
		for (i = 0; i < min(map->nr_objects, 512U); i++)
			if (!mmlab_slab_is_free(&mmlab_machine, &k->slab, pfn, i))
				map->used[i / 64] |= BIT_ULL(i % 64);
	}
	spin_unlock(&k->slab.lock);
	return pfn == PFN_NONE ? -ENOENT : 0;
}

int mmlab_cache_map(u32 id, u32 index, struct lab_slab_map *map)
{
	struct lab_kcache *k;
	int err = -ENOENT;

	memset(map, 0, sizeof(*map));
	mutex_lock(&caches_lock);
	k = mmlab_cache_by_id(id);
	if (k)
		err = map_slab_locked(k, index, map);
	mutex_unlock(&caches_lock);
	return err;
}

/* Each fault costs a pass over the cache's objects: the rest can wait. */
#define FAULTS_PER_CHECK	16U

static void validate_objects(struct lab_kcache *k, struct lab_verdict *v)
{
	struct lab_slab_fault fault;
	u32 nr_bad = 0;

	while (nr_bad < FAULTS_PER_CHECK &&
	       mmlab_slab_debug_validate(&mmlab_machine, &k->slab, &fault)) {
		mmlab_report_slab(&fault);
		nr_bad++;
		cond_resched();
	}
	mmlab_verdict_expect(v, "free objects and red zones are untouched",
			     k->slab.id, 0, nr_bad);
}

/*
 * Counts are checked under the freeze. The bytes of objects are checked without it: that is
 * slow, and lab_slab_cache.lock is enough for that.
 */
void mmlab_cache_validate(struct lab_verdict *v)
{
	u32 id;

	mutex_lock(&caches_lock);
	mmlab_freeze();
	for (id = 1; id < LAB_MAX_CACHES; id++) {
		if (!mmlab_caches[id])
			continue;
		validate_parked(mmlab_caches[id], v);
		mmlab_slab_validate(&mmlab_machine, &mmlab_caches[id]->slab, v);
		v->nr_objects++;
		cond_resched();
	}
	mmlab_thaw();
	for (id = 1; id < LAB_MAX_CACHES; id++)
		if (mmlab_caches[id])
			validate_objects(mmlab_caches[id], v);
	mutex_unlock(&caches_lock);
}

void mmlab_cache_drain_cpu(unsigned int cpu)
{
	u32 id;

	mmlab_freeze_assert_held();
	for (id = 1; id < LAB_MAX_CACHES; id++) {
		/* Pairs with smp_store_release() of a new cache; none goes while frozen. */
		struct lab_kcache *k = smp_load_acquire(&mmlab_caches[id]);

		if (k)
			mmlab_magazine_empty_cpu(k, cpu);
	}
}

void mmlab_cache_exit(void)
{
	u32 id;

	mutex_lock(&caches_lock);
	for (id = 1; id < LAB_MAX_CACHES; id++)
		if (mmlab_caches[id])
			forget_cache_locked(mmlab_caches[id]);
	mutex_unlock(&caches_lock);
}
