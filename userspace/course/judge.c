// SPDX-License-Identifier: GPL-2.0
/*
 * Runs the check of an exercise in a process group of its own, and reads what it says. The
 * commands of a student run beside it and may get at its report. So a report may be cut off,
 * may never end, and may hold anything; none of that is a verdict.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "course/course.h"
#include "course/judge.h"
#include "course/phrase.h"
#include "course/progress.h"

#define REPORT_FD	3
#define LOOK_MS		500
#define MAX_LINES	128	/* of a report that say something */
#define PIPE_BYTES	65536	/* what may be left in a pipe when the check has ended */
#define SILENCE		300	/* seconds; a check that says nothing for so long is ended */

static void block(struct verdict *v, const char *reason)
{
	v->blocked = true;
	snprintf(v->reason, sizeof(v->reason), "%s", reason);
}

static void export_numbers(const struct numbers *numbers)
{
	unsigned int i;

	for (i = 0; i < numbers->nr; i++)
		setenv(numbers->all[i].name, numbers->all[i].value, 1);
}

/* All words of the answer, for a check that takes any that is right. */
static void export_answer(char **answers)
{
	char text[1024] = "";
	size_t used = 0;

	for (; *answers && used < sizeof(text); answers++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s",
					 used ? " " : "", *answers);
	setenv("COURSE_ANSWER", text, 1);
}

/* In the child: becomes the check. Returns only if that fails. */
static void become_check(const struct exercise *e, const char *script)
{
	char checks[PATH_MAX], file[PATH_MAX];

	if (!exercise_checks_path(checks, sizeof(checks)))
		return;
	snprintf(file, sizeof(file), "%.4000s/%s.sh", checks, e->id);
	if (script)
		setenv("COURSE_SCRIPT", script, 1);
	execlp("sh", "sh", "-c", ". \"$0/lib.sh\"; . \"$1\"; report end", checks, file, NULL);
}

static void become_grader(const char *verb, const struct exercise *e)
{
	const char *grader = getenv("MMLAB_COURSE_GRADER");
	char directory[PATH_MAX];

	if (grader && progress_directory(directory, sizeof(directory)))
		execlp("python3", "python3", grader, verb, e->id, directory, NULL);
}

static bool needs_grader(const struct exercise *e)
{
	return e->kind == EXERCISE_WRITE || e->kind == EXERCISE_HUNT;
}

/* The next step, or NULL: there are too many, and what is left out may not be met */
static struct judge_step *new_step(struct verdict *v, bool met)
{
	struct judge_step *step = &v->steps[v->nr_steps];

	if (v->nr_steps == JUDGE_MAX_STEPS) {
		block(v, _("the check reports too much"));
		return NULL;
	}
	v->nr_steps++;
	step->met = met;
	return step;
}

/* A script reports phrases; the grader's words are in the student's language, and may have C. */
static void take_words(const struct exercise *e, char *words, char *said, size_t size)
{
	if (words && !needs_grader(e))
		phrase_say(words, said, size);
	else
		snprintf(said, size, "%s", words ? words : "");
}

/* "WHAT WANT GOT" of a check */
static void take_step(struct verdict *v, const struct exercise *e, bool met, char *fields)
{
	struct judge_step *step = new_step(v, met);
	char *got;

	if (!step)
		return;
	take_words(e, strsep(&fields, "\t"), step->what, sizeof(step->what));
	take_words(e, strsep(&fields, "\t"), step->want, sizeof(step->want));
	got = strsep(&fields, "\t");
	snprintf(step->got, sizeof(step->got), "%s", got ? got : "");
}

static void compare(struct verdict *v, const char *what, const char *want, const char *got,
		    bool met)
{
	struct judge_step *step = new_step(v, met);

	if (!step)
		return;
	snprintf(step->what, sizeof(step->what), "%s", what);
	snprintf(step->want, sizeof(step->want), "%s", want);
	snprintf(step->got, sizeof(step->got), "%s", got);
}

/* The next name of "a; b; c" */
static const char *next_name(char **rest)
{
	char *name = strsep(rest, ";");

	return name ? name + strspn(name, " ") : _("answer");
}

