// SPDX-License-Identifier: GPL-2.0
/*
 * Ways that the host has to a page without asking the module: it finds the page
 * faulty, wants to move, merge or reclaim it, or holds it. Each way is tried on each
 * kind of page that a window can show. Documentation/lifetimes.md has the table.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/kernel-page-flags.h>
#include <linux/mempolicy.h>
#include <linux/userfaultfd.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "pidfile.h"
#include "procfile.h"
#include "touch.h"

#ifndef MADV_COLD
#define MADV_COLD	20
#define MADV_PAGEOUT	21
#endif
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE	23
#endif

#define LVA		0x40000000UL
#define ZERO_LVA	0x50000000UL
#define RW		(PROT_READ | PROT_WRITE)
#define HARD_OFFLINE	"/sys/devices/system/memory/hard_offline_page"
#define SOFT_OFFLINE	"/sys/devices/system/memory/soft_offline_page"
#define MARK		0x5a

enum kind { FRESH, READ_ONLY, DIRTY, SHARED, LAZY_AREA, MAPDRV, PINNED, QUARANTINED };

/* Where a load or a store ended, and how the host explains a SIGBUS. */
static sigjmp_buf before;
static volatile int code;

static void on_sigbus(int sig, siginfo_t *info, void *context)
{
	code = info->si_code;
	siglongjmp(before, sig);
}

/* 0, or the si_code of the SIGBUS. */
static int touch_code(unsigned char *p, bool write)
{
	struct sigaction action = { .sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO };
	struct sigaction saved;

	code = 0;
	sigaction(SIGBUS, &action, &saved);
	alarm(patient(10));
	if (!sigsetjmp(before, 1)) {
		if (write)
			*(volatile unsigned char *)p = MARK;
		else
			(void)*(volatile unsigned char *)p;
	}
	alarm(0);
	sigaction(SIGBUS, &saved, NULL);
	return code;
}

/* The host's number of the page at @p; 0: none. */
static uint64_t host_pfn(const void *p)
{
	uint64_t entry = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY);

	if (pread(fd, &entry, sizeof(entry),
		  (off_t)((uintptr_t)p / page_size() * sizeof(entry))) != sizeof(entry))
		entry = 0;
	close(fd);
	return entry >> 63 ? entry & ((1ULL << 55) - 1) : 0;
}

FIXTURE(hostways) {
	struct guard guard;
	int fd, node, pipes[2];
	uint32_t lva;		/* of the page; 0 for mapdrv's */
	unsigned char *p;	/* a window on it, of a page */
	unsigned char *second;	/* another one, or NULL */
	uint64_t host;		/* the host's page; 0: there is none yet */
	uint32_t pfn;		/* the lab's frame; 0: there is none yet, or mapdrv's */
};

FIXTURE_VARIANT(hostways) {
	enum kind kind;
};

FIXTURE_VARIANT_ADD(hostways, fresh) { .kind = FRESH };
FIXTURE_VARIANT_ADD(hostways, read_only) { .kind = READ_ONLY };
FIXTURE_VARIANT_ADD(hostways, dirty) { .kind = DIRTY };
FIXTURE_VARIANT_ADD(hostways, shared) { .kind = SHARED };
FIXTURE_VARIANT_ADD(hostways, lazy_area) { .kind = LAZY_AREA };
FIXTURE_VARIANT_ADD(hostways, mapdrv) { .kind = MAPDRV };
FIXTURE_VARIANT_ADD(hostways, pinned) { .kind = PINNED };
FIXTURE_VARIANT_ADD(hostways, quarantined) { .kind = QUARANTINED };

#define SELF	FIXTURE_DATA(hostways)

