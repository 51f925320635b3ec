// SPDX-License-Identifier: GPL-2.0
/*
 * The ioctl that copies a lab process. What it does and answers: uapi/mmlab.h.
 */
#include <linux/file.h>
#include <linux/string.h>

#include "../mem/lifetime.h"
#include "../uapi/mmlab.h"
#include "birth.h"
#include "chardev.h"
#include "ioctl_fork.h"

int mmlab_ioctl_fork(struct file *file, void *arg)
{
	struct lab_process *parent = mmlab_chardev_process(file);
	const struct mmlab_fork *fork = arg;
	struct file *child;
	int fd, err;

	if (fork->flags || memchr_inv(fork->reserved, 0, sizeof(fork->reserved)))
		return -EINVAL;
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	child = mmlab_birth_open(file, parent);
	err = PTR_ERR_OR_ZERO(child);
	if (!err) {
		err = mmlab_lifetime_fork(parent, mmlab_chardev_process(child));
		if (err)
			fput(child);
	}
	if (err) {
		put_unused_fd(fd);
		return err;
	}
	fd_install(fd, child);
	return fd;
}
