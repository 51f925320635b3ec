// SPDX-License-Identifier: GPL-2.0
/*
 * The runner of mmlab_mem_test.ko: an object belongs to one module only.
 */
#include "env.c"
#include "runner.c"
