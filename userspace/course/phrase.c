// SPDX-License-Identifier: GPL-2.0
/* Says the phrases of checks. */
#include <stdio.h>
#include <string.h>

#include "course/course.h"
#include "course/phrase.h"

void phrase_say(char *phrase, char *said, size_t size)
{
	const char *text = strsep(&phrase, "|"), *place;
	size_t used = 0;

	*said = '\0';
	if (!*text)	/* for gettext, the head of the catalogue */
		return;
	text = _(text);
	while (used < size && (place = strstr(text, "%s")) && phrase) {
		used += (size_t)snprintf(said + used, size - used, "%.*s%s", (int)(place - text),
					 text, strsep(&phrase, "|"));
		text = place + strlen("%s");
	}
	if (used < size)
		snprintf(said + used, size - used, "%s", text);
}
