/* SPDX-License-Identifier: GPL-2.0 */
/* The table of commands, which commands.h lists. */
#ifndef TABLE_H
#define TABLE_H

struct command;

/* A title of the overview, or a command below the last title. */
struct table_row {
	const char *title;
	const struct command *command;
};

/* Ends with an empty row. */
extern const struct table_row table[];

/* Return: the command of that name, or NULL */
const struct command *table_find(const char *name);

#endif /* TABLE_H */
