/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbers that users give as parameters of the module.
 */
#ifndef MMLAB_MEM_NUMBER_H
#define MMLAB_MEM_NUMBER_H

#include <linux/types.h>

/**
 * mmlab_number_parse() - read a number, all of it
 * @name: of the parameter, for the log
 * @text: decimal, or hexadecimal after 0x; a newline may follow
 * @lowest: the least that it may be
 * @highest: the most
 * @number: (out)
 *
 * What is refused is refused with a line in the kernel log: the parameter, the
 * text and the range.
 *
 * Return: 0; -EINVAL: empty, no number, something after it, or out of the range,
 * however far.
 */
int mmlab_number_parse(const char *name, const char *text, s64 lowest,
		       s64 highest, s64 *number);

#endif /* MMLAB_MEM_NUMBER_H */
