/* SPDX-License-Identifier: GPL-2.0 */
/* /proc/mmlab/slabinfo, version 2.1, taken apart. */
#ifndef SLABINFO_H
#define SLABINFO_H

#include <stddef.h>
#include <stdint.h>

#define SLABINFO_NUMBERS	11

/* One cache. The names are those of the header line. */
struct slabinfo_row {
	char name[64];
	union {
		struct {
			uint64_t active_objs, num_objs, objsize, objperslab, pagesperslab;
			uint64_t limit, batchcount, sharedfactor;
			uint64_t active_slabs, num_slabs, sharedavail;
		};
		uint64_t number[SLABINFO_NUMBERS];
	};
};

/* The columns' names, in the order of number[]. */
extern const char *const slabinfo_columns[SLABINFO_NUMBERS];

/**
 * slabinfo_parse - parse the file
 * @text: its content
 * @rows: (out) the caches, which the caller frees; NULL on failure
 *
 * Return: the number of caches, or:
 * * -EINVAL - the version is not 2.1, or a line is no row
 * * -ENOMEM - there is no memory
 */
long slabinfo_parse(const char *text, struct slabinfo_row **rows);

#endif /* SLABINFO_H */
