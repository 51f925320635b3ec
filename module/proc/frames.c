// SPDX-License-Identifier: GPL-2.0
/*
 * frames, in debugfs: what each frame of the arena is, all at one moment. A row is a run
 * of frames that have everything in common; the rows together are the arena.
 */
#include <linux/debugfs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include "../core/lru.h"
#include "../mem/arena.h"
#include "../mem/stat.h"
#include "frames.h"

static struct dentry *debug_dir;

/* A row: @nr frames from @start on that are as @view says. */
struct frame_run {
	u32 start;
	u32 nr;
	struct lab_frame_view view;
};

/* The rows of an open file. */
struct frame_runs {
	u32 nr;
	struct frame_run *run;
};

static const char *use_name(const struct lab_frame_view *view)
{
	static const char * const states[NR_FRAME_STATES + 1] = {
		[FRAME_TAIL]		= "unknown",
		[FRAME_FREE]		= "free",
		[FRAME_PCP]		= "percpu",
		[FRAME_QUARANTINE]	= "quarantine",
		[FRAME_RESERVED]	= "reserved",
		[FRAME_BAD]		= "bad",
		[NR_FRAME_STATES]	= "unknown",
	};
	static const char * const uses[NR_FRAME_USES] = {
		[USE_NONE]	= "unknown",
		[USE_BLOCK]	= "block",
		[USE_USER]	= "user",
		[USE_PGTABLE]	= "pgtable",
		[USE_SLAB]	= "slab",
		[USE_VMALLOC]	= "vmalloc",
	};

	return view->state == FRAME_USED ? uses[view->use] : states[view->state];
}

static const char *list_name(const struct lab_frame_view *view)
{
	static const char * const lists[NR_LAB_LRU_LISTS] = {
		[LAB_LRU_NONE]		= "-",
		[LAB_LRU_INACTIVE]	= "inactive",
		[LAB_LRU_ACTIVE]	= "active",
		[LAB_LRU_ISOLATED]	= "isolated",
	};

	return lists[view->list];
}

/* How many entries map a frame is told of user pages alone, as kpagecount does. */
static u32 nr_entries(const struct lab_frame_view *view)
{
	return view->state == FRAME_USED && view->use == USE_USER ? view->mapcount : 0;
}

static bool same(const struct lab_frame_view *a, const struct lab_frame_view *b)
{
	return a->state == b->state && a->use == b->use && a->order == b->order &&
	       a->owner == b->owner && a->list == b->list && a->bad == b->bad &&
	       nr_entries(a) == nr_entries(b);
}

/* Counts the runs, and notes them if there is room. */
static u32 find_runs(const struct lab_frame_view *view, u32 nr_frames, struct frame_run *run)
{
	u32 start = 0, nr = 0, i;

	for (i = 1; i <= nr_frames; i++) {
		if (i < nr_frames && same(&view[i], &view[start]))
			continue;
		if (run)
			run[nr] = (struct frame_run){ start, i - start, view[start] };
		nr++;
		start = i;
	}
	return nr;
}

static int view_runs(struct frame_runs *runs)
{
	u32 nr_frames = mmlab_machine.nr_frames;
	struct lab_frame_view *view = kvmalloc_array(nr_frames, sizeof(*view), GFP_KERNEL);

	if (!view)
		return -ENOMEM;
	mmlab_stat_view_frames(0, nr_frames, view);
	runs->nr = find_runs(view, nr_frames, NULL);
	runs->run = kvmalloc_array(runs->nr, sizeof(*runs->run), GFP_KERNEL);
	if (runs->run)
		find_runs(view, nr_frames, runs->run);
	kvfree(view);
	return runs->run ? 0 : -ENOMEM;
}

/* Position 0 is the heading, and row n has position n + 1. */
static void *frames_at(struct seq_file *m, loff_t pos)
{
	const struct frame_runs *runs = m->private;

	if (!pos)
		return SEQ_START_TOKEN;
	return pos <= runs->nr ? &runs->run[pos - 1] : NULL;
}

static void *frames_start(struct seq_file *m, loff_t *pos)
{
	return frames_at(m, *pos);
}

static void *frames_next(struct seq_file *m, void *v, loff_t *pos)
{
	return frames_at(m, ++*pos);
}

static void frames_stop(struct seq_file *m, void *v)
{
}

static int frames_show(struct seq_file *m, void *v)
{
	const struct frame_run *run = v;

	if (v == SEQ_START_TOKEN) {
		seq_puts(m, "frame count use order owner list entries\n");
		return 0;
	}
	seq_printf(m, "%u %u %s %u %u %s %u%s\n", run->start, run->nr,
		   use_name(&run->view), run->view.order, run->view.owner,
		   list_name(&run->view), nr_entries(&run->view),
		   run->view.bad ? " bad" : "");
	return 0;
}

static const struct seq_operations frames_seq_ops = {
	.start	= frames_start,
	.next	= frames_next,
	.stop	= frames_stop,
	.show	= frames_show,
};

static int frames_open(struct inode *inode, struct file *file)
{
	struct frame_runs *runs = __seq_open_private(file, &frames_seq_ops, sizeof(*runs));
	int err;

	if (!runs)
		return -ENOMEM;
	err = view_runs(runs);
	if (err)
		seq_release_private(inode, file);
	return err;
}

static int frames_release(struct inode *inode, struct file *file)
{
	struct seq_file *m = file->private_data;
	struct frame_runs *runs = m->private;

	kvfree(runs->run);
	return seq_release_private(inode, file);
}

static const struct file_operations frames_ops = {
	.owner		= THIS_MODULE,
	.open		= frames_open,
	.read		= seq_read,
	.llseek		= seq_lseek,
	.release	= frames_release,
};

void mmlab_proc_frames_init(void)
{
	debug_dir = debugfs_create_dir("mmlab", NULL);
	debugfs_create_file("frames", 0400, debug_dir, NULL, &frames_ops);
}

void mmlab_proc_frames_exit(void)
{
	debugfs_remove(debug_dir);
}
