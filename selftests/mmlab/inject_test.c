// SPDX-License-Identifier: GPL-2.0
/*
 * Corruption on purpose, of objects of caches with debugging: each kind is caught,
 * reported exactly once, and harms no other object. Each case has a lab of its own,
 * since a report marks the instance until it is unloaded; the caches are called
 * inject-…, so that no other report in the kernel's log passes for one of these.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "objects.h"

#define OBJECT_SIZE	100
#define BROKEN_RULE	"BROKEN: free objects and red zones are untouched\n"

FIXTURE(inject) {
	struct guard guard;
	char check[8192];
	uint32_t lvas[200];
	int fd;
};

/* The last line of check, which is BROKEN or ok. */
static const char *last_line(char *text)
{
	char *line;

	if (read_whole("check", text, 8192) <= 0)
		return "";
	line = memrchr(text, '\n', strlen(text) - 1);
	return line ? line + 1 : text;
}

static int reload(void)
{
	if (lab_is_loaded() && lab_unload())
		return -EBUSY;
	return lab_load("");
}

FIXTURE_SETUP(inject)
{
	ASSERT_EQ(0, reload());
	GUARD_BEGIN(&self->guard);
	self->guard.expected = "mmlab: BUG inject-";
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, lab_vmstat("lab_reports"));
}

FIXTURE_TEARDOWN(inject)
{
	struct census census;

	close(self->fd);
	EXPECT_TRUE(!read_census(&census));
	EXPECT_EQ(self->guard.nr_frames, census_sum(&census));
	EXPECT_EQ(0, reload());
	EXPECT_EQ(0, lab_vmstat("lab_reports"));
	GUARD_END(&self->guard);
}

/* Reports that it made at once, or a negative errno. */
static long inject(int fd, uint32_t kind, uint32_t lva, uint32_t other)
{
	struct mmlab_injection i = { .kind = kind, .lva = lva, .other = other };
	int err = lab_ioctl(fd, MMLAB_INJECT, &i);

	return err ? err : (long)i.nr_reports;
}

static long quarantined(int fd, uint32_t id)
{
	struct mmlab_cache_stat s;
	int err = cache_stat(fd, id, &s);

	return err ? err : (long)s.nr_quarantined;
}

static long active(int fd, uint32_t id)
{
	struct mmlab_cache_stat s;
	int err = cache_stat(fd, id, &s);

	return err ? err : (long)s.nr_active;
}

/* So many reports are counted, and check has no other complaint. */
static const char *check_reports(char *text, long nr)
{
	char wanted[80] = "ok\n";

	if (nr)
		snprintf(wanted, sizeof(wanted),
			 "BROKEN: %ld reports of corruption so far, see the kernel log\n",
			 nr);
	if (lab_vmstat("lab_reports") != nr)
		return format_error("%ld reports, should be %ld",
				    lab_vmstat("lab_reports"), nr);
	return strcmp(last_line(text), wanted) ?
	       format_error("check says '%s'", last_line(text)) : NULL;
}

static const struct {
	const char *name;
	uint32_t kind;
} writes[] = {
	{ "overflow", MMLAB_INJECT_OVERFLOW },
	{ "underflow", MMLAB_INJECT_UNDERFLOW },
};

TEST_F(inject, bytes_around_seen_at_free)
{
	static const uint32_t flags[] = { MMLAB_CACHE_RED_ZONE, DEBUG_FLAGS };
	struct mmlab_object o, good;
	size_t i;

	for (i = 0; i < 4; i++) {
		long id = cache_create(self->fd, i % 2 ? "inject-all" : "inject-z",
				       OBJECT_SIZE, flags[i % 2]);

		ASSERT_LT(0, id);
		ASSERT_EQ(0, object_alloc(self->fd, id, 0, &o));
		ASSERT_EQ(0, object_alloc(self->fd, id, 0, &good));
		EXPECT_EQ(0, inject(self->fd, writes[i / 2].kind, o.lva, 0));
		EXPECT_EQ(i, lab_vmstat("lab_reports"));
		EXPECT_EQ(-EUCLEAN, object_free(self->fd, id, o.lva))
			TH_LOG("%s", writes[i / 2].name);
		EXPECT_EQ(i + 1, lab_vmstat("lab_reports"));
		EXPECT_EQ(1, quarantined(self->fd, id));
		EXPECT_EQ(-ENOENT, object_free(self->fd, id, o.lva));
		EXPECT_EQ(-EBUSY, cache_op(self->fd, id, MMLAB_CACHE_DESTROY, 0));
		EXPECT_EQ(0, object_free(self->fd, id, good.lva));
		EXPECT_EQ(1, active(self->fd, id));
		ASSERT_FINE(check_reports(self->check, i + 1));
		/* a quarantined object has no owner, and goes with the cache */
		EXPECT_EQ(0, cache_op(self->fd, id, MMLAB_CACHE_DESTROY, 0));
	}
	ASSERT_FINE(check_reports(self->check, 4));
}

