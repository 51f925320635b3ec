// SPDX-License-Identifier: GPL-2.0
/*
 * Loading and unloading: parameters, refusals that leave no traces, users that keep the
 * module loaded. Leaves the module loaded with default parameters.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <time.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "objects.h"
#include "procfile.h"

#define MIB		(1UL << 20)
#define LVA		0x40000000UL

FIXTURE(load) {
	struct guard guard;
};

FIXTURE_SETUP(load)
{
	/* A lab that was used before keeps some frames, in caches for instance. */
	lab_unload();
	ASSERT_EQ(0, lab_load(""));
	GUARD_BEGIN(&self->guard);
}

FIXTURE_TEARDOWN(load)
{
	if (read_number(LAB_PARAMS "/mem") != 64) {
		lab_unload();
		EXPECT_EQ(0, lab_load(""));
	}
	GUARD_END(&self->guard);
}

/* Finds traces that a refused or removed module must not leave. */
static const char *find_traces(void)
{
	static const char * const places[] = {
		LAB_PROC, LAB_DEVICE, LAB_SYS,
		"/sys/class/misc/mmlab",
		"/sys/devices/virtual/misc/mmlab",
		"/sys/kernel/tracing/events/mmlab",
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(places); i++)
		if (!access(places[i], F_OK))
			return places[i];
	return NULL;
}

TEST_F(load, bad_parameters)
{
	static const char * const bad[] = {
		"mem=0", "mem=3", "mem=897", "mem=-1", "mem=1099511627776",
		"mem=18446744073709551615", "mem=18446744073709551680", /* 2^64 + 64 */
		"mem=abc", "mem=64M", "mem=0x", "mem=", "mem", "mem=64,64",
		"pcp_batch=0", "pcp_batch=1025", "pcp_batch=-1", "pcp_high=8193",
		"pcp_high=abc", "pcp_high=4294967296", "magazine=-2", "magazine=241",
		"magazine=abc", "magazine=4294967295", "seed=-1", "seed=4294967296",
		"seed=", "fault_around=0", "fault_around=3", "fault_around=1024",
		"zero_page=2", "zero_page=",
		"fail_frame=1", "fail_frame=1,100,0,2147483648",
		"fail_slab=99999999999,1,1,1", "debug=Q", "debug=ZPFUX",
		"fail_swap_read=1", "fail_swap_write=1,101,0,1", "swap_delay_us=-1",
		"swap_delay_us=1000001",
	};
	int kmsg = log_open();
	size_t i;

	ASSERT_EQ(0, lab_unload());
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		const char *trace;
		char name[32];
		int err;

		log_says(kmsg, "", "");
		err = lab_load(bad[i]);
		EXPECT_EQ(-EINVAL, err)
			TH_LOG("%s", bad[i]);
		if (!err)
			lab_unload();
		/* one sentence or more has its name in it */
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(bad[i], "="), bad[i]);
		EXPECT_LT(0, log_says(kmsg, ";mmlab: ", name))
			TH_LOG("%s: not a word", bad[i]);
		trace = find_traces();
		EXPECT_TRUE(!trace)
			TH_LOG("%s left %s", bad[i], trace);
	}
	close(kmsg);
}

/* A good parameter, and no lab all the same: the log says which one is to blame. */
TEST_F(load, allocations_that_are_to_fail)
{
	int kmsg = log_open();

	ASSERT_EQ(0, lab_unload());
	EXPECT_EQ(-ENOMEM, lab_load("fail_frame=1,100,0,-1"));
	EXPECT_EQ(1, log_says(kmsg, ";mmlab: not loaded, error -12",
			      "a fail_ parameter lets allocations fail"));
	EXPECT_TRUE(!find_traces());
	close(kmsg);
}

