/* SPDX-License-Identifier: GPL-2.0 */
/* vmalloc areas and the lab kernel's addresses on the false device. */
#ifndef FAKE_VMALLOC_H
#define FAKE_VMALLOC_H

#include <mmlab.h>

/* Return: 0 or a positive errno; ENOTTY: not one of these commands */
int fake_vmalloc_answer(unsigned long number, void *argument);

/* Fills in the rest for an address of the direct map or of an area. */
void fake_vmalloc_translate(struct mmlab_translation *t);

/* Shortens an access that meets a guard page. Return: 0 or a positive errno */
int fake_vmalloc_access(struct mmlab_access *access);

#endif /* FAKE_VMALLOC_H */
