// SPDX-License-Identifier: GPL-2.0
/* mmlab_fork() of libmmlab: what its child has, what it says of one that can't be. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#include "../../userspace/lib/libmmlab.h"
#include "guard.h"
#include "lab.h"

#define LVA		0x40000000U
#define RW		(PROT_READ | PROT_WRITE)

static pid_t other;		/* what another thread forks */

FIXTURE(library) {
	struct guard guard;
	int fd;
	volatile unsigned char *p;
	struct mmlab_window window;
};

FIXTURE_SETUP(library)
{
	GUARD_BEGIN(&self->guard);
	other = 0;
	self->fd = mmlab_open(O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, self->fd);
	self->p = lab_map(self->fd, LVA, page_size(), RW);
	ASSERT_NE(NULL, self->p);
	*self->p = 'p';
	self->window = (struct mmlab_window){
		.address = (void *)self->p, .length = page_size(), .prot = RW, .lva = LVA,
	};
}

FIXTURE_TEARDOWN(library)
{
	munmap((void *)self->p, page_size());
	close(self->fd);
	GUARD_END(&self->guard);
}

/* Return: the exit status of @child, or -1 if it did not end by itself */
static int reap(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

TEST_F(library, the_child_has_a_lab_process_of_its_own)
{
	struct mmlab_info info;
	unsigned char byte = 0;
	pid_t child = mmlab_fork(self->fd, &self->window, 1);

	ASSERT_LE(0, child);
	if (!child) {
		byte = *self->p;
		*self->p = 'c';
		/* the descriptor shows the same lab process as the window */
		if (mmlab_get_info(self->fd, &info) || pread(self->fd, &byte, 1, LVA) != 1)
			_exit(1);
		_exit(byte);
	}
	EXPECT_EQ('c', reap(child));
	EXPECT_EQ('p', *self->p);
}

TEST_F(library, a_window_that_can_t_be_made_leaves_no_child)
{
	self->window.lva = LVA + 1;		/* not where a page begins */
	EXPECT_EQ(-EINVAL, mmlab_fork(self->fd, &self->window, 1));
	EXPECT_EQ(-1, waitpid(-1, NULL, 0));
	EXPECT_EQ(ECHILD, errno);
	EXPECT_EQ('p', *self->p);
}

/* In the middle of the library's fork: a child more, which has all its descriptors. */
static void fork_in_between(void)
{
	if (other)
		return;
	other = -1;
	other = fork();
	while (!other)
		pause();
}

TEST_F(library, another_thread_forks_meanwhile)
{
	pid_t child;

	ASSERT_EQ(0, pthread_atfork(fork_in_between, NULL, NULL));
	child = mmlab_fork(self->fd, &self->window, 1);
	ASSERT_LE(0, child);
	if (!child)
		_exit(7);
	EXPECT_LT(0, other);
	kill(other, SIGKILL);
	EXPECT_EQ(-1, reap(other));
	EXPECT_EQ(7, reap(child));
}

TEST_HARNESS_MAIN
