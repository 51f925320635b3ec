// SPDX-License-Identifier: GPL-2.0
/*
 * Userland's environment for the cases, and common functions of its programs.
 */
#include <stdlib.h>

#include "host.h"

void *mmlab_test_env_alloc(size_t size)
{
	return calloc(1, size);
}

void mmlab_test_env_free(void *memory)
{
	free(memory);
}

void mmlab_test_env_relax(void)
{
}

void mmlab_test_env_print(const char *line)
{
	puts(line);
	fflush(stdout);
}

bool mmlab_host_parse_number(const char *text, u64 limit, u64 *number)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 0);
	return *text && *text != '-' && !*end && !errno && *number <= limit;
}
