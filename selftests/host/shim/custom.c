// SPDX-License-Identifier: GPL-2.0
/*
 * Locks that know their owner, and warnings that count.
 */
#include <stdlib.h>

#include "core_internal.h"
#include "../../../module/test/cases.h"

unsigned int shim_nr_warnings;

/* Its address tells the threads apart; its value: spinlocks that one holds. */
static _Thread_local int nr_spinlocks;

/* Where this thread's events go. */
static _Thread_local struct test_events *events;

bool mmlab_test_env_record(struct test_events *record)
{
	events = record;
	return true;
}

void shim_tell(bool merge, u32 pfn, u32 order, u32 buddy)
{
	struct test_event *event;

	if (!events || events->nr++ >= ARRAY_SIZE(events->event))
		return;
	event = &events->event[events->nr - 1];
	event->merge = merge;
	event->pfn = pfn;
	event->order = order;
	event->buddy = buddy;
}

static void die_at(const char *where, const char *what)
{
	fprintf(stderr, "%s: %s\n", where, what);
	abort();
}

static const void *owner_of(const struct shim_lock *lock)
{
	return __atomic_load_n(&lock->owner, __ATOMIC_RELAXED);
}

void shim_lock_init(struct shim_lock *lock, bool spin)
{
	pthread_mutex_init(&lock->mutex, NULL);
	lock->owner = NULL;
	lock->ready = true;
	lock->spin = spin;
}

void shim_lock(struct shim_lock *lock, const char *where)
{
	if (!lock->ready)
		die_at(where, "lock was never initialised");
	if (owner_of(lock) == &nr_spinlocks)
		die_at(where, "lock is taken twice by one thread");
	if (!lock->spin && nr_spinlocks)
		die_at(where, "a mutex is taken under a spinlock");
	pthread_mutex_lock(&lock->mutex);
	__atomic_store_n(&lock->owner, &nr_spinlocks, __ATOMIC_RELAXED);
	nr_spinlocks += lock->spin;
}

void shim_unlock(struct shim_lock *lock, const char *where)
{
	if (owner_of(lock) != &nr_spinlocks)
		die_at(where, "lock is released by a thread that does not hold it");
	nr_spinlocks -= lock->spin;
	__atomic_store_n(&lock->owner, NULL, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&lock->mutex);
}

void shim_assert_held(const struct shim_lock *lock, const char *where)
{
	if (owner_of(lock) != &nr_spinlocks)
		die_at(where, "the lock that is needed here is not held");
}

bool shim_warn(bool condition, const char *where)
{
	if (condition && !__atomic_fetch_add(&shim_nr_warnings, 1, __ATOMIC_RELAXED))
		fprintf(stderr, "%s: WARNING\n", where);
	return condition;
}
