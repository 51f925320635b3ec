// SPDX-License-Identifier: GPL-2.0
/*
 * Sections and the freeze: see section.h.
 */
#include <linux/mutex.h>

#include "section.h"

DEFINE_PER_CPU(struct lab_cpu, mmlab_cpu) = {
	.lock = INIT_LOCAL_LOCK(lock),
};

bool mmlab_frozen __read_mostly;

/*
 * Taken while a CPU goes offline, too: nothing below it may wait for CPU hot-plug.
 */
static DEFINE_MUTEX(freeze_lock);

void mmlab_section_wait(void)
{
	local_unlock(&mmlab_cpu.lock);
	/*
	 * Nobody is frozen while we hold the lock, and the next freezer will
	 * wait for the section that begins before we let go of it.
	 */
	mutex_lock(&freeze_lock);
	local_lock(&mmlab_cpu.lock);
	mutex_unlock(&freeze_lock);
}

void mmlab_freeze(void)
{
	mutex_lock(&freeze_lock);
	WRITE_ONCE(mmlab_frozen, true);
	/*
	 * Sections that did not see the flag began before this; those that begin
	 * later see it.
	 */
	mmlab_sections_end();
}

void mmlab_thaw(void)
{
	/* Pairs with smp_load_acquire() in sections: they see what we changed. */
	smp_store_release(&mmlab_frozen, false);
	mutex_unlock(&freeze_lock);
}

void mmlab_freeze_assert_held(void)
{
	lockdep_assert_held(&freeze_lock);
}

void mmlab_section_init(void)
{
	unsigned int cpu, zone, order;

	for_each_possible_cpu(cpu) {
		struct lab_cpu *lc = per_cpu_ptr(&mmlab_cpu, cpu);

		for (zone = 0; zone < NR_LAB_ZONES; zone++)
			for (order = 0; order < LAB_PCP_ORDERS; order++)
				lc->pages[zone][order].head = PFN_NONE;
	}
}
