// SPDX-License-Identifier: GPL-2.0
/*
 * CPU hot-plug: see hotplug.h.
 */
#include <linux/cpuhotplug.h>

#include "cache.h"
#include "hotplug.h"
#include "pcp.h"

static enum cpuhp_state hotplug_state;

/* The CPU is dead, but a freezer on another CPU may be at work on its lists. */
static int cpu_dead(unsigned int cpu)
{
	mmlab_freeze();
	mmlab_cache_drain_cpu(cpu);
	mmlab_pcp_drain_cpu(cpu);
	mmlab_thaw();
	return 0;
}

int mmlab_hotplug_init(void)
{
	int state = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "mm/mmlab:dead",
					      NULL, cpu_dead);

	if (state < 0)
		return state;
	hotplug_state = state;
	return 0;
}

void mmlab_hotplug_exit(void)
{
	cpuhp_remove_state_nocalls(hotplug_state);
}
