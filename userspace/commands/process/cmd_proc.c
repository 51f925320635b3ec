// SPDX-License-Identifier: GPL-2.0
/* proc: lab processes in the background, and what mmap() and exec() do to them. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "cli/keeper.h"
#include "cli/session.h"
#include "lab/labproc.h"
#include "lab/pressure.h"
#include "lab/program.h"
#include "libmmlab.h"

struct request {
	const struct command *cmd;
	uint64_t at;			/* --at */
	uint32_t prot;			/* --prot */
	uint32_t flags;			/* MMLAB_MAP_ */
	bool json, has_prot;
	struct pressure pressure;	/* --limit, --policy, --tlb */
	char **args;			/* the arguments after the verb */
	int nr_args;
};

/* "rw", "r-x", "none" … Return: false if it is none of that */
static bool parse_prot(const char *text, uint32_t *prot)
{
	size_t i;

	*prot = 0;
	if (!*text)
		return false;
	if (!strcmp(text, "none"))
		return true;
	for (i = 0; text[i]; i++) {
		if (text[i] == 'r')
			*prot |= PROT_READ;
		else if (text[i] == 'w')
			*prot |= PROT_WRITE;
		else if (text[i] == 'x')
			*prot |= PROT_EXEC;
		else if (text[i] != '-')
			return false;
	}
	return true;
}

static int fail_region(int error, uint32_t start, uint64_t length)
{
	const char *cure = NULL;

	if (error == -EINVAL)
		cure = "Address and length must be multiples of a page and in user space";
	else if (error == -ENOMEM)
		cure = "No such range is free, or it has holes: mmlab vma list shows them";
	else if (error == -ENOTTY)
		cure = "The module is older than this mmlab: build both from the same source";
	return cli_fail(error, cure, "0x%08x, %" PRIu64 " bytes", start, length);
}

/* A verb's own lab process: that of --pid or `mmlab run`. */
static int open_own(struct session *session)
{
	if (session_inherited())
		return session_open(session);
	cli_fail(0, "Give --pid N (mmlab proc list shows them), or work inside `mmlab run`",
		 "which lab process?");
	return CLI_USAGE;
}

/* ---- new, fork, list, kill -------------------------------------------------- */

static int keep(struct session *session, pid_t *keeper)
{
	*keeper = keeper_start(session->fd, session->info.lab_pid);
	if (*keeper < 0)
		return cli_fail((int)*keeper,
				"Its socket goes to $XDG_RUNTIME_DIR/mmlab or /run/mmlab, which must be this user's alone",
				"keeping lab process %u in the background",
				session->info.lab_pid);
	return CLI_OK;
}

static int verb_new(const struct request *want)
{
	struct session session;
	pid_t keeper;
	int status = session_open_new(&session);

	if (status)
		return status;
	status = pressure_apply(&session, &want->pressure);
	if (!status)
		status = keep(&session, &keeper);
	if (!status && want->json) {
		json_object_begin(NULL);
		json_number("lab_pid", session.info.lab_pid);
		json_number("keeper", (uint64_t)keeper);
		json_object_end();
	} else if (!status) {
		printf("lab process %u, kept by process %d until: mmlab proc kill %u\n",
		       session.info.lab_pid, keeper, session.info.lab_pid);
	}
	session_close(&session);
	return status;
}

/* The copy gets a keeper of its own. */
static int keep_child(const struct request *want, struct session *child, uint32_t parent)
{
	pid_t keeper;
	int error = mmlab_get_info(child->fd, &child->info), status;

	if (error)
		return cli_fail(error, NULL, "a copy of lab process %u", parent);
	status = keep(child, &keeper);
	if (!status && want->json) {
		json_object_begin(NULL);
		json_number("lab_pid", child->info.lab_pid);
		json_number("parent", parent);
		json_number("keeper", (uint64_t)keeper);
		json_object_end();
	} else if (!status) {
		printf("lab process %u, a copy of %u, kept by process %d until: mmlab proc kill %u\n",
		       child->info.lab_pid, parent, keeper, child->info.lab_pid);
	}
	return status;
}

