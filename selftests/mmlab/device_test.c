// SPDX-License-Identifier: GPL-2.0
/*
 * The device: the right to open it, MMLAB_INFO, and its answers to wrong ioctls and wrong
 * arguments.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "objects.h"
#include "pressure.h"
#include "touch.h"

#define SPARE_LVA	0x10000000U
#define MIB		(1UL << 20)

/* Every command, with an argument that is as good as it can be. */
struct call {
	const char *name;
	unsigned long cmd;
	size_t size;
	size_t flags_at;	/* offset of flags; 0: has none */
	size_t reserved_at;	/* offset of the first reserved field; 0: none */
};

#define CALL(cmd, type, flags_at, reserved_at) \
	{ #cmd, cmd, sizeof(struct type), flags_at, reserved_at }

static const struct call calls[] = {
	CALL(MMLAB_INFO, mmlab_info, 0, 0),
	CALL(MMLAB_ALLOC, mmlab_block, offsetof(struct mmlab_block, flags),
	     offsetof(struct mmlab_block, reserved)),
	CALL(MMLAB_FREE, mmlab_block, offsetof(struct mmlab_block, flags),
	     offsetof(struct mmlab_block, reserved)),
	CALL(MMLAB_TRANSLATE, mmlab_translation,
	     offsetof(struct mmlab_translation, flags),
	     offsetof(struct mmlab_translation, reserved)),
	CALL(MMLAB_ACCESS, mmlab_access, offsetof(struct mmlab_access, flags),
	     offsetof(struct mmlab_access, reserved)),
	CALL(MMLAB_MUNMAP, mmlab_range, offsetof(struct mmlab_range, flags),
	     offsetof(struct mmlab_range, reserved)),
	CALL(MMLAB_DRAIN, mmlab_drain, 0, 4),
	CALL(MMLAB_CHECK, mmlab_check, 0, 0),
	CALL(MMLAB_CACHE_CREATE, mmlab_cache, 0,
	     offsetof(struct mmlab_cache, reserved)),
	CALL(MMLAB_OBJ_ALLOC, mmlab_object, offsetof(struct mmlab_object, flags),
	     offsetof(struct mmlab_object, reserved)),
};

/* Those that have no good argument without more ado. */
static const unsigned long more_calls[] = {
	MMLAB_CACHE_OP, MMLAB_OBJ_FREE, MMLAB_CACHE_STAT, MMLAB_SLAB_MAP,
	MMLAB_INJECT, MMLAB_VMALLOC, MMLAB_VFREE, MMLAB_VM_STAT, MMLAB_FORK,
	MMLAB_SWAPON_FILE,
};

FIXTURE(device) {
	struct guard guard;
	int fd;
	struct mmlab_block block;
};

FIXTURE_SETUP(device)
{
	unsigned char *window;

	GUARD_BEGIN(&self->guard);
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, lab_alloc(self->fd, 1, MMLAB_ZONE_NORMAL, &self->block));
	window = lab_map(self->fd, SPARE_LVA, page_size(), PROT_READ | PROT_WRITE);
	ASSERT_NE(NULL, window);
	*window = 1;
	munmap(window, page_size());
}

FIXTURE_TEARDOWN(device)
{
	close(self->fd);
	GUARD_END(&self->guard);
}

/* Fills in an argument with which the call succeeds in this fixture. */
static void good_argument(const struct call *call,
			  const struct mmlab_block *block, void *arg)
{
	memset(arg, 0, call->size);
	switch (call->cmd) {
	case MMLAB_FREE:
		((struct mmlab_block *)arg)->order = block->order;
		((struct mmlab_block *)arg)->phys = block->phys;
		break;
	case MMLAB_TRANSLATE:
		((struct mmlab_translation *)arg)->lva = SPARE_LVA;
		break;
	case MMLAB_ACCESS:
		((struct mmlab_access *)arg)->addr = SPARE_LVA;
		break;
	case MMLAB_CACHE_CREATE:
		strcpy(((struct mmlab_cache *)arg)->name, "selftest");
		((struct mmlab_cache *)arg)->size = 64;
		break;
	case MMLAB_OBJ_ALLOC:
		((struct mmlab_object *)arg)->size = 64;
		break;
	case MMLAB_MUNMAP:
		((struct mmlab_range *)arg)->start = SPARE_LVA;
		((struct mmlab_range *)arg)->len = page_size();
		break;
	}
}

