// SPDX-License-Identifier: GPL-2.0
/*
 * The body of the tracepoint that events.h declares.
 */
#include <linux/types.h>

/* Kernel headers may hold tracepoints too: only ours is to be made here. */
#define CREATE_TRACE_POINTS
#include "events.h"
