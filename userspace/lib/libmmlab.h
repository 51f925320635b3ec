/* SPDX-License-Identifier: GPL-2.0 */
/*
 * libmmlab: the device's commands as C functions, and the paths of its files.
 *
 * There is one function per ioctl, without policy: arguments go to the module as they
 * are, and its answer is returned. Every function returns 0 (or a descriptor) on success
 * and a negative errno on failure; none prints, none keeps state.
 * The structures, their units and the errnos are described in mmlab.h.
 */
#ifndef LIBMMLAB_H
#define LIBMMLAB_H

#include <stddef.h>
#include <sys/types.h>
#include <mmlab.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The device: $MMLAB_DEV, else /dev/mmlab. The string stays valid. */
const char *mmlab_device_path(void);

/**
 * mmlab_proc_path - path of one of the lab's /proc files
 * @buf: receives the path
 * @size: bytes in @buf
 * @name: the file below the directory, e.g. "meminfo"; "" is the directory
 *
 * The directory is $MMLAB_PROC, else /proc/mmlab.
 * Return: 0, or -ENAMETOOLONG.
 */
int mmlab_proc_path(char *buf, size_t size, const char *name);

/**
 * mmlab_open - become a lab process
 * @flags: as for open(2); O_CLOEXEC is not implied
 *
 * Return: a descriptor, the caller's to close(2), or a negative errno.
 */
int mmlab_open(int flags);

int mmlab_get_info(int fd, struct mmlab_info *info);
int mmlab_alloc_block(int fd, struct mmlab_block *block);
int mmlab_free_block(int fd, struct mmlab_block *block);
int mmlab_translate(int fd, struct mmlab_translation *translation);
int mmlab_access_memory(int fd, struct mmlab_access *access);
int mmlab_munmap(int fd, struct mmlab_range *range);
int mmlab_mmap(int fd, struct mmlab_region *region);
int mmlab_mprotect(int fd, struct mmlab_region *region);
int mmlab_brk(int fd, struct mmlab_brk *brk);
int mmlab_exec(int fd, struct mmlab_exec *exec);
int mmlab_drain_caches(int fd, struct mmlab_drain *drain);
int mmlab_run_check(int fd, struct mmlab_check *check);

int mmlab_create_cache(int fd, struct mmlab_cache *cache);
int mmlab_cache_op(int fd, struct mmlab_cache_op *operation);
int mmlab_stat_cache(int fd, struct mmlab_cache_stat *stat);
int mmlab_map_slab(int fd, struct mmlab_slab_map *map);
int mmlab_alloc_object(int fd, struct mmlab_object *object);
int mmlab_free_object(int fd, struct mmlab_object *object);
int mmlab_inject_fault(int fd, struct mmlab_injection *injection);

int mmlab_alloc_area(int fd, struct mmlab_area *area);
int mmlab_free_area(int fd, struct mmlab_area *area);
int mmlab_stat_area(int fd, struct mmlab_area *area);

int mmlab_add_swap(int fd, struct mmlab_swap *swap);
int mmlab_add_swap_file(int fd, struct mmlab_swap_file *swap);
int mmlab_remove_swap(int fd, struct mmlab_swap *swap);

/**
 * mmlab_make_swap_file - give a file all its blocks, and the header of a swap file
 * @file: descriptor of an empty regular file, open for reading and writing
 * @nr_pages: pages that it is to have room for, 1 to MMLAB_SWAP_MAX_PAGES
 *
 * No module is needed.
 *
 * Return: 0, or a negative errno: -EINVAL (nr_pages), or that of posix_fallocate(3) or write(2)
 */
int mmlab_make_swap_file(int file, __u32 nr_pages);

int mmlab_choose_policy(int fd, struct mmlab_policy *policy);
int mmlab_limit_pages(int fd, struct mmlab_limit *limit);
int mmlab_limit_entries(int fd, struct mmlab_tlb *tlb);

/**
 * mmlab_fork_process - copy a lab process (MMLAB_FORK)
 * @fd: its descriptor
 *
 * Return: a descriptor of the copy, close-on-exec, or a negative errno.
 */
int mmlab_fork_process(int fd);

/**
 * struct mmlab_window - a shared mapping of the device
 * @address: where it begins in this program
 * @length: bytes, whole pages
 * @prot: rights, as for mmap(2)
 * @lva: linear address that it begins at
 */
struct mmlab_window {
	void *address;
	size_t length;
	int prot;
	__u32 lva;
};

/**
 * mmlab_fork - fork(2) whose child has a lab process of its own
 * @fd: descriptor of the lab process
 * @windows: the program's windows on it
 * @nr_windows: how many these are
 *
 * In the child, @fd and the windows show a copy of the lab process, at the same
 * addresses. Windows that are not named stay with the parent's, as after fork(2). In a
 * program with several threads, what fork(2) says of these holds.
 *
 * Return: in the parent, the child's process id, or a negative errno, after which there
 * is no child; in the child, 0.
 */
pid_t mmlab_fork(int fd, const struct mmlab_window *windows, size_t nr_windows);

#ifdef __cplusplus
}
#endif

#endif /* LIBMMLAB_H */