TEST_F(device, open_modes)
{
	static const int modes[] = { O_RDONLY, O_WRONLY, O_RDWR,
				     O_RDWR | O_NONBLOCK, O_RDWR | O_SYNC };
	struct mmlab_info info, own;
	size_t i;

	ASSERT_EQ(0, lab_info(self->fd, &own));
	EXPECT_NE(0, own.lab_pid);
	for (i = 0; i < ARRAY_LEN(modes); i++) {
		int fd = lab_open(modes[i]);

		ASSERT_LE(0, fd);
		ASSERT_EQ(0, lab_info(fd, &info));
		EXPECT_NE(own.lab_pid, info.lab_pid);
		close(fd);
	}
}

static int open_as_nobody(void *unused)
{
	CHILD_CHECK(become_nobody() == 0);
	CHILD_CHECK(lab_open(O_RDONLY) == -EACCES);
	CHILD_CHECK(lab_open(O_WRONLY) == -EACCES);
	return 0;
}

TEST_F(device, root_only)
{
	struct stat st;

	ASSERT_EQ(0, stat(LAB_DEVICE, &st));
	EXPECT_TRUE(S_ISCHR(st.st_mode));
	EXPECT_EQ(0600, st.st_mode & 07777);
	EXPECT_EQ(0, run_child(open_as_nobody, NULL));
}

TEST_F(device, info_is_consistent)
{
	unsigned long dma_mib, mem = read_number(LAB_PARAMS "/mem");
	struct mmlab_info info;
	struct zoneinfo zones;
	struct census census;
	char text[16384];

	ASSERT_EQ(0, lab_info(self->fd, &info));
	EXPECT_EQ(MMLAB_API_VERSION, info.api_version);
	EXPECT_EQ(page_size(), 1UL << info.page_shift);
	EXPECT_EQ(mem * MIB, (unsigned long)info.nr_frames << info.page_shift);
	EXPECT_EQ(LAB_USER_END, info.page_offset);
	EXPECT_EQ(info.page_offset + mem * MIB, info.high_memory);
	EXPECT_EQ(info.high_memory + 8 * MIB, info.vmalloc_start);
	EXPECT_EQ(0xfffe0000U, info.vmalloc_end);
	EXPECT_EQ(MMLAB_FEATURE_BLOCKS | MMLAB_FEATURE_WINDOWS |
		  MMLAB_FEATURE_ACCESS | MMLAB_FEATURE_SLAB |
		  MMLAB_FEATURE_VMALLOC | MMLAB_FEATURE_REGIONS |
		  MMLAB_FEATURE_SWAP | MMLAB_FEATURE_FORK |
		  MMLAB_FEATURE_SWAP_FILE, info.features);
	EXPECT_EQ(0, info.reserved[0] | info.reserved[1]);

	dma_mib = mem < 64 ? mem / 4 : 16;
	EXPECT_EQ(dma_mib * MIB, (unsigned long)info.zone_end[0] << info.page_shift);
	EXPECT_EQ(info.nr_frames, info.zone_end[1]);

	ASSERT_LT(0, read_whole("zoneinfo", text, sizeof(text)));
	ASSERT_FINE(parse_zoneinfo(text, &zones));
	ASSERT_EQ(2, zones.nr_zones);
	EXPECT_EQ(info.zone_end[0],
		  zones.zone[0].start_pfn + zones.zone[0].spanned);
	EXPECT_EQ(info.zone_end[0], zones.zone[1].start_pfn);
	EXPECT_EQ(2, zones.zone[0].nr_protection);
	EXPECT_EQ(2, zones.zone[1].nr_protection);
	EXPECT_EQ(info.zone_end[1],
		  zones.zone[1].start_pfn + zones.zone[1].spanned);
	ASSERT_FINE(read_census(&census));
	EXPECT_EQ(info.nr_frames, census_sum(&census));
}

static int try_ioctl(int fd, unsigned int dir, unsigned int nr,
		     unsigned int size)
{
	unsigned char arg[256] = { 0 };

	return lab_ioctl(fd, _IOC(dir, MMLAB_IOC_MAGIC, nr, size), arg);
}