TEST_F(inject, bytes_around_seen_by_check)
{
	struct mmlab_object o;
	long id;
	int i;

	id = cache_create(self->fd, "inject-z", OBJECT_SIZE, MMLAB_CACHE_RED_ZONE);
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, object_alloc(self->fd, id, 0, &o));
		EXPECT_EQ(0, inject(self->fd, writes[i].kind, o.lva, 0));
		EXPECT_EQ(i, lab_vmstat("lab_reports"));
		EXPECT_STREQ(BROKEN_RULE, last_line(self->check));
		EXPECT_NE(NULL, strstr(self->check, "caches: 1 broken"));
		/* the bytes are in order again: found once */
		ASSERT_FINE(check_reports(self->check, i + 1));
		EXPECT_NE(NULL, strstr(self->check, "caches: ok"));
		EXPECT_EQ(0, object_free(self->fd, id, o.lva));
		ASSERT_FINE(check_reports(self->check, i + 1));
	}
	EXPECT_EQ(0, quarantined(self->fd, id));
	EXPECT_EQ(0, cache_op(self->fd, id, MMLAB_CACHE_DESTROY, 0));
}

TEST_F(inject, written_when_free_seen_at_alloc)
{
	long id = cache_create(self->fd, "inject-p", OBJECT_SIZE,
			       MMLAB_CACHE_POISON);
	struct mmlab_object keep, o;
	size_t n, i;

	ASSERT_EQ(0, object_alloc(self->fd, id, 0, &keep));
	ASSERT_EQ(0, object_alloc(self->fd, id, 0, &o));
	EXPECT_EQ(0, inject(self->fd, MMLAB_INJECT_UAF, o.lva, 0));
	EXPECT_EQ(-ENOENT, object_free(self->fd, id, o.lva));
	EXPECT_EQ(0, lab_vmstat("lab_reports"));
	n = object_alloc_many(self->fd, id, self->lvas, 200);
	EXPECT_EQ(200, n);
	EXPECT_EQ(1, lab_vmstat("lab_reports"));
	EXPECT_EQ(1, quarantined(self->fd, id));
	for (i = 0; i < n; i++)
		EXPECT_NE(o.lva, self->lvas[i]);
	EXPECT_EQ(0, object_free_many(self->fd, id, self->lvas, n));
	EXPECT_EQ(0, object_free(self->fd, id, keep.lva));
	EXPECT_EQ(1, active(self->fd, id));
	ASSERT_FINE(check_reports(self->check, 1));
}

TEST_F(inject, written_when_free_seen_by_check)
{
	long id = cache_create(self->fd, "inject-p", OBJECT_SIZE, DEBUG_FLAGS);
	struct mmlab_object keep, o;

	ASSERT_EQ(0, object_alloc(self->fd, id, 0, &keep));
	ASSERT_EQ(0, object_alloc(self->fd, id, 0, &o));
	EXPECT_EQ(0, inject(self->fd, MMLAB_INJECT_UAF, o.lva, 0));
	EXPECT_STREQ(BROKEN_RULE, last_line(self->check));
	EXPECT_NE(NULL, strstr(self->check, "caches: 1 broken"));
	EXPECT_EQ(1, quarantined(self->fd, id));
	EXPECT_EQ(200, object_alloc_many(self->fd, id, self->lvas, 200));
	ASSERT_FINE(check_reports(self->check, 1));
}