FIXTURE_SETUP(hostways)
{
	struct iovec v;
	struct mmlab_area area = { .size = page_size(), .flags = MMLAB_VM_LAZY };
	struct mmlab_translation t;
	unsigned char value;
	int err;

	ASSERT_EQ(0, lab_require());
	/* its area stays once it is made, so it is not the test's */
	err = lab_load_beside("mmlab_mapdrv", "");
	ASSERT_TRUE(!err || err == -EEXIST);
	self->node = open("/dev/mapdrv", O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, self->node);
	GUARD_BEGIN(&self->guard);
	self->guard.expected = "MCE: Killing";
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, pipe2(self->pipes, O_CLOEXEC | O_NONBLOCK));
	self->lva = LVA;
	if (variant->kind == LAZY_AREA) {
		ASSERT_EQ(0, lab_ioctl(self->fd, MMLAB_VMALLOC, &area));
		self->lva = area.lva;
	} else if (variant->kind == MAPDRV) {
		self->lva = 0;
	}
	self->p = lab_map(self->lva ? self->fd : self->node, self->lva, page_size(), RW);
	ASSERT_NE(NULL, self->p);
	if (variant->kind == FRESH)
		return;
	ASSERT_EQ(0, variant->kind == READ_ONLY ? touch_read(self->p, &value) :
		     touch_write(self->p, MARK));
	if (variant->kind == SHARED) {
		self->second = lab_map(self->fd, self->lva, page_size(), PROT_READ);
		ASSERT_EQ(0, touch_read(self->second, &value));
	}
	self->host = host_pfn(self->p);
	ASSERT_NE(0, self->host);
	if (self->lva) {
		ASSERT_EQ(0, lab_translate(self->fd, self->lva, &t));
		self->pfn = t.pfn;
	}
	if (variant->kind == PINNED || variant->kind == QUARANTINED) {
		v = (struct iovec){ self->p, page_size() };
		ASSERT_EQ(page_size(), vmsplice(self->pipes[1], &v, 1, 0));
	}
	if (variant->kind == QUARANTINED)
		ASSERT_LE(1, lab_munmap(self->fd, self->lva, page_size()));
}

FIXTURE_TEARDOWN(hostways)
{
	munmap(self->p, page_size());
	if (self->second)
		munmap(self->second, page_size());
	close(self->fd);
	close(self->node);
	close(self->pipes[0]);
	close(self->pipes[1]);
	GUARD_END(&self->guard);
	/* with a bad frame in it, it is no place for other tests */
	if (lab_vmstat("badframe") || variant->kind == MAPDRV)
		EXPECT_EQ(0, lab_unload());
}

