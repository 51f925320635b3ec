// SPDX-License-Identifier: GPL-2.0
/*
 * Takes a snapshot of the running lab. The files are read one after the other; if the
 * counters of vmstat moved meanwhile, all is read again, a few times at most.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/kernel-page-flags.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"
#include "cli/host.h"
#include "lab/labarea.h"
#include "lab/labfile.h"
#include "lab/labproc.h"
#include "lab/slabinfo.h"
#include "libmmlab.h"
#include "snapshot.h"

#define FRAMES_FILE	"/sys/kernel/debug/mmlab/frames"
#define FRAMES_HEADING	"frame count use order owner list entries\n"
#define FRAMES_BYTES	(4U << 20)
#define TRIES		3
#define MAX_PROCESSES	64
#define MAX_AREAS	64
#define MAX_SLABS	16U		/* of one cache */
#define KPF_RESERVED	32		/* of the kernel's own list */

static void take_machine(const struct session *session, struct snapshot *s)
{
	const struct mmlab_info *info = &session->info;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	s->time = (double)now.tv_sec + (double)now.tv_nsec / 1e9;
	s->observer = session->inherited ? 0 : info->lab_pid;
	s->page_size = 1U << info->page_shift;
	s->nr_frames = info->nr_frames;
	s->page_offset = info->page_offset;
	s->high_memory = info->high_memory;
	s->vmalloc_start = info->vmalloc_start;
	s->vmalloc_end = info->vmalloc_end;
}

static bool set_frames(struct snapshot *s, uint32_t start, uint32_t nr,
		       const struct view_kind *kind)
{
	uint32_t number, i;

	if (start > s->nr_frames || nr > s->nr_frames - start || !snapshot_kind(s, kind, &number))
		return false;
	for (i = start; i < start + nr; i++)
		s->frame[i] = number;
	s->kind[number].nr_frames += nr;
	return true;
}

/* "15366 1 user 0 1 active 1[ bad]" */
static bool parse_row(struct snapshot *s, const char *line, uint32_t *next)
{
	struct view_kind kind = { 0 };
	uint32_t start, nr;
	char use[16];
	int end = 0;

	if (sscanf(line, "%" SCNu32 " %" SCNu32 " %15s %u %" SCNu32 " %11s %" SCNu32 "%n", &start,
		   &nr, use, &kind.order, &kind.owner, kind.list, &kind.entries, &end) != 7 ||
	    start != *next)
		return false;
	kind.use = snapshot_use_of(use);
	kind.bad = !strncmp(line + end, " bad", 4);
	if (!strcmp(kind.list, "-"))
		kind.list[0] = '\0';
	*next += nr;
	return set_frames(s, start, nr, &kind);
}

static bool take_exact_frames(struct snapshot *s)
{
	char *text = malloc(FRAMES_BYTES), *line;
	uint32_t next = 0;
	bool good = text && host_read(FRAMES_FILE, text, FRAMES_BYTES) > 0 &&
		    !strncmp(text, FRAMES_HEADING, strlen(FRAMES_HEADING));

	for (line = good ? strchr(text, '\n') + 1 : NULL; good && *line; line++) {
		good = parse_row(s, line, &next);
		line = strchr(line, '\n');
		if (!line)
			break;
	}
	free(text);
	return good && next == s->nr_frames;
}

static unsigned int use_of_flags(uint64_t flags)
{
	return flags >> KPF_BUDDY & 1 ? VIEW_FREE : flags >> KPF_RESERVED & 1 ? VIEW_RESERVED :
	       flags >> KPF_PGTABLE & 1 ? VIEW_PGTABLE : flags >> KPF_SLAB & 1 ? VIEW_SLAB :
	       flags >> KPF_MMAP & 1 ? VIEW_USER : VIEW_UNKNOWN;
}

static bool take_rough_frames(struct snapshot *s)
{
	size_t length;
	char *data = labfile_read("kpageflags", &length);
	bool good = data && length == s->nr_frames * sizeof(uint64_t);
	uint32_t pfn;

	for (pfn = 0; good && pfn < s->nr_frames; pfn++) {
		struct view_kind kind = { 0 };
		uint64_t flags;

		memcpy(&flags, data + pfn * sizeof(flags), sizeof(flags));
		kind.use = use_of_flags(flags);
		kind.bad = flags >> KPF_HWPOISON & 1;
		good = set_frames(s, pfn, 1, &kind);
	}
	free(data);
	return good;
}

static void forget_frames(struct snapshot *s)
{
	free(s->frame);
	free(s->kind);
	s->frame = NULL;
	s->kind = NULL;
	s->nr_kinds = 0;
}

