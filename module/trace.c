// SPDX-License-Identifier: GPL-2.0
/*
 * The bodies of the tracepoints that core/events.h declares.
 */
#define CREATE_TRACE_POINTS
#include "core/core_internal.h"
