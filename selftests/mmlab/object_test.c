// SPDX-License-Identifier: GPL-2.0
/*
 * Objects of caches and of kmalloc: sizes, zones, the bytes that their owner and others
 * reach, zeros for the next owner, every bad free, and the lab's own slabs, which no
 * process reaches.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "objects.h"

#define SECRET	0x5e

FIXTURE(object) {
	struct guard guard;
	struct mmlab_info info;
	int fd;
	int other;
	unsigned char *data;	/* KMALLOC_MAX + 1 bytes */
};

FIXTURE_SETUP(object)
{
	GUARD_BEGIN(&self->guard);
	self->fd = lab_open(O_RDWR);
	self->other = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	ASSERT_LE(0, self->other);
	ASSERT_EQ(0, lab_info(self->fd, &self->info));
	self->data = malloc(KMALLOC_MAX + 1);
	ASSERT_NE(NULL, self->data);
}

FIXTURE_TEARDOWN(object)
{
	free(self->data);
	close(self->fd);
	close(self->other);
	GUARD_END(&self->guard);
}

static const uint32_t kmalloc_sizes[] = {
	1, 8, 9, 16, 17, 32, 33, 64, 65, 96, 97, 128, 129, 192, 193, 256, 257,
	511, 512, 1000, 1024, 1025, 2048, 4096, 4097, 8192, 10000, 16384, 32768,
	65535, 65536, 65537, 131071, 131072, 131073, 300000, 1 << 20,
	(1 << 20) + 1, (4 << 20) - 1, 4 << 20,
};

/* What kmalloc() of Linux would give. */
static uint32_t size_class(uint32_t size)
{
	uint32_t bytes = 8;

	if (size > 64 && size <= 96)
		return 96;
	if (size > 128 && size <= 192)
		return 192;
	while (bytes < size)
		bytes *= 2;
	return bytes;
}

static bool is_filled(const unsigned char *p, size_t len, int byte)
{
	return !len || (*p == byte && !memcmp(p, p + 1, len - 1));
}

static uint32_t pfn_of(const struct mmlab_info *info, uint32_t lva)
{
	return (lva - info->page_offset) >> info->page_shift;
}

/* Objects of the cache for @size in use; 0 for sizes that have none. */
static uint32_t nr_active(int fd, uint32_t size)
{
	struct mmlab_cache_stat s;
	char name[32];

	snprintf(name, sizeof(name), "kmalloc-%u", size_class(size));
	return cache_stat_named(fd, name, &s) ? 0 : s.nr_active;
}

TEST_F_TIMEOUT(object, kmalloc_sizes, 60)
{
	struct mmlab_object o, dma;
	size_t i;

	for (i = 0; i < ARRAY_LEN(kmalloc_sizes); i++) {
		uint32_t size = kmalloc_sizes[i];
		uint32_t active = nr_active(self->fd, size);

		ASSERT_EQ(0, object_alloc(self->fd, KMALLOC, size, &o))
			TH_LOG("size %u", size);
		EXPECT_EQ(active + (size <= MAX_OBJECT), nr_active(self->fd, size));
		EXPECT_EQ(size_class(size), o.usable);
		EXPECT_EQ(0, o.lva % 8);
		if (!(o.usable & (o.usable - 1)) && o.usable <= page_size())
			EXPECT_EQ(0, o.lva % o.usable);
		ASSERT_EQ(o.usable, pread(self->fd, self->data, o.usable, o.lva));
		EXPECT_TRUE(is_filled(self->data, o.usable, 0));
		memset(self->data, SECRET, o.usable);
		ASSERT_EQ(o.usable, pwrite(self->fd, self->data, o.usable, o.lva));

		ASSERT_EQ(0, object_alloc_dma(self->fd, size, &dma));
		EXPECT_EQ(o.usable, dma.usable);
		EXPECT_GE(self->info.zone_end[MMLAB_ZONE_DMA],
			  pfn_of(&self->info, dma.lva + dma.usable - 1) + 1);
		ASSERT_EQ(0, object_free(self->fd, KMALLOC, dma.lva));
		ASSERT_EQ(0, object_free(self->fd, KMALLOC, o.lva));
	}
}

