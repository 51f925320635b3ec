// SPDX-License-Identifier: GPL-2.0
/*
 * Per-CPU page lists: batches in and out, drains, parameters.
 *
 * A list is last in, first out: the block that was freed last is most likely in the CPU's
 * cache. A batch amortises the zone's lock; it has about the same number of frames
 * for orders 0 to 3, so that a list of larger blocks does not keep more memory than one of
 * single frames. Blocks on a list are in use for the buddy allocator: they don't merge.
 */
#define pr_fmt(fmt) "mmlab: " fmt

#include <linux/moduleparam.h>

#include "arena.h"
#include "number.h"
#include "pcp.h"

#define PCP_BATCH_MAX	1024U
#define PCP_HIGH_MAX	8192U

unsigned int mmlab_pcp_high = 186;
static unsigned int pcp_batch = 31;

/* Parameters can be written to before and after the lists exist. Under the freeze. */
static bool pcp_running;

/* Writes the limit into each list, where the fast path of a free reads it. */
static void set_limits(void)
{
	unsigned int cpu, zone, order;

	for_each_possible_cpu(cpu)
		for (zone = 0; zone < NR_LAB_ZONES; zone++)
			for (order = 0; order < LAB_PCP_ORDERS; order++)
				per_cpu_ptr(&mmlab_cpu, cpu)->pages[zone][order].limit =
					mmlab_pcp_limit(order);
}

void mmlab_pcp_init(void)
{
	unsigned int cpu, zone, order;

	for_each_possible_cpu(cpu)
		for (zone = 0; zone < NR_LAB_ZONES; zone++)
			for (order = 0; order < LAB_PCP_ORDERS; order++)
				per_cpu_ptr(&mmlab_cpu, cpu)->pages[zone][order].head =
					PFN_NONE;
	set_limits();
}

void mmlab_pcp_set_running(bool running)
{
	mmlab_freeze();
	pcp_running = running;
	mmlab_thaw();
}

unsigned int mmlab_pcp_batch_now(void)
{
	return READ_ONCE(pcp_batch);
}

static unsigned int batch_of(unsigned int order)
{
	return max(READ_ONCE(pcp_batch) >> order, 1U);
}

void mmlab_pcp_refill(struct lab_page_list *list, enum lab_zone_id zone,
		      unsigned int order)
{
	unsigned int nr = min(batch_of(order), mmlab_pcp_limit(order));

	/* not above the limit: the next free must not have to spill what came now */
	mmlab_section_assert_held();
	list->count += mmlab_buddy_alloc_bulk(&mmlab_machine, zone, order, nr,
					      &list->head);
	mmlab_count_event(EV_PCP_REFILL);
}

void mmlab_pcp_spill(struct lab_page_list *list, enum lab_zone_id zone,
		     unsigned int order, unsigned int limit)
{
	unsigned int count = list->count;
	unsigned int over = count - min(count, limit);

	/* at least a batch, so that the next frees find room */
	mmlab_section_assert_held();
	list->count -= mmlab_buddy_free_bulk(&mmlab_machine, zone,
					     max(batch_of(order), over),
					     &list->head);
	mmlab_count_event(EV_PCP_SPILL);
}

void mmlab_pcp_spill_here(void)
{
	struct lab_cpu *cpu = mmlab_section_enter();
	u32 zone;

	for (zone = 0; zone < NR_LAB_ZONES; zone++)
		if (cpu->pages[zone][0].count)
			mmlab_pcp_spill(&cpu->pages[zone][0], zone, 0, 0);
	mmlab_section_leave();
}

u32 mmlab_pcp_drain_cpu(unsigned int cpu)
{
	struct lab_cpu *lc = per_cpu_ptr(&mmlab_cpu, cpu);
	u32 zone, order, nr = 0;

	mmlab_freeze_assert_held();
	for (zone = 0; zone < NR_LAB_ZONES; zone++) {
		for (order = 0; order < LAB_PCP_ORDERS; order++) {
			struct lab_page_list *list = &lc->pages[zone][order];

			nr += list->count << order;
			list->count -= mmlab_buddy_free_bulk(&mmlab_machine,
							     zone, list->count,
							     &list->head);
		}
	}
	return nr;
}

