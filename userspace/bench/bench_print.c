// SPDX-License-Identifier: GPL-2.0
/* A record as a table, as JSON, as CSV. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "cli/json.h"

/* With several CPUs at work, time is less certain: a goal may be missed by this. */
#define TIME_ALLOWANCE	1.2

static const char *const units[BENCH_NR_CLOCKS] = { "ns", "instructions" };

/* A line of the output: both sides of a row, of which one may be missing. */
struct line {
	const char *row;
	uint32_t threads;
	const struct bench_result *side[BENCH_NR_SIDES];
	double median[BENCH_NR_SIDES];
	double ratio, goal;	/* 0: there is none */
};

static void fill_line(const struct bench_record *record,
		      const struct bench_result *result, enum bench_clock clock,
		      struct line *line)
{
	const struct bench_row *row = bench_row_find(result->row);
	enum bench_side side;

	memset(line, 0, sizeof(*line));
	line->row = result->row;
	line->threads = result->threads;
	for (side = 0; side < BENCH_NR_SIDES; side++) {
		line->side[side] = bench_record_find(record, line->row, side, line->threads);
		if (line->side[side])
			line->median[side] = bench_median(line->side[side], clock);
	}
	if (line->side[BENCH_LAB] && line->median[BENCH_HOST] > 0)
		line->ratio = line->median[BENCH_LAB] / line->median[BENCH_HOST];
	if (row && row->goal && line->ratio > 0)
		line->goal = row->goal / 1000.0 * (clock == BENCH_NS ? TIME_ALLOWANCE : 1);
}

/* Is it the first result of its row and number of threads? */
static bool begins_line(const struct bench_record *record, size_t i)
{
	const struct bench_result *result = &record->results[i];
	size_t j;

	for (j = 0; j < i; j++)
		if (record->results[j].threads == result->threads &&
		    !strcmp(record->results[j].row, result->row))
			return false;
	return true;
}

static void print_cost(const struct line *line, enum bench_side side)
{
	if (line->side[side])
		printf(" %12.1f", line->median[side]);
	else
		printf(" %12s", "-");
}

static void print_line(const struct line *line)
{
	printf("%-24s %7u", line->row, line->threads);
	print_cost(line, BENCH_LAB);
	print_cost(line, BENCH_HOST);
	if (line->ratio > 0)
		printf(" %7.3f", line->ratio);
	else
		printf(" %7s", "-");
	if (line->goal > 0)
		printf(" %7.3f  %s", line->goal,
		       line->ratio <= line->goal ? "met" : "missed");
	putchar('\n');
}

void bench_print_table(const struct bench_record *record, enum bench_clock clock)
{
	struct line line;
	size_t i;

	for (i = 0; i < record->nr_settings; i++)
		printf("%-14s %s\n", record->settings[i].key, record->settings[i].value);
	printf("\n%s for an allocation and its free, median of the repetitions\n\n"
	       "%-24s %7s %12s %12s %7s %7s\n", units[clock], "ROW", "THREADS", "LAB",
	       "HOST", "RATIO", "GOAL");
	for (i = 0; i < record->nr_results; i++) {
		if (!begins_line(record, i))
			continue;
		fill_line(record, &record->results[i], clock, &line);
		print_line(&line);
	}
}

static void json_side(const struct line *line, enum bench_side side,
		      enum bench_clock clock)
{
	const struct bench_result *result = line->side[side];
	size_t i;

	if (!result)
		return;
	json_object_begin(bench_side_names[side]);
	json_decimal("median", line->median[side], 2);
	json_array_begin("samples");
	for (i = 0; i < result->nr_samples; i++) {
		const struct bench_sample *s = &result->samples[i];

		json_object_begin(NULL);
		json_number("iteration", s->iteration);
		json_number("thread", s->thread);
		json_number("allocs", s->allocs);
		json_number("get", s->get[clock]);
		json_number("put", s->put[clock]);
		json_object_end();
	}
	json_array_end();
	json_object_end();
}