TEST_F(inject, double_free)
{
	static const uint32_t flags[] = {
		MMLAB_CACHE_RED_ZONE, MMLAB_CACHE_POISON,
		MMLAB_CACHE_CONSISTENCY, MMLAB_CACHE_STORE_USER, DEBUG_FLAGS,
	};
	struct mmlab_object o;
	size_t i;
	long id;

	for (i = 0; i < ARRAY_LEN(flags); i++) {
		struct mmlab_cache_stat s;

		id = cache_create(self->fd, "inject-twice", OBJECT_SIZE, flags[i]);
		ASSERT_EQ(0, object_alloc(self->fd, id, 0, &o));
		EXPECT_EQ(1, inject(self->fd, MMLAB_INJECT_DOUBLE_FREE, o.lva, 0));
		EXPECT_EQ(-ENOENT, object_free(self->fd, id, o.lva));
		ASSERT_EQ(0, cache_stat(self->fd, id, &s));
		EXPECT_EQ(0, s.nr_active + s.nr_quarantined);
		EXPECT_EQ(1, s.nr_refused);
		EXPECT_EQ(0, cache_op(self->fd, id, MMLAB_CACHE_DESTROY, 0));
		ASSERT_FINE(check_reports(self->check, i + 1));
	}
}

TEST_F(inject, wrong_cache)
{
	long id = cache_create(self->fd, "inject-one", OBJECT_SIZE, DEBUG_FLAGS);
	long other = cache_create(self->fd, "inject-other", OBJECT_SIZE,
				  MMLAB_CACHE_CONSISTENCY);
	struct mmlab_object o;

	ASSERT_EQ(0, object_alloc(self->fd, id, 0, &o));
	EXPECT_EQ(1, inject(self->fd, MMLAB_INJECT_WRONG_CACHE, o.lva, other));
	EXPECT_EQ(0, active(self->fd, other));
	/* an ordinary call is just refused */
	EXPECT_EQ(-EINVAL, object_free(self->fd, other, o.lva));
	EXPECT_EQ(1, lab_vmstat("lab_reports"));
	/* it is still what it was */
	EXPECT_EQ(OBJECT_SIZE, pread(self->fd, self->check, OBJECT_SIZE, o.lva));
	EXPECT_EQ(0, object_free(self->fd, id, o.lva));
	EXPECT_EQ(0, cache_op(self->fd, id, MMLAB_CACHE_DESTROY, 0));
	EXPECT_EQ(0, cache_op(self->fd, other, MMLAB_CACHE_DESTROY, 0));
	ASSERT_FINE(check_reports(self->check, 1));
}

/* A program with the right to write everywhere writes one byte too many. */
TEST_F(inject, by_a_write_of_root)
{
	long id = cache_create(self->fd, "inject-root", OBJECT_SIZE,
			       MMLAB_CACHE_RED_ZONE | MMLAB_CACHE_POISON);
	char bytes[OBJECT_SIZE + 1] = "";
	struct mmlab_object o, keep;

	ASSERT_EQ(0, object_alloc(self->fd, id, 0, &keep));
	ASSERT_EQ(0, object_alloc(self->fd, id, 0, &o));
	ASSERT_EQ(OBJECT_SIZE, pwrite(self->fd, bytes, OBJECT_SIZE, keep.lva));
	ASSERT_EQ(OBJECT_SIZE + 1, pwrite(self->fd, bytes, OBJECT_SIZE + 1, o.lva));
	EXPECT_EQ(-EUCLEAN, object_free(self->fd, id, o.lva));
	EXPECT_EQ(0, object_free(self->fd, id, keep.lva));
	ASSERT_FINE(check_reports(self->check, 1));
}

TEST_F(inject, leak)
{
	long id = cache_create(self->fd, "inject-leak", OBJECT_SIZE, DEBUG_FLAGS);
	struct mmlab_cache_stat s;
	struct mmlab_object o;

	ASSERT_EQ(0, object_alloc(self->fd, id, 0, &o));
	EXPECT_EQ(-EBUSY, cache_op(self->fd, id, MMLAB_CACHE_DESTROY, 0));
	EXPECT_EQ(1, active(self->fd, id));
	ASSERT_FINE(check_reports(self->check, 0));
	close(self->fd);
	self->fd = lab_open(O_RDWR);
	EXPECT_EQ(-ENOENT, cache_stat(self->fd, id, &s));
	ASSERT_FINE(check_reports(self->check, 0));
}

