// SPDX-License-Identifier: GPL-2.0
/*
 * Regions of the lab process of the tests: what is asked for is written to
 * $FAKE_LAB_LOG, one request a line. The heap is 0x08049868-0x0804986c; a mapping
 * of 2 GiB and more does not fit.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <mmlab.h>

#include "fake_regions.h"

#define START_BRK	0x08049868U

static int write_line(const char *line, int length)
{
	const char *path = getenv("FAKE_LAB_LOG");
	int fd = path ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;
	ssize_t put = fd < 0 ? 0 : write(fd, line, (size_t)length);

	if (fd >= 0)
		close(fd);
	return put < 0 ? EIO : 0;
}

static int log_region(const char *what, struct mmlab_region *region)
{
	char line[128];

	if (region->len & 0xfff || region->start & 0xfff)
		return EINVAL;
	if (region->len >= 1U << 31)
		return ENOMEM;
	if (!region->start)
		region->start = 0x40000000;
	return write_line(line, snprintf(line, sizeof(line), "%s %08x %x prot %u flags %u\n",
					 what, region->start, region->len, region->prot,
					 region->flags));
}

static int log_exec(const struct mmlab_exec *exec)
{
	char line[192];

	return write_line(line, snprintf(line, sizeof(line),
					 "exec %s code %08x-%08x data %08x-%08x brk %08x stack %u\n",
					 exec->name, exec->start_code, exec->end_code,
					 exec->start_data, exec->end_data, exec->start_brk,
					 exec->stack_prot));
}

static int move_brk(struct mmlab_brk *brk)
{
	brk->start_brk = START_BRK;
	if (!brk->brk)
		brk->brk = START_BRK + 4;
	return brk->brk < START_BRK ? EINVAL : 0;
}

int fake_regions_answer(unsigned long number, void *argument)
{
	switch (number) {
	case MMLAB_MMAP:
		return log_region("mmap", argument);
	case MMLAB_MPROTECT:
		return log_region("mprotect", argument);
	case MMLAB_BRK:
		return move_brk(argument);
	case MMLAB_EXEC:
		return log_exec(argument);
	}
	return ENOTTY;
}