TEST_F(object, bad_requests)
{
	static const struct mmlab_object bad[] = {
		{ .size = 0 }, { .size = KMALLOC_MAX + 1 }, { .size = ~0U },
		{ .size = 1U << 31 }, { .size = 8, .flags = 2 },
		{ .size = 8, .flags = 1U << 31 }, { .size = 8, .reserved = 1 },
	};
	long id = cache_create(self->fd, "requests", 64, 0);
	struct mmlab_object o;
	size_t i;

	for (i = 0; i < ARRAY_LEN(bad); i++) {
		o = bad[i];
		EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_OBJ_ALLOC, &o))
			TH_LOG("request %zu", i);
	}
	o = (struct mmlab_object){ .id = id, .size = 64 };
	EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_OBJ_ALLOC, &o));
	o = (struct mmlab_object){ .id = id, .flags = MMLAB_CACHE_DMA };
	EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_OBJ_ALLOC, &o));
	o = (struct mmlab_object){ .id = id, .reserved = 1 };
	EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_OBJ_ALLOC, &o));
}

TEST_F(object, bad_frees)
{
	long id = cache_create(self->fd, "frees", 100, 0);
	struct mmlab_object o, foreign, large;
	struct mmlab_block b;
	uint32_t next;
	size_t i;

	ASSERT_EQ(0, object_alloc(self->fd, id, 0, &o));
	ASSERT_EQ(0, object_alloc(self->other, KMALLOC, 100, &foreign));
	ASSERT_EQ(0, object_alloc(self->fd, KMALLOC, 300000, &large));
	ASSERT_EQ(0, lab_alloc(self->fd, 0, MMLAB_ZONE_NORMAL, &b));
	next = o.lva + 104;
	{
		const uint32_t bad[] = {
			0, 1, ~0U, self->info.page_offset,
			self->info.high_memory, o.lva + 1, o.lva - 1,
			o.lva + 8, o.lva + 50, o.lva + 99, next,
			foreign.lva, foreign.lva + 8, large.lva + page_size(),
			large.lva + 8, b.lva, o.lva - self->info.page_offset,
		};

		for (i = 0; i < ARRAY_LEN(bad); i++) {
			EXPECT_EQ(-ENOENT, object_free(self->fd, id, bad[i]))
				TH_LOG("address %#x", bad[i]);
			EXPECT_EQ(-ENOENT, object_free(self->fd, KMALLOC, bad[i]))
				TH_LOG("address %#x", bad[i]);
		}
	}
	for (i = 0; i < 3; i++) {
		struct mmlab_object f = { .id = id, .lva = o.lva };

		f.size = i == 0;
		f.flags = i == 1;
		f.reserved = i == 2;
		EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_OBJ_FREE, &f));
	}
	EXPECT_EQ(-EINVAL, object_free(self->fd, id, large.lva));
	ASSERT_EQ(0, object_free(self->fd, id, o.lva));
	EXPECT_EQ(-ENOENT, object_free(self->fd, id, o.lva));
	ASSERT_EQ(0, object_free(self->fd, KMALLOC, large.lva));
	EXPECT_EQ(-ENOENT, object_free(self->fd, KMALLOC, large.lva));
	EXPECT_EQ(0, object_free(self->other, KMALLOC, foreign.lva));
}

/* A large object is no block, though it comes from the same place. */
TEST_F(object, blocks_are_something_else)
{
	struct mmlab_block b = { .order = 7 }, own;
	struct mmlab_object o;

	ASSERT_EQ(0, object_alloc(self->fd, KMALLOC, 300000, &o));
	ASSERT_EQ(0, lab_alloc(self->fd, 7, MMLAB_ZONE_NORMAL, &own));
	b.phys = o.lva - self->info.page_offset;
	EXPECT_EQ(-EPERM, lab_free(self->fd, &b));
	EXPECT_EQ(1, pread(self->fd, self->data, 1, o.lva + 299999));
	EXPECT_EQ(-ENOENT, object_free(self->fd, KMALLOC, own.lva));
	EXPECT_EQ(0, object_free(self->fd, KMALLOC, o.lva));
	EXPECT_EQ(0, lab_free(self->fd, &own));
}

struct reach {
	int fd, other;
	uint32_t lva, len;
	unsigned char *data;
};

