/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints, recorded in an instance of tracefs of this program's own, which it removes
 * afterwards: other users of tracefs are not disturbed.
 */
#ifndef TRACER_H
#define TRACER_H

#include <stdbool.h>
#include <stddef.h>

struct tracer {
	char instance[128];	/* its directory */
	bool mounted;		/* tracefs was not there before */
	int marker;		/* trace_marker */
};

/**
 * tracer_start - begin to record the events that this process causes
 * @tracer: (out)
 * @events: their name in tracefs: "mmlab:*"
 *
 * Mounts tracefs if need be. The process is bound to one CPU, so that the events
 * are in the order in which they happened.
 *
 * Return: 0 or -errno; tracer_stop() is for success only
 */
int tracer_start(struct tracer *tracer, const char *events);

/* Records what programs cause as well that this one starts. Return: 0 or -errno */
int tracer_follow_children(struct tracer *tracer);

/* Puts a word of this program among the events. */
void tracer_mark(struct tracer *tracer, const char *word);

/**
 * tracer_read - read the events recorded so far
 *
 * Return: the text of the file `trace`, which the caller frees, or NULL with errno
 */
char *tracer_read(struct tracer *tracer);

/* Removes the instance, and tracefs if it was mounted. */
void tracer_stop(struct tracer *tracer);

/**
 * struct trace_event - one line of the trace
 * @name: the event, "pte"; "mark" for a word of tracer_mark()
 * @fields: "owner=1 address=0x…", or the word
 */
struct trace_event {
	char name[32];
	char fields[128];
};

/* Parses the next event of a text. Return: the rest of the text, NULL at the end */
const char *tracer_next(const char *text, struct trace_event *event);

/* Does a field have this word? */
bool tracer_field_is(const struct trace_event *event, const char *name, const char *word);

/* The number of a field. Return: false if it has none of that name */
bool tracer_field(const struct trace_event *event, const char *name, unsigned long long *value);

#endif /* TRACER_H */
