/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What only userland can test: the shim itself, and threads under TSan.
 */
#ifndef MMLAB_HOST_H
#define MMLAB_HOST_H

#include "../../module/test/cases.h"

extern const struct test_case mmlab_host_shim[];
extern const struct test_case mmlab_host_threads[];
extern const struct test_case mmlab_host_slab_threads[];
extern const struct test_case mmlab_host_course[];

/* Is @text a number up to @limit? */
bool mmlab_host_parse_number(const char *text, u64 limit, u64 *number);

/* Adds the failures of a thread's own context to @t; the thread has ended. */
void mmlab_host_collect(struct test_ctx *t, const struct test_ctx *part);

#endif /* MMLAB_HOST_H */
