// SPDX-License-Identifier: GPL-2.0
/*
 * Magazines and their depot: the slow paths to those in magazine.h.
 *
 * A CPU's magazines change in a section on that CPU, or under the freeze. The previous
 * magazine is full or empty, so an exchange with the loaded one always helps an
 * allocation or a free that the loaded one can't serve; only then the depot is asked.
 * Code that leaves the section to allocate may come back on another CPU: it reads all
 * per-CPU state again.
 *
 * Lock order: (section or freeze) -> depot_lock -> lab_slab_cache.lock.
 */
#include <linux/slab.h>

#include "../report.h"
#include "arena.h"
#include "frames.h"
#include "inject.h"
#include "magazine.h"

/* Full magazines that a depot keeps at most, per possible CPU. */
#define DEPOT_FULL_PER_CPU	3U

/* Free slabs that a cache keeps. */
#define KEEP_FREE_SLABS		2U

static struct lab_magazine *new_magazine(u32 size)
{
	struct lab_magazine *mag;

	mag = kmalloc(struct_size(mag, round, size), GFP_KERNEL_ACCOUNT);
	if (mag) {
		mag->size = size;
		mag->rounds = 0;
		mag->bottom = NULL;
	}
	return mag;
}

/* In the place of a missing magazine: an allocation finds no object, a free no room. */
static void *no_rounds[1];

/* Loads a magazine, or none. In a section, under the freeze, or on a new @cc. */
static void load_magazine(struct lab_cache_cpu *cc, struct lab_magazine *mag)
{
	cc->loaded = mag;
	cc->top = mag ? mag->round + mag->rounds : no_rounds + 1;
	cc->end = mag ? mag->round + mag->size : no_rounds + 1;
}

/* Unloads the magazine and brings its @rounds up to date. */
static struct lab_magazine *unload_magazine(struct lab_cache_cpu *cc)
{
	struct lab_magazine *mag = cc->loaded;

	if (mag)
		mag->rounds = mmlab_kcache_rounds(cc);
	load_magazine(cc, NULL);
	return mag;
}

u32 mmlab_magazine_default_size(const struct lab_slab_cache *c, int wanted)
{
	if (c->flags & LAB_SLAB_DEBUG_FLAGS)
		return 0;
	if (wanted >= 0)
		return wanted;
	return c->size <= 256 ? 60 : c->size <= 1024 ? 28 :
	       c->size <= 4096 ? 12 : c->size <= 16384 ? 6 : 2;
}

static void free_loaded(struct lab_kcache *k)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		struct lab_cache_cpu *cc = per_cpu_ptr(k->cpu, cpu);

		kfree(unload_magazine(cc));
		kfree(cc->previous);
		cc->previous = NULL;
	}
}

int mmlab_magazine_init(struct lab_kcache *k, u32 size)
{
	unsigned int cpu;

	spin_lock_init(&k->depot_lock);
	k->cpu = alloc_percpu_gfp(struct lab_cache_cpu, GFP_KERNEL_ACCOUNT);
	if (!k->cpu)
		return -ENOMEM;
	k->magazine_size = size;
	for_each_possible_cpu(cpu)
		load_magazine(per_cpu_ptr(k->cpu, cpu), NULL);
	for_each_possible_cpu(cpu) {
		struct lab_cache_cpu *cc = per_cpu_ptr(k->cpu, cpu);

		if (!size)
			break;
		load_magazine(cc, new_magazine(size));
		cc->previous = new_magazine(size);
		if (!cc->loaded || !cc->previous) {
			free_loaded(k);
			free_percpu(k->cpu);
			return -ENOMEM;
		}
	}
	return 0;
}

static void push_magazine(struct lab_magazine **list, u32 *nr, struct lab_magazine *mag)
{
	mag->next = *list;
	*list = mag;
	++*nr;
}

static struct lab_magazine *pop_magazine(struct lab_magazine **list, u32 *nr)
{
	struct lab_magazine *mag = *list;

	if (mag) {
		*list = mag->next;
		--*nr;
	}
	return mag;
}

