// SPDX-License-Identifier: GPL-2.0
/*
 * Swap in files: what comes back byte for byte, what is refused, reads and writes that
 * fail, and what a file has in it afterwards. The module is loaded anew for each test;
 * afterwards it has its default parameters.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "parts.h"
#include "pidfile.h"
#include "pressure.h"
#include "procfile.h"
#include "touch.h"

#define LVA		0x40000000UL
#define RW		(PROT_READ | PROT_WRITE)
#define MIB		(1UL << 20)
#define FILE_BYTES	(4 * MIB)

#define TMPFS		"/tmp"

/* A directory on a file system that can't allocate: see selftests/guests/kselftest.sh. */
static const char *ext2(void)
{
	return getenv("MMLAB_DIRECT_DIR");
}

FIXTURE(swapfile) {
	struct guard guard;
	int fd, file;
	uint32_t type, nr_pages;	/* of the file */
	size_t page, len;
	unsigned char *p;		/* len bytes at LVA: more than the machine has */
	char path[64];
};

FIXTURE_VARIANT(swapfile) {
	bool on_ext2;
};

FIXTURE_VARIANT_ADD(swapfile, tmpfs) { false };
FIXTURE_VARIANT_ADD(swapfile, ext2) { true };

FIXTURE_SETUP(swapfile)
{
	if (variant->on_ext2 && !ext2())
		return;
	mkdir(TMPFS, 0755);
	lab_unload();
	ASSERT_EQ(0, lab_load("mem=4"));
	GUARD_BEGIN(&self->guard);
	self->page = page_size();
	self->nr_pages = FILE_BYTES / self->page;
	self->len = 6 * MIB;
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	self->p = lab_map(self->fd, LVA, self->len, RW);
	ASSERT_NE(NULL, self->p);
	snprintf(self->path, sizeof(self->path), "%s/mmlab-swap.%d",
		 variant->on_ext2 ? ext2() : TMPFS, getpid());
	self->file = make_swap_file(self->path, self->nr_pages);
	ASSERT_LE(0, self->file);
	ASSERT_EQ(0, swap_on_file(self->fd, self->file, -1, &self->type));
}

FIXTURE_TEARDOWN(swapfile)
{
	if (!self->p)
		return;
	munmap(self->p, self->len);
	close(self->fd);
	EXPECT_FINE(swap_end(self->type));
	close(self->file);
	unlink(self->path);
	GUARD_END(&self->guard);
	lab_unload();
	EXPECT_EQ(0, lab_load(""));
}

/* For each case: a SKIP in the set-up does not keep it from running. */
#define NO_DIRECTORY	"MMLAB_DIRECT_DIR is not set"

TEST_F(swapfile, all_bytes_come_back)
{
	long in = lab_vmstat("pswpin");
	struct mmlab_swap_file swap;
	static char text[4096];
	char row[128];

	if (variant->on_ext2 && !ext2())
		SKIP(return, NO_DIRECTORY);
	/* the area has the file; the descriptor may go */
	EXPECT_EQ(0, swap_ask(self->fd, self->file, &swap));
	EXPECT_EQ(self->type, swap.type);
	EXPECT_EQ(self->nr_pages, swap.nr_pages);
	EXPECT_EQ(-1, swap.prio);
	close(self->file);
	fill(self->p, 0, self->len, 1);
	EXPECT_LT(0, lab_vmstat("pswpout"));
	EXPECT_EQ(0, count_wrong(self->p, 0, self->len, 1));
	EXPECT_LT(in, lab_vmstat("pswpin"));

	ASSERT_LT(0, read_whole("swaps", text, sizeof(text)));
	snprintf(row, sizeof(row), "\n%-40sfile\t\t%lu\t\t", self->path,
		 FILE_BYTES / 1024);
	EXPECT_NE(NULL, strstr(text, row))
		TH_LOG("no row '%s' in:\n%s", row, text);
	EXPECT_NE(NULL, strstr(text, "\t-1\n"));
	ASSERT_FINE(check_lab(self->fd));

	self->file = open(self->path, O_RDONLY | O_CLOEXEC);
	EXPECT_EQ(0, swap_ask(self->fd, self->file, &swap));
	EXPECT_EQ(self->type, swap.type);
}

