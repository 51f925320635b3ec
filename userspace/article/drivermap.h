/* SPDX-License-Identifier: GPL-2.0 */
/* The pages of an example driver, mapped into this program. */
#ifndef DRIVERMAP_H
#define DRIVERMAP_H

#include <stdbool.h>
#include <stddef.h>

#define DRIVERMAP_PAGES	10	/* what /dev/mapdrv and /dev/mapnopage have */

/**
 * struct drivermap - a window on the ten pages
 * @memory: its first byte
 * @page_size: bytes
 */
struct drivermap {
	char *memory;
	size_t page_size;
};

/**
 * drivermap_open - open a node and map its pages, shared
 * @map: (out) the window; it lasts until the program ends
 * @node: e.g. "/dev/mapdrv"
 * @writable: map it for writing as well
 *
 * A failure is printed on stderr, with a cure. Return: true if the pages are mapped
 */
bool drivermap_open(struct drivermap *map, const char *node, bool writable);

/**
 * drivermap_options - take --node NODE and --help out of a command line
 * @argc: of main()
 * @argv: of main()
 * @help: what --help prints
 * @node: (in) the node if there is no --node; (out) the node
 *
 * Ends the program for --help, and with status 2 for any other option.
 * Return: index of the first argument that is no option
 */
int drivermap_options(int argc, char **argv, const char *help, const char **node);

/* Page 1 to DRIVERMAP_PAGES from a decimal argument, or 0. */
unsigned int drivermap_parse_page(const char *text);

#endif /* DRIVERMAP_H */
