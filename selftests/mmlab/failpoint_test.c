// SPDX-License-Identifier: GPL-2.0
/*
 * The parameters of the module's own failure points: interval, probability, space
 * and times mean what the kernel's fault attributes mean.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "objects.h"
#include "procfile.h"

#define LVA		0x40000000UL
#define NR_TRIES	60

static const char * const names[] = {
	"fail_frame", "fail_slab", "fail_map", "fail_swap_read", "fail_swap_write",
};

FIXTURE(failpoint) {
	struct guard guard;
	int fd;
	int errs[NR_TRIES];
};

static const char *get(const char *name)
{
	static char text[64];
	char path[64];

	snprintf(path, sizeof(path), LAB_PARAMS "/%s", name);
	if (read_whole(path, text, sizeof(text)) < 0)
		return "unreadable";
	return text;
}

FIXTURE_SETUP(failpoint)
{
	GUARD_BEGIN(&self->guard);
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(failpoint)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++)
		EXPECT_EQ(0, set_parameter(names[i], "0"));
	close(self->fd);
	GUARD_END(&self->guard);
}

/* Allocates and frees a block of @order, NR_TRIES times. How many failed. */
static int try(int fd, int *errs, uint32_t order)
{
	struct mmlab_block block;
	int i, nr = 0;

	for (i = 0; i < NR_TRIES; i++) {
		errs[i] = lab_alloc(fd, order, MMLAB_ZONE_NORMAL, &block);
		if (!errs[i])
			lab_free(fd, &block);
		nr += errs[i] == -ENOMEM;
	}
	return nr;
}

TEST_F(failpoint, interval_and_times)
{
	int i;

	EXPECT_EQ(0, try(self->fd, self->errs, 0));
	ASSERT_EQ(0, set_parameter("fail_frame", "3,100,0,-1\n"));
	EXPECT_EQ(NR_TRIES / 3, try(self->fd, self->errs, 0));
	for (i = 0; i < NR_TRIES; i++)
		EXPECT_EQ(i % 3 == 2 ? -ENOMEM : 0, self->errs[i]);
	EXPECT_STREQ("3,100,0,-1\n", get("fail_frame"));

	ASSERT_EQ(0, set_parameter("fail_frame", "2,100,0,5"));
	EXPECT_EQ(5, try(self->fd, self->errs, 2));
	EXPECT_EQ(-ENOMEM, self->errs[9]);
	EXPECT_EQ(0, self->errs[11]);
	EXPECT_STREQ("2,100,0,0\n", get("fail_frame"));
	ASSERT_EQ(0, set_parameter("fail_frame", "0"));
	EXPECT_EQ(0, try(self->fd, self->errs, 0));
}

TEST_F(failpoint, space_and_probability)
{
	char text[64];
	int i, nr;

	/* ten blocks of one page get through */
	snprintf(text, sizeof(text), "1,100,%zu,-1", 10 * page_size());
	ASSERT_EQ(0, set_parameter("fail_frame", text));
	EXPECT_EQ(NR_TRIES - 10, try(self->fd, self->errs, 0));
	for (i = 0; i < NR_TRIES; i++)
		EXPECT_EQ(i < 10 ? 0 : -ENOMEM, self->errs[i]);

	ASSERT_EQ(0, set_parameter("fail_frame", "1,0,0,-1"));
	EXPECT_EQ(0, try(self->fd, self->errs, 0));
	/* 60 times 50 %: outside of this once in 10^9 */
	ASSERT_EQ(0, set_parameter("fail_frame", "1,50,0,-1"));
	nr = try(self->fd, self->errs, 0);
	EXPECT_LT(6, nr);
	EXPECT_GT(54, nr);
}

/* Each point is where it says: calls that do not pass it work. */
TEST_F(failpoint, points)
{
	unsigned char *p = lab_map(self->fd, LVA, page_size(), PROT_READ | PROT_WRITE);
	uint32_t word = 1;
	struct mmlab_object o;
	long id;

	ASSERT_NE(NULL, p);
	id = cache_create(self->fd, "failpoint", 3000, 0);
	ASSERT_LT(0, id);
	ASSERT_EQ(0, set_parameter("fail_slab", "1,100,0,-1"));
	EXPECT_EQ(-ENOMEM, object_alloc(self->fd, id, 0, &o));
	EXPECT_EQ(sizeof(word), pwrite(self->fd, &word, sizeof(word), LVA));
	ASSERT_EQ(0, set_parameter("fail_slab", "0"));
	EXPECT_EQ(0, object_alloc(self->fd, id, 0, &o));

	EXPECT_LT(0, lab_munmap(self->fd, LVA, page_size()));
	munmap(p, page_size());
	p = lab_map(self->fd, LVA, page_size(), PROT_READ | PROT_WRITE);
	ASSERT_NE(NULL, p);
	ASSERT_EQ(0, set_parameter("fail_map", "1,100,0,1"));
	EXPECT_EQ(-1, pwrite(self->fd, &word, sizeof(word), LVA));
	EXPECT_EQ(ENOMEM, errno);
	EXPECT_EQ(sizeof(word), pwrite(self->fd, &word, sizeof(word), LVA));
	munmap(p, page_size());
}