/* Numbers that no parameter takes. */
static const char * const bad_numbers[] = {
	"\n", "x", "1x", "1 2", " 1", "0x", "0x1g", "0x0x1", "--1", "1.5", "1,",
	"1e1", "2147483648", "4294967297", "99999999999", "-4294967295",
	"-9223372036854775809", "18446744073709551616", "18446744073709551617",
};

/* Each that can be written to, whatever it is called: refused, unchanged, said. */
TEST_F(load, numbers_at_run_time)
{
	DIR *dir = opendir(LAB_PARAMS);
	int kmsg = log_open(), nr = 0;
	struct dirent *entry;
	size_t i;

	ASSERT_NE(NULL, dir);
	while ((entry = readdir(dir))) {
		const char *name = entry->d_name;
		char path[512], before[64], after[64], said[300];
		struct stat st;
		bool small;

		snprintf(path, sizeof(path), LAB_PARAMS "/%s", name);
		/* fail_*: four numbers each, see failpoint_test */
		if (stat(path, &st) || !S_ISREG(st.st_mode) ||
		    !(st.st_mode & 0200) || !strncmp(name, "fail_", 5))
			continue;
		ASSERT_LT(0, read_whole(path, before, sizeof(before)));
		nr++;
		snprintf(said, sizeof(said), ";mmlab: %s=", name);
		log_says(kmsg, "", "");
		for (i = 0; i < ARRAY_LEN(bad_numbers); i++) {
			EXPECT_EQ(-EINVAL, write_text(path, bad_numbers[i]))
				TH_LOG("%s=%s", name, bad_numbers[i]);
			EXPECT_EQ(1, log_says(kmsg, said, ": a number from "))
				TH_LOG("%s=%s", name, bad_numbers[i]);
		}
		ASSERT_LT(0, read_whole(path, after, sizeof(after)));
		EXPECT_STREQ(before, after);
		/* zeros in front make it no octal number; zero_page is 0 or 1 */
		small = !strcmp(name, "zero_page");
		EXPECT_EQ(0, write_text(path, small ? "0001\n" : "0016\n"));
		EXPECT_EQ(small ? 1 : 16, read_number(path));
		EXPECT_EQ(0, write_text(path, small ? "0x0" : "0x20"));
		EXPECT_EQ(small ? 0 : 32, read_number(path));
		EXPECT_EQ(0, write_text(path, before));
	}
	EXPECT_LE(4, nr);
	closedir(dir);
	close(kmsg);
}

/* The same at insmod: a zero in front makes no octal number of them. */
TEST_F(load, numbers_at_insmod)
{
	static const struct {
		const char *given, *name;
		long value;
	} good[] = {
		{ "mem=064", "mem", 64 }, { "mem=0x10", "mem", 16 },
		{ "mem=008", "mem", 8 }, { "pcp_batch=010", "pcp_batch", 10 },
		{ "pcp_high=0010", "pcp_high", 10 }, { "seed=010", "seed", 10 },
		{ "magazine=010", "magazine", 10 },
	};
	char path[128];
	size_t i;

	for (i = 0; i < ARRAY_LEN(good); i++) {
		ASSERT_EQ(0, lab_unload());
		ASSERT_EQ(0, lab_load(good[i].given));
		snprintf(path, sizeof(path), LAB_PARAMS "/%s", good[i].name);
		EXPECT_EQ(good[i].value, read_number(path))
			TH_LOG("%s", good[i].given);
	}
	ASSERT_EQ(0, lab_unload());
	ASSERT_EQ(0, lab_load(""));
}

TEST_F(load, unknown_parameter)
{
	/* as with every module: the kernel's log names it, and goes on */
	ASSERT_EQ(0, lab_unload());
	EXPECT_EQ(0, lab_load("no_such_thing=1"));
}

