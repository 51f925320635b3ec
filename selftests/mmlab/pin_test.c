// SPDX-License-Identifier: GPL-2.0
/*
 * Frames that the host still holds when the lab frees them: they keep their data
 * and get no other owner until the pin is gone.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/uio.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "touch.h"

#define LVA		0x40000000UL
#define RW		(PROT_READ | PROT_WRITE)
#define NR_PINNED	4

FIXTURE(pin) {
	struct guard guard;
	int fd;
	size_t page, len;
	unsigned char *p;		/* NR_PINNED pages at LVA */
	int pipes[2];
	char seen[NR_PINNED * 65536];
};

FIXTURE_SETUP(pin)
{
	GUARD_BEGIN(&self->guard);
	self->page = page_size();
	self->len = NR_PINNED * self->page;
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	self->p = lab_map(self->fd, LVA, self->len, RW);
	ASSERT_NE(NULL, self->p);
	ASSERT_EQ(0, pipe2(self->pipes, O_CLOEXEC));
}

FIXTURE_TEARDOWN(pin)
{
	munmap(self->p, self->len);
	close(self->fd);
	close(self->pipes[0]);
	close(self->pipes[1]);
	GUARD_END(&self->guard);
}

/* The pages themselves, not copies, go into the pipe. */
static bool pin(int pipe_end, void *p, size_t len)
{
	struct iovec v = { p, len };

	return vmsplice(pipe_end, &v, 1, 0) == (ssize_t)len;
}

/* Another process takes all there is and writes into it. */
static int overwrite_everything(void *unused)
{
	struct mmlab_info info;
	int sig, fd = lab_open(O_RDWR);
	unsigned char *all;
	size_t n, len;

	CHILD_CHECK(fd >= 0 && !lab_info(fd, &info));
	len = (size_t)info.nr_frames * page_size();
	all = lab_map(fd, 0, len, RW);
	CHILD_CHECK(all);
	n = touch_pages(all, info.nr_frames, 0xee, &sig);
	CHILD_CHECK(sig == SIGBUS);
	memset(all, 0xee, n * page_size());
	return 0;
}

static bool all_bytes_are(const char *p, size_t len, char value)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (p[i] != value)
			return false;
	return true;
}

TEST_F(pin, unmapped_pages_keep_their_data)
{
	long in = lab_vmstat("quarantine_in"), out = lab_vmstat("quarantine_out");
	struct mmlab_drain drain;

	memset(self->p, 0x11, self->len);
	ASSERT_TRUE(pin(self->pipes[1], self->p, self->len));
	EXPECT_LE(NR_PINNED, lab_munmap(self->fd, LVA, self->len));
	EXPECT_EQ(SIGBUS, touch_write(self->p, 1));
	EXPECT_EQ(NR_PINNED, lab_vmstat("nr_quarantine"));
	EXPECT_EQ(NR_PINNED, lab_vmstat("quarantine_in") - in);

	ASSERT_EQ(0, lab_drain(self->fd, &drain));
	EXPECT_EQ(0, drain.nr_released);
	EXPECT_EQ(NR_PINNED, drain.nr_quarantined);
	EXPECT_EQ(0, run_child(overwrite_everything, NULL));
	EXPECT_EQ(NR_PINNED, lab_vmstat("nr_quarantine"));

	/* one goes, the others stay */
	ASSERT_EQ(self->page, read(self->pipes[0], self->seen, self->page));
	EXPECT_TRUE(all_bytes_are(self->seen, self->page, 0x11));
	ASSERT_EQ(0, lab_drain(self->fd, &drain));
	EXPECT_EQ(NR_PINNED - 1, drain.nr_quarantined);
	ASSERT_EQ(self->len - self->page,
		  read(self->pipes[0], self->seen, self->len));
	EXPECT_TRUE(all_bytes_are(self->seen, self->len - self->page, 0x11));
	ASSERT_EQ(0, lab_drain(self->fd, &drain));
	EXPECT_EQ(0, drain.nr_quarantined);
	EXPECT_EQ(NR_PINNED, lab_vmstat("quarantine_out") - out);
}

TEST_F(pin, pinned_at_the_last_close)
{
	memset(self->p, 0x22, self->len);
	ASSERT_TRUE(pin(self->pipes[1], self->p, self->len));
	munmap(self->p, self->len);
	close(self->fd);
	EXPECT_EQ(NR_PINNED, lab_vmstat("nr_quarantine"));
	EXPECT_EQ(0, run_child(overwrite_everything, NULL));
	ASSERT_EQ(self->len, read(self->pipes[0], self->seen, self->len));
	EXPECT_TRUE(all_bytes_are(self->seen, self->len, 0x22));
}

