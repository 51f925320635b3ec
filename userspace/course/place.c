// SPDX-License-Identifier: GPL-2.0
/* Finds the course's files. */
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "course/course.h"
#include "course/place.h"

bool place_find(const char *variable, const char *shared, char *path, size_t size)
{
	const char *given = getenv(variable);
	char program[PATH_MAX];
	char *slash;
	ssize_t n;

	if (given)
		return snprintf(path, size, "%s", given) < (int)size;
	n = readlink("/proc/self/exe", program, sizeof(program) - 1);
	program[n < 0 ? 0 : n] = '\0';
	slash = strrchr(program, '/');
	if (slash)
		*slash = '\0';
	return snprintf(path, size, "%s/../share/%s", program, shared) < (int)size;
}

/* The texts are UTF-8 whatever LC_CTYPE says, so the messages are, too. */
void place_bind_language(void)
{
	char path[PATH_MAX + 100];

	setlocale(LC_MESSAGES, "");
	if (place_find("MMLAB_LOCALE", "locale", path, sizeof(path)))
		bindtextdomain("mmlab", path);
	bind_textdomain_codeset("mmlab", "UTF-8");
}
