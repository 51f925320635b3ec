// SPDX-License-Identifier: GPL-2.0
/* Snapshots for top, one after the other. */
#include "cli/cli.h"
#include "top.h"

int source_open(struct source *source)
{
	int status = CLI_OK;

	source->now = NULL;
	source->session.fd = -1;
	source->at = 0;
	if (!source->record)
		status = session_open(&source->session);
	if (status)
		source->session.fd = -1;
	return status ? status : source_next(source, 1);
}

static int next_of_record(struct source *source, long step, struct snapshot **s)
{
	unsigned long at = source->at;

	if (step > 0 && (!source->now || at < source->nr))
		at++;
	else if (step < 0 && at > 1)
		at--;
	source->at = at;
	return snapshot_read(source->record, at, s, &source->nr);
}

int source_next(struct source *source, long step)
{
	struct snapshot *s = NULL;
	int status = source->record ? next_of_record(source, step, &s) :
				      snapshot_take(&source->session, &s);

	if (status)
		return status;
	if (source->now && !source->record)
		snapshot_set_rates(s, source->now);
	snapshot_free(source->now);
	source->now = s;
	return CLI_OK;
}

void source_close(struct source *source)
{
	snapshot_free(source->now);
	if (source->session.fd >= 0)
		session_close(&source->session);
}
