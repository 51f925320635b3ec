// SPDX-License-Identifier: GPL-2.0
/*
 * The bodies of the tracepoints that core/events.h declares.
 */
#include "core/core_internal.h"
#include "core/frame.h"

/* Kernel headers may hold tracepoints too: only ours are to be made here. */
#define CREATE_TRACE_POINTS
#include "core/events.h"