/* As many reports as there are faults, also beyond what the log shows. */
TEST_F_TIMEOUT(inject, counted_exactly, 60)
{
	long id = cache_create(self->fd, "inject-many", OBJECT_SIZE, DEBUG_FLAGS);
	uint32_t i;

	ASSERT_EQ(200, object_alloc_many(self->fd, id, self->lvas, 200));
	for (i = 0; i < 200; i += 2)
		ASSERT_EQ(0, inject(self->fd, writes[i / 2 % 2].kind,
				    self->lvas[i], 0));
	for (i = 0; i < 200; i++)
		EXPECT_EQ(i % 2 ? 0 : -EUCLEAN,
			  object_free(self->fd, id, self->lvas[i]));
	EXPECT_EQ(100, quarantined(self->fd, id));
	EXPECT_EQ(100, active(self->fd, id));
	ASSERT_FINE(check_reports(self->check, 100));
	/* others go on as if nothing had been */
	id = cache_create(self->fd, "inject-quiet", OBJECT_SIZE, DEBUG_FLAGS);
	ASSERT_EQ(200, object_alloc_many(self->fd, id, self->lvas, 200));
	EXPECT_EQ(0, object_free_many(self->fd, id, self->lvas, 200));
	EXPECT_EQ(0, cache_op(self->fd, id, MMLAB_CACHE_DESTROY, 0));
	ASSERT_FINE(check_reports(self->check, 100));
}

/* ---- each kind of damage, and each that may find it: the table of slab.md ---- */

enum finder { BY_FREE, BY_CHECK, BY_ALLOC, BY_SHRINK, BY_CLOSE, BY_ITSELF };

/* A cache with a victim, which is damaged, and a neighbour in the same slab. */
struct scene {
	int fd, kmsg;
	uint32_t id, other;
	struct mmlab_cache_stat cache;
	struct mmlab_object victim, neighbour;
};

static const struct damage {
	const char *bug;
	uint32_t kind;		/* of MMLAB_INJECT; 0: a write of root's */
	enum { ZONE, PADDING } where;
	enum { IN_USE, FREE, MISUSE } state;
} damages[] = {
	{ "Right Redzone overwritten", MMLAB_INJECT_OVERFLOW, ZONE, IN_USE },
	{ "Left Redzone overwritten", MMLAB_INJECT_UNDERFLOW, ZONE, IN_USE },
	{ "Object padding overwritten", 0, PADDING, IN_USE },
	{ "Poison overwritten", MMLAB_INJECT_UAF, ZONE, FREE },
	{ "Right Redzone overwritten", 0, ZONE, FREE },
	{ "Object padding overwritten", 0, PADDING, FREE },
	{ "Object already free", MMLAB_INJECT_DOUBLE_FREE, ZONE, MISUSE },
	{ "Invalid object pointer", MMLAB_INJECT_WRONG_CACHE, ZONE, MISUSE },
};

#define QUARANTINED	"not restored, quarantined"
#define RESTORED	"restored, still in use"
#define REFUSED		"not freed"

/* The answer of the finder, and of the victim's free afterwards. */
static const struct outcome {
	int state;
	enum finder finder;
	const char *fix;	/* the report's last line; NULL: no report */
	int result;
	int freed;
} outcomes[] = {
	{ IN_USE, BY_FREE, QUARANTINED, -EUCLEAN, -ENOENT },
	{ IN_USE, BY_CHECK, RESTORED, 1, 0 },
	{ IN_USE, BY_ALLOC, NULL, 0, -EUCLEAN },
	{ IN_USE, BY_SHRINK, NULL, 0, -EUCLEAN },
	{ IN_USE, BY_CLOSE, QUARANTINED, 0, 0 },
	{ FREE, BY_FREE, NULL, 0, -ENOENT },
	{ FREE, BY_CHECK, QUARANTINED, 1, -ENOENT },
	{ FREE, BY_ALLOC, QUARANTINED, 0, -ENOENT },
	{ FREE, BY_SHRINK, NULL, 0, -ENOENT },
	{ FREE, BY_CLOSE, NULL, 0, 0 },
	{ MISUSE, BY_ITSELF, REFUSED, 0, 0 },
};

static const char *set_scene(struct scene *s)
{
	struct mmlab_cache c = { .name = "inject-table", .size = OBJECT_SIZE,
				 .align = 64, .flags = DEBUG_FLAGS };

	s->fd = lab_open(O_RDWR);
	s->kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (s->fd < 0 || s->kmsg < 0 || lseek(s->kmsg, 0, SEEK_END) < 0)
		return "no device, or no kernel log";
	s->other = cache_create(s->fd, "inject-other", OBJECT_SIZE, DEBUG_FLAGS);
	if (lab_ioctl(s->fd, MMLAB_CACHE_CREATE, &c) || cache_stat(s->fd, c.id, &s->cache))
		return "no cache";
	s->id = c.id;
	return object_alloc(s->fd, s->id, 0, &s->neighbour) ||
	       object_alloc(s->fd, s->id, 0, &s->victim) ? "no objects" : NULL;
}

