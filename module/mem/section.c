// SPDX-License-Identifier: GPL-2.0
/*
 * Sections and the freeze: see section.h.
 *
 * A freezer closes the entrances first (mmlab_frozen, mmlab_open), then waits for the
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

struct lab_open mmlab_open __read_mostly;

/* The value of mmlab_open when not frozen. Under freeze_lock. */
static struct lab_open open_for;

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

static void set_open(const struct lab_open *open)
{
	lockdep_assert_held(&freeze_lock);
	/* Pairs with smp_acquire__after_ctrl_dep() in mmlab_section_try_enter(). */
	smp_store_release(&mmlab_open.nr_frames, open->nr_frames);
	smp_store_release(&mmlab_open.nr_bytes, open->nr_bytes);	/* likewise */
	smp_store_release(&mmlab_open.nr_orders, open->nr_orders);	/* likewise */
	smp_store_release(&mmlab_open.kmalloc, open->kmalloc);	/* likewise */
}

void mmlab_section_open(const struct lab_open *open)
{
	mutex_lock(&freeze_lock);
	open_for = *open;
	set_open(open);
	mutex_unlock(&freeze_lock);
}

void mmlab_freeze(void)
{
	static const struct lab_open nothing;

	mutex_lock(&freeze_lock);
	WRITE_ONCE(mmlab_frozen, true);
	set_open(&nothing);
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
	set_open(&open_for);
	mutex_unlock(&freeze_lock);
}

void mmlab_freeze_assert_held(void)
{
	lockdep_assert_held(&freeze_lock);
}
