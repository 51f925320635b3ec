// SPDX-License-Identifier: GPL-2.0
/*
 * Setups and teardowns of failnth's entry points.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "failnth_steps.h"
#include "pressure.h"
#include "procfile.h"

#define ZERO_PAGE LAB_PARAMS "/zero_page"

int close_all(struct scene *s)
{
	if (s->window)
		munmap(s->window, NR_PAGES * page_size());
	if (s->pipe[0] >= 0)
		close(s->pipe[0]);
	if (s->pipe[1] >= 0)
		close(s->pipe[1]);
	if (s->extra >= 0)
		close(s->extra);
	if (s->fd >= 0)
		close(s->fd);
	return 0;
}

int with_device(struct scene *s)
{
	s->fd = lab_open(O_RDWR);
	return s->fd < 0 ? s->fd : 0;
}

int with_window(struct scene *s)
{
	int err = with_device(s);

	if (!err) {
		s->window = lab_map(s->fd, LVA, NR_PAGES * page_size(), RW);
		err = s->window ? 0 : -errno;
	}
	return err;
}

int with_pages(struct scene *s)
{
	int err = with_window(s);

	if (!err)
		memset(s->window, 0x5a, NR_PAGES * page_size());
	return err;
}

/* A page that a pipe holds on to. */
int with_pin(struct scene *s)
{
	struct iovec iov = { .iov_len = page_size() };
	int err = with_pages(s);

	if (err)
		return err;
	iov.iov_base = s->window;
	if (pipe2(s->pipe, O_CLOEXEC) || vmsplice(s->pipe[1], &iov, 1, 0) < 0)
		return -errno;
	return 0;
}

int with_block(struct scene *s)
{
	int err = with_device(s);

	return err ? err : lab_alloc(s->fd, s->entry->number,
				     MMLAB_ZONE_NORMAL, &s->block);
}

int with_cache(struct scene *s)
{
	struct mmlab_cache cache = {
		.name = "failnth", .size = 100, .magazine = 8,
	};
	int err = with_device(s);

	if (!err)
		err = lab_ioctl(s->fd, MMLAB_CACHE_CREATE, &cache);
	s->id = cache.id;
	return err;
}

int with_object(struct scene *s)
{
	int err = with_cache(s);

	return err ? err : new_object(s, s->id, 0);
}

int with_swap(struct scene *s)
{
	int err = with_pages(s);

	if (err)
		return err;
	err = swap_on(s->fd, 64, &s->area);
	s->has_area = !err;
	return err;
}

/* One page is there, the others are out, and may come back. */
int with_pages_out(struct scene *s)
{
	long nr = with_swap(s) ?: set_limit(s->fd, 1);

	if (nr != 1)
		return nr < 0 ? nr : -EAGAIN;
	nr = set_limit(s->fd, 0);
	return nr < 0 ? nr : 0;
}

/* The area goes after the pages in it: it need not bring them back. */
int close_swap(struct scene *s)
{
	int err, fd;

	close_all(s);
	if (!s->has_area)
		return 0;
	fd = lab_open(O_RDWR);
	if (fd < 0)
		return fd;
	err = swap_off(fd, s->area);
	close(fd);
	return err;
}

/* Pages that a child has as well. */
int with_child(struct scene *s)
{
	int err = with_pages(s);

	if (err)
		return err;
	s->extra = lab_fork(s->fd);
	return s->extra < 0 ? s->extra : 0;
}

int with_zero_page(struct scene *s)
{
	return write_number(ZERO_PAGE, 1) ?: with_window(s);
}

int close_zero_page(struct scene *s)
{
	close_all(s);
	return write_number(ZERO_PAGE, 0);
}

int no_setup(struct scene *s)
{
	(void)s;
	return 0;
}

int with_area(struct scene *s)
{
	return with_device(s) ?: act_vmalloc(s);
}

int with_heap(struct scene *s)
{
	return with_device(s) ?: act_exec(s);
}

int with_write(struct scene *s)
{
	s->extra = open(s->entry->arg, O_WRONLY | O_CLOEXEC);
	return result(s->extra);
}

int with_cpu_off(struct scene *s)
{
	int err = write_number(CPU1, 0);

	return err ? err : with_write(s);
}

int cpu_on(struct scene *s)
{
	int tries = 5;

	close_all(s);
	while (read_number(CPU1) != 1 && tries--)
		write_number(CPU1, 1);
	return read_number(CPU1) == 1 ? 0 : -EIO;
}

int with_module_file(struct scene *s)
{
	const char *file = lab_module_file();

	if (!file)
		return -ENOENT;
	s->extra = open(file, O_RDONLY | O_CLOEXEC);
	return result(s->extra);
}

int with_module(struct scene *s)
{
	(void)s;
	return lab_load(PARAMS);
}

/* Loaded completely and out again, or nothing of it is there. */
int module_gone(struct scene *s)
{
	close_all(s);
	if (lab_is_loaded())
		return lab_unload();
	return access(LAB_PROC, F_OK) && access(LAB_DEVICE, F_OK) ? 0 : -EEXIST;
}
