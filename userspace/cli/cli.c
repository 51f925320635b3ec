// SPDX-License-Identifier: GPL-2.0
/* Options, numbers and error messages of the mmlab command. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "pager.h"

void cli_print_help(const struct command *cmd)
{
	char *text;

	if (asprintf(&text, "Usage: mmlab %s%s%s\n\n%s.\n\n%s", cmd->name,
		     *cmd->args ? " " : "", cmd->args, cmd->summary, cmd->help) < 0)
		return;
	pager_show(text);
	free(text);
}

/* Options may follow operands, whatever POSIXLY_CORRECT says; programs that are
 * started here inherit it all the same.
 */
static int next_option(int argc, char **argv, const char *shorts, const struct option *longs)
{
	const char *posix = getenv("POSIXLY_CORRECT");
	char *kept = posix ? strdup(posix) : NULL;
	int option;

	unsetenv("POSIXLY_CORRECT");
	option = getopt_long(argc, argv, shorts, longs, NULL);
	if (kept)
		setenv("POSIXLY_CORRECT", kept, 1);
	free(kept);
	return option;
}

int cli_option(const struct command *cmd, int argc, char **argv,
	       const char *shorts, const struct option *longs)
{
	int option = next_option(argc, argv, shorts, longs);

	if (option == 'h') {
		cli_print_help(cmd);
		exit(fflush(stdout) ? CLI_FAILED : CLI_OK);
	}
	if (option == '?') {
		fprintf(stderr, "Try: mmlab help %s\n", cmd->name);
		exit(CLI_USAGE);
	}
	return option;
}

int cli_usage(const struct command *cmd, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "mmlab %s: ", cmd->name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\nTry: mmlab help %s\n", cmd->name);
	return CLI_USAGE;
}

int cli_fail(int error, const char *cure, const char *format, ...)
{
	va_list args;

	fflush(stdout);
	error = error < 0 ? -error : error;
	fputs("mmlab: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	if (error)
		fprintf(stderr, ": %s", strerror(error));
	fputc('\n', stderr);
	if (cure)
		fprintf(stderr, "  %s\n", cure);
	return error == EACCES || error == EPERM ? CLI_DENIED : CLI_FAILED;
}

int cli_fail_open(int error, const char *path)
{
	switch (error < 0 ? -error : error) {
	case ENOENT:
	case ENOTDIR:
		cli_fail(error, "Is the module loaded? Try: mmlab load (and, if that fails, mmlab doctor)",
			 "%s", path);
		return CLI_NO_LAB;
	case ENXIO:
	case ENODEV:
		cli_fail(error, "There is a node but no module for it. Try: mmlab load",
			 "%s", path);
		return CLI_NO_LAB;
	case EACCES:
	case EPERM:
		return cli_fail(error, "Run it as root, or install 60-mmlab.rules and join the group mmlab (mmlab doctor says how)",
				"%s", path);
	default:
		return cli_fail(error, "mmlab doctor looks for the reason", "%s", path);
	}
}

static bool parse(const char *text, uint64_t max, bool suffix, uint64_t *value)
{
	int base = !strncasecmp(text, "0x", 2) ? 16 : 10;
	const char *set = base == 16 ? "0123456789abcdefABCDEF" : "0123456789";
	const char *digits = base == 16 ? text + 2 : text;
	size_t length = strspn(digits, set);
	unsigned int shift = 0;
	uint64_t number;
	char *end;

	if (!length)
		return false;
	errno = 0;
	number = strtoull(digits, &end, base);
	if (errno || end != digits + length)	/* as at a second 0x */
		return false;
	if (suffix && *end && strchr("kKmMgG", *end)) {
		shift = strchr("kK", *end) ? 10 : strchr("mM", *end) ? 20 : 30;
		end++;
	}
	if (*end || number > max >> shift)
		return false;
	*value = number << shift;
	return true;
}

bool cli_parse_number(const char *text, uint64_t max, uint64_t *value)
{
	return parse(text, max, false, value);
}

bool cli_parse_size(const char *text, uint64_t max, uint64_t *value)
{
	return parse(text, max, true, value);
}
