/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words of page tables, which a privileged program reads and writes: a window, where the
 * entries of its pages are, and what is in them.
 */
#ifndef SELFTEST_TABLES_H
#define SELFTEST_TABLES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

#define LVA		0x10000000UL
#define RW		(PROT_READ | PROT_WRITE)
#define NR_PAGES	16

/* A window on NR_PAGES at LVA, with the module loaded for it. 0, or -1 */
struct tables {
	int fd;
	size_t page;
	unsigned char *p;
};

int tables_open(struct tables *t);
/* Unloads the module as well: the instance may be broken. */
int tables_close(struct tables *t);

/* Where the entry of a page, and that of its table, is, as a physical address; 0: nowhere. */
uint64_t entry_at(int fd, uint32_t lva);
uint64_t directory_entry_at(int fd, uint32_t lva);

/* The word there. */
int write_entry(int fd, uint64_t at, uint32_t entry);
uint32_t read_entry(int fd, uint64_t at);

/* The frame and the entry of a page. */
uint32_t frame_at(int fd, uint32_t lva);
uint32_t word_at(int fd, uint32_t lva);

/* An entry for a frame. */
uint32_t word_of(uint32_t pfn, uint32_t flags);

#endif /* SELFTEST_TABLES_H */
