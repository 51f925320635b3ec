// SPDX-License-Identifier: GPL-2.0
/*
 * The conditions that must hold after every test.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "guard.h"
#include "lab.h"

#define TAINT_FILE	"/proc/sys/kernel/tainted"

static const char * const complaints[] = {
	"BUG", "WARNING", "Oops", "Call Trace", "ad page ", "refcount",
	"KASAN", "KCSAN", "UBSAN", "KFENCE", "circular", "soft lockup",
	"blocked for more", "rcu:", "oom-killer", "Out of memory",
	"general protection", "corruption", "allocation failure",
};

bool is_complaint(const char *line)
{
	size_t i;

	/* The kernel's own data races are none of ours. */
	if (strstr(line, "KCSAN") && !strstr(line, "[mmlab"))
		return false;
	for (i = 0; i < ARRAY_LEN(complaints); i++)
		if (strstr(line, complaints[i]))
			return true;
	return false;
}

int log_open(void)
{
	int kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (kmsg >= 0)
		lseek(kmsg, 0, SEEK_END);
	return kmsg;
}

unsigned int log_says(int kmsg, const char *what, const char *and)
{
	unsigned int nr = 0;
	char record[8192];
	ssize_t n;

	for (;;) {
		n = read(kmsg, record, sizeof(record) - 1);
		if (n < 0 && errno == EPIPE)
			continue;	/* overwritten before we came */
		if (n <= 0)
			return nr;
		record[n] = '\0';
		nr += strstr(record, what) && strstr(record, and);
	}
}

/* Reads the log since the guard began. A record is one read. */
static const char *check_log(struct guard *g)
{
	char record[8192];
	ssize_t n;

	for (;;) {
		n = read(g->kmsg, record, sizeof(record) - 1);
		if (n < 0 && errno == EPIPE)
			continue;	/* overwritten before we came */
		if (n <= 0)
			return NULL;
		record[n] = '\0';
		if (is_complaint(record) &&
		    !(g->expected && strstr(record, g->expected)))
			return format_error("kernel log: %s", record);
	}
}

static const char *check_law(const struct guard *g, const struct census *c)
{
	if (census_sum(c) == g->nr_frames)
		return NULL;
	return format_error("law: free %ld + pcp %ld + slab %ld + tables %ld + anon %ld + blocks %ld + vmalloc %ld + quarantine %ld + bad %ld + reserved %ld = %ld, not %ld",
			    c->free, c->pcp, c->slab, c->tables, c->anon,
			    c->blocks, c->vmalloc, c->quarantine, c->bad, c->reserved,
			    census_sum(c), g->nr_frames);
}

static const char *check_leaks(const struct census *a, const struct census *b)
{
	if (b->anon == a->anon && b->tables == a->tables &&
	    b->blocks == a->blocks && b->vmalloc == a->vmalloc &&
	    b->quarantine == a->quarantine && b->reserved == a->reserved)
		return NULL;
	return format_error("frames lost or found (before, after): anon %ld, %ld; tables %ld, %ld; blocks %ld, %ld; vmalloc %ld, %ld; quarantine %ld, %ld; reserved %ld, %ld",
			    a->anon, b->anon, a->tables, b->tables, a->blocks,
			    b->blocks, a->vmalloc, b->vmalloc, a->quarantine,
			    b->quarantine, a->reserved, b->reserved);
}

const char *check_now(void)
{
	char text[8192];
	const char *error;

	if (read_whole("check", text, sizeof(text)) < 0)
		return format_error("check: %s", strerror(errno));
	error = parse_check(text);
	return error ? format_error("check says:\n%s", text) : NULL;
}

/* Quarantined frames come back only at a scan. */
static const char *drain(long *nr_frames)
{
	struct mmlab_drain drained;
	struct mmlab_info info;
	int fd = lab_open(O_RDWR);
	int err;

	if (fd < 0)
		return format_error("%s: %s", LAB_DEVICE, strerror(-fd));
	err = lab_drain(fd, &drained);
	if (!err)
		err = lab_info(fd, &info);
	close(fd);
	*nr_frames = info.nr_frames;
	return err ? format_error("drain, info: %s", strerror(-err)) : NULL;
}

const char *guard_begin(struct guard *g)
{
	const char *error;
	int err;

	err = lab_require();
	if (err)
		return format_error("loading the module: %s", strerror(-err));
	g->expected = NULL;
	g->taint = read_number(TAINT_FILE);
	g->oom_kills = host_vmstat("oom_kill");
	g->kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (g->kmsg < 0 || lseek(g->kmsg, 0, SEEK_END) < 0)
		return format_error("/dev/kmsg: %s", strerror(errno));
	error = drain(&g->nr_frames);
	if (!error)
		error = read_census(&g->before);
	if (!error)
		error = check_law(g, &g->before);
	return error;
}

const char *guard_end(struct guard *g)
{
	long nr_frames, taint = read_number(TAINT_FILE);
	const char *error = check_log(g);
	struct census after;

	close(g->kmsg);
	if (!error)
		error = drain(&nr_frames);
	if (!error)
		error = read_census(&after);
	if (!error)
		error = check_law(g, &after);
	if (!error)
		error = check_leaks(&g->before, &after);
	if (!error)
		error = check_now();
	if (!error && taint != g->taint)
		error = format_error("the kernel's taint is %ld, was %ld", taint,
				     g->taint);
	if (!error && host_vmstat("oom_kill") != g->oom_kills)
		error = "the host's OOM killer ran";
	return error;
}