TEST_F(swapfile, off_brings_everything_back)
{
	size_t half = self->len / 2;
	struct mmlab_swap_file swap;

	if (variant->on_ext2 && !ext2())
		SKIP(return, NO_DIRECTORY);
	fill(self->p, 0, self->len, 2);
	EXPECT_EQ(-ENOMEM, swap_off(self->fd, self->type));
	EXPECT_EQ(0, count_wrong(self->p, 0, self->len, 2));
	EXPECT_LT(0, lab_munmap(self->fd, LVA + half, half));
	EXPECT_EQ(0, swap_off(self->fd, self->type));
	EXPECT_EQ(0, lab_meminfo("SwapTotal"));
	EXPECT_EQ(0, count_wrong(self->p, 0, half, 2));
	EXPECT_EQ(-ENOENT, swap_ask(self->fd, self->file, &swap));
	/* the file is free again */
	EXPECT_EQ(0, swap_on_file(self->fd, self->file, 0, &self->type));
}

/* The file is full first, as its priority is higher; then memory takes the rest. */
TEST_F(swapfile, areas_of_both_kinds)
{
	char path[80], row[128];
	static char text[4096];
	uint32_t small;
	int file;

	if (variant->on_ext2 && !ext2())
		SKIP(return, NO_DIRECTORY);
	snprintf(path, sizeof(path), "%s a\n", self->path);
	file = make_swap_file(path, 64);
	ASSERT_LE(0, file);
	ASSERT_EQ(0, swap_on_file(self->fd, file, 7, &small));
	ASSERT_NE(self->type, small);
	close(file);
	fill(self->p, 0, self->len, 3);
	ASSERT_LT(0, read_whole("swaps", text, sizeof(text)));
	/* as the host writes such names */
	snprintf(row, sizeof(row), "%s\\040a\\012", self->path);
	EXPECT_NE(NULL, strstr(text, row));
	snprintf(row, sizeof(row), "file\t\t%zu\t\t%zu\t\t7\n", 64 * self->page / 1024,
		 64 * self->page / 1024);
	EXPECT_NE(NULL, strstr(text, row));
	EXPECT_EQ(0, swap_off(self->fd, small));
	EXPECT_EQ(0, count_wrong(self->p, 0, self->len, 3));
	unlink(path);
}

/* An address whose page is out. */
static size_t find_out(int fd, size_t len, size_t page)
{
	size_t at;

	for (at = 0; at < len; at += page)
		if (pagemap_of(fd, LVA + at) & PM_SWAP)
			break;
	return at;
}

TEST_F(swapfile, a_bad_read)
{
	int kmsg = log_open();
	unsigned char value;
	char address[16], byte;
	size_t at;

	if (variant->on_ext2 && !ext2())
		SKIP(return, NO_DIRECTORY);
	fill(self->p, 0, self->len, 4);
	at = find_out(self->fd, self->len, self->page);
	ASSERT_GT(self->len, at);
	snprintf(address, sizeof(address), "0x%08lx", LVA + at);
	ASSERT_EQ(0, set_parameter("fail_swap_read", "1,100,0,1"));
	EXPECT_EQ(SIGBUS, touch_read(self->p + at, &value));
	EXPECT_EQ(1, log_says(kmsg, ";mmlab: ", address));
	EXPECT_EQ(PM_SWAP, pagemap_of(self->fd, LVA + at) & PM_SWAP);
	ASSERT_EQ(0, set_parameter("fail_swap_read", "1,100,0,1"));
	EXPECT_EQ(-1, pread(self->fd, &byte, 1, LVA + at));
	EXPECT_EQ(EIO, errno);
	/* the next touch brings it; the instance is as good as before */
	EXPECT_EQ(0, set_parameter("fail_swap_read", "0"));
	EXPECT_EQ(0, count_wrong(self->p, 0, self->len, 4));
	/* with room for all that is out, swapoff reads it at once */
	EXPECT_LT(0, lab_munmap(self->fd, LVA + self->len / 2, self->len / 2));
	ASSERT_GT(self->len / 2, find_out(self->fd, self->len / 2, self->page));
	ASSERT_EQ(0, set_parameter("fail_swap_read", "1,100,0,1"));
	EXPECT_EQ(-EIO, swap_off(self->fd, self->type));
	EXPECT_EQ(0, count_wrong(self->p, 0, self->len / 2, 4));
	EXPECT_EQ(0, set_parameter("fail_swap_read", "0"));
	close(kmsg);
}

