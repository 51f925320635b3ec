/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbers that users give as parameters of the module.
 */
#ifndef MMLAB_MEM_NUMBER_H
#define MMLAB_MEM_NUMBER_H

#include <linux/types.h>

/**
 * mmlab_number_parse() - parse a number and check its range
 * @name: name of the parameter, for the log
 * @text: decimal, or hexadecimal after 0x; a newline may follow
 * @lowest: lowest allowed value
 * @highest: highest allowed value
 * @number: (out)
 *
 * If the text is refused, the kernel log names the parameter, the text and the range.
 *
 * Return: 0, or -EINVAL if the text is empty or no number, has something after the
 * number, or is out of range.
 */
int mmlab_number_parse(const char *name, const char *text, s64 lowest,
		       s64 highest, s64 *number);

#endif /* MMLAB_MEM_NUMBER_H */
