// SPDX-License-Identifier: GPL-2.0
/*
 * The ioctls of kfuzz: their fields, the values for these, and the conditions afterwards:
 * no process is given the memory of another one, nor frees it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kfuzz.h"

enum kind {
	END,
	PAGE_ADDRESS,
	LENGTH,
	NUMBER,		/* @arg values from 0 */
	BITS,		/* of @arg */
	BLOCK,		/* the physical address of one */
	BLOCK_ORDER,	/* and its order */
	CACHE,
	OBJECT,
	OBJECT_CACHE,
	AREA,
	ADDRESS,	/* any of these, and a byte in it */
	SIZE,
	ALIGN,
	MAGAZINE,
	NAME,		/* @arg 0: of something new; 1: or none; 2: of a policy */
	BUFFER,
	BREAK,
};

struct field {
	uint8_t kind, offset, size;
	uint32_t arg;
};

union argument {
	struct mmlab_block block;
	struct mmlab_access access;
	struct mmlab_cache cache;
	struct mmlab_cache_op cache_op;
	struct mmlab_object object;
	struct mmlab_area area;
	struct mmlab_injection injection;
	struct mmlab_swap swap;
	struct mmlab_policy policy;
	unsigned char bytes[184];
};

/* an ioctl with its argument and its result */
struct call {
	const struct lab_file *file;
	union argument before, after;
	int err, result;
	bool plain;	/* nothing was there that could make it fail */
};

struct handle kfuzz_handles[NR_HANDLES];

/* More was given out than there is room to remember. */
static bool forgot;
static struct handle *last;

/* There may be swap areas; the machine's policy may be another one. */
static bool swapped, chose;

/* ---- what was given to whom ------------------------------------------------ */

struct handle *kfuzz_handle(enum handle_kind kind, uint8_t nr)
{
	struct handle *found = NULL;
	int i;

	for (i = 0; i < NR_HANDLES; i++) {
		if (kfuzz_handles[i].kind != kind)
			continue;
		found = &kfuzz_handles[i];
		if (!nr--)
			break;
	}
	return found;
}

static struct handle *find(enum handle_kind kind, uint32_t value)
{
	int i;

	for (i = 0; i < NR_HANDLES; i++)
		if (kfuzz_handles[i].kind == kind &&
		    kfuzz_handles[i].value == value)
			return &kfuzz_handles[i];
	return NULL;
}

/* The address of a handle's memory, in one space for all kinds of memory. */
static uint64_t place(const struct handle *h)
{
	return h->kind == HANDLE_BLOCK ? LAB_USER_END + h->value :
	       h->kind == HANDLE_CACHE ? (1ULL << 32) + h->value : h->value;
}

static void add(const struct call *c, enum handle_kind kind, uint32_t value,
		uint32_t aux, uint32_t len)
{
	struct handle new = { kind, c->file->tag, value, aux, len };
	struct handle *room = NULL;
	int i;

	for (i = 0; i < NR_HANDLES; i++) {
		struct handle *h = &kfuzz_handles[i];

		if (!h->kind)
			room = h;
		else if (place(h) < place(&new) + len &&
			 place(&new) < place(h) + h->len)
			kfuzz_wrong("given to two: kind %d 0x%x +0x%x, kind %d 0x%x +0x%x",
				    h->kind, h->value, h->len, kind, value, len);
	}
	if (room)
		*room = new;
	else
		forgot = true;
}

static void took(const struct call *c, enum handle_kind kind, uint32_t value,
		 uint32_t aux)
{
	struct handle *h = find(kind, value);

	if (!h && forgot)
		return;
	if (!h)
		kfuzz_wrong("freed, and nobody had it: kind %d 0x%x", kind, value);
	if (h->tag != c->file->tag)
		kfuzz_wrong("freed by another: kind %d 0x%x", kind, value);
	if (kind != HANDLE_AREA && kind != HANDLE_CACHE && h->aux != aux)
		kfuzz_wrong("freed as what it is not: kind %d 0x%x, 0x%x for 0x%x",
			    kind, value, aux, h->aux);
	h->kind = HANDLE_NONE;
}