/* What is not written stays, and is right; other pages go. */
TEST_F(swapfile, a_bad_write)
{
	int kmsg = log_open(), sig;
	size_t nr, at;

	if (variant->on_ext2 && !ext2())
		SKIP(return, NO_DIRECTORY);
	ASSERT_EQ(0, set_parameter("fail_swap_write", "2,100,0,40"));
	fill(self->p, 0, self->len, 5);
	EXPECT_LT(0, log_says(kmsg, ";mmlab: ", "can't be written"));
	EXPECT_EQ(0, count_wrong(self->p, 0, self->len, 5));
	ASSERT_FINE(check_lab(self->fd));
	/* if none can be written, it is as without swap */
	EXPECT_LT(0, lab_munmap(self->fd, LVA, self->len));
	ASSERT_EQ(0, lab_region_at(self->fd, LVA, self->len, RW));
	ASSERT_EQ(0, set_parameter("fail_swap_write", "1,100,0,-1"));
	nr = touch_pages(self->p, self->len / self->page, 0x5a, &sig);
	EXPECT_EQ(SIGBUS, sig);
	EXPECT_LT(0, nr);
	EXPECT_EQ(lab_meminfo("SwapTotal"), lab_meminfo("SwapFree"));
	EXPECT_EQ(0, set_parameter("fail_swap_write", "0"));
	for (at = 0; at < nr; at++)
		if (self->p[at * self->page] != 0x5a)
			break;
	EXPECT_EQ(nr, at);
	close(kmsg);
}

/* Until the thread that makes room has nothing more to do. */
static void wait_for_kswapd(void)
{
	long nr_out;

	do {
		nr_out = lab_vmstat("pswpout");
		usleep(100000);
	} while (lab_vmstat("pswpout") != nr_out);
}

/* The file's own errors: it is cut off, or each write goes to its end. */
TEST_F(swapfile, others_change_the_file)
{
	unsigned char value;
	size_t at, nr;
	int sig;

	if (variant->on_ext2 && !ext2())
		SKIP(return, NO_DIRECTORY);
	fill(self->p, 0, self->len, 6);
	/* with free frames, no page goes out, which would make the file longer again */
	EXPECT_LT(0, lab_munmap(self->fd, LVA + self->len / 2, self->len / 2));
	wait_for_kswapd();
	at = find_out(self->fd, self->len / 2, self->page);
	ASSERT_GT(self->len / 2, at);
	ASSERT_EQ(0, ftruncate(self->file, self->page));
	EXPECT_EQ(SIGBUS, touch_read(self->p + at, &value));
	EXPECT_LT(0, lab_munmap(self->fd, LVA, self->len));
	ASSERT_FINE(check_lab(self->fd));

	ASSERT_EQ(0, lab_region_at(self->fd, LVA, self->len, RW));
	ASSERT_EQ(0, fcntl(self->file, F_SETFL, O_APPEND));
	nr = touch_pages(self->p, self->len / self->page, 0x5b, &sig);
	EXPECT_EQ(SIGBUS, sig);
	ASSERT_EQ(0, fcntl(self->file, F_SETFL, 0));
	for (at = 0; at < nr; at++)
		if (self->p[at * self->page] != 0x5b)
			break;
	EXPECT_EQ(nr, at);
	EXPECT_LT(0, lab_munmap(self->fd, LVA, self->len));
	ASSERT_EQ(0, ftruncate(self->file, 0));
}

