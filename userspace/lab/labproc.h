/* SPDX-License-Identifier: GPL-2.0 */
/* Lab processes as /proc/mmlab/<lab pid>/ shows them. */
#ifndef LABPROC_H
#define LABPROC_H

#include <stdint.h>

#include "mapsfile.h"

#define LABPROC_MAX_REGIONS	4096

/* One lab process; sizes in bytes. */
struct labproc {
	uint32_t lab_pid;
	char name[64];
	uint64_t size, resident;
	long nr_regions;
	bool kept;		/* in the background: `mmlab proc new` */
};

/**
 * labproc_list - all lab processes
 * @procs: (out) by lab pid; the caller frees them
 *
 * Return: how many there are, or -errno
 */
long labproc_list(struct labproc **procs);

/**
 * labproc_regions - the regions of a lab process
 * @lab_pid: its number
 * @regions: (out) by address; the caller frees them
 *
 * Return: how many there are, or -errno
 */
long labproc_regions(uint32_t lab_pid, struct region **regions);

/* The lines of its maps file on stdout. Return: CLI_OK or an exit status */
int labproc_print_maps(uint32_t lab_pid);

#endif /* LABPROC_H */
