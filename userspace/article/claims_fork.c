// SPDX-License-Identifier: GPL-2.0
/* The claims about fork(): asked of this process and its child, and of the lab. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "claims.h"
#include "lab/window.h"
#include "libmmlab.h"

#define NR_PAGES	16
#define LVA		0x10000000U
#define PM_PRESENT	(1ULL << 63)
#define PM_EXCLUSIVE	(1ULL << 56)

/* Pages of a range that are there, and that another process maps as well; -1: not known */
static int count_shared(const char *pagemap, uint64_t first)
{
	uint64_t words[NR_PAGES];
	int i, nr = 0, file = open(pagemap, O_RDONLY | O_CLOEXEC);

	if (file < 0)
		return -1;
	if (pread(file, words, sizeof(words), (off_t)(first * sizeof(words[0]))) != sizeof(words))
		nr = -1;
	close(file);
	for (i = 0; nr >= 0 && i < NR_PAGES; i++)
		nr += words[i] & PM_PRESENT && !(words[i] & PM_EXCLUSIVE);
	return nr;
}

struct counts {
	int shared;		/* after the fork */
	int after;		/* after a store to each second page */
};

static void decide(struct claim_answer *answer, const struct counts *counts)
{
	if (counts->shared < 0 || counts->after < 0)
		claim_not_run(answer, "pagemap can't be read");
	else
		claim_decide(answer, counts->shared == NR_PAGES && counts->after == NR_PAGES / 2,
			     "a child of a process with %d pages: it shares %d of them, and %d after a store to each second one",
			     NR_PAGES, counts->shared, counts->after);
}

/* In the child: what it has of its parent. */
static void look(struct counts *counts, volatile char *p, uint64_t size)
{
	uint64_t first = (uint64_t)(uintptr_t)p / size;
	int i;

	counts->shared = count_shared("/proc/self/pagemap", first);
	for (i = 0; i < NR_PAGES; i += 2)
		p[(uint64_t)i * size] = 2;
	counts->after = count_shared("/proc/self/pagemap", first);
}

void host_fork(struct claim_answer *answer)
{
	uint64_t size = (uint64_t)sysconf(_SC_PAGESIZE);
	char *p = mmap(NULL, NR_PAGES * size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct counts *counts = mmap(NULL, size, PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid = -1;

	if (p != MAP_FAILED && counts != MAP_FAILED) {
		memset(p, 1, NR_PAGES * size);
		pid = fork();
	}
	if (pid < 0) {
		claim_not_run(answer, "mmap() or fork(): %s", strerror(errno));
		return;
	}
	if (!pid) {
		look(counts, p, size);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	decide(answer, counts);
	munmap(p, NR_PAGES * size);
	munmap(counts, size);
}

/* Pages that the copy of a lab process shares. */
static int lab_shared(int child)
{
	struct mmlab_info info;
	char path[4200], name[32];

	if (mmlab_get_info(child, &info))
		return -1;
	snprintf(name, sizeof(name), "%u/pagemap", info.lab_pid);
	return mmlab_proc_path(path, sizeof(path), name) ? -1 :
	       count_shared(path, LVA >> info.page_shift);
}

void lab_fork(struct claim_answer *answer, struct session *session)
{
	uint32_t page = 1U << session->info.page_shift;
	struct window_touch touch = { .start = LVA, .length = NR_PAGES * page, .store = true,
				      .value = 1 };
	struct counts counts;
	int i, child, error = window_touch(session->fd, &touch);

	child = error ? error : mmlab_fork_process(session->fd);
	if (child < 0) {
		claim_not_run(answer, "a window, or MMLAB_FORK: %s", strerror(-child));
		return;
	}
	counts.shared = lab_shared(child);
	for (i = 0; i < NR_PAGES; i += 2)
		if (pwrite(child, "2", 1, LVA + (off_t)i * page) != 1)
			counts.shared = -1;
	counts.after = lab_shared(child);
	decide(answer, &counts);
	close(child);
}
