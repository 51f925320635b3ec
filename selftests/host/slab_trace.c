// SPDX-License-Identifier: GPL-2.0
/*
 * slab_trace record FILE [seed=N] [ops=N]	write random operations to a file
 * slab_trace replay FILE			play them on the core and on the oracle
 *
 * A trace is a header and then struct slab_op, as this machine has them.
 */
#include <stdlib.h>

#include "../../module/test/slab_play.h"
#include "host.h"

#define MAGIC	0x3165636172546c73ULL	/* "slTrace1" */

/**
 * struct header - begin of a trace
 * @magic: MAGIC
 * @seed: seed of the operations, and of random caches
 * @nr_ops: operations that follow
 * @digest: of them
 */
struct header {
	u64 magic;
	u64 seed;
	u64 nr_ops;
	u64 digest;
};

static const char *program;
static const char *path;

static int complain(const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", program, path, what);
	return 2;
}

static int system_error(void)
{
	return complain(strerror(errno));
}

static void digest_op(u64 *digest, const struct slab_op *op)
{
	mmlab_test_digest(digest, (u64)op->arg << 32 | (u32)op->nr << 16 |
			  (u32)op->cache << 8 | op->kind);
}

static int record(u64 seed, u64 nr_ops)
{
	struct header h = { MAGIC, seed, nr_ops, TEST_DIGEST_START };
	struct slab_ops ops = {};
	struct slab_op op;
	FILE *file = fopen(path, "wb");
	u64 i;

	if (!file)
		return system_error();
	mmlab_test_seed(&ops.random, seed);
	/* the header is written once more when the digest is known */
	if (fwrite(&h, sizeof(h), 1, file) != 1)
		return system_error();
	for (i = 0; i < nr_ops; i++) {
		mmlab_slab_ops_next(&ops, &op);
		digest_op(&h.digest, &op);
		if (fwrite(&op, sizeof(op), 1, file) != 1)
			return system_error();
	}
	rewind(file);
	if (fwrite(&h, sizeof(h), 1, file) != 1 || fclose(file))
		return system_error();
	printf("# %s: seed %llu, %llu operations, digest %016llx\n", path, seed,
	       nr_ops, h.digest);
	return 0;
}

/* Reads a whole trace; NULL: it says why not. */
static struct slab_op *read_trace(struct header *h)
{
	FILE *file = fopen(path, "rb");
	u64 digest = TEST_DIGEST_START, i;
	struct slab_op *ops;

	if (!file) {
		system_error();
		return NULL;
	}
	if (fread(h, sizeof(*h), 1, file) != 1 || h->magic != MAGIC ||
	    h->nr_ops > U32_MAX) {
		complain("no trace of slab operations, record one");
		fclose(file);
		return NULL;
	}
	ops = calloc(h->nr_ops + 1, sizeof(*ops));
	if (!ops || fread(ops, sizeof(*ops), h->nr_ops, file) != h->nr_ops ||
	    fgetc(file) != EOF) {
		complain("it does not hold the operations that it announces");
		goto err_free;
	}
	for (i = 0; i < h->nr_ops; i++)
		digest_op(&digest, &ops[i]);
	if (digest != h->digest) {
		complain("its operations are not those that were recorded");
		goto err_free;
	}
	fclose(file);
	return ops;

err_free:
	free(ops);
	fclose(file);
	return NULL;
}

static const struct slab_op *trace;
static u64 nr_trace;

static void replay_case(struct test_ctx *t)
{
	static const char *const names[NR_SLAB_OPS] = {
		"alloc", "free", "free in bulk", "bad free", "grow", "shrink",
		"restart"
	};
	struct slab_play *play = mmlab_slab_play_new(t);
	u64 nr_of[NR_SLAB_OPS] = {};
	u64 i;

	if (!play)
		return;
	for (i = 0; i < nr_trace && !t->nr_failures; i++) {
		mmlab_slab_play(play, &trace[i]);
		nr_of[trace[i].kind % NR_SLAB_OPS]++;
		if (i % 8192 == 8191)
			mmlab_slab_play_compare(play);
	}
	if (t->nr_failures)
		printf("# core and oracle differ at operation %llu\n", i - 1);
	mmlab_slab_play_end(play);
	/* a trace that leaves out some kind would show less than it claims */
	for (i = 0; i < NR_SLAB_OPS; i++) {
		printf("# %s: %llu\n", names[i], nr_of[i]);
		EXPECT(t, nr_of[i] > 0);
	}
}

static int replay(void)
{
	static const struct test_case cases[] = {
		{ "slab_trace_replay", replay_case },
		{}
	};
	static const struct test_case *const units[] = { cases, NULL };
	struct test_plan plan = {};
	struct slab_op *ops;
	struct header h;

	ops = read_trace(&h);
	if (!ops)
		return 2;
	trace = ops;
	nr_trace = h.nr_ops;
	plan.seed = h.seed;
	plan.ops = (u32)h.nr_ops;
	mmlab_test_run(&plan, units);
	free(ops);
	return mmlab_test_passed(&plan) && !shim_nr_warnings ? 0 : 1;
}

int main(int argc, char **argv)
{
	u64 seed = 1, nr_ops = 1000000;
	bool ok = argc >= 3;
	int i;

	program = argv[0];
	path = argv[2];
	for (i = 3; ok && i < argc; i++)
		ok = (!strncmp(argv[i], "seed=", 5) &&
		      mmlab_host_parse_number(argv[i] + 5, ~0ULL, &seed)) ||
		     (!strncmp(argv[i], "ops=", 4) &&
		      mmlab_host_parse_number(argv[i] + 4, U32_MAX, &nr_ops));
	if (ok && !strcmp(argv[1], "record"))
		return record(seed, nr_ops);
	if (ok && argc == 3 && !strcmp(argv[1], "replay"))
		return replay();
	fprintf(stderr, "usage: %s record FILE [seed=N] [ops=N]\n"
		"       %s replay FILE\n", program, program);
	return 2;
}