static int fail_fork(int error, uint32_t parent)
{
	const char *cure = NULL;

	if (error == -ENOMEM)
		cure = "The arena has no frames left for page tables";
	else if (error == -EAGAIN)
		cure = "As many copies as can be are there: end some by mmlab proc kill";
	else if (error == -ENOTTY)
		cure = "The module is older than this mmlab: build both from the same source";
	return cli_fail(error, cure, "forking lab process %u", parent);
}

static int verb_fork(const struct request *want)
{
	struct session parent, child = { 0 };
	int status;

	if (want->nr_args)
		return cli_usage(want->cmd, "fork takes no argument");
	status = open_own(&parent);
	if (status)
		return status;
	child.fd = mmlab_fork_process(parent.fd);
	/* or the keeper of the copy would keep the parent as well */
	close(parent.fd);
	if (child.fd < 0)
		return fail_fork(child.fd, parent.info.lab_pid);
	status = keep_child(want, &child, parent.info.lab_pid);
	session_close(&child);
	return status;
}

static void print_list_json(const struct labproc *procs, long n)
{
	long i;

	json_array_begin(NULL);
	for (i = 0; i < n; i++) {
		json_object_begin(NULL);
		json_number("lab_pid", procs[i].lab_pid);
		json_string("name", procs[i].name);
		json_number("size", procs[i].size);
		json_number("resident", procs[i].resident);
		json_number("regions", (uint64_t)procs[i].nr_regions);
		json_bool("kept", procs[i].kept);
		json_object_end();
	}
	json_array_end();
}

static int verb_list(const struct request *want)
{
	struct labproc *procs;
	long i, n = labproc_list(&procs);

	if (n < 0) {
		free(procs);
		return cli_fail_open((int)n, "/proc/mmlab");
	}
	if (want->json) {
		print_list_json(procs, n);
	} else {
		printf("%-8s %-24s %7s %10s %10s  %s\n", "LAB PID", "NAME", "REGIONS", "SIZE KB",
		       "IN USE KB", "HELD BY");
		for (i = 0; i < n; i++)
			printf("%-8u %-24s %7ld %10" PRIu64 " %10" PRIu64 "  %s\n",
			       procs[i].lab_pid, procs[i].name, procs[i].nr_regions,
			       procs[i].size / 1024, procs[i].resident / 1024,
			       procs[i].kept ? "its keeper" : "a program");
	}
	free(procs);
	return CLI_OK;
}

static int verb_kill(const struct request *want)
{
	int i, status = CLI_OK;

	if (!want->nr_args)
		return cli_usage(want->cmd, "kill which lab process?");
	for (i = 0; i < want->nr_args; i++) {
		uint64_t lab_pid;
		int error;

		if (!cli_parse_number(want->args[i], UINT32_MAX, &lab_pid))
			return cli_usage(want->cmd, "'%s' is no lab pid", want->args[i]);
		error = keeper_end((uint32_t)lab_pid);
		if (error)
			status = cli_fail(error == -ENOENT ? 0 : error,
					  "mmlab proc list shows them; one that a program holds ends with it",
					  "no program keeps lab process %" PRIu64, lab_pid);
		else
			printf("lab process %" PRIu64 " is not kept any more\n", lab_pid);
	}
	return status;
}

/* ---- no verb: what the process has of its own ------------------------------- */

static int show_pressure(const struct request *want)
{
	struct session session;
	int status = open_own(&session);

	if (status)
		return status;
	status = pressure_apply(&session, &want->pressure);
	if (!status)
		status = pressure_print(&session);
	session_close(&session);
	return status;
}

/* ---- mmap, munmap, mprotect, brk -------------------------------------------- */