void mmlab_magazine_exit(struct lab_kcache *k)
{
	struct lab_magazine *mag;

	mmlab_magazine_trim(k);
	/* Full ones are left only at module exit: their objects go with the arena. */
	while ((mag = pop_magazine(&k->full, &k->nr_full)) != NULL)
		kfree(mag);
	free_loaded(k);
	free_percpu(k->cpu);
}

/*
 * The loaded magazine has its rounds in top, and the previous one has them in rounds: an
 * exchange brings one up to date and takes over the other.
 */
static void swap_magazines(struct lab_cache_cpu *cc)
{
	struct lab_magazine *mag = unload_magazine(cc);

	load_magazine(cc, cc->previous);
	cc->previous = mag;
}

/* Exchanges the loaded magazine for a full one; both of the CPU's are empty. */
static bool take_full(struct lab_kcache *k, struct lab_cache_cpu *cc)
{
	struct lab_magazine *mag;

	/* A guess without the lock: most caches have no full magazine in the depot. */
	if (!READ_ONCE(k->nr_full))
		return false;
	spin_lock(&k->depot_lock);
	mag = pop_magazine(&k->full, &k->nr_full);
	if (mag) {
		push_magazine(&k->empty, &k->nr_empty, cc->previous);
		k->nr_exchanges++;
	}
	spin_unlock(&k->depot_lock);
	if (!mag)
		return false;
	cc->previous = unload_magazine(cc);
	load_magazine(cc, mag);
	return true;
}

/* Exchanges the loaded magazine for an empty one; both of the CPU's are full. */
static bool take_empty(struct lab_kcache *k, struct lab_cache_cpu *cc)
{
	struct lab_magazine *mag = NULL;

	if (!READ_ONCE(k->nr_empty))
		return false;
	spin_lock(&k->depot_lock);
	if (k->nr_full < DEPOT_FULL_PER_CPU * num_possible_cpus())
		mag = pop_magazine(&k->empty, &k->nr_empty);
	if (mag) {
		push_magazine(&k->full, &k->nr_full, cc->previous);
		k->nr_exchanges++;
	}
	spin_unlock(&k->depot_lock);
	if (!mag)
		return false;
	cc->previous = unload_magazine(cc);
	load_magazine(cc, mag);
	return true;
}

/*
 * Fills half of the loaded, empty magazine with objects from slabs, so that a free that
 * follows finds room without a way back to the slabs.
 */
static void refill_magazine(struct lab_kcache *k, struct lab_cache_cpu *cc)
{
	u32 nr = (mmlab_kcache_capacity(cc) + 1) / 2;

	mmlab_section_assert_held();
	cc->top += mmlab_slab_alloc(&mmlab_machine, &k->slab, cc->top, nr);
}

/* Adds a slab. No section: frames are allocated in one of their own. */
static bool grow_cache(struct lab_kcache *k)
{
	lab_gfp_t flags = k->slab.flags & LAB_SLAB_DMA ? LAB_GFP_DMA : 0;
	u32 pfn;

	if (mmlab_inject_fails(FAILPOINT_SLAB, PAGE_SIZE << k->slab.order))
		return false;
	pfn = mmlab_frames_alloc(k->slab.order, flags, USE_SLAB, k->slab.id);
	if (pfn == PFN_NONE)	/* the shortage may have freed objects to the slabs */
		return READ_ONCE(k->slab.list[SLABS_PARTIAL].nr) ||
		       READ_ONCE(k->slab.list[SLABS_FREE].nr);
	mmlab_slab_add(&mmlab_machine, &k->slab, pfn);
	return true;
}

u32 mmlab_magazine_free_slabs(struct lab_kcache *k, u32 keep)
{
	u32 pfn = mmlab_slab_shrink(&mmlab_machine, &k->slab, keep);
	u32 nr = 0;

	while (pfn != PFN_NONE) {
		u32 next = mmlab_frame(&mmlab_machine, pfn)->next;

		/* It held pointers of the host, which must not leak to the next owner. */
		if (k->slab.flags & LAB_SLAB_INTERNAL)
			memset(mmlab_frame_address(&mmlab_machine, pfn), 0,
			       PAGE_SIZE << k->slab.order);
		mmlab_frames_free(pfn, k->slab.order, USE_SLAB, k->slab.id);
		nr += 1U << k->slab.order;
		pfn = next;
	}
	return nr;
}

