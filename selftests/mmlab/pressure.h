/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Swap, policies and limits as the tests use them, and memory with known contents that
 * goes out and comes back.
 */
#ifndef SELFTEST_PRESSURE_H
#define SELFTEST_PRESSURE_H

#include <stddef.h>
#include <stdint.h>

#include "mmlab.h"

int swap_on(int fd, uint32_t nr_pages, uint32_t *type);
int swap_off(int fd, uint32_t type);

/*
 * Makes a swap file of so many pages, with a header and no holes, as mmlab mkswap does. A
 * descriptor, open for reading and writing, or a negative errno.
 */
int make_swap_file(const char *path, uint32_t nr_pages);

/* swapon in a file; and which area is in it. */
int swap_on_file(int fd, int file, int prio, uint32_t *type);
int swap_ask(int fd, int file, struct mmlab_swap_file *swap);

/*
 * For teardowns, when no process has pages any more: ends the area, unless the test did.
 * NULL, or a text if slots were in use or it does not end.
 */
const char *swap_end(uint32_t type);

/* The machine's policy; or the process's own. -EILSEQ: another is in charge. */
int choose(int fd, const char *name);
int choose_own(int fd, const char *name);

/* A limit in pages. Pages that are mapped afterwards, or a negative errno. */
long set_limit(int fd, uint32_t nr_pages);

/* How many host entries; 0: any number. Soft faults so far, or a negative errno. */
long set_tlb(int fd, uint32_t nr_entries);
long soft_faults(int fd);

/* Words that tell their place and the seed; how many of them are other ones. */
void fill(unsigned char *p, size_t start, size_t end, uint64_t seed);
size_t count_wrong(const unsigned char *p, size_t start, size_t end, uint64_t seed);

/* NULL, or what MMLAB_CHECK says. */
const char *check_lab(int fd);

#endif /* SELFTEST_PRESSURE_H */
