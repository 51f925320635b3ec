// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/mmlab/<lab pid>/cmdline, comm, stat, statm and status. Formats:
 * proc_pid_status(), do_task_stat() and proc_pid_statm() in Linux fs/proc/array.c.
 * A value that a lab process does not have, such as time on a CPU, is 0. Its state is
 * sleeping, as the program that opened the device runs in its place.
 */
#include <linux/mm.h>
#include <linux/user_namespace.h>

#include "pid.h"
#include "proc.h"

static const struct pid_dir *look(const struct seq_file *m,
				  struct lab_mm_view *view)
{
	const struct pid_dir *dir = m->private;

	mmlab_mm_view(dir->p, view);
	return dir;
}

/* Pages of the text. */
static u32 nr_text(const struct lab_mm_view *view)
{
	u64 end = PAGE_ALIGN((u64)view->layout.end_code);

	return (end - round_down(view->layout.start_code, PAGE_SIZE)) >>
	       PAGE_SHIFT;
}

int mmlab_proc_show_pid_cmdline(struct seq_file *m, void *v)
{
	struct lab_mm_view view;

	look(m, &view);
	seq_puts(m, view.comm);
	seq_putc(m, '\0');
	return 0;
}

int mmlab_proc_show_pid_comm(struct seq_file *m, void *v)
{
	struct lab_mm_view view;

	look(m, &view);
	seq_printf(m, "%s\n", view.comm);
	return 0;
}

static void print_status_kb(struct seq_file *m, const char *key, u32 nr_frames)
{
	seq_printf(m, "%s:\t%8lu kB\n", key, mmlab_proc_kb(nr_frames));
}

static void print_ids(struct seq_file *m, const char *key, unsigned int id)
{
	seq_printf(m, "%s:\t%u\t%u\t%u\t%u\n", key, id, id, id, id);
}

int mmlab_proc_show_pid_status(struct seq_file *m, void *v)
{
	struct lab_mm_view view;
	const struct pid_dir *dir = look(m, &view);
	struct user_namespace *ns = seq_user_ns(m);
	u32 text = nr_text(&view);

	seq_printf(m, "Name:\t%s\n", view.comm);
	seq_puts(m, "State:\tS (sleeping)\n");
	seq_printf(m, "Tgid:\t%u\nNgid:\t0\nPid:\t%u\nPPid:\t%u\nTracerPid:\t0\n",
		   view.pid, view.pid, view.ppid);
	print_ids(m, "Uid", from_kuid_munged(ns, dir->uid));
	print_ids(m, "Gid", from_kgid_munged(ns, dir->gid));
	print_status_kb(m, "VmPeak", view.max_total);
	print_status_kb(m, "VmSize", view.nr_total);
	print_status_kb(m, "VmLck", 0);
	print_status_kb(m, "VmPin", 0);
	print_status_kb(m, "VmHWM", view.max_rss);
	print_status_kb(m, "VmRSS", view.nr_rss);
	print_status_kb(m, "RssAnon", view.nr_rss);
	print_status_kb(m, "RssFile", 0);
	print_status_kb(m, "RssShmem", 0);
	print_status_kb(m, "VmData", view.nr_data);
	print_status_kb(m, "VmStk", view.nr_stack);
	print_status_kb(m, "VmExe", text);
	print_status_kb(m, "VmLib", view.nr_exec > text ? view.nr_exec - text : 0);
	print_status_kb(m, "VmPTE", view.nr_tables);
	print_status_kb(m, "VmSwap", view.nr_swap);
	seq_puts(m, "Threads:\t1\n");
	seq_puts(m, "voluntary_ctxt_switches:\t0\nnonvoluntary_ctxt_switches:\t0\n");
	return 0;
}

int mmlab_proc_show_pid_statm(struct seq_file *m, void *v)
{
	struct lab_mm_view view;

	look(m, &view);
	seq_printf(m, "%u %u 0 %u 0 %u 0\n", view.nr_total, view.nr_rss,
		   nr_text(&view), view.nr_data + view.nr_stack);
	return 0;
}

int mmlab_proc_show_pid_stat(struct seq_file *m, void *v)
{
	const struct lab_layout *layout;
	struct lab_mm_view view;

	look(m, &view);
	layout = &view.layout;
	/* pid comm state ppid pgrp session tty_nr tpgid flags */
	seq_printf(m, "%u (%s) S %u %u %u 0 -1 0", view.pid, view.comm, view.ppid,
		   view.pid, view.pid);
	/* minflt cminflt majflt cmajflt utime stime cutime cstime */
	seq_printf(m, " %llu 0 %llu 0 0 0 0 0", view.nr_minflt, view.nr_majflt);
	/* priority nice num_threads itrealvalue starttime vsize rss rsslim */
	seq_printf(m, " 20 0 1 0 0 %llu %u %llu",
		   (u64)view.nr_total << PAGE_SHIFT, view.nr_rss,
		   view.limit ? (u64)view.limit << PAGE_SHIFT : ULONG_MAX);
	/* startcode endcode startstack kstkesp kstkeip */
	seq_printf(m, " %u %u %u 0 0", layout->start_code, layout->end_code,
		   layout->start_stack);
	/* signal blocked sigignore sigcatch wchan nswap cnswap exit_signal */
	seq_puts(m, " 0 0 0 0 0 0 0 17");
	/* processor rt_priority policy delayacct guest_time cguest_time */
	seq_puts(m, " 0 0 0 0 0 0");
	/* start_data end_data start_brk arg_start arg_end env_start env_end */
	seq_printf(m, " %u %u %u 0 0 0 0", layout->start_data, layout->end_data,
		   layout->start_brk);
	seq_puts(m, " 0\n");	/* exit_code */
	return 0;
}
