// SPDX-License-Identifier: GPL-2.0
/*
 * Swap, policies and limits: see pressure.h.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lab.h"
#include "patience.h"
#include "pressure.h"
#include "procfile.h"

int swap_on(int fd, uint32_t nr_pages, uint32_t *type)
{
	struct mmlab_swap swap = { .nr_pages = nr_pages, .prio = -1 };
	int err = lab_ioctl(fd, MMLAB_SWAPON, &swap);

	*type = swap.type;
	return err;
}

int swap_off(int fd, uint32_t type)
{
	struct mmlab_swap swap = { .type = type };

	return lab_ioctl(fd, MMLAB_SWAPOFF, &swap);
}

static int write_header(int fd, uint32_t nr_pages)
{
	struct mmlab_swap_header header = {
		.magic = MMLAB_SWAP_MAGIC,
		.version = MMLAB_SWAP_VERSION,
		.page_shift = __builtin_ctzl(page_size()),
		.nr_pages = nr_pages,
	};

	return pwrite(fd, &header, sizeof(header), 0) == sizeof(header) ? 0 : -EIO;
}

int make_swap_file(const char *path, uint32_t nr_pages)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600), err;

	if (fd < 0)
		return -errno;
	err = -posix_fallocate(fd, 0, (off_t)(nr_pages + 1) * page_size()) ?:
	      write_header(fd, nr_pages);
	if (!err)
		return fd;
	close(fd);
	unlink(path);
	return err;
}

int swap_on_file(int fd, int file, int prio, uint32_t *type)
{
	struct mmlab_swap_file swap = { .fd = file, .prio = prio };
	int err = lab_ioctl(fd, MMLAB_SWAPON_FILE, &swap);

	*type = swap.type;
	return err;
}

int swap_ask(int fd, int file, struct mmlab_swap_file *swap)
{
	*swap = (struct mmlab_swap_file){ .fd = file, .flags = MMLAB_SWAP_FILE_ASK };
	return lab_ioctl(fd, MMLAB_SWAPON_FILE, swap);
}

static int choose_flags(int fd, const char *name, uint32_t flags)
{
	struct mmlab_policy policy = { .flags = flags };
	int err;

	snprintf(policy.name, sizeof(policy.name), "%s", name);
	err = lab_ioctl(fd, MMLAB_POLICY, &policy);
	return err ?: strcmp(policy.name, name) ? -EILSEQ : 0;
}

int choose(int fd, const char *name)
{
	return choose_flags(fd, name, 0);
}

int choose_own(int fd, const char *name)
{
	return choose_flags(fd, name, MMLAB_POLICY_OWN);
}

long set_limit(int fd, uint32_t nr_pages)
{
	struct mmlab_limit limit = { .nr_pages = nr_pages };
	int err = lab_ioctl(fd, MMLAB_LIMIT, &limit);

	return err ?: (long)limit.nr_resident;
}

static long tlb(int fd, struct mmlab_tlb tlb)
{
	int err = lab_ioctl(fd, MMLAB_TLB, &tlb);

	return err ?: (long)tlb.nr_soft;
}

long set_tlb(int fd, uint32_t nr_entries)
{
	return tlb(fd, (struct mmlab_tlb){ .nr_entries = nr_entries });
}

long soft_faults(int fd)
{
	return tlb(fd, (struct mmlab_tlb){ .flags = MMLAB_TLB_ASK });
}

static uint64_t value_of(uint64_t word, uint64_t seed)
{
	return (word + 1) * 0x9e3779b97f4a7c15ULL ^ seed;
}

void fill(unsigned char *p, size_t start, size_t end, uint64_t seed)
{
	uint64_t *words = (uint64_t *)p;
	size_t i;

	for (i = start / 8; i < end / 8; i++)
		words[i] = value_of(i, seed);
}

size_t count_wrong(const unsigned char *p, size_t start, size_t end, uint64_t seed)
{
	const uint64_t *words = (const uint64_t *)p;
	size_t i, wrong = 0;

	for (i = start / 8; i < end / 8; i++)
		wrong += words[i] != value_of(i, seed);
	return wrong;
}

const char *check_lab(int fd)
{
	static char text[128];
	struct mmlab_check check = {};
	int err = lab_ioctl(fd, MMLAB_CHECK, &check);

	if (!err && !check.broken)
		return NULL;
	snprintf(text, sizeof(text), "%s", err ? "no answer" : check.rule);
	return text;
}

const char *swap_end(uint32_t type)
{
	static char text[128];
	struct mmlab_drain drain;
	long total = lab_meminfo("SwapTotal"), nr_free, left;
	int fd = lab_open(O_RDWR), err, i;

	if (fd < 0)
		return "the device can't be opened";
	/* a write that is under way has its slot until it ends */
	for (i = 0; (nr_free = lab_meminfo("SwapFree")) < total && i < patient(250); i++)
		usleep(20000);
	err = swap_off(fd, type);
	left = lab_meminfo("SwapTotal");
	lab_drain(fd, &drain);
	close(fd);
	if (total == nr_free && !left)
		return NULL;
	snprintf(text, sizeof(text), "swap: %ld kB, %ld free; after swapoff (%d) %ld",
		 total, nr_free, err, left);
	return text;
}
