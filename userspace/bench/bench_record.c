// SPDX-License-Identifier: GPL-2.0
/* Records: measurements as text and in memory. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "bench.h"
#include "cli/host.h"

static const char first_line[] = "# mmlab bench 1\n";

int bench_record_add(struct bench_record *record, const struct bench_request *request,
		     struct bench_sample *samples)
{
	struct bench_result *results, *result;

	results = realloc(record->results, (record->nr_results + 1) * sizeof(*results));
	if (!results)
		return -ENOMEM;
	record->results = results;
	result = &results[record->nr_results++];
	memset(result, 0, sizeof(*result));
	bench_row_name(request->row, result->row);
	result->side = request->side;
	result->threads = request->threads;
	result->samples = samples;
	result->nr_samples = (size_t)request->repetitions * request->threads;
	return 0;
}

void bench_record_add_setting(struct bench_record *record, const char *key,
			      const char *value)
{
	struct bench_setting *setting = &record->settings[record->nr_settings];

	if (record->nr_settings == BENCH_MAX_SETTINGS)
		return;
	snprintf(setting->key, sizeof(setting->key), "%.31s", key);
	snprintf(setting->value, sizeof(setting->value), "%.159s", value);
	record->nr_settings++;
}

static void add_file(struct bench_record *record, const char *key, const char *path)
{
	char value[160];

	if (!host_read_line(path, value, sizeof(value)))
		bench_record_add_setting(record, key, value);
}

/* The kernel's command line about zeroing on allocation, or the kernel's default. */
static void add_zeroing(struct bench_record *record)
{
	static const char name[] = "init_on_alloc=";
	char line[1024], value[32] = "as the kernel was built";
	const char *found;

	if (host_read_line("/proc/cmdline", line, sizeof(line)))
		return;
	found = strstr(line, name);
	if (found)
		snprintf(value, sizeof(value), "%.*s", (int)strcspn(found + sizeof(name) - 1, " "),
			 found + sizeof(name) - 1);
	bench_record_add_setting(record, "init_on_alloc", value);
}

void bench_record_settings(struct bench_record *record)
{
	struct utsname names;
	char number[32];

	if (!uname(&names)) {
		bench_record_add_setting(record, "kernel", names.release);
		bench_record_add_setting(record, "machine", names.machine);
	}
	snprintf(number, sizeof(number), "%ld", sysconf(_SC_NPROCESSORS_ONLN));
	bench_record_add_setting(record, "cpus", number);
	add_zeroing(record);
	add_file(record, "spectre_v2", "/sys/devices/system/cpu/vulnerabilities/spectre_v2");
	add_file(record, "mem", "/sys/module/mmlab/parameters/mem");
	add_file(record, "pcp_high", "/sys/module/mmlab/parameters/pcp_high");
	add_file(record, "magazine", "/sys/module/mmlab/parameters/magazine");
	add_file(record, "fault_around", "/sys/module/mmlab/parameters/fault_around");
}

void bench_record_write(const struct bench_record *record, FILE *out)
{
	size_t i, j;

	fputs(first_line, out);
	for (i = 0; i < record->nr_settings; i++)
		fprintf(out, "# %s: %s\n", record->settings[i].key,
			record->settings[i].value);
	fputs("# row side threads iteration thread allocs get_ns put_ns get_cycles put_cycles\n",
	      out);
	for (i = 0; i < record->nr_results; i++) {
		const struct bench_result *result = &record->results[i];

		for (j = 0; j < result->nr_samples; j++) {
			const struct bench_sample *s = &result->samples[j];

			fprintf(out, "%s %s %u %u %u %u %llu %llu %llu %llu\n",
				result->row, bench_side_names[result->side],
				result->threads, s->iteration, s->thread, s->allocs,
				(unsigned long long)s->get[BENCH_NS],
				(unsigned long long)s->put[BENCH_NS],
				(unsigned long long)s->get[BENCH_CYCLES],
				(unsigned long long)s->put[BENCH_CYCLES]);
		}
	}
}

const struct bench_result *bench_record_find(const struct bench_record *record,
					     const char *row, enum bench_side side,
					     uint32_t threads)
{
	size_t i;

	for (i = 0; i < record->nr_results; i++)
		if (record->results[i].side == side &&
		    record->results[i].threads == threads &&
		    !strcmp(record->results[i].row, row))
			return &record->results[i];
	return NULL;
}