/* The words that fill() writes are recognised, wherever in the file they are. */
static size_t count_pages_of(int file, size_t page, uint64_t seed)
{
	unsigned char *mine = malloc(6 * MIB), *slot = malloc(page);
	size_t nr = 0, i, k;

	fill(mine, 0, 6 * MIB, seed);
	for (i = 1; pread(file, slot, page, (off_t)(i * page)) == (ssize_t)page; i++)
		for (k = 0; k < 6 * MIB / page; k++)
			nr += !memcmp(slot, mine + k * page, page);
	free(slot);
	free(mine);
	return nr;
}

/* As Documentation/pressure.md says: a header, zeros, and pages as they went out. */
TEST_F(swapfile, unload_with_swap_on)
{
	struct mmlab_swap_header header;
	unsigned char rest[4096 - sizeof(header)], zeros[sizeof(rest)] = { 0 };
	uint32_t type;
	size_t nr_out;
	int fd;

	if (variant->on_ext2 && !ext2())
		SKIP(return, NO_DIRECTORY);
	fill(self->p, 0, self->len, 7);
	nr_out = count_out(self->fd, LVA, self->len);
	EXPECT_LT(0, nr_out);
	munmap(self->p, self->len);
	close(self->fd);
	close(self->file);
	ASSERT_EQ(0, lab_unload());

	self->file = open(self->path, O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, self->file);
	ASSERT_EQ(sizeof(header), pread(self->file, &header, sizeof(header), 0));
	EXPECT_STREQ(MMLAB_SWAP_MAGIC, header.magic);
	EXPECT_EQ(self->nr_pages, header.nr_pages);
	ASSERT_EQ(sizeof(rest), pread(self->file, rest, sizeof(rest), sizeof(header)));
	EXPECT_EQ(0, memcmp(rest, zeros, sizeof(rest)));
	EXPECT_LE(nr_out, count_pages_of(self->file, self->page, 7));

	/* no one holds the file any more, and a new lab shows nothing of it */
	ASSERT_EQ(0, lab_load("mem=4"));
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	EXPECT_EQ(0, swap_on_file(self->fd, self->file, -1, &type));
	EXPECT_EQ(self->type, type);
	self->p = lab_map(self->fd, LVA, self->len, RW);
	ASSERT_NE(NULL, self->p);
	for (fd = 0, nr_out = 0; (size_t)fd < self->len; fd += 8)
		nr_out += *(uint64_t *)(self->p + fd) != 0;
	EXPECT_EQ(0, nr_out);
}

/* A delay is a lower bound; a deadly signal ends it. */
TEST_F_TIMEOUT(swapfile, delays, 60)
{
	struct timespec before, after;
	unsigned char value;
	int status;
	size_t at;
	pid_t pid;

	if (variant->on_ext2 && !ext2())
		SKIP(return, NO_DIRECTORY);
	EXPECT_EQ(-EINVAL, set_parameter("swap_delay_us", "1000001"));
	EXPECT_EQ(-EINVAL, set_parameter("swap_delay_us", "-1"));
	fill(self->p, 0, self->len, 8);
	/* with free frames, it is one read */
	EXPECT_LT(0, lab_munmap(self->fd, LVA + self->len / 2, self->len / 2));
	ASSERT_EQ(0, lab_region_at(self->fd, LVA + self->len / 2, self->len / 2, RW));
	at = find_out(self->fd, self->len / 2, self->page);
	ASSERT_GT(self->len / 2, at);
	ASSERT_EQ(0, set_parameter("swap_delay_us", "300000"));
	clock_gettime(CLOCK_MONOTONIC, &before);
	EXPECT_EQ(0, touch_read(self->p + at, &value));
	clock_gettime(CLOCK_MONOTONIC, &after);
	EXPECT_LE(300000, (after.tv_sec - before.tv_sec) * 1000000 +
		  (after.tv_nsec - before.tv_nsec) / 1000);

	ASSERT_EQ(0, set_parameter("swap_delay_us", "1000000"));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		fill(self->p, 0, self->len, 9);
		_exit(0);
	}
	usleep(500000);
	kill(pid, SIGKILL);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
	EXPECT_EQ(0, set_parameter("swap_delay_us", "0"));
}

