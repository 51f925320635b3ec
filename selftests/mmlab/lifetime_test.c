// SPDX-License-Identifier: GPL-2.0
/*
 * Other ways into a window than a touch: /proc/PID/mem, ptrace, O_DIRECT, a core
 * dump; processes that come and die in numbers; windows to the host's limit; a
 * heap that shrinks under its window. No process reads the data of another one, and no
 * frame is lost.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "objects.h"
#include "touch.h"

#define LVA		0x40000000UL
#define RW		(PROT_READ | PROT_WRITE)
#define NR_PAGES	16
#define CORE_PATTERN	"/proc/sys/kernel/core_pattern"
#define MAX_MAPS	"/proc/sys/vm/max_map_count"
#define FEW_MAPS	400

FIXTURE(lifetime) {
	struct guard guard;
	int fd;
	size_t page, len;
	unsigned char *p;
};

FIXTURE_SETUP(lifetime)
{
	GUARD_BEGIN(&self->guard);
	self->page = page_size();
	self->len = NR_PAGES * self->page;
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	self->p = lab_map(self->fd, LVA, self->len, RW);
	ASSERT_NE(NULL, self->p);
}

FIXTURE_TEARDOWN(lifetime)
{
	munmap(self->p, self->len);
	close(self->fd);
	GUARD_END(&self->guard);
}

TEST_F(lifetime, proc_mem)
{
	off_t at = (uintptr_t)self->p + self->page - 4;
	int mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	char seen[8] = "";

	ASSERT_LE(0, mem);
	memcpy(self->p + self->page - 4, "border!", 8);
	EXPECT_EQ(8, pread(mem, seen, 8, at));
	EXPECT_STREQ("border!", seen);
	EXPECT_EQ(8, pwrite(mem, "by mem.", 8, at));
	EXPECT_STREQ("by mem.", (char *)self->p + self->page - 4);
	EXPECT_LE(2, lab_munmap(self->fd, LVA, self->len));
	EXPECT_EQ(-1, pread(mem, seen, 8, at));
	EXPECT_EQ(EIO, errno);
	EXPECT_EQ(-1, pwrite(mem, seen, 8, at));
	EXPECT_EQ(EIO, errno);
	close(mem);
}

TEST_F(lifetime, ptrace)
{
	long word = 0x1122334455667788L;
	int status;
	pid_t pid;

	memcpy(self->p, &word, sizeof(word));
	pid = fork();
	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		_exit(0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_TRUE(WIFSTOPPED(status));
	EXPECT_EQ(word, ptrace(PTRACE_PEEKDATA, pid, self->p, NULL));
	EXPECT_EQ(0, ptrace(PTRACE_POKEDATA, pid, self->p + 8, word + 1));
	EXPECT_EQ(0x89, self->p[8]);
	EXPECT_LE(1, lab_munmap(self->fd, LVA, self->page));
	errno = 0;
	EXPECT_EQ(-1, ptrace(PTRACE_PEEKDATA, pid, self->p, NULL));
	EXPECT_EQ(EIO, errno);
	EXPECT_EQ(-1, ptrace(PTRACE_POKEDATA, pid, self->p, word));
	EXPECT_EQ(0, ptrace(PTRACE_CONT, pid, NULL, NULL));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

/* Not in the program's own text: the dump would have it from there. */
static void decode(unsigned char *to, const char *from)
{
	while (*from)
		*to++ = *from++ ^ 1;
}

#define IN_WINDOW	"ltnkh!xl!enhv"
#define IN_PROGRAM	"fqdbu!to!sihr"

unsigned char ordinary[64];

static void dump_core(unsigned char *p)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };

	setrlimit(RLIMIT_CORE, &limit);
	/* mappings of files as well, shared or not */
	write_text("/proc/self/coredump_filter", "0x7f");
	decode(p, IN_WINDOW);
	decode(ordinary, IN_PROGRAM);
	abort();
}

