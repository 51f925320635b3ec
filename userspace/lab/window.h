/* SPDX-License-Identifier: GPL-2.0 */
/* Touches lab memory through a window, page by page, and survives SIGBUS. */
#ifndef WINDOW_H
#define WINDOW_H

#include <stdbool.h>
#include <stdint.h>

struct window_touch {
	uint32_t start;		/* first linear address */
	uint64_t length;	/* bytes; a page is touched if any of it is meant */
	bool read_only;		/* open the window for reading only */
	bool store;		/* store value instead of loading a byte */
	uint8_t value;

	/* results */
	uint64_t nr_pages;	/* touched with success */
	long host_faults;	/* the host's minor faults meanwhile */
	bool bus_error;		/* and the touch that got SIGBUS: */
	uint32_t bus_lva;
};

/* Return: 0, or -errno if the window could not be opened */
int window_touch(int fd, struct window_touch *touch);

#endif /* WINDOW_H */
