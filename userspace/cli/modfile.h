/* SPDX-License-Identifier: GPL-2.0 */
/* The module's file: its path and its modinfo fields (by libkmod). */
#ifndef MODFILE_H
#define MODFILE_H

#include <stdbool.h>
#include <stddef.h>

struct kmod_ctx;

/* A quiet libkmod context for the running kernel's modules, or NULL. */
struct kmod_ctx *modfile_context(void);

/**
 * modfile_find - find mmlab.ko
 * @given: the user's choice, taken as it is, or NULL
 * @buf: receives the path
 * @size: bytes in @buf
 *
 * Without a choice: $MMLAB_MODULE, next to this program or one directory up
 * (a build tree), the modules installed for the running kernel.
 * Return: whether there is one.
 */
bool modfile_find(const char *given, char *buf, size_t size);

/**
 * modfile_beside - the file of a module that lies beside mmlab.ko
 * @path: of mmlab.ko
 * @name: of the other module
 * @buf: receives the path
 * @size: bytes in @buf
 *
 * Return: whether it is there
 */
bool modfile_beside(const char *path, const char *name, char *buf, size_t size);

/* Inserts a module by its file. Return: 0 or -errno */
int modfile_insert(const char *path, const char *parameters);

/* Removes a module by its name. Return: 0 or -errno */
int modfile_remove(const char *name);

/* Return: why no kernel can load this file, to be said after "it"; or NULL */
const char *modfile_damage(const char *path);

/* One field of modinfo, e.g. "vermagic". Return: 0, or -errno */
int modfile_field(const char *path, const char *field, char *buf, size_t size);

/* The compilers that an ELF file names (its .comment). Return: 0 or -errno */
int modfile_comment(const char *path, char *buf, size_t size);

/* Return: 1 if it takes that parameter, 0 if not, -errno; names lists all. */
int modfile_has_parameter(const char *path, const char *parameter,
			  char *names, size_t size);

/* Return: 1 if a signature is appended, 0 if not, -errno */
int modfile_is_signed(const char *path);

/* The vermagic of any module installed for the running kernel. Return: found */
bool modfile_reference_vermagic(char *buf, size_t size);

#endif /* MODFILE_H */
