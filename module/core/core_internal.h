/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only list of kernel headers that the core may use. selftests/host/shim has a
 * file with the same guard, so that the same sources compile in userland.
 */
#ifndef MMLAB_CORE_INTERNAL_H
#define MMLAB_CORE_INTERNAL_H

#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/rbtree_augmented.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/types.h>
#include <asm/page.h>

#include "events.h"

#endif /* MMLAB_CORE_INTERNAL_H */
