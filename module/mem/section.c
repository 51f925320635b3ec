// SPDX-License-Identifier: GPL-2.0
/*
 * Sections and the freeze: see section.h.
 *
 * A freezer closes the entrances first (mmlab_frozen, mmlab_fast_limits), then waits for the
 * sections that may have begun before. The wait also orders the stores: a section that
 * begins after it finds the entrances closed. The thaw opens them with release stores,
 * so a section that finds one open also finds all that the freezer has changed.
 */
#include <linux/mutex.h>

#include "section.h"

DEFINE_PER_CPU(struct lab_cpu, mmlab_cpu) = {
	.lock = INIT_LOCAL_LOCK(lock),
};

bool mmlab_frozen __read_mostly;

struct lab_fast_limits mmlab_fast_limits __read_mostly;

/* The value of mmlab_fast_limits when not frozen. Under freeze_lock. */
static struct lab_fast_limits limits_when_open;

/*
 * Held by the freezer until the thaw. The hot-plug callback takes it as well, so no code
 * under it may wait for CPU hot-plug.
 */
static DEFINE_MUTEX(freeze_lock);

void mmlab_section_wait(void)
{
	local_unlock(&mmlab_cpu.lock);
	/*
	 * There is no freeze while we hold the lock, and the next freezer waits
	 * for the section that begins before we drop it.
	 */
	mutex_lock(&freeze_lock);
	local_lock(&mmlab_cpu.lock);
	mutex_unlock(&freeze_lock);
}

static void set_limits_locked(const struct lab_fast_limits *limits)
{
	lockdep_assert_held(&freeze_lock);
	/* Pairs with smp_acquire__after_ctrl_dep() in mmlab_section_try_enter(). */
	smp_store_release(&mmlab_fast_limits.nr_frames, limits->nr_frames);
	smp_store_release(&mmlab_fast_limits.nr_bytes, limits->nr_bytes);	/* likewise */
	smp_store_release(&mmlab_fast_limits.nr_orders, limits->nr_orders);	/* likewise */
	smp_store_release(&mmlab_fast_limits.kmalloc, limits->kmalloc);	/* likewise */
}

void mmlab_section_set_limits(const struct lab_fast_limits *limits)
{
	mutex_lock(&freeze_lock);
	limits_when_open = *limits;
	set_limits_locked(limits);
	mutex_unlock(&freeze_lock);
}

void mmlab_freeze(void)
{
	static const struct lab_fast_limits nothing;

	mutex_lock(&freeze_lock);
	WRITE_ONCE(mmlab_frozen, true);
	set_limits_locked(&nothing);
	/*
	 * A section that did not find these values began before; one that
	 * begins after the wait finds them.
	 */
	mmlab_sections_end();
}

void mmlab_thaw(void)
{
	/* Pairs with smp_load_acquire() in mmlab_section_enter(). */
	smp_store_release(&mmlab_frozen, false);
	set_limits_locked(&limits_when_open);
	mutex_unlock(&freeze_lock);
}

void mmlab_freeze_assert_held(void)
{
	lockdep_assert_held(&freeze_lock);
}
