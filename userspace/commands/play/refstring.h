/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reference strings: which pages are touched, one after the other. A page has a name,
 * any word; pages are numbered in the order of their first reference.
 *
 * As a text: words between blanks and ends of lines. From a # on, a line is a comment.
 */
#ifndef REFSTRING_H
#define REFSTRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define REFSTRING_MAX_PAGES	65536U
#define REFSTRING_MAX_REFS	10000000U
#define REFSTRING_NAME_BYTES	20U

struct refstring {
	uint32_t *refs;		/* numbers of pages */
	size_t nr_refs;
	char (*names)[REFSTRING_NAME_BYTES];	/* by number */
	uint32_t nr_pages;
	size_t max_refs, max_pages;	/* room */
	uint32_t *hash;		/* names to numbers plus 1; 0: empty */
};

void refstring_init(struct refstring *s);
void refstring_free(struct refstring *s);

/* One reference more. Return: 0; -ENOMEM; -E2BIG: too many; -ENAMETOOLONG */
int refstring_add(struct refstring *s, const char *name);

/* All words of a text, or of a file. Return: as above; -errno of the file */
int refstring_add_text(struct refstring *s, const char *text);
int refstring_read(struct refstring *s, FILE *file);

/**
 * refstring_random - references that chance decides
 * @s: string
 * @kind: "uniform", "80-20" (80 % go to the first fifth of the pages), or "loop" (from the
 *	first page to the last, and again)
 * @nr_pages: pages, named 0 and so on
 * @length: references
 * @seed: the same seed gives the same string
 *
 * Return: 0; -EINVAL: no such kind; as refstring_add()
 */
int refstring_random(struct refstring *s, const char *kind, uint32_t nr_pages,
		     size_t length, uint64_t seed);

#define REFSTRING_NO_PAGE	UINT32_MAX

/**
 * refstring_opt - what the best policy does: Belady's, which knows the future
 * @s: string
 * @nr_frames: frames
 * @victims: (out) by reference: the page that goes before it, REFSTRING_NO_PAGE: none;
 *	or NULL
 *
 * Return: page faults, those of first references included; -1: no memory
 */
long refstring_opt(const struct refstring *s, uint32_t nr_frames, uint32_t *victims);

#endif /* REFSTRING_H */