static void print_region(const struct mmlab_region *region)
{
	printf("0x%08x-0x%08x %c%c%c\n", region->start, region->start + region->len,
	       region->prot & PROT_READ ? 'r' : '-', region->prot & PROT_WRITE ? 'w' : '-',
	       region->prot & PROT_EXEC ? 'x' : '-');
}

static int verb_mmap(const struct request *want)
{
	struct mmlab_region region = { .start = (uint32_t)want->at, .flags = want->flags,
				       .prot = want->has_prot ? want->prot :
					       PROT_READ | PROT_WRITE };
	struct session session;
	uint64_t length;
	int error, status;

	if (want->nr_args != 1 || !cli_parse_size(want->args[0], UINT32_MAX, &length))
		return cli_usage(want->cmd, "mmap takes a number of bytes (K, M, G are known)");
	status = open_own(&session);
	if (status)
		return status;
	/* as mmap(2): lengths are rounded up to pages */
	region.len = (uint32_t)((length + (1U << session.info.page_shift) - 1) >>
				session.info.page_shift << session.info.page_shift);
	error = mmlab_mmap(session.fd, &region);
	if (error)
		status = fail_region(error, region.start, length);
	else
		print_region(&region);
	session_close(&session);
	return status;
}

static bool parse_range(const struct request *want, uint64_t *start, uint64_t *length)
{
	return cli_parse_number(want->args[0], UINT32_MAX, start) &&
	       cli_parse_size(want->args[1], UINT32_MAX, length);
}

static int verb_munmap(const struct request *want)
{
	struct mmlab_range range = { 0 };
	struct session session;
	uint64_t start, length;
	int error, status;

	if (want->nr_args != 2 || !parse_range(want, &start, &length))
		return cli_usage(want->cmd, "munmap takes an address and a number of bytes");
	range.start = (uint32_t)start;
	range.len = (uint32_t)length;
	status = open_own(&session);
	if (status)
		return status;
	error = mmlab_munmap(session.fd, &range);
	if (error)
		status = fail_region(error, range.start, length);
	else
		printf("0x%08x-0x%08x is free, and with it %" PRIu64 " frames, page tables included\n",
		       range.start, range.start + range.len, (uint64_t)range.nr_frames);
	session_close(&session);
	return status;
}

static int verb_mprotect(const struct request *want)
{
	struct mmlab_region region = { 0 };
	struct session session;
	uint64_t start, length;
	int error, status;

	if (want->nr_args != 3 || !parse_range(want, &start, &length) ||
	    !parse_prot(want->args[2], &region.prot))
		return cli_usage(want->cmd,
				 "mprotect takes an address, a number of bytes, and rights as r, rw or none");
	region.start = (uint32_t)start;
	region.len = (uint32_t)length;
	status = open_own(&session);
	if (status)
		return status;
	error = mmlab_mprotect(session.fd, &region);
	if (error)
		status = fail_region(error, region.start, length);
	else
		print_region(&region);
	session_close(&session);
	return status;
}

/* An address, or + or - and a number of bytes from the end as it is. */
static bool new_end(const char *text, uint32_t end, uint32_t *brk)
{
	bool relative = *text == '+' || *text == '-';
	uint64_t number;

	if (!cli_parse_size(text + relative, UINT32_MAX, &number))
		return false;
	*brk = *text == '+' ? end + (uint32_t)number : *text == '-' ? end - (uint32_t)number :
	       (uint32_t)number;
	return true;
}

static int fail_brk(int error, const struct mmlab_brk *brk)
{
	const char *cure = NULL;

	if (error == -EINVAL)
		cure = "A heap needs a program (mmlab proc exec), and can't end before it begins";
	else if (error == -ENOMEM)
		cure = "Another region is in the way, or the arena is exhausted";
	return cli_fail(error, cure, "the end of the heap at 0x%08x", brk->brk);
}