TEST_F(device, unknown_ioctls)
{
	unsigned char arg[256] = { 0 };
	unsigned int nr, dir;
	unsigned long foreign;
	size_t i;

	for (nr = 0; nr < 256; nr++) {
		if (nr >= _IOC_NR(MMLAB_INFO) && nr <= _IOC_NR(MMLAB_VM_STAT))
			continue;
		for (dir = 0; dir < 4; dir++)
			EXPECT_EQ(-ENOTTY, try_ioctl(self->fd, dir, nr, 32));
	}
	for (i = 0; i < ARRAY_LEN(calls); i++) {
		unsigned int size, cmd_nr = _IOC_NR(calls[i].cmd);

		for (dir = 0; dir < 4; dir++) {
			for (size = 0; size <= 256; size++) {
				if (dir == _IOC_DIR(calls[i].cmd) &&
				    size == calls[i].size)
					continue;
				EXPECT_EQ(-ENOTTY, try_ioctl(self->fd, dir,
							     cmd_nr, size));
			}
		}
		foreign = calls[i].cmd ^ (1UL << _IOC_TYPESHIFT);
		EXPECT_EQ(-ENOTTY, lab_ioctl(self->fd, foreign, arg));
	}
}

TEST_F(device, flags_and_reserved)
{
	unsigned char arg[256], before[256];
	size_t i, at;

	for (i = 0; i < ARRAY_LEN(calls); i++) {
		const struct call *call = &calls[i];
		size_t fields[2] = { call->flags_at, call->reserved_at };
		uint32_t bit;

		if (call->cmd == MMLAB_DRAIN || call->cmd == MMLAB_CHECK)
			fields[0] = SIZE_MAX;	/* flags at offset 0 */
		for (at = 0; at < 2; at++) {
			size_t offset = fields[at] == SIZE_MAX ? 0 : fields[at];

			if (!fields[at])
				continue;
			for (bit = 4; bit; bit <<= 1) {
				good_argument(call, &self->block, arg);
				*(uint32_t *)(arg + offset) |= bit;
				memcpy(before, arg, sizeof(arg));
				EXPECT_EQ(-EINVAL, lab_ioctl(self->fd,
							     call->cmd, arg))
					TH_LOG("%s: bit %#x at %zu", call->name,
					       bit, offset);
				EXPECT_EQ(0, memcmp(before, arg, call->size));
			}
		}
	}
}

TEST_F(device, second_reserved_words)
{
	struct mmlab_translation t = { .reserved = { 0, 1ULL << 63 } };

	EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_TRANSLATE, &t));
	t.reserved[0] = 1;
	t.reserved[1] = 0;
	EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_TRANSLATE, &t));
}