static bool take_frames(struct snapshot *s)
{
	s->frame = calloc(s->nr_frames, sizeof(*s->frame));
	if (!s->frame)
		return false;
	s->exact = take_exact_frames(s);
	if (s->exact)
		return true;
	forget_frames(s);
	s->frame = calloc(s->nr_frames, sizeof(*s->frame));
	if (s->frame && !take_rough_frames(s))
		forget_frames(s);
	return true;
}

/* The free blocks: of the same moment as the frames, if there are such. */
static void count_blocks(struct snapshot *s, const char *buddyinfo)
{
	uint32_t zone, order, i;

	for (zone = 0; zone < s->nr_zones; zone++) {
		struct view_zone *z = &s->zone[zone];
		const char *row = buddyinfo;

		for (i = 0; i < zone && row; i++)
			row = strchr(row, '\n') ? strchr(row, '\n') + 1 : NULL;
		row = row ? strstr(row, z->name) : NULL;
		row = row ? row + strlen(z->name) : NULL;
		for (order = 0; order < MMLAB_NR_ORDERS && row && !s->exact; order++)
			z->blocks[order] = strtoull(row, (char **)&row, 10);
		if (!s->exact)
			continue;
		z->free = 0;
		for (i = z->start; i < z->end; i++) {
			const struct view_kind *kind = snapshot_frame(s, i);

			if (kind->use != VIEW_FREE || kind->order >= MMLAB_NR_ORDERS)
				continue;
			z->blocks[kind->order] += !(i & ((1U << kind->order) - 1));
			z->free++;
		}
	}
}

static void take_zones(struct snapshot *s)
{
	char *zoneinfo = labfile_read("zoneinfo", NULL),
	     *buddyinfo = labfile_read("buddyinfo", NULL);
	struct labfile_zone zones[MMLAB_NR_ZONES];
	size_t nr = zoneinfo ? labfile_zones(zoneinfo, zones, MMLAB_NR_ZONES) : 0, i;

	s->nr_zones = nr > MMLAB_NR_ZONES ? MMLAB_NR_ZONES : (uint32_t)nr;
	for (i = 0; i < s->nr_zones; i++) {
		struct view_zone *z = &s->zone[i];

		memcpy(z->name, zones[i].name, sizeof(z->name));
		z->start = (uint32_t)zones[i].start_pfn;
		z->end = (uint32_t)(zones[i].start_pfn + zones[i].spanned);
		z->end = z->end > s->nr_frames ? s->nr_frames : z->end;
		z->free = zones[i].free;
		z->min = zones[i].min;
		z->low = zones[i].low;
		z->high = zones[i].high;
	}
	count_blocks(s, buddyinfo);
	free(zoneinfo);
	free(buddyinfo);
}

static void take_slabs(const struct session *session, struct view_cache *cache)
{
	cache->slab = calloc(MAX_SLABS, sizeof(*cache->slab));
	while (cache->slab && cache->nr_slabs < MAX_SLABS) {
		struct mmlab_slab_map map = { .id = cache->id, .index = cache->nr_slabs };

		if (mmlab_map_slab(session->fd, &map))
			return;
		cache->slab[cache->nr_slabs] = (struct view_slab){
			.pfn = map.pfn, .nr_used = map.nr_used, .nr_objects = map.nr_objects,
			.colour = map.colour,
		};
		memcpy(cache->slab[cache->nr_slabs++].used, map.used, sizeof(map.used));
	}
}

static bool take_cache(const struct session *session, const char *name, struct view_cache *cache)
{
	struct mmlab_cache_stat stat = { 0 };

	memcpy(stat.name, name, strnlen(name, sizeof(stat.name) - 1));
	if (mmlab_stat_cache(session->fd, &stat))
		return false;
	*cache = (struct view_cache){
		.id = stat.id, .owner = stat.owner, .object_size = stat.object_size,
		.size = stat.size, .order = stat.order, .nr_objects = stat.nr_objects,
		.nr_full = stat.nr_full, .nr_partial = stat.nr_partial, .nr_free = stat.nr_free,
		.nr_active = stat.nr_active, .nr_parked = stat.nr_parked, .nr_depot = stat.nr_depot,
	};
	memcpy(cache->name, stat.name, sizeof(cache->name) - 1);
	if (cache->nr_full + cache->nr_partial + cache->nr_free)
		take_slabs(session, cache);
	return true;
}

static void take_caches(const struct session *session, struct snapshot *s)
{
	char *text = labfile_read("slabinfo", NULL);
	struct slabinfo_row *rows = NULL;
	long n = text ? slabinfo_parse(text, &rows) : 0, i;

	s->cache = n > 0 ? calloc((size_t)n, sizeof(*s->cache)) : NULL;
	for (i = 0; i < n && s->cache; i++)
		s->nr_caches += take_cache(session, rows[i].name, &s->cache[s->nr_caches]);
	free(rows);
	free(text);
}

