// SPDX-License-Identifier: GPL-2.0
/* Text that is longer than the terminal, page by page. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

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

void pager_show(const char *text)
{
	const char *command = getenv("PAGER");
	FILE *pager = NULL;

	if (!command)
		command = "command -v less > /dev/null && exec less; exec more";
	if (*command && wants_pages(text)) {
		fflush(stdout);
		/* the reader may have seen enough */
		signal(SIGPIPE, SIG_IGN);
		pager = popen(command, "w");
	}
	fputs(text, pager ? pager : stdout);
	if (pager)
		pclose(pager);
}