/* The memory of a lab process does not get into a core file. */
TEST_F(lifetime, core_dump)
{
	unsigned char secret[16] = "", public[16] = "";
	static char pattern[256];
	struct stat core;
	int status, fd;
	void *dump;
	pid_t pid;

	if (read_whole(CORE_PATTERN, pattern, sizeof(pattern)) < 0)
		SKIP(return, "this kernel dumps no cores");
	mkdir("/tmp", 0755);
	ASSERT_EQ(0, write_text(CORE_PATTERN, "/tmp/mmlab-core"));
	pid = fork();
	if (!pid)
		dump_core(self->p);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	write_text(CORE_PATTERN, pattern);
	EXPECT_TRUE(WIFSIGNALED(status) && WCOREDUMP(status));
	fd = open("/tmp/mmlab-core", O_RDONLY | O_CLOEXEC);
	unlink("/tmp/mmlab-core");
	ASSERT_EQ(0, fstat(fd, &core));
	dump = mmap(NULL, core.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	ASSERT_NE(MAP_FAILED, dump);
	decode(secret, IN_WINDOW);
	decode(public, IN_PROGRAM);
	EXPECT_TRUE(!memcmp(self->p, secret, strlen(IN_WINDOW)));
	EXPECT_NE(NULL, memmem(dump, core.st_size, public, strlen(IN_PROGRAM)));
	EXPECT_EQ(NULL, memmem(dump, core.st_size, secret, strlen(IN_WINDOW)));
	munmap(dump, core.st_size);
}

/* Checks that fresh pages are zero, and sets *@dirty if not, until it is killed. */
static void live(volatile unsigned char *shared, volatile int *dirty)
{
	size_t page = page_size(), i;

	if (!fork()) {
		execl("/bin/busybox", "true", NULL);
		execl("/bin/true", "true", NULL);
		_exit(0);
	}
	for (;;) {
		int fd = lab_open(O_RDWR);
		volatile unsigned char *p = lab_map(fd, LVA, NR_PAGES * page, RW);

		close(fd);
		if (!p)
			continue;
		for (i = 0; i < NR_PAGES; i++) {
			if (p[i * page] || p[(i + 1) * page - 1])
				*dirty = 1;
			p[i * page] = 0xee;
			p[(i + 1) * page - 1] = 0xee;
			shared[i * page] = 0xdd;
		}
		munmap((void *)p, NR_PAGES * page);
	}
}

TEST_F_TIMEOUT(lifetime, storm, 120)
{
	int *dirty = mmap(NULL, self->page, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int round, i;

	ASSERT_NE(MAP_FAILED, dirty);
	ASSERT_EQ(0, prctl(PR_SET_CHILD_SUBREAPER, 1));
	for (round = 0; round < 12; round++) {
		pid_t pids[4];

		for (i = 0; i < 4; i++) {
			pids[i] = fork();
			if (!pids[i])
				live(self->p, dirty);
		}
		usleep(5000 + 7919 * round);
		for (i = 0; i < 4; i++) {
			kill(pids[i], SIGKILL);
			EXPECT_EQ(pids[i], waitpid(pids[i], NULL, 0));
		}
	}
	/* children of the killed ones, which may hold this test's lab process, too */
	while (waitpid(-1, NULL, 0) > 0)
		;
	EXPECT_EQ(ECHILD, errno);
	EXPECT_EQ(1, lab_vmstat("lab_processes"));
	EXPECT_EQ(0, *dirty);
	munmap(dirty, self->page);
}

TEST_F(lifetime, as_many_windows_as_the_host_permits)
{
	long limit = read_number(MAX_MAPS);
	unsigned char *windows[FEW_MAPS];
	int n = 0, i;

	ASSERT_EQ(0, write_number(MAX_MAPS, FEW_MAPS));
	for (n = 0; n < FEW_MAPS; n++) {
		/* with a hole between each two, or the host merges them */
		windows[n] = lab_map(self->fd, 2 * LVA + 2 * n * self->page,
				     self->page, n % 2 ? RW : PROT_READ);
		if (!windows[n])
			break;
		if (n % 2)
			windows[n][0] = n;
	}
	EXPECT_EQ(ENOMEM, errno);
	EXPECT_LT(FEW_MAPS / 2, n);
	EXPECT_EQ(n + 1, lab_vmstat("lab_windows"));
	/* a window can't be cut in two any more, and stays as it is */
	EXPECT_EQ(-1, munmap(self->p + self->page, self->page));
	EXPECT_EQ(ENOMEM, errno);
	EXPECT_EQ(0, touch_write(self->p + self->page, 1));
	for (i = 0; i < n; i++)
		munmap(windows[i], self->page);
	write_number(MAX_MAPS, limit);
	EXPECT_EQ(1, lab_vmstat("lab_windows"));
}

TEST_F(lifetime, a_heap_shrinks_under_its_window)
{
	struct mmlab_exec exec = {
		.name = "shrinks", .start_brk = LVA, .stack_top = 0xb0000000,
		.stack_size = self->page, .stack_prot = RW,
	};
	struct mmlab_brk brk = { .brk = LVA + 4 * self->page };
	unsigned char *p, value = 1;

	ASSERT_EQ(0, lab_ioctl(self->fd, MMLAB_EXEC, &exec));
	ASSERT_EQ(0, lab_ioctl(self->fd, MMLAB_BRK, &brk));
	p = lab_map(self->fd, LVA, 4 * self->page, RW);
	ASSERT_NE(NULL, p);
	memset(p, 0x77, 4 * self->page);
	brk.brk = LVA + self->page;
	ASSERT_EQ(0, lab_ioctl(self->fd, MMLAB_BRK, &brk));
	EXPECT_EQ(0x77, p[0]);
	EXPECT_EQ(SIGBUS, touch_read(p + self->page, &value));
	EXPECT_EQ(SIGBUS, touch_write(p + 3 * self->page, 1));
	/* pages that come back are new */
	brk.brk = LVA + 4 * self->page;
	ASSERT_EQ(0, lab_ioctl(self->fd, MMLAB_BRK, &brk));
	EXPECT_EQ(0, touch_read(p + self->page, &value));
	EXPECT_EQ(0, value);
	munmap(p, 4 * self->page);
}

/* Whatever a cache is for, its objects show nothing of the frames' last owner. */
TEST_F(lifetime, objects_of_caches_that_debug)
{
	static const uint32_t flags[] = {
		MMLAB_CACHE_RED_ZONE, MMLAB_CACHE_POISON, MMLAB_CACHE_CONSISTENCY,
		MMLAB_CACHE_STORE_USER, DEBUG_FLAGS, MMLAB_CACHE_RANDOM,
	};
	static const char * const names[] = { "z", "p", "f", "u", "zpfu", "random" };
	unsigned char *seen = malloc(100);
	size_t i, k;

	memset(self->p, 0xee, self->len);
	for (i = 0; i < ARRAY_LEN(flags); i++) {
		int fd = lab_open(O_RDWR), round;
		long id = cache_create(fd, names[i], 100, flags[i]);

		ASSERT_LT(0, id);
		for (round = 0; round < 40; round++) {
			struct mmlab_object o;

			/* so that the next slab gets frames that were in use */
			EXPECT_LE(1, lab_munmap(self->fd, LVA, self->len));
			ASSERT_EQ(0, object_alloc(fd, id, 0, &o));
			ASSERT_EQ(100, pread(fd, seen, 100, o.lva));
			for (k = 0; k < 100 && seen[k] != 0xee; k++)
				;
			EXPECT_EQ(100, k)
				TH_LOG("cache %s, byte %zu", names[i], k);
			munmap(self->p, self->len);
			self->p = lab_map(self->fd, LVA, self->len, RW);
			ASSERT_NE(NULL, self->p);
			memset(self->p, 0xee, self->len);
		}
		close(fd);
	}
	free(seen);
}

struct writer {
	int file;
	const void *p;
	size_t len;
	ssize_t n;
};

static void *write_file(void *arg)
{
	struct writer *w = arg;

	w->n = pwrite(w->file, w->p, w->len, 0);
	return NULL;
}

/* Takes the frames that were freed last and fills them. */
static void take_frames(size_t nr)
{
	int fd = lab_open(O_RDWR);
	size_t len = nr * page_size();
	unsigned char *p = lab_map(fd, LVA, len, RW);

	if (p) {
		memset(p, 0xee, len);
		munmap(p, len);
	}
	close(fd);
}

/* The file gets the data from before the free, and none of the next owner's. */
TEST_F_TIMEOUT(lifetime, freed_while_direct_io_reads_it, 120)
{
	const char *dir = getenv("MMLAB_DIRECT_DIR") ?: ".";
	unsigned int round, seed = 1, whole = 0;
	struct writer w = { .len = self->len };
	unsigned char *seen;
	char path[256];
	ssize_t i;

	snprintf(path, sizeof(path), "%s/mmlab-freed.%d", dir, getpid());
	w.file = open(path, O_RDWR | O_CREAT | O_EXCL | O_DIRECT | O_CLOEXEC, 0600);
	unlink(path);
	if (w.file < 0)
		SKIP(return, "no file system with O_DIRECT at %s (set MMLAB_DIRECT_DIR)",
		     dir);
	ASSERT_EQ(0, posix_memalign((void **)&seen, self->page, self->len));
	for (round = 0; round < 40; round++) {
		pthread_t thread;

		munmap(self->p, self->len);
		self->p = lab_map(self->fd, LVA, self->len, RW);
		ASSERT_NE(NULL, self->p);
		memset(self->p, 0x44, self->len);
		w.p = self->p;
		ASSERT_EQ(0, pthread_create(&thread, NULL, write_file, &w));
		usleep(rand_r(&seed) % 400);
		EXPECT_LE(NR_PAGES, lab_munmap(self->fd, LVA, self->len));
		take_frames(2 * NR_PAGES);
		pthread_join(thread, NULL);
		whole += w.n == w.len;
		ASSERT_EQ(w.n > 0 ? w.n : 0, pread(w.file, seen, w.n > 0 ? w.n : 0, 0));
		for (i = 0; i < w.n; i++)
			ASSERT_EQ(0x44, seen[i]);
	}
	TH_LOG("%u of %u writes were whole", whole, round);
	free(seen);
	close(w.file);
}

TEST_HARNESS_MAIN
