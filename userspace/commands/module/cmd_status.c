// SPDX-License-Identifier: GPL-2.0
/* status: the module, its lab and its users on one screen. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/holders.h"
#include "cli/host.h"
#include "cli/json.h"
#include "lab/labfile.h"
#include "libmmlab.h"

#define BAR_WIDTH	64
#define MAX_ZONES	8

/* The uses of frames; together these are the arena. */
static const struct use {
	char letter;
	const char *name, *key;
	bool pages;		/* a count of vmstat, else kB of meminfo */
} uses[] = {
	{ 'R', "reserved", "nr_reserved", true },
	{ 'P', "page tables", "PageTables", false },
	{ 'S', "slab", "Slab", false },
	{ 'V', "vmalloc", "nr_vmalloc", true },
	{ 'B', "blocks", "Blocks", false },
	{ 'U', "user", "AnonPages", false },
	{ 'Q', "quarantine", "Quarantine", false },
	{ 'X', "bad", "Bad", false },
	{ 'c', "per-CPU lists", "PerCpuPages", false },
	{ '.', "free", "MemFree", false },
};

#define NR_USES	(sizeof(uses) / sizeof(uses[0]))

static const char *const parameters[] = { "mem", "pcp_batch", "pcp_high" };

#define NR_PARAMETERS	(sizeof(parameters) / sizeof(parameters[0]))

static const char *const feature_names[] = { "blocks", "windows", "access", "slab", "vmalloc" };

#define NR_FEATURES	(sizeof(feature_names) / sizeof(feature_names[0]))

struct lab_status {
	char version[64], refcnt[32], parameter[NR_PARAMETERS][32], verdict[256];
	bool has_info;
	int info_error;
	struct mmlab_info info;
	size_t nr_zones;
	struct labfile_zone zones[MAX_ZONES];
	uint64_t use_kb[NR_USES], arena_kb, lab_processes, lab_windows;
	bool has_counts;
};

static uint64_t page_kb(void)
{
	return (uint64_t)sysconf(_SC_PAGESIZE) / 1024;
}

static void read_module(struct lab_status *lab)
{
	char path[64];
	size_t i;

	host_read_line("/sys/module/mmlab/version", lab->version, sizeof(lab->version));
	host_read_line("/sys/module/mmlab/refcnt", lab->refcnt, sizeof(lab->refcnt));
	for (i = 0; i < NR_PARAMETERS; i++) {
		snprintf(path, sizeof(path), "/sys/module/mmlab/parameters/%s", parameters[i]);
		host_read_line(path, lab->parameter[i], sizeof(lab->parameter[i]));
	}
}

static void read_memory(struct lab_status *lab)
{
	char *meminfo = labfile_read("meminfo", NULL), *vmstat = labfile_read("vmstat", NULL);
	size_t i;

	lab->has_counts = meminfo && vmstat;
	for (i = 0; lab->has_counts && i < NR_USES; i++) {
		if (!labfile_value(uses[i].pages ? vmstat : meminfo, uses[i].key,
				   &lab->use_kb[i]))
			lab->use_kb[i] = 0;
		if (uses[i].pages)
			lab->use_kb[i] *= page_kb();
		lab->arena_kb += lab->use_kb[i];
	}
	if (vmstat) {
		labfile_value(vmstat, "lab_processes", &lab->lab_processes);
		labfile_value(vmstat, "lab_windows", &lab->lab_windows);
	}
	free(meminfo);
	free(vmstat);
}

/* The counts come before the device: opening it makes a lab process. */
static void read_lab(struct lab_status *lab)
{
	char *text;
	int fd;

	memset(lab, 0, sizeof(*lab));
	read_module(lab);
	read_memory(lab);
	text = labfile_read("zoneinfo", NULL);
	if (text)
		lab->nr_zones = labfile_zones(text, lab->zones, MAX_ZONES);
	if (lab->nr_zones > MAX_ZONES)
		lab->nr_zones = MAX_ZONES;
	free(text);
	text = labfile_read("check", NULL);
	if (text)
		labfile_verdict(text, lab->verdict, sizeof(lab->verdict));
	free(text);
	fd = mmlab_open(O_RDONLY | O_CLOEXEC);
	lab->info_error = fd < 0 ? fd : mmlab_get_info(fd, &lab->info);
	lab->has_info = !lab->info_error;
	if (fd >= 0)
		close(fd);
}