/* A free that was refused must have had a reason. */
static void refused(const struct call *c, enum handle_kind kind, uint32_t value,
		    uint32_t aux)
{
	struct handle *h = find(kind, value);

	if (c->plain && h && h->tag == c->file->tag && h->aux == aux)
		kfuzz_wrong("its owner can't free it, %s: kind %d 0x%x",
			    strerror(-c->err), kind, value);
}

static void after_alloc(const struct call *c)
{
	const struct mmlab_block *b = &c->after.block;

	if (!c->err)
		add(c, HANDLE_BLOCK, b->phys, b->order, PAGE << b->order);
}

static void after_free(const struct call *c)
{
	const struct mmlab_block *b = &c->before.block;

	(c->err ? refused : took)(c, HANDLE_BLOCK, b->phys, b->order);
}

static void after_object(const struct call *c)
{
	const struct mmlab_object *o = &c->after.object;

	if (!c->err)
		add(c, HANDLE_OBJECT, o->lva, o->id, o->usable);
}

static void after_object_free(const struct call *c)
{
	const struct mmlab_object *o = &c->before.object;

	(c->err ? refused : took)(c, HANDLE_OBJECT, o->lva, o->id);
}

static void after_vmalloc(const struct call *c)
{
	const struct mmlab_area *a = &c->after.area;

	if (!c->err)
		add(c, HANDLE_AREA, a->lva, 0, a->size + PAGE);
}

static void after_vfree(const struct call *c)
{
	const struct mmlab_area *a = &c->before.area;

	(c->err ? refused : took)(c, HANDLE_AREA, a->lva, 0);
}

static void after_cache(const struct call *c)
{
	if (!c->err)
		add(c, HANDLE_CACHE, c->after.cache.id, 0, 1);
}

static void after_cache_op(const struct call *c)
{
	const struct mmlab_cache_op *op = &c->before.cache_op;
	const struct handle *h = find(HANDLE_CACHE, op->id);
	int i;

	if (c->err || (!h && forgot))
		return;
	if (!h || h->tag != c->file->tag)
		kfuzz_wrong("cache %u is another's, and obeys", op->id);
	if (op->op != MMLAB_CACHE_DESTROY)
		return;
	for (i = 0; i < NR_HANDLES; i++)
		if (kfuzz_handles[i].kind == HANDLE_OBJECT &&
		    kfuzz_handles[i].aux == op->id)
			kfuzz_wrong("cache %u went with objects in use", op->id);
	took(c, HANDLE_CACHE, op->id, 0);
}

static void after_swapon(const struct call *c)
{
	swapped |= c->result >= 0;
}

static void after_policy(const struct call *c)
{
	chose |= c->result >= 0 && !c->before.policy.flags;
}

static void after_fork(const struct call *c)
{
	if (c->result >= 0)
		kfuzz_adopt(c->file, c->result);
}

/* ---- the buffer of MMLAB_ACCESS -------------------------------------------- */

#define BUFFER_BYTES	(2 * PAGE)

static unsigned char *buffer(void)
{
	return kfuzz_scratch() + PAGE;
}

static uint64_t choose_buffer(uint8_t b)
{
	struct lab_window *window = &kfuzz_windows[b % NR_WINDOWS];

	switch (b >> 5) {
	case 5:		/* cut off by the end of the memory */
		return (uintptr_t)buffer() + BUFFER_BYTES - (b & 31) * 8;
	case 6:
		kfuzz_mixed |= !!window->p;
		return (uintptr_t)window->p + (b & 8 ? 4000 : 0);
	case 7:
		return b & 1 ? 0xffff888000000000UL : 0;
	}
	return (uintptr_t)buffer() + (b & 15);
}

/* Whatever a lab process reads of its own memory is its own, or 0. */
static void after_access(const struct call *c)
{
	const struct mmlab_access *a = &c->after.access;
	unsigned char *p = (unsigned char *)(uintptr_t)a->buf;
	uint64_t i;

	if (c->err || kfuzz_mixed || a->flags || p < buffer() ||
	    p + a->done > buffer() + BUFFER_BYTES)
		return;
	for (i = 0; i < a->done && a->addr + i < LAB_USER_END; i++)
		if (p[i] && p[i] != c->file->byte)
			kfuzz_wrong("read at 0x%llx: 0x%02x, which is another's",
				    (unsigned long long)(a->addr + i), p[i]);
}

