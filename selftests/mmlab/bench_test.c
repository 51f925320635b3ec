// SPDX-License-Identifier: GPL-2.0
/*
 * mmlab_bench.ko: measurements, refusals, and that it frees all memory, also when memory
 * is short or a signal interrupts it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "guard.h"
#include "lab.h"

#define BENCH		"/proc/mmlab_bench"
#define HEADER		"iteration thread allocs get_ns put_ns get_cycles put_cycles\n"

FIXTURE(bench) {
	struct guard guard;
	int fd;
};

FIXTURE_SETUP(bench)
{
	int err;

	GUARD_BEGIN(&self->guard);
	err = lab_load_beside("mmlab_bench", "");
	if (err == -ENOENT)
		SKIP(return, "there is no mmlab_bench.ko beside mmlab.ko");
	ASSERT_EQ(0, err);
	self->fd = open(BENCH, O_RDWR);
	ASSERT_LE(0, self->fd);
}

/* No cache of a request may be left, and no thread, which would hold the module. */
FIXTURE_TEARDOWN(bench)
{
	static char text[65536];

	close(self->fd);
	EXPECT_LT(0, read_whole("/proc/mmlab/slabinfo", text, sizeof(text)));
	EXPECT_EQ(NULL, strstr(text, "mmlab_bench"));
	EXPECT_EQ(0, syscall(SYS_delete_module, "mmlab_bench", O_NONBLOCK));
	GUARD_END(&self->guard);
}

/* 0 or -errno; by a file of its own, so that each request stands for itself */
static int ask(const char *request)
{
	int fd = open(BENCH, O_RDWR), err;

	if (fd < 0)
		return -errno;
	err = write(fd, request, strlen(request)) < 0 ? -errno : 0;
	close(fd);
	return err;
}

TEST_F(bench, list_of_patterns)
{
	char text[4096] = "";

	EXPECT_LT(0, read(self->fd, text, sizeof(text) - 1));
	EXPECT_NE(NULL, strstr(text, "page-repeat"));
	EXPECT_NE(NULL, strstr(text, "kmalloc-repeat"));
	EXPECT_NE(NULL, strstr(text, "vmalloc-busy"));
}

/* Every thread's samples, of every repetition. */
TEST_F(bench, samples)
{
	static const char request[] =
		"pattern=page-repeat side=lab arg=3 threads=2 repetitions=3 count=500";
	unsigned int iteration, thread, allocs, nr = 0;
	char text[4096] = "", *line;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		SKIP(return, "it takes two CPUs");
	ASSERT_EQ(sizeof(request) - 1, write(self->fd, request, sizeof(request) - 1));
	ASSERT_LT(0, read(self->fd, text, sizeof(text) - 1));
	ASSERT_EQ(0, strncmp(text, HEADER, sizeof(HEADER) - 1));
	for (line = text + sizeof(HEADER) - 1; *line; line = strchr(line, '\n') + 1) {
		int got = sscanf(line, "%u %u %u", &iteration, &thread, &allocs);

		ASSERT_EQ(3, got);
		EXPECT_EQ(nr / 2, iteration);
		EXPECT_EQ(nr % 2, thread);
		EXPECT_EQ(500, allocs);
		nr++;
	}
	EXPECT_EQ(6, nr);
}

/* All patterns on both sides, with their smallest arguments. */
TEST_F_TIMEOUT(bench, all_patterns, 120)
{
	static const char * const sides[] = { "lab", "host" };
	char text[4096] = "", *line = text, name[32], request[128];
	unsigned int least, i;

	ASSERT_LT(0, read(self->fd, text, sizeof(text) - 1));
	for (; *line; line = strchr(line, '\n') + 1) {
		int got = sscanf(line, "%31s %*s %u", name, &least);

		ASSERT_EQ(2, got);
		for (i = 0; i < ARRAY_LEN(sides); i++) {
			snprintf(request, sizeof(request),
				 "pattern=%s side=%s arg=%u repetitions=1 count=100",
				 name, sides[i], least);
			EXPECT_EQ(0, ask(request))
				TH_LOG("%s", request);
		}
	}
}

#define GOOD	"pattern=page-repeat side=lab arg=0 count=100"

TEST_F(bench, bad_requests)
{
	static const char * const bad[] = {
		"", "pattern=page-repeat", "side=lab", "pattern=none side=lab",
		"pattern= side=lab", "pattern=page-repeat side=both",
		"pattern=page-repeat side=lab arg=11", GOOD " arg=-1",
		GOOD " arg=4294967296", GOOD " arg=x", GOOD " arg=",
		"pattern=cache-repeat side=lab arg=0",
		"pattern=cache-repeat side=lab arg=131073",
		"pattern=compute side=lab arg=0",
		"pattern=page-bulk side=host arg=1",
		GOOD " threads=0", GOOD " threads=100000", GOOD " threads=4294967295",
		GOOD " repetitions=0", GOOD " repetitions=1001",
		GOOD " count=0", GOOD " count=1000001",
		GOOD " more=1", GOOD " more", GOOD " =1",
	};
	static char large[300];
	size_t i;

	for (i = 0; i < ARRAY_LEN(bad); i++)
		EXPECT_EQ(-EINVAL, ask(bad[i]))
			TH_LOG("'%s'", bad[i]);
	memset(large, ' ', sizeof(large) - 1);
	EXPECT_EQ(-EINVAL, ask(large));
	EXPECT_EQ(-1, write(self->fd, NULL, 10));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(0, ask(GOOD));
}

/* A failed allocation gives ENOMEM, and all memory that came before is freed. */
TEST_F_TIMEOUT(bench, memory_is_short, 120)
{
	static const char * const large[] = {
		"pattern=page-ordered side=lab arg=10 count=1000",
		"pattern=page-random side=lab arg=10 count=1000",
		"pattern=page-ordered side=host arg=10 count=1000",
		"pattern=vmalloc-busy side=lab arg=50000 count=10",
	};
	long blocks = lab_vmstat("nr_blocks"), areas = lab_vmstat("nr_vmalloc");
	size_t i;

	for (i = 0; i < ARRAY_LEN(large); i++) {
		EXPECT_EQ(-ENOMEM, ask(large[i]))
			TH_LOG("%s", large[i]);
		EXPECT_EQ(blocks, lab_vmstat("nr_blocks"));
		EXPECT_EQ(areas, lab_vmstat("nr_vmalloc"));
		EXPECT_EQ(0, ask(GOOD));
	}
}

static void on_alarm(int sig)
{
	(void)sig;
}

TEST_F_TIMEOUT(bench, interrupted, 120)
{
	static const char request[] =
		"pattern=vmalloc-repeat side=lab arg=1048576 repetitions=1000 count=1000000";
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval soon = { .it_value = { .tv_usec = 300000 } };

	sigaction(SIGALRM, &action, NULL);
	ASSERT_EQ(0, setitimer(ITIMER_REAL, &soon, NULL));
	EXPECT_EQ(-EINTR, ask(request));
	signal(SIGALRM, SIG_DFL);
	EXPECT_EQ(0, ask(GOOD));
}

TEST_HARNESS_MAIN