/* Tells the host that a page is faulty, as a machine check would. */
static int write_address(const char *file, uint64_t pfn)
{
	char text[32];
	int fd = open(file, O_WRONLY), err = 0;

	snprintf(text, sizeof(text), "0x%llx", (unsigned long long)pfn * page_size());
	if (fd < 0)
		return -ENOENT;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

/* Touches as many pages as the lab gives; each is written to. */
static int use_all_frames(void *unused)
{
	struct mmlab_info info;
	int sig, fd = lab_open(O_RDWR);
	unsigned char *all;

	CHILD_CHECK(fd >= 0 && !lab_info(fd, &info));
	all = lab_map(fd, 0, (size_t)info.nr_frames * page_size(), RW);
	CHILD_CHECK(all);
	CHILD_CHECK(touch_pages(all, info.nr_frames, 0xee, &sig) > 0 && sig == SIGBUS);
	return 0;
}

/* The page was found faulty; the checks after that are the same for all kinds of page. */
static void after_failure(struct __test_metadata *_metadata,
			  SELF *self, enum kind kind)
{
	struct mmlab_drain drain;
	unsigned char *again, byte;
	long bad;

	/* the host entries that were there still serve; a new window gets none */
	again = lab_map(self->lva ? self->fd : self->node, self->lva, page_size(), RW);
	if (kind != QUARANTINED) {
		EXPECT_EQ(BUS_MCEERR_AR, touch_code(again, false));
		EXPECT_EQ(BUS_MCEERR_AR, touch_code(again, true));
	}
	if (again)
		munmap(again, page_size());
	if (self->lva && kind != QUARANTINED)
		EXPECT_EQ(-EHWPOISON, lab_access(self->fd, 0, self->lva, &byte, 1));
	if (!self->pfn)
		return;		/* mapdrv's page stays with its area */
	EXPECT_NE(NO_WORD, frame_word("kpageflags", self->pfn));
	EXPECT_TRUE(frame_word("kpageflags", self->pfn) >> KPF_HWPOISON & 1);

	bad = lab_vmstat("nr_bad");
	if (kind == LAZY_AREA) {
		struct mmlab_area area = { .lva = self->lva };

		EXPECT_EQ(0, lab_ioctl(self->fd, MMLAB_VFREE, &area));
	} else if (kind != QUARANTINED) {
		EXPECT_LE(1, lab_munmap(self->fd, self->lva, page_size()));
	}
	ASSERT_EQ(0, lab_drain(self->fd, &drain));
	EXPECT_EQ(0, drain.nr_quarantined);
	EXPECT_EQ(bad + 1, lab_vmstat("nr_bad"));
	EXPECT_EQ(1ULL << KPF_HWPOISON, frame_word("kpageflags", self->pfn));
	EXPECT_EQ(0, run_child(use_all_frames, NULL));
	EXPECT_EQ(1ULL << KPF_HWPOISON, frame_word("kpageflags", self->pfn));
}

TEST_F(hostways, madvise_hwpoison)
{
	unsigned char value = 0;
	struct mmlab_translation t;

	if (variant->kind == QUARANTINED)
		SKIP(return, "the window has no page any more");
	/* EBUSY: the host marks the page, and could do no more about it */
	if (madvise(self->p, page_size(), MADV_HWPOISON) && errno != EBUSY)
		SKIP(return, "MADV_HWPOISON: %s", strerror(errno));
	if (!self->pfn && self->lva) {	/* it was touched for it */
		ASSERT_EQ(0, lab_translate(self->fd, self->lva, &t));
		self->pfn = t.pfn;
	}
	EXPECT_EQ(0, touch_read(self->p, &value));
	after_failure(_metadata, self, variant->kind);
}

TEST_F(hostways, hard_offline)
{
	int err;

	if (!self->host)
		SKIP(return, "there is no page yet");
	err = write_address(HARD_OFFLINE, self->host);
	if (err == -ENOENT)
		SKIP(return, "no " HARD_OFFLINE);
	after_failure(_metadata, self, variant->kind);
}

/* A free frame goes bad: the host's own number of it is known from its last use. */
TEST_F(hostways, bad_while_free)
{
	struct mmlab_drain drain;

	if (variant->kind != DIRTY)
		SKIP(return, "a free frame is of no kind");
	munmap(self->p, page_size());
	ASSERT_LE(1, lab_munmap(self->fd, self->lva, page_size()));
	if (write_address(HARD_OFFLINE, self->host) == -ENOENT)
		SKIP(return, "no " HARD_OFFLINE);
	/* the host tells of it in its own time; a drain looks as well */
	ASSERT_EQ(0, lab_drain(self->fd, &drain));
	EXPECT_EQ(0, run_child(use_all_frames, NULL));
	EXPECT_EQ(1ULL << KPF_HWPOISON, frame_word("kpageflags", self->pfn));
	EXPECT_EQ(1, lab_vmstat("nr_bad"));
	EXPECT_EQ((long)page_size() / 1024, lab_meminfo("HardwareCorrupted"));
}

/* Without a zero page, a load brings a frame: where it was mapped, and elsewhere. */
TEST_F(hostways, zero_page_goes_bad)
{
	struct mmlab_check check = { 0 };
	unsigned char *p, value = 1;
	size_t i;
	int err;

	if (variant->kind != DIRTY)
		SKIP(return, "the zero page is of no kind");
	ASSERT_EQ(0, write_number(LAB_PARAMS "/zero_page", 1));
	p = lab_map(self->fd, ZERO_LVA, 2 * page_size(), RW);
	ASSERT_NE(NULL, p);
	ASSERT_EQ(0, touch_read(p, &value));
	ASSERT_EQ(PM_PRESENT, pagemap_of(self->fd, ZERO_LVA));
	err = write_address(HARD_OFFLINE, host_pfn(p));
	munmap(p, 2 * page_size());
	if (err == -ENOENT) {
		write_number(LAB_PARAMS "/zero_page", 0);
		SKIP(return, "no " HARD_OFFLINE);
	}
	EXPECT_TRUE(frame_word("kpageflags", MMLAB_ZERO_PFN) >> KPF_HWPOISON & 1);
	p = lab_map(self->fd, ZERO_LVA, 2 * page_size(), RW);
	ASSERT_NE(NULL, p);
	for (i = 0; i < 2; i++) {
		value = 1;
		EXPECT_EQ(0, touch_read(p + i * page_size(), &value));
		EXPECT_EQ(0, value);
		EXPECT_NE(0, pagemap_of(self->fd, ZERO_LVA + i * page_size()) & PM_PFN);
	}
	EXPECT_EQ(0, lab_ioctl(self->fd, MMLAB_CHECK, &check));
	EXPECT_EQ(0, check.broken);
	munmap(p, 2 * page_size());
	EXPECT_EQ(0, write_number(LAB_PARAMS "/zero_page", 0));
}

/* Loads and stores work as before, and the frame is the same one. */
static void expect_unharmed(struct __test_metadata *_metadata,
			    SELF *self, enum kind kind)
{
	struct mmlab_translation t;
	unsigned char value;

	if (kind == QUARANTINED) {
		EXPECT_EQ(SIGBUS, touch_read(self->p, &value));
		return;
	}
	EXPECT_EQ(0, touch_read(self->p, &value));
	if (kind != FRESH && kind != READ_ONLY)
		EXPECT_EQ(kind == MAPDRV && value != MARK ? value : MARK, value);
	EXPECT_EQ(0, touch_write(self->p, MARK));
	EXPECT_EQ(0, touch_read(self->p, &value));
	EXPECT_EQ(MARK, value);
	if (self->second) {
		EXPECT_EQ(0, touch_read(self->second, &value));
		EXPECT_EQ(MARK, value);
	}
	if (self->pfn) {
		ASSERT_EQ(0, lab_translate(self->fd, self->lva, &t));
		EXPECT_EQ(self->pfn, t.pfn);
		EXPECT_EQ(self->host, host_pfn(self->p));
		EXPECT_FALSE(frame_word("kpageflags", self->pfn) >> KPF_HWPOISON & 1);
	}
}

/* The host tries to move the page away first, and finds that it can't. */
TEST_F(hostways, soft_offline)
{
	if (!self->host)
		SKIP(return, "there is no page yet");
	if (write_address(SOFT_OFFLINE, self->host) == -ENOENT)
		SKIP(return, "no " SOFT_OFFLINE);
	expect_unharmed(_metadata, self, variant->kind);
}

static void write_file(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY);

	if (fd >= 0 && write(fd, text, strlen(text)) < 0)
		(void)errno;	/* whether it may be written to is the host's matter */
	close(fd);
}

