/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Common parts of the acts of external fragmentation: filling the arena, making holes in
 * it, and a table of scenes with the two indices.
 */
#ifndef FRAG_SCENE_H
#define FRAG_SCENE_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/session.h"

/* The table's head; the scenes below it are rows. */
void frag_heads(unsigned int order);

/**
 * frag_scene - ask for a block, show the indices, compare
 * @session: the lab process that allocates the block, and frees it again
 * @order: order of the block
 * @what: the event before
 * @expected: the allocation should succeed
 *
 * Return: true if the result is the expected one
 */
bool frag_scene(const struct session *session, unsigned int order, const char *what,
		bool expected);

/* With half of memory free, the indices must say that it isn't shortage. */
bool frag_says_so(unsigned int order);

/**
 * frag_fill - fill the arena with single frames
 * @session: the lab process that allocates them
 * @pfn: (out) sorted frame numbers; room for all of the arena
 *
 * Return: how many
 */
uint32_t frag_fill(const struct session *session, uint32_t *pfn);

/* Frees the frames with an odd (1) or even (0) number. Return: how many they were */
uint32_t frag_free(const struct session *session, const uint32_t *pfn, uint32_t n,
		   uint32_t odd);

/* For qsort() of uint32_t */
int frag_compare_numbers(const void *left, const void *right);

#endif /* FRAG_SCENE_H */