static u32 drain_all_cpus(void)
{
	unsigned int cpu;
	u32 nr = 0;

	mmlab_freeze_assert_held();
	if (!pcp_running)
		return 0;
	for_each_possible_cpu(cpu)
		nr += mmlab_pcp_drain_cpu(cpu);
	mmlab_count_event(EV_PCP_DRAIN);
	return nr;
}

u32 mmlab_pcp_drain(void)
{
	u32 nr;

	mmlab_freeze();
	nr = drain_all_cpus();
	mmlab_thaw();
	return nr;
}

u32 mmlab_pcp_count(unsigned int cpu, enum lab_zone_id zone)
{
	const struct lab_cpu *lc = per_cpu_ptr(&mmlab_cpu, cpu);
	u32 order, nr = 0;

	for (order = 0; order < LAB_PCP_ORDERS; order++)
		nr += READ_ONCE(lc->pages[zone][order].count) << order;
	return nr;
}

static void validate_list(const struct lab_page_list *list,
			  enum lab_zone_id zone, unsigned int order,
			  struct lab_verdict *v)
{
	u32 pfn, nr = 0;

	for (pfn = list->head; pfn != PFN_NONE && nr < list->count; nr++) {
		const struct lab_frame *frame;

		if (!mmlab_verdict_expect(v, "a per-CPU block is in the arena",
					  pfn, 1, pfn < mmlab_machine.nr_frames))
			return;
		frame = mmlab_frame(&mmlab_machine, pfn);
		mmlab_verdict_expect(v, "a block on a per-CPU list says so", pfn,
				     FRAME_PCP, frame->state);
		mmlab_verdict_expect(v, "a per-CPU block has its list's order",
				     pfn, order, frame->order);
		mmlab_verdict_expect(v, "a per-CPU block has its list's zone",
				     pfn, zone,
				     mmlab_frame_zone(&mmlab_machine, pfn));
		pfn = frame->next;
	}
	mmlab_verdict_expect(v, "a per-CPU list is as long as counted", order,
			     list->count, nr);
	mmlab_verdict_expect(v, "a per-CPU list has the limit of its order", order,
			     mmlab_pcp_limit(order), list->limit);
	mmlab_verdict_expect(v, "a per-CPU list ends", order, PFN_NONE, pfn);
	v->nr_objects += nr;
}

void mmlab_pcp_validate(struct lab_verdict *v)
{
	unsigned int cpu, zone, order;

	mmlab_freeze_assert_held();
	for_each_possible_cpu(cpu)
		for (zone = 0; zone < NR_LAB_ZONES; zone++)
			for (order = 0; order < LAB_PCP_ORDERS; order++)
				validate_list(&per_cpu_ptr(&mmlab_cpu, cpu)->pages[zone][order],
					      zone, order, v);
}

static int set_limited(const char *val, const struct kernel_param *kp,
		       unsigned int lowest, unsigned int highest)
{
	s64 number;
	int err = mmlab_number_parse(kp->name, val, lowest, highest, &number);

	if (err)
		return err;
	mmlab_freeze();
	WRITE_ONCE(*(unsigned int *)kp->arg, number);
	set_limits();
	drain_all_cpus();
	mmlab_thaw();
	return 0;
}

static int set_batch(const char *val, const struct kernel_param *kp)
{
	return set_limited(val, kp, 1, PCP_BATCH_MAX);
}

static int set_high(const char *val, const struct kernel_param *kp)
{
	return set_limited(val, kp, 0, PCP_HIGH_MAX);
}

static const struct kernel_param_ops batch_ops = {
	.set = set_batch,
	.get = param_get_uint,
};

static const struct kernel_param_ops high_ops = {
	.set = set_high,
	.get = param_get_uint,
};

module_param_cb(pcp_batch, &batch_ops, &pcp_batch, 0644);
MODULE_PARM_DESC(pcp_batch, "frames that per-CPU lists fetch and return at once (1-1024, default 31)");
module_param_cb(pcp_high, &high_ops, &mmlab_pcp_high, 0644);
MODULE_PARM_DESC(pcp_high, "frames that a per-CPU list holds at most (0-8192, default 186; 0: lists off)");
