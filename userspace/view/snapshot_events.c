// SPDX-License-Identifier: GPL-2.0
/*
 * The last events of the lab's tracepoints, if the user has switched them on: a look at
 * the lab does not switch on what would slow it down.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/host.h"
#include "lab/tracer.h"
#include "snapshot.h"

#define TRACEFS		"/sys/kernel/tracing"
#define EVENT_BYTES	192

static bool is_on(void)
{
	char state[8];

	return !host_read_line(TRACEFS "/events/mmlab/enable", state, sizeof(state)) &&
	       state[0] != '0';
}

/* Other systems' events may be in the same trace. */
static bool is_ours(const struct trace_event *event)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), TRACEFS "/events/mmlab/%s/enable", event->name);
	return host_exists(path);
}

/* The newest takes the place of the oldest. */
static void keep(struct snapshot *s, const char *text)
{
	if (s->nr_events == SNAPSHOT_EVENTS) {
		free(s->event[0]);
		s->nr_events--;
		memmove(s->event, s->event + 1, s->nr_events * sizeof(*s->event));
	}
	s->event[s->nr_events] = strdup(text);
	s->nr_events += !!s->event[s->nr_events];
}

void snapshot_take_events(struct snapshot *s)
{
	char path[PATH_MAX], *line = NULL;
	struct trace_event event;
	size_t room = 0;
	FILE *file;

	if (!is_on())
		return;
	file = fopen(host_path(path, sizeof(path), TRACEFS "/trace"), "re");
	s->event = calloc(SNAPSHOT_EVENTS, sizeof(*s->event));
	while (file && s->event && getline(&line, &room, file) > 0) {
		char text[EVENT_BYTES];

		if (!tracer_next(line, &event) || !is_ours(&event))
			continue;
		snprintf(text, sizeof(text), "%s %s", event.name, event.fields);
		keep(s, text);
	}
	free(line);
	if (file)
		fclose(file);
}
