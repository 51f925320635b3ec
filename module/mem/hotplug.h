/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CPU hot-plug: what an offline CPU had at hand goes back to all.
 */
#ifndef MMLAB_MEM_HOTPLUG_H
#define MMLAB_MEM_HOTPLUG_H

/**
 * mmlab_hotplug_init() - be told when a CPU goes offline
 *
 * Return: 0, or what cpuhp_setup_state() says.
 */
int mmlab_hotplug_init(void);
void mmlab_hotplug_exit(void);

#endif /* MMLAB_MEM_HOTPLUG_H */
