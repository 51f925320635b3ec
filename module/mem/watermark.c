// SPDX-License-Identifier: GPL-2.0
/*
 * Watermarks of the zones: see watermark.h.
 */
#include "arena.h"
#include "watermark.h"

DEFINE_STATIC_KEY_FALSE(mmlab_watermark_key);
DECLARE_WAIT_QUEUE_HEAD(mmlab_watermark_wait);

/* Is more than @watermark free in a zone, for an allocation that prefers Normal? */
static bool is_above(const struct lab_zone *z, u32 watermark)
{
	u32 keep = z == &mmlab_machine.zone[LAB_ZONE_NORMAL] ? 0 : z->lowmem_reserve;

	return READ_ONCE(z->nr_free) > watermark + keep;
}

bool mmlab_watermark_low(void)
{
	u32 zone;

	for (zone = 0; zone < NR_LAB_ZONES; zone++)
		if (is_above(&mmlab_machine.zone[zone], mmlab_machine.zone[zone].low))
			return false;
	return true;
}

bool mmlab_watermark_high(void)
{
	u32 zone;

	for (zone = 0; zone < NR_LAB_ZONES; zone++)
		if (is_above(&mmlab_machine.zone[zone], mmlab_machine.zone[zone].high))
			return true;
	return false;
}