TEST_F(load, truncated_file)
{
	const char *file = lab_module_file();
	char *copy = strdup("/tmp/mmlab-truncated.XXXXXX");
	struct stat st;
	ssize_t len;
	char *data;
	int fd;

	ASSERT_NE(NULL, file);
	ASSERT_EQ(0, lab_unload());
	mkdir("/tmp", 0755);
	fd = mkstemp(copy);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, stat(file, &st));
	data = malloc(st.st_size);
	len = read_whole(file, data, st.st_size);
	ASSERT_LT(0, len);
	ASSERT_EQ(len / 2, write(fd, data, len / 2));
	close(fd);
	EXPECT_EQ(-ENOEXEC, lab_load_file(copy, ""));
	ASSERT_EQ(0, truncate(copy, 10));
	EXPECT_EQ(-ENOEXEC, lab_load_file(copy, ""));
	EXPECT_TRUE(!find_traces());
	unlink(copy);
	free(data);
	free(copy);
}

TEST_F(load, twice)
{
	struct mmlab_info before, after;
	int fd = lab_open(O_RDWR);

	ASSERT_EQ(0, lab_info(fd, &before));
	EXPECT_EQ(-EEXIST, lab_load(""));
	EXPECT_EQ(-EEXIST, lab_load("mem=128"));
	ASSERT_EQ(0, lab_info(fd, &after));
	EXPECT_EQ(0, memcmp(&before, &after, sizeof(after)));
	close(fd);
}

/* More than the host has: refused, and no process is killed for it. */
TEST_F(load, more_than_the_host_has)
{
	if (host_meminfo("MemTotal") > 880 * 1024)
		SKIP(return, "the host has more than 880 MiB");
	ASSERT_EQ(0, lab_unload());
	EXPECT_EQ(-ENOMEM, lab_load("mem=896"));
	EXPECT_TRUE(!find_traces());
}

TEST_F_TIMEOUT(load, sizes, 120)
{
	static const long sizes[] = { 4, 5, 16, 63, 64, 65, 200 };
	struct mmlab_info info;
	char params[32];
	size_t i;

	for (i = 0; i < ARRAY_LEN(sizes); i++) {
		long dma = sizes[i] < 64 ? sizes[i] * 256 / 4 : 4096;
		int fd;

		ASSERT_EQ(0, lab_unload());
		snprintf(params, sizeof(params), "mem=%ld", sizes[i]);
		ASSERT_EQ(0, lab_load(params));
		fd = lab_open(O_RDWR);
		ASSERT_EQ(0, lab_info(fd, &info));
		EXPECT_EQ(sizes[i] * MIB / page_size(), info.nr_frames);
		EXPECT_EQ(dma * 4096 / page_size(), info.zone_end[0]);
		close(fd);
		ASSERT_FINE(check_now());
	}
}

/* The order of a random cache's objects in its first slab. */
static const char *random_order(const char *params, uint32_t *order, size_t nr)
{
	struct mmlab_cache_stat s;
	uint32_t lvas[64];
	size_t i;
	long id;
	int fd;

	if (lab_unload() || lab_load(params))
		return "can't be loaded anew";
	fd = lab_open(O_RDWR);
	id = cache_create(fd, "random", 64, MMLAB_CACHE_RANDOM);
	if (object_alloc_many(fd, id, lvas, nr) != nr || cache_stat(fd, id, &s))
		return "no objects";
	for (i = 0; i < nr; i++)
		order[i] = lvas[i] % (page_size() << s.order);
	close(fd);
	return NULL;
}

TEST_F(load, random_order_follows_the_seed)
{
	uint32_t order[5][60];
	size_t nr = 60, size = sizeof(order[0]), i, up = 0;

	/* each CPU has objects of its own at hand */
	ASSERT_TRUE(run_on(0));
	ASSERT_FINE(random_order("seed=7", order[0], nr));
	ASSERT_FINE(random_order("seed=7", order[1], nr));
	ASSERT_FINE(random_order("seed=8", order[2], nr));
	ASSERT_FINE(random_order("", order[3], nr));
	ASSERT_FINE(random_order("", order[4], nr));
	EXPECT_EQ(0, memcmp(order[0], order[1], size));
	EXPECT_NE(0, memcmp(order[0], order[2], size));
	EXPECT_NE(0, memcmp(order[3], order[4], size));
	for (i = 1; i < nr; i++)
		up += order[0][i] > order[0][i - 1];
	EXPECT_LT(10, up);
	EXPECT_GT(50, up);
}