/* A second file comes and goes while threads use the memory. */
TEST_F_TIMEOUT(swapfile, off_under_way, 90)
{
	struct part parts[2];
	char path[80];
	uint32_t type;
	int file, i;

	if (variant->on_ext2 && !ext2())
		SKIP(return, NO_DIRECTORY);
	snprintf(path, sizeof(path), "%s.2", self->path);
	file = make_swap_file(path, 256);
	ASSERT_LE(0, file);
	ASSERT_EQ(0, parts_begin(parts, 2, self->p, self->len, 1));
	for (i = 0; i < 10; i++) {
		ASSERT_EQ(0, swap_on_file(self->fd, file, 3, &type));
		EXPECT_EQ(-EBUSY, swap_on_file(self->fd, file, 3, &type));
		ASSERT_FINE(check_lab(self->fd));
		EXPECT_EQ(0, swap_off(self->fd, self->type + 1));
	}
	EXPECT_EQ(0, parts_end(parts, 2));
	close(file);
	unlink(path);
}

/* ---- what is refused ---- */

FIXTURE(refused) {
	struct guard guard;
	int fd;
	char directory[32], path[64];
	bool mounted;
};

FIXTURE_SETUP(refused)
{
	GUARD_BEGIN(&self->guard);
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	mkdir(TMPFS, 0755);
	strcpy(self->directory, TMPFS "/mmlab-swap.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->directory));
	snprintf(self->path, sizeof(self->path), "%s/file", self->directory);
}

FIXTURE_TEARDOWN(refused)
{
	EXPECT_EQ(0, lab_meminfo("SwapTotal"));
	unlink(self->path);
	if (self->mounted)
		umount(self->directory);
	rmdir(self->directory);
	close(self->fd);
	GUARD_END(&self->guard);
}

/* swapon in the file as it is at a path, opened with flags; then it is closed. */
static int swap_on_path(int fd, const char *path, int flags)
{
	int file = open(path, flags | O_CLOEXEC), err;
	uint32_t type;

	if (file < 0)
		return -errno;
	err = swap_on_file(fd, file, -1, &type);
	if (!err)
		swap_off(fd, type);
	close(file);
	return err;
}

TEST_F(refused, what_is_no_file)
{
	int pipes[2];
	uint32_t type;

	EXPECT_EQ(-ELOOP, swap_on_file(self->fd, self->fd, -1, &type));
	EXPECT_EQ(-ELOOP, swap_on_path(self->fd, LAB_DEVICE, O_RDWR));
	EXPECT_EQ(-EISDIR, swap_on_path(self->fd, self->directory, O_RDONLY));
	EXPECT_EQ(-EINVAL, swap_on_path(self->fd, "/dev/null", O_RDWR));
	EXPECT_EQ(-EINVAL, swap_on_path(self->fd, "/proc/mmlab/swaps", O_RDONLY));
	ASSERT_EQ(0, pipe(pipes));
	EXPECT_EQ(-EINVAL, swap_on_file(self->fd, pipes[0], -1, &type));
	close(pipes[0]);
	close(pipes[1]);
	EXPECT_EQ(-EBADF, swap_on_file(self->fd, pipes[0], -1, &type));
	EXPECT_EQ(-EBADF, swap_on_file(self->fd, -1, -1, &type));
}

TEST_F(refused, rights)
{
	int file = make_swap_file(self->path, 16);

	ASSERT_LE(0, file);
	close(file);
	EXPECT_EQ(-EBADF, swap_on_path(self->fd, self->path, O_RDONLY));
	EXPECT_EQ(-EBADF, swap_on_path(self->fd, self->path, O_WRONLY));
	EXPECT_EQ(-EBADF, swap_on_path(self->fd, self->path, O_PATH));
	EXPECT_EQ(-EINVAL, swap_on_path(self->fd, self->path, O_RDWR | O_APPEND));
	ASSERT_EQ(0, chmod(self->path, 0640));
	EXPECT_EQ(-EACCES, swap_on_path(self->fd, self->path, O_RDWR));
	ASSERT_EQ(0, chmod(self->path, 0602));
	EXPECT_EQ(-EACCES, swap_on_path(self->fd, self->path, O_RDWR));
	ASSERT_EQ(0, chmod(self->path, 0600));
	ASSERT_EQ(0, chown(self->path, LAB_NOBODY, LAB_NOBODY));
	EXPECT_EQ(-EACCES, swap_on_path(self->fd, self->path, O_RDWR));
	ASSERT_EQ(0, chown(self->path, 0, 0));
	EXPECT_EQ(0, swap_on_path(self->fd, self->path, O_RDWR));
}

TEST_F(refused, headers)
{
	const struct mmlab_swap_header good = {
		.magic = MMLAB_SWAP_MAGIC,
		.version = MMLAB_SWAP_VERSION,
		.page_shift = __builtin_ctzl(page_size()),
		.nr_pages = 16,
	};
	struct mmlab_swap_header bad[6];
	int file = make_swap_file(self->path, 16);
	size_t i;

	ASSERT_LE(0, file);
	for (i = 0; i < ARRAY_LEN(bad); i++)
		bad[i] = good;
	bad[0].magic[15] = 'x';
	bad[1].version++;
	bad[2].page_shift++;
	bad[3].nr_pages = 0;
	bad[4].nr_pages = MMLAB_SWAP_MAX_PAGES + 1;
	bad[5].reserved = 1;
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		ASSERT_EQ(sizeof(good), pwrite(file, &bad[i], sizeof(good), 0));
		close(file);
		EXPECT_EQ(-ENODATA, swap_on_path(self->fd, self->path, O_RDWR))
			TH_LOG("header %zu", i);
		file = open(self->path, O_RDWR | O_CLOEXEC);
	}
	ASSERT_EQ(sizeof(good), pwrite(file, &good, sizeof(good), 0));
	ASSERT_EQ(0, ftruncate(file, 17 * page_size() - 1));
	close(file);
	EXPECT_EQ(-ENOSPC, swap_on_path(self->fd, self->path, O_RDWR));
	ASSERT_EQ(0, truncate(self->path, sizeof(good) - 1));
	EXPECT_EQ(-ENODATA, swap_on_path(self->fd, self->path, O_RDWR));
	ASSERT_EQ(0, truncate(self->path, 0));
	EXPECT_EQ(-ENODATA, swap_on_path(self->fd, self->path, O_RDWR));
}