TEST_F(hostways, moved_and_compacted)
{
	void *page = self->p;
	int node = 0, status = 1;

	if (syscall(SYS_move_pages, 0, 1UL, &page, &node, &status, MPOL_MF_MOVE) == 0)
		EXPECT_GE(0, status);
	write_file("/proc/sys/vm/compact_memory", "1");
	expect_unharmed(_metadata, self, variant->kind);
}

TEST_F(hostways, merged_and_reclaimed)
{
	static const int advice[] = {
		MADV_MERGEABLE, MADV_COLD, MADV_PAGEOUT, MADV_FREE, MADV_DONTNEED,
		MADV_POPULATE_WRITE,
	};
	size_t i;

	write_file("/sys/kernel/mm/ksm/run", "1");
	for (i = 0; i < ARRAY_LEN(advice); i++) {
		madvise(self->p, page_size(), advice[i]);
		expect_unharmed(_metadata, self, variant->kind);
	}
	write_file("/proc/sys/vm/drop_caches", "3");
	write_file("/sys/kernel/mm/ksm/run", "0");
	expect_unharmed(_metadata, self, variant->kind);
}

/* The block of memory that has the page can't go while the page is used. */
TEST_F(hostways, memory_offline)
{
	char path[128], text[32] = "";
	unsigned long block = 0;
	int fd;

	if (!self->host)
		SKIP(return, "there is no page yet");
	fd = open("/sys/devices/system/memory/block_size_bytes", O_RDONLY);
	if (fd < 0)
		SKIP(return, "the host's memory has no blocks");
	if (read(fd, text, sizeof(text) - 1) > 0)
		block = strtoul(text, NULL, 16);
	close(fd);
	ASSERT_NE(0, block);
	snprintf(path, sizeof(path), "/sys/devices/system/memory/memory%lu/state",
		 (unsigned long)(self->host * page_size() / block));
	self->guard.expected = "refcount:";	/* which page is in the way */
	fd = open(path, O_WRONLY);
	if (fd < 0)
		SKIP(return, "%s: %s", path, strerror(errno));
	EXPECT_EQ(-1, write(fd, "offline", 7));
	close(fd);
	expect_unharmed(_metadata, self, variant->kind);
}

