/* SPDX-License-Identifier: GPL-2.0 */
/*
 * mmlab-stress: threads that use all functions at once, each with a model of the data that
 * its lab process must read. All decisions of a thread follow from the seed and its
 * number, so the same command line repeats a failure.
 */
#ifndef SELFTEST_STRESS_H
#define SELFTEST_STRESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lab.h"
#include "objects.h"

#define NR_PAGES	128	/* a thread's part of a lab process's user space */
#define NR_WINDOWS	6
#define NR_BLOCKS	12
#define NR_OBJECTS	48
#define NR_CACHES	3
#define NR_AREAS	5
#define NR_PINS		3
#define NR_SPACES	2	/* lab processes of a thread: its own, a shared one */

#define IN_VMA		0x100	/* page_model.rights: it lies in a VMA */

/**
 * struct page_model - a page of a lab process
 * @rights: IN_VMA, and PROT_ bits; 0: it has no VMA
 * @tag: the contents of its first and last 8 bytes
 */
struct page_model {
	uint32_t rights;
	uint64_t tag;
};

struct window_model {
	unsigned char *p;
	uint32_t first, nr, rights;
};

/* Allocated memory, with the tag at its beginning. */
struct memory_model {
	uint32_t lva;
	uint32_t size;
	uint32_t cache;		/* index into space.caches, or KMALLOC_CACHE */
	uint64_t tag;
	struct mmlab_block block;
};

#define KMALLOC_CACHE	NR_CACHES

/**
 * struct copy_model - a copy of the lab process by MMLAB_FORK
 * @used: there is one
 * @fd: device
 * @pages: what it must read; the last 8 bytes may be older
 */
struct copy_model {
	bool used;
	int fd;
	struct page_model pages[NR_PAGES];
};

struct cache_model {
	uint32_t id, size, nr_objects;
};

/* A page that was freed while a pipe held it. */
struct pin_model {
	int pipe[2];
	uint64_t tag;
	bool used;
};

/**
 * struct space - a lab process, as far as one thread uses it
 * @fd: device
 * @shared: another thread uses the same descriptor
 * @base: linear address of the first of @pages
 * @start_brk: begin of the heap; 0: there was no MMLAB_EXEC
 * @brk: its end
 * @heap_tag: the tag at its beginning
 */
struct space {
	int fd;
	bool shared;
	uint32_t base;
	uint32_t start_brk, brk;
	uint64_t heap_tag;
	struct page_model pages[NR_PAGES];
	struct window_model windows[NR_WINDOWS];
	struct memory_model blocks[NR_BLOCKS];
	struct memory_model objects[NR_OBJECTS];
	struct memory_model areas[NR_AREAS];
	struct cache_model caches[NR_CACHES];
	struct pin_model pins[NR_PINS];
	struct copy_model copy;
};

/**
 * struct worker - one thread
 * @number: of the thread, from 0
 * @random: state of its generator
 * @serial: number of its next tag, so that no tag comes twice
 * @digest: of all operations and their results
 * @nr_ops: operations done so far
 * @nr_refused: refusals for lack of memory
 * @has_area: a swap area is this thread's
 * @area: its number
 * @wrong: the first difference from the model, or empty
 */
struct worker {
	unsigned int number;
	uint64_t random;
	uint64_t serial;
	uint64_t digest;
	unsigned long nr_ops;
	unsigned long nr_refused;
	bool has_area;
	uint32_t area;
	char wrong[200];
	struct space spaces[NR_SPACES];
};

/**
 * struct operation - an operation of a thread
 * @name: its name in the counts
 * @weight: its frequency, in relation to the others
 * @run: execute it; a difference from the model goes into worker.wrong
 */
struct operation {
	const char *name;
	unsigned int weight;
	void (*run)(struct worker *w, struct space *s);
};

extern const struct operation stress_memory_ops[];	/* end with no name */
extern const struct operation stress_region_ops[];
extern const struct operation stress_slab_ops[];
extern const struct operation stress_host_ops[];
extern const struct operation stress_pressure_ops[];	/* only with pressure=1 */

/*
 * With pressure=1: pages go out and come back, so there may be no room for one that has
 * data. Then its touch is refused, and the data stays.
 */
extern unsigned long stress_pressure;

/* A number below @limit from the thread's generator. */
uint32_t stress_below(struct worker *w, uint32_t limit);

/* A number that no other thread writes anywhere. */
uint64_t stress_tag(struct worker *w);

/* Notes the first difference from the model. */
void stress_wrong(struct worker *w, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* -ENOMEM; with pressure=1 also -EDQUOT, as only then there are limits. */
bool stress_is_short(long err);

/* True for 0; counts a shortage; all else is wrong. */
bool stress_done(struct worker *w, const char *what, long err);

/* Wrong unless both are equal. */
void stress_same(struct worker *w, const char *what, uint64_t want, uint64_t got);

/* A range of pages of a thread's part, mostly a short one. */
void stress_any_range(struct worker *w, uint32_t *first, uint32_t *nr);

/* The linear address of a page. */
static inline uint32_t stress_lva(const struct space *s, uint32_t page)
{
	return s->base + page * page_size();
}

/* Opens a lab process in @s; the model is that of an empty one. */
void stress_open(struct worker *w, struct space *s);

/* Closes windows and pins, and the descriptor unless it is shared. */
void stress_close(struct worker *w, struct space *s);

/* All that the thread holds in @s is as the model says. */
void stress_compare(struct worker *w, struct space *s);

/* Compares the copy of @s, if there is one, and ends it. */
void stress_end_copy(struct worker *w, struct space *s);

/* All threads are done: what pressure=1 has set is as before. */
void stress_end_pressure(void);

/* Ends the thread's swap area, if there is one: for the end, when no page is left. */
void stress_end_area(struct worker *w);

/* Takes CAP_SYS_ADMIN for this thread, or gives it up. */
void stress_admin(bool on);

/* Frees all that the thread holds in a shared lab process. */
void stress_free_memory(struct worker *w, struct space *s);

/*
 * Reads or writes 8 bytes at @p, which may have no page: the signal, or 0. Any
 * number of threads at a time.
 */
int stress_load(const void *p, uint64_t *value);
int stress_store(void *p, uint64_t value);

#endif /* SELFTEST_STRESS_H */
