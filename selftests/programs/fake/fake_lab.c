// SPDX-License-Identifier: GPL-2.0
/*
 * A device for the tests, preloaded: ioctl() answers mmlab's commands for any
 * open descriptor, with a lab of 64 MiB whose table maps one page in the linear
 * address range that starts at 0x10000000. The device's node is an ordinary
 * sparse file, so that mmap() works, with a SIGBUS after its end.
 * $FAKE_LAB_ERRNO makes every command but MMLAB_INFO fail; $FAKE_LAB_API is the
 * version to claim; $FAKE_LAB_TORN gives the page's frame other bytes than the page.
 * Caches and objects are answered by fake_slab.c, addresses of
 * the lab kernel and vmalloc areas by fake_vmalloc.c.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mmlab.h>

#include "fake_regions.h"
#include "fake_slab.h"
#include "fake_vmalloc.h"

#define ARENA		(64U << 20)
#define MAPPED_FRAME	34
#define DIRECTORY	31
#define TABLE		33

static unsigned int setting(const char *name, unsigned int otherwise)
{
	const char *text = getenv(name);

	return text ? (unsigned int)atoi(text) : otherwise;
}

/* Each copy of the lab process has the next number. */
static unsigned int nr_copies;

static void fill_info(struct mmlab_info *info)
{
	memset(info, 0, sizeof(*info));
	info->api_version = setting("FAKE_LAB_API", MMLAB_API_VERSION);
	info->lab_pid = 7 + nr_copies;
	info->features = MMLAB_FEATURE_BLOCKS | MMLAB_FEATURE_WINDOWS | MMLAB_FEATURE_ACCESS |
			 MMLAB_FEATURE_SLAB | MMLAB_FEATURE_VMALLOC;
	info->page_shift = 12;
	info->nr_frames = ARENA >> 12;
	info->zone_end[MMLAB_ZONE_DMA] = 4096;
	info->zone_end[MMLAB_ZONE_NORMAL] = ARENA >> 12;
	info->page_offset = 0xc0000000;
	info->high_memory = 0xc0000000 + ARENA;
	info->vmalloc_start = 0xc0000000 + ARENA + (8U << 20);
	info->vmalloc_end = 0xfffe0000;
}

/* Blocks up to order 3 are free, all at the same place in each zone. */
static int alloc_block(struct mmlab_block *block)
{
	if (block->order > 3)
		return ENOMEM;
	block->phys = block->zone == MMLAB_ZONE_DMA ? 0x400000 : 0x2000000;
	block->got_zone = block->zone;
	block->lva = 0xc0000000 + (__u32)block->phys;
	return 0;
}

static int free_block(const struct mmlab_block *block)
{
	if (block->phys == 0x2000000 && !block->order)
		return 0;
	return block->phys == 0x500000 ? ENOENT : block->phys == 0x600000 ? EPERM :
	       block->phys != 0x400000 || block->order != 3 ? EINVAL : 0;
}

static void translate(struct mmlab_translation *t)
{
	t->pgd_index = t->lva >> 22;
	t->pte_index = t->lva >> 12 & 1023;
	t->offset = t->lva & 4095;
	t->pgd_pfn = DIRECTORY;
	t->table_pfn = 0xffffffff;
	t->pfn = 0xffffffff;
	t->step = MMLAB_STEP_NO_TABLE;
	if (t->lva >= 0xc0000000)
		fake_vmalloc_translate(t);
	if (t->pgd_index != 64)
		return;
	if (t->lva < 0x10010000) {
		t->region = MMLAB_REGION_USER;
		t->vma_start = 0x10000000;
		t->vma_end = 0x10010000;
		t->vma_prot = PROT_READ | PROT_WRITE;
	}
	t->table_pfn = TABLE;
	t->pde = TABLE << 12 | 0x067;
	t->step = MMLAB_STEP_NO_PAGE;
	if (t->pte_index)
		return;
	t->step = MMLAB_STEP_OK;
	t->pfn = MAPPED_FRAME;
	t->pte = MAPPED_FRAME << 12 | 0x027;
	t->phys = MAPPED_FRAME << 12 | t->offset;
	t->mapcount = 1;
}

/* The frame of the page at 0x10000000: the same bytes as through a window. */
static void copy_frame(const struct mmlab_access *access)
{
	const char *path = getenv("MMLAB_DEV");
	int fd = path && !getenv("FAKE_LAB_TORN") ? open(path, O_RDONLY | O_CLOEXEC) : -1;

	if (fd < 0)
		return;
	if (pread(fd, (void *)(unsigned long)access->buf, access->len,
		  (off_t)(0x10000000 | (access->addr & 4095))) < 0)
		errno = 0;
	close(fd);
}

/* The page directory and the one table of process 7, as they lie in their frames. */
static void copy_table(const struct mmlab_access *access)
{
	__u32 words[1024] = { 0 };

	if (access->addr >> 12 == DIRECTORY) {
		words[64] = TABLE << 12 | 0x067;
		words[768] = TABLE << 12 | 0x027;	/* the kernel has no other */
	} else {
		words[0] = MAPPED_FRAME << 12 | 0x027;
		words[1] = 5 << 8 | 3 << 1;	/* slot 5 of swap area 3 */
		words[5] = 36 << 12 | 0x027;	/* neighbours in the arena, not in the space */
		words[7] = 37 << 12 | 0x027;
	}
	memcpy((void *)(unsigned long)access->buf, words, access->len < 4096 ? access->len : 4096);
}

