// SPDX-License-Identifier: GPL-2.0
/*
 * The thread mmlab-kswapd: when it works, when it sleeps, and that it goes with the
 * module.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "pressure.h"
#include "touch.h"

#define LVA	0x40000000UL
#define RW	(PROT_READ | PROT_WRITE)
#define LEN	(6UL << 20)	/* on a machine of 4 MiB */
#define TRIES	1000		/* of 20 ms; only a failure takes so long */

/* Threads of that name on the host. */
static int count_threads(const char *name)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	int nr = 0;

	while (proc && (entry = readdir(proc)) != NULL) {
		char path[300], comm[64] = "";
		FILE *file;

		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		file = entry->d_name[0] >= '1' && entry->d_name[0] <= '9' ?
		       fopen(path, "re") : NULL;
		if (!file)
			continue;
		if (fgets(comm, sizeof(comm), file))
			comm[strcspn(comm, "\n")] = '\0';
		nr += !strcmp(comm, name);
		fclose(file);
	}
	if (proc)
		closedir(proc);
	return nr;
}

/* Waits until a counter stays as it is for a while; it did. */
static bool settles(const char *counter)
{
	long before = -1, now;
	int i;

	for (i = 0; i < patient(TRIES) / 10; i++) {
		now = lab_vmstat(counter);
		if (now == before)
			return true;
		before = now;
		usleep(300000);
	}
	return false;
}

/* The sum over both zones of a watermark, in frames. */
static long watermark(const char *name)
{
	static char text[1 << 16];
	char line[64], *at;
	long sum = 0;

	snprintf(line, sizeof(line), "\n        %-8s ", name);
	if (read_whole("zoneinfo", text, sizeof(text)) < 0)
		return -1;
	for (at = text; (at = strstr(at, line)) != NULL; at++)
		sum += strtol(at + strlen(line), NULL, 10);
	return sum;
}

FIXTURE(kswapd) {
	struct guard guard;
	int fd;
	uint32_t type;
	unsigned char *p;		/* LEN bytes at LVA */
};

FIXTURE_SETUP(kswapd)
{
	lab_unload();
	ASSERT_EQ(0, lab_load("mem=4"));
	GUARD_BEGIN(&self->guard);
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	self->p = lab_map(self->fd, LVA, LEN, RW);
	ASSERT_NE(NULL, self->p);
}

FIXTURE_TEARDOWN(kswapd)
{
	munmap(self->p, LEN);
	close(self->fd);
	GUARD_END(&self->guard);
	/* with or without swap, and with frames in it */
	EXPECT_EQ(0, lab_unload());
	EXPECT_EQ(0, count_threads("mmlab-kswapd"));
	EXPECT_EQ(0, lab_load(""));
	EXPECT_EQ(1, count_threads("mmlab-kswapd"));
}

TEST_F(kswapd, sleeps_without_swap)
{
	int sig;

	EXPECT_EQ(1, count_threads("mmlab-kswapd"));
	touch_pages(self->p, LEN / page_size(), 1, &sig);
	EXPECT_EQ(SIGBUS, sig);
	EXPECT_EQ(0, lab_vmstat("pageoutrun"));
	EXPECT_EQ(0, lab_vmstat("pgscan_kswapd"));
}

TEST_F(kswapd, works_until_frames_are_free)
{
	long min = watermark("min"), high = watermark("high");
	int i;

	ASSERT_LT(0, min);
	ASSERT_LT(min, high);
	ASSERT_EQ(0, swap_on(self->fd, 0, &self->type));
	fill(self->p, 0, LEN, 1);
	/* no task allocates any more: all that happens now is its work */
	for (i = 0; i < patient(TRIES) && lab_vmstat("nr_free_pages") <= min; i++)
		usleep(20000);
	EXPECT_LT(min, lab_vmstat("nr_free_pages"));
	EXPECT_LT(0, lab_vmstat("pageoutrun"));
	EXPECT_LT(0, lab_vmstat("pgsteal_kswapd"));
	/* and no longer than that */
	EXPECT_TRUE(settles("pgsteal_kswapd"));
	EXPECT_GT(LEN / page_size() / 2, lab_vmstat("nr_free_pages"));
	EXPECT_LE(lab_vmstat("pgsteal_kswapd"), lab_vmstat("pgscan_kswapd"));
	EXPECT_EQ(0, count_wrong(self->p, 0, LEN, 1));
	ASSERT_FINE(check_lab(self->fd));
}

/* Frames that were short when swap came. */
TEST_F(kswapd, begins_with_swap)
{
	int sig, i;

	touch_pages(self->p, LEN / page_size(), 1, &sig);
	EXPECT_EQ(SIGBUS, sig);
	ASSERT_EQ(0, swap_on(self->fd, 0, &self->type));
	for (i = 0; i < patient(TRIES) && !lab_vmstat("pgsteal_kswapd"); i++)
		usleep(20000);
	EXPECT_LT(0, lab_vmstat("pgsteal_kswapd"));
	EXPECT_EQ(0, lab_vmstat("pgsteal_direct"));
}

/* All pages of the arena have no place to go: it looks at them, and sleeps. */
TEST_F(kswapd, gives_up)
{
	int sig;

	ASSERT_EQ(0, swap_on(self->fd, 16, &self->type));
	touch_pages(self->p, LEN / page_size(), 1, &sig);
	EXPECT_EQ(SIGBUS, sig);
	EXPECT_TRUE(settles("pgscan_kswapd"));
	ASSERT_FINE(check_lab(self->fd));
}

TEST_HARNESS_MAIN
