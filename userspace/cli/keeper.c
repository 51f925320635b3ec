// SPDX-License-Identifier: GPL-2.0
/* A process in the background that holds a lab process open. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "keeper.h"

/* requests, one byte each; the answer is one byte, with the descriptor for FETCH */
#define FETCH	'f'
#define END	'e'
#define DONE	'd'

#define PATIENCE_SECONDS	5

static int address_of(uint32_t lab_pid, struct sockaddr_un *address)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	int length;

	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	length = snprintf(address->sun_path, sizeof(address->sun_path), "%s/mmlab/%u",
			  runtime && *runtime ? runtime : "/run", lab_pid);
	return (size_t)length < sizeof(address->sun_path) ? 0 : -ENAMETOOLONG;
}

/* The directory must be this user's alone: a descriptor is the whole process. */
static int make_directory(const struct sockaddr_un *address)
{
	char path[sizeof(address->sun_path)];
	struct stat status;

	snprintf(path, sizeof(path), "%s", address->sun_path);
	*strrchr(path, '/') = '\0';
	if (mkdir(path, 0700) && errno != EEXIST)
		return -errno;
	if (lstat(path, &status))
		return -errno;
	if (!S_ISDIR(status.st_mode))
		return -ENOTDIR;
	return status.st_uid == geteuid() && !(status.st_mode & 022) ? 0 : -EPERM;
}

static bool is_same_user(int client)
{
	struct ucred peer = { .uid = (uid_t)-1 };
	socklen_t length = sizeof(peer);

	return !getsockopt(client, SOL_SOCKET, SO_PEERCRED, &peer, &length) &&
	       (peer.uid == geteuid() || !peer.uid);
}

static void send_answer(int client, int fd)
{
	char done = DONE, control[CMSG_SPACE(sizeof(int))] = "";
	struct iovec data = { &done, 1 };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1 };
	struct cmsghdr *header;

	if (fd >= 0) {
		message.msg_control = control;
		message.msg_controllen = sizeof(control);
		header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	}
	/* A client that went away needs no answer. */
	if (sendmsg(client, &message, MSG_NOSIGNAL) < 0)
		errno = 0;
}

/* Serves until it is told to end. A client that says nothing is left after a while. */
static void keep(int server, int fd, const char *path)
{
	const struct timeval patience = { .tv_sec = PATIENCE_SECONDS };

	for (;;) {
		int client = accept4(server, NULL, NULL, SOCK_CLOEXEC);
		char request = 0;

		if (client < 0 && errno != EINTR && errno != ECONNABORTED)
			break;
		if (client < 0)
			continue;
		setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
		if (!is_same_user(client) || recv(client, &request, 1, 0) != 1)
			request = 0;
		if (request == FETCH)
			send_answer(client, fd);
		if (request == END) {
			unlink(path);
			close(fd);
			send_answer(client, -1);
			return;
		}
		close(client);
	}
	unlink(path);
}

static void become_keeper(int server, int fd, const char *path)
{
	int null = open("/dev/null", O_RDWR);

	setsid();
	prctl(PR_SET_NAME, "mmlab-keeper");
	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(null, 2) < 0 ||
	    chdir("/"))
		_exit(1);
	keep(server, fd, path);
	_exit(0);
}

static int bind_server(int server, const struct sockaddr_un *address)
{
	mode_t mask = umask(0177);
	int error = bind(server, (const struct sockaddr *)address, sizeof(*address)) ? -errno : 0;

	umask(mask);
	if (!error && listen(server, 16))
		error = -errno;
	return error;
}

pid_t keeper_start(int fd, uint32_t lab_pid)
{
	struct sockaddr_un address;
	int server, error = address_of(lab_pid, &address);
	pid_t pid;

	if (!error)
		error = make_directory(&address);
	if (error)
		return error;
	server = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (server < 0)
		return -errno;
	/* lab pids are not used twice: a socket of that name is a leftover */
	unlink(address.sun_path);
	error = bind_server(server, &address);
	pid = error ? error : fork();
	if (!pid)
		become_keeper(server, fd, address.sun_path);
	if (pid < 0 && !error) {
		error = -errno;
		unlink(address.sun_path);
	}
	close(server);
	return error ? error : pid;
}

/* Return: a socket to the keeper, or -errno; a socket without one is removed */
static int connect_to(uint32_t lab_pid)
{
	struct sockaddr_un address;
	int s, error = address_of(lab_pid, &address);

	if (error)
		return error;
	s = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (s < 0)
		return -errno;
	if (!connect(s, (const struct sockaddr *)&address, sizeof(address)))
		return s;
	error = -errno;
	close(s);
	if (error == -ECONNREFUSED) {
		unlink(address.sun_path);
		error = -ENOENT;
	}
	return error;
}

/* Return: the descriptor that came with the answer, -1 if none; or -errno */
static int ask(uint32_t lab_pid, char request, int *fd)
{
	char done = 0, control[CMSG_SPACE(sizeof(int))];
	struct iovec data = { &done, 1 };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1,
				  .msg_control = control, .msg_controllen = sizeof(control) };
	struct cmsghdr *header;
	int s = connect_to(lab_pid), error = 0;

	*fd = -1;
	if (s < 0)
		return s;
	if (send(s, &request, 1, MSG_NOSIGNAL) != 1 ||
	    recvmsg(s, &message, MSG_CMSG_CLOEXEC) != 1 || done != DONE)
		error = errno ? -errno : -EPROTO;
	header = error ? NULL : CMSG_FIRSTHDR(&message);
	if (header && header->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(header), sizeof(*fd));
	close(s);
	return error;
}

int keeper_fetch(uint32_t lab_pid)
{
	int fd, error = ask(lab_pid, FETCH, &fd);

	return error ? error : fd < 0 ? -EPROTO : fd;
}

int keeper_end(uint32_t lab_pid)
{
	int fd;

	return ask(lab_pid, END, &fd);
}

bool keeper_has(uint32_t lab_pid)
{
	int s = connect_to(lab_pid);

	if (s >= 0)
		close(s);
	return s >= 0;
}
