// SPDX-License-Identifier: GPL-2.0
/* Asks mmlab_bench.ko to measure, and reads its answer. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "cli/host.h"

static const char header[] =
	"iteration thread allocs get_ns put_ns get_cycles put_cycles";

static int send_request(int fd, const struct bench_request *request)
{
	char text[256];
	int length = snprintf(text, sizeof(text),
			      "pattern=%s side=%s arg=%llu threads=%u repetitions=%u count=%u",
			      request->row->pattern, bench_side_names[request->side],
			      (unsigned long long)request->row->arg, request->threads,
			      request->repetitions, request->row->count);

	return write(fd, text, (size_t)length) < 0 ? -errno : 0;
}

static bool parse_sample(const char *line, struct bench_sample *sample)
{
	unsigned long long get[2], put[2];

	if (sscanf(line, "%u %u %u %llu %llu %llu %llu", &sample->iteration,
		   &sample->thread, &sample->allocs, &get[BENCH_NS], &put[BENCH_NS],
		   &get[BENCH_CYCLES], &put[BENCH_CYCLES]) != 7)
		return false;
	sample->get[BENCH_NS] = get[BENCH_NS];
	sample->put[BENCH_NS] = put[BENCH_NS];
	sample->get[BENCH_CYCLES] = get[BENCH_CYCLES];
	sample->put[BENCH_CYCLES] = put[BENCH_CYCLES];
	return true;
}

static int receive(FILE *in, struct bench_sample *samples, size_t nr)
{
	char line[256];
	size_t i;

	if (!fgets(line, sizeof(line), in) ||
	    strncmp(line, header, sizeof(header) - 1))
		return -EPROTO;
	for (i = 0; i < nr; i++)
		if (!fgets(line, sizeof(line), in) || !parse_sample(line, &samples[i]))
			return -EPROTO;
	return 0;
}

int bench_measure_kernel(const struct bench_request *request,
			 struct bench_sample *samples)
{
	char path[PATH_MAX];
	int fd, error;
	FILE *file;

	fd = open(host_path(path, sizeof(path), "/proc/mmlab_bench"), O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	error = send_request(fd, request);
	file = error ? NULL : fdopen(fd, "r");
	if (!file) {
		error = error ? error : -errno;
		close(fd);
		return error;
	}
	error = receive(file, samples, (size_t)request->repetitions * request->threads);
	fclose(file);
	return error;
}