/* Without privileges: every byte of the own object, and none besides. */
static int reach_own(void *arg)
{
	struct reach *r = arg;
	uint32_t i, end = r->lva + r->len;
	char c = 'c';

	CHILD_CHECK(become_nobody() == 0);
	memset(r->data, 'x', r->len);
	CHILD_CHECK(pwrite(r->fd, r->data, r->len, r->lva) == (int)r->len);
	memset(r->data, 0, r->len);
	CHILD_CHECK(pread(r->fd, r->data, r->len, r->lva) == (int)r->len);
	CHILD_CHECK(is_filled(r->data, r->len, 'x'));
	for (i = 0; i < 9 && i < r->len; i++) {
		CHILD_CHECK(pwrite(r->fd, &c, 1, r->lva + i) == 1);
		CHILD_CHECK(pread(r->fd, &c, 1, end - 1 - i) == 1);
	}
	for (i = 0; i < 9; i++) {
		CHILD_CHECK(pread(r->fd, &c, 1, end + i) == -1 && errno == EPERM);
		CHILD_CHECK(pwrite(r->fd, &c, 1, end + i) == -1 && errno == EPERM);
		CHILD_CHECK(pread(r->fd, &c, 1, r->lva - 1 - i) == -1);
		CHILD_CHECK(errno == EPERM);
	}
	CHILD_CHECK(pwrite(r->fd, r->data, 2, end - 1) < 2);
	CHILD_CHECK(pread(r->fd, r->data, r->len + 1, r->lva) < (int)r->len + 1);
	CHILD_CHECK(pread(r->other, &c, 1, r->lva) == -1 && errno == EPERM);
	CHILD_CHECK(pwrite(r->other, &c, 1, r->lva) == -1 && errno == EPERM);
	CHILD_CHECK(lab_access(r->other, MMLAB_ACCESS_PHYS,
			       r->lva - LAB_USER_END, &c, 1) == -EPERM);
	return 0;
}

TEST_F_TIMEOUT(object, to_the_last_byte, 60)
{
	static const uint32_t sizes[] = { 1, 8, 13, 100, 1000, 4095, 4097,
					  5000, 20000, 131071 };
	struct reach r = { self->fd, self->other, .data = self->data };
	struct mmlab_object o, fence;
	size_t i;

	for (i = 0; i < 2 * ARRAY_LEN(sizes); i++) {
		uint32_t flags = i % 2 ? DEBUG_FLAGS : 0;
		long id = cache_create(self->fd, "reach", sizes[i / 2], flags);

		ASSERT_LT(0, id);
		ASSERT_EQ(0, object_alloc(self->fd, id, 0, &o));
		r.lva = o.lva;
		r.len = o.usable;
		EXPECT_EQ(0, run_child(reach_own, &r))
			TH_LOG("size %u, flags %#x", sizes[i / 2], flags);
		ASSERT_EQ(0, object_free(self->fd, id, o.lva));
		ASSERT_EQ(0, cache_op(self->fd, id, MMLAB_CACHE_DESTROY, 0));
	}
	/* objects of another process all around */
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, object_alloc(self->other, KMALLOC, 64, &fence));
		ASSERT_EQ(0, object_alloc(self->fd, KMALLOC, 64, &o));
	}
	r.lva = o.lva;
	r.len = o.usable;
	EXPECT_EQ(0, run_child(reach_own, &r));
	ASSERT_EQ(0, object_alloc(self->fd, KMALLOC, 300000, &o));
	r.lva = o.lva;
	r.len = o.usable;
	EXPECT_EQ(0, run_child(reach_own, &r));
}

/* One process fills and leaves; the next must not see a byte of it. */
TEST_F_TIMEOUT(object, zeroed_for_the_next, 60)
{
	static const uint32_t sizes[] = { 8, 64, 96, 256, 4096, 32768, 200000 };
	struct mmlab_object o;
	size_t i, k;
	long id;

	for (i = 0; i < ARRAY_LEN(sizes); i++) {
		int fd = lab_open(O_RDWR);

		memset(self->data, SECRET, 1 << 20);
		for (k = 0; k < 20; k++) {
			ASSERT_EQ(0, object_alloc(fd, KMALLOC, sizes[i], &o));
			ASSERT_EQ(o.usable, pwrite(fd, self->data, o.usable,
						   o.lva));
			if (k % 2)
				ASSERT_EQ(0, object_free(fd, KMALLOC, o.lva));
		}
		close(fd);
		for (k = 0; k < 20; k++) {
			ASSERT_EQ(0, object_alloc(self->fd, KMALLOC, sizes[i],
						  &o));
			ASSERT_EQ(o.usable, pread(self->fd, self->data,
						  o.usable, o.lva));
			ASSERT_TRUE(is_filled(self->data, o.usable, 0))
				TH_LOG("size %u, object %zu", sizes[i], k);
		}
	}
	/* within one cache as well */
	id = cache_create(self->fd, "secrets", 500, MMLAB_CACHE_RANDOM);
	for (i = 0; i < 100; i++) {
		ASSERT_EQ(0, object_alloc(self->fd, id, 0, &o));
		ASSERT_EQ(500, pread(self->fd, self->data, 500, o.lva));
		ASSERT_TRUE(is_filled(self->data, 500, 0));
		memset(self->data, SECRET, 500);
		ASSERT_EQ(500, pwrite(self->fd, self->data, 500, o.lva));
		ASSERT_EQ(0, object_free(self->fd, id, o.lva));
	}
}