static void take_regions(struct view_process *p)
{
	struct region *regions;
	long nr = labproc_regions(p->lab_pid, &regions), i;

	p->region = nr > 0 ? calloc((size_t)nr, sizeof(*p->region)) : NULL;
	for (i = 0; i < nr && p->region; i++) {
		struct view_region *r = &p->region[p->nr_regions++];

		r->start = (uint32_t)regions[i].start;
		r->end = (uint32_t)regions[i].end;
		memcpy(r->rights, regions[i].rights, sizeof(r->rights));
		snprintf(r->name, sizeof(r->name), "%.63s", regions[i].name);
	}
	free(regions);
}

static void take_processes(struct snapshot *s)
{
	struct labproc *procs;
	long nr = labproc_list(&procs), i;

	if (nr > MAX_PROCESSES)
		nr = MAX_PROCESSES;
	s->process = nr > 0 ? calloc((size_t)nr, sizeof(*s->process)) : NULL;
	for (i = 0; i < nr && s->process; i++) {
		struct view_process *p = &s->process[s->nr_processes++];

		p->lab_pid = procs[i].lab_pid;
		memcpy(p->name, procs[i].name, sizeof(p->name));
		take_regions(p);
	}
	free(procs);
}

static void take_areas(const struct session *session, struct snapshot *s)
{
	struct labarea_row *rows;
	bool own_only;
	long nr = labarea_list(session, &rows, &own_only), i;

	if (nr > MAX_AREAS)
		nr = MAX_AREAS;
	s->area = nr > 0 ? calloc((size_t)nr, sizeof(*s->area)) : NULL;
	for (i = 0; i < nr && s->area; i++) {
		struct view_area *a = &s->area[s->nr_areas++];

		a->start = rows[i].area.lva;
		a->size = rows[i].area.size;
		a->owner = rows[i].area.owner;
		a->flags = rows[i].area.flags;
		a->nr_mapped = rows[i].area.nr_mapped;
		snprintf(a->caller, sizeof(a->caller), "%.63s", rows[i].caller);
	}
	free(rows);
}

/* Name, type, size, used, priority, with tabs between. */
static void take_swap(const struct session *session, struct snapshot *s)
{
	struct mmlab_policy policy = { 0 };
	char *text = labfile_read("swaps", NULL), *line, *rest = NULL;

	if (!mmlab_choose_policy(session->fd, &policy))
		memcpy(s->policy, policy.name, sizeof(policy.name));
	s->swap = calloc(MMLAB_NR_SWAP_AREAS, sizeof(*s->swap));
	line = text && s->swap ? strtok_r(text, "\n", &rest) : NULL;
	while (line && (line = strtok_r(NULL, "\n", &rest)) && s->nr_swaps < MMLAB_NR_SWAP_AREAS) {
		struct view_swap *swap = &s->swap[s->nr_swaps];

		s->nr_swaps += sscanf(line, "%39s %*s %" SCNu64 " %" SCNu64 " %" SCNd32, swap->name,
				      &swap->size_kb, &swap->used_kb, &swap->priority) == 4;
	}
	free(text);
}

static void take_counters(struct snapshot *s, const char *vmstat)
{
	size_t lines = 1;
	const char *c;

	for (c = vmstat; *c; c++)
		lines += *c == '\n';
	s->counter = calloc(lines, sizeof(*s->counter));
	for (c = vmstat; s->counter && c && *c; c = strchr(c, '\n'), c = c ? c + 1 : NULL) {
		struct view_counter *counter = &s->counter[s->nr_counters];

		s->nr_counters += sscanf(c, "%31s %" SCNu64, counter->name, &counter->value) == 2;
	}
}

static struct snapshot *take_once(const struct session *session)
{
	struct snapshot *s = snapshot_new();
	char *before = labfile_read("vmstat", NULL), *after;

	if (!s || !before) {
		free(before);
		snapshot_free(s);
		return NULL;
	}
	take_machine(session, s);
	take_frames(s);
	take_processes(s);
	take_areas(session, s);
	snapshot_take_tables(session, s);
	take_zones(s);
	take_caches(session, s);
	take_swap(session, s);
	take_counters(s, before);
	snapshot_take_events(s);
	after = labfile_read("vmstat", NULL);
	s->steady = after && !strcmp(before, after);
	free(after);
	free(before);
	return s;
}

int snapshot_take(const struct session *session, struct snapshot **s)
{
	unsigned int tries;

	*s = NULL;
	for (tries = 0; tries < TRIES && (!*s || !(*s)->steady); tries++) {
		snapshot_free(*s);
		errno = 0;
		*s = take_once(session);
		if (!*s)
			return cli_fail_open(errno ? errno : ENOMEM, "vmstat of the lab");
	}
	return CLI_OK;
}
