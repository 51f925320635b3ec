/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lab process that a command works in: the one of $MMLAB_FD, which `mmlab
 * run` or `mmlab alloc -- COMMAND` opened and handed down, or a new one.
 */
#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>
#include <mmlab.h>

struct session {
	int fd;
	bool inherited;		/* outlives this command */
	struct mmlab_info info;
};

/* Opens it, or reports why not. Return: CLI_OK or an exit status */
int session_open(struct session *session);
/* The same, but always a new lab process. */
int session_open_new(struct session *session);

/* Leaves it; a lab process that was not inherited ends. */
void session_close(struct session *session);

/*
 * Becomes the command (argv ends with NULL; an empty one is the shell), with
 * the lab process handed down. Return: an exit status, only if that failed
 */
int session_exec(struct session *session, char **argv);

struct command;

/**
 * session_choose - take --pid N out of a command line
 * @cmd: the command
 * @argc: number of arguments, without those taken out
 * @argv: arguments
 *
 * The lab process of that number, kept by `mmlab proc new`, becomes the one that
 * session_open() finds. Return: CLI_OK or an exit status
 */
int session_choose(const struct command *cmd, int *argc, char **argv);

/* Does a session exist? For commands that use objects of the session. */
bool session_inherited(void);

/**
 * struct session_stay - how long a command's objects stay
 * @things: their name, e.g. "blocks"
 * @undo: the command that frees them, for the message
 * @hold: keep them for @seconds, if there is no other way
 * @seconds: see @hold
 * @argv: a command to become, or an empty list
 */
struct session_stay {
	const char *things, *undo;
	bool hold;
	unsigned int seconds;
	char **argv;
};

/*
 * Keeps the lab process as long as that, says so on stderr, and leaves it.
 * Return: an exit status
 */
int session_stay(struct session *session, const struct session_stay *stay);

/* "DMA" or "Normal" */
const char *session_zone_name(unsigned int zone);
/* The zone that a frame lies in */
const char *session_zone_of(const struct session *session, __u64 pfn);

#endif /* SESSION_H */
