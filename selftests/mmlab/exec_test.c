// SPDX-License-Identifier: GPL-2.0
/*
 * MMLAB_EXEC and MMLAB_BRK: the layout of the article's program, and its heap.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "touch.h"

#define RW		(PROT_READ | PROT_WRITE)
#define HEAP		0x08049868U	/* lab_example's */
#define HEAP_PAGE	0x0804a000U	/* the first page that is all the heap's */
#define PAGE		0x1000U
#define PATH_COLUMN	73

FIXTURE(exec) {
	struct guard guard;
	int fd;
	uint32_t pid;
	char text[4096], again[4096];
};

FIXTURE_SETUP(exec)
{
	struct mmlab_info info;

	GUARD_BEGIN(&self->guard);
	if (page_size() != PAGE)
		SKIP(return, "the article's program has pages of 4 KiB");
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, lab_info(self->fd, &info));
	self->pid = info.lab_pid;
}

FIXTURE_TEARDOWN(exec)
{
	close(self->fd);
	GUARD_END(&self->guard);
}

static char *read_pid_file(uint32_t pid, const char *name, char *text, size_t size)
{
	char path[64];

	snprintf(path, sizeof(path), "%u/%s", pid, name);
	if (read_whole(path, text, size) < 0)
		*text = '\0';
	return text;
}

static long resident(uint32_t pid)
{
	char text[128];
	long total, rss = -1;

	if (sscanf(read_pid_file(pid, "statm", text, sizeof(text)), "%ld %ld", &total,
		   &rss) != 2)
		return -1;
	return rss;
}

static void add_line(char *text, const char *line, const char *path)
{
	sprintf(text + strlen(text), "%-*s%s\n", PATH_COLUMN, line, path);
}

TEST_F(exec, the_article_s_three_lines)
{
	ASSERT_EQ(0, lab_exec_example(self->fd));
	*self->again = '\0';
	add_line(self->again, "08048000-08049000 r-xp 00000000 00:00 0 ", "/example");
	add_line(self->again, "08049000-0804a000 rw-p 00000000 00:00 0 ", "/example");
	add_line(self->again, "bfffe000-c0000000 rwxp 00000000 00:00 0 ", "[stack]");
	EXPECT_STREQ(self->again, read_pid_file(self->pid, "maps", self->text,
						sizeof(self->text)));
	/* the heap after it, by brk */
	ASSERT_EQ(0, lab_brk(self->fd, &(uint32_t){ HEAP_PAGE + 1 }));
	read_pid_file(self->pid, "maps", self->text, sizeof(self->text));
	EXPECT_NE(NULL, strstr(self->text,
			       "\n0804a000-0804b000 rw-p 00000000 00:00 0 "));
	EXPECT_NE(NULL, strstr(self->text, " [heap]\n"));
}

TEST_F(exec, nothing_is_left_of_what_was_there)
{
	unsigned char *old = lab_map(self->fd, 0x10000000, PAGE, RW), value;
	unsigned char *data;

	ASSERT_NE(NULL, old);
	*old = 1;
	ASSERT_EQ(0, lab_exec_example(self->fd));
	EXPECT_EQ(SIGBUS, touch_read(old, &value));
	EXPECT_EQ(0, resident(self->pid));
	data = lab_map(self->fd, 0x08049000, PAGE, RW);
	ASSERT_NE(NULL, data);
	*data = 2;
	ASSERT_EQ(0, lab_exec_example(self->fd));
	EXPECT_EQ(0, *data);
	/* the text can't be written to, and the stack grows */
	EXPECT_EQ(NULL, lab_map(self->fd, 0x08048000, PAGE, RW));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(1, pwrite(self->fd, "x", 1, 0xbff00000));
	munmap(old, PAGE);
	munmap(data, PAGE);
}