/* All caches debug, the lab's own as well, and nothing else changes. */
TEST_F(load, debugging_everywhere)
{
	static struct slabinfo slabs;
	struct mmlab_cache_stat s;
	struct mmlab_object o;
	int fd, i;

	ASSERT_EQ(0, lab_unload());
	ASSERT_EQ(0, lab_load("debug=ZPFU"));
	fd = lab_open(O_RDWR);
	ASSERT_LE(0, fd);
	for (i = 8; i <= (int)MAX_OBJECT; i *= 2) {
		ASSERT_EQ(0, object_alloc(fd, KMALLOC, i, &o));
		EXPECT_EQ(0, o.lva % (i < (int)page_size() ? i : (int)page_size()))
			TH_LOG("kmalloc-%d at 0x%08x", i, o.lva);
	}
	ASSERT_EQ(0, cache_stat_named(fd, "mm_struct", &s));
	EXPECT_EQ(MMLAB_CACHE_INTERNAL | DEBUG_FLAGS, s.flags);
	for (i = 0; i < 500; i++) {
		ASSERT_EQ(0, object_alloc(fd, KMALLOC, 1 + i * 37, &o));
		if (i % 2)
			ASSERT_EQ(0, object_free(fd, KMALLOC, o.lva));
	}
	ASSERT_FINE(read_slabinfo(&slabs));
	ASSERT_FINE(check_now());
	close(fd);
	ASSERT_FINE(check_now());
	EXPECT_EQ(0, lab_vmstat("lab_reports"));
	EXPECT_EQ(0, lab_unload());
	EXPECT_EQ(0, lab_load(""));
}

TEST_F(load, time_and_metadata)
{
	struct timespec begin, end;
	struct census census;
	long metadata;
	double best = 1e9;	/* CPU time, whatever else the machine does */
	int round;

	for (round = 0; round < 3; round++) {
		double seconds;

		ASSERT_EQ(0, lab_unload());
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
		ASSERT_EQ(0, lab_load(""));
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
		seconds = end.tv_sec - begin.tv_sec +
			  (end.tv_nsec - begin.tv_nsec) / 1e9;
		if (seconds < best)
			best = seconds;
	}
	TH_LOG("64 MiB loaded in %.3f s of CPU time", best);
	EXPECT_GT(patient(1), best);

	ASSERT_FINE(read_census(&census));
	metadata = lab_vmstat("lab_metadata_bytes");
	TH_LOG("%ld bytes of metadata for %ld frames", metadata,
	       census_sum(&census));
	EXPECT_LT(0, metadata);
	EXPECT_GE(32 * census_sum(&census), metadata);
}

/* Free memory of the host, with the pages that its CPUs have at hand. */
static long host_free_kb(void)
{
	static char text[65536];
	long pages = 0;
	const char *at;

	if (read_whole("/proc/zoneinfo", text, sizeof(text)) < 0)
		return -1;
	for (at = text; (at = strstr(at, " count: ")); at++)
		pages += strtol(at + strlen(" count: "), NULL, 10);
	return host_meminfo("MemFree") + pages * (long)page_size() / 1024;
}

/*
 * Memory that the host has lost since it had @before, in kB: the least of some readings,
 * as it frees the memory that it needed to load a module after a while.
 */
static long taken_kb(long before)
{
	long least = LONG_MAX;
	int i;

	for (i = 0; i < 20; i++) {
		long used = before - host_free_kb();

		if (used < least)
			least = used;
		usleep(100000);
	}
	return least;
}

