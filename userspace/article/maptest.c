// SPDX-License-Identifier: GPL-2.0
/*
 * maptest: maps the ten pages of the example driver and prints the string that
 * the kernel wrote at their start.
 */
#include <stdio.h>

#include "drivermap.h"

static const char help[] =
"Usage: maptest [--node NODE]\n"
"\n"
"Maps ten pages of NODE (/dev/mapdrv) for reading and prints the string at their\n"
"start. Exit status: 0 done, 1 failed, 2 usage.\n";

int main(int argc, char **argv)
{
	const char *node = "/dev/mapdrv";
	struct drivermap map;

	if (drivermap_options(argc, argv, help, &node) < argc) {
		fputs(help, stderr);
		return 2;
	}
	if (!drivermap_open(&map, node, false))
		return 1;
	printf("%.*s\n", (int)map.page_size, map.memory);
	return fflush(stdout) ? 1 : 0;
}