/* 0x10 and 16 are one answer, and so are FALSE and false. */
static bool same(const char *a, const char *b)
{
	uint64_t x, y;

	if (cli_parse_number(a, UINT64_MAX, &x) && cli_parse_number(b, UINT64_MAX, &y))
		return x == y;
	return !strcasecmp(a, b);
}

/* Compares the truth's words with the student's, one step for each. */
static void take_answer(struct verdict *v, const struct exercise *e, char *truth,
			char **answers)
{
	char names[EXERCISE_LINE_BYTES], *rest = names, *word;

	snprintf(names, sizeof(names), "%s", e->answers);
	while ((word = strsep(&truth, " "))) {
		const char *got;

		if (!*word)
			continue;
		got = *answers ? *answers++ : "";
		compare(v, next_name(&rest), word, got, same(word, got));
	}
	if (*answers)
		compare(v, _("no word more"), "-", *answers, false);
}

static void take_points(struct verdict *v, const struct exercise *e, const char *text)
{
	uint64_t points;

	if (cli_parse_number(text, e->points, &points))
		v->points = (unsigned int)points;
	else
		block(v, _("the check gives points that the exercise does not have"));
}

/* What is read of a report, and by whom it was made. */
struct report {
	struct verdict *v;
	const struct exercise *e;
	char **answers;
	bool has_end;
	unsigned int nr_lines;		/* that say something */
	time_t heard;			/* when the last of them came */
	char line[1024];
	size_t used;			/* may be more than fits: the rest is left out */
};

static time_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec;
}

static void take_line(struct report *r)
{
	char *rest = r->line, *word = strsep(&rest, "\t");

	if (!strcmp(word, "end"))
		r->has_end = true;
	else if (!rest)
		return;
	else if (!strcmp(word, "met") || !strcmp(word, "unmet"))
		take_step(r->v, r->e, !strcmp(word, "met"), rest);
	else if (!strcmp(word, "answer"))
		take_answer(r->v, r->e, rest, r->answers);
	else if (!strcmp(word, "points"))
		take_points(r->v, r->e, rest);
	else if (!strcmp(word, "blocked"))
		block(r->v, *rest && !needs_grader(r->e) ? _(rest) : rest);
	else
		return;
	r->heard = now();
	if (++r->nr_lines > MAX_LINES)
		block(r->v, _("the check reports too much"));
}

static void take_bytes(struct report *r, const char *bytes, size_t nr)
{
	for (; nr && !r->v->blocked; nr--, bytes++) {
		if (*bytes == '\n') {
			r->line[r->used] = '\0';
			take_line(r);
			r->used = 0;
		} else if (r->used < sizeof(r->line) - 1) {
			r->line[r->used++] = *bytes;
		}
	}
}

static bool has_ended(pid_t pid)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) || info.si_pid;
}

static time_t silence(void)
{
	const char *given = getenv("MMLAB_COURSE_SILENCE");
	uint64_t seconds;

	return given && cli_parse_number(given, INT_MAX, &seconds) && seconds ?
	       (time_t)seconds : SILENCE;
}

/* What the pipe has, up to @most bytes. Return: false: all that will ever be in it was read */
static bool take_some(struct report *r, int fd, size_t most)
{
	char bytes[4096];
	ssize_t got;

	do {
		got = read(fd, bytes, sizeof(bytes));
		if (got <= 0)
			return got < 0 && (errno == EAGAIN || errno == EINTR);
		take_bytes(r, bytes, (size_t)got);
		most -= most < (size_t)got ? most : (size_t)got;
	} while (most);
	return true;
}

static void fell_silent(struct verdict *v)
{
	block(v, _("the check fell silent, and was ended; in a clone, build/log may tell why"));
}

/*
 * Reads until the check has ended. A process that it keeps in the background may have the
 * other end of the pipe still, and write to it without end.
 */
static void read_report(int fd, pid_t pid, struct report *r)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	fcntl(fd, F_SETFL, O_NONBLOCK);
	r->heard = now();
	while (!r->v->blocked) {
		bool ended = has_ended(pid);

		poll(&poll_fd, 1, ended ? 0 : LOOK_MS);
		if (!take_some(r, fd, ended ? PIPE_BYTES : 1) || ended)
			break;
		if (now() - r->heard >= silence())
			fell_silent(r->v);
	}
	if ((!r->has_end || !r->v->nr_steps) && !r->v->blocked)
		block(r->v, _("the check ended without a verdict"));
}