/* A file with a header and nothing else up to its size. */
static int make_holes(const char *path, uint32_t nr_pages)
{
	struct mmlab_swap_header header;
	int fd = make_swap_file(path, 1);

	if (fd < 0 || pread(fd, &header, sizeof(header), 0) != sizeof(header))
		return -EIO;
	header.nr_pages = nr_pages;
	if (pwrite(fd, &header, sizeof(header), 0) != sizeof(header) ||
	    ftruncate(fd, (off_t)(nr_pages + 1) * page_size()))
		return -EIO;
	close(fd);
	return 0;
}

TEST_F(refused, holes)
{
	char path[80];
	char size[32];
	struct stat st;

	snprintf(size, sizeof(size), "size=%zu", 32 * page_size());
	ASSERT_EQ(0, mount("none", self->directory, "tmpfs", 0, size));
	self->mounted = true;
	ASSERT_EQ(0, make_holes(self->path, 16));
	EXPECT_EQ(0, swap_on_path(self->fd, self->path, O_RDWR));
	ASSERT_EQ(0, stat(self->path, &st));
	EXPECT_LE(17 * page_size(), st.st_blocks * 512U);
	unlink(self->path);
	ASSERT_EQ(0, make_holes(self->path, 64));
	EXPECT_EQ(-ENOSPC, swap_on_path(self->fd, self->path, O_RDWR));
	if (!ext2())
		return;
	/* it can't allocate: a write might find no room */
	snprintf(path, sizeof(path), "%s/mmlab-holes", ext2());
	ASSERT_EQ(0, make_holes(path, 16));
	EXPECT_EQ(-ENOSPC, swap_on_path(self->fd, path, O_RDWR));
	unlink(path);
}

