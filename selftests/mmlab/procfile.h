/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reading files of /proc, in one go or in pieces, and the numbers in them.
 */
#ifndef SELFTEST_PROCFILE_H
#define SELFTEST_PROCFILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "formats.h"

/*
 * Bytes read into @text, which then ends in a NUL, or a negative errno. A
 * relative path is one of /proc/mmlab.
 */
ssize_t read_whole(const char *path, char *text, size_t size);

/* The same by reads of @chunk bytes, or by preads if @by_pread. */
ssize_t read_chunks(const char *path, char *text, size_t size, size_t chunk,
		    bool by_pread);

/* The number at the start of a file, or a negative errno. */
long read_number(const char *path);
int write_number(const char *path, long number);

/* Writes a text by one write; 0 or a negative errno. A parameter of the module: by its name. */
int write_text(const char *path, const char *text);
int set_parameter(const char *name, const char *value);

#define NO_WORD		(~0ULL)
#define KPF_RESERVED	32	/* of the kernel's own list */

/* A frame's word in kpageflags or kpagecount; NO_WORD: it can't be read. */
uint64_t frame_word(const char *file, uint64_t pfn);

/* A value of /proc/mmlab/vmstat, or of the host's; -ENOENT if not there. */
long lab_vmstat(const char *name);
long host_vmstat(const char *name);

/* A value of /proc/mmlab/meminfo, or of the host's, in kB. */
long lab_meminfo(const char *name);
long host_meminfo(const char *name);

/* The frames of the arena by use: vmstat in one snapshot. */
struct census {
	long free, pcp, slab, tables, anon, blocks, vmalloc, quarantine,
	     bad, reserved;
};

/* NULL, or a text about the error. */
const char *read_census(struct census *c);
long census_sum(const struct census *c);

#endif /* SELFTEST_PROCFILE_H */
