// SPDX-License-Identifier: GPL-2.0
/* record: the reference string of a program, from the faults of its windows. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/session.h"
#include "lab/pressure.h"
#include "lab/tracer.h"

#define FEWEST_ENTRIES	4	/* one instruction touches up to four pages */

/* Faults of one lab process, as a file that `mmlab play --file` reads. */
struct recording {
	FILE *out;
	unsigned long long owner;
	unsigned int shift;		/* of a page */
	unsigned long nr_refs;
};

static void write_reference(struct recording *r, const struct trace_event *event)
{
	unsigned long long owner, address, result;

	if (strcmp(event->name, "fault") || !tracer_field(event, "owner", &owner) ||
	    owner != r->owner || !tracer_field(event, "address", &address) ||
	    !tracer_field(event, "result", &result) || result)
		return;
	fprintf(r->out, "%s%llx", r->nr_refs % 16 ? " " : r->nr_refs ? "\n" : "",
		address >> r->shift);
	r->nr_refs++;
}

/* Events that the buffer had no room for: "# entries-in-buffer/entries-written: A/B". */
static unsigned long long count_lost(const char *trace)
{
	const char *line = strstr(trace, "entries-in-buffer/entries-written: ");
	unsigned long long kept, written;

	return line && sscanf(strchr(line, ':'), ": %llu/%llu", &kept, &written) == 2 ?
	       written - kept : 0;
}

static int write_string(struct recording *r, const char *trace, char **argv)
{
	unsigned long long lost = count_lost(trace);
	struct trace_event event;
	const char *at = trace;

	if (lost)
		return cli_fail(ENOBUFS, "The program touches too much for one recording",
				"recording: %llu events were lost", lost);
	fprintf(r->out, "# pages that %s touched, by number\n", *argv);
	while ((at = tracer_next(at, &event)))
		write_reference(r, &event);
	fputc('\n', r->out);
	if (fflush(r->out) || ferror(r->out))
		return cli_fail(errno, NULL, "writing the reference string");
	fprintf(stderr, "%lu references\n", r->nr_refs);
	return CLI_OK;
}

/* The program runs in the session; its own output goes where this one's goes. */
static int run_program(struct session *session, char **argv)
{
	pid_t pid;
	int status;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return cli_fail(errno, NULL, "starting %s", *argv);
	if (!pid)
		_exit(session_exec(session, argv));
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return cli_fail(errno, NULL, "waiting for %s", *argv);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int record(struct session *session, struct recording *r, char **argv)
{
	struct tracer tracer;
	int status, error = tracer_start(&tracer, "mmlab:fault");
	char *trace;

	if (error)
		return cli_fail(error, error == -EACCES || error == -EPERM ?
				"Tracing is root's" :
				"The kernel needs tracefs, and the module its tracepoints",
				"recording the events mmlab:fault");
	error = tracer_follow_children(&tracer);
	if (error) {
		tracer_stop(&tracer);
		return cli_fail(error, NULL, "recording the events of a program");
	}
	status = run_program(session, argv);
	trace = tracer_read(&tracer);
	error = errno;
	tracer_stop(&tracer);
	if (!trace)
		return cli_fail(error, NULL, "reading the recording");
	error = write_string(r, trace, argv);
	free(trace);
	return error ? error : status;
}

static int run_record(const struct command *cmd, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "output", required_argument, NULL, 'o' }, PRESSURE_OPTION_TLB,
		CLI_OPTION_HELP, { 0 }
	};
	struct pressure pressure = { .has_tlb = true, .tlb = FEWEST_ENTRIES };
	struct recording r = { .out = stdout };
	const char *output = NULL;
	struct session session;
	int option, status;

	while ((option = cli_option(cmd, argc, argv, "+o:h", longs)) != -1) {
		if (option == 'o')
			output = optarg;
		status = pressure_option(cmd, option, &pressure);
		if (status)
			return status;
	}
	if (optind == argc)
		return cli_usage(cmd, "which program?");
	status = session_open_new(&session);
	if (status)
		return status;
	r.owner = session.info.lab_pid;
	r.shift = session.info.page_shift;
	if (output)
		r.out = fopen(output, "we");
	if (!r.out)
		status = cli_fail(errno, NULL, "%s", output);
	else
		status = pressure_apply(&session, &pressure);
	if (!status)
		status = record(&session, &r, argv + optind);
	if (r.out && r.out != stdout)
		fclose(r.out);
	session_close(&session);
	return status;
}

const struct command cmd_record = {
	.name = "record",
	.args = "[--output FILE] [--tlb K] [--] PROGRAM [ARGUMENT…]",
	.summary = "Write down which pages a program touches",
	.help =
"Runs PROGRAM as a lab process, as mmlab run does, with few entries in the host's\n"
"page tables, so that the lab sees nearly each touch of another page as a fault. The\n"
"faults of its windows, in their order, are its reference string: numbers of pages,\n"
"in hexadecimal, for mmlab play --file.\n"
"\n"
"  --output FILE   where to write it; else to stdout, after what PROGRAM writes\n"
"  --tlb K         entries (4). With K, a touch of one of the last K pages is not\n"
"                  seen. 1 sees all, but only a program whose instructions touch\n"
"                  one page at a time gets past it\n"
"\n"
"Example:\n"
"  sudo mmlab record --output string -- mmlab touch 0x10000000 64K --write 1\n"
"  mmlab play --policy lru --frames 4 --file string\n"
"\n"
"Exit status: that of PROGRAM; 1 if nothing could be recorded, 2 usage, 4 not root.\n",
	.run = run_record,
};