static int try_as_nobody(void *arg)
{
	struct mmlab_swap_file swap;
	int *fds = arg;
	uint32_t type;

	CHILD_CHECK(!become_nobody());
	CHILD_CHECK(swap_on_file(fds[0], fds[1], -1, &type) == -EPERM);
	CHILD_CHECK(!swap_ask(fds[0], fds[1], &swap));
	return 0;
}

TEST_F(refused, files_in_use)
{
	int file = make_swap_file(self->path, 16), fds[2] = { self->fd, file }, other;
	struct mmlab_swap_file swap;
	uint32_t type, again;

	ASSERT_LE(0, file);
	EXPECT_EQ(-ENOENT, swap_ask(self->fd, file, &swap));
	EXPECT_EQ(-EBUSY, swap_on_path(self->fd, self->path, O_RDWR));
	ASSERT_EQ(0, swap_on_file(self->fd, file, -1, &type));
	EXPECT_EQ(-EBUSY, swap_on_file(self->fd, file, -1, &again));
	close(file);
	EXPECT_EQ(-EBUSY, swap_on_path(self->fd, self->path, O_RDWR));
	other = open(self->path, O_RDONLY | O_CLOEXEC);
	fds[1] = other;
	EXPECT_EQ(0, run_child(try_as_nobody, fds));
	close(other);
	EXPECT_EQ(0, swap_off(self->fd, type));
	EXPECT_EQ(0, swap_on_path(self->fd, self->path, O_RDWR));
}

TEST_F(refused, bad_fields)
{
	static const struct mmlab_swap_file bad[] = {
		{ .prio = -2 }, { .prio = 32768 }, { .flags = 2 }, { .reserved = 1 },
		{ .flags = MMLAB_SWAP_FILE_ASK, .prio = 1 },
	};
	struct mmlab_swap_file swap;
	size_t i;

	for (i = 0; i < ARRAY_LEN(bad); i++) {
		swap = bad[i];
		swap.fd = self->fd;
		EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_SWAPON_FILE, &swap))
			TH_LOG("row %zu", i);
	}
	swap = (struct mmlab_swap_file){ .fd = -1, .flags = MMLAB_SWAP_FILE_ASK };
	EXPECT_EQ(-EBADF, lab_ioctl(self->fd, MMLAB_SWAPON_FILE, &swap));
}

/* ---- 96 MiB on a machine of 64 ---- */

TEST_F_TIMEOUT(refused, all_bytes_of_96_mib_on_64, 300)
{
	size_t len = 96 * MIB;
	unsigned char *p = lab_map(self->fd, LVA, len, RW);
	int file = make_swap_file(self->path, 64 * MIB / page_size());
	uint32_t type;

	ASSERT_NE(NULL, p);
	ASSERT_LE(0, file);
	ASSERT_EQ(0, swap_on_file(self->fd, file, -1, &type));
	close(file);
	fill(p, 0, len, 11);
	EXPECT_LT(8192, lab_vmstat("pswpout"));
	EXPECT_EQ(0, count_wrong(p, 0, len, 11));
	ASSERT_FINE(check_lab(self->fd));
	munmap(p, len);
	EXPECT_LT(0, lab_munmap(self->fd, LVA, len));
	EXPECT_EQ(0, swap_off(self->fd, type));
}

TEST_HARNESS_MAIN
