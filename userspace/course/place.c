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

bool place_is_chinese(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return !strncmp(value, "zh", 2);
	}
	return false;
}

/*
 * gettext translates nothing in the locale C, which a virtual machine without locales has;
 * in C.UTF-8 it asks LANGUAGE. The texts are UTF-8 whatever LC_CTYPE says, so the messages
 * are, too.
 */
void place_bind_language(void)
{
	char path[PATH_MAX + 100];

	if (!setlocale(LC_MESSAGES, "") && place_is_chinese() &&
	    setlocale(LC_MESSAGES, "C.UTF-8"))
		setenv("LANGUAGE", "zh_CN", 1);
	if (place_find("MMLAB_LOCALE", "locale", path, sizeof(path)))
		bindtextdomain("mmlab", path);
	bind_textdomain_codeset("mmlab", "UTF-8");
}