/* Cuts the device's node there: the host's entries go, and a touch is a SIGBUS. */
static int unmap_range(struct mmlab_range *range)
{
	const char *path = getenv("MMLAB_DEV");

	if (!path || truncate(path, range->start))
		return EINVAL;
	range->nr_frames = 2;
	return 0;
}

static int access_memory(struct mmlab_access *access)
{
	if (access->addr >= ARENA && access->flags & MMLAB_ACCESS_PHYS)
		return EINVAL;
	access->done = access->len;
	if (!(access->flags & MMLAB_ACCESS_PHYS) && access->addr >= 0xc4000000) {
		int error = fake_vmalloc_access(access);

		if (error)
			return error;
	}
	if (!(access->flags & MMLAB_ACCESS_WRITE)) {
		memset((void *)(unsigned long)access->buf, 'A', access->done);
		if (access->flags & MMLAB_ACCESS_PHYS && access->addr >> 12 == MAPPED_FRAME)
			copy_frame(access);
		if (access->flags & MMLAB_ACCESS_PHYS && (access->addr >> 12 == DIRECTORY ||
							  access->addr >> 12 == TABLE))
			copy_table(access);
	}
	return 0;
}

/* The default, and one of another module. */
static int name_policy(struct mmlab_policy *policy)
{
	static const char * const names[] = { "two-lists", "my-own" };

	if (policy->index >= sizeof(names) / sizeof(names[0]))
		return ENOENT;
	strcpy(policy->name, names[policy->index]);
	return 0;
}

/* A file is known by its size: each kind of refusal has one. Area 2 is in the good one. */
static int swap_file(struct mmlab_swap_file *swap)
{
	off_t size = lseek(swap->fd, 0, SEEK_END);
	struct stat st;

	if (fstat(swap->fd, &st) || S_ISDIR(st.st_mode))
		return EISDIR;
	swap->type = 2;
	swap->nr_pages = 16;
	if (swap->flags & MMLAB_SWAP_FILE_ASK)
		return size == 17 * 4096 ? 0 : ENOENT;
	return size == 17 * 4096 ? swap->prio == 9 ? EPERM : 0 :
	       size < 4096 ? (int)size : ENODATA;
}

static int answer(unsigned long number, void *argument)
{
	int error = (int)setting("FAKE_LAB_ERRNO", 0);
	int answered;

	if (number == MMLAB_INFO) {
		fill_info(argument);
		return 0;
	}
	if (error)
		return error;
	switch (number) {
	case MMLAB_ALLOC:
		return alloc_block(argument);
	case MMLAB_FREE:
		return free_block(argument);
	case MMLAB_TRANSLATE:
		translate(argument);
		return 0;
	case MMLAB_ACCESS:
		return access_memory(argument);
	case MMLAB_MUNMAP:
		return unmap_range(argument);
	case MMLAB_DRAIN:
		((struct mmlab_drain *)argument)->nr_pcp = 12;
		return 0;
	case MMLAB_SWAPON:
		((struct mmlab_swap *)argument)->type = 2;
		if (!((struct mmlab_swap *)argument)->nr_pages)
			((struct mmlab_swap *)argument)->nr_pages = ARENA >> 12;
		return ((struct mmlab_swap *)argument)->prio == 9 ? EPERM : 0;
	case MMLAB_SWAPON_FILE:
		return swap_file(argument);
	case MMLAB_SWAPOFF:
		return ((struct mmlab_swap *)argument)->type == 2 ? 0 : EINVAL;
	case MMLAB_POLICY:
		if (((struct mmlab_policy *)argument)->flags & MMLAB_POLICY_LIST)
			return name_policy(argument);
		if (!((struct mmlab_policy *)argument)->name[0])
			strcpy(((struct mmlab_policy *)argument)->name, "two-lists");
		return strcmp(((struct mmlab_policy *)argument)->name, "opt") ? 0 : ENOENT;
	case MMLAB_FORK:
		nr_copies++;
		return 0;
	case MMLAB_LIMIT:
		if (((struct mmlab_limit *)argument)->nr_pages == 6)
			return ENXIO;
		((struct mmlab_limit *)argument)->nr_resident =
			((struct mmlab_limit *)argument)->nr_pages == 5 ? 7 : 3;
		return 0;
	case MMLAB_TLB:
		return 0;
	case MMLAB_CHECK:
		((struct mmlab_check *)argument)->nr_objects = 16384;
		((struct mmlab_check *)argument)->broken = setting("FAKE_LAB_BROKEN", 0);
		strcpy(((struct mmlab_check *)argument)->rule, "");
		return 0;
	}
	answered = fake_regions_answer(number, argument);
	if (answered == ENOTTY)
		answered = fake_slab_answer(number, argument);
	return answered == ENOTTY ? fake_vmalloc_answer(number, argument) : answered;
}

int ioctl(int fd, unsigned long number, ...)
{
	int (*real)(int fd, unsigned long number, ...);
	void *argument;
	va_list args;
	int error;

	va_start(args, number);
	argument = va_arg(args, void *);
	va_end(args);
	if (_IOC_TYPE(number) != MMLAB_IOC_MAGIC || _IOC_NR(number) < 0xe0) {
		*(void **)&real = dlsym(RTLD_NEXT, "ioctl");
		return real(fd, number, argument);
	}
	if (fcntl(fd, F_GETFD) < 0)
		return -1;
	error = answer(number, argument);
	if (!error)
		return number == MMLAB_FORK ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : 0;
	errno = error;
	return -1;
}
