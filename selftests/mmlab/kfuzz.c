// SPDX-License-Identifier: GPL-2.0
/*
 * A libFuzzer program that runs in the VM: its bytes choose operations on /dev/mmlab, by
 * up to three lab processes in turn. The code of the module that they reach (KCOV) is
 * given to libFuzzer as counters. Without KCOV, or with KFUZZ_BLIND set, there is no such
 * guidance.
 *
 * After each input everything is closed, and the kernel log must be clean. After some
 * inputs, no frames, objects or caches may be left in use, and check must be ok. All
 * inputs since then are lines of KFUZZ_RECENT, the last one included.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/kcov.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "formats.h"
#include "guard.h"
#include "kfuzz.h"
#include "procfile.h"

#define KFUZZ_RECENT	"/tmp/kfuzz-recent"
#define KFUZZ_REACHED	"/tmp/kfuzz-reached"
#define COVER_WORDS	(1UL << 18)
#define MAX_TEXT	(1UL << 20)	/* more than the module's text has */
#define INPUTS_A_CHECK	100	/* unless KFUZZ_EVERY says otherwise */
#define BUDGET		1500
#define CALL_BYTES	4		/* from a call's relocation to the return */

/* The name of the section is what libFuzzer looks for. */
__attribute__((used, section("__libfuzzer_extra_counters")))
static uint8_t counters[1 << 16];

struct lab_file kfuzz_files[NR_FILES] = { { -1 }, { -1 }, { -1 } };
bool kfuzz_mixed;

static const uint8_t *input;
static size_t input_left;
static int budget;
static unsigned long nr_inputs, nr_blocks, *cover, text_start;
static uint8_t reached[MAX_TEXT / 8];
static time_t started;
static unsigned int inputs_a_check = INPUTS_A_CHECK;
static int recent = -1, kmsg = -1, fail_nth = -1;
static bool blind, show;

/* Numbers that must be the same whenever no lab process holds any memory. */
static struct use {
	struct census frames;
	struct slabinfo slabs;
} idle, now;