/* With CAP_SYS_ADMIN the arena is open, but for pointers that the lab follows. */
TEST_F(object, internal_slabs_are_nobodys)
{
	static const char * const names[] = { "mm_struct", "lab_object",
					      "vm_area_struct" };
	unsigned char *window;
	struct mmlab_object o;
	uint64_t word;
	size_t i;

	window = lab_map(self->fd, 0x1000000, page_size(), PROT_READ);
	ASSERT_NE(NULL, window);	/* for a VMA */
	munmap(window, page_size());
	ASSERT_EQ(0, object_alloc(self->other, KMALLOC, 64, &o));
	EXPECT_EQ(8, pread(self->fd, &word, 8, o.lva));
	EXPECT_EQ(8, pwrite(self->fd, &word, 8, o.lva));
	for (i = 0; i < ARRAY_LEN(names); i++) {
		struct mmlab_cache_stat s;
		struct mmlab_slab_map map;
		uint32_t index;

		ASSERT_EQ(0, cache_stat_named(self->fd, names[i], &s));
		for (index = 0; !slab_map(self->fd, s.id, index, &map); index++) {
			uint64_t at = (uint64_t)map.pfn * page_size();

			EXPECT_EQ(-EPERM, lab_access(self->fd, MMLAB_ACCESS_PHYS,
						     at, &word, 8));
			EXPECT_EQ(-EPERM, lab_access(self->fd, MMLAB_ACCESS_PHYS |
						     MMLAB_ACCESS_WRITE, at,
						     &word, 8));
			at += self->info.page_offset +
			      (page_size() << s.order) - 8;
			EXPECT_EQ(-1, pread(self->fd, &word, 8, at));
			EXPECT_EQ(EPERM, errno);
			EXPECT_EQ(-1, pwrite(self->fd, &word, 8, at));
			EXPECT_EQ(EPERM, errno);
		}
		EXPECT_LT(0, index);
	}
}

/* The map shows exactly what is in use. */
TEST_F(object, slab_maps)
{
	long id = cache_create(self->fd, "maps", 200, 0);
	static uint32_t lvas[64];
	struct mmlab_slab_map map;
	struct mmlab_cache_stat s;
	uint32_t i, index, used = 0, found = 0;

	ASSERT_EQ(0, cache_op(self->fd, id, MMLAB_CACHE_RESIZE, 0));
	ASSERT_EQ(64, object_alloc_many(self->fd, id, lvas, 64));
	for (i = 0; i < 64; i += 3)
		ASSERT_EQ(0, object_free(self->fd, id, lvas[i]));
	ASSERT_EQ(0, cache_stat(self->fd, id, &s));
	for (index = 0; !slab_map(self->fd, id, index, &map); index++) {
		uint32_t bits = 0, start = self->info.page_offset +
			map.pfn * page_size() + map.colour;

		for (i = 0; i < map.nr_objects; i++)
			bits += map.used[i / 64] >> i % 64 & 1;
		EXPECT_EQ(bits, map.nr_used);
		used += bits;
		for (i = 0; i < 64; i++) {
			uint32_t n = (lvas[i] - start) / s.size;

			if (lvas[i] < start || n >= map.nr_objects)
				continue;
			found++;
			EXPECT_EQ(i % 3 != 0, map.used[n / 64] >> n % 64 & 1);
		}
	}
	EXPECT_EQ(s.nr_full + s.nr_partial + s.nr_free, index);
	EXPECT_EQ(64 - 22, used);
	EXPECT_EQ(64, found);
	EXPECT_EQ(-ENOENT, slab_map(self->fd, id, ~0U, &map));
}