static struct lab_slab_track track_now(unsigned long caller)
{
	return (struct lab_slab_track){
		.caller = caller,
		.when = get_jiffies_64(),
		.pid = current->pid,
		.cpu = raw_smp_processor_id(),
	};
}

/* Takes an object of a cache with debugging from its slabs. */
static void *alloc_checked(struct lab_kcache *k, unsigned long caller)
{
	struct lab_slab_track track = track_now(caller);
	struct lab_slab_fault fault;
	void *object;

	do {
		object = mmlab_slab_debug_alloc(&mmlab_machine, &k->slab, &track,
						&fault);
		if (unlikely(fault.kind))
			mmlab_report_slab(&fault);
	} while (!object && (fault.kind || grow_cache(k)));
	return object;
}

/* An object from the previous magazine, the depot or the slabs. In a section. */
static void *alloc_exchange(struct lab_kcache *k, struct lab_cache_cpu *cc)
{
	u32 parked = mmlab_kcache_parked(cc);
	void *object = NULL;

	mmlab_section_assert_held();
	if (!cc->loaded) {
		mmlab_slab_alloc(&mmlab_machine, &k->slab, &object, 1);
		return object;
	}
	if (!mmlab_kcache_rounds(cc) && cc->previous->rounds)
		swap_magazines(cc);
	else if (!mmlab_kcache_rounds(cc) && !take_full(k, cc))
		refill_magazine(k, cc);
	if (mmlab_kcache_rounds(cc))
		object = *--cc->top;
	cc->nr_moved += (long)mmlab_kcache_parked(cc) - parked;
	return object;
}

void *mmlab_magazine_alloc_slow(struct lab_kcache *k, unsigned long caller)
{
	struct lab_cache_cpu *cc;
	void *object;

	might_sleep();
	if (k->slab.flags & LAB_SLAB_DEBUG_FLAGS)
		return alloc_checked(k, caller);
	do {
		mmlab_section_enter();
		cc = this_cpu_ptr(k->cpu);
		object = alloc_exchange(k, cc);
		cc->nr_alloc_slow += !!object;
		mmlab_section_leave();
	} while (!object && grow_cache(k));
	return object;
}

/* Frees half of the loaded, full magazine to the slabs. */
static void empty_half(struct lab_kcache *k, struct lab_cache_cpu *cc)
{
	u32 nr = (mmlab_kcache_capacity(cc) + 1) / 2;

	cc->top -= nr;
	mmlab_slab_free_bulk(&mmlab_machine, &k->slab, cc->top, nr);
}

/* Has the depot room for this CPU's full magazine, but no empty one? */
static bool wants_magazine(const struct lab_kcache *k)
{
	return READ_ONCE(k->magazine_size) && !READ_ONCE(k->nr_empty) &&
	       READ_ONCE(k->nr_full) < DEPOT_FULL_PER_CPU * num_possible_cpus();
}

static void add_empty_magazine(struct lab_kcache *k)
{
	struct lab_magazine *mag = new_magazine(READ_ONCE(k->magazine_size));

	if (!mag)
		return;
	spin_lock(&k->depot_lock);
	if (mag->size == k->magazine_size) {
		push_magazine(&k->empty, &k->nr_empty, mag);
		mag = NULL;
	}
	spin_unlock(&k->depot_lock);
	kfree(mag);	/* resized meanwhile */
}

static int free_checked(struct lab_kcache *k, void *object, unsigned long caller)
{
	struct lab_slab_track track = track_now(caller);
	struct lab_slab_fault fault;
	int err = mmlab_slab_debug_free(&mmlab_machine, &k->slab, object, &track,
					&fault);

	if (fault.kind)
		mmlab_report_slab(&fault);
	return err;
}

