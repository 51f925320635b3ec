/* SPDX-License-Identifier: GPL-2.0 */
/* Text that may be longer than the terminal. */
#ifndef PAGER_H
#define PAGER_H

#include <stdbool.h>

/*
 * Prints @text on stdout. What is longer than the terminal goes through the command in
 * PAGER, or less or more; if PAGER is empty or the terminal is dumb, it does not.
 */
void pager_show(const char *text);

#endif /* PAGER_H */
