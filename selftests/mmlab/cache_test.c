// SPDX-License-Identifier: GPL-2.0
/*
 * Slab caches: sizes, flags and names, handles, rights, refusals of destroy, the end at
 * close, and hundreds of caches in slabinfo.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "objects.h"

#define MAX_TEXT	(1U << 18)

FIXTURE(cache) {
	struct guard guard;
	struct mmlab_info info;
	struct slabinfo slabs;
	int fd;
};

FIXTURE_SETUP(cache)
{
	GUARD_BEGIN(&self->guard);
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, lab_info(self->fd, &self->info));
}

FIXTURE_TEARDOWN(cache)
{
	close(self->fd);
	GUARD_END(&self->guard);
}

static const uint32_t all_flags[] = {
	0, MMLAB_CACHE_DMA, MMLAB_CACHE_RANDOM, MMLAB_CACHE_RED_ZONE,
	MMLAB_CACHE_POISON, MMLAB_CACHE_CONSISTENCY, MMLAB_CACHE_STORE_USER,
	DEBUG_FLAGS, DEBUG_FLAGS | MMLAB_CACHE_RANDOM | MMLAB_CACHE_DMA,
};

static bool is_in_dma(const struct mmlab_info *info, uint32_t lva)
{
	return (lva - info->page_offset) >> info->page_shift <
	       info->zone_end[MMLAB_ZONE_DMA];
}

/* One cache, a few objects; NULL, or a text about the error. */
static const char *try_cache(int fd, const struct mmlab_info *info,
			     const struct mmlab_cache *wanted)
{
	struct mmlab_cache c = *wanted;
	struct mmlab_cache_stat s;
	struct mmlab_object o[3];
	size_t i;

	if (lab_ioctl(fd, MMLAB_CACHE_CREATE, &c) || !c.id)
		return "create";
	for (i = 0; i < ARRAY_LEN(o); i++) {
		if (object_alloc(fd, c.id, 0, &o[i]))
			return "alloc";
		if (o[i].usable != c.size)
			return "usable bytes";
		if (o[i].lva % (c.align ? c.align : 8))
			return "alignment";
		if (i && o[i].lva - o[i - 1].lva + c.size - 1 < 2 * c.size - 1)
			return "objects overlap";
		if (c.flags & MMLAB_CACHE_DMA && !is_in_dma(info, o[i].lva))
			return "not in zone DMA";
	}
	if (cache_stat(fd, c.id, &s) || strcmp(s.name, c.name) ||
	    s.id != c.id || s.flags != c.flags || s.owner != info->lab_pid ||
	    s.object_size != c.size || s.size < c.size || s.nr_active != 3 ||
	    s.size * s.nr_objects > page_size() << s.order)
		return "stat";
	if (cache_op(fd, c.id, MMLAB_CACHE_DESTROY, 0) != -EBUSY)
		return "destroy with objects";
	for (i = 0; i < ARRAY_LEN(o); i++)
		if (object_free(fd, c.id, o[i].lva))
			return "free";
	if (cache_stat(fd, c.id, &s) || s.nr_active)
		return "objects after free";
	if (cache_op(fd, c.id, MMLAB_CACHE_SHRINK, 0) < 1)
		return "nothing to shrink";
	if (cache_stat(fd, c.id, &s) || s.nr_full + s.nr_partial + s.nr_free)
		return "slabs after shrink";
	return cache_op(fd, c.id, MMLAB_CACHE_DESTROY, 0) ? "destroy" : NULL;
}

