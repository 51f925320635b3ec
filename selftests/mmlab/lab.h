/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The device as the tests use it: thin calls that return 0 or a value, or a
 * negative errno; and loading and unloading of the module.
 */
#ifndef SELFTEST_LAB_H
#define SELFTEST_LAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "mmlab.h"

#define LAB_DEVICE	"/dev/mmlab"
#define LAB_PROC	"/proc/mmlab"
#define LAB_SYS		"/sys/module/mmlab"
#define LAB_PARAMS	LAB_SYS "/parameters"
#define LAB_USER_END	0xC0000000UL
#define LAB_NOBODY	65534
/* of caches and of programs */
#define LAB_NAME_CHARS \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"

#define ARRAY_LEN(a)	(sizeof(a) / sizeof((a)[0]))

size_t page_size(void);

int lab_open(int flags);
int lab_ioctl(int fd, unsigned long cmd, void *arg);
int lab_info(int fd, struct mmlab_info *info);

/* The descriptor of the copy. */
int lab_fork(int fd);
int lab_alloc(int fd, uint32_t order, uint32_t zone, struct mmlab_block *block);
int lab_free(int fd, const struct mmlab_block *block);
int lab_translate(int fd, uint32_t lva, struct mmlab_translation *t);

/* Bytes copied, or a negative errno. */
ssize_t lab_access(int fd, uint32_t flags, uint64_t addr, void *buf,
		   uint64_t len);

/* Frames given back, or a negative errno. */
long lab_munmap(int fd, uint32_t start, size_t len);
int lab_drain(int fd, struct mmlab_drain *drain);

/* A region at @start; or, unless @flags has MMLAB_MAP_FIXED, where *@start says. */
int lab_region(int fd, uint32_t *start, size_t len, int prot, uint32_t flags);
int lab_region_at(int fd, uint32_t start, size_t len, int prot);
int lab_mprotect(int fd, uint32_t start, size_t len, int prot);

/* *@brk as it is afterwards. */
int lab_brk(int fd, uint32_t *brk);

/* The article's program: text, data and bss, heap, stack, each of a page or two. */
extern const struct mmlab_exec lab_example;
int lab_exec_example(int fd);

/* A shared window at @lva; NULL with errno set if that is refused. */
unsigned char *lab_map(int fd, uint64_t lva, size_t len, int prot);

/* The module file: $MMLAB_KO, or where the VM puts it; NULL if nowhere. */
const char *lab_module_file(void);
bool lab_is_loaded(void);
int lab_load_file(const char *file, const char *params);
int lab_load(const char *params);

/* The module NAME.ko that lies beside mmlab.ko; -ENOENT: there is none. */
int lab_load_beside(const char *name, const char *params);

/* A module that uses the lab is taken out before it, if it is not in use itself. */
int lab_unload(void);

/* Loads the module with default parameters unless it is there. */
int lab_require(void);

/* The caller's thread runs on that CPU only, from now on; false: there is none. */
bool run_on(int cpu);

/* Gives up uid 0 and with it every capability; open descriptors stay. */
int become_nobody(void);

/*
 * Runs @fn in a child, which has copies of all descriptors and windows. Returns
 * what @fn returned (0 ... 127), or 128 + the signal that ended it.
 */
int run_child(int (*fn)(void *), void *arg);

/* In a child: unless @cond is true, prints it and its place, and exits. */
#define CHILD_CHECK(cond) \
	((cond) ? (void)0 : child_failed(__FILE__, __LINE__, #cond))

void child_failed(const char *file, int line, const char *what)
	__attribute__((noreturn));

#endif /* SELFTEST_LAB_H */