static long count_processes(void)
{
	struct slabinfo s;
	const struct slab_row *row = read_slabinfo(&s) ? NULL : slab_row(&s, "mm_struct");

	return row ? (long)row->active_objs : -1;
}

TEST_F(failpoint, opens_that_fail_leave_no_process)
{
	long before = count_processes();
	int i;

	ASSERT_LT(0, before);
	ASSERT_EQ(0, set_parameter("fail_frame", "1,100,0,-1"));
	for (i = 0; i < NR_TRIES; i++)
		EXPECT_EQ(-ENOMEM, lab_open(O_RDWR));
	ASSERT_EQ(0, set_parameter("fail_frame", "0"));
	EXPECT_EQ(before, count_processes());
}

TEST_F(failpoint, bad_values)
{
	static const char * const bad[] = {
		"", "1", "1,100", "1,100,0", "1,100,0,", "1,101,0,1", "-1,100,0,1",
		"1,100,-1,1", "1,100,0,1,1", "a,b,c,d", "1 100 0 1", "00",
		"4294967295,100,0,1", "2147483648,100,0,1", "99999999999,1,1,1",
		"1,4294967296,0,1", "1,100,99999999999,1", "1,100,4294967297,1",
		"1,100,0,2147483648", "1,100,0,99999999999", "1,100,0,-2",
		"1,100,0,-99999999999", "18446744073709551617,100,0,1",
		"1,100,0,1x", "1,,0,1", ",,,", "1,100,0,0x", "1,100, 0,1",
	};
	static const struct {
		const char *value, *says;
	} refusals[] = {
		{ "99999999999,1,1,1",
		  ": INTERVAL=99999999999: a number from 0 to 2147483647 is wanted" },
		{ "1,101,1,1", ": PROBABILITY=101: a number from 0 to 100 is wanted" },
		{ "1,1,-1,1", ": SPACE=-1: a number from 0 to 2147483647 is wanted" },
		{ "1,1,1,2147483648\n",
		  ": TIMES=2147483648: a number from -1 to 2147483647 is wanted" },
		{ "1,1", ": INTERVAL,PROBABILITY,SPACE,TIMES is wanted" },
	};
	int kmsg = log_open();
	size_t i, k;

	for (i = 0; i < ARRAY_LEN(names); i++) {
		ASSERT_EQ(0, set_parameter(names[i], "7,50,0,3"));
		for (k = 0; k < ARRAY_LEN(bad); k++)
			EXPECT_EQ(*bad[k] ? -EINVAL : 0, set_parameter(names[i], bad[k]))
				TH_LOG("%s, value %zu", names[i], k);
		EXPECT_STREQ("7,50,0,3\n", get(names[i]));
		log_says(kmsg, "", "");
		for (k = 0; k < ARRAY_LEN(refusals); k++) {
			char text[128];

			snprintf(text, sizeof(text), ";mmlab: %s%s", names[i],
				 refusals[k].says);
			EXPECT_EQ(-EINVAL, set_parameter(names[i], refusals[k].value));
			EXPECT_EQ(1, log_says(kmsg, text, ""))
				TH_LOG("not said: %s", text);
		}
		/* the largest that there are */
		EXPECT_EQ(0, set_parameter(names[i], "2147483647,100,2147483647,2147483647"));
		EXPECT_STREQ("2147483647,100,2147483647,2147483647\n", get(names[i]));
		EXPECT_EQ(0, set_parameter(names[i], "0x10,010,0,-1"));
		EXPECT_STREQ("16,10,0,-1\n", get(names[i]));
		EXPECT_EQ(0, set_parameter(names[i], "0\n"));
		EXPECT_STREQ("0,0,0,0\n", get(names[i]));
	}
	close(kmsg);
}

TEST_HARNESS_MAIN
