// SPDX-License-Identifier: GPL-2.0
/* The table of commands. */
#include <string.h>

#include "cli.h"
#include "table.h"

const struct table_row table[] = {
#define GROUP(text)	{ .title = (text) },
#define COMMAND(name)	{ .command = &cmd_##name },
#include "commands.h"
#undef GROUP
#undef COMMAND
	{ NULL, NULL },
};

const struct command *table_find(const char *name)
{
	const struct table_row *row;

	for (row = table; row->title || row->command; row++)
		if (row->command && !strcmp(row->command->name, name))
			return row->command;
	return strcmp(name, cmd_complete.name) ? NULL : &cmd_complete;
}