void kfuzz_wrong(const char *format, ...)
{
	va_list args;

	printf("\nkfuzz: wrong: ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	fflush(NULL);
	abort();
}

void kfuzz_say(const char *format, ...)
{
	va_list args;

	if (!show)
		return;
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
}

/* ---- the input ------------------------------------------------------------- */

uint8_t kfuzz_byte(void)
{
	if (!input_left)
		return 0;
	input_left--;
	return *input++;
}

uint32_t kfuzz_word(void)
{
	uint32_t word = kfuzz_byte();

	word = word << 8 | kfuzz_byte();
	word = word << 8 | kfuzz_byte();
	return word << 8 | kfuzz_byte();
}

bool kfuzz_empty(void)
{
	return !input_left;
}

bool kfuzz_spend(unsigned int cost)
{
	if (budget < (int)cost)
		return false;
	budget -= cost;
	return true;
}

uint64_t kfuzz_edge(void)
{
	static const uint64_t edges[] = {
		0, 1, 2, 3, 8, 31, 32, 33, 63, 64, 4095, 4096, 4097, 65536,
		1UL << 20, 1UL << 22, 0x7fffffff, 0x80000000, 0xbfffefff,
		0xbffff000, 0xc0000000, 0xc03ff000, 0xc0400000, 0xfffff000,
		0xffffffff, 1UL << 32, 1UL << 63, ~0UL,
	};
	uint8_t b = kfuzz_byte();

	if (b < ARRAY_LEN(edges))
		return edges[b];
	return b & 1 ? kfuzz_word() : (uint64_t)kfuzz_word() << 32 | kfuzz_word();
}

uint32_t kfuzz_page(void)
{
	uint8_t b = kfuzz_byte(), nr = b & 63;

	switch (b >> 6) {
	case 0:
		return 0x10000000U + nr * PAGE;
	case 1:		/* around the end of a page table */
		return 0x103e0000U + nr * PAGE;
	case 2:		/* the last of user space */
		return 0xc0000000U - (nr + 1) * PAGE;
	}
	return nr < 32 ? nr * PAGE : kfuzz_edge();
}

uint32_t kfuzz_length(void)
{
	uint8_t b = kfuzz_byte();

	if (b < 0xc0)
		return (1 + b % 16) * PAGE;
	return b < 0xe0 ? (b & 31) * 64 * PAGE : kfuzz_edge();
}

/* ---- touches --------------------------------------------------------------- */

static sigjmp_buf before_touch;
static volatile sig_atomic_t touching;

static void on_signal(int sig)
{
	if (touching)
		siglongjmp(before_touch, sig);
	kfuzz_wrong("the program itself got signal %d", sig);
}

bool kfuzz_load(const volatile unsigned char *p, uint8_t *value)
{
	bool done = false;

	touching = 1;
	if (!sigsetjmp(before_touch, 0)) {
		*value = *p;
		done = true;
	}
	touching = 0;
	return done;
}

bool kfuzz_store(volatile unsigned char *p, uint8_t value)
{
	bool done = false;

	touching = 1;
	if (!sigsetjmp(before_touch, 0)) {
		*p = value;
		done = true;
	}
	touching = 0;
	return done;
}

/* ---- coverage -------------------------------------------------------------- */

static void cover_open(void)
{
	int fd = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);
	char text[64] = "";

	read_whole(LAB_SYS "/sections/.text", text, sizeof(text));
	text_start = strtoul(text, NULL, 0);
	if (fd < 0 || !text_start || ioctl(fd, KCOV_INIT_TRACE, COVER_WORDS))
		return;
	cover = mmap(NULL, COVER_WORDS * sizeof(*cover), PROT_READ | PROT_WRITE,
		     MAP_SHARED, fd, 0);
	if (cover == MAP_FAILED || ioctl(fd, KCOV_ENABLE, KCOV_TRACE_PC)) {
		perror("kfuzz: kcov");
		exit(1);
	}
}

static void cover_begin(void)
{
	if (cover)
		__atomic_store_n(cover, 0, __ATOMIC_RELAXED);
}

/*
 * Counters are per block of code, relative to the module, so that they mean the
 * same after the next boot. They saturate.
 */
static void cover_end(void)
{
	unsigned long i, nr = cover ? __atomic_load_n(cover, __ATOMIC_RELAXED) : 0;

	for (i = 1; i <= nr; i++) {
		unsigned long offset = cover[i] - text_start;
		uint8_t *counter;

		if (offset >= MAX_TEXT)
			continue;
		nr_blocks += !(reached[offset / 8] >> offset % 8 & 1);
		reached[offset / 8] |= 1U << offset % 8;
		counter = &counters[(uint32_t)offset * 2654435761U >> 16];
		*counter += !blind && *counter < 255;
	}
	counters[0] = 1;	/* one that is always there, also for the blind */
}

static void say_progress(void)
{
	printf("# kfuzz: %ld s, %lu inputs, %lu blocks of the module\n",
	       (long)(time(NULL) - started), nr_inputs, nr_blocks);
	fflush(stdout);
}

/* The calls into KCOV that were reached, as offsets into the module's text. */
static void say_reached(void)
{
	FILE *out = fopen(KFUZZ_REACHED, "w");
	unsigned long offset;

	say_progress();
	for (offset = 0; out && offset < MAX_TEXT; offset++)
		if (reached[offset / 8] >> offset % 8 & 1)
			fprintf(out, "%lx\n", offset - CALL_BYTES);
	if (out)
		fclose(out);
}

/* ---- what must hold -------------------------------------------------------- */