/* Frees surplus slabs; called after objects went to slabs. */
static void trim_slabs(struct lab_kcache *k)
{
	if (READ_ONCE(k->slab.list[SLABS_FREE].nr) > KEEP_FREE_SLABS)
		mmlab_magazine_free_slabs(k, KEEP_FREE_SLABS);
}

/* Makes room for an object and puts it into the loaded magazine. In a section. */
static int free_exchange(struct lab_kcache *k, struct lab_cache_cpu *cc,
			 void *object)
{
	u32 parked = mmlab_kcache_parked(cc);

	mmlab_section_assert_held();
	if (!cc->loaded)
		return mmlab_slab_free(&mmlab_machine, &k->slab, object);
	if (cc->top == cc->end) {
		if (!cc->previous->rounds)
			swap_magazines(cc);
		else if (!take_empty(k, cc))
			empty_half(k, cc);
	}
	*cc->top++ = object;
	cc->nr_moved += (long)mmlab_kcache_parked(cc) - parked;
	return 0;
}

int mmlab_magazine_free_slow(struct lab_kcache *k, void *object,
			     unsigned long caller)
{
	struct lab_cache_cpu *cc;
	int err = 0;

	might_sleep();
	if (!object)
		return 0;
	if (k->slab.flags & LAB_SLAB_DEBUG_FLAGS) {
		err = free_checked(k, object, caller);
		trim_slabs(k);
		return err;
	}
	/* Not an object of this cache: let the slabs refuse and count it. */
	if (unlikely(mmlab_slab_find(&mmlab_machine, &k->slab, object, NULL) ==
		     PFN_NONE))
		return mmlab_slab_free(&mmlab_machine, &k->slab, object);
	/* before the section, as the host may sleep to find memory; it need not succeed */
	if (wants_magazine(k))
		add_empty_magazine(k);
	mmlab_section_enter();
	cc = this_cpu_ptr(k->cpu);
	cc->nr_free_slow++;
	err = free_exchange(k, cc, object);
	mmlab_section_leave();
	trim_slabs(k);
	return err;
}

/* Takes objects of this CPU's magazines or of the slabs, in one section. */
static u32 alloc_objects(struct lab_kcache *k, void **objects, u32 nr)
{
	struct lab_cache_cpu *cc;
	u32 got = 0, parked, quick = 0;

	mmlab_section_enter();
	cc = this_cpu_ptr(k->cpu);
	parked = mmlab_kcache_parked(cc);
	while (got < nr) {
		u32 part = min(nr - got, mmlab_kcache_rounds(cc));

		if (part) {
			cc->top -= part;
			memcpy(objects + got, cc->top, part * sizeof(*objects));
			got += part;
			quick += part;
		} else if (cc->loaded && cc->previous->rounds) {
			swap_magazines(cc);
		} else if (!cc->loaded || !take_full(k, cc)) {
			part = mmlab_slab_alloc(&mmlab_machine, &k->slab,
						objects + got, nr - got);
			cc->nr_alloc_slow += part;
			got += part;
			break;
		}
	}
	cc->nr_alloc += quick;
	cc->nr_moved += (long)mmlab_kcache_parked(cc) - parked + quick;
	mmlab_section_leave();
	return got;
}

int mmlab_magazine_alloc_bulk(struct lab_kcache *k, void **objects, u32 nr,
			      unsigned long caller)
{
	u32 got = 0;

	if (k->slab.flags & LAB_SLAB_DEBUG_FLAGS) {
		while (got < nr && (objects[got] = alloc_checked(k, caller)))
			got++;
	} else {
		do {
			got += alloc_objects(k, objects + got, nr - got);
		} while (got < nr && grow_cache(k));
	}
	/* all or nothing: what was taken so far goes back */
	if (got == nr)
		return 0;
	mmlab_magazine_free_bulk(k, objects, got, caller);
	return -ENOMEM;
}