/* The module's own numbers about its size agree with the host's. */
TEST_F_TIMEOUT(load, taken_from_the_host, 300)
{
	/* page tables and the array of pages of vmap(): 16 bytes a page */
	long limit = 200 * 1024 + 200 * 256 * (32 + 16) / 1024;
	long least = LONG_MAX;
	int round;

	if (!access("/sys/kernel/debug/kmemleak", F_OK))
		SKIP(return, "a debug kernel takes shadow memory for each page");
	for (round = 0; round < 4; round++) {
		long before, used;

		ASSERT_EQ(0, lab_unload());
		before = host_free_kb();
		ASSERT_EQ(0, lab_load("mem=200"));
		used = taken_kb(before);
		if (used < least)
			least = used;
	}
	/* code and, on riscv64, two megabytes of symbols */
	limit += read_number("/sys/module/mmlab/coresize") / 1024;
	TH_LOG("mem=200 takes %ld kB of the host, at most %ld of them ours", least,
	       limit);
	/* and memory that the host itself takes meanwhile */
	EXPECT_GT(limit + 768, least);
}

TEST_F(load, descriptor_keeps_it)
{
	int fd = lab_open(O_RDONLY);

	ASSERT_LE(0, fd);
	EXPECT_EQ(-EWOULDBLOCK, lab_unload());
	ASSERT_TRUE(lab_is_loaded());
	close(fd);
	EXPECT_EQ(0, lab_unload());
	EXPECT_TRUE(!find_traces());
}

TEST_F(load, window_keeps_it)
{
	int fd = lab_open(O_RDWR);
	unsigned char *p;

	ASSERT_LE(0, fd);
	p = lab_map(fd, LVA, page_size(), PROT_READ | PROT_WRITE);
	ASSERT_NE(NULL, p);
	close(fd);
	EXPECT_EQ(-EWOULDBLOCK, lab_unload());
	*p = 1;
	EXPECT_EQ(1, *p);
	munmap(p, page_size());
	EXPECT_EQ(0, lab_unload());
}

/* An open proc file does not keep it, and has nothing to say afterwards. */
TEST_F(load, proc_file_outlives_it)
{
	static const char * const names[] = { "vmstat", "check", "kpageflags" };
	int fds[ARRAY_LEN(names)];
	char path[64], text[64];
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++) {
		snprintf(path, sizeof(path), LAB_PROC "/%s", names[i]);
		fds[i] = open(path, O_RDONLY);
		ASSERT_LE(0, fds[i]);
		ASSERT_LT(0, read(fds[i], text, 8));
	}
	EXPECT_EQ(0, lab_unload());
	EXPECT_TRUE(!find_traces());
	for (i = 0; i < ARRAY_LEN(names); i++) {
		EXPECT_EQ(-1, pread(fds[i], text, 8, 0));
		close(fds[i]);
	}
	EXPECT_EQ(0, lab_load(""));
}

/* A page in a pipe is the host's own affair: it survives the lab. */
TEST_F(load, pinned_page_outlives_it)
{
	int pipes[2], fd = lab_open(O_RDWR);
	struct iovec v;
	char *p, seen[8] = "";

	ASSERT_EQ(0, pipe(pipes));
	p = (char *)lab_map(fd, LVA, page_size(), PROT_READ | PROT_WRITE);
	ASSERT_NE(NULL, p);
	strcpy(p, "pinned");
	v = (struct iovec){ p, 8 };
	ASSERT_EQ(8, vmsplice(pipes[1], &v, 1, 0));
	munmap(p, page_size());
	close(fd);
	EXPECT_EQ(1, lab_vmstat("nr_quarantine"));
	EXPECT_EQ(0, lab_unload());
	EXPECT_EQ(0, lab_load(""));
	EXPECT_EQ(8, read(pipes[0], seen, 8));
	EXPECT_STREQ("pinned", seen);
	close(pipes[0]);
	close(pipes[1]);
}

TEST_HARNESS_MAIN
