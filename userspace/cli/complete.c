// SPDX-License-Identifier: GPL-2.0
/*
 * complete: what a word on a command line of mmlab may become, for the completion of
 * bash, zsh and fish. It is read out of the usage line and the help text of the command:
 * in the usage line a word in lower case is typed as it stands, and a line of the help that
 * begins with --OPTION, PARAMETER= or such a word says what that means.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "table.h"

#define BLANK	"\n "

static const char lower[] = "abcdefghijklmnopqrstuvwxyz-";

/* A line of a help text that says what its first word means. */
struct entry {
	const char *name;
	size_t length;		/* of the name */
	const char *value;	/* what an option takes, or NULL */
	size_t value_length;
	const char *rest;	/* of the line after the name and the value */
	const char *meaning;
	size_t meaning_length;
};

static size_t blanks(const char *text)
{
	return strspn(text, " ");
}

/* The meaning comes after a gap in the line; if it has none there, in the next line. */
static const char *find_meaning(const char *rest)
{
	const char *gap = strstr(rest, "  "), *end = rest + strcspn(rest, "\n");

	if (gap && gap < end)
		rest = gap;
	else if (strspn(rest, " ") == (size_t)(end - rest) && *end)
		rest = end + 1;
	return rest + blanks(rest);
}

/*
 * Takes a line apart: an option's value comes after one blank, its meaning after
 * more. The name of a parameter ends with its "=".
 */
static void read_entry(const char *line, struct entry *entry)
{
	const char *at = line + blanks(line);

	memset(entry, 0, sizeof(*entry));
	entry->name = at;
	if (at == line && strncmp(at, "--", 2))
		return;		/* a line of prose */
	entry->length = strcspn(at, BLANK);
	at += entry->length;
	if (entry->length > 2 && !strncmp(entry->name, "--", 2) && blanks(at) == 1) {
		entry->value = at + 1;
		entry->value_length = strcspn(entry->value, BLANK);
		at = entry->value + entry->value_length;
	}
	if (memchr(entry->name, '=', entry->length))
		entry->length = strcspn(entry->name, "=") + 1;
	entry->rest = at;
	entry->meaning = entry->value && strspn(at, " ") < strcspn(at, "\n") ?
			 at + blanks(at) : find_meaning(at);
	entry->meaning_length = strcspn(entry->meaning, "\n");
}

static bool is_option(const struct entry *entry)
{
	return entry->length > 2 && !strncmp(entry->name, "--", 2);
}

static bool is_parameter(const struct entry *entry)
{
	return entry->length > 1 && entry->name[entry->length - 1] == '=' &&
	       strspn(entry->name, "abcdefghijklmnopqrstuvwxyz_") == entry->length - 1;
}

/* The next entry of a help text from *AT on. Return: false at its end */
static bool next_entry(const char **at, struct entry *entry)
{
	if (!**at)
		return false;
	read_entry(*at, entry);
	*at += strcspn(*at, "\n");
	*at += **at == '\n';
	return true;
}

static bool find_entry(const struct command *cmd, const char *name, size_t length,
		       struct entry *entry)
{
	const char *at = cmd->help;

	while (next_entry(&at, entry))
		if (entry->length == length && !strncmp(entry->name, name, length))
			return true;
	return false;
}

/* Prints a word with its meaning, if what is typed is the word's begin. */
static void offer(const char *typed, const char *word, size_t length, const char *meaning,
		  size_t meaning_length)
{
	if (length < strlen(typed) || strncmp(word, typed, strlen(typed)))
		return;
	printf("%.*s", (int)length, word);
	if (meaning_length)
		printf("\t%.*s", (int)meaning_length, meaning);
	putchar('\n');
}

/* The words in lower case of "a|b NAME|…"; with their meaning, if CMD has it. */
static unsigned int offer_words(const char *typed, const char *text, size_t length,
				const struct command *cmd)
{
	const char *at = text, *end = text + length;
	unsigned int count = 0;

	while (at < end) {
		size_t word = strcspn(at, " |[]");
		struct entry entry = { 0 };

		word = word < (size_t)(end - at) ? word : (size_t)(end - at);
		if (word > 1 && *at != '-' && strspn(at, lower) >= word) {
			if (cmd)
				find_entry(cmd, at, word, &entry);
			offer(typed, at, word, entry.meaning,
			      entry.length == word ? entry.meaning_length : 0);
			count++;
		}
		at += word + 1;
	}
	return count;
}

static void offer_commands(const char *typed)
{
	const struct table_row *row;

	puts("words");
	for (row = table; row->title || row->command; row++)
		if (row->command)
			offer(typed, row->command->name, strlen(row->command->name),
			      row->command->summary, strlen(row->command->summary));
	offer(typed, "help", strlen("help"), "Explain a command", strlen("Explain a command"));
}

