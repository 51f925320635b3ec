/* SPDX-License-Identifier: GPL-2.0 */
/* The four acts of `mmlab fragmentation`. */
#ifndef FRAG_H
#define FRAG_H

#include <stdbool.h>

#include "cli/session.h"

/*
 * Each plays its act in a lab process of its own and prints it. Return: did the
 * story come out as told?
 */
bool frag_internal(const struct session *session);
bool frag_blocks(const struct session *session);
bool frag_slabs(const struct session *session);
bool frag_vmalloc(const struct session *session);

#endif /* FRAG_H */
