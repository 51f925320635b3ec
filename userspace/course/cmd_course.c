// SPDX-License-Identifier: GPL-2.0
/* course: exercises that check themselves. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "course/course.h"
#include "course/exercise.h"
#include "course/judge.h"
#include "course/numbers.h"
#include "course/place.h"
#include "course/progress.h"
#include "course/show.h"

/* What every verb works with. */
struct course {
	const struct command *cmd;
	struct exercise_list list;
	struct progress progress;
	const struct exercise *e;	/* the one that was named, or NULL */
	struct numbers numbers;		/* of that one */
	char **answers;
	const char *script;
	bool json, vm;
};

static int save(const struct course *c)
{
	int err = progress_write(&c->progress);

	if (err)
		return cli_fail(err, _("MMLAB_COURSE_WORK names another directory."),
				_("writing down your progress"));
	return CLI_OK;
}

static int draw(struct course *c)
{
	const struct progress_line *line = progress_find(&c->progress, c->e->id);
	int err = numbers_draw(&c->numbers, c->e->numbers, c->e->id, c->progress.seed,
			       line ? line->round : 0);

	return err ? cli_fail(err, NULL, _("the numbers of %s"), c->e->id) : CLI_OK;
}

static int run_list(struct course *c)
{
	show_list(&c->list, &c->progress, c->json);
	return CLI_OK;
}

static int run_status(struct course *c)
{
	show_status(&c->list, &c->progress, c->json);
	return CLI_OK;
}

static int begin(struct course *c, struct progress_line **line)
{
	*line = progress_begin(&c->progress, c->e->id);
	return *line ? CLI_OK : cli_fail(ENOMEM, NULL, "%s", c->e->id);
}

/* The file of a `write`, as far as the sources are here. */
static int prepare(struct course *c, const char *verb)
{
	if ((c->e->kind != EXERCISE_WRITE && c->e->kind != EXERCISE_HUNT) ||
	    !getenv("MMLAB_COURSE_GRADER"))
		return CLI_OK;
	return judge_grader(verb, c->e, &c->numbers);
}

static int run_start(struct course *c)
{
	struct progress_line *line;
	int status = begin(c, &line);

	if (!status)
		status = save(c);
	if (status)
		return status;
	show_task(c->e, &c->numbers, c->json);
	return prepare(c, "start");
}

static int run_hint(struct course *c)
{
	struct progress_line *line;
	int status = begin(c, &line);

	if (status)
		return status;
	if (line->hints < EXERCISE_NR_HINTS)
		line->hints++;
	show_hint(c->e, &c->numbers, line->hints, c->json);
	return save(c);
}

static int run_solution(struct course *c)
{
	int status = show_solution(c->e, &c->numbers, c->json);

	return status ? status : prepare(c, "solution");
}

static int run_reset(struct course *c)
{
	int status = prepare(c, "reset");

	if (status)
		return status;
	progress_forget(&c->progress, c->e->id);
	return save(c);
}

static void join(char *text, size_t size, char **words)
{
	size_t used = 0;

	*text = '\0';
	for (; *words && used < size; words++)
		used += (size_t)snprintf(text + used, size - used, "%s%s", used ? " " : "",
					 *words);
}

/* Writes down what a check has found; a wrong answer gets other numbers the next time. */
static int note(struct course *c, const struct verdict *v, bool *again)
{
	struct progress_line *line;
	int status = begin(c, &line);

	if (status || v->blocked)
		return status;
	*again = !v->done && !line->done && *c->answers && *c->e->numbers;
	if (v->points > line->points)
		line->points = v->points;
	if (!line->done)
		join(line->answer, sizeof(line->answer), c->answers);
	if (*again)
		line->round++;
	line->done |= v->done;
	return save(c);
}

static int run_check(struct course *c)
{
	bool asks = c->e->kind == EXERCISE_PREDICT || c->e->kind == EXERCISE_HUNT;
	bool again = false;
	struct verdict v;
	int status;

	if (asks && !*c->answers)
		return cli_usage(c->cmd, _("%s wants an answer: mmlab course check %s %s"),
				 c->e->id, c->e->id, *c->e->answers ? c->e->answers : "ANSWER");
	if (!asks && *c->answers)
		return cli_usage(c->cmd, _("%s wants no answer: it looks by itself"), c->e->id);
	if (c->vm && c->e->kind != EXERCISE_WRITE)
		return cli_usage(c->cmd, _("--vm is for a write, and %s is none"), c->e->id);
	if (c->vm)
		judge_in_vm();
	judge_check(c->e, &c->numbers, c->answers, c->script, &v);
	status = note(c, &v, &again);
	show_verdict(c->e, &v, again, c->json);
	/* a script's lab process is gone by now */
	if (!v.right && !v.blocked && !c->json && !c->script)
		show_picture(c->e, &c->numbers);
	if (v.blocked)
		return status ? status : CLI_NO_LAB;
	return status ? status : v.right ? CLI_OK : CLI_FAILED;
}