static int verb_brk(const struct request *want)
{
	struct mmlab_brk before = { 0 }, after = { 0 };
	struct session session;
	int error, status;

	if (want->nr_args > 1 || (want->nr_args && !new_end(want->args[0], 0, &after.brk)))
		return cli_usage(want->cmd, "brk takes an address, or + or - and a number of bytes");
	status = open_own(&session);
	if (status)
		return status;
	error = mmlab_brk(session.fd, &before);
	if (!error && want->nr_args) {
		new_end(want->args[0], before.brk, &after.brk);
		error = mmlab_brk(session.fd, &after);
	}
	if (error)
		status = fail_brk(error, want->nr_args ? &after : &before);
	else if (want->nr_args)
		printf("the heap ended at 0x%08x, and ends at 0x%08x\n", before.brk, after.brk);
	else
		printf("the heap is 0x%08x-0x%08x\n", before.start_brk, before.brk);
	session_close(&session);
	return status;
}

/* ---- exec -------------------------------------------------------------------- */

static int load(const struct program *program, const struct session *session)
{
	struct mmlab_brk brk = { 0 };
	int error = program_load(program, session->fd);

	/* the published run moves the end of its heap by 4 bytes */
	if (!error && program->fd < 0) {
		brk.brk = program->exec.start_brk + 4;
		error = mmlab_brk(session->fd, &brk);
	}
	if (!error)
		return CLI_OK;
	return cli_fail(error, error == -ENOMEM ?
			"The arena is too small for it: load with a larger mem=" : NULL,
			"laying out %s in lab process %u", program->exec.name,
			session->info.lab_pid);
}

static int exec_in(const struct program *program, struct session *session, bool fresh)
{
	pid_t keeper = 0;
	int status = load(program, session);

	if (!status && fresh)
		status = keep(session, &keeper);
	if (status)
		return status;
	printf("%s in lab process %u%s\n", program->exec.name, session->info.lab_pid,
	       fresh ? ", kept in the background" : "");
	if (program->moved)
		printf("(%s: it is laid out at 0x%08x, not at 0x%" PRIx64 ")\n",
		       program->moved_from ? "its addresses are not the lab's" :
		       "position-independent", PROGRAM_BASE, program->moved_from);
	return labproc_print_maps(session->info.lab_pid);
}

static int verb_exec(const struct request *want)
{
	bool fresh = !session_inherited();
	const char *wrong = NULL;
	struct program program;
	struct session session;
	int status;

	if (want->nr_args > 1)
		return cli_usage(want->cmd,
				 "exec takes one ELF file, or none for the article's example");
	if (want->nr_args)
		wrong = program_read(want->args[0], &program);
	else
		program_example(&program);
	status = wrong ? cli_fail(errno, wrong, "%s", want->args[0]) : session_open(&session);
	if (!status) {
		status = exec_in(&program, &session, fresh);
		session_close(&session);
	}
	program_close(&program);
	return status;
}

/* ---- the command --------------------------------------------------------------- */

static const struct verb {
	const char *name;
	int (*run)(const struct request *want);
} verbs[] = {
	{ "new", verb_new }, { "fork", verb_fork }, { "list", verb_list },
	{ "kill", verb_kill }, { "mmap", verb_mmap },
	{ "munmap", verb_munmap }, { "mprotect", verb_mprotect }, { "brk", verb_brk },
	{ "exec", verb_exec },
};

#define NR_VERBS	(sizeof(verbs) / sizeof(verbs[0]))