TEST_F(device, bad_pointers)
{
	char *hole = mmap(NULL, 2 * page_size(), PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *bad[] = { NULL, (void *)-1L, (void *)LONG_MIN,
			hole + page_size(), hole + page_size() - 4 };
	struct census before, after;
	size_t i, k;

	ASSERT_NE(MAP_FAILED, hole);
	munmap(hole + page_size(), page_size());
	ASSERT_FINE(read_census(&before));
	for (i = 0; i < ARRAY_LEN(calls); i++)
		for (k = 0; k < ARRAY_LEN(bad); k++)
			EXPECT_EQ(-EFAULT, lab_ioctl(self->fd, calls[i].cmd,
						     bad[k]))
				TH_LOG("call %zu, pointer %zu", i, k);
	for (i = 0; i < ARRAY_LEN(more_calls); i++)
		for (k = 0; k < ARRAY_LEN(bad); k++)
			EXPECT_EQ(-EFAULT, lab_ioctl(self->fd, more_calls[i],
						     bad[k]));
	ASSERT_FINE(read_census(&after));
	EXPECT_EQ(before.blocks, after.blocks);
	EXPECT_EQ(before.anon, after.anon);
	munmap(hole, page_size());
}

/* An argument that can be copied in but not out must leave everything as it was. */
TEST_F(device, read_only_arguments)
{
	unsigned char *arg = mmap(NULL, page_size(), PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct mmlab_translation t;
	struct census before, after;
	size_t i;

	ASSERT_NE(MAP_FAILED, arg);
	ASSERT_FINE(read_census(&before));
	for (i = 0; i < ARRAY_LEN(calls); i++) {
		if (!(_IOC_DIR(calls[i].cmd) & _IOC_READ))
			continue;
		mprotect(arg, page_size(), PROT_READ | PROT_WRITE);
		good_argument(&calls[i], &self->block, arg);
		mprotect(arg, page_size(), PROT_READ);
		EXPECT_EQ(-EFAULT, lab_ioctl(self->fd, calls[i].cmd, arg))
			TH_LOG("%s", calls[i].name);
	}
	ASSERT_FINE(read_census(&after));
	EXPECT_EQ(before.blocks, after.blocks);
	EXPECT_EQ(before.anon, after.anon);
	EXPECT_EQ(before.tables, after.tables);
	ASSERT_EQ(0, lab_translate(self->fd, SPARE_LVA, &t));
	EXPECT_EQ(MMLAB_REGION_USER, t.region);
	EXPECT_EQ(MMLAB_STEP_OK, t.step);
	munmap(arg, page_size());
}

/* What is only copied in may lie where nothing can be stored. */
TEST_F(device, arguments_that_need_not_be_written_to)
{
	unsigned char *arg = mmap(NULL, page_size(), PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct mmlab_exec exec = {
		.name = "x", .stack_top = 0x2000 * 16, .stack_size = 0x1000 * 16,
		.stack_prot = PROT_READ,
	};
	struct mmlab_area area = { .size = page_size() };
	struct mmlab_object object = { .size = 64 };
	struct mmlab_region region = {
		.start = SPARE_LVA, .len = page_size(), .prot = PROT_READ,
	};
	struct mmlab_swap swap = { .nr_pages = 16 };
	const struct { unsigned long cmd; const void *arg; size_t size; } only_in[] = {
		{ MMLAB_FREE, &self->block, sizeof(self->block) },
		{ MMLAB_MPROTECT, &region, sizeof(region) },
		{ MMLAB_VFREE, &area, sizeof(area) },
		{ MMLAB_OBJ_FREE, &object, sizeof(object) },
		{ MMLAB_SWAPOFF, &swap, sizeof(swap) },
		{ MMLAB_EXEC, &exec, sizeof(exec) },
	};
	size_t i;

	ASSERT_NE(MAP_FAILED, arg);
	ASSERT_EQ(0, lab_ioctl(self->fd, MMLAB_VMALLOC, &area));
	ASSERT_EQ(0, lab_ioctl(self->fd, MMLAB_OBJ_ALLOC, &object));
	ASSERT_EQ(0, lab_ioctl(self->fd, MMLAB_SWAPON, &swap));
	self->block.got_zone = 0;
	area = (struct mmlab_area){ .lva = area.lva };
	object = (struct mmlab_object){ .lva = object.lva };
	swap = (struct mmlab_swap){ .type = swap.type };
	for (i = 0; i < ARRAY_LEN(only_in); i++) {
		mprotect(arg, page_size(), PROT_READ | PROT_WRITE);
		memcpy(arg, only_in[i].arg, only_in[i].size);
		mprotect(arg, page_size(), PROT_READ);
		EXPECT_EQ(0, lab_ioctl(self->fd, only_in[i].cmd, arg)) {
			TH_LOG("command %zu", i);
		}
		EXPECT_EQ(0, memcmp(arg, only_in[i].arg, only_in[i].size));
	}
	munmap(arg, page_size());
}

struct toggler {
	void *arg;
	size_t len;
	volatile bool stop;
};

static void *toggle_rights(void *arg)
{
	struct toggler *t = arg;

	while (!t->stop) {
		mprotect(t->arg, t->len, PROT_READ);
		mprotect(t->arg, t->len, PROT_READ | PROT_WRITE);
	}
	return NULL;
}

/*
 * The argument becomes read-only while the call is at work (clearing 4 MiB takes
 * its time): the block that can't be told of must not stay allocated.
 */
TEST_F(device, argument_turns_read_only)
{
	struct toggler t = { .len = page_size() };
	struct mmlab_block *arg;
	long before = lab_vmstat("nr_blocks");
	int refused = 0, round;
	pthread_t thread;

	arg = mmap(NULL, t.len, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, arg);
	*arg = (struct mmlab_block){ .order = MMLAB_NR_ORDERS - 1,
				     .zone = MMLAB_ZONE_NORMAL };
	t.arg = arg;
	ASSERT_EQ(0, pthread_create(&thread, NULL, toggle_rights, &t));
	for (round = 0; round < 300; round++) {
		/* the answer is a valid argument for the next call */
		int err = lab_ioctl(self->fd, MMLAB_ALLOC, arg);

		ASSERT_TRUE(!err || err == -EFAULT)
			TH_LOG("round %d: %d", round, err);
		refused += err == -EFAULT;
		if (!err)
			ASSERT_EQ(0, lab_free(self->fd, arg));
	}
	t.stop = true;
	pthread_join(thread, NULL);
	TH_LOG("%d of 300 refused", refused);
	EXPECT_EQ(before, lab_vmstat("nr_blocks"));
	munmap(arg, t.len);
}

#define SWAP_FD		200
#define SWAP_FILE	"/tmp/mmlab-device-swap"

/* One that takes its time to make something, and what there is of it then. */
struct maker {
	const char *name;
	unsigned long cmd, undo;
	size_t size;
	union {
		struct mmlab_area area;
		struct mmlab_swap swap;
		struct mmlab_swap_file swap_file;
		struct mmlab_object object;
		struct mmlab_cache cache;
	} arg;
	long (*count)(void);
};

static long count_blocks(void)
{
	return lab_vmstat("nr_blocks");
}

static long count_areas(void)
{
	return lab_meminfo("VmallocUsed");
}

static long count_swap(void)
{
	return lab_meminfo("SwapTotal");
}

static long count_caches(void)
{
	static struct slabinfo s;

	return read_slabinfo(&s) ? -1 : (long)s.nr_rows;
}

/* What undoes the call that answered @arg. */
static int undo(int fd, const struct maker *m, const void *arg)
{
	const struct mmlab_cache *cache = arg;
	const struct mmlab_object *object = arg;
	const struct mmlab_area *area = arg;
	const struct mmlab_swap *swap = arg;
	const struct mmlab_swap_file *swap_file = arg;

	switch (m->cmd) {
	case MMLAB_CACHE_CREATE:
		return cache_op(fd, cache->id, MMLAB_CACHE_DESTROY, 0);
	case MMLAB_OBJ_ALLOC:
		return object_free(fd, KMALLOC, object->lva);
	case MMLAB_VMALLOC:
		return lab_ioctl(fd, m->undo, &(struct mmlab_area){ .lva = area->lva });
	case MMLAB_SWAPON_FILE:
		return lab_ioctl(fd, m->undo, &(struct mmlab_swap){ .type = swap_file->type });
	default:
		return lab_ioctl(fd, m->undo, &(struct mmlab_swap){ .type = swap->type });
	}
}

/* Makes others wait for the lock of the caches. */
static void *check_on(void *arg)
{
	struct toggler *t = arg;
	struct mmlab_check check;
	int fd = lab_open(O_RDWR);

	while (!t->stop) {
		memset(&check, 0, sizeof(check));
		lab_ioctl(fd, MMLAB_CHECK, &check);
	}
	close(fd);
	return NULL;
}

/*
 * The same for what is made otherwise: what can't be told of is taken back. The argument
 * becomes read-only in the middle of the call, now and then.
 */
TEST_F_TIMEOUT(device, nothing_is_made_that_can_t_be_told, 120)
{
	static const struct maker makers[] = {
		{ "object", MMLAB_OBJ_ALLOC, 0, sizeof(struct mmlab_object),
		  { .object = { .size = 4U << 20 } }, count_blocks },
		{ "area", MMLAB_VMALLOC, MMLAB_VFREE, sizeof(struct mmlab_area),
		  { .area = { .size = 4U << 20 } }, count_areas },
		{ "swap", MMLAB_SWAPON, MMLAB_SWAPOFF, sizeof(struct mmlab_swap),
		  { .swap = { .nr_pages = 1U << 16 } }, count_swap },
		{ "swap file", MMLAB_SWAPON_FILE, MMLAB_SWAPOFF, sizeof(struct mmlab_swap_file),
		  { .swap_file = { .fd = SWAP_FD, .prio = -1 } }, count_swap },
		{ "cache", MMLAB_CACHE_CREATE, 0, sizeof(struct mmlab_cache),
		  { .cache = { .name = "made", .size = 64 } }, count_caches },
	};
	struct toggler t = { .len = page_size() };
	pthread_t thread, checker;
	size_t i;
	int file;

	file = make_swap_file(SWAP_FILE, 1U << 10);
	ASSERT_LE(0, file);
	ASSERT_EQ(SWAP_FD, dup2(file, SWAP_FD));
	close(file);
	unlink(SWAP_FILE);
	t.arg = mmap(NULL, t.len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, t.arg);
	for (i = 0; i < ARRAY_LEN(makers); i++) {
		const struct maker *m = &makers[i];
		long before = m->count();
		int refused = 0, round;

		t.stop = false;
		ASSERT_EQ(0, pthread_create(&thread, NULL, toggle_rights, &t));
		if (m->cmd == MMLAB_CACHE_CREATE)
			ASSERT_EQ(0, pthread_create(&checker, NULL, check_on, &t));
		for (round = 0; round < 60; round++) {
			unsigned char answer[256];
			int err;

			ASSERT_EQ(m->size, pwrite(self->fd, &m->arg, m->size, SPARE_LVA));
			/* the toggler may be in the way of the copy */
			while (pread(self->fd, t.arg, m->size, SPARE_LVA) != (ssize_t)m->size)
				;
			err = lab_ioctl(self->fd, m->cmd, t.arg);
			refused += err == -EFAULT;
			ASSERT_TRUE(!err || err == -EFAULT) {
				TH_LOG("%s: %d", m->name, err);
			}
			memcpy(answer, t.arg, m->size);
			if (!err)
				ASSERT_EQ(0, undo(self->fd, m, answer));
		}
		t.stop = true;
		pthread_join(thread, NULL);
		if (m->cmd == MMLAB_CACHE_CREATE)
			pthread_join(checker, NULL);
		TH_LOG("%s: %d of %d refused", m->name, refused, round);
		EXPECT_EQ(before, m->count()) {
			TH_LOG("%s", m->name);
		}
	}
	munmap(t.arg, t.len);
	close(SWAP_FD);
}

/* The argument lies in the very region that the call replaces by one that only reads. */
TEST_F(device, a_region_that_takes_its_argument_away)
{
	unsigned char *window = lab_map(self->fd, SPARE_LVA, page_size(),
					PROT_READ | PROT_WRITE);
	struct mmlab_translation t;

	ASSERT_NE(NULL, window);
	*(struct mmlab_region *)window = (struct mmlab_region){
		.start = SPARE_LVA, .len = page_size(), .prot = PROT_READ,
		.flags = MMLAB_MAP_FIXED,
	};
	EXPECT_EQ(-EFAULT, lab_ioctl(self->fd, MMLAB_MMAP, window));
	ASSERT_EQ(0, lab_translate(self->fd, SPARE_LVA, &t));
	EXPECT_EQ(MMLAB_REGION_HOLE, t.region);
	munmap(window, page_size());
}

/* The copy of an argument may itself fault in a window of the same process. */
TEST_F(device, arguments_in_a_window)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(calls); i++) {
		unsigned char *window;

		if (calls[i].cmd == MMLAB_FREE || calls[i].cmd == MMLAB_INFO)
			continue;
		window = lab_map(self->fd, 2 * SPARE_LVA + i * page_size(),
				 page_size(), PROT_READ | PROT_WRITE);
		ASSERT_NE(NULL, window);
		good_argument(&calls[i], &self->block, window);
		EXPECT_EQ(0, lab_ioctl(self->fd, calls[i].cmd, window))
			TH_LOG("%s", calls[i].name);
		munmap(window, page_size());
	}
	for (i = 0; i < 2; i++) {
		/* never touched before: copied in as zeros, or only out */
		unsigned char *window = lab_map(self->fd, 3 * SPARE_LVA +
						i * page_size(), page_size(),
						PROT_READ | PROT_WRITE);

		ASSERT_NE(NULL, window);
		EXPECT_EQ(0, lab_ioctl(self->fd, i ? MMLAB_INFO : MMLAB_CHECK,
				       window));
		munmap(window, page_size());
	}
}

TEST_F(device, other_uses_are_refused)
{
	char byte = 0;
	int fd;

	fd = open(LAB_DEVICE, O_PATH | O_CLOEXEC);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EBADF, lab_ioctl(fd, MMLAB_CHECK, &byte));
	close(fd);
	EXPECT_EQ(-1, ftruncate(self->fd, 0));
	EXPECT_EQ(EINVAL, errno);
	fd = lab_open(O_WRONLY);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-1, pread(fd, &byte, 1, SPARE_LVA));
	EXPECT_EQ(EBADF, errno);
	close(fd);
	fd = lab_open(O_RDONLY);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-1, pwrite(fd, &byte, 1, SPARE_LVA));
	EXPECT_EQ(EBADF, errno);
	close(fd);
}

static int exec_caller32(void *unused)
{
	char path[PATH_MAX] = "";

	if (readlink("/proc/self/exe", path, sizeof(path) - 16) < 0)
		return 126;
	strcat(dirname(path), "/caller32");
	execl(path, "caller32", NULL);
	return errno == ENOEXEC || errno == ENOENT ? 125 : 126;
}

TEST_F(device, caller_of_32_bits)
{
	int status = run_child(exec_caller32, NULL);

	if (status == 125)
		SKIP(return, "no 32-bit programs besides those of this machine");
	EXPECT_EQ(0, status);
}

TEST_HARNESS_MAIN
