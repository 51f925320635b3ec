// SPDX-License-Identifier: GPL-2.0
/*
 * What a CPU has for itself: the limits of its page lists, set at run time; its counters
 * and its frames when it goes offline.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "objects.h"

#define LVA		0x40000000UL
#define CPU1_ONLINE	"/sys/devices/system/cpu/cpu1/online"
#define PCP_HIGH	LAB_PARAMS "/pcp_high"
#define PCP_BATCH	LAB_PARAMS "/pcp_batch"

FIXTURE(cpu) {
	struct guard guard;
	long pcp_high, pcp_batch;
};

FIXTURE_SETUP(cpu)
{
	GUARD_BEGIN(&self->guard);
	self->pcp_high = read_number(PCP_HIGH);
	self->pcp_batch = read_number(PCP_BATCH);
}

FIXTURE_TEARDOWN(cpu)
{
	write_number(PCP_HIGH, self->pcp_high);
	write_number(PCP_BATCH, self->pcp_batch);
	write_number(CPU1_ONLINE, 1);
	GUARD_END(&self->guard);
}

static void churn(int fd)
{
	struct mmlab_block blocks[64];
	size_t i;

	for (i = 0; i < ARRAY_LEN(blocks); i++)
		if (lab_alloc(fd, i % 4, MMLAB_ZONE_NORMAL, &blocks[i]))
			break;
	while (i--)
		lab_free(fd, &blocks[i]);
}

TEST_F(cpu, per_cpu_lists_at_run_time)
{
	static const long highs[] = { 0, 1, 7, 8192, 186 };
	static const long batches[] = { 1, 1024, 31 };
	int fd = lab_open(O_RDWR);
	size_t i, k;
	long nr;

	ASSERT_LE(0, fd);
	for (i = 0; i < ARRAY_LEN(highs); i++) {
		for (k = 0; k < ARRAY_LEN(batches); k++) {
			ASSERT_EQ(0, write_number(PCP_HIGH, highs[i]));
			ASSERT_EQ(0, write_number(PCP_BATCH, batches[k]));
			EXPECT_EQ(highs[i], read_number(PCP_HIGH));
			EXPECT_EQ(batches[k], read_number(PCP_BATCH));
			churn(fd);
			nr = lab_vmstat("nr_pcp_pages");
			EXPECT_TRUE(highs[i] ? highs[i] == 1 || nr > 0 : nr == 0)
				TH_LOG("pcp_high %ld: %ld frames", highs[i], nr);
			ASSERT_FINE(check_now());
		}
	}
	EXPECT_EQ(-EINVAL, write_number(PCP_HIGH, 8193));
	EXPECT_EQ(-EINVAL, write_number(PCP_HIGH, -1));
	EXPECT_EQ(186, read_number(PCP_HIGH));
	EXPECT_EQ(-EINVAL, write_number(PCP_BATCH, 0));
	EXPECT_EQ(-EINVAL, write_number(PCP_BATCH, 1025));
	EXPECT_EQ(31, read_number(PCP_BATCH));
	EXPECT_GT(0, write_number(LAB_PARAMS "/mem", 65));
	EXPECT_EQ(64, read_number(LAB_PARAMS "/mem"));
	close(fd);
}

/*
 * After more frees on a CPU than its lists can hold, they are close to the limit in
 * zoneinfo, and never above it.
 */
TEST_F(cpu, limits_of_the_lists)
{
	static struct mmlab_block blocks[5][192];
	int fd = lab_open(O_RDWR);
	unsigned int order, normal;
	struct zoneinfo z;
	char text[16384];
	size_t i;

	ASSERT_LE(0, fd);
	ASSERT_TRUE(run_on(0));
	for (order = 0; order < ARRAY_LEN(blocks); order++)
		for (i = 0; i < ARRAY_LEN(blocks[0]) >> order; i++)
			ASSERT_EQ(0, lab_alloc(fd, order, MMLAB_ZONE_NORMAL,
					       &blocks[order][i]));
	for (order = 0; order < ARRAY_LEN(blocks); order++)
		for (i = 0; i < ARRAY_LEN(blocks[0]) >> order; i++)
			ASSERT_EQ(0, lab_free(fd, &blocks[order][i]));
	ASSERT_LT(0, read_whole("zoneinfo", text, sizeof(text)));
	ASSERT_FINE(parse_zoneinfo(text, &z));
	normal = z.nr_zones - 1;
	TH_LOG("%ld frames on the lists of CPU 0, at most %ld", z.zone[normal].count[0],
	       z.zone[normal].pcp_high[0]);
	EXPECT_GE(z.zone[normal].pcp_high[0], z.zone[normal].count[0]);
	EXPECT_LT(z.zone[normal].pcp_high[0] / 3, z.zone[normal].count[0]);
	close(fd);
}