/* Checks again and again, until it is right or the reader ends it. */
static int run_watch(struct course *c)
{
	int status;

	if (c->e->kind == EXERCISE_PREDICT || c->e->kind == EXERCISE_HUNT)
		return cli_usage(c->cmd, _("%s wants an answer: there is nothing to watch"),
				 c->e->id);
	while ((status = run_check(c)) == CLI_FAILED) {
		fflush(stdout);
		show_wait(c->e);
		puts("");
	}
	return status;
}

static const struct verb {
	const char *name;
	bool of_one;	/* exercise */
	int (*run)(struct course *c);
} verbs[] = {
	{ "list", false, run_list }, { "start", true, run_start }, { "hint", true, run_hint },
	{ "check", true, run_check }, { "watch", true, run_watch }, { "reset", true, run_reset },
	{ "solution", true, run_solution }, { "status", false, run_status },
};

static const struct verb *find_verb(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	return NULL;
}

static int find_exercise(struct course *c, char **operands)
{
	c->e = exercise_find(&c->list, operands[0]);
	if (!c->e)
		return cli_usage(c->cmd, _("'%s' is no exercise, or several; mmlab course list"),
				 operands[0]);
	c->answers = operands + 1;
	return draw(c);
}

static int run_verb(struct course *c, const struct verb *verb, int argc, char **operands)
{
	int status = CLI_OK;

	if (verb->of_one && argc < 1)
		return cli_usage(c->cmd, _("which exercise? mmlab course list names them"));
	if (argc > (verb->of_one ? 1 : 0) && verb->run != run_check)
		return cli_usage(c->cmd, _("too many arguments: '%s'"), operands[argc - 1]);
	if (verb->of_one)
		status = find_exercise(c, operands);
	return status ? status : verb->run(c);
}

static int run_course(const struct command *cmd, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "script", required_argument, NULL, 'r' },
		{ "vm", no_argument, NULL, 'v' },
		CLI_OPTION_JSON, CLI_OPTION_HELP, { 0 }
	};
	struct course c = { .cmd = cmd };
	const struct verb *verb;
	const char *seed = NULL;
	int option, status;

	place_bind_language();
	while ((option = cli_option(cmd, argc, argv, "jh", longs)) != -1) {
		c.json |= option == 'j';
		if (option == 's')
			seed = optarg;
		else if (option == 'r')
			c.script = optarg;
		c.vm |= option == 'v';
	}
	verb = argc > optind ? find_verb(argv[optind]) : NULL;
	if (!verb)
		return cli_usage(cmd, _("there is: mmlab course %s"), cmd->args);
	status = progress_read(&c.progress);
	if (status)
		return cli_fail(status, NULL, _("reading your progress"));
	if (seed && !cli_parse_number(seed, UINT64_MAX, &c.progress.seed))
		return cli_usage(cmd, _("--seed is a number, not '%s'"), seed);
	status = exercise_load(&c.list);
	if (!status && seed)
		status = save(&c);
	if (!status) {
		status = run_verb(&c, verb, argc - optind - 1, argv + optind + 1);
		exercise_free(&c.list);
	}
	progress_free(&c.progress);
	return status;
}

const struct command cmd_course = {
	.name = "course",
	.args = "list|start|hint|check|watch|reset|solution|status [EXERCISE [ANSWER…]] [OPTIONS]",
	.summary = "Exercises that check themselves, chapter by chapter",
	.help =
"  list                  all exercises, by chapter\n"
"  start EXERCISE        the task, with your numbers\n"
"  hint EXERCISE         a hint; the second time, a plainer one\n"
"  check EXERCISE [ANSWER…]\n"
"                        judge it: says each step, what was wanted and what was found\n"
"  watch EXERCISE        check it each time that something has changed\n"
"  solution EXERCISE     the solution, and why\n"
"  reset EXERCISE        forget it; a file of yours is laid aside\n"
"  status                your points\n"
"\n"
"  --seed N       whose numbers these are; later commands remember it\n"
"  --script FILE  check: run these commands for it before (an experiment)\n"
"  --vm           check: a write in the virtual machine as well, which takes a minute\n"
"  --json         as JSON\n"
"\n"
"There are four kinds. predict: work out numbers, and let the lab tell whether they\n"
"are right. experiment: bring the machine into a state. write: write the body of a\n"
"function of the lab. hunt: find the fault in a module. The last two are judged in a\n"
"clone of the sources, by `make course`. EXERCISE is an id of the list, or a part\n"
"that no other has. Progress is kept in ~/mmlab-course, or MMLAB_COURSE_WORK. A check\n"
"that says nothing for 300 seconds, or MMLAB_COURSE_SILENCE, is ended.\n"
"\n"
"Example:\n"
"  mmlab course start 02-split\n"
"  mmlab course check 02-split 64 0 291\n"
"\n"
"Exit status: 0 done, and right; 1 not right yet, or failed; 2 usage; 3 it can't be\n"
"judged here.\n",
	.run = run_course,
};
