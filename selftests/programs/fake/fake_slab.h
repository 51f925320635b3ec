/* SPDX-License-Identifier: GPL-2.0 */
/* Caches and objects of the false device. */
#ifndef FAKE_SLAB_H
#define FAKE_SLAB_H

/* Return: 0 or a positive errno; ENOTTY: not one of these commands */
int fake_slab_answer(unsigned long number, void *argument);

#endif /* FAKE_SLAB_H */
