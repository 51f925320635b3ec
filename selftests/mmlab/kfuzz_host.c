// SPDX-License-Identifier: GPL-2.0
/*
 * What kfuzz does by other system calls than ioctl: windows, touches, reads and
 * writes, pipes, children, files of /proc and of the other device, parameters.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kfuzz.h"

/* Each window has a place of its own, where nothing else is ever mapped. */
#define PLACE		0x100000000000UL
#define PLACE_BYTES	(512UL * PAGE)
#define SCRATCH		0x200000000000UL
#define MAX_TOUCHED	16U

struct lab_window kfuzz_windows[NR_WINDOWS];

static int pipe_ends[2];
static bool made_windows, filled_pipe, armed, changed;

/* ---- windows --------------------------------------------------------------- */

static unsigned char *place_of(unsigned int nr)
{
	return (unsigned char *)PLACE + nr * PLACE_BYTES;
}

static void do_map(struct lab_file *file, uint8_t b)
{
	static const int flags[] = {
		MAP_SHARED, MAP_SHARED, MAP_SHARED, MAP_SHARED_VALIDATE,
		MAP_PRIVATE, MAP_SHARED | MAP_POPULATE, MAP_SHARED | MAP_LOCKED,
		MAP_SHARED | MAP_GROWSDOWN,
	};
	struct handle *area = kfuzz_handle(HANDLE_AREA, kfuzz_byte() & 15);
	uint8_t how = kfuzz_byte();
	uint32_t lva = area && how & 0x80 ? area->value : kfuzz_page();
	struct lab_window *window = &kfuzz_windows[b % NR_WINDOWS];
	size_t len = kfuzz_length();
	unsigned char *p;

	if (len > PLACE_BYTES)
		len = PLACE_BYTES;
	if (how & 0x40)
		kfuzz_fail_nth(1 + kfuzz_byte() % 32);
	p = mmap(place_of(b % NR_WINDOWS), len, b >> 3 & 3 ?: PROT_READ | PROT_WRITE,
		 flags[how & 7] | MAP_FIXED, file->fd, lva);
	if (how & 0x40)
		kfuzz_fail_nth(0);
	made_windows = true;
	kfuzz_say("	0x%x, 0x%zx bytes: %s", lva, len,
		  p == MAP_FAILED ? strerror(errno) : "mapped");
	/* the old mapping may be gone all the same */
	if (p == MAP_FAILED)
		return;
	*window = (struct lab_window){ p, len, lva, file->byte };
}

static struct lab_window *some_window(uint8_t b)
{
	struct lab_window *window = &kfuzz_windows[b % NR_WINDOWS];
	unsigned int i;

	for (i = 0; !window->p && i < NR_WINDOWS; i++)
		window = &kfuzz_windows[i];
	return window->p ? window : NULL;
}

/* Something is done to a part of a window. */
static void do_remap(struct lab_file *file, uint8_t b)
{
	static const int advices[] = {
		MADV_DONTNEED, MADV_WILLNEED, MADV_DONTFORK, MADV_DOFORK,
		MADV_POPULATE_READ, MADV_POPULATE_WRITE, MADV_COLD, MADV_PAGEOUT,
	};
	struct lab_window *window = some_window(b);
	uint8_t what = kfuzz_byte(), part = kfuzz_byte();
	unsigned int to = kfuzz_byte() % NR_WINDOWS;
	unsigned char *p;
	size_t len;

	if (!window)
		return;
	p = window->p + (part & 15) * PAGE;
	len = (1 + (part >> 4)) * PAGE;
	switch (what & 7) {
	case 0:
		munmap(p, len);
		break;
	case 1:
		mprotect(p, len, what >> 3 & 7);
		break;
	case 2:
	case 3:
		madvise(p, len, advices[what >> 3 & 7]);
		break;
	case 4:
		msync(p, len, MS_SYNC);
		break;
	case 5:
		(what & 8 ? mlock : munlock)(p, len);
		break;
	case 6:		/* moved, or made longer or shorter */
		p = mremap(window->p, window->len, len,
			   MREMAP_MAYMOVE | MREMAP_FIXED, place_of(to));
		if (p == MAP_FAILED || p == window->p)
			break;
		kfuzz_windows[to] = *window;
		kfuzz_windows[to].p = p;
		window->p = NULL;
		break;
	case 7:
		mremap(window->p, window->len, len, 0);
	}
	(void)file;
}

