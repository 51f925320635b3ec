// SPDX-License-Identifier: GPL-2.0
/* Reads the directories of lab processes. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/keeper.h"
#include "labfile.h"
#include "labproc.h"
#include "libmmlab.h"

static char *read_of(uint32_t lab_pid, const char *file)
{
	char name[64];

	snprintf(name, sizeof(name), "%u/%s", lab_pid, file);
	return labfile_read(name, NULL);
}

/* Return: false if it has gone meanwhile */
static bool look_at(struct labproc *p)
{
	uint64_t page_size = (uint64_t)sysconf(_SC_PAGESIZE), size = 0, resident = 0;
	char *statm = read_of(p->lab_pid, "statm"), *status = read_of(p->lab_pid, "status");
	struct region *regions = NULL;
	bool good = statm && sscanf(statm, "%" SCNu64 " %" SCNu64, &size, &resident) == 2;

	if (!status || sscanf(status, "Name:\t%63[^\n]", p->name) != 1)
		strcpy(p->name, "-");
	p->size = size * page_size;
	p->resident = resident * page_size;
	p->nr_regions = labproc_regions(p->lab_pid, &regions);
	p->kept = keeper_has(p->lab_pid);
	free(regions);
	free(statm);
	free(status);
	return good && p->nr_regions >= 0;
}

static int by_pid(const void *a, const void *b)
{
	const struct labproc *x = a, *y = b;

	return x->lab_pid < y->lab_pid ? -1 : x->lab_pid > y->lab_pid;
}

long labproc_list(struct labproc **procs)
{
	char path[PATH_MAX];
	struct dirent *entry;
	size_t n = 0;
	DIR *dir;
	int error = mmlab_proc_path(path, sizeof(path), "");

	*procs = NULL;
	dir = error ? NULL : opendir(path);
	if (!dir)
		return error ? error : -errno;
	while ((entry = readdir(dir))) {
		struct labproc *larger;
		uint64_t lab_pid;

		if (!cli_parse_number(entry->d_name, UINT32_MAX, &lab_pid))
			continue;
		larger = realloc(*procs, (n + 1) * sizeof(**procs));
		if (!larger) {
			closedir(dir);
			return -ENOMEM;
		}
		*procs = larger;
		larger[n] = (struct labproc){ .lab_pid = (uint32_t)lab_pid };
		n += look_at(&larger[n]);
	}
	closedir(dir);
	if (n)
		qsort(*procs, n, sizeof(**procs), by_pid);
	return (long)n;
}

long labproc_regions(uint32_t lab_pid, struct region **regions)
{
	char path[PATH_MAX], name[32];
	long nr;
	int error;

	*regions = calloc(LABPROC_MAX_REGIONS, sizeof(**regions));
	if (!*regions)
		return -ENOMEM;
	snprintf(name, sizeof(name), "%u/maps", lab_pid);
	error = mmlab_proc_path(path, sizeof(path), name);
	nr = error ? error : mapsfile_read(path, *regions, LABPROC_MAX_REGIONS);
	return nr > LABPROC_MAX_REGIONS ? LABPROC_MAX_REGIONS : nr;
}

int labproc_print_maps(uint32_t lab_pid)
{
	char name[64], *text = read_of(lab_pid, "maps");
	int error = errno;

	if (!text) {
		snprintf(name, sizeof(name), "/proc/mmlab/%u/maps", lab_pid);
		return cli_fail_open(error, name);
	}
	fputs(text, stdout);
	free(text);
	return CLI_OK;
}
