// SPDX-License-Identifier: GPL-2.0
/* Text that is longer than the terminal, page by page. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"
#include "pager.h"

static unsigned int count_lines(const char *text)
{
	unsigned int nr = 0;

	for (; (text = strchr(text, '\n')); text++)
		nr++;
	return nr;
}

/* Stdout is a terminal that can move its cursor, and the text is too long for it. */
static bool wants_pages(const char *text)
{
	const char *term = getenv("TERM");
	struct winsize size;

	if (!isatty(STDOUT_FILENO) || !term || !*term || !strcmp(term, "dumb"))
		return false;
	return !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row &&
	       count_lines(text) >= size.ws_row;
}

/*
 * Feeds the pager. Its reader may have seen enough before the end of the text: that is no
 * failure, so mmlab takes no SIGPIPE meanwhile. The pager does, as a program of its own.
 * Return: false: the shell could not start it
 */
static bool show_pages(const char *command, const char *text)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, old;
	FILE *pager = popen(command, "w");
	int status;

	if (!pager)
		return false;
	sigaction(SIGPIPE, &ignore, &old);
	fputs(text, pager);
	status = pclose(pager);
	sigaction(SIGPIPE, &old, NULL);
	return !WIFEXITED(status) || (WEXITSTATUS(status) != CLI_NOT_RUN &&
				      WEXITSTATUS(status) != CLI_NOT_FOUND);
}

void pager_show(const char *text)
{
	const char *command = getenv("PAGER");

	if (!command)
		command = "command -v less > /dev/null && exec less; exec more";
	fflush(stdout);
	if (!*command || !wants_pages(text) || !show_pages(command, text))
		fputs(text, stdout);
}