/* Cells by share, each user of memory at least one, free gets the rest. */
static void print_bar(const struct lab_status *lab)
{
	unsigned int left = BAR_WIDTH, cells;
	size_t i;

	fputs("memory      [", stdout);
	for (i = 0; i < NR_USES; i++) {
		cells = (unsigned int)(lab->use_kb[i] * BAR_WIDTH / lab->arena_kb);
		if (!cells && lab->use_kb[i])
			cells = 1;
		if (cells > left || i == NR_USES - 1)
			cells = left;
		left -= cells;
		while (cells--)
			putchar(uses[i].letter);
	}
	printf("] %" PRIu64 " kB\n", lab->arena_kb);
	for (i = 0; i < NR_USES; i++)
		if (lab->use_kb[i])
			printf("            %c %-13s %9" PRIu64 " kB  %5.1f %%\n", uses[i].letter,
			       uses[i].name, lab->use_kb[i],
			       100.0 * (double)lab->use_kb[i] / (double)lab->arena_kb);
}

static void print_device(const struct lab_status *lab)
{
	size_t i;

	if (!lab->has_info) {
		printf("device      %s: %s (mmlab doctor explains)\n", mmlab_device_path(),
		       strerror(-lab->info_error));
		return;
	}
	printf("device      %s, interface %u:", mmlab_device_path(), lab->info.api_version);
	for (i = 0; i < NR_FEATURES; i++)
		if (lab->info.features & (1ULL << i))
			printf(" %s", feature_names[i]);
	printf("\nlayout      user 0x%08x-0x%08x, direct map 0x%08x-0x%08x, vmalloc 0x%08x-0x%08x\n",
	       0, lab->info.page_offset, lab->info.page_offset, lab->info.high_memory,
	       lab->info.vmalloc_start, lab->info.vmalloc_end);
}

static void print_holder(const struct holder *holder, void *arg)
{
	(void)arg;
	printf("            PID %-7d %-16s %u descriptor%s, %u window%s\n", holder->pid,
	       holder->name, holder->descriptors, holder->descriptors == 1 ? "" : "s",
	       holder->windows, holder->windows == 1 ? "" : "s");
}

static void print_status(const struct lab_status *lab)
{
	size_t i;
	int hidden;

	printf("module      loaded%s%s, %s user%s\n", *lab->version ? ", version " : "",
	       lab->version, *lab->refcnt ? lab->refcnt : "?",
	       !strcmp(lab->refcnt, "1") ? "" : "s");
	fputs("parameters ", stdout);
	for (i = 0; i < NR_PARAMETERS; i++)
		if (*lab->parameter[i])
			printf(" %s=%s", parameters[i], lab->parameter[i]);
	putchar('\n');
	print_device(lab);
	for (i = 0; i < lab->nr_zones; i++) {
		const struct labfile_zone *zone = &lab->zones[i];

		printf("%-11s %-6s frames %" PRIu64 "-%" PRIu64 ", %" PRIu64 " of %" PRIu64
		       " free, watermarks %" PRIu64 "/%" PRIu64 "/%" PRIu64 "\n",
		       i ? "" : "zones", zone->name, zone->start_pfn,
		       zone->start_pfn + zone->spanned - 1, zone->free, zone->managed,
		       zone->min, zone->low, zone->high);
	}
	if (lab->has_counts && lab->arena_kb)
		print_bar(lab);
	else
		fputs("memory      not to be read: mmlab doctor\n", stdout);
	printf("check       %s\n", *lab->verdict ? lab->verdict : "no verdict");
	printf("processes   %" PRIu64 " lab process%s, %" PRIu64 " window%s\n",
	       lab->lab_processes, lab->lab_processes == 1 ? "" : "es",
	       lab->lab_windows, lab->lab_windows == 1 ? "" : "s");
	hidden = holders_scan(print_holder, NULL);
	if (hidden > 0)
		printf("            (%d host processes can't be looked into: run it as root)\n",
		       hidden);
}

