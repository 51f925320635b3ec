// SPDX-License-Identifier: GPL-2.0
/*
 * mmlab_test.ko has a core of its own, so that its cases need not mmlab.ko and
 * cannot disturb it. Built with NOTRACE: the tracepoints are mmlab.ko's.
 */
#include <linux/module.h>

#include "../core/core_internal.h"
#include "../core/frame.c"
#include "../core/buddy.c"
#include "../core/pgtable.c"
#include "../core/vma.c"
#include "../core/area.c"
#include "../core/slab_layout.c"
#include "../core/slab.c"
#include "../core/slab_debug.c"
#include "../core/lru.c"
#include "../core/policy.c"
#include "../core/policies.c"
#include "../core/swapmap.c"
#include "../core/fork.c"

MODULE_DESCRIPTION("mmlab: unit cases of the core");
