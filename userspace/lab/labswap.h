/* SPDX-License-Identifier: GPL-2.0 */
/* The entry of a page that is out: bits 1 to 5 number the swap area, those from 8 on the slot. */
#ifndef LABSWAP_H
#define LABSWAP_H

#include <stdbool.h>
#include <stdint.h>
#include <mmlab.h>

static inline bool labswap_is_entry(uint32_t entry)
{
	return entry && !(entry & MMLAB_PTE_PRESENT);
}

static inline uint32_t labswap_area(uint32_t entry)
{
	return entry >> 1 & 31;
}

static inline uint32_t labswap_slot(uint32_t entry)
{
	return entry >> 8;
}

#endif /* LABSWAP_H */
