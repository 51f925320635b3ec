// SPDX-License-Identifier: GPL-2.0
/*
 * Swap slots and the swap cache. swapmap.h names the locks.
 *
 * A slot is in use if its count is not 0 or it has a frame. The counts of its cluster and its
 * area change only when it begins or ends to be in use. lab_swap.entry[] and
 * lab_swap_area.frame[] are each other's inverse: both change in one function. Slot 0, the
 * header, counts as in use in its cluster alone, so 0 stands for "no slot".
 */
#include "core_internal.h"
#include "swapmap.h"

static u32 nr_clusters(u32 nr_slots)
{
	return DIV_ROUND_UP(nr_slots, LAB_SWAP_CLUSTER);
}

void mmlab_swap_init(struct lab_swap *s, const struct lab_machine *m, u32 *entry)
{
	s->m = m;
	s->entry = entry;
	s->turn = 0;
	s->nr_cached = 0;
	memset(s->area, 0, sizeof(s->area));
}

size_t mmlab_swap_area_bytes(u32 nr_slots)
{
	if (nr_slots < LAB_SWAP_MIN_SLOTS || nr_slots > LAB_SWP_MAX_OFFSET + 1)
		return 0;
	return (size_t)nr_slots * (sizeof(u32) + 1) + nr_clusters(nr_slots);
}

int mmlab_swap_add_area(struct lab_swap *s, void *memory, u32 nr_slots, int prio)
{
	struct lab_swap_area *area;
	u32 type = 0, slot;

	lockdep_assert_held(&s->lock);
	if (!mmlab_swap_area_bytes(nr_slots))
		return -EINVAL;
	while (type < LAB_NR_SWAP_AREAS && s->area[type].count)
		type++;
	if (type == LAB_NR_SWAP_AREAS)
		return -EPERM;
	area = &s->area[type];
	area->frame = memory;
	area->count = memory + nr_slots * sizeof(u32);
	area->cluster = area->count + nr_slots;
	area->nr_slots = nr_slots;
	area->nr_used = 0;
	area->next = 1;
	area->turn = s->turn;
	area->prio = prio;
	area->closed = false;
	memset(area->count, 0, nr_slots + nr_clusters(nr_slots));
	for (slot = 0; slot < nr_slots; slot++)
		area->frame[slot] = PFN_NONE;
	area->count[0] = LAB_SWAP_COUNT_BAD;
	area->cluster[0] = 1;
	return (int)type;
}

static struct lab_swap_area *find_swap_area(struct lab_swap *s, u32 type)
{
	return type < LAB_NR_SWAP_AREAS && s->area[type].count ?
	       &s->area[type] : NULL;
}

int mmlab_swap_close_area(struct lab_swap *s, u32 type, bool closed)
{
	struct lab_swap_area *area = find_swap_area(s, type);

	lockdep_assert_held(&s->lock);
	if (!area || area->closed == closed)
		return -EINVAL;
	area->closed = closed;
	return 0;
}

static bool slot_is_free(const struct lab_swap_area *area, u32 slot)
{
	return !area->count[slot] && area->frame[slot] == PFN_NONE;
}

u32 mmlab_swap_next_used(const struct lab_swap *s, u32 type, u32 slot)
{
	const struct lab_swap_area *area = &s->area[type];

	lockdep_assert_held(&s->lock);
	while (++slot < area->nr_slots) {
		if (!slot_is_free(area, slot))
			return slot;
	}
	return 0;
}

int mmlab_swap_del_area(struct lab_swap *s, u32 type)
{
	struct lab_swap_area *area = find_swap_area(s, type);

	lockdep_assert_held(&s->lock);
	if (!area || !area->closed)
		return -EINVAL;
	if (area->nr_used)
		return -EBUSY;
	memset(area, 0, sizeof(*area));
	return 0;
}

/* ---- giving out slots ---- */

static u32 cluster_slots(const struct lab_swap_area *area, u32 cluster)
{
	return min(area->nr_slots - cluster * LAB_SWAP_CLUSTER, LAB_SWAP_CLUSTER);
}

/* Slots of a cluster in which nothing is in use; the header doesn't count. */
static u32 nr_empty(u32 cluster)
{
	return cluster ? 0 : 1;
}

/*
 * The first cluster that begins at @area->next or after it, in a circle, and is
 * all free; or has any free slot.
 */