TEST_F_TIMEOUT(cache, every_size_and_flag, 120)
{
	static const uint32_t sizes[] = { 1, 7, 8, 9, 31, 64, 100, 192, 255,
					  256, 257, 1000, 2048, 4095, 4096,
					  4097, 8192, 40000, 131071, 131072 };
	static const uint32_t aligns[] = { 0, 1, 64, 4096 };
	size_t i, k, m;

	for (i = 0; i < ARRAY_LEN(sizes); i++) {
		for (k = 0; k < ARRAY_LEN(all_flags); k++) {
			for (m = 0; m < ARRAY_LEN(aligns); m++) {
				struct mmlab_cache c = {
					.name = "any-size",
					.size = sizes[i],
					.align = aligns[m],
					.flags = all_flags[k],
					.magazine = MMLAB_MAGAZINE_DEFAULT,
				};
				const char *wrong;

				wrong = try_cache(self->fd, &self->info, &c);
				ASSERT_TRUE(!wrong)
					TH_LOG("size %u, align %u, flags %#x: %s",
					       c.size, c.align, c.flags, wrong);
			}
		}
	}
}

/* At most an eighth of a slab is in no object. */
TEST_F(cache, little_waste)
{
	struct mmlab_cache_stat s;
	uint32_t size;

	for (size = 8; size <= 4096; size += size < 256 ? 8 : 120) {
		long id = cache_create(self->fd, "waste", size, 0);
		uint32_t bytes;

		ASSERT_LT(0, id);
		ASSERT_EQ(0, cache_stat(self->fd, id, &s));
		bytes = page_size() << s.order;
		EXPECT_GE(bytes / 8, bytes - s.nr_objects * s.size)
			TH_LOG("size %u", size);
		EXPECT_GT(size + 8, s.size);
		ASSERT_EQ(0, cache_op(self->fd, id, MMLAB_CACHE_DESTROY, 0));
	}
}

TEST_F(cache, bad_arguments)
{
	const struct mmlab_cache good = { .name = "good", .size = 64,
					  .magazine = MMLAB_MAGAZINE_DEFAULT };
	static const struct mmlab_cache bad[] = {
		{ .size = 0 }, { .size = 131073 }, { .size = ~0U },
		{ .size = 1U << 31 }, { .align = 3 }, { .align = 8192 },
		{ .align = 1U << 31 }, { .align = ~0U },
		{ .flags = MMLAB_CACHE_INTERNAL }, { .flags = 1 << 7 },
		{ .flags = 1U << 31 }, { .magazine = MMLAB_MAGAZINE_MAX + 1 },
		{ .magazine = MMLAB_MAGAZINE_DEFAULT - 1 }, { .reserved = 1 },
		{ .flags = MMLAB_CACHE_RED_ZONE, .magazine = 8 },
	};
	struct mmlab_cache c;
	size_t i;
	long id;

	for (i = 0; i < ARRAY_LEN(bad); i++) {
		c = good;
		if (i < 4)
			c.size = bad[i].size;
		c.align = bad[i].align;
		c.flags = bad[i].flags;
		c.reserved = bad[i].reserved;
		if (bad[i].magazine)
			c.magazine = bad[i].magazine;
		EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_CACHE_CREATE, &c))
			TH_LOG("argument %zu", i);
	}
	/* and none of them took the name */
	id = cache_create(self->fd, "good", 64, 0);
	ASSERT_LT(0, id);
	EXPECT_EQ(-EINVAL, cache_op(self->fd, id, 0, 0));
	EXPECT_EQ(-EINVAL, cache_op(self->fd, id, 4, 0));
	EXPECT_EQ(-EINVAL, cache_op(self->fd, id, ~0U, 0));
	EXPECT_EQ(-EINVAL, cache_op(self->fd, id, MMLAB_CACHE_SHRINK, 1));
	EXPECT_EQ(-EINVAL, cache_op(self->fd, id, MMLAB_CACHE_DESTROY, 1));
	EXPECT_EQ(-EINVAL, cache_op(self->fd, id, MMLAB_CACHE_RESIZE, 241));
	EXPECT_EQ(-EINVAL, cache_op(self->fd, id, MMLAB_CACHE_RESIZE, ~0U));
	EXPECT_EQ(0, cache_op(self->fd, id, MMLAB_CACHE_RESIZE, 240));
	EXPECT_EQ(0, cache_op(self->fd, id, MMLAB_CACHE_RESIZE, 0));
}

