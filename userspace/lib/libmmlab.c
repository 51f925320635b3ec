// SPDX-License-Identifier: GPL-2.0
/* libmmlab: one function per command of /dev/mmlab; see libmmlab.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "libmmlab.h"

static const char *setting(const char *variable, const char *otherwise)
{
	const char *value = getenv(variable);

	return value && *value ? value : otherwise;
}

const char *mmlab_device_path(void)
{
	return setting("MMLAB_DEV", "/dev/mmlab");
}

int mmlab_proc_path(char *buf, size_t size, const char *name)
{
	const char *dir = setting("MMLAB_PROC", "/proc/mmlab");
	int len = snprintf(buf, size, *name ? "%s/%s" : "%s%s", dir, name);

	return len < 0 || (size_t)len >= size ? -ENAMETOOLONG : 0;
}

int mmlab_open(int flags)
{
	int fd = open(mmlab_device_path(), flags);

	return fd < 0 ? -errno : fd;
}

static int command(int fd, unsigned long number, void *argument)
{
	return ioctl(fd, number, argument) < 0 ? -errno : 0;
}

int mmlab_get_info(int fd, struct mmlab_info *info)
{
	return command(fd, MMLAB_INFO, info);
}

int mmlab_alloc_block(int fd, struct mmlab_block *block)
{
	return command(fd, MMLAB_ALLOC, block);
}

int mmlab_free_block(int fd, struct mmlab_block *block)
{
	return command(fd, MMLAB_FREE, block);
}

int mmlab_translate(int fd, struct mmlab_translation *translation)
{
	return command(fd, MMLAB_TRANSLATE, translation);
}

int mmlab_access_memory(int fd, struct mmlab_access *access)
{
	return command(fd, MMLAB_ACCESS, access);
}

int mmlab_munmap(int fd, struct mmlab_range *range)
{
	return command(fd, MMLAB_MUNMAP, range);
}

int mmlab_drain_caches(int fd, struct mmlab_drain *drain)
{
	return command(fd, MMLAB_DRAIN, drain);
}

int mmlab_run_check(int fd, struct mmlab_check *check)
{
	return command(fd, MMLAB_CHECK, check);
}

int mmlab_create_cache(int fd, struct mmlab_cache *cache)
{
	return command(fd, MMLAB_CACHE_CREATE, cache);
}

int mmlab_cache_op(int fd, struct mmlab_cache_op *operation)
{
	return command(fd, MMLAB_CACHE_OP, operation);
}

int mmlab_stat_cache(int fd, struct mmlab_cache_stat *stat)
{
	return command(fd, MMLAB_CACHE_STAT, stat);
}

int mmlab_map_slab(int fd, struct mmlab_slab_map *map)
{
	return command(fd, MMLAB_SLAB_MAP, map);
}

int mmlab_alloc_object(int fd, struct mmlab_object *object)
{
	return command(fd, MMLAB_OBJ_ALLOC, object);
}

int mmlab_free_object(int fd, struct mmlab_object *object)
{
	return command(fd, MMLAB_OBJ_FREE, object);
}

int mmlab_inject_fault(int fd, struct mmlab_injection *injection)
{
	return command(fd, MMLAB_INJECT, injection);
}

int mmlab_alloc_area(int fd, struct mmlab_area *area)
{
	return command(fd, MMLAB_VMALLOC, area);
}

int mmlab_free_area(int fd, struct mmlab_area *area)
{
	return command(fd, MMLAB_VFREE, area);
}

int mmlab_stat_area(int fd, struct mmlab_area *area)
{
	return command(fd, MMLAB_VM_STAT, area);
}

int mmlab_mmap(int fd, struct mmlab_region *region)
{
	return command(fd, MMLAB_MMAP, region);
}

int mmlab_mprotect(int fd, struct mmlab_region *region)
{
	return command(fd, MMLAB_MPROTECT, region);
}

int mmlab_brk(int fd, struct mmlab_brk *brk)
{
	return command(fd, MMLAB_BRK, brk);
}

int mmlab_exec(int fd, struct mmlab_exec *exec)
{
	return command(fd, MMLAB_EXEC, exec);
}

int mmlab_add_swap(int fd, struct mmlab_swap *swap)
{
	return command(fd, MMLAB_SWAPON, swap);
}

int mmlab_add_swap_file(int fd, struct mmlab_swap_file *swap)
{
	return command(fd, MMLAB_SWAPON_FILE, swap);
}

int mmlab_make_swap_file(int file, __u32 nr_pages)
{
	unsigned long page = (unsigned long)sysconf(_SC_PAGESIZE);
	struct mmlab_swap_header header = {
		.magic = MMLAB_SWAP_MAGIC,
		.version = MMLAB_SWAP_VERSION,
		.page_shift = (__u32)__builtin_ctzl(page),
		.nr_pages = nr_pages,
	};
	ssize_t written;
	int error;

	if (!nr_pages || nr_pages > MMLAB_SWAP_MAX_PAGES)
		return -EINVAL;
	error = posix_fallocate(file, 0, ((off_t)nr_pages + 1) * (off_t)page);
	if (error)
		return -error;
	written = pwrite(file, &header, sizeof(header), 0);
	return written == (ssize_t)sizeof(header) ? 0 : written < 0 ? -errno : -EIO;
}

int mmlab_remove_swap(int fd, struct mmlab_swap *swap)
{
	return command(fd, MMLAB_SWAPOFF, swap);
}

int mmlab_choose_policy(int fd, struct mmlab_policy *policy)
{
	return command(fd, MMLAB_POLICY, policy);
}

int mmlab_limit_pages(int fd, struct mmlab_limit *limit)
{
	return command(fd, MMLAB_LIMIT, limit);
}

int mmlab_limit_entries(int fd, struct mmlab_tlb *tlb)
{
	return command(fd, MMLAB_TLB, tlb);
}
