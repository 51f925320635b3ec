// SPDX-License-Identifier: GPL-2.0
/* eager-lazy: the same pages mapped at once, and one by one when touched. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/host.h"
#include "cli/json.h"
#include "cli/meter.h"
#include "cli/session.h"
#include "libmmlab.h"

#define DRIVER_PAGES	10	/* what /dev/mapdrv has */
#define PAGES_MAX	4096
#define NR_ROUNDS	20

/* A way to map an area. */
struct way {
	const char *name, *device;	/* a device of its own, or NULL: the lab's */
	bool eager;			/* all entries are made by mmap() */
	int map_flags;
	uint32_t area_flags;
};

static const struct way ways[] = {
	{ "all by mmap()", "/dev/mapdrv-eager", true, 0, 0 },
	{ "one by fault", "/dev/mapdrv", false, 0, 0 },
	{ "all by MAP_POPULATE", NULL, true, MAP_POPULATE, 0 },
	{ "one by fault", NULL, false, 0, 0 },
	{ "one by fault, and frame", NULL, false, 0, MMLAB_VM_LAZY },
};

#define NR_WAYS	(sizeof(ways) / sizeof(ways[0]))

/* The costs of a way; the least of several rounds. */
struct takes {
	uint64_t pages;
	uint64_t after_mmap, after_one, after_all;	/* pages resident */
	uint64_t faults;				/* of the touches */
	uint64_t first_byte_ns;				/* mmap() and one touch */
	uint64_t cost_one, cost_all;			/* mmap() and so many touches */
};

struct experiment {
	const struct session *session;
	struct meter meter;
	int pagemap;
	uint64_t pages, page_size;
	struct takes takes[NR_WAYS];
};

static uint64_t minor_faults(void)
{
	struct rusage usage;

	return getrusage(RUSAGE_SELF, &usage) ? 0 : (uint64_t)usage.ru_minflt;
}

/* Pages that this program's own page table maps now: bit 63 of their pagemap. */
static uint64_t count_resident(const struct experiment *e, const void *memory, uint64_t pages)
{
	uint64_t page = (uintptr_t)memory / e->page_size, i, n = 0;

	for (i = 0; i < pages; i++) {
		uint64_t entry = 0;

		if (pread(e->pagemap, &entry, sizeof(entry),
			  (off_t)((page + i) * sizeof(entry))) == sizeof(entry))
			n += entry >> 63;
	}
	return n;
}

static void touch(const volatile uint8_t *memory, uint64_t page_size, uint64_t from,
		  uint64_t to)
{
	for (; from < to; from++)
		(void)memory[from * page_size];
}

static void keep_least(uint64_t *least, uint64_t value)
{
	if (value < *least)
		*least = value;
}

/* Touches pages FROM to TO. Return: the cost */
static uint64_t cost_of_touch(const struct experiment *e, const uint8_t *memory,
			      uint64_t from, uint64_t to)
{
	uint64_t before = meter_read(&e->meter);

	touch(memory, e->page_size, from, to);
	return meter_between(&e->meter, before, meter_read(&e->meter));
}

/* Maps, touches the first page, then the others. Return: 0 or -errno */
static int play_round(struct experiment *e, const struct way *way, int fd, off_t offset,
		      struct takes *takes)
{
	uint64_t bytes = takes->pages * e->page_size, clock, first_byte, cost, faults;
	uint8_t *memory;

	clock = meter_clock();
	cost = meter_read(&e->meter);
	memory = mmap(NULL, bytes, PROT_READ, MAP_SHARED | way->map_flags, fd, offset);
	cost = meter_between(&e->meter, cost, meter_read(&e->meter));
	first_byte = meter_clock() - clock;
	if (memory == MAP_FAILED)
		return -errno;
	takes->after_mmap = count_resident(e, memory, takes->pages);
	faults = minor_faults();
	clock = meter_clock();
	cost += cost_of_touch(e, memory, 0, 1);
	keep_least(&takes->first_byte_ns, first_byte + meter_clock() - clock);
	keep_least(&takes->cost_one, cost);
	takes->after_one = count_resident(e, memory, takes->pages);
	cost += cost_of_touch(e, memory, 1, takes->pages);
	keep_least(&takes->cost_all, cost);
	keep_least(&takes->faults, minor_faults() - faults);
	takes->after_all = count_resident(e, memory, takes->pages);
	munmap(memory, bytes);
	return 0;
}