TEST_F(cache, sizes_of_magazines)
{
	static const struct { uint32_t size, wanted, magazine; } sizes[] = {
		{ 64, 0, 0 }, { 64, 1, 1 }, { 64, 239, 239 }, { 64, 240, 240 },
		{ 256, MMLAB_MAGAZINE_DEFAULT, 60 }, { 264, MMLAB_MAGAZINE_DEFAULT, 28 },
		{ 1024, MMLAB_MAGAZINE_DEFAULT, 28 }, { 1032, MMLAB_MAGAZINE_DEFAULT, 12 },
		{ 4096, MMLAB_MAGAZINE_DEFAULT, 12 }, { 4104, MMLAB_MAGAZINE_DEFAULT, 6 },
		{ 16384, MMLAB_MAGAZINE_DEFAULT, 6 }, { 16392, MMLAB_MAGAZINE_DEFAULT, 2 },
	};
	struct mmlab_cache_stat s;
	size_t i;

	for (i = 0; i < ARRAY_LEN(sizes); i++) {
		struct mmlab_cache c = {
			.name = "magazines", .size = sizes[i].size, .magazine = sizes[i].wanted,
		};

		ASSERT_EQ(0, lab_ioctl(self->fd, MMLAB_CACHE_CREATE, &c));
		ASSERT_EQ(0, cache_stat(self->fd, c.id, &s));
		EXPECT_EQ(sizes[i].magazine, s.magazine) {
			TH_LOG("of %u bytes", sizes[i].size);
		}
		ASSERT_EQ(0, cache_op(self->fd, c.id, MMLAB_CACHE_DESTROY, 0));
	}
}

TEST_F(cache, names)
{
	static const char bad[][64] = {
		"", "0123456789abcdef0123456789abcdef", " ", "a b", "a\nb",
		"x\nforged               1      1     64   64    1 ",
		"%s%n", "a/b", "../x", "a:b", "a,b", "tab\t", "caf\303\251",
		"\377", "\033[2J", "\177", "a\0b", "-\r",
	};
	static const char * const good[] = {
		"a", "-", ".", "..", "_", "0", "A-Z_a.z-09",
		"0123456789abcdef0123456789abcde",
	};
	struct mmlab_cache c;
	size_t i;
	long id;

	for (i = 0; i < ARRAY_LEN(bad); i++) {
		c = (struct mmlab_cache){ .size = 64 };
		memcpy(c.name, bad[i], sizeof(c.name));	/* 32, NUL or not */
		EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_CACHE_CREATE, &c))
			TH_LOG("name %zu: '%.32s'", i, bad[i]);
	}
	for (i = 0; i < ARRAY_LEN(good); i++) {
		id = cache_create(self->fd, good[i], 64, 0);
		ASSERT_LT(0, id);
		EXPECT_EQ(-EEXIST, cache_create(self->fd, good[i], 64, 0));
		EXPECT_EQ(-EEXIST, cache_create(self->fd, good[i], 8, 0));
		ASSERT_FINE(read_slabinfo(&self->slabs));
		EXPECT_NE(NULL, slab_row(&self->slabs, good[i]));
	}
	EXPECT_EQ(-EEXIST, cache_create(self->fd, "kmalloc-64", 64, 0));
	EXPECT_EQ(-EEXIST, cache_create(self->fd, "mm_struct", 64, 0));
	EXPECT_EQ(NULL, slab_row(&self->slabs, "forged"));
}