/* How a good argument is spoilt. */
static const struct {
	const char *what;
	size_t at;
	uint32_t value;
} spoilt[] = {
#define FIELD(field, value) \
	{ #field " " #value, offsetof(struct mmlab_exec, field), value }
	FIELD(name, 0),
	FIELD(name, '/'),
	FIELD(name, 'a' | 'b' << 16),		/* a byte after the NUL */
	FIELD(flags, 1),
	FIELD(reserved[0], 1),
	FIELD(reserved[2], 1U << 31),
	FIELD(end_code, 0x08047fff),
	FIELD(end_data, 0x08049000),
	FIELD(start_brk, 0xbffff000),
	FIELD(end_code, 0xc0000000),
	FIELD(end_data, 0xc0000000),
	FIELD(stack_top, 0xc0001000),
	FIELD(stack_top, 0xbffff800),
	FIELD(stack_top, 0x1000),
	FIELD(stack_top, 0),
	FIELD(stack_size, 0),
	FIELD(stack_size, 0x1800),
	FIELD(stack_size, 0x801000),
	FIELD(stack_size, 0xc0000000),
	FIELD(stack_prot, 8),
};

TEST_F(exec, refused_and_unchanged)
{
	struct mmlab_exec exec;
	size_t i;

	ASSERT_EQ(0, lab_exec_example(self->fd));
	read_pid_file(self->pid, "maps", self->text, sizeof(self->text));
	for (i = 0; i < ARRAY_LEN(spoilt); i++) {
		exec = lab_example;
		memcpy((char *)&exec + spoilt[i].at, &spoilt[i].value,
		       sizeof(spoilt[i].value));
		EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_EXEC, &exec))
			TH_LOG("%s", spoilt[i].what);
	}
	exec = lab_example;
	memset(exec.name, 'a', sizeof(exec.name));
	EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_EXEC, &exec));
	exec.name[1] = '\0';	/* the field is to end, not only the name */
	EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_EXEC, &exec));
	EXPECT_STREQ(self->text, read_pid_file(self->pid, "maps", self->again,
					       sizeof(self->again)));
	/* the longest name, and the largest stack */
	memset(exec.name, 'a', sizeof(exec.name));
	exec.name[sizeof(exec.name) - 1] = '\0';
	exec.stack_size = 0x800000;
	EXPECT_EQ(0, lab_ioctl(self->fd, MMLAB_EXEC, &exec));
	EXPECT_STREQ(exec.name, read_pid_file(self->pid, "cmdline", self->text,
					      sizeof(self->text)));
}

/* What is just allowed: empty parts, and parts that end where the stack begins. */
TEST_F(exec, at_the_edges)
{
	static const struct mmlab_exec edges[] = {
		{ .name = "x", .stack_top = 0x2000, .stack_size = 0x2000 },
		{ .name = "x", .start_code = 0x1000, .end_code = 0x1000, .start_data = 0x2000,
		  .end_data = 0x2000, .start_brk = 0x3000, .stack_top = 0x4000,
		  .stack_size = 0x1000 },
		{ .name = "x", .end_code = 0x3000, .end_data = 0x3000, .stack_top = 0x4000,
		  .stack_size = 0x1000 },
	};
	struct mmlab_exec exec;
	size_t i;

	for (i = 0; i < ARRAY_LEN(edges); i++) {
		exec = edges[i];
		EXPECT_EQ(0, lab_ioctl(self->fd, MMLAB_EXEC, &exec)) {
			TH_LOG("edge %zu", i);
		}
	}
}

/* Each byte, alone and after a good one: letters are those of ASCII. */
TEST_F(exec, bytes_of_names)
{
	struct mmlab_exec exec = lab_example;
	int byte, at;

	for (byte = 1; byte < 256; byte++) {
		for (at = 0; at < 2; at++) {
			memset(exec.name, 0, sizeof(exec.name));
			exec.name[0] = 'a';
			exec.name[at] = (char)byte;
			EXPECT_EQ(strchr(LAB_NAME_CHARS, byte) ? 0 : -EINVAL,
				  lab_ioctl(self->fd, MMLAB_EXEC, &exec))
				TH_LOG("byte 0x%02x at %d", byte, at);
		}
	}
}

TEST_F(exec, heap_to_the_byte)
{
	static const struct {
		uint32_t brk;
		long pages;	/* of regions, with text, data and stack */
	} steps[] = {
		{ HEAP + 4, 4 }, { HEAP_PAGE - 1, 4 }, { HEAP_PAGE, 4 },
		{ HEAP_PAGE + 1, 5 }, { HEAP_PAGE + PAGE, 5 },
		{ HEAP_PAGE + PAGE + 1, 6 }, { HEAP_PAGE + 10 * PAGE, 14 },
		{ HEAP_PAGE + 1, 5 }, { HEAP_PAGE, 4 }, { HEAP + 1, 4 }, { HEAP, 4 },
	};
	char text[128];
	size_t i;

	ASSERT_EQ(0, lab_exec_example(self->fd));
	for (i = 0; i < ARRAY_LEN(steps); i++) {
		struct mmlab_brk brk = { .brk = steps[i].brk };

		ASSERT_EQ(0, lab_ioctl(self->fd, MMLAB_BRK, &brk));
		EXPECT_EQ(steps[i].brk, brk.brk);
		EXPECT_EQ(HEAP, brk.start_brk);
		brk.brk = 0;
		ASSERT_EQ(0, lab_ioctl(self->fd, MMLAB_BRK, &brk));
		EXPECT_EQ(steps[i].brk, brk.brk);
		EXPECT_EQ(steps[i].pages,
			  atol(read_pid_file(self->pid, "statm", text, sizeof(text))));
	}
}

