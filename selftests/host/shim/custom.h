/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Custom: assertions that are alive. Misuse of a lock aborts with the line at
 * fault; a WARN_ON_ONCE() is counted, and the run fails at its end.
 */
#ifndef MMLAB_SHIM_CUSTOM_H
#define MMLAB_SHIM_CUSTOM_H

#include <pthread.h>

/**
 * struct shim_lock - what a spinlock and a mutex have in common
 * @mutex: the real lock, which TSan knows
 * @owner: mark of the thread that holds it, or NULL
 * @ready: it was initialised
 * @spin: no mutex may be taken under it
 */
struct shim_lock {
	pthread_mutex_t mutex;
	const void *owner;
	bool ready;
	bool spin;
};

typedef struct {
	struct shim_lock shim;
} spinlock_t;

struct mutex {
	struct shim_lock shim;
};

extern unsigned int shim_nr_warnings;

/* Keeps what the tracepoints of the core tell: see mmlab_test_env_record(). */
void shim_tell(bool merge, u32 pfn, u32 order, u32 buddy);

#define trace_buddy_split(pfn, order, buddy)	shim_tell(false, pfn, order, buddy)
#define trace_buddy_merge(pfn, order, buddy)	shim_tell(true, pfn, order, buddy)
#define trace_buddy_split_enabled()	true
#define trace_buddy_merge_enabled()	true

void shim_lock_init(struct shim_lock *lock, bool spin);
void shim_lock(struct shim_lock *lock, const char *where);
void shim_unlock(struct shim_lock *lock, const char *where);
void shim_assert_held(const struct shim_lock *lock, const char *where);
bool shim_warn(bool condition, const char *where);

#define SHIM_STRING(x)	#x
#define SHIM_LINE(x)	SHIM_STRING(x)
#define SHIM_HERE	(__FILE__ ":" SHIM_LINE(__LINE__))
#define spin_lock_init(lock)	shim_lock_init(&(lock)->shim, true)
#define spin_lock(lock)		shim_lock(&(lock)->shim, SHIM_HERE)
#define spin_unlock(lock)	shim_unlock(&(lock)->shim, SHIM_HERE)
#define mutex_init(lock)	shim_lock_init(&(lock)->shim, false)
#define mutex_lock(lock)	shim_lock(&(lock)->shim, SHIM_HERE)
#define mutex_lock_nested(lock, subclass)	((void)(subclass), mutex_lock(lock))
#define mutex_unlock(lock)	shim_unlock(&(lock)->shim, SHIM_HERE)
#define lockdep_assert_held(lock) shim_assert_held(&(lock)->shim, SHIM_HERE)
#define WARN_ON_ONCE(condition)	shim_warn(!!(condition), SHIM_HERE)

#endif /* MMLAB_SHIM_CUSTOM_H */
