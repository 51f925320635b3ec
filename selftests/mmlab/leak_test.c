// SPDX-License-Identifier: GPL-2.0
/*
 * What a caller makes and drops again leaves nothing in the host's memory. The host
 * counts objects of its caches; a kernel with kmemleak finds single ones, this finds
 * what would fill the host's memory.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "objects.h"
#include "pressure.h"
#include "procfile.h"

#define LVA		0x40000000UL
#define NR_ROUNDS	2000
#define TRIES		100	/* of 100 ms: the host frees some things late */

/* Returns 0 or an errno; what it made it has dropped. */
typedef int activity(int fd);

FIXTURE(leak) {
	struct guard guard;
	int fd;
};

FIXTURE_VARIANT(leak) {
	activity *once;
	long nr_rounds;		/* 0: NR_ROUNDS */
};

FIXTURE_SETUP(leak)
{
	GUARD_BEGIN(&self->guard);
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(leak)
{
	close(self->fd);
	GUARD_END(&self->guard);
}

/*
 * Objects of the caches that kmalloc() takes from, and pages of what is larger. A slab that
 * a CPU allocates from counts as full, so that this is right to within some slabs.
 */
static long host_objects(void)
{
	static char text[1 << 18];
	char *line, *rest = text;
	long nr = 0;

	if (read_whole("/proc/slabinfo", text, sizeof(text)) <= 0)
		return -ENOENT;
	while ((line = strsep(&rest, "\n")) != NULL) {
		char name[64];
		long active;

		if (sscanf(line, "%63s %ld", name, &active) == 2 &&
		    (!strncmp(name, "kmalloc-", 8) || strstr(name, "-kmalloc-")))
			nr += active;
	}
	return nr + (host_meminfo("SUnreclaim") + host_meminfo("VmallocUsed")) * 1024 /
		    (long)page_size();
}

/* made once, and refused once */
static int cache(int fd)
{
	long id = cache_create(fd, "leak", 100, 0);

	if (id > 0 && cache_create(fd, "leak", 100, 0) != -EEXIST)
		return EINVAL;
	return id < 0 ? (int)id : (int)cache_op(fd, (uint32_t)id, MMLAB_CACHE_DESTROY, 0);
}

FIXTURE_VARIANT_ADD(leak, cache) { .once = cache };

/* with a limit, a policy and a small TLB of its own */
static int process(int fd)
{
	uint32_t type;
	int error = swap_on(fd, 16, &type);

	if (error)
		return error;
	fd = lab_open(O_RDWR);
	error = fd < 0 ? fd : choose_own(fd, "clock");
	if (!error && (set_tlb(fd, 4) < 0 || set_limit(fd, 4) < 0))
		error = EINVAL;
	error = error ? error : swap_off(fd, type);
	close(fd);
	return error;
}

FIXTURE_VARIANT_ADD(leak, process) { .once = process };

static int copy(int fd)
{
	int child = lab_fork(fd);

	return child < 0 ? child : close(child);
}

FIXTURE_VARIANT_ADD(leak, copy) { .once = copy };

static int area(int fd)
{
	struct mmlab_area area = { .size = 5 * page_size(), .flags = MMLAB_VM_LAZY };
	int error = lab_ioctl(fd, MMLAB_VMALLOC, &area);

	area = (struct mmlab_area){ .lva = area.lva };
	return error ? error : lab_ioctl(fd, MMLAB_VFREE, &area);
}

FIXTURE_VARIANT_ADD(leak, area) { .once = area };

static int region(int fd)
{
	int error = lab_region_at(fd, LVA, 4 * page_size(), PROT_READ);

	return error ? error : lab_munmap(fd, LVA, 4 * page_size()) < 0;
}

FIXTURE_VARIANT_ADD(leak, region) { .once = region };

static int window(int fd)
{
	unsigned char *p = lab_map(fd, LVA, page_size(), PROT_READ | PROT_WRITE);

	if (!p)
		return errno;
	*p = 1;
	munmap(p, page_size());
	return lab_munmap(fd, LVA, page_size()) < 0;
}

FIXTURE_VARIANT_ADD(leak, window) { .once = window };

static int program(int fd)
{
	return lab_exec_example(fd);
}

FIXTURE_VARIANT_ADD(leak, program) { .once = program };

static int swap_area(int fd)
{
	uint32_t type;
	int error = swap_on(fd, 16, &type);

	return error ? error : swap_off(fd, type);
}

FIXTURE_VARIANT_ADD(leak, swap_area) { .once = swap_area };

/* one read of each */
static int read_all(const char *folder, const char * const *name, size_t nr)
{
	static char text[1 << 16];
	char path[64];
	ssize_t n = 0;
	size_t i;
	int fd;

	for (i = 0; i < nr && n >= 0; i++) {
		snprintf(path, sizeof(path), "%s%s", folder, name[i]);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		n = fd < 0 ? -1 : read(fd, text, sizeof(text));
		close(fd);
	}
	return n < 0 ? EIO : 0;
}

static int files(int fd)
{
	static const char * const name[] = { "slabinfo", "vmallocinfo", "vmstat", "meminfo",
					     "zoneinfo", "buddyinfo", "swaps", "check" };

	return read_all(LAB_PROC "/", name, ARRAY_LEN(name));
}

FIXTURE_VARIANT_ADD(leak, files) { .once = files };

static int page_files(int fd)
{
	static const char * const name[] = { "maps", "kpagecount", "kpageflags" };
	static const char * const frames = "/sys/kernel/debug/mmlab/frames";
	int error = read_all(LAB_PROC "/", name, ARRAY_LEN(name));

	return error || access(frames, R_OK) ? error : read_all("", &frames, 1);
}

FIXTURE_VARIANT_ADD(leak, page_files) { .once = page_files, .nr_rounds = 500 };

/* of a process that is made for it, with a page */
static int process_files(int fd)
{
	static const char * const name[] = { "maps", "smaps", "status", "stat", "pagemap" };
	struct mmlab_info info;
	char folder[32];
	int error;

	fd = lab_open(O_RDWR);
	if (fd < 0 || lab_info(fd, &info) || lab_region_at(fd, LVA, page_size(), PROT_READ))
		return ENOENT;
	snprintf(folder, sizeof(folder), LAB_PROC "/%u/", info.lab_pid);
	error = read_all(folder, name, ARRAY_LEN(name)) ?:
		pread(fd, &(char){ 0 }, 1, LVA) != 1;
	close(fd);
	return error;
}

FIXTURE_VARIANT_ADD(leak, process_files) { .once = process_files, .nr_rounds = 500 };

TEST_F_TIMEOUT(leak, nothing_stays, 300)
{
	long nr_rounds = variant->nr_rounds ?: NR_ROUNDS, before, grown;
	int i, tries = 0;

	for (i = 0; i < 10; i++)
		ASSERT_EQ(0, variant->once(self->fd));
	before = host_objects();
	ASSERT_LT(0, before);
	for (i = 0; i < nr_rounds; i++)
		ASSERT_EQ(0, variant->once(self->fd));
	while ((grown = host_objects() - before) >= nr_rounds / 2 && tries++ < patient(TRIES))
		usleep(100000);
	EXPECT_GT(nr_rounds / 2, grown);
	TH_LOG("%ld objects more after %ld rounds", grown, nr_rounds);
}

TEST_HARNESS_MAIN