static void json_line(const struct line *line, enum bench_clock clock)
{
	json_object_begin(NULL);
	json_string("row", line->row);
	json_number("threads", line->threads);
	json_side(line, BENCH_LAB, clock);
	json_side(line, BENCH_HOST, clock);
	if (line->ratio > 0)
		json_decimal("ratio", line->ratio, 4);
	if (line->goal > 0) {
		json_decimal("goal", line->goal, 4);
		json_bool("met", line->ratio <= line->goal);
	}
	json_object_end();
}

void bench_print_json(const struct bench_record *record, enum bench_clock clock)
{
	struct line line;
	size_t i;

	json_object_begin(NULL);
	json_string("unit", units[clock]);
	json_object_begin("settings");
	for (i = 0; i < record->nr_settings; i++)
		json_string(record->settings[i].key, record->settings[i].value);
	json_object_end();
	json_array_begin("rows");
	for (i = 0; i < record->nr_results; i++) {
		if (!begins_line(record, i))
			continue;
		fill_line(record, &record->results[i], clock, &line);
		json_line(&line, clock);
	}
	json_array_end();
	json_object_end();
}

struct spread {
	double min, avg, max;
};

static void spread_add(struct spread *s, double value, size_t nr_before)
{
	s->min = nr_before && s->min < value ? s->min : value;
	s->max = nr_before && s->max > value ? s->max : value;
	s->avg = (s->avg * (double)nr_before + value) / (double)(nr_before + 1);
}

/* One line for each repetition: over its threads, the cost of one allocation. */
static void csv_result(FILE *out, const struct bench_result *result,
		       enum bench_clock clock)
{
	const char *arg = strchr(result->row, '/');
	struct bench_row row = { 0 };
	size_t i, j;

	if (arg)
		bench_row_parse(result->row, &row);
	for (i = 0; i < result->nr_samples; i += result->threads) {
		struct spread get = { 0 }, put = { 0 };

		for (j = 0; j < result->threads && i + j < result->nr_samples; j++) {
			const struct bench_sample *s = &result->samples[i + j];

			spread_add(&get, (double)s->get[clock] / s->allocs, j);
			spread_add(&put, (double)s->put[clock] / s->allocs, j);
		}
		fprintf(out, "%llu,%u,%u,%u,%.1f,%.1f,%.1f,%.1f,%.1f,%.1f\n",
			(unsigned long long)row.arg, result->threads,
			result->samples[i].iteration, result->samples[i].allocs,
			get.min, get.avg, get.max, put.min, put.avg, put.max);
	}
}

static size_t pattern_length(const struct bench_result *result)
{
	return strcspn(result->row, "/");
}

static bool same_file(const struct bench_result *a, const struct bench_result *b)
{
	return a->side == b->side && pattern_length(a) == pattern_length(b) &&
	       !strncmp(a->row, b->row, pattern_length(a));
}

/* All results of the pattern and side that result i begins. */
static int csv_file(const struct bench_record *record, size_t i, enum bench_clock clock,
		    const char *path)
{
	const struct bench_result *first = &record->results[i];
	FILE *out = fopen(path, "w");

	if (!out)
		return -errno;
	fprintf(out, "%s,x,iteration,allocs,get_min,get_avg,get_max,put_min,put_avg,put_max\n",
		strncmp(first->row, "page-", 5) ? "arg" : "order");
	for (; i < record->nr_results; i++)
		if (same_file(first, &record->results[i]))
			csv_result(out, &record->results[i], clock);
	return fclose(out) ? -errno : 0;
}

int bench_write_csv(const struct bench_record *record, enum bench_clock clock,
		    const char *directory, char *path, size_t size)
{
	size_t i, j;
	int error;

	for (i = 0; i < record->nr_results; i++) {
		const struct bench_result *result = &record->results[i];

		for (j = 0; j < i && !same_file(&record->results[j], result); j++)
			;
		if (j < i)
			continue;
		snprintf(path, size, "%s/%.*s-%s.csv", directory,
			 (int)pattern_length(result), result->row,
			 bench_side_names[result->side]);
		error = csv_file(record, i, clock, path);
		if (error)
			return error;
	}
	return 0;
}