/* ---- the commands ---------------------------------------------------------- */

#define FIELD(kind, type, member, arg)					\
	{ kind, offsetof(struct mmlab_##type, member), 4, arg }
#define WIDE_FIELD(kind, type, member)					\
	{ kind, offsetof(struct mmlab_##type, member), 8 }
#define NAME_FIELD(type, arg)						\
	{ NAME, offsetof(struct mmlab_##type, name), 32, arg }
#define COMMAND(name)	{ #name, MMLAB_##name }
#define RIGHTS	(PROT_READ | PROT_WRITE | PROT_EXEC)

static const struct command {
	struct {
		const char *name;
		unsigned long cmd;
	} id;
	unsigned int cost;
	void (*after)(const struct call *c);
	struct field fields[10];
	bool privileged;	/* mostly called with CAP_SYS_ADMIN */
} commands[] = {
	{ COMMAND(INFO), 10 },
	{ COMMAND(ALLOC), 10, after_alloc, {
		FIELD(NUMBER, block, order, MMLAB_NR_ORDERS),
		FIELD(NUMBER, block, zone, MMLAB_NR_ZONES) } },
	{ COMMAND(FREE), 10, after_free, {
		WIDE_FIELD(BLOCK, block, phys),
		FIELD(BLOCK_ORDER, block, order, MMLAB_NR_ORDERS) } },
	{ COMMAND(TRANSLATE), 10, NULL, { FIELD(ADDRESS, translation, lva, 0) } },
	{ COMMAND(ACCESS), 20, after_access, {
		FIELD(BITS, access, flags, 3),
		WIDE_FIELD(ADDRESS, access, addr),
		WIDE_FIELD(SIZE, access, len),
		WIDE_FIELD(BUFFER, access, buf) } },
	{ COMMAND(MUNMAP), 20, NULL, {
		FIELD(PAGE_ADDRESS, range, start, 0),
		FIELD(LENGTH, range, len, 0) } },
	{ COMMAND(DRAIN), 150 },
	{ COMMAND(CHECK), 500 },
	{ COMMAND(CACHE_CREATE), 30, after_cache, {
		NAME_FIELD(cache, 0),
		FIELD(SIZE, cache, size, 0),
		FIELD(ALIGN, cache, align, 0),
		FIELD(BITS, cache, flags, 0x3f),
		FIELD(MAGAZINE, cache, magazine, 0) } },
	{ COMMAND(CACHE_OP), 30, after_cache_op, {
		FIELD(CACHE, cache_op, id, 0),
		FIELD(NUMBER, cache_op, op, 4),
		FIELD(MAGAZINE, cache_op, value, 1) } },
	{ COMMAND(OBJ_ALLOC), 10, after_object, {
		FIELD(CACHE, object, id, 1),
		FIELD(SIZE, object, size, 1),
		FIELD(BITS, object, flags, 1) } },
	{ COMMAND(OBJ_FREE), 10, after_object_free, {
		FIELD(OBJECT, object, lva, 0),
		FIELD(OBJECT_CACHE, object, id, 0) } },
	{ COMMAND(CACHE_STAT), 20, NULL, {
		FIELD(CACHE, cache_stat, id, 0),
		NAME_FIELD(cache_stat, 1) } },
	{ COMMAND(SLAB_MAP), 20, NULL, {
		FIELD(CACHE, slab_map, id, 0),
		FIELD(NUMBER, slab_map, index, 8) } },
	{ COMMAND(VMALLOC), 30, after_vmalloc, {
		FIELD(LENGTH, area, size, 0),
		FIELD(ALIGN, area, align, 0),
		FIELD(BITS, area, flags, 0xf) } },
	{ COMMAND(VFREE), 30, after_vfree, { FIELD(AREA, area, lva, 0) } },
	{ COMMAND(VM_STAT), 10, NULL, { FIELD(ADDRESS, area, lva, 0) } },
	{ COMMAND(MMAP), 20, NULL, {
		FIELD(PAGE_ADDRESS, region, start, 0),
		FIELD(LENGTH, region, len, 0),
		FIELD(BITS, region, prot, RIGHTS),
		FIELD(BITS, region, flags, 7) } },
	{ COMMAND(MPROTECT), 20, NULL, {
		FIELD(PAGE_ADDRESS, region, start, 0),
		FIELD(LENGTH, region, len, 0),
		FIELD(BITS, region, prot, RIGHTS) } },
	{ COMMAND(BRK), 20, NULL, { FIELD(BREAK, brk, brk, 0) } },
	{ COMMAND(EXEC), 40, NULL, {
		NAME_FIELD(exec, 0),
		FIELD(BREAK, exec, start_code, 1),
		FIELD(BREAK, exec, end_code, 2),
		FIELD(BREAK, exec, start_data, 3),
		FIELD(BREAK, exec, end_data, 4),
		FIELD(BREAK, exec, start_brk, 5),
		FIELD(PAGE_ADDRESS, exec, stack_top, 0),
		FIELD(LENGTH, exec, stack_size, 0),
		FIELD(BITS, exec, stack_prot, RIGHTS) } },
	/* only refused calls, as any other one makes a report */
	{ COMMAND(INJECT), 10, NULL, {
		FIELD(OBJECT, injection, lva, 0),
		FIELD(CACHE, injection, other, 1) } },
	/* those that came later, see kfuzz.c */
	{ COMMAND(SWAPON), 300, after_swapon, {
		FIELD(NUMBER, swap, nr_pages, 200),
		FIELD(NUMBER, swap, prio, 3) }, .privileged = true },
	{ COMMAND(SWAPOFF), 300, NULL, {
		FIELD(NUMBER, swap, type, MMLAB_NR_SWAP_AREAS) }, .privileged = true },
	{ COMMAND(POLICY), 30, after_policy, {
		{ NAME, offsetof(struct mmlab_policy, name), MMLAB_POLICY_MAX, 2 },
		FIELD(BITS, policy, flags, 7),
		FIELD(BITS, policy, index, 7) }, .privileged = true },
	{ COMMAND(FORK), 100, after_fork },
	{ COMMAND(LIMIT), 30, NULL, {
		FIELD(NUMBER, limit, nr_pages, 40),
		FIELD(BITS, limit, flags, 1) } },
	{ COMMAND(TLB), 20, NULL, {
		FIELD(NUMBER, tlb, nr_entries, MMLAB_TLB_MAX + 1),
		FIELD(BITS, tlb, flags, 1) } },
};

#define NR_LATER	6

const unsigned int kfuzz_nr_ioctls = ARRAY_LEN(commands) - NR_LATER;
const unsigned int kfuzz_nr_later = NR_LATER;

/* ---- filling in ------------------------------------------------------------ */

static uint64_t choose_size(uint8_t b, bool optional)
{
	static const uint32_t sizes[] = {
		0, 1, 8, 16, 24, 32, 64, 96, 100, 128, 192, 200, 256, 512, 700,
		1024, 2000, 4096, 5000, 8192, 65536, 131072, 131073, 1U << 20,
		1U << 22, (1U << 22) + 1,
	};

	if (optional && b < 0x60)
		return 0;
	return sizes[b % ARRAY_LEN(sizes)];
}

/* The value of a handle, or the number of something that can't be one. */
static uint64_t choose_handle(enum handle_kind kind, uint8_t b)
{
	last = kfuzz_handle(kind, b & 31);
	return last && b < 0xc0 ? last->value + (b & 0x40 ? 16 << (b & 7) : 0) : b & 31;
}

static uint64_t choose_address(uint8_t b)
{
	static const enum handle_kind kinds[] = {
		HANDLE_BLOCK, HANDLE_OBJECT, HANDLE_AREA, HANDLE_BLOCK,
	};
	struct handle *h = kfuzz_handle(kinds[b & 3], b >> 2 & 15);

	if (b & 0x40 && h)
		return (h->kind == HANDLE_BLOCK && !(b & 0x20) ? LAB_USER_END : 0) +
		       h->value + (b & 0x80 ? kfuzz_byte() * 64U : 0);
	return kfuzz_page() + (b & 0x80 ? kfuzz_byte() * 16U : 0);
}

/* The heap and the segments are in few pages, above one another. */
static uint64_t choose_break(uint8_t b, uint32_t nr)
{
	return nr || b ? 0x08048000U + nr * 0x800U + b * 0x111U : 0;
}

static uint64_t choose(const struct field *f, uint8_t b)
{
	switch (f->kind) {
	case NUMBER:
		return b % (f->arg + 1);
	case BITS:
		return b & f->arg;
	case BLOCK:
		return choose_handle(HANDLE_BLOCK, b & ~0x40);
	case CACHE:	/* with @arg: or none */
		return f->arg && b < 0x60 ? 0 : choose_handle(HANDLE_CACHE, b & ~0x40);
	case OBJECT:
		return choose_handle(HANDLE_OBJECT, b);
	case AREA:
		return choose_handle(HANDLE_AREA, b & ~0x40);
	case BLOCK_ORDER:
		return b < 0xc0 && last ? last->aux : b % f->arg;
	case OBJECT_CACHE:
		return b < 0xc0 && last ? last->aux : choose_handle(HANDLE_CACHE, b & 0x9f);
	case ADDRESS:
		return choose_address(b);
	case SIZE:
		return choose_size(b, f->arg);
	case ALIGN:
		return b < 0x80 ? 0 : 1U << (b & 31);
	case MAGAZINE:
		return b < 0x60 ? f->arg - 1 : b % 242;
	case BUFFER:
		return choose_buffer(b);
	case BREAK:
		return choose_break(b, f->arg);
	}
	return 0;
}

static void fill_name(char *name, const struct field *f, uint8_t b)
{
	static const char * const policies[] = {
		"", "two-lists", "fifo", "clock", "lru", "mru", "nfu", "random",
	};

	if (f->arg == 1 && b < 0x80)
		return;		/* found by its number */
	if (f->arg == 2)
		snprintf(name, f->size, "%s", policies[b & 7]);
	else
		snprintf(name, f->size, "f-%u", b & 15);
	if ((b & 0x70) == 0x70)
		name[kfuzz_byte() % f->size] = kfuzz_byte();
}

static void fill(const struct command *c, union argument *arg)
{
	const struct field *f;

	memset(arg, 0, sizeof(*arg));
	last = NULL;
	for (f = c->fields; f->kind; f++) {
		unsigned char *at = arg->bytes + f->offset;
		uint64_t value;

		if (f->kind == NAME) {
			fill_name((char *)at, f, kfuzz_byte());
			continue;
		}
		value = f->kind == PAGE_ADDRESS ? kfuzz_page() :
			f->kind == LENGTH ? kfuzz_length() :
					    choose(f, kfuzz_byte());
		memcpy(at, &value, f->size);
	}
}

/* ---- calling --------------------------------------------------------------- */

/* bits of the byte that says how */
#define HOW_SPOIL	0x80	/* one field is some number */
#define HOW_FAIL	0x40	/* an allocation or a user copy fails */
#define HOW_WHERE	0x07	/* the argument lies */

static unsigned char *argument_place(uint8_t how, size_t size)
{
	struct lab_window *window = &kfuzz_windows[how >> 3 & 7];

	switch (how & HOW_WHERE) {
	case 4:			/* ends after the memory */
		kfuzz_mixed = true;
		return buffer() + BUFFER_BYTES - size / 2;
	case 5:			/* in memory that can only be read */
		return kfuzz_scratch() + 4 * PAGE;
	case 6:
		kfuzz_mixed |= !!window->p;
		return window->p;
	case 7:
		return (unsigned char *)~0xfffUL;
	}
	return kfuzz_scratch();
}

static void put(unsigned char *to, const unsigned char *from, size_t size)
{
	while (size-- && kfuzz_store(to++, *from++))
		;
}

static bool get(unsigned char *to, const unsigned char *from, size_t size)
{
	for (; size; size--)
		if (!kfuzz_load(from++, to++))
			return false;
	return true;
}

static void check_errno(unsigned long cmd, int err)
{
	static const int allowed[] = {
		0, EINVAL, ENOMEM, ENOENT, EPERM, EACCES, EFAULT, EIO, EEXIST,
		ENOSPC, EBUSY, ENXIO, EDQUOT, EAGAIN,
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(allowed); i++)
		if (allowed[i] == -err)
			return;
	kfuzz_wrong("ioctl 0x%lx gave %s", cmd, strerror(-err));
}

/* Calls it, with the argument where @how says; the answer to @call. */
static void call_ioctl(const struct command *c, struct call *call, uint8_t how)
{
	size_t size = _IOC_SIZE(c->id.cmd);
	unsigned char *arg = argument_place(how, size);

	call->plain = arg == kfuzz_scratch() && !(how & (HOW_FAIL | HOW_SPOIL));
	memset(buffer(), call->file->byte, BUFFER_BYTES);
	memcpy(kfuzz_scratch(), call->before.bytes, size);
	put(arg, call->before.bytes, size);
	if (how & HOW_FAIL)
		kfuzz_fail_nth(1 + kfuzz_byte() % 32);
	call->result = ioctl(call->file->fd, c->id.cmd, arg);
	call->err = call->result < 0 ? -errno : 0;
	if (how & HOW_FAIL)
		kfuzz_fail_nth(0);
	check_errno(c->id.cmd, call->err);
	kfuzz_say("%u: %s, how 0x%02x: %s", call->file->tag, c->id.name, how,
		  strerror(-call->err));
	if (call->err || get(call->after.bytes, arg, size))
		return;
	kfuzz_forget();		/* the answer went with the window that it was in */
	call->err = -EFAULT;
}

void kfuzz_do_ioctl(unsigned int nr, uint8_t who)
{
	const struct command *c = &commands[nr];
	uint8_t how = kfuzz_byte();
	struct call call = {};
	bool privileged;

	call.file = kfuzz_file(who);
	if (!call.file || !kfuzz_spend(c->cost))
		return;
	fill(c, &call.before);
	if (how & HOW_SPOIL) {
		uint64_t edge = kfuzz_edge();
		size_t nr_words = _IOC_SIZE(c->id.cmd) / 4;

		memcpy(call.before.bytes + kfuzz_byte() % nr_words * 4, &edge, 4);
	}
	if (c->id.cmd == MMLAB_INJECT)
		call.before.injection.kind |= 0x100;
	privileged = c->privileged && kfuzz_byte() & 7;
	if (privileged)
		kfuzz_privilege(true);
	call_ioctl(c, &call, how);
	if (privileged)
		kfuzz_privilege(false);
	if (c->after)
		c->after(&call);
}

void kfuzz_forget(void)
{
	memset(kfuzz_handles, 0, sizeof(kfuzz_handles));
	forgot = true;
}

/* No lab process is left: no page is in an area. */
static void end_pressure(void)
{
	struct mmlab_policy policy = { .name = "two-lists" };
	int fd = lab_open(O_RDWR);
	uint32_t type;

	kfuzz_privilege(true);
	for (type = 0; type < MMLAB_NR_SWAP_AREAS; type++) {
		struct mmlab_swap swap = { .type = type };
		int err = lab_ioctl(fd, MMLAB_SWAPOFF, &swap);

		if (err && err != -EINVAL)	/* there is none */
			kfuzz_wrong("the empty swap area %u: %s", type, strerror(-err));
	}
	if (lab_ioctl(fd, MMLAB_POLICY, &policy))
		kfuzz_wrong("the default policy can't be chosen");
	kfuzz_privilege(false);
	close(fd);
	swapped = false;
	chose = false;
}

void kfuzz_ioctl_reset(void)
{
	memset(kfuzz_handles, 0, sizeof(kfuzz_handles));
	forgot = false;
	if (swapped || chose)
		end_pressure();
}