/* Checks that the process of @window may read this byte at @offset. */
static void check_byte(const struct lab_window *window, size_t offset,
		       uint8_t value)
{
	if (value && value != window->byte && !kfuzz_mixed &&
	    window->lva + offset < LAB_USER_END)
		kfuzz_wrong("a window shows at 0x%zx: 0x%02x, which is another's",
			    window->lva + offset, value);
}

static void do_touch(struct lab_file *file, uint8_t b)
{
	const struct lab_window *window = some_window(b);
	uint8_t how = kfuzz_byte();
	unsigned int i, done = 0, nr = 1 + how % MAX_TOUCHED;
	size_t first = kfuzz_byte() % 64 * PAGE + (how >> 5) * 511;
	uint8_t value;

	for (i = 0; window && i < nr && kfuzz_spend(5); i++) {
		size_t offset = first + i * PAGE;

		if (offset >= window->len)
			break;
		if (b & 0x80)
			done += kfuzz_store(window->p + offset, window->byte);
		else if (kfuzz_load(window->p + offset, &value))
			done++, check_byte(window, offset, value);
	}
	kfuzz_say("	%u of %u pages at 0x%zx", done, i, first);
	(void)file;
}

/* ---- read, write, pipes ---------------------------------------------------- */

static void do_read_write(struct lab_file *file, uint8_t b)
{
	struct handle *h = kfuzz_handle(b & 1 ? HANDLE_OBJECT : HANDLE_AREA, b >> 4);
	uint32_t lva = b & 2 && h ? h->value : kfuzz_page();
	unsigned char *buf = kfuzz_scratch() + PAGE;
	size_t len = kfuzz_byte() * 40U;
	uint64_t edge = b & 4 ? kfuzz_edge() : lva;
	ssize_t i, n;

	memset(buf, file->byte, 2 * PAGE);
	if (b & 8) {
		if (lseek(file->fd, edge, b >> 4 & 3) >= 0 && b & 0x80)
			n = read(file->fd, buf, len);
		else
			n = write(file->fd, buf, len);
		return;
	}
	if (b & 0x80) {
		n = pwrite(file->fd, buf, len, edge);
		return;
	}
	n = pread(file->fd, buf, len, edge);
	for (i = 0; i < n && edge + i < LAB_USER_END && !kfuzz_mixed; i++)
		if (buf[i] && buf[i] != file->byte)
			kfuzz_wrong("read at 0x%llx: 0x%02x, which is another's",
				    (unsigned long long)(edge + i), buf[i]);
}

/* Pages of a window are pinned in a pipe until that is read. */
static void do_pipe(struct lab_file *file, uint8_t b)
{
	const struct lab_window *window = some_window(b);
	unsigned char *buf = kfuzz_scratch() + PAGE;
	struct iovec part = { NULL, (1 + kfuzz_byte() % 8) * PAGE };
	struct iovec to = { buf, 2 * PAGE };
	ssize_t n = 0;

	if (window)
		part.iov_base = window->p + kfuzz_byte() % 32 * PAGE;
	switch (window ? b >> 5 & 3 : 3) {
	case 0:
	case 1:
		n = vmsplice(pipe_ends[1], &part, 1, SPLICE_F_NONBLOCK);
		filled_pipe = true;
		break;
	case 2:
		n = process_vm_readv(getpid(), &to, 1, &part, 1, 0);
		break;
	case 3:
		n = read(pipe_ends[0], buf, 2 * PAGE);
	}
	(void)n;
	(void)file;
}

/* ---- the rest of the host -------------------------------------------------- */

static void do_fork(struct lab_file *file, uint8_t b)
{
	const struct lab_window *window = some_window(b);
	int status;
	pid_t pid;

	if (!window || !kfuzz_spend(600))
		return;
	pid = fork();
	if (!pid) {
		uint8_t value;

		kfuzz_load(window->p, &value);
		kfuzz_store(window->p, window->byte);
		munmap(window->p, PAGE);
		_exit(0);
	}
	if (pid > 0 && waitpid(pid, &status, 0) == pid && status)
		kfuzz_wrong("a child ended with status 0x%x", status);
	(void)file;
}

