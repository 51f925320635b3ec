// SPDX-License-Identifier: GPL-2.0
/*
 * Numbers that users give as parameters of the module.
 */
#define pr_fmt(fmt) "mmlab: " fmt

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "number.h"

#define MAX_SHOWN	40U	/* characters of a refused text in the log */

int mmlab_number_parse(const char *name, const char *text, s64 lowest,
		       s64 highest, s64 *number)
{
	unsigned int base = strncasecmp(text, "0x", 2) ? 10 : 16;
	size_t length = strcspn(text, "\n");

	if (!kstrtoll(text, base, number) && *number >= lowest &&
	    *number <= highest)
		return 0;
	pr_err("%s=%*pEp: a number from %lld to %lld is wanted\n", name,
	       (int)min_t(size_t, length, MAX_SHOWN), text, lowest, highest);
	return -EINVAL;
}