/* Each byte, alone and after a good one: letters are those of ASCII. */
TEST_F(cache, bytes_of_names)
{
	int byte, at;

	for (byte = 1; byte < 256; byte++) {
		for (at = 0; at < 2; at++) {
			char name[3] = "a";
			long id;

			name[at] = (char)byte;
			id = cache_create(self->fd, name, 64, 0);
			EXPECT_TRUE(strchr(LAB_NAME_CHARS, byte) ? id > 0 : id == -EINVAL)
				TH_LOG("byte 0x%02x at %d: %ld", byte, at, id);
			if (id > 0)
				EXPECT_EQ(0, cache_op(self->fd, id,
						      MMLAB_CACHE_DESTROY, 0));
		}
	}
}

TEST_F(cache, handles)
{
	uint32_t bad[] = { 0, ~0U, 1023, 1024, 1U << 31, 0 };
	struct mmlab_cache_stat s;
	struct mmlab_slab_map map;
	struct mmlab_object o;
	size_t i;

	bad[5] = cache_create(self->fd, "gone", 64, 0);
	ASSERT_LT(0, (int)bad[5]);
	ASSERT_EQ(0, cache_op(self->fd, bad[5], MMLAB_CACHE_DESTROY, 0));
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		EXPECT_EQ(-ENOENT, cache_op(self->fd, bad[i],
					    MMLAB_CACHE_DESTROY, 0));
		EXPECT_EQ(-ENOENT, cache_op(self->fd, bad[i],
					    MMLAB_CACHE_SHRINK, 0));
		EXPECT_EQ(-ENOENT, cache_op(self->fd, bad[i],
					    MMLAB_CACHE_RESIZE, 1));
		EXPECT_EQ(-ENOENT, cache_stat(self->fd, bad[i], &s));
		EXPECT_EQ(-ENOENT, slab_map(self->fd, bad[i], 0, &map));
		if (!bad[i])
			continue;	/* kmalloc */
		EXPECT_EQ(-ENOENT, object_alloc(self->fd, bad[i], 0, &o));
	}
	EXPECT_EQ(-ENOENT, cache_stat_named(self->fd, "gone", &s));
	EXPECT_EQ(-ENOENT, cache_stat_named(self->fd, "a b", &s));
	memset(&s, 'x', sizeof(s.name));
	EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_CACHE_STAT, &s));
	s = (struct mmlab_cache_stat){ .name = "kmalloc-64", .reserved = 1 };
	EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_CACHE_STAT, &s));
	s = (struct mmlab_cache_stat){ .name = "kmalloc-64", .flags = 1 };
	EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_CACHE_STAT, &s));
}

TEST_F(cache, of_another_process)
{
	static const char * const labs[] = { "kmalloc-64", "mm_struct",
					     "lab_object" };
	int other = lab_open(O_RDWR);
	long id = cache_create(self->fd, "mine", 64, 0);
	struct mmlab_cache_stat s;
	struct mmlab_object o;
	size_t i;

	ASSERT_LE(0, other);
	ASSERT_LT(0, id);
	EXPECT_EQ(-EPERM, object_alloc(other, id, 0, &o));
	EXPECT_EQ(-EPERM, cache_op(other, id, MMLAB_CACHE_DESTROY, 0));
	EXPECT_EQ(-EPERM, cache_op(other, id, MMLAB_CACHE_SHRINK, 0));
	EXPECT_EQ(-EPERM, cache_op(other, id, MMLAB_CACHE_RESIZE, 0));
	EXPECT_EQ(-EEXIST, cache_create(other, "mine", 64, 0));
	EXPECT_EQ(0, cache_stat(other, id, &s));	/* open to all */
	ASSERT_EQ(0, object_alloc(self->fd, id, 0, &o));
	EXPECT_EQ(-EPERM, object_free(other, id, o.lva));
	for (i = 0; i < ARRAY_LEN(labs); i++) {
		ASSERT_EQ(0, cache_stat_named(other, labs[i], &s));
		EXPECT_EQ(0, s.owner);
		EXPECT_EQ(i ? MMLAB_CACHE_INTERNAL : 0, s.flags);
		EXPECT_EQ(-EPERM, object_alloc(other, s.id, 0, &o));
		EXPECT_EQ(-EPERM, cache_op(other, s.id, MMLAB_CACHE_DESTROY, 0));
		EXPECT_EQ(-EPERM, cache_op(other, s.id, MMLAB_CACHE_RESIZE, 0));
	}
	close(other);
}

