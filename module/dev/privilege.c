// SPDX-License-Identifier: GPL-2.0
/*
 * The right to reach the whole arena.
 */
#include <linux/capability.h>
#include <linux/user_namespace.h>

#include "../core/layout.h"
#include "privilege.h"

bool mmlab_privilege_ok(struct file *file, u64 start, u64 len)
{
	return start + len > LAB_PAGE_OFFSET &&
	       file_ns_capable(file, &init_user_ns, CAP_SYS_ADMIN) &&
	       capable(CAP_SYS_ADMIN);
}
