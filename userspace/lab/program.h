/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A program laid out in a lab process: the segments of an ELF file, or those of
 * the article's example.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <mmlab.h>

#define PROGRAM_SEGMENTS	16
#define PROGRAM_BASE		0x08048000U	/* where i386 programs begin */

struct program_segment {
	uint32_t start, size;		/* bytes in memory */
	uint64_t offset, file_size;	/* in the file; the rest is zero */
	uint32_t prot;
};

struct program {
	struct mmlab_exec exec;		/* as MMLAB_EXEC wants it */
	struct program_segment segments[PROGRAM_SEGMENTS];
	unsigned int nr_segments;
	bool wide;			/* a 64-bit file */
	uint64_t moved_from;		/* its lowest address, if it had to be moved */
	bool moved;
	int fd;				/* the file, or -1: the example */
};

/* The article's `example`, with the addresses of its published run. */
void program_example(struct program *program);

/**
 * program_read - read the headers of an ELF file
 * @path: the file, 32 or 64 bits, little endian
 * @program: (out); program_close() in any case
 *
 * Addresses that the lab does not have, and those of a position-independent
 * program, are moved to PROGRAM_BASE.
 *
 * Return: NULL, or a sentence about the error; errno is then 0 or the cause
 */
const char *program_read(const char *path, struct program *program);

/**
 * program_load - begin a program in a lab process
 * @program: filled in by program_read() or program_example()
 * @fd: descriptor of the lab process; its regions go
 *
 * Return: 0 or -errno
 */
int program_load(const struct program *program, int fd);

void program_close(struct program *program);

#endif /* PROGRAM_H */