static void read_use(struct use *use)
{
	static char text[65536];
	struct mmlab_drain drain;
	int fd = lab_open(O_RDWR);
	const char *error;
	int err;

	if (fd < 0)
		kfuzz_wrong("%s can't be opened: %s", LAB_DEVICE, strerror(-fd));
	err = lab_drain(fd, &drain);
	if (err)
		kfuzz_wrong("drain: %s", strerror(-err));
	close(fd);
	error = read_census(&use->frames);
	if (!error && read_whole("slabinfo", text, sizeof(text)) < 0)
		error = "slabinfo can't be read";
	if (!error)
		error = parse_slabinfo(text, &use->slabs);
	if (error)
		kfuzz_wrong("%s", error);
}

static void compare(const char *what, long before, long now)
{
	if (before != now)
		kfuzz_wrong("%s: %ld before, %ld now that all is closed", what,
			    before, now);
}

/* Nothing may be left of the inputs so far. */
static void check_use(void)
{
	char text[8192];
	const char *error;
	unsigned int i;

	read_use(&now);
	compare("frames in all", census_sum(&idle.frames), census_sum(&now.frames));
	compare("anonymous pages", idle.frames.anon, now.frames.anon);
	compare("page tables", idle.frames.tables, now.frames.tables);
	compare("blocks", idle.frames.blocks, now.frames.blocks);
	compare("vmalloc", idle.frames.vmalloc, now.frames.vmalloc);
	compare("quarantine", idle.frames.quarantine, now.frames.quarantine);
	compare("caches", idle.slabs.nr_rows, now.slabs.nr_rows);
	for (i = 0; i < idle.slabs.nr_rows; i++)
		compare(idle.slabs.row[i].name, idle.slabs.row[i].active_objs,
			now.slabs.row[i].active_objs);
	error = read_whole("check", text, sizeof(text)) < 0 ? "it can't be read" :
							      parse_check(text);
	if (error)
		kfuzz_wrong("check: %s", error);
	if (ftruncate(recent, 0))
		kfuzz_wrong("%s: %s", KFUZZ_RECENT, strerror(errno));
}

static void check_log(void)
{
	char record[8192];
	ssize_t n;

	while ((n = read(kmsg, record, sizeof(record) - 1)) > 0 ||
	       (n < 0 && errno == EPIPE)) {
		record[n > 0 ? n : 0] = '\0';
		if (is_complaint(record))
			kfuzz_wrong("kernel log: %s", record);
	}
}

/* ---- the host's failure points --------------------------------------------- */

static const char * const knobs[] = {
	"failslab/ignore-gfp-wait", "failslab/verbose",
	"fail_page_alloc/ignore-gfp-wait", "fail_page_alloc/ignore-gfp-highmem",
	"fail_page_alloc/min-order", "fail_page_alloc/verbose",
	"fail_usercopy/verbose",
};

static void open_injection(void)
{
	char path[128];
	size_t i;

	for (i = 0; i < ARRAY_LEN(knobs); i++) {
		snprintf(path, sizeof(path), "/sys/kernel/debug/%s", knobs[i]);
		if (write_number(path, 0))
			return;		/* this kernel has no such thing */
	}
	fail_nth = open("/proc/self/fail-nth", O_RDWR | O_CLOEXEC);
}

void kfuzz_fail_nth(unsigned int nth)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", nth);

	/* the copy of this very number can be what fails */
	while (fail_nth >= 0 && pwrite(fail_nth, text, len, 0) != len)
		;
}

/* ---- one input ------------------------------------------------------------- */

static uint8_t new_tag(void)
{
	static uint8_t last_tag;

	last_tag = last_tag % 255 + 1;
	return last_tag;
}

struct lab_file *kfuzz_file(uint8_t who)
{
	static const int modes[] = { O_RDWR, O_RDWR, O_RDONLY, O_WRONLY };
	struct lab_file *file = &kfuzz_files[who % NR_FILES];