/* Return: CLI_OK or an exit status */
static int play_driver(struct experiment *e, const struct way *way, struct takes *takes)
{
	char path[PATH_MAX];
	int i, fd, error = 0;

	host_path(path, sizeof(path), way->device);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return cli_fail_open(errno, path);
	takes->pages = DRIVER_PAGES;
	for (i = 0; i < NR_ROUNDS && !error; i++)
		error = play_round(e, way, fd, 0, takes);
	close(fd);
	return error ? cli_fail(error, NULL, "mapping %s", path) : CLI_OK;
}

/* The same on an area of the lab, a new one each time. */
static int play_area(struct experiment *e, const struct way *way, struct takes *takes)
{
	int fd = e->session->fd, i, error = 0;

	takes->pages = e->pages;
	for (i = 0; i < NR_ROUNDS && !error; i++) {
		struct mmlab_area area = { .size = (__u32)(e->pages * e->page_size),
					   .flags = way->area_flags };

		error = mmlab_alloc_area(fd, &area);
		if (error)
			break;
		error = play_round(e, way, fd, area.lva, takes);
		area = (struct mmlab_area){ .lva = area.lva };
		mmlab_free_area(fd, &area);
	}
	if (!error)
		return CLI_OK;
	return cli_fail(error, error == -ENOMEM ? "Take fewer: --pages" : NULL,
			"mapping a vmalloc area of %" PRIu64 " pages", e->pages);
}

static bool as_told(const struct way *way, const struct takes *takes)
{
	uint64_t at_once = way->eager ? takes->pages : 0;

	return takes->after_mmap == at_once && takes->after_one == (at_once ? at_once : 1) &&
	       takes->after_all == takes->pages && takes->faults == takes->pages - at_once;
}

static void print_table(const struct experiment *e)
{
	size_t i;

	printf("%37s RESIDENT AFTER          FIRST   %s\n", "", meter_unit(&e->meter));
	printf("  %-28s %5s  mmap() 1 TOUCH    ALL FAULTS BYTE us %10s %10s %9s\n", "WAY",
	       "PAGES", "FOR ONE", "FOR ALL", "PER PAGE");
	for (i = 0; i < NR_WAYS; i++) {
		const struct takes *t = &e->takes[i];

		if (!i || !ways[i].device != !ways[i - 1].device)
			printf("%s\n", ways[i].device ? "the ten pages of /dev/mapdrv" :
			       "a vmalloc area, through /dev/mmlab");
		printf("  %-25s %s %5" PRIu64 " %7" PRIu64 " %7" PRIu64 " %6" PRIu64 " %6" PRIu64
		       " %7.1f %10" PRIu64 " %10" PRIu64 " %9" PRIu64 "\n", ways[i].name,
		       as_told(&ways[i], t) ? "ok " : "BAD", t->pages, t->after_mmap,
		       t->after_one, t->after_all, t->faults, (double)t->first_byte_ns / 1000,
		       t->cost_one, t->cost_all, t->cost_all / t->pages);
	}
	printf("counted: %s;\nof %d rounds the least\n", meter_explanation(&e->meter), NR_ROUNDS);
}