static void do_proc(struct lab_file *file, uint8_t b)
{
	static const char * const names[] = {
		"buddyinfo", "zoneinfo", "meminfo", "vmstat", "slabinfo",
		"vmallocinfo", "maps", "extfrag_index", "unusable_index",
		"kpageflags", "kpagecount", "%u/maps", "%u/smaps", "%u/status",
		"%u/stat", "%u/statm", "%u/cmdline", "%u/pagemap",
	};
	static char text[8192];
	const char *name = names[b % ARRAY_LEN(names)];
	struct mmlab_info info = {};
	char path[64];
	ssize_t n = 0;
	int fd;

	if (!kfuzz_spend(name[0] == '%' ? 60 : 300))
		return;
	lab_info(file->fd, &info);
	strcpy(path, LAB_PROC "/");
	snprintf(path + strlen(path), 40, name, info.lab_pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		kfuzz_wrong("%s: %s", path, strerror(errno));
	n = pread(fd, text, sizeof(text) - 1, b & 0x40 ? kfuzz_page() >> 9 & ~7U : 0);
	if (n > 0 && b & 0x80)
		n = read(fd, text, b);
	close(fd);
}

static int param_fds[6];

static const char * const params[] = {
	LAB_PARAMS "/fail_frame", LAB_PARAMS "/fail_slab", LAB_PARAMS "/fail_map",
	LAB_PARAMS "/pcp_high", LAB_PARAMS "/pcp_batch", LAB_PARAMS "/magazine",
};

static char defaults[6][16];

/*
 * Never, but the point counts: switching between that and now and then is fast,
 * while switching it off altogether changes code.
 */
#define NEVER	"2147483647,0,0,0"

static void set_param(unsigned int nr, const char *text)
{
	if (pwrite(param_fds[nr], text, strlen(text), 0) < 0)
		kfuzz_wrong("%s: %s: %s", params[nr], text, strerror(errno));
}

/* The lab's own failure points: each so many-th time, so many times. */
static void do_failpoint(struct lab_file *file, uint8_t b)
{
	char text[32];

	if (!kfuzz_spend(30))
		return;
	snprintf(text, sizeof(text), "%u,100,0,%u", 1 + (b >> 2 & 15), 1 + (b >> 6));
	set_param(b % 3, text);
	armed = true;
	(void)file;
}

static void do_parameter(struct lab_file *file, uint8_t b)
{
	unsigned int nr = 3 + b % 3;
	char text[16];

	if (!kfuzz_spend(200))
		return;
	snprintf(text, sizeof(text), "%u", nr == 4 ? 1 + b % 64U : b % 241U);
	set_param(nr, text);
	changed = true;
	(void)file;
}

static void do_close(struct lab_file *file, uint8_t b)
{
	if (b & 1)
		kfuzz_close(file);
}

/* The driver of the article: a node for each of its ways. */
static const char * const nodes[] = {
	"/dev/mapdrv", "/dev/mapdrv-eager", "/dev/mapnopage",
};

static void do_mapdrv(struct lab_file *file, uint8_t b)
{
	unsigned char *p = place_of(NR_WINDOWS);
	int fd, prot = 1 + (b >> 2 & 2);
	uint8_t value;

	if (!kfuzz_spend(300))
		return;
	fd = open(nodes[b % 3], b & 0x10 ? O_RDONLY : O_RDWR);
	if (fd < 0)
		return;
	p = mmap(p, kfuzz_length() % PLACE_BYTES ?: PAGE, prot,
		 (b & 0x20 ? MAP_PRIVATE : MAP_SHARED) | MAP_FIXED, fd,
		 kfuzz_byte() % 8 * PAGE);
	close(fd);
	if (p == MAP_FAILED)
		return;
	kfuzz_load(p + kfuzz_byte() % 16 * PAGE, &value);
	kfuzz_store(p, value);
	munmap(p, PLACE_BYTES);
	(void)file;
}

/*
 * Without it, structures that the lab's own code trusts are out of reach: a write to them
 * is no bug of the lab. To reach them, it must have opened the file as well.
 */
void kfuzz_privilege(bool on)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		kfuzz_wrong("capget: %s", strerror(errno));
	data[0].effective &= ~(1U << CAP_SYS_ADMIN);
	data[0].effective |= (uint32_t)on << CAP_SYS_ADMIN;
	if (syscall(SYS_capset, &header, data))
		kfuzz_wrong("capset: %s", strerror(errno));
}