/* Appends a sample to the result that it belongs to, the last one or a new one. */
static int append(struct bench_record *record, const char *name, enum bench_side side,
		  uint32_t threads, const struct bench_sample *sample)
{
	struct bench_result *result = record->nr_results ?
				      &record->results[record->nr_results - 1] : NULL;
	struct bench_sample *samples;

	if (!result || result->side != side || result->threads != threads ||
	    strcmp(result->row, name)) {
		struct bench_result *results =
			realloc(record->results,
				(record->nr_results + 1) * sizeof(*results));

		if (!results)
			return -ENOMEM;
		record->results = results;
		result = &results[record->nr_results++];
		memset(result, 0, sizeof(*result));
		snprintf(result->row, sizeof(result->row), "%s", name);
		result->side = side;
		result->threads = threads;
	}
	samples = realloc(result->samples, (result->nr_samples + 1) * sizeof(*samples));
	if (!samples)
		return -ENOMEM;
	result->samples = samples;
	samples[result->nr_samples++] = *sample;
	return 0;
}

static int read_setting(struct bench_record *record, char *line)
{
	char *colon = strstr(line, ": ");

	if (!colon)
		return 0;	/* the names of the columns */
	if (colon - line > (long)sizeof(record->settings[0].key))
		return -EINVAL;
	*colon = '\0';
	colon[2 + strcspn(colon + 2, "\n")] = '\0';
	bench_record_add_setting(record, line + 2, colon + 2);
	return 0;
}

static int read_sample(struct bench_record *record, const char *line)
{
	unsigned long long get[BENCH_NR_CLOCKS], put[BENCH_NR_CLOCKS];
	char name[BENCH_NAME_BYTES], side_name[8];
	struct bench_sample s = { 0 };
	enum bench_side side;
	uint32_t threads;
	int i;

	if (sscanf(line, "%47s %7s %u %u %u %u %llu %llu %llu %llu", name, side_name,
		   &threads, &s.iteration, &s.thread, &s.allocs, &get[BENCH_NS],
		   &put[BENCH_NS], &get[BENCH_CYCLES], &put[BENCH_CYCLES]) != 10)
		return -EINVAL;
	for (side = 0; side < BENCH_NR_SIDES; side++)
		if (!strcmp(side_name, bench_side_names[side]))
			break;
	if (side == BENCH_NR_SIDES || !s.allocs || s.thread >= threads)
		return -EINVAL;
	for (i = 0; i < BENCH_NR_CLOCKS; i++) {
		s.get[i] = get[i];
		s.put[i] = put[i];
	}
	return append(record, name, side, threads, &s);
}

int bench_record_read(struct bench_record *record, FILE *in, size_t *line_number)
{
	char line[512];
	int error = 0;

	for (*line_number = 0; !error && fgets(line, sizeof(line), in);) {
		if (++*line_number == 1)
			error = strcmp(line, first_line) ? -EINVAL : 0;
		else if (line[0] == '#')
			error = read_setting(record, line);
		else
			error = read_sample(record, line);
	}
	return error ? error : record->nr_results ? 0 : -EINVAL;
}

void bench_record_free(struct bench_record *record)
{
	size_t i;

	for (i = 0; i < record->nr_results; i++)
		free(record->results[i].samples);
	free(record->results);
	memset(record, 0, sizeof(*record));
}

/* What all threads together took in one repetition, per allocation. */
static double cost(const struct bench_result *result, size_t first, enum bench_clock clock)
{
	uint64_t time = 0, allocs = 0;
	size_t i;

	for (i = first; i < first + result->threads && i < result->nr_samples; i++) {
		time += result->samples[i].get[clock] + result->samples[i].put[clock];
		allocs += result->samples[i].allocs;
	}
	return allocs ? (double)time / (double)allocs : 0;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

double bench_median(const struct bench_result *result, enum bench_clock clock)
{
	size_t nr = result->nr_samples / result->threads, i;
	double *costs = calloc(nr ? nr : 1, sizeof(*costs)), median;

	if (!costs)
		return 0;
	for (i = 0; i < nr; i++)
		costs[i] = cost(result, i * result->threads, clock);
	qsort(costs, nr, sizeof(*costs), compare);
	median = nr % 2 ? costs[nr / 2] : nr ? (costs[nr / 2 - 1] + costs[nr / 2]) / 2 : 0;
	free(costs);
	return median;
}
