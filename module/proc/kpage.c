// SPDX-License-Identifier: GPL-2.0
/*
 * kpageflags and kpagecount: 8 bytes per lab frame, with the host's KPF_ bits.
 * Rules of reading: kpagecount_read() in Linux fs/proc/page.c.
 */
#include <linux/kernel-page-flags.h>
#include <linux/mm.h>
#include <linux/uaccess.h>

#include "proc.h"

/* Frames read under one freeze. */
#define BATCH	512U

/* As the host has them for an anonymous page; one that is isolated is on no list. */
static u64 user_flags(const struct lab_frame_view *view)
{
	u64 flags = BIT_ULL(KPF_MMAP) | BIT_ULL(KPF_ANON) | BIT_ULL(KPF_SWAPBACKED);

	if (view->list == LAB_LRU_ACTIVE)
		flags |= BIT_ULL(KPF_LRU) | BIT_ULL(KPF_ACTIVE);
	if (view->list == LAB_LRU_INACTIVE)
		flags |= BIT_ULL(KPF_LRU);
	return flags | (view->referenced ? BIT_ULL(KPF_REFERENCED) : 0) |
	       (view->swapcache ? BIT_ULL(KPF_SWAPCACHE) : 0);
}

static u64 use_flags(const struct lab_frame_view *view)
{
	switch (view->state) {
	case FRAME_FREE:
		return BIT_ULL(KPF_BUDDY);
	case FRAME_RESERVED:
		return BIT_ULL(KPF_RESERVED);
	case FRAME_USED:
		break;
	default:
		return 0;
	}
	switch (view->use) {
	case USE_USER:
		return user_flags(view);
	case USE_PGTABLE:
		return BIT_ULL(KPF_PGTABLE);
	case USE_SLAB:
		return BIT_ULL(KPF_SLAB);
	default:
		return 0;
	}
}

static u64 kpage_flags_of(const struct lab_frame_view *view)
{
	return use_flags(view) | (view->bad ? BIT_ULL(KPF_HWPOISON) : 0) |
	       (view->zero ? BIT_ULL(KPF_ZERO_PAGE) : 0) |
	       (view->writeback ? BIT_ULL(KPF_WRITEBACK) : 0);
}

/* As on the host, the kernel's own mappings don't count: a vmalloc area is one. */
static u64 kpage_count_of(const struct lab_frame_view *view)
{
	bool mapped = view->state == FRAME_USED && view->use == USE_USER;

	return mapped ? view->mapcount : 0;
}

/**
 * struct kpage_batch - frames on their way to user space
 * @view: their state
 * @value: their words in the file
 */
struct kpage_batch {
	struct lab_frame_view view[BATCH];
	u64 value[BATCH];
};

static ssize_t read_frames(char __user *buf, size_t len, loff_t *pos,
			   u64 (*value_of)(const struct lab_frame_view *view))
{
	struct kpage_batch *batch;
	ssize_t done = 0;
	u32 i, nr;

	if (*pos < 0 || *pos % sizeof(u64) || len % sizeof(u64))
		return -EINVAL;
	batch = kvmalloc(sizeof(*batch), GFP_KERNEL);
	if (!batch)
		return -ENOMEM;
	while (len) {
		size_t bytes;

		nr = mmlab_stat_view_frames(*pos / sizeof(u64),
					    min_t(u64, BATCH, len / sizeof(u64)),
					    batch->view);
		if (!nr)
			break;
		for (i = 0; i < nr; i++)
			batch->value[i] = value_of(&batch->view[i]);
		bytes = nr * sizeof(u64);
		if (copy_to_user(buf, batch->value, bytes)) {
			done = done ?: -EFAULT;
			break;
		}
		buf += bytes;
		len -= bytes;
		*pos += bytes;
		done += bytes;
		cond_resched();
	}
	kvfree(batch);
	return done;
}

static ssize_t kpageflags_read(struct file *file, char __user *buf, size_t len,
			       loff_t *pos)
{
	return read_frames(buf, len, pos, kpage_flags_of);
}

static ssize_t kpagecount_read(struct file *file, char __user *buf, size_t len,
			       loff_t *pos)
{
	return read_frames(buf, len, pos, kpage_count_of);
}

const struct proc_ops mmlab_proc_kpageflags_ops = {
	.proc_read = kpageflags_read,
	.proc_lseek = default_llseek,
};

const struct proc_ops mmlab_proc_kpagecount_ops = {
	.proc_read = kpagecount_read,
	.proc_lseek = default_llseek,
};