/* Reads any memory but that which the lab's own code trusts. */
static void do_privileged_read(struct lab_file *file, uint8_t b)
{
	unsigned char *buf = kfuzz_scratch() + PAGE;
	int fd;

	if (!kfuzz_spend(200))
		return;
	kfuzz_privilege(true);
	fd = lab_open(O_RDONLY);
	if (fd >= 0) {
		lab_access(fd, b & 1 ? MMLAB_ACCESS_PHYS : 0,
			   (b & 1 ? 0 : LAB_USER_END) + kfuzz_word() % (5U << 20),
			   buf, kfuzz_byte() * 16U);
		close(fd);
	}
	kfuzz_privilege(false);
	(void)file;
}

static void do_unknown(struct lab_file *file, uint8_t b)
{
	unsigned int cmd = b & 1 ? kfuzz_word() : _IOC(b >> 6, MMLAB_IOC_MAGIC,
			   0xe0 + (b >> 1 & 31), kfuzz_byte());

	/* any other size of a command is an unknown one */
	if (_IOC_TYPE(cmd) == MMLAB_IOC_MAGIC && _IOC_SIZE(cmd) < 16)
		lab_ioctl(file->fd, cmd, kfuzz_scratch() + PAGE);
}

/* ---- all of it ------------------------------------------------------------- */

#define THING(name)	{ #name, do_##name }

/* A frequent operation is listed several times. */
static const struct {
	const char *name;
	void (*act)(struct lab_file *file, uint8_t b);
} things[] = {
	THING(map), THING(map), THING(map), THING(touch), THING(touch),
	THING(touch), THING(touch), THING(remap), THING(remap),
	THING(read_write), THING(read_write), THING(pipe), THING(fork),
	THING(proc), THING(failpoint), THING(parameter), THING(close),
	THING(mapdrv), THING(privileged_read), THING(unknown),
};

const unsigned int kfuzz_nr_host = ARRAY_LEN(things);

void kfuzz_do_host(unsigned int nr, uint8_t who)
{
	struct lab_file *file = kfuzz_file(who);
	uint8_t b = kfuzz_byte();

	if (!file || !kfuzz_spend(10))
		return;
	kfuzz_say("%u: %s 0x%02x", file->tag, things[nr].name, b);
	things[nr].act(file, b);
}

unsigned char *kfuzz_scratch(void)
{
	return (unsigned char *)SCRATCH;
}

static void map_scratch(void)
{
	int fd = memfd_create("kfuzz", MFD_CLOEXEC);
	unsigned char *p = kfuzz_scratch();

	if (fd < 0 || ftruncate(fd, 3 * PAGE) ||
	    mmap(p, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd,
		 0) == MAP_FAILED ||
	    mmap(p + 4 * PAGE, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd,
		 0) == MAP_FAILED)
		kfuzz_wrong("memory for arguments: %s", strerror(errno));
	close(fd);
}

void kfuzz_host_init(void)
{
	unsigned int i;

	map_scratch();
	if (pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK))
		kfuzz_wrong("pipe: %s", strerror(errno));
	for (i = 0; i < ARRAY_LEN(params); i++) {
		param_fds[i] = open(params[i], O_RDWR | O_CLOEXEC);
		if (param_fds[i] < 0 ||
		    read(param_fds[i], defaults[i], sizeof(defaults[i]) - 1) < 0)
			kfuzz_wrong("%s: %s", params[i], strerror(errno));
		if (i < 3)
			set_param(i, NEVER);
	}
	/* the areas that the first open makes stay */
	for (i = 0; i < ARRAY_LEN(nodes); i++)
		close(open(nodes[i], O_RDWR | O_CLOEXEC));
}

void kfuzz_host_reset(void)
{
	unsigned int i;

	if (made_windows)
		munmap(place_of(0), NR_WINDOWS * PLACE_BYTES);
	if (filled_pipe)
		while (read(pipe_ends[0], kfuzz_scratch() + PAGE, 2 * PAGE) > 0)
			;
	for (i = 0; i < ARRAY_LEN(params); i++)
		if (i < 3 ? armed : changed)
			set_param(i, i < 3 ? NEVER : defaults[i]);
	memset(kfuzz_windows, 0, sizeof(kfuzz_windows));
	made_windows = false;
	filled_pipe = false;
	armed = false;
	changed = false;
}
