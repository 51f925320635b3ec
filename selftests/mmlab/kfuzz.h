/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kfuzz: libFuzzer's bytes as a sequence of operations on /dev/mmlab, guided by the
 * kernel's coverage (KCOV).
 */
#ifndef SELFTEST_KFUZZ_H
#define SELFTEST_KFUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lab.h"

#define NR_FILES	3
#define NR_WINDOWS	8
#define NR_HANDLES	64
#define PAGE		4096U

/**
 * struct lab_file - a lab process
 * @fd: -1 if it is closed
 * @tag: of its handles, a different one for each open and each copy
 * @byte: what it writes: @tag, or of a copy, its parent's @byte; no lab process of
 *	another family writes it
 */
struct lab_file {
	int fd;
	uint8_t tag;
	uint8_t byte;
};

/* a window on @file as it was then; NULL: none */
struct lab_window {
	unsigned char *p;
	size_t len;
	uint32_t lva;
	uint8_t byte;
};

enum handle_kind {
	HANDLE_NONE,
	HANDLE_BLOCK,		/* @value: physical address, @aux: order */
	HANDLE_CACHE,		/* its number */
	HANDLE_OBJECT,		/* linear address, @aux: its cache */
	HANDLE_AREA,		/* linear address */
};

/* memory that the lab gave to a process; @tag is the owner's */
struct handle {
	enum handle_kind kind;
	uint8_t tag;
	uint32_t value;
	uint32_t aux;
	uint32_t len;
};

extern struct lab_file kfuzz_files[NR_FILES];
extern struct lab_window kfuzz_windows[NR_WINDOWS];
extern struct handle kfuzz_handles[NR_HANDLES];

/*
 * Set if the lab was made to write into a lab process by another's hand: then what
 * a process reads in its own memory need not be its own.
 */
extern bool kfuzz_mixed;

/* The input: 0 when it is used up. */
uint8_t kfuzz_byte(void);
uint32_t kfuzz_word(void);
bool kfuzz_empty(void);

/* Takes @cost from an input's budget: false if it is too much. */
bool kfuzz_spend(unsigned int cost);

/* A number at the edge of something. */
uint64_t kfuzz_edge(void);

/* An address of user space: few pages, that things may meet. */
uint32_t kfuzz_page(void);
uint32_t kfuzz_length(void);

/* Prints the error and aborts. */
void kfuzz_wrong(const char *format, ...)
	__attribute__((format(printf, 1, 2), noreturn));

/* With KFUZZ_SHOW set: prints an operation and its result. */
void kfuzz_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The lab process with the number @who, opened if need be; NULL if that failed. */
struct lab_file *kfuzz_file(uint8_t who);
void kfuzz_close(struct lab_file *file);

/* A copy of @parent is there as @fd: it takes the place of another lab process. */
void kfuzz_adopt(const struct lab_file *parent, int fd);

/* The @nr-th handle of that kind, of any process; NULL if there is none. */
struct handle *kfuzz_handle(enum handle_kind kind, uint8_t nr);

/*
 * Memory for arguments: three pages that can be written, none, and the first page
 * once more, where it can only be read.
 */
unsigned char *kfuzz_scratch(void);

/* Loads or stores a byte; false if that raised a signal. */
bool kfuzz_load(const volatile unsigned char *p, uint8_t *value);
bool kfuzz_store(volatile unsigned char *p, uint8_t value);

/* Takes CAP_SYS_ADMIN, or gives it up. */
void kfuzz_privilege(bool on);

/* The next so many-th allocation or user copy of this thread fails; 0: none. */
void kfuzz_fail_nth(unsigned int nth);

/* One thing done: an ioctl, or something else (kfuzz_host.c). */
void kfuzz_do_ioctl(unsigned int nr, uint8_t who);
extern const unsigned int kfuzz_nr_ioctls, kfuzz_nr_later;
void kfuzz_do_host(unsigned int nr, uint8_t who);
extern const unsigned int kfuzz_nr_host;

/* Forgets all handles: they are not known any more, or all is freed. */
void kfuzz_forget(void);
void kfuzz_ioctl_reset(void);

/* Opens what kfuzz_host.c needs, and puts all back after an input. */
void kfuzz_host_init(void);
void kfuzz_host_reset(void);

#endif /* SELFTEST_KFUZZ_H */