static void print_json(const struct experiment *e)
{
	size_t i;

	json_object_begin(NULL);
	json_string("unit", meter_unit(&e->meter));
	json_number("rounds", NR_ROUNDS);
	json_array_begin("ways");
	for (i = 0; i < NR_WAYS; i++) {
		const struct takes *t = &e->takes[i];

		json_object_begin(NULL);
		json_string("way", ways[i].name);
		json_string("device", ways[i].device ? ways[i].device : mmlab_device_path());
		json_bool("eager", ways[i].eager);
		json_number("pages", t->pages);
		json_number("resident_after_mmap", t->after_mmap);
		json_number("resident_after_one_touch", t->after_one);
		json_number("resident_after_all", t->after_all);
		json_number("faults", t->faults);
		json_number("first_byte_ns", t->first_byte_ns);
		json_number("cost_one", t->cost_one);
		json_number("cost_all", t->cost_all);
		json_bool("as_told", as_told(&ways[i], t));
		json_object_end();
	}
	json_array_end();
	json_object_end();
}

/* Return: CLI_OK or an exit status */
static int play(struct experiment *e, bool json)
{
	bool good = true;
	size_t i;

	for (i = 0; i < NR_WAYS; i++) {
		struct takes *takes = &e->takes[i];
		int status;

		*takes = (struct takes){ .faults = UINT64_MAX, .first_byte_ns = UINT64_MAX,
					 .cost_one = UINT64_MAX, .cost_all = UINT64_MAX };
		status = ways[i].device ? play_driver(e, &ways[i], takes) :
					  play_area(e, &ways[i], takes);
		if (status)
			return status;
		good &= as_told(&ways[i], takes);
	}
	if (json)
		print_json(e);
	else
		print_table(e);
	return good ? CLI_OK : cli_fail(0, NULL, "pages and faults are NOT as they should be");
}

static int run_eager_lazy(const struct command *cmd, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "pages", required_argument, NULL, 'p' }, CLI_OPTION_JSON, CLI_OPTION_HELP, { 0 }
	};
	struct experiment e = { .pages = 256 };
	struct session session;
	bool json = false;
	int option, status;

	while ((option = cli_option(cmd, argc, argv, "p:jh", longs)) != -1) {
		json |= option == 'j';
		if (option == 'p' && (!cli_parse_number(optarg, PAGES_MAX, &e.pages) || !e.pages))
			return cli_usage(cmd, "--pages is 1 to %d, not '%s'", PAGES_MAX, optarg);
	}
	if (optind < argc)
		return cli_usage(cmd, "too many arguments");
	status = session_open_new(&session);
	if (status)
		return status;
	e.session = &session;
	e.page_size = 1ULL << session.info.page_shift;
	e.pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	if (e.pagemap < 0) {
		session_close(&session);
		return cli_fail(errno, "The kernel must have CONFIG_PROC_PAGE_MONITOR",
				"/proc/self/pagemap");
	}
	meter_open(&e.meter);
	status = play(&e, json);
	meter_close(&e.meter);
	close(e.pagemap);
	session_close(&session);
	return status;
}

const struct command cmd_eager_lazy = {
	.name = "eager-lazy",
	.args = "[--pages N] [--json]",
	.summary = "Map the same pages at once, and one by one; compare",
	.help =
"First the ten pages of the example driver: /dev/mapdrv-eager makes all entries of\n"
"the page table in mmap(), /dev/mapdrv one by one in its fault handler. Then the\n"
"pages of a vmalloc area through /dev/mmlab: all by MAP_POPULATE, or one by one;\n"
"and of a lazy area, where a fault supplies the frame as well.\n"
"\n"
"RESIDENT is how many pages the page table maps after mmap(), after one touch,\n"
"after all were touched. FAULTS are those of the touches. FIRST BYTE is the time\n"
"from mmap() to the first byte. The rest is what it costs, kernel included, to\n"
"map and touch ONE page or ALL: in instructions, if the CPU counts them for\n"
"programs; in ticks of its clock elsewhere, as in most virtual machines.\n"
"\n"
"Lazy wins when few pages are touched; eager when all are. Each line tells whether\n"
"pages and faults are as they should be.\n"
"\n"
"  --pages N   pages of the area, 1 to 4096 (256)\n"
"  --json      the table as JSON\n"
"\n"
"Exit status: 0 done, 1 no memory or not as it should be, 2 usage, 3 module not\n"
"loaded, 4 permission.\n",
	.run = run_eager_lazy,
};