TEST_F(cache, busy)
{
	long id = cache_create(self->fd, "busy", 100, 0), other;
	struct mmlab_cache_stat s;
	struct mmlab_object o;

	other = cache_create(self->fd, "other", 100, 0);
	ASSERT_LT(0, id);
	ASSERT_EQ(0, object_alloc(self->fd, id, 0, &o));
	EXPECT_EQ(-EBUSY, cache_op(self->fd, id, MMLAB_CACHE_DESTROY, 0));
	EXPECT_EQ(0, cache_op(self->fd, id, MMLAB_CACHE_SHRINK, 0));
	ASSERT_EQ(0, cache_stat(self->fd, id, &s));
	EXPECT_EQ(1, s.nr_active);
	EXPECT_EQ(1, s.nr_partial);
	/* the wrong cache is no way to free it */
	EXPECT_EQ(-EINVAL, object_free(self->fd, other, o.lva));
	EXPECT_EQ(-EINVAL, object_free(self->fd, KMALLOC, o.lva));
	EXPECT_EQ(0, object_free(self->fd, id, o.lva));
	EXPECT_EQ(0, cache_op(self->fd, id, MMLAB_CACHE_DESTROY, 0));
	EXPECT_EQ(-ENOENT, cache_op(self->fd, id, MMLAB_CACHE_DESTROY, 0));
	EXPECT_EQ(-ENOENT, object_free(self->fd, id, o.lva));
}

TEST_F(cache, closed)
{
	int other = lab_open(O_RDWR);
	long id = cache_create(other, "closed", 500, 0);
	long checked = cache_create(other, "closed-checked", 500, DEBUG_FLAGS);
	struct mmlab_cache_stat s;
	static uint32_t lvas[1000];
	struct census before, after;

	ASSERT_LT(0, cause_shortage(self->fd));
	ASSERT_FINE(read_census(&before));
	ASSERT_EQ(1000, object_alloc_many(other, id, lvas, 1000));
	ASSERT_EQ(500, object_alloc_many(other, checked, lvas + 500, 500));
	ASSERT_EQ(0, object_free_many(other, id, lvas, 400));
	close(other);
	EXPECT_EQ(-ENOENT, cache_stat(self->fd, id, &s));
	EXPECT_EQ(-ENOENT, cache_stat_named(self->fd, "closed-checked", &s));
	ASSERT_FINE(read_slabinfo(&self->slabs));
	EXPECT_EQ(NULL, slab_row(&self->slabs, "closed"));
	ASSERT_LT(0, cause_shortage(self->fd));
	ASSERT_FINE(read_census(&after));
	EXPECT_GE(before.slab, after.slab);
}

static void name_cache(char *name, unsigned int i)
{
	snprintf(name, 32, "many-%u", i);
}

static const char *check_many(const struct slabinfo *s, unsigned int nr)
{
	unsigned int i, found = 0;
	char name[32];

	for (i = 0; i < s->nr_rows; i++) {
		name_cache(name, found);
		found += !strcmp(s->row[i].name, name);	/* in order */
	}
	return found == nr ? NULL :
	       format_error("%u rows in order, should be %u", found, nr);
}

