/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What only userland can test: the shim itself, and threads under TSan.
 */
#ifndef MMLAB_HOST_H
#define MMLAB_HOST_H

#include "../../module/test/cases.h"

extern const struct test_case mmlab_host_shim[];
extern const struct test_case mmlab_host_threads[];

#endif /* MMLAB_HOST_H */