static void offer_options(const char *typed, const struct command *cmd)
{
	const char *at = cmd->help;
	struct entry entry;

	puts("words");
	while (next_entry(&at, &entry))
		if (is_option(&entry))
			offer(typed, entry.name, entry.length, entry.meaning,
			      entry.meaning_length);
	offer(typed, "--help", strlen("--help"), "Explain it", strlen("Explain it"));
}

/* What an option takes: one of some words, a file, or what the user knows. */
static void offer_value(const char *typed, const struct entry *option)
{
	static const char *const paths[] = { "FILE", "DIR" };
	size_t i;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (option->value_length == strlen(paths[i]) &&
		    !strncmp(option->value, paths[i], option->value_length)) {
			puts("files");
			return;
		}
	puts("words");
	if (memchr(option->value, '|', option->value_length))
		offer_words(typed, option->value, option->value_length, NULL);
}

/* The words of a command line that were typed, and what they come to. */
struct line {
	const struct command *cmd;
	const char *typed;		/* the word that is to be completed */
	unsigned int operands;		/* words before it that are no options */
	const char *operand;		/* the first of them */
	bool ended;			/* by -- */
	struct entry option;		/* which wants this word as its value */
};

static void read_line(struct line *line, int argc, char **argv)
{
	struct entry entry;
	int i;

	for (i = 0; i < argc - 1; i++) {
		memset(&line->option, 0, sizeof(line->option));
		if (!strcmp(argv[i], "--")) {
			line->ended = true;
			line->operands = argc - 2 - i;
			return;
		}
		if (*argv[i] != '-') {
			line->operand = line->operands++ ? line->operand : argv[i];
			continue;
		}
		if (!find_entry(line->cmd, argv[i], strlen(argv[i]), &entry) || !entry.value)
			continue;
		line->option = entry;
		i++;
	}
	if (i < argc)
		memset(&line->option, 0, sizeof(line->option));
}

static const char *typed_word;

static void offer_name(const char *name)
{
	offer(typed_word, name, strlen(name), "", 0);
}

static bool takes_file(const struct line *line)
{
	struct entry verb;

	if (line->operands == 1 &&
	    find_entry(line->cmd, line->operand, strlen(line->operand), &verb))
		return !strncmp(verb.rest, " [FILE]", strlen(" [FILE]")) ||
		       !strncmp(verb.rest, " FILE", strlen(" FILE"));
	return !line->operands && (strstr(line->cmd->args, "] FILE") ||
				   strstr(line->cmd->args, "|FILE") ||
				   !strncmp(line->cmd->args, "[FILE]", strlen("[FILE]")) ||
				   !strncmp(line->cmd->args, "FILE", strlen("FILE")));
}

/* Another program, which mmlab starts: its name, or its arguments. */
static bool offer_program(const struct line *line)
{
	if (line->ended || (!line->operands && strstr(line->cmd->args, "[--] [COMMAND")))
		return puts(line->operands ? "files" : "programs") >= 0;
	if (line->operands && strstr(line->cmd->args, "[--] [COMMAND"))
		return puts("files") >= 0;
	return false;
}

static void offer_operands(const struct line *line)
{
	const char *at = line->cmd->help;
	struct entry entry;

	if (offer_program(line))
		return;
	if (takes_file(line)) {
		puts("files");
		return;
	}
	puts("words");
	if (line->cmd->names) {
		typed_word = line->typed;
		line->cmd->names(offer_name);
	}
	if (!line->operands)
		offer_words(line->typed, line->cmd->args, strlen(line->cmd->args), line->cmd);
	while (next_entry(&at, &entry))
		if (is_parameter(&entry))
			offer(line->typed, entry.name, entry.length, entry.meaning,
			      entry.meaning_length);
}

static int run_complete(const struct command *cmd, int argc, char **argv)
{
	struct line line = { 0 };

	(void)cmd;
	argc -= 2;
	argv += 2;	/* the name, and -- */
	if (argc < 1)
		return CLI_USAGE;
	line.typed = argv[argc - 1];
	if (argc == 1 || (argc == 2 && !strcmp(argv[0], "help"))) {
		offer_commands(line.typed);
		return CLI_OK;
	}
	line.cmd = table_find(argv[0]);
	if (!line.cmd)
		return CLI_USAGE;
	read_line(&line, argc - 1, argv + 1);
	if (line.option.value)
		offer_value(line.typed, &line.option);
	else if (*line.typed == '-' && !line.ended)
		offer_options(line.typed, line.cmd);
	else
		offer_operands(&line);
	return CLI_OK;
}

/* Not in commands.h: shells call it, and users don't. */
const struct command cmd_complete = {
	.name = "complete",
	.args = "-- WORD…",
	.summary = "Print what the last WORD of a command line may become",
	.help =
"The first line is words, files or programs; after `words` comes a line for each,\n"
"with a tab and its meaning. The files in userspace/completion call it.\n"
"\n"
"Exit status: 0 done, 2 there is no such command.\n",
	.run = run_complete,
};
