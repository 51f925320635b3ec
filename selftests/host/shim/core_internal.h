/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The core's kernel headers in userland. The guard is that of
 * module/core/core_internal.h and this file is force-included first, so the
 * core's own list is skipped and its sources compile as they are.
 *
 *   stub.h      what does nothing here
 *   dup.h       copies of kernel semantics, to be kept in step
 *   custom.h    what is live: locks that know their owner, warnings that count
 */
#ifndef MMLAB_CORE_INTERNAL_H
#define MMLAB_CORE_INTERNAL_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "stub.h"
#include "dup.h"
#include "dup_list.h"
#include "dup_rbtree.h"
#include "custom.h"

#endif /* MMLAB_CORE_INTERNAL_H */