static const char *do_damage(struct scene *s, const struct damage *d)
{
	bool wrong_cache = d->kind == MMLAB_INJECT_WRONG_CACHE;
	uint32_t at = s->victim.lva + OBJECT_SIZE;

	if (d->kind)
		return inject(s->fd, d->kind, s->victim.lva,
			      wrong_cache ? s->other : 0) != (d->state == MISUSE) ?
		       "can't be injected" : NULL;
	if (d->where == PADDING)	/* the last of the slot, which begins 64 before */
		at = s->victim.lva + s->cache.size - 64 - 1;
	if (d->state == FREE && object_free(s->fd, s->id, s->victim.lva))
		return "can't be freed";
	return pwrite(s->fd, "A", 1, at) == 1 ? NULL : "can't be written to";
}

/* All objects of the slab: the victim is not among them. */
static int fill_slab(struct scene *s)
{
	uint32_t lvas[64], nr = s->cache.nr_objects;
	size_t got, i;

	if (nr > ARRAY_LEN(lvas))
		return -E2BIG;
	got = object_alloc_many(s->fd, s->id, lvas, nr);
	for (i = 0; i < got; i++)
		if (lvas[i] == s->victim.lva)
			return -EEXIST;
	return got == nr ? 0 : -ENOMEM;
}

static int look(struct scene *s, const struct damage *d, enum finder finder)
{
	struct mmlab_check check = { 0 };
	int err;

	switch (finder) {
	case BY_FREE:
		return object_free(s->fd, s->id, d->state == FREE ?
				   s->neighbour.lva : s->victim.lva);
	case BY_CHECK:
		err = lab_ioctl(s->fd, MMLAB_CHECK, &check);
		return err ? err : check.broken && !check.rule[0] ? -ENOMSG :
			     (int)check.broken;
	case BY_ALLOC:
		return fill_slab(s);
	case BY_SHRINK:
		return (int)cache_op(s->fd, s->id, MMLAB_CACHE_SHRINK, 0);
	case BY_CLOSE:
		err = close(s->fd);
		s->fd = -1;
		return err;
	case BY_ITSELF:
		break;
	}
	return 0;
}

/* The reports since the setup: the fault and the remedy of each. */
static const char *check_log(struct scene *s, const char *bug, const char *fix)
{
	/* an object of one cache freed into another: that one complains */
	const char *cache = strstr(bug, "Invalid") ? "other" : "table";
	char record[1024], wanted[2][128] = { "", "" };
	unsigned int nr[2] = { 0, 0 };
	ssize_t n;

	if (fix) {
		snprintf(wanted[0], sizeof(wanted[0]), ";mmlab: BUG inject-%s: %s\n",
			 cache, bug);
		snprintf(wanted[1], sizeof(wanted[1]),
			 ";mmlab: FIX inject-%s: Object at 0x%08x %s\n", cache,
			 s->victim.lva, fix);
	}
	while ((n = read(s->kmsg, record, sizeof(record) - 1)) > 0) {
		record[n] = '\0';
		if (strstr(record, "mmlab: BUG ")) {
			if (!fix || !strstr(record, wanted[0]))
				return format_error("'%s', not '%s'", record, wanted[0]);
			nr[0]++;
		}
		if (strstr(record, "mmlab: FIX ")) {
			if (!fix || !strstr(record, wanted[1]))
				return format_error("'%s', not '%s'", record, wanted[1]);
			nr[1]++;
		}
	}
	return nr[0] == !!fix && nr[1] == !!fix ? NULL :
	       format_error("%u reports and %u remedies", nr[0], nr[1]);
}

static const char *try_row(struct scene *s, const struct damage *d,
			   const struct outcome *o)
{
	long nr_reports = lab_vmstat("lab_reports");
	const char *wrong = set_scene(s);
	int freed = d->kind == MMLAB_INJECT_DOUBLE_FREE ? -ENOENT : o->freed;
	int result;

	if (!wrong)
		wrong = do_damage(s, d);
	if (wrong)
		return wrong;
	result = look(s, d, o->finder);
	if (result != o->result)
		return format_error("the finder says %d", result);
	wrong = check_log(s, d->bug, o->fix);
	if (wrong)
		return wrong;
	if (lab_vmstat("lab_reports") != nr_reports + !!o->fix)
		return "lab_reports counts something else";
	if (s->fd < 0)
		return NULL;
	if (quarantined(s->fd, s->id) != (o->fix && !strcmp(o->fix, QUARANTINED)))
		return format_error("%ld objects are quarantined", quarantined(s->fd, s->id));
	result = object_free(s->fd, s->id, s->victim.lva);
	return result == freed ? NULL : format_error("the free says %d", result);
}