/* Frees objects to the loaded magazine, up to one that needs the slow path. */
static u32 free_objects(struct lab_kcache *k, void **objects, u32 nr)
{
	struct lab_cache_cpu *cc;
	u32 given = 0;

	mmlab_section_enter();
	cc = this_cpu_ptr(k->cpu);
	while (given < nr) {
		void *object = objects[given];

		if (unlikely(cc->top >= cc->end)) {
			if (!cc->loaded || cc->previous->rounds)
				break;
			swap_magazines(cc);
		}
		if (unlikely(!mmlab_slab_holds(&mmlab_machine, &k->slab, object)))
			break;
		*cc->top++ = object;
		given++;
	}
	mmlab_section_leave();
	return given;
}

u32 mmlab_magazine_free_bulk(struct lab_kcache *k, void **objects, u32 nr,
			     unsigned long caller)
{
	u32 given = 0, nr_refused = 0;

	while (given < nr) {
		given += free_objects(k, objects + given, nr - given);
		if (given < nr)
			nr_refused += mmlab_magazine_free_slow(k, objects[given++],
							       caller) != 0;
	}
	return nr_refused;
}

static void empty_magazine(struct lab_kcache *k, struct lab_magazine *mag,
			   u32 rounds)
{
	mmlab_slab_free_bulk(&mmlab_machine, &k->slab, mag->round, rounds);
	mag->rounds = 0;
}

void mmlab_magazine_empty_cpu(struct lab_kcache *k, unsigned int cpu)
{
	struct lab_cache_cpu *cc = per_cpu_ptr(k->cpu, cpu);

	mmlab_freeze_assert_held();
	if (!cc->loaded)
		return;
	cc->nr_moved -= mmlab_kcache_parked(cc);
	empty_magazine(k, cc->loaded, mmlab_kcache_rounds(cc));
	load_magazine(cc, cc->loaded);
	empty_magazine(k, cc->previous, cc->previous->rounds);
}

void mmlab_magazine_empty_all(struct lab_kcache *k)
{
	struct lab_magazine *mag;
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		mmlab_magazine_empty_cpu(k, cpu);
	spin_lock(&k->depot_lock);
	while ((mag = pop_magazine(&k->full, &k->nr_full)) != NULL) {
		empty_magazine(k, mag, mag->rounds);
		push_magazine(&k->empty, &k->nr_empty, mag);
	}
	spin_unlock(&k->depot_lock);
}

void mmlab_magazine_trim(struct lab_kcache *k)
{
	struct lab_magazine *mag;

	spin_lock(&k->depot_lock);
	while ((mag = pop_magazine(&k->empty, &k->nr_empty)) != NULL)
		kfree(mag);
	spin_unlock(&k->depot_lock);
}

int mmlab_magazine_resize(struct lab_kcache *k, u32 size)
{
	struct lab_magazine **mags;
	unsigned int cpu, i;
	int err = 0;

	/* Two for each CPU; those that are not used are freed at the end. */
	mags = kcalloc(2 * nr_cpu_ids, sizeof(*mags), GFP_KERNEL);
	if (!mags)
		return -ENOMEM;
	for (i = 0; size && i < 2 * nr_cpu_ids && !err; i++) {
		mags[i] = new_magazine(size);
		err = mags[i] ? 0 : -ENOMEM;
	}
	if (err)
		goto out_free;

	/*
	 * All host memory is there by now: the change itself can't fail. No magazine of the old
	 * size is left, since a push to the depot compares sizes.
	 */
	mmlab_freeze();
	mmlab_magazine_empty_all(k);
	mmlab_magazine_trim(k);
	spin_lock(&k->depot_lock);
	WRITE_ONCE(k->magazine_size, size);
	spin_unlock(&k->depot_lock);
	for_each_possible_cpu(cpu) {
		struct lab_cache_cpu *cc = per_cpu_ptr(k->cpu, cpu);
		struct lab_magazine *mag = unload_magazine(cc);

		swap(cc->previous, mags[2 * cpu + 1]);
		swap(mag, mags[2 * cpu]);
		load_magazine(cc, mag);
	}
	mmlab_thaw();
out_free:
	for (i = 0; i < 2 * nr_cpu_ids; i++)
		kfree(mags[i]);
	kfree(mags);
	return err;
}