static volatile sig_atomic_t running;	/* the check's process group */

/* The check is in a group of its own, so what ends mmlab has to reach it by hand. */
static void end_both(int signal)
{
	kill(-running, SIGKILL);
	raise(signal);	/* by now the default action: it ends mmlab */
}

static const int endings[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

#define NR_ENDINGS	(sizeof(endings) / sizeof(endings[0]))

static void guard(pid_t pid, struct sigaction *old)
{
	struct sigaction action = { .sa_handler = end_both, .sa_flags = SA_RESETHAND };
	size_t i;

	running = pid;
	for (i = 0; i < NR_ENDINGS; i++) {
		sigaction(endings[i], &action, &old[i]);
		if (old[i].sa_handler == SIG_IGN)	/* nohup */
			sigaction(endings[i], &old[i], NULL);
	}
}

static void unguard(const struct sigaction *old)
{
	size_t i;

	for (i = 0; i < NR_ENDINGS; i++)
		sigaction(endings[i], &old[i], NULL);
}

/*
 * In the child: inside `mmlab run`, the descriptor of the lab process may be the one that the
 * report is to have. The check's commands get it as another.
 */
static void move_session(void)
{
	const char *given = getenv("MMLAB_FD");
	uint64_t session;
	char text[16];

	if (!given || !cli_parse_number(given, INT_MAX, &session) || session != REPORT_FD)
		return;
	snprintf(text, sizeof(text), "%d", fcntl(REPORT_FD, F_DUPFD, REPORT_FD + 1));
	setenv("MMLAB_FD", text, 1);
}

static pid_t start_check(const struct exercise *e, const struct numbers *numbers,
			 const char *script, char **answers, int *report)
{
	int ends[2];
	pid_t pid;

	if (pipe(ends))
		return -1;
	fflush(stdout);
	pid = fork();
	if (!pid) {
		setpgid(0, 0);
		move_session();
		if (dup2(ends[1], REPORT_FD) < 0)
			_exit(CLI_FAILED);
		if (ends[0] > REPORT_FD)
			close(ends[0]);
		if (ends[1] > REPORT_FD)
			close(ends[1]);
		export_numbers(numbers);
		export_answer(answers);
		if (needs_grader(e))
			become_grader("check", e);
		else
			become_check(e, script);
		_exit(CLI_NOT_RUN);
	}
	close(ends[1]);
	*report = ends[0];
	if (pid < 0)
		close(ends[0]);
	else
		setpgid(pid, pid);	/* the child may not have come to it yet */
	return pid;
}

static void sum_up(const struct exercise *e, struct verdict *v)
{
	unsigned int i;

	v->right = v->nr_steps && !v->blocked;
	for (i = 0; i < v->nr_steps; i++)
		v->right &= v->steps[i].met;
	if (e->kind != EXERCISE_WRITE)
		v->points = v->right ? e->points : 0;
	if (v->blocked)
		v->points = 0;
	v->done = v->right && v->points == e->points;
}

void judge_in_vm(void)
{
	setenv("COURSE_VM", "1", 1);
}

void judge_check(const struct exercise *e, const struct numbers *numbers, char **answers,
		 const char *script, struct verdict *v)
{
	struct report r = { .v = v, .e = e, .answers = answers };
	struct sigaction old[NR_ENDINGS];
	int report, status;
	pid_t pid;

	*v = (struct verdict){ 0 };
	if (needs_grader(e) && !getenv("MMLAB_COURSE_GRADER")) {
		block(v, _("this is judged where the sources are: make course, in a clone"));
		return;
	}
	pid = start_check(e, numbers, script, answers, &report);
	if (pid < 0) {
		block(v, strerror(errno));
		return;
	}
	guard(pid, old);
	read_report(report, pid, &r);
	close(report);
	kill(-pid, SIGKILL);
	unguard(old);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	sum_up(e, v);
}

int judge_grader(const char *verb, const struct exercise *e, const struct numbers *numbers)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		export_numbers(numbers);
		become_grader(verb, e);
		_exit(CLI_NOT_RUN);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return CLI_FAILED;
	return WIFEXITED(status) ? WEXITSTATUS(status) : CLI_FAILED;
}
