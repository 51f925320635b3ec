// SPDX-License-Identifier: GPL-2.0
/*
 * Files of a lab process: see pidfile.h.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lab.h"
#include "pidfile.h"
#include "procfile.h"

char *pid_file(int fd, const char *file)
{
	static char text[1 << 16];
	struct mmlab_info info;
	char path[64];

	lab_info(fd, &info);
	snprintf(path, sizeof(path), LAB_PROC "/%u/%s", info.lab_pid, file);
	return read_whole(path, text, sizeof(text)) < 0 ? NULL : text;
}

long pid_number(int fd, const char *file, const char *key)
{
	char *text = pid_file(fd, file), *at;
	long sum = -1, number;

	for (at = text; at && (at = strstr(at, key)) != NULL; at++)
		if (at[-1] == '\n' && sscanf(at + strlen(key), "%ld", &number) == 1)
			sum = (sum < 0 ? 0 : sum) + number;
	return sum;
}

unsigned long long pid_stat(int fd, unsigned int column)
{
	struct mmlab_info info;
	char path[64], text[512], *at = text;

	lab_info(fd, &info);
	snprintf(path, sizeof(path), LAB_PROC "/%u/stat", info.lab_pid);
	if (read_whole(path, text, sizeof(text)) < 0)
		return -1;
	while (--column && (at = strchr(at, ' ')))
		at++;
	return at ? strtoull(at, NULL, 10) : -1;
}

unsigned long long pid_faults(int fd)
{
	return pid_stat(fd, 10) + pid_stat(fd, 12);
}

uint64_t pagemap_of(int fd, uint32_t lva)
{
	struct mmlab_info info;
	uint64_t value = 0;
	char path[64];
	int map;

	lab_info(fd, &info);
	snprintf(path, sizeof(path), LAB_PROC "/%u/pagemap", info.lab_pid);
	map = open(path, O_RDONLY | O_CLOEXEC);
	if (map < 0)
		return 0;
	if (pread(map, &value, sizeof(value), lva / page_size() * sizeof(value)) !=
	    sizeof(value))
		value = 0;
	close(map);
	return value;
}

size_t find_frame(int fd, uint32_t lva, size_t len, uint64_t pfn)
{
	size_t nr = len / page_size(), i = nr;
	uint64_t *words = calloc(nr, sizeof(*words));
	struct mmlab_info info;
	char path[64];
	int map;

	lab_info(fd, &info);
	snprintf(path, sizeof(path), LAB_PROC "/%u/pagemap", info.lab_pid);
	map = open(path, O_RDONLY | O_CLOEXEC);
	if (words && pread(map, words, nr * sizeof(*words), lva / page_size() *
			   sizeof(*words)) == (ssize_t)(nr * sizeof(*words)))
		for (i = 0; i < nr; i++)
			if (words[i] & PM_PRESENT && (words[i] & PM_PFN) == pfn)
				break;
	close(map);
	free(words);
	return i * page_size();
}

size_t count_in(int fd, uint32_t lva, size_t len)
{
	size_t at, nr = 0;

	for (at = 0; at < len; at += page_size())
		nr += !!(pagemap_of(fd, lva + at) & PM_PRESENT);
	return nr;
}

size_t count_out(int fd, uint32_t lva, size_t len)
{
	size_t at, nr = 0;

	for (at = 0; at < len; at += page_size())
		nr += !!(pagemap_of(fd, lva + at) & PM_SWAP);
	return nr;
}

bool share(int one, int other, uint32_t lva, uint64_t count)
{
	uint64_t pfn = pagemap_of(one, lva) & PM_PFN;

	return pfn && pfn == (pagemap_of(other, lva) & PM_PFN) &&
	       frame_word("kpagecount", pfn) == count &&
	       !(pagemap_of(one, lva) & PM_EXCLUSIVE) == (count > 1);
}
