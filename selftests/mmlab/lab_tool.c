// SPDX-License-Identifier: GPL-2.0
/*
 * Uses of the device for the shell tests: "lab_tool exercise" makes each tracepoint
 * happen once, "lab_tool hold" keeps a window without its descriptor until its input
 * ends.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lab.h"
#include "touch.h"

#define LVA	0x12345000UL
#define RW	(PROT_READ | PROT_WRITE)

static int fail(const char *what)
{
	fprintf(stderr, "lab_tool: %s failed\n", what);
	return 1;
}

static int exercise(void)
{
	struct mmlab_block block;
	struct mmlab_drain drain;
	unsigned char *p, value;
	int fd = lab_open(O_RDWR);
	int order;

	if (fd < 0)
		return fail("opening " LAB_DEVICE);
	/* with the lists empty, a small block is split off a large one */
	for (order = 0; order < MMLAB_NR_ORDERS; order += 2) {
		if (lab_drain(fd, &drain) ||
		    lab_alloc(fd, order, MMLAB_ZONE_NORMAL, &block) ||
		    lab_free(fd, &block))
			return fail("a block");
	}
	p = lab_map(fd, LVA, 2 * page_size(), RW);
	if (!p || touch_write(p, 1) ||
	    touch_read(p + page_size(), &value))
		return fail("a touch");
	if (lab_munmap(fd, LVA, page_size()) < 1 ||
	    touch_write(p, 1) != SIGBUS)
		return fail("a touch of nothing");
	close(fd);
	munmap(p, 2 * page_size());
	fd = lab_open(O_RDWR);
	return lab_drain(fd, &drain) ? fail("a drain") : 0;
}

static int hold(void)
{
	int fd = lab_open(O_RDWR);
	char byte;

	if (fd < 0 || !lab_map(fd, LVA, page_size(), RW))
		return fail("a window");
	close(fd);
	puts("holding");
	fflush(stdout);
	return read(0, &byte, 1) < 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "exercise"))
		return exercise();
	if (argc == 2 && !strcmp(argv[1], "hold"))
		return hold();
	fprintf(stderr, "usage: lab_tool exercise | hold\n");
	return 2;
}
