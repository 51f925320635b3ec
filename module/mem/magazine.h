/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Magazines: the layer between a cache's users and its slabs.
 */
#ifndef MMLAB_MEM_MAGAZINE_H
#define MMLAB_MEM_MAGAZINE_H

#include "cache.h"
#include "section.h"

/**
 * mmlab_magazine_init() - give a new cache its magazines
 * @k: cache whose slab part is set up
 * @size: objects per magazine, 0: none
 *
 * Return: 0; -ENOMEM (host).
 */
int mmlab_magazine_init(struct lab_kcache *k, u32 size);

/* Frees the host memory of empty magazines and of the per-CPU part. */
void mmlab_magazine_exit(struct lab_kcache *k);

/* How large a cache's magazines are if nobody says otherwise. */
u32 mmlab_magazine_default_size(const struct lab_cache *c);

/**
 * mmlab_magazine_flush_cpu() - empty one CPU's magazines into the slabs
 * @k: cache
 * @cpu: CPU number
 *
 * Context: under the freeze.
 */
void mmlab_magazine_flush_cpu(struct lab_kcache *k, unsigned int cpu);

/* Empties those of all CPUs, and the depot. Under the freeze. */
void mmlab_magazine_flush_all(struct lab_kcache *k);

/**
 * mmlab_magazine_resize() - change the size of all magazines
 * @k: cache
 * @size: objects per magazine, 0 switches them off
 *
 * Context: process context, freezes.
 * Return: 0; -ENOMEM (host): nothing changed but that they are empty.
 */
int mmlab_magazine_resize(struct lab_kcache *k, u32 size);

/* Gives free slabs back, but for @keep. Returns frames. No section. */
u32 mmlab_magazine_free_slabs(struct lab_kcache *k, u32 keep);

/* Frees the depot's empty magazines. */
void mmlab_magazine_trim(struct lab_kcache *k);

#endif /* MMLAB_MEM_MAGAZINE_H */
