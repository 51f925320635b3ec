// SPDX-License-Identifier: GPL-2.0
/* Opens a window on lab memory and touches each page in it. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "window.h"

static sigjmp_buf after_bus_error;

static void on_bus_error(int signal)
{
	(void)signal;
	siglongjmp(after_bus_error, 1);
}

static long minor_faults(void)
{
	struct rusage usage;

	return getrusage(RUSAGE_SELF, &usage) ? 0 : usage.ru_minflt;
}

/* The position is volatile: it is read after the jump out of the signal. */
static void touch_pages(volatile uint8_t *memory, uint64_t skip, uint64_t page_size,
			struct window_touch *touch)
{
	volatile uint64_t position = skip, nr_pages = 0;
	uint64_t end = skip + touch->length;

	if (sigsetjmp(after_bus_error, 1)) {
		touch->bus_error = true;
		touch->bus_lva = touch->start + (uint32_t)(position - skip);
	} else {
		while (position < end) {
			if (touch->store)
				memory[position] = touch->value;
			else
				(void)memory[position];
			nr_pages = nr_pages + 1;
			position = (position / page_size + 1) * page_size;
		}
	}
	touch->nr_pages = nr_pages;
}

int window_touch(int fd, struct window_touch *touch)
{
	uint64_t page_size = (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t skip = touch->start % page_size;
	int prot = PROT_READ | (touch->read_only ? 0 : PROT_WRITE);
	struct sigaction action, before;
	uint8_t *memory;
	long faults;

	memory = mmap(NULL, skip + touch->length, prot, MAP_SHARED, fd,
		      (off_t)(touch->start - skip));
	if (memory == MAP_FAILED)
		return -errno;

	memset(&action, 0, sizeof(action));
	action.sa_handler = on_bus_error;
	sigaction(SIGBUS, &action, &before);
	/* the buffer's page is this program's: a fault on it is not to be counted */
	memset(&after_bus_error, 0, sizeof(after_bus_error));
	faults = minor_faults();
	touch_pages(memory, skip, page_size, touch);
	touch->host_faults = minor_faults() - faults;
	sigaction(SIGBUS, &before, NULL);
	munmap(memory, skip + touch->length);
	return 0;
}