/* A drain tells what it released, unless the look of each second came before it. */
TEST_F(pin, released_by_a_drain)
{
	struct mmlab_drain drain = {};
	uint32_t lva = LVA;
	int i;

	for (i = 0; i < 20 && drain.nr_released != 1; i++) {
		unsigned char *p;

		lva += 4 * self->len;
		p = lab_map(self->fd, lva, self->page, RW);
		ASSERT_NE(NULL, p);
		*p = 1;
		ASSERT_TRUE(pin(self->pipes[1], p, self->page));
		EXPECT_LE(1, lab_munmap(self->fd, lva, self->page));
		munmap(p, self->page);
		ASSERT_EQ(self->page, read(self->pipes[0], self->seen, self->page));
		ASSERT_EQ(0, lab_drain(self->fd, &drain));
		EXPECT_EQ(0, drain.nr_quarantined);
	}
	EXPECT_EQ(1, drain.nr_released);
}

/* It comes back without anybody asking, within a few seconds. */
TEST_F(pin, released_without_a_drain)
{
	int tenths;

	self->p[0] = 1;
	ASSERT_TRUE(pin(self->pipes[1], self->p, self->page));
	EXPECT_LE(1, lab_munmap(self->fd, LVA, self->page));
	EXPECT_EQ(1, lab_vmstat("nr_quarantine"));
	sleep(2);	/* the first look finds it pinned */
	ASSERT_EQ(self->page, read(self->pipes[0], self->seen, self->page));
	for (tenths = 0; tenths < patient(100) && lab_vmstat("nr_quarantine"); tenths++)
		usleep(100000);
	EXPECT_EQ(0, lab_vmstat("nr_quarantine"));
}

/* While it is mapped, a pin changes nothing and the page is shared with it. */
TEST_F(pin, pinned_but_not_freed)
{
	self->p[0] = 1;
	ASSERT_TRUE(pin(self->pipes[1], self->p, self->page));
	self->p[0] = 2;
	munmap(self->p, self->len);
	EXPECT_EQ(0, lab_vmstat("nr_quarantine"));
	ASSERT_EQ(self->page, read(self->pipes[0], self->seen, self->page));
	EXPECT_EQ(2, self->seen[0]);
	self->p = lab_map(self->fd, LVA, self->len, RW);
	ASSERT_NE(NULL, self->p);
	EXPECT_EQ(2, self->p[0]);
}

/* Shortage looks into the quarantine before it says that there is nothing. */
TEST_F(pin, shortage_takes_what_is_free_again)
{
	struct mmlab_info info;
	unsigned char *all;
	size_t n, len = 64 * self->page;
	char *seen = malloc(len);
	int sig;

	ASSERT_EQ(0, lab_info(self->fd, &info));
	ASSERT_LE(len, fcntl(self->pipes[1], F_SETPIPE_SZ, len));
	all = lab_map(self->fd, 2 * LVA, len, RW);
	ASSERT_NE(NULL, all);
	memset(all, 0x33, len);
	ASSERT_TRUE(pin(self->pipes[1], all, len));
	munmap(all, len);
	EXPECT_LE(64, lab_munmap(self->fd, 2 * LVA, len));

	len = (size_t)info.nr_frames * self->page;
	all = lab_map(self->fd, 0, len, RW);
	ASSERT_NE(NULL, all);
	n = touch_pages(all, info.nr_frames, 1, &sig);
	EXPECT_EQ(SIGBUS, sig);
	ASSERT_EQ(64 * self->page, read(self->pipes[0], seen, 64 * self->page));
	/* some refill the reserve, of which page tables had taken a part */
	EXPECT_EQ(32, touch_pages(all + n * self->page, 32, 1, &sig));
	EXPECT_EQ(0, sig);
	munmap(all, len);
	free(seen);
}

TEST_F(pin, direct_io)
{
	const char *dir = getenv("MMLAB_DIRECT_DIR") ?: ".";
	char path[256];
	int file;

	snprintf(path, sizeof(path), "%s/mmlab-direct.%d", dir, getpid());
	file = open(path, O_RDWR | O_CREAT | O_EXCL | O_DIRECT | O_CLOEXEC, 0600);
	if (file < 0) {
		unlink(path);
		SKIP(return, "no file system with O_DIRECT at %s (set MMLAB_DIRECT_DIR)",
		     dir);
	}
	memset(self->p, 0x44, self->len);
	EXPECT_EQ(self->len, write(file, self->p, self->len));
	memset(self->p, 0, self->len);
	EXPECT_EQ(self->len, pread(file, self->p, self->len, 0));
	EXPECT_TRUE(all_bytes_are((char *)self->p, self->len, 0x44));
	close(file);
	unlink(path);
}

TEST_HARNESS_MAIN
