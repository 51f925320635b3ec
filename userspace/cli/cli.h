/* SPDX-License-Identifier: GPL-2.0 */
/* What every subcommand shares: its description, options, numbers, errors. */
#ifndef CLI_H
#define CLI_H

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>

/* exit statuses; `mmlab --help` documents them */
enum cli_exit {
	CLI_OK = 0,
	CLI_FAILED = 1,		/* the lab or the host refused */
	CLI_USAGE = 2,		/* the command line makes no sense */
	CLI_NO_LAB = 3,		/* module not loaded, or its files are missing */
	CLI_DENIED = 4,		/* permission */
	CLI_NOT_RUN = 126,	/* a command that could not be started … */
	CLI_NOT_FOUND = 127,	/* … or found, as in sh */
};

/**
 * struct command - one subcommand
 * @name: the word after `mmlab`
 * @args: its arguments, for the usage line
 * @summary: one line for the list of commands
 * @kept: works in the lab process of --pid N, if that is given
 * @help: options, meaning and examples, for `mmlab help NAME`
 * @names: hands each name that an operand may be to @offer, or NULL
 * @run: does it; argv[0] is "mmlab NAME". Returns an exit status.
 *
 * Completion reads @args and @help (see complete.c): in @args a word in lower case is
 * typed as it stands; in @help a line of its own says what an option is.
 */
struct command {
	const char *name;
	const char *args;
	const char *summary;
	bool kept;
	const char *help;
	void (*names)(void (*offer)(const char *name));
	int (*run)(const struct command *cmd, int argc, char **argv);
};

extern const struct command
#define GROUP(title)
#define COMMAND(name) cmd_##name,
#include "commands.h"
#undef GROUP
#undef COMMAND
	cmd_complete;

#define CLI_OPTION_HELP	{ "help", no_argument, NULL, 'h' }
#define CLI_OPTION_JSON	{ "json", no_argument, NULL, 'j' }

void cli_print_help(const struct command *cmd);

/* getopt_long(), but answers --help and bad options itself (by exiting) */
int cli_option(const struct command *cmd, int argc, char **argv,
	       const char *shorts, const struct option *longs);

/* Says what is wrong with the command line. Return: CLI_USAGE */
int cli_usage(const struct command *cmd, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * cli_fail - report a failed operation
 * @error: errno, negative or positive
 * @cure: advice for the user, or NULL
 * @format: the operation
 *
 * Return: CLI_DENIED for EACCES and EPERM, else CLI_FAILED
 */
int cli_fail(int error, const char *cure, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Reports that a file of the lab can't be opened, and why that may be. */
int cli_fail_open(int error, const char *path);

/*
 * Decimal, or hexadecimal after 0x; cli_parse_size() also takes a suffix K, M
 * or G. Return: false if text is anything else or above max.
 */
bool cli_parse_number(const char *text, uint64_t max, uint64_t *value);
bool cli_parse_size(const char *text, uint64_t max, uint64_t *value);

#endif /* CLI_H */