TEST_F(exec, heap_refused_and_unchanged)
{
	struct mmlab_brk brk = { .brk = 0 };
	uint32_t end = HEAP_PAGE + 4 * PAGE;

	/* before an exec there is none */
	EXPECT_EQ(0, lab_ioctl(self->fd, MMLAB_BRK, &brk));
	EXPECT_EQ(0, brk.brk | brk.start_brk);
	EXPECT_EQ(-EINVAL, lab_brk(self->fd, &(uint32_t){ 0x1000 }));
	ASSERT_EQ(0, lab_exec_example(self->fd));
	ASSERT_EQ(0, lab_region_at(self->fd, end, PAGE, RW | PROT_EXEC));
	ASSERT_EQ(0, lab_brk(self->fd, &(uint32_t){ end }));
	read_pid_file(self->pid, "maps", self->text, sizeof(self->text));
	EXPECT_EQ(-EINVAL, lab_brk(self->fd, &(uint32_t){ HEAP - 1 }));
	EXPECT_EQ(-EINVAL, lab_brk(self->fd, &(uint32_t){ 1 }));
	EXPECT_EQ(-ENOMEM, lab_brk(self->fd, &(uint32_t){ end + 1 }));
	EXPECT_EQ(-ENOMEM, lab_brk(self->fd, &(uint32_t){ 0xbfff0000 }));
	EXPECT_EQ(-ENOMEM, lab_brk(self->fd, &(uint32_t){ 0xc0000001 }));
	EXPECT_EQ(-ENOMEM, lab_brk(self->fd, &(uint32_t){ 0xffffffff }));
	brk = (struct mmlab_brk){ .flags = 1 };
	EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_BRK, &brk));
	brk = (struct mmlab_brk){ .reserved = 1 };
	EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_BRK, &brk));
	EXPECT_STREQ(self->text, read_pid_file(self->pid, "maps", self->again,
					       sizeof(self->again)));
	brk = (struct mmlab_brk){ .brk = 0 };
	EXPECT_EQ(0, lab_ioctl(self->fd, MMLAB_BRK, &brk));
	EXPECT_EQ(end, brk.brk);
	/* up to a megabyte below the stack, and no byte more */
	ASSERT_EQ(1, lab_munmap(self->fd, end, PAGE) + 1);
	EXPECT_EQ(-ENOMEM, lab_brk(self->fd, &(uint32_t){ 0xbfefe001 }));
	EXPECT_EQ(0, lab_brk(self->fd, &(uint32_t){ 0xbfefe000 }));
	EXPECT_EQ(1, pwrite(self->fd, "x", 1, 0xbfefdfff));
}

/* Memory that the heap gives up is freed, and is zero when the heap grows again. */
TEST_F(exec, heap_comes_again_as_zeros)
{
	unsigned char *p, value;
	int i;

	ASSERT_EQ(0, lab_exec_example(self->fd));
	ASSERT_EQ(0, lab_brk(self->fd, &(uint32_t){ HEAP_PAGE + 4 * PAGE }));
	p = lab_map(self->fd, HEAP_PAGE, 4 * PAGE, RW);
	ASSERT_NE(NULL, p);
	memset(p, 0x55, 4 * PAGE);
	EXPECT_EQ(4, resident(self->pid));
	ASSERT_EQ(0, lab_brk(self->fd, &(uint32_t){ HEAP_PAGE + 1 }));
	EXPECT_EQ(1, resident(self->pid));
	EXPECT_EQ(0, touch_read(p, &value));
	EXPECT_EQ(SIGBUS, touch_read(p + PAGE, &value));
	ASSERT_EQ(0, lab_brk(self->fd, &(uint32_t){ HEAP_PAGE + 4 * PAGE }));
	EXPECT_EQ(0x55, p[PAGE - 1]);
	for (i = PAGE; i < 4 * PAGE; i++)
		ASSERT_EQ(0, p[i]);
	EXPECT_EQ(4, resident(self->pid));
	munmap(p, 4 * PAGE);
}

TEST_HARNESS_MAIN