static int parse_options(const struct command *cmd, int argc, char **argv, struct request *want)
{
	static const struct option longs[] = {
		{ "at", required_argument, NULL, 'a' }, { "fixed", no_argument, NULL, 'f' },
		{ "prot", required_argument, NULL, 'p' }, { "stack", no_argument, NULL, 's' },
		PRESSURE_OPTION_LIMIT, PRESSURE_OPTION_POLICY, PRESSURE_OPTION_TLB,
		CLI_OPTION_JSON, CLI_OPTION_HELP, { 0 }
	};
	int option;

	while ((option = cli_option(cmd, argc, argv, "a:fp:sjh", longs)) != -1) {
		if (pressure_option(cmd, option, &want->pressure))
			return CLI_USAGE;
		want->json |= option == 'j';
		if (option == 'f')
			want->flags |= MMLAB_MAP_FIXED;
		else if (option == 's')
			want->flags |= MMLAB_MAP_STACK;
		else if (option == 'p')
			want->has_prot = true;
		if (option == 'a' && !cli_parse_number(optarg, UINT32_MAX, &want->at))
			return cli_usage(cmd, "--at takes a 32-bit address, not '%s'", optarg);
		if (option == 'p' && !parse_prot(optarg, &want->prot))
			return cli_usage(cmd, "--prot takes rights as r, rw, r-x or none, not '%s'",
					 optarg);
	}
	return CLI_OK;
}

static int run_proc(const struct command *cmd, int argc, char **argv)
{
	struct request want = { .cmd = cmd };
	int status = parse_options(cmd, argc, argv, &want);
	size_t i;

	if (status)
		return status;
	if (optind == argc && pressure_wanted(&want.pressure))
		return show_pressure(&want);
	if (optind == argc)
		return cli_usage(cmd, "new, fork, list, kill, mmap, munmap, mprotect, brk or exec?");
	want.args = argv + optind + 1;
	want.nr_args = argc - optind - 1;
	for (i = 0; i < NR_VERBS; i++)
		if (!strcmp(verbs[i].name, argv[optind]))
			return verbs[i].run(&want);
	return cli_usage(cmd, "there is no '%s'", argv[optind]);
}

const struct command cmd_proc = {
	.name = "proc",
	.args = "new|fork|list|kill|exec|mmap|munmap|mprotect|brk [OPTION…] [ARGUMENT…]",
	.summary = "Lab processes in the background; mmap, brk and exec in them",
	.kept = true,
	.help =
"  new                       make a lab process and keep it in the background\n"
"  fork                      make a copy of --pid, and keep it as well: the pages are\n"
"                            shared until one of the two is written to\n"
"  list                      all lab processes, from /proc/mmlab/*/\n"
"  kill N…                   keep it no longer: it ends, unless a program has it\n"
"  exec [FILE]               lay out an ELF program (32 or 64 bits): its segments,\n"
"                            the stack below 0xc0000000, the heap after the data;\n"
"                            nothing is executed. Without FILE: the article's\n"
"                            `example`. Without --pid, in a new process that is kept\n"
"  mmap BYTES                make a region; memory comes with the first touch\n"
"  munmap ADDRESS BYTES      take a range out, with its pages\n"
"  mprotect ADDRESS BYTES RIGHTS\n"
"  brk [ADDRESS|+N|-N]       move the end of the heap, or show it\n"
"\n"
"  --pid N         which lab process; else that of `mmlab run`\n"
"  --prot RIGHTS   mmap: r, rw (default), r-x, none …\n"
"  --at ADDRESS    mmap: try there first\n"
"  --fixed         mmap: at that address, whatever is there\n"
"  --stack         mmap: the region grows down when touched below\n"
"  --json          new, fork, list: as JSON\n"
"\n"
"With new, or without a verb for a process that there is:\n"
PRESSURE_HELP
"\n"
"A kept process is found again by its number, by this user only.\n"
"\n"
"Example:\n"
"  mmlab proc exec\n"
"  mmlab proc brk --pid 1 +8192\n"
"  mmlab walk --pid 1 --touch 0x08049864\n"
"  mmlab proc kill 1\n"
"\n"
"Exit status: 0 done, 1 failed, 2 usage, 3 module not loaded, 4 permission.\n",
	.run = run_proc,
};
