// SPDX-License-Identifier: GPL-2.0
/*
 * mmlab_bench.ko: a program writes a request to /proc/mmlab_bench, which is measured, and
 * reads the result from the same open file. Without a request, the file lists the
 * patterns. `mmlab bench` is the program for it.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "bench.h"

#define MAX_REQUEST	256U
#define LINE_MAX_BYTES	160U

static const struct bench_pattern *const lists[] = {
	bench_page_patterns, bench_cache_patterns, bench_vmalloc_patterns,
};

static const char *const side_names[NR_SIDES] = { "lab", "host" };

/* One at a time, or they would measure each other. */
static DEFINE_MUTEX(bench_lock);

/**
 * struct bench_file - an open file
 * @text: what is read, or NULL: the list
 * @length: of it in bytes
 */
struct bench_file {
	char *text;
	size_t length;
};

static const struct bench_pattern *find_pattern(const char *name)
{
	const struct bench_pattern *pattern;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(lists); i++)
		for (pattern = lists[i]; pattern->name; pattern++)
			if (!strcmp(pattern->name, name))
				return pattern;
	return NULL;
}

static enum bench_side find_side(const char *name)
{
	enum bench_side side;

	for (side = 0; side < NR_SIDES && strcmp(side_names[side], name); side++)
		;
	return side;
}

static int set_number(u32 *number, const char *value)
{
	return kstrtou32(value, 0, number) ? -EINVAL : 0;
}

static int set_field(struct bench_request *request, const char *key,
		     const char *value)
{
	if (!strcmp(key, "pattern")) {
		request->pattern = find_pattern(value);
		return request->pattern ? 0 : -EINVAL;
	}
	if (!strcmp(key, "side")) {
		request->side = find_side(value);
		return request->side < NR_SIDES ? 0 : -EINVAL;
	}
	if (!strcmp(key, "arg"))
		return set_number(&request->arg, value);
	if (!strcmp(key, "threads"))
		return set_number(&request->threads, value);
	if (!strcmp(key, "repetitions"))
		return set_number(&request->repetitions, value);
	if (!strcmp(key, "count"))
		return set_number(&request->count, value);
	return -EINVAL;
}

static bool request_ok(const struct bench_request *request)
{
	return request->pattern && request->side < NR_SIDES &&
	       request->arg >= request->pattern->min_arg &&
	       request->arg <= request->pattern->max_arg &&
	       request->threads && request->threads <= num_online_cpus() &&
	       request->repetitions &&
	       request->repetitions <= BENCH_MAX_REPETITIONS &&
	       request->count && request->count <= BENCH_MAX_COUNT;
}

/* "KEY=VALUE KEY=VALUE ..."; a missing key has its default. */
static int parse(char *text, struct bench_request *request)
{
	char *word, *value;
	int err;

	*request = (struct bench_request){
		.side = NR_SIDES, .threads = 1, .repetitions = 5, .count = 10000,
	};
	while ((word = strsep(&text, " \t\n")) != NULL) {
		if (!*word)
			continue;
		value = strchr(word, '=');
		if (!value)
			return -EINVAL;
		*value++ = '\0';
		err = set_field(request, word, value);
		if (err)
			return err;
	}
	return request_ok(request) ? 0 : -EINVAL;
}

static void print_result(struct bench_file *file,
			 const struct bench_request *request,
			 const struct bench_sample *samples)
{
	size_t size = LINE_MAX_BYTES * (1 + request->repetitions * request->threads);
	u32 i;

	file->length = scnprintf(file->text, size,
				 "iteration thread allocs get_ns put_ns get_cycles put_cycles\n");
	for (i = 0; i < request->repetitions * request->threads; i++)
		file->length += scnprintf(file->text + file->length,
					  size - file->length,
					  "%u %u %u %llu %llu %llu %llu\n",
					  i / request->threads,
					  i % request->threads, samples[i].allocs,
					  samples[i].get.ns, samples[i].put.ns,
					  samples[i].get.cycles,
					  samples[i].put.cycles);
}

static int measure(struct bench_file *file, const struct bench_request *request)
{
	u32 nr = request->repetitions * request->threads;
	struct bench_sample *samples;
	int err;

	samples = kvcalloc(nr, sizeof(*samples), GFP_KERNEL);
	kvfree(file->text);
	file->length = 0;
	file->text = kvmalloc(LINE_MAX_BYTES * (1 + nr), GFP_KERNEL);
	err = samples && file->text ? bench_run(request, samples) : -ENOMEM;
	if (!err)
		print_result(file, request, samples);
	kvfree(samples);
	return err;
}

static ssize_t bench_write(struct file *f, const char __user *buffer, size_t size,
			   loff_t *pos)
{
	struct bench_request request;
	char *text;
	int err;

	if (size > MAX_REQUEST)
		return -EINVAL;
	text = memdup_user_nul(buffer, size);
	if (IS_ERR(text))
		return PTR_ERR(text);
	err = parse(text, &request);
	kfree(text);
	if (err)
		return err;
	err = mutex_lock_interruptible(&bench_lock);
	if (err)
		return err;
	err = measure(f->private_data, &request);
	mutex_unlock(&bench_lock);
	*pos = 0;
	return err ?: size;
}

static ssize_t read_list(char __user *buffer, size_t size, loff_t *pos)
{
	const struct bench_pattern *pattern;
	size_t length = 0;
	ssize_t result;
	char *text;
	u32 i;

	text = kmalloc(PAGE_SIZE, GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(lists); i++)
		for (pattern = lists[i]; pattern->name; pattern++)
			length += scnprintf(text + length, PAGE_SIZE - length,
					    "%-16s %-8s %u %u\n", pattern->name,
					    pattern->arg, pattern->min_arg,
					    pattern->max_arg);
	result = simple_read_from_buffer(buffer, size, pos, text, length);
	kfree(text);
	return result;
}

static ssize_t bench_read(struct file *f, char __user *buffer, size_t size,
			  loff_t *pos)
{
	struct bench_file *file = f->private_data;
	ssize_t result;

	if (mutex_lock_interruptible(&bench_lock))
		return -ERESTARTSYS;
	if (file->text)
		result = simple_read_from_buffer(buffer, size, pos, file->text,
						 file->length);
	else
		result = read_list(buffer, size, pos);
	mutex_unlock(&bench_lock);
	return result;
}

static int bench_open(struct inode *inode, struct file *f)
{
	struct bench_file *file = kzalloc(sizeof(*file), GFP_KERNEL);

	f->private_data = file;
	return file ? 0 : -ENOMEM;
}

static int bench_release(struct inode *inode, struct file *f)
{
	struct bench_file *file = f->private_data;

	kvfree(file->text);
	kfree(file);
	return 0;
}

static const struct proc_ops bench_ops = {
	.proc_open = bench_open,
	.proc_read = bench_read,
	.proc_write = bench_write,
	.proc_lseek = default_llseek,
	.proc_release = bench_release,
};

static int __init bench_init(void)
{
	return proc_create("mmlab_bench", 0600, NULL, &bench_ops) ? 0 : -ENOMEM;
}

static void __exit bench_exit(void)
{
	remove_proc_entry("mmlab_bench", NULL);
}

module_init(bench_init);
module_exit(bench_exit);
MODULE_LICENSE("GPL");
MODULE_AUTHOR("the mmlab developers");
MODULE_DESCRIPTION("mmlab: its allocators and the host's, measured side by side");
