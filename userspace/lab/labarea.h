/* SPDX-License-Identifier: GPL-2.0 */
/* vmalloc areas as users see them: by any address, with guard page and owner. */
#ifndef LABAREA_H
#define LABAREA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/session.h"

#define LABAREA_NAME_BYTES	128
#define LABAREA_REASON_BYTES	320

/**
 * labarea_at - the area that an address lies in
 * @session: any lab process
 * @lva: any linear address, in the area or in the guard page after it
 * @area: (out) all about it
 *
 * Return: false if there is none, or the module has no areas
 */
bool labarea_at(const struct session *session, uint32_t lva, struct mmlab_area *area);

/* The end of its pages (exclusive), where the guard page begins. */
uint32_t labarea_guard(const struct mmlab_area *area);

uint32_t labarea_pages(const struct session *session, const struct mmlab_area *area);

/* "area 0x…-0x… (vmalloc, 3 pages) of lab process 7". Return: buf */
const char *labarea_name(const struct session *session, const struct mmlab_area *area,
			 char buf[LABAREA_NAME_BYTES]);

/* "lazy user read-only", or "eager". Return: buf */
const char *labarea_flag_words(uint32_t flags, char buf[64]);

/**
 * labarea_explain - say why an address of the vmalloc region can't be accessed
 * @session: the lab process that tried
 * @lva: the address
 * @buf: (out) a sentence that names the area
 *
 * Return: false if no area is there, and nothing to say
 */
bool labarea_explain(const struct session *session, uint32_t lva,
		     char buf[LABAREA_REASON_BYTES]);

/* One area of a list; the caller is "" if it isn't known. */
struct labarea_row {
	struct mmlab_area area;
	char caller[96];
};

/**
 * labarea_list - list all areas, or those of this lab process
 * @session: any lab process
 * @rows: (out) by address; the caller frees them
 * @own_only: (out) the user may not read vmallocinfo, so @rows are the areas of this lab
 *	process
 *
 * Return: how many there are, or -errno of reading the files
 */
long labarea_list(const struct session *session, struct labarea_row **rows,
		  bool *own_only);

#endif /* LABAREA_H */