static int churn_for_a_while(void *arg)
{
	time_t until = time(NULL) + 3;
	int fd = lab_open(O_RDWR);

	CHILD_CHECK(fd >= 0);
	while (time(NULL) < until)
		churn(fd);
	return 0;
}

static int fill_cpu1(void *arg)
{
	int fd = lab_open(O_RDWR);

	CHILD_CHECK(fd >= 0 && run_on(1));
	churn(fd);
	return 0;
}

/* Events of vmstat only grow; a name that begins with nr_ or lab_ is a state. */
static const char *counters_fell(const char *before, const char *after)
{
	const char *error = NULL;
	char line[128];

	while (next_line(&before, line, sizeof(line), &error)) {
		char key[64], again[66];
		unsigned long was, is = 0;
		const char *at;

		if (sscanf(line, "%63s %lu", key, &was) != 2 ||
		    !strncmp(key, "nr_", 3) || !strncmp(key, "lab_", 4))
			continue;
		snprintf(again, sizeof(again), "\n%s ", key);
		at = strstr(after, again);
		if (at)
			is = strtoul(at + strlen(again), NULL, 10);
		if (is < was)
			return format_error("%s fell from %lu to %lu", key, was, is);
	}
	return error;
}

static int use_objects_on_cpu1(void *arg)
{
	int fd = lab_open(O_RDWR);
	struct mmlab_object o[64];
	size_t i;

	CHILD_CHECK(fd >= 0 && run_on(1));
	for (i = 0; i < ARRAY_LEN(o); i++)
		CHILD_CHECK(!object_alloc(fd, KMALLOC, 64, &o[i]));
	while (i--)
		CHILD_CHECK(!object_free(fd, KMALLOC, o[i].lva));
	return 0;
}

static int touch_on_cpu1(void *arg)
{
	int fd = lab_open(O_RDWR);
	unsigned char *p;
	int i;

	CHILD_CHECK(fd >= 0 && run_on(1));
	p = lab_map(fd, LVA, 64 * page_size(), PROT_READ | PROT_WRITE);
	CHILD_CHECK(p);
	for (i = 0; i < 64; i++)
		p[i * page_size()] = 1;
	return 0;
}

TEST_F(cpu, counters_survive_their_cpu)
{
	static char before[16384], after[16384];
	long faults = lab_vmstat("pgfault");

	if (access(CPU1_ONLINE, W_OK))
		SKIP(return, "there is no second CPU that can go offline");
	ASSERT_EQ(0, run_child(touch_on_cpu1, NULL));
	ASSERT_LE(faults + 64, lab_vmstat("pgfault"));
	ASSERT_LT(0, read_whole("vmstat", before, sizeof(before)));
	ASSERT_EQ(0, write_number(CPU1_ONLINE, 0));
	ASSERT_LT(0, read_whole("vmstat", after, sizeof(after)));
	ASSERT_EQ(0, write_number(CPU1_ONLINE, 1));
	ASSERT_FINE(counters_fell(before, after));
	ASSERT_LT(0, read_whole("vmstat", before, sizeof(before)));
	ASSERT_FINE(counters_fell(after, before));
}

