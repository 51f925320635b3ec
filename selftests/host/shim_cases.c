// SPDX-License-Identifier: GPL-2.0
/*
 * The shim is alive: each misuse that it must catch is committed in a child,
 * which must die of it. A shim that looks away would make all cases weaker.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"

static spinlock_t spin;
static struct mutex mutex;

static void spin_not_held(void)
{
	spin_unlock(&spin);
}

static void spin_twice(void)
{
	spin_lock(&spin);
	spin_lock(&spin);
}

static void spin_assert(void)
{
	lockdep_assert_held(&spin);
}

static void mutex_not_held(void)
{
	mutex_unlock(&mutex);
}

static void mutex_assert(void)
{
	lockdep_assert_held(&mutex);
}

static void mutex_under_spin(void)
{
	spin_lock(&spin);
	mutex_lock(&mutex);
}

static void *hold(void *lock)
{
	spin_lock((spinlock_t *)lock);
	return NULL;
}

static void held_by_other(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, hold, &spin);
	pthread_join(thread, NULL);
	lockdep_assert_held(&spin);
}

static void never_initialised(void)
{
	spinlock_t raw = {};

	spin_lock(&raw);
}

static void list_broken(void)
{
	struct list_head head, entry;

	INIT_LIST_HEAD(&head);
	list_add(&entry, &head);
	head.next = &head;
	list_del(&entry);
}

/* Runs @misuse in a child; returns the signal that ended it, or 0. */
static int dies(void (*misuse)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (!pid) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, STDERR_FILENO);
		signal(SIGABRT, SIG_DFL);
		signal(SIGILL, SIG_DFL);
		misuse();
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void shim_locks(struct test_ctx *t)
{
	static void (*const misuses[])(void) = {
		spin_not_held, spin_twice, spin_assert, mutex_not_held,
		mutex_assert, mutex_under_spin, held_by_other,
		never_initialised
	};
	unsigned int i;

	spin_lock_init(&spin);
	mutex_init(&mutex);
	for (i = 0; i < ARRAY_SIZE(misuses); i++)
		EXPECT_EQ(t, SIGABRT, dies(misuses[i]));
	/* and correct code is let through */
	mutex_lock(&mutex);
	lockdep_assert_held(&mutex);
	spin_lock(&spin);
	lockdep_assert_held(&spin);
	spin_unlock(&spin);
	mutex_unlock(&mutex);
}

static void shim_list(struct test_ctx *t)
{
	EXPECT(t, dies(list_broken) > 0);
}

static void shim_warn_counts(struct test_ctx *t)
{
	unsigned int before = shim_nr_warnings;
	int keep = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY);

	dup2(null, STDERR_FILENO);
	EXPECT(t, !WARN_ON_ONCE(0));
	EXPECT_EQ(t, before, shim_nr_warnings);
	EXPECT(t, WARN_ON_ONCE(1));
	EXPECT_EQ(t, before + 1, shim_nr_warnings);
	dup2(keep, STDERR_FILENO);
	close(keep);
	close(null);
	shim_nr_warnings = before;
}

static void shim_sqrt(struct test_ctx *t)
{
	unsigned long x, root = 0;

	for (x = 0; x < 100000; x++) {
		if ((root + 1) * (root + 1) <= x)
			root++;
		EXPECT_EQ(t, root, int_sqrt(x));
	}
	EXPECT_EQ(t, 3831, int_sqrt(896UL * 1024 * 16));
}

/* The tree in the shim against an array: insertion, erasure, order. */
static void shim_rbtree(struct test_ctx *t)
{
	static struct rb_node nodes[200];
	struct rb_node **link, *parent, *node;
	struct rb_root root = RB_ROOT;
	bool in[200] = {};
	unsigned int op, i;

	for (op = 0; op < 20000; op++) {
		u32 nr = test_below(t, 200);

		if (in[nr]) {
			rb_erase(&nodes[nr], &root);
		} else {
			parent = NULL;
			link = &root.rb_node;
			while (*link) {
				parent = *link;
				link = &nodes[nr] < parent ? &parent->rb_left :
							     &parent->rb_right;
			}
			rb_link_node(&nodes[nr], parent, link);
			rb_insert_color(&nodes[nr], &root);
		}
		in[nr] = !in[nr];
		node = rb_first(&root);
		for (i = 0; i < 200; i++) {
			if (!in[i])
				continue;
			if (!EXPECT(t, node == &nodes[i]))
				return;
			node = rb_next(node);
		}
		EXPECT(t, !node);
	}
}

const struct test_case mmlab_host_shim[] = {
	{ "shim_locks", shim_locks },
	{ "shim_list", shim_list },
	{ "shim_warn_counts", shim_warn_counts },
	{ "shim_sqrt", shim_sqrt },
	{ "shim_rbtree", shim_rbtree },
	{}
};