	if (file->fd < 0) {
		file->tag = new_tag();
		file->byte = file->tag;
		file->fd = kfuzz_spend(50) ?
			   lab_open(modes[who % NR_FILES ? who >> 6 : 0]) : -1;
	}
	return file->fd < 0 ? NULL : file;
}

void kfuzz_close(struct lab_file *file)
{
	int i;

	if (file->fd < 0)
		return;
	close(file->fd);
	file->fd = -1;
	for (i = 0; i < NR_HANDLES; i++)
		if (kfuzz_handles[i].tag == file->tag)
			kfuzz_handles[i].kind = HANDLE_NONE;
}

void kfuzz_adopt(const struct lab_file *parent, int fd)
{
	struct lab_file *file = &kfuzz_files[(parent - kfuzz_files + 1) % NR_FILES];

	kfuzz_close(file);
	*file = (struct lab_file){ fd, new_tag(), parent->byte };
}

static void note_input(const uint8_t *data, size_t size)
{
	static char line[2 * 4096 + 1];
	size_t i;

	for (i = 0; i < size && i < 4096; i++)
		sprintf(line + 2 * i, "%02x", data[i]);
	line[2 * i] = '\n';
	if (write(recent, line, 2 * i + 1) < 0)
		kfuzz_wrong("%s: %s", KFUZZ_RECENT, strerror(errno));
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct sigaction action = {
		.sa_handler = on_signal, .sa_flags = SA_NODEFER,
	};

	(void)argc;
	(void)argv;
	if (!lab_is_loaded() && lab_load("mem=4"))
		kfuzz_wrong("the module can't be loaded");
	if (access("/dev/mapdrv", F_OK) && lab_load_beside("mmlab_mapdrv", ""))
		kfuzz_wrong("mmlab_mapdrv.ko can't be loaded");
	blind = getenv("KFUZZ_BLIND");
	show = getenv("KFUZZ_SHOW");
	if (getenv("KFUZZ_EVERY"))
		inputs_a_check = atoi(getenv("KFUZZ_EVERY")) ?: INPUTS_A_CHECK;
	started = time(NULL);
	recent = open(KFUZZ_RECENT, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (recent < 0 || kmsg < 0 || lseek(kmsg, 0, SEEK_END) < 0)
		kfuzz_wrong("%s, /dev/kmsg: %s", KFUZZ_RECENT, strerror(errno));
	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
	open_injection();
	kfuzz_host_init();
	cover_open();
	kfuzz_privilege(false);
	read_use(&idle);
	atexit(say_reached);
	printf("# kfuzz: %s\n", !cover ? "no KCOV here, it goes on blindly" :
	       blind ? "it goes on blindly" : "KCOV leads it");
	return 0;
}

/* These bytes are the ioctls that came later: recorded inputs keep their meaning. */
#define FIRST_LATER	0xf0

static void run(void)
{
	int i;

	budget = BUDGET;
	kfuzz_mixed = false;
	while (!kfuzz_empty() && budget > 0) {
		uint8_t what = kfuzz_byte(), who = kfuzz_byte();
		unsigned int nr = what % (kfuzz_nr_ioctls + kfuzz_nr_host);

		if (what >= FIRST_LATER)
			kfuzz_do_ioctl(kfuzz_nr_ioctls + what % kfuzz_nr_later, who);
		else if (nr < kfuzz_nr_ioctls)
			kfuzz_do_ioctl(nr, who);
		else
			kfuzz_do_host(nr - kfuzz_nr_ioctls, who);
	}
	kfuzz_host_reset();
	for (i = 0; i < NR_FILES; i++)
		kfuzz_close(&kfuzz_files[i]);
	kfuzz_ioctl_reset();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	note_input(data, size);
	input = data;
	input_left = size;
	cover_begin();
	run();
	cover_end();
	check_log();
	if (++nr_inputs % inputs_a_check == 0)
		check_use();
	if (nr_inputs % 1000 == 0)
		say_progress();
	return 0;
}