/* What a CPU has for itself is made for all that there may be, not only for those there. */
TEST_F(cpu, cpu_comes_after_the_load)
{
	if (access(CPU1_ONLINE, W_OK))
		SKIP(return, "there is no second CPU that can go offline");
	ASSERT_EQ(0, write_number(CPU1_ONLINE, 0));
	ASSERT_EQ(0, lab_unload());
	ASSERT_EQ(0, lab_load(""));
	ASSERT_EQ(0, write_number(CPU1_ONLINE, 1));
	EXPECT_EQ(0, run_child(fill_cpu1, NULL));
	EXPECT_EQ(0, run_child(touch_on_cpu1, NULL));
	EXPECT_EQ(0, run_child(use_objects_on_cpu1, NULL));
	EXPECT_FINE(check_now());
}

struct user {
	int fd;
	uint32_t id;
};

static int park_on_cpu1(void *arg)
{
	const struct user *u = arg;
	struct mmlab_object o;

	CHILD_CHECK(run_on(1));
	CHILD_CHECK(!object_alloc(u->fd, u->id, 0, &o));
	CHILD_CHECK(!object_free(u->fd, u->id, o.lva));
	return 0;
}

/* All caches are asked for what they have parked on the CPU, those with high numbers too. */
TEST_F_TIMEOUT(cpu, parked_objects_of_the_last_cache, 120)
{
	struct user last = {};
	struct mmlab_cache_stat s;
	unsigned int i = 0, k;
	char name[32];
	int fds[3];
	long id = 0;

	if (access(CPU1_ONLINE, W_OK))
		SKIP(return, "there is no second CPU that can go offline");
	for (k = 0; k < ARRAY_LEN(fds); k++) {
		fds[k] = lab_open(O_RDWR);
		ASSERT_LE(0, fds[k]);
		do {
			if (id > 0)
				last = (struct user){ fds[k], id };
			snprintf(name, sizeof(name), "many-%u", i++);
			id = cache_create(fds[k], name, 64, 0);
		} while (id > 0);
	}
	ASSERT_EQ(MAX_CACHES, last.id);
	ASSERT_EQ(0, run_child(park_on_cpu1, &last));
	ASSERT_EQ(0, cache_stat(last.fd, last.id, &s));
	EXPECT_LT(0, s.nr_parked);
	ASSERT_EQ(0, write_number(CPU1_ONLINE, 0));
	ASSERT_EQ(0, cache_stat(last.fd, last.id, &s));
	EXPECT_EQ(0, s.nr_parked);
	ASSERT_EQ(0, write_number(CPU1_ONLINE, 1));
	for (k = 0; k < ARRAY_LEN(fds); k++)
		close(fds[k]);
	ASSERT_FINE(check_now());
}

TEST_F(cpu, cpu_goes_offline)
{
	struct zoneinfo z;
	char text[16384];
	long total = 0;
	unsigned int i;
	pid_t pid;

	if (access(CPU1_ONLINE, W_OK))
		SKIP(return, "there is no second CPU that can go offline");
	/* the blocks on its lists come back */
	EXPECT_EQ(0, run_child(fill_cpu1, NULL));
	ASSERT_EQ(0, write_number(CPU1_ONLINE, 0));
	ASSERT_LT(0, read_whole("zoneinfo", text, sizeof(text)));
	ASSERT_FINE(parse_zoneinfo(text, &z));
	for (i = 0; i < z.nr_zones; i++) {
		ASSERT_EQ(sysconf(_SC_NPROCESSORS_ONLN), z.zone[i].nr_cpus);
		total += z.zone[i].count[0];
	}
	EXPECT_EQ(total, lab_vmstat("nr_pcp_pages"));
	ASSERT_FINE(check_now());
	ASSERT_EQ(0, write_number(CPU1_ONLINE, 1));

	/* and while everybody is at work */
	pid = fork();
	if (!pid)
		_exit(churn_for_a_while(NULL));
	while (!waitpid(pid, NULL, WNOHANG)) {
		ASSERT_EQ(0, write_number(CPU1_ONLINE, 0));
		ASSERT_FINE(check_now());
		ASSERT_EQ(0, write_number(CPU1_ONLINE, 1));
	}
	ASSERT_FINE(check_now());
}

TEST_HARNESS_MAIN