static u32 find_cluster(const struct lab_swap_area *area, bool all)
{
	u32 nr = nr_clusters(area->nr_slots), i;
	u32 cluster = nr_clusters(area->next) % nr;

	for (i = 0; i < nr; i++, cluster = (cluster + 1) % nr) {
		u32 used = area->cluster[cluster];

		if (all ? used == nr_empty(cluster) :
			  used < cluster_slots(area, cluster))
			break;
	}
	return i < nr ? cluster : PFN_NONE;
}

/* The first free slot from @slot on in its cluster, or 0. */
static u32 find_slot(const struct lab_swap_area *area, u32 slot)
{
	u32 end = min(area->nr_slots, (slot / LAB_SWAP_CLUSTER + 1) * LAB_SWAP_CLUSTER);

	for (; slot < end; slot++) {
		if (slot_is_free(area, slot))
			return slot;
	}
	return 0;
}

/* scan_swap_map() of Linux 2.4; the area has a free slot. */
static u32 scan_swap_map(const struct lab_swap_area *area)
{
	u32 slot = 0, cluster;

	/* at the border of a cluster, the cluster before it is used up */
	if (area->next % LAB_SWAP_CLUSTER)
		slot = find_slot(area, area->next);
	if (slot)
		return slot;
	cluster = find_cluster(area, true);
	if (cluster == PFN_NONE)
		cluster = find_cluster(area, false);
	return find_slot(area, cluster * LAB_SWAP_CLUSTER);
}

static struct lab_swap_area *next_swap_area(struct lab_swap *s)
{
	struct lab_swap_area *best = NULL, *area;

	for (area = s->area; area < s->area + LAB_NR_SWAP_AREAS; area++) {
		if (!area->count || area->closed ||
		    area->nr_used == mmlab_swap_area_pages(area))
			continue;
		if (!best || area->prio > best->prio ||
		    (area->prio == best->prio && area->turn < best->turn))
			best = area;
	}
	return best;
}

static void note_used(struct lab_swap_area *area, u32 slot)
{
	area->cluster[slot / LAB_SWAP_CLUSTER]++;
	area->nr_used++;
}

static void note_free(struct lab_swap_area *area, u32 slot)
{
	area->cluster[slot / LAB_SWAP_CLUSTER]--;
	area->nr_used--;
}

u32 mmlab_swap_alloc(struct lab_swap *s, u32 pfn)
{
	struct lab_swap_area *area = next_swap_area(s);
	u32 slot;

	lockdep_assert_held(&s->lock);
	if (!area)
		return 0;
	slot = scan_swap_map(area);
	area->next = slot + 1 < area->nr_slots ? slot + 1 : 0;
	area->turn = ++s->turn;
	area->frame[slot] = pfn;
	note_used(area, slot);
	s->entry[pfn] = mmlab_swp_entry((u32)(area - s->area), slot);
	s->nr_cached++;
	return s->entry[pfn];
}

/* ---- slots in use ---- */

/* The area of a slot that is in use. */
static int find_used_locked(struct lab_swap *s, u32 swp, struct lab_swap_area **area)
{
	u32 slot = mmlab_swp_offset(swp);

	lockdep_assert_held(&s->lock);
	if (!mmlab_pte_is_swap(swp))
		return -EINVAL;
	*area = find_swap_area(s, mmlab_swp_type(swp));
	if (!*area || slot >= (*area)->nr_slots)
		return -EINVAL;
	return slot_is_free(*area, slot) ? -ENOENT : 0;
}

int mmlab_swap_dup(struct lab_swap *s, u32 swp)
{
	struct lab_swap_area *area;
	int err = find_used_locked(s, swp, &area);

	if (err)
		return err;
	if (area->count[mmlab_swp_offset(swp)] == LAB_SWAP_COUNT_MAX)
		return -EOVERFLOW;
	area->count[mmlab_swp_offset(swp)]++;
	return 0;
}

int mmlab_swap_free(struct lab_swap *s, u32 swp)
{
	struct lab_swap_area *area;
	u32 slot = mmlab_swp_offset(swp);
	int err = find_used_locked(s, swp, &area);

	if (err)
		return err;
	if (!area->count[slot])
		return -ENOENT;
	area->count[slot]--;
	if (slot_is_free(area, slot))
		note_free(area, slot);
	return area->count[slot];
}

int mmlab_swap_count(struct lab_swap *s, u32 swp)
{
	struct lab_swap_area *area;
	int err = find_used_locked(s, swp, &area);

	return err ? err : area->count[mmlab_swp_offset(swp)];
}

int mmlab_swap_cache_add(struct lab_swap *s, u32 swp, u32 pfn)
{
	struct lab_swap_area *area;
	int err = find_used_locked(s, swp, &area);

	if (err)
		return err;
	if (area->frame[mmlab_swp_offset(swp)] != PFN_NONE)
		return -EEXIST;
	area->frame[mmlab_swp_offset(swp)] = pfn;
	s->entry[pfn] = swp;
	s->nr_cached++;
	return 0;
}

