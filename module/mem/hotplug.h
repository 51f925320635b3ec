/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CPU hot-plug: the blocks and objects that an offline CPU had at hand go back to the
 * shared lists.
 */
#ifndef MMLAB_MEM_HOTPLUG_H
#define MMLAB_MEM_HOTPLUG_H

/* Registers for CPUs that go offline. 0, or the errno of cpuhp_setup_state(). */
int mmlab_hotplug_init(void);
void mmlab_hotplug_exit(void);

#endif /* MMLAB_MEM_HOTPLUG_H */