TEST_F(hostways, userfaultfd_write_protect)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = {
		.range = { (uintptr_t)self->p, page_size() },
		.mode = UFFDIO_REGISTER_MODE_WP,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api))
		SKIP(return, "userfaultfd: %s", strerror(errno));
	EXPECT_EQ(-1, ioctl(fd, UFFDIO_REGISTER, &reg));
	EXPECT_EQ(EINVAL, errno);
	close(fd);
	expect_unharmed(_metadata, self, variant->kind);
}

/* The bitmap of idle pages has no bit for pages that the host can't reclaim. */
TEST_F(hostways, idle_tracking)
{
	int fd = open("/sys/kernel/mm/page_idle/bitmap", O_RDWR);
	uint64_t bits = ~0ULL;

	if (fd < 0)
		SKIP(return, "no bitmap of idle pages");
	if (self->host) {
		EXPECT_EQ(8, pwrite(fd, &bits, 8, self->host / 64 * 8));
		EXPECT_EQ(8, pread(fd, &bits, 8, self->host / 64 * 8));
		EXPECT_EQ(0, bits >> self->host % 64 & 1);
	}
	close(fd);
	expect_unharmed(_metadata, self, variant->kind);
}

/* A short reference of the host: copied by another way, the data is the same. */
TEST_F(hostways, short_reference)
{
	unsigned char value = 0;
	struct iovec local = { &value, 1 }, remote = { self->p, 1 };

	EXPECT_EQ(variant->kind == QUARANTINED ? -1 : 1,
		  process_vm_readv(getpid(), &local, 1, &remote, 1, 0));
	expect_unharmed(_metadata, self, variant->kind);
}

/* A reference for long: the frame waits in quarantine until it is given up. */
TEST_F(hostways, long_reference)
{
	struct io_uring_params params = {};
	struct iovec v = { self->p, page_size() };
	struct mmlab_drain drain;
	int ring = syscall(SYS_io_uring_setup, 1, &params);
	bool held;

	if (ring < 0)
		SKIP(return, "io_uring: %s", strerror(errno));
	/* EFAULT: kernels from 6.5 on hold no page for long that tells of stores */
	held = !syscall(SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS, &v, 1);
	if (!held)
		EXPECT_TRUE(errno == EFAULT || errno == EOPNOTSUPP);
	expect_unharmed(_metadata, self, variant->kind);
	if (held && self->pfn && variant->kind == DIRTY) {
		EXPECT_LE(1, lab_munmap(self->fd, self->lva, page_size()));
		ASSERT_EQ(0, lab_drain(self->fd, &drain));
		EXPECT_EQ(1, drain.nr_quarantined);
	}
	syscall(SYS_io_uring_register, ring, IORING_UNREGISTER_BUFFERS, NULL, 0);
	close(ring);
}

TEST_HARNESS_MAIN
