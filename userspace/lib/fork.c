// SPDX-License-Identifier: GPL-2.0
/* libmmlab: a program and its lab process are copied together; see libmmlab.h. */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libmmlab.h"

int mmlab_fork_process(int fd)
{
	struct mmlab_fork arguments = { 0 };
	int child = ioctl(fd, MMLAB_FORK, &arguments);

	return child < 0 ? -errno : child;
}

/* The child's windows take the places of the parent's, and its descriptor that of @fd. */
static int move_in(int child, int fd, const struct mmlab_window *windows, size_t nr_windows)
{
	int flags = fcntl(fd, F_GETFD);
	size_t i;

	for (i = 0; i < nr_windows; i++)
		if (mmap(windows[i].address, windows[i].length, windows[i].prot,
			 MAP_SHARED | MAP_FIXED, child, windows[i].lva) == MAP_FAILED)
			return errno;
	if (flags < 0 || dup3(child, fd, flags & FD_CLOEXEC ? O_CLOEXEC : 0) < 0)
		return errno;
	close(child);
	return 0;
}

/*
 * In the child: tells the parent how it went, and ends if its windows could not be made. It
 * says that in words, for the end of file may not come: what another thread forks meanwhile
 * has the pipe as well.
 */
static void begin_child(int tell, int child, int fd, const struct mmlab_window *windows,
			size_t nr_windows)
{
	int error = move_in(child, fd, windows, nr_windows);

	if (write(tell, &error, sizeof(error)) != sizeof(error) || error)
		_exit(127);
	close(tell);
}

/* In the parent: 0, or what the child could not do; then it is gone. */
static int await_child(int hear, pid_t pid)
{
	int error = 0;
	ssize_t done;

	do {
		done = read(hear, &error, sizeof(error));
	} while (done < 0 && errno == EINTR);
	if (done != sizeof(error) || !error)
		return 0;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return -error;
}

static pid_t fork_with(int child, int fd, const struct mmlab_window *windows,
		       size_t nr_windows)
{
	int pipes[2], error;
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (!pid) {
		close(pipes[0]);
		begin_child(pipes[1], child, fd, windows, nr_windows);
		return 0;
	}
	error = pid < 0 ? -errno : 0;
	close(pipes[1]);
	if (!error)
		error = await_child(pipes[0], pid);
	close(pipes[0]);
	return error ? error : pid;
}

pid_t mmlab_fork(int fd, const struct mmlab_window *windows, size_t nr_windows)
{
	int child = mmlab_fork_process(fd);
	pid_t pid;

	if (child < 0)
		return child;
	pid = fork_with(child, fd, windows, nr_windows);
	if (pid)
		close(child);
	return pid;
}
