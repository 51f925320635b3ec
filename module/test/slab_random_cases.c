// SPDX-License-Identifier: GPL-2.0
/*
 * Random sequences on several slab caches at once, every step held against the
 * oracle.
 */
#include "../core/core_internal.h"
#include "cases.h"
#include "slab_play.h"

static void slab_random(struct test_ctx *t)
{
	struct slab_play *play = mmlab_slab_play_new(t);
	struct slab_ops ops = { .random = t->random };
	struct slab_op op;
	u32 i;

	if (!play)
		return;
	for (i = 0; i < t->ops && !t->nr_failures; i++) {
		mmlab_slab_ops_next(&ops, &op);
		mmlab_slab_play(play, &op);
		if (i % 8192 == 8191) {
			mmlab_slab_play_compare(play);
			mmlab_test_env_relax();
		}
	}
	mmlab_slab_play_end(play);
}

const struct test_case mmlab_test_slab_random[] = {
	{ "slab_random", slab_random },
	{}
};
