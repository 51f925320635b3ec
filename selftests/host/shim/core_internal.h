/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The core's kernel headers in userland: module/core/core_internal.h has the
 * same guard and this file is force-included first.
 *
 *   stub.h      functions that do nothing here
 *   dup.h       copies of kernel semantics, to be kept in step
 *   custom.h    working parts: locks that know their owner, warnings that count
 */
#ifndef MMLAB_CORE_INTERNAL_H
#define MMLAB_CORE_INTERNAL_H

#include <assert.h>
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
