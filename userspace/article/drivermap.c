// SPDX-License-Identifier: GPL-2.0
/* Maps the pages of an example driver. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "drivermap.h"

static const char *cure(int error)
{
	return error == ENOENT || error == ENXIO || error == ENODEV ?
	       "is the module loaded? Try: mmlab load" :
	       error == EACCES || error == EPERM ? "run it as root" :
	       error == ENOMEM ? "the lab's arena is full: mmlab status" : NULL;
}

static bool fail(const char *what, const char *node)
{
	const char *hint = cure(errno);

	fprintf(stderr, "%s: %s %s: %s%s%s%s\n", program_invocation_short_name, what, node,
		strerror(errno), hint ? " (" : "", hint ? hint : "", hint ? ")" : "");
	return false;
}

bool drivermap_open(struct drivermap *map, const char *node, bool writable)
{
	int fd = open(node, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC);

	if (fd < 0)
		return fail("open", node);
	map->page_size = (size_t)sysconf(_SC_PAGESIZE);
	map->memory = mmap(NULL, DRIVERMAP_PAGES * map->page_size,
			   PROT_READ | (writable ? PROT_WRITE : 0), MAP_SHARED, fd, 0);
	if (map->memory == MAP_FAILED)
		fail("mmap of", node);
	close(fd);
	return map->memory != MAP_FAILED;
}

int drivermap_options(int argc, char **argv, const char *help, const char **node)
{
	static const struct option longs[] = {
		{ "node", required_argument, NULL, 'n' }, { "help", no_argument, NULL, 'h' }, { 0 }
	};
	int option;

	while ((option = getopt_long(argc, argv, "n:h", longs, NULL)) != -1) {
		if (option == 'n') {
			*node = optarg;
			continue;
		}
		fputs(help, option == 'h' ? stdout : stderr);
		exit(option == 'h' ? 0 : 2);
	}
	return optind;
}

unsigned int drivermap_parse_page(const char *text)
{
	size_t length = strspn(text, "0123456789");
	unsigned long page = strtoul(text, NULL, 10);

	/* strtoul() would take blanks and signs, too */
	return length && !text[length] && page <= DRIVERMAP_PAGES ? (unsigned int)page : 0;
}