TEST_F_TIMEOUT(inject, every_damage_by_every_finder, 60)
{
	unsigned int nr_rows = 0;
	size_t i, k;

	for (i = 0; i < ARRAY_LEN(damages); i++) {
		for (k = 0; k < ARRAY_LEN(outcomes); k++) {
			struct scene s = { .fd = -1, .kmsg = -1 };
			const char *wrong;

			if (outcomes[k].state != (int)damages[i].state)
				continue;
			wrong = try_row(&s, &damages[i], &outcomes[k]);
			EXPECT_TRUE(!wrong)
				TH_LOG("damage %zu (%s), finder %d: %s", i,
				       damages[i].bug, outcomes[k].finder, wrong);
			close(s.fd);
			close(s.kmsg);
			nr_rows++;
		}
	}
	EXPECT_EQ(3 * 5 + 3 * 5 + 2, nr_rows);
}

TEST_F(inject, only_what_would_be_noticed)
{
	long none = cache_create(self->fd, "inject-none", OBJECT_SIZE, 0);
	long f = cache_create(self->fd, "inject-f", OBJECT_SIZE,
			      MMLAB_CACHE_CONSISTENCY);
	long all = cache_create(self->fd, "inject-all", OBJECT_SIZE, DEBUG_FLAGS);
	int other = lab_open(O_RDWR);
	long foreign = cache_create(other, "inject-foreign", OBJECT_SIZE,
				    DEBUG_FLAGS);
	struct mmlab_object plain, weak, good, kmalloced, theirs;
	struct mmlab_injection reserved = { .kind = 1, .reserved = 1 };
	uint32_t kind;

	ASSERT_EQ(0, object_alloc(self->fd, none, 0, &plain));
	ASSERT_EQ(0, object_alloc(self->fd, f, 0, &weak));
	ASSERT_EQ(0, object_alloc(self->fd, all, 0, &good));
	ASSERT_EQ(0, object_alloc(self->fd, KMALLOC, 100, &kmalloced));
	ASSERT_EQ(0, object_alloc(other, foreign, 0, &theirs));
	for (kind = 1; kind <= 4; kind++) {
		const uint32_t lvas[] = { 0, ~0U, good.lva + 1, theirs.lva };
		size_t i;

		for (i = 0; i < ARRAY_LEN(lvas); i++)
			EXPECT_EQ(-ENOENT, inject(self->fd, kind, lvas[i], 0));
		EXPECT_EQ(-EINVAL, inject(self->fd, kind, plain.lva, 0));
		EXPECT_EQ(-EINVAL, inject(self->fd, kind, kmalloced.lva, 0));
		EXPECT_EQ(-EINVAL, inject(self->fd, kind, good.lva, all));
		if (kind <= MMLAB_INJECT_UAF)
			EXPECT_EQ(-EINVAL, inject(self->fd, kind, weak.lva, 0));
	}
	EXPECT_EQ(-EINVAL, inject(self->fd, 0, good.lva, 0));
	EXPECT_EQ(-EINVAL, inject(self->fd, 6, good.lva, 0));
	EXPECT_EQ(-EINVAL, inject(self->fd, ~0U, good.lva, 0));
	kind = MMLAB_INJECT_WRONG_CACHE;
	EXPECT_EQ(-EINVAL, inject(self->fd, kind, good.lva, 0));
	EXPECT_EQ(-EINVAL, inject(self->fd, kind, good.lva, all));
	EXPECT_EQ(-EINVAL, inject(self->fd, kind, good.lva, none));
	EXPECT_EQ(-ENOENT, inject(self->fd, kind, good.lva, 1000));
	EXPECT_EQ(-EPERM, inject(self->fd, kind, good.lva, foreign));
	EXPECT_EQ(-EINVAL, inject(self->fd, kind, kmalloced.lva, all));
	reserved.lva = good.lva;
	EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_INJECT, &reserved));
	ASSERT_FINE(check_reports(self->check, 0));
	EXPECT_EQ(0, object_free(self->fd, all, good.lva));
	EXPECT_EQ(0, object_free(self->fd, f, weak.lva));
	close(other);
	ASSERT_FINE(check_reports(self->check, 0));
}

TEST_HARNESS_MAIN
