// SPDX-License-Identifier: GPL-2.0
/*
 * mmlab-kswapd. It is woken at the low watermark and works until the high one, as
 * kswapd() of Linux; below min, tasks reclaim themselves. It holds no lock while it
 * sleeps.
 */
#include <linux/freezer.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>

#include "kswapd.h"
#include "pcp.h"
#include "reclaim.h"
#include "section.h"
#include "watermark.h"

static struct task_struct *thread;

/*
 * Pages were wanted and none could go. A task that frees one by itself shows that it is
 * worth to try again.
 */
static bool gave_up;
static unsigned long rounds_then;

static bool is_hopeless(void)
{
	return gave_up && mmlab_reclaim_rounds() == rounds_then;
}

static bool is_wanted(void)
{
	return kthread_should_stop() ||
	       (static_branch_unlikely(&mmlab_watermark_key) && mmlab_watermark_low() &&
		!is_hopeless());
}

/* balance_pgdat() of Linux */
static void balance(void)
{
	mmlab_count_event(EV_PAGEOUTRUN);
	gave_up = false;
	while (static_branch_unlikely(&mmlab_watermark_key) && !kthread_should_stop() &&
	       !mmlab_watermark_high() && !gave_up) {
		gave_up = !mmlab_reclaim_batch();
		rounds_then = mmlab_reclaim_rounds();
		/* frames on this CPU's lists are of no use for another one */
		mmlab_pcp_spill_here();
		try_to_freeze();
		cond_resched();
	}
}

/*
 * kswapd_try_to_sleep() of Linux: pressure often comes back at once, and then the
 * watermarks are too close to each other. So the first nap is a short one, and what
 * ends it is counted.
 */
static void sleep_until_wanted(void)
{
	if (wait_event_freezable_timeout(mmlab_watermark_wait, is_wanted(), HZ / 10) > 0) {
		mmlab_count_event(EV_KSWAPD_LOW_WMARK_HIT_QUICKLY);
		return;
	}
	if (static_branch_unlikely(&mmlab_watermark_key) && !mmlab_watermark_high() &&
	    !is_hopeless()) {
		mmlab_count_event(EV_KSWAPD_HIGH_WMARK_HIT_QUICKLY);
		return;
	}
	wait_event_freezable(mmlab_watermark_wait, is_wanted());
}

static int kswapd(void *unused)
{
	set_freezable();
	wait_event_freezable(mmlab_watermark_wait, is_wanted());
	while (!kthread_should_stop()) {
		balance();
		sleep_until_wanted();
	}
	return 0;
}

int mmlab_kswapd_init(void)
{
	thread = kthread_run(kswapd, NULL, "mmlab-kswapd");
	return PTR_ERR_OR_ZERO(thread);
}

void mmlab_kswapd_exit(void)
{
	kthread_stop(thread);
}