u32 mmlab_swap_cache_find(struct lab_swap *s, u32 swp)
{
	struct lab_swap_area *area;

	if (find_used_locked(s, swp, &area))
		return PFN_NONE;
	return area->frame[mmlab_swp_offset(swp)];
}

u32 mmlab_swap_cache_del(struct lab_swap *s, u32 pfn)
{
	u32 swp = s->entry[pfn], slot = mmlab_swp_offset(swp);
	struct lab_swap_area *area = &s->area[mmlab_swp_type(swp)];

	lockdep_assert_held(&s->lock);
	if (!swp)
		return 0;
	area->frame[slot] = PFN_NONE;
	s->entry[pfn] = 0;
	s->nr_cached--;
	if (slot_is_free(area, slot))
		note_free(area, slot);
	return swp;
}

bool mmlab_swap_can_reuse(struct lab_swap *s, u32 pfn)
{
	u32 nr = mmlab_frame(s->m, pfn)->mapcount;

	lockdep_assert_held(&s->lock);
	if (s->entry[pfn])
		nr += (u32)mmlab_swap_count(s, s->entry[pfn]);
	return nr == 1;
}

/* ---- checks ---- */

static void validate_copy(const struct lab_swap *s, u32 swp, u32 pfn,
			  struct lab_verdict *v)
{
	const struct lab_frame *frame;

	if (!mmlab_verdict_expect(v, "a copy of a slot is a frame of the arena", swp,
				  1, pfn < s->m->nr_frames))
		return;
	frame = mmlab_frame(s->m, pfn);
	mmlab_verdict_expect(v, "a copy of a slot is a user page", swp, 1,
			     frame->state == FRAME_USED && frame->use == USE_USER);
	mmlab_verdict_expect(v, "a copy of a slot knows which one", swp, swp,
			     s->entry[pfn]);
}

static void validate_swap_area(const struct lab_swap *s, u32 type,
			       struct lab_swap_census *census,
			       struct lab_verdict *v)
{
	const struct lab_swap_area *area = &s->area[type];
	u32 slot, in_cluster = 1, nr_used = 0;

	mmlab_verdict_expect(v, "the header of a swap area is never given out", type,
			     LAB_SWAP_COUNT_BAD, area->count[0]);
	for (slot = 1; slot < area->nr_slots; slot++) {
		u32 swp = mmlab_swp_entry(type, slot);
		bool used = !slot_is_free(area, slot);

		if (slot % LAB_SWAP_CLUSTER == 0)
			in_cluster = 0;
		in_cluster += used;
		nr_used += used;
		if (slot % LAB_SWAP_CLUSTER == LAB_SWAP_CLUSTER - 1 ||
		    slot == area->nr_slots - 1)
			mmlab_verdict_expect(v, "a cluster counts its slots in use",
					     swp, in_cluster,
					     area->cluster[slot / LAB_SWAP_CLUSTER]);
		mmlab_verdict_expect(v, "a slot has a count that can be", swp, 1,
				     area->count[slot] <= LAB_SWAP_COUNT_MAX);
		census->nr_entries += area->count[slot];
		if (area->frame[slot] == PFN_NONE)
			continue;
		validate_copy(s, swp, area->frame[slot], v);
		census->nr_cached++;
	}
	mmlab_verdict_expect(v, "a swap area counts its slots in use", type, nr_used,
			     area->nr_used);
	census->nr_used += nr_used;
	census->nr_slots += mmlab_swap_area_pages(area);
	v->nr_objects += area->nr_slots;
}

void mmlab_swap_validate(const struct lab_swap *s,
			 struct lab_swap_census *census, struct lab_verdict *v)
{
	u32 type, pfn, nr_copies = 0;

	lockdep_assert_held(&s->lock);
	memset(census, 0, sizeof(*census));
	for (type = 0; type < LAB_NR_SWAP_AREAS; type++) {
		if (s->area[type].count)
			validate_swap_area(s, type, census, v);
	}
	for (pfn = 0; pfn < s->m->nr_frames; pfn++)
		nr_copies += s->entry[pfn] != 0;
	mmlab_verdict_expect(v, "a frame that names a slot is its copy", 0,
			     census->nr_cached, nr_copies);
	mmlab_verdict_expect(v, "nr_cached counts the copies of slots", 0,
			     census->nr_cached, s->nr_cached);
}