static void holder_json(const struct holder *holder, void *arg)
{
	(void)arg;
	json_object_begin(NULL);
	json_number("pid", (uint64_t)holder->pid);
	json_string("name", holder->name);
	json_number("descriptors", holder->descriptors);
	json_number("windows", holder->windows);
	json_object_end();
}

static void device_json(const struct lab_status *lab)
{
	size_t i;

	json_object_begin("device");
	json_string("path", mmlab_device_path());
	json_string("error", lab->has_info ? NULL : strerror(-lab->info_error));
	if (lab->has_info) {
		json_number("interface", lab->info.api_version);
		json_array_begin("features");
		for (i = 0; i < NR_FEATURES; i++)
			if (lab->info.features & (1ULL << i))
				json_string(NULL, feature_names[i]);
		json_array_end();
		json_number("page_size", 1ULL << lab->info.page_shift);
		json_number("frames", lab->info.nr_frames);
		json_number("page_offset", lab->info.page_offset);
		json_number("high_memory", lab->info.high_memory);
		json_number("vmalloc_start", lab->info.vmalloc_start);
		json_number("vmalloc_end", lab->info.vmalloc_end);
	}
	json_object_end();
}

static void zones_json(const struct lab_status *lab)
{
	size_t i;

	json_array_begin("zones");
	for (i = 0; i < lab->nr_zones; i++) {
		const struct labfile_zone *zone = &lab->zones[i];

		json_object_begin(NULL);
		json_string("name", zone->name);
		json_number("start_frame", zone->start_pfn);
		json_number("spanned", zone->spanned);
		json_number("managed", zone->managed);
		json_number("free", zone->free);
		json_number("min", zone->min);
		json_number("low", zone->low);
		json_number("high", zone->high);
		json_object_end();
	}
	json_array_end();
}

static void print_status_json(const struct lab_status *lab)
{
	size_t i;

	json_object_begin(NULL);
	json_bool("loaded", true);
	json_string("version", *lab->version ? lab->version : NULL);
	json_string("users", *lab->refcnt ? lab->refcnt : NULL);
	json_object_begin("parameters");
	for (i = 0; i < NR_PARAMETERS; i++)
		json_string(parameters[i], *lab->parameter[i] ? lab->parameter[i] : NULL);
	json_object_end();
	device_json(lab);
	zones_json(lab);
	json_object_begin("memory_kb");
	for (i = 0; lab->has_counts && i < NR_USES; i++)
		json_number(uses[i].name, lab->use_kb[i]);
	json_number("arena", lab->arena_kb);
	json_object_end();
	json_string("check", *lab->verdict ? lab->verdict : NULL);
	json_number("lab_processes", lab->lab_processes);
	json_number("lab_windows", lab->lab_windows);
	json_array_begin("holders");
	holders_scan(holder_json, NULL);
	json_array_end();
	json_object_end();
}

static int print_not_loaded(bool json)
{
	if (json) {
		json_object_begin(NULL);
		json_bool("loaded", false);
		json_object_end();
	} else {
		printf("module      not loaded (try: mmlab load)\n");
	}
	return CLI_NO_LAB;
}

static int run_status(const struct command *cmd, int argc, char **argv)
{
	static const struct option longs[] = { CLI_OPTION_JSON, CLI_OPTION_HELP, { 0 } };
	struct lab_status lab;
	bool json = false;
	int option;

	while ((option = cli_option(cmd, argc, argv, "jh", longs)) != -1)
		json |= option == 'j';
	if (optind < argc)
		return cli_usage(cmd, "'%s' is one argument too many", argv[optind]);
	if (host_module_loaded() != 1)
		return print_not_loaded(json);
	read_lab(&lab);
	if (json)
		print_status_json(&lab);
	else
		print_status(&lab);
	return CLI_OK;
}

const struct command cmd_status = {
	.name = "status",
	.args = "[--json]",
	.summary = "Show the module, its zones and memory, and who uses it",
	.help =
"The memory bar has a letter for each user of frames, explained below it; a\n"
"small share still gets one cell. Watermarks are the zone's min/low/high\n"
"in frames. The processes of the host that hold the device are listed below\n"
"the lab's own count; other users' are visible to root only.\n"
"\n"
"  --json   the same as JSON; memory in kB, zones in frames\n"
"\n"
"Exit status: 0 loaded, 3 not loaded.\n",
	.run = run_status,
};