/* The handle can't be given out: then there is nothing. */
TEST_F(object, undone_if_not_told)
{
	struct mmlab_object *arg = mmap(NULL, page_size(), PROT_READ | PROT_WRITE,
					MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long id = cache_create(self->fd, "undone", 64, 0);
	struct mmlab_cache_stat s;
	struct mmlab_cache c = { .name = "never", .size = 64 };

	ASSERT_NE(MAP_FAILED, arg);
	arg->id = id;
	ASSERT_EQ(0, mprotect(arg, page_size(), PROT_READ));
	EXPECT_EQ(-EFAULT, lab_ioctl(self->fd, MMLAB_OBJ_ALLOC, arg));
	ASSERT_EQ(0, cache_stat(self->fd, id, &s));
	EXPECT_EQ(0, s.nr_active);
	ASSERT_EQ(0, mprotect(arg, page_size(), PROT_READ | PROT_WRITE));
	memcpy(arg, &c, sizeof(c));
	ASSERT_EQ(0, mprotect(arg, page_size(), PROT_READ));
	EXPECT_EQ(-EFAULT, lab_ioctl(self->fd, MMLAB_CACHE_CREATE, arg));
	EXPECT_EQ(-ENOENT, cache_stat_named(self->fd, "never", &s));
	munmap(arg, page_size());
}

struct toggler {
	void *arg;
	volatile bool stop;
};

static void *toggle_rights(void *arg)
{
	struct toggler *t = arg;

	while (!t->stop) {
		mprotect(t->arg, page_size(), PROT_READ);
		mprotect(t->arg, page_size(), PROT_READ | PROT_WRITE);
	}
	return NULL;
}

/* The same in the middle of the call: an object that is not returned is freed. */
TEST_F_TIMEOUT(object, argument_turns_read_only, 60)
{
	struct toggler t = { mmap(NULL, page_size(), PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) };
	struct mmlab_object *arg = t.arg;
	int round, told = 0, refused = 0;
	struct mmlab_cache_stat s;
	pthread_t thread;

	ASSERT_NE(MAP_FAILED, t.arg);
	arg->id = cache_create(self->fd, "toggled", 64, 0);
	ASSERT_EQ(0, pthread_create(&thread, NULL, toggle_rights, &t));
	for (round = 0; round < 50000 && refused < 300; round++) {
		/* the answer is a valid argument for the next call */
		int err = lab_ioctl(self->fd, MMLAB_OBJ_ALLOC, arg);

		ASSERT_TRUE(!err || err == -EFAULT);
		told += !err;
		refused += err == -EFAULT;
	}
	t.stop = true;
	pthread_join(thread, NULL);
	TH_LOG("%d told, %d refused", told, refused);
	EXPECT_LT(0, refused);
	ASSERT_EQ(0, cache_stat(self->fd, arg->id, &s));
	EXPECT_EQ(told, s.nr_active);
	munmap(t.arg, page_size());
}

TEST_F_TIMEOUT(object, cache_argument_turns_read_only, 60)
{
	struct toggler t = { mmap(NULL, page_size(), PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) };
	struct mmlab_cache *arg = t.arg;
	struct mmlab_cache_stat s;
	int round, refused = 0;
	pthread_t thread;

	ASSERT_NE(MAP_FAILED, t.arg);
	*arg = (struct mmlab_cache){
		.name = "toggled", .size = 64, .magazine = MMLAB_MAGAZINE_DEFAULT,
	};
	ASSERT_EQ(0, pthread_create(&thread, NULL, toggle_rights, &t));
	for (round = 0; round < 20000 && refused < 300; round++) {
		int err = lab_ioctl(self->fd, MMLAB_CACHE_CREATE, arg);

		refused += err == -EFAULT;
		if (!err)
			err = cache_op(self->fd, arg->id, MMLAB_CACHE_DESTROY, 0);
		ASSERT_TRUE(!err || err == -EFAULT);
		ASSERT_EQ(-ENOENT, cache_stat_named(self->fd, "toggled", &s));
	}
	t.stop = true;
	pthread_join(thread, NULL);
	TH_LOG("%d refused in %d rounds", refused, round);
	EXPECT_LT(0, refused);
	munmap(t.arg, page_size());
}

/* Nothing left: an answer at once, and everything there again afterwards. */
TEST_F_TIMEOUT(object, exhaustion, 60)
{
	long id = cache_create(self->fd, "hungry", 131072, 0);
	static uint32_t lvas[1024];
	struct mmlab_object o;
	size_t n, again;

	ASSERT_LT(0, cause_shortage(self->fd));	/* nothing lies around */
	n = object_alloc_many(self->fd, id, lvas, 1024);
	EXPECT_LT(300, n);
	EXPECT_GT(512, n);
	EXPECT_EQ(-ENOMEM, object_alloc(self->fd, id, 0, &o));
	EXPECT_EQ(-ENOMEM, object_alloc(self->fd, KMALLOC, KMALLOC_MAX, &o));
	ASSERT_EQ(0, object_free_many(self->fd, id, lvas, n));
	ASSERT_LT(0, cause_shortage(self->fd));
	/* the slabs of records may stand in the way of a block here or there */
	again = object_alloc_many(self->fd, id, lvas, 1024);
	EXPECT_LE(n, again + 1);
	EXPECT_GE(n + 1, again);
}

TEST_HARNESS_MAIN