TEST_F_TIMEOUT(cache, three_hundred_at_once, 120)
{
	static char whole[MAX_TEXT], pieces[MAX_TEXT];
	static const size_t chunks[] = { 1, 7, 100, 4095, 4096, 4097 };
	struct mmlab_object o;
	unsigned int i, before;
	ssize_t len;
	char name[32];

	ASSERT_FINE(read_slabinfo(&self->slabs));
	before = self->slabs.nr_rows;
	for (i = 0; i < 300; i++) {
		long id;

		name_cache(name, i);
		id = cache_create(self->fd, name, 8 + i * 10, all_flags[i % 9]);
		ASSERT_LT(0, id);
		ASSERT_EQ(0, object_alloc(self->fd, id, 0, &o));
	}
	ASSERT_FINE(read_slabinfo(&self->slabs));
	EXPECT_EQ(before + 300, self->slabs.nr_rows);
	ASSERT_FINE(check_many(&self->slabs, 300));
	EXPECT_EQ(slabinfo_frames(&self->slabs),
		  lab_vmstat("nr_slab_unreclaimable"));
	len = read_whole("slabinfo", whole, sizeof(whole));
	ASSERT_LT(300 * 100, len);
	for (i = 0; i < ARRAY_LEN(chunks); i++) {
		EXPECT_EQ(len, read_chunks("slabinfo", pieces, sizeof(pieces),
					   chunks[i], false));
		EXPECT_EQ(0, memcmp(whole, pieces, len))
			TH_LOG("reads of %zu", chunks[i]);
		if (chunks[i] < 50)
			continue;
		EXPECT_EQ(len, read_chunks("slabinfo", pieces, sizeof(pieces),
					   chunks[i], true));
		EXPECT_EQ(0, memcmp(whole, pieces, len))
			TH_LOG("preads of %zu", chunks[i]);
	}
}

/* No process can have them all to itself. */
TEST_F_TIMEOUT(cache, as_many_as_there_can_be, 120)
{
	unsigned int i = 0, k, most = 0;
	int others[3];
	char name[32];
	long id;

	for (k = 0; k < ARRAY_LEN(others); k++) {
		others[k] = lab_open(O_RDWR);
		ASSERT_LE(0, others[k]);
		do {
			name_cache(name, i);
			id = cache_create(others[k], name, 64, 0);
			i += id > 0;
		} while (id > 0);
		EXPECT_EQ(-ENOSPC, id);
		most = most ? most : i;
	}
	EXPECT_EQ(512, most);
	ASSERT_FINE(read_slabinfo(&self->slabs));
	EXPECT_EQ(MAX_CACHES, self->slabs.nr_rows);
	EXPECT_EQ(-ENOSPC, cache_create(self->fd, "one-more", 64, 0));
	for (k = 0; k < ARRAY_LEN(others); k++)
		close(others[k]);
	EXPECT_LT(0, cache_create(self->fd, "one-more", 64, 0));
}

/* The last of all numbers is its owner's only cache: it goes with the owner, too. */
TEST_F_TIMEOUT(cache, the_last_number_alone, 120)
{
	struct mmlab_cache_stat s;
	unsigned int i = 0, k;
	int others[3], fd;
	char name[32];
	long id = 0;

	fd = lab_open(O_RDWR);
	ASSERT_LE(0, fd);
	for (k = 0; k < ARRAY_LEN(others); k++) {
		others[k] = lab_open(O_RDWR);
		ASSERT_LE(0, others[k]);
		while (id != MAX_CACHES - 1) {
			name_cache(name, i++);
			id = cache_create(others[k], name, 64, 0);
			if (id < 0)
				break;
		}
	}
	ASSERT_EQ(MAX_CACHES - 1, id);
	ASSERT_EQ(MAX_CACHES, cache_create(fd, "the-last", 64, 0));
	close(fd);
	EXPECT_EQ(-ENOENT, cache_stat(self->fd, MAX_CACHES, &s));
	EXPECT_EQ(-ENOENT, cache_stat_named(self->fd, "the-last", &s));
	for (k = 0; k < ARRAY_LEN(others); k++)
		close(others[k]);
	EXPECT_EQ(-ENOENT, cache_stat(self->fd, MAX_CACHES - 1, &s));
}

TEST_HARNESS_MAIN
