// SPDX-License-Identifier: GPL-2.0
/*
 * Touching memory that may not be there.
 *
 * A fault handler that neither maps a page nor sends a signal makes the CPU fault again
 * and again. That uses CPU time, so a limit on it tells a hang from a busy machine; the
 * limit on real time is for a sleep.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "patience.h"
#include "touch.h"

#define CPU_SECONDS	1
#define REAL_SECONDS	10

static const int caught[] = { SIGBUS, SIGSEGV, SIGPROF, SIGALRM };
#define NR_CAUGHT	(sizeof(caught) / sizeof(caught[0]))

static sigjmp_buf before_touch;
static struct sigaction saved[NR_CAUGHT];

static void on_signal(int sig)
{
	siglongjmp(before_touch, sig);
}

static void set_limits(time_t cpu, unsigned int real)
{
	struct itimerval timer = { .it_value.tv_sec = cpu };

	setitimer(ITIMER_PROF, &timer, NULL);
	alarm(patient(real));
}

static void begin_touch(time_t cpu, unsigned int real)
{
	struct sigaction action = { .sa_handler = on_signal };
	size_t i;

	for (i = 0; i < NR_CAUGHT; i++)
		sigaction(caught[i], &action, &saved[i]);
	set_limits(cpu, real);
}

static int end_touch(int sig)
{
	size_t i;

	set_limits(0, 0);
	for (i = 0; i < NR_CAUGHT; i++)
		sigaction(caught[i], &saved[i], NULL);
	return sig;
}

int touch_read(const volatile unsigned char *p, unsigned char *value)
{
	int sig;

	begin_touch(CPU_SECONDS, REAL_SECONDS);
	sig = sigsetjmp(before_touch, 1);
	if (!sig)
		*value = *p;
	return end_touch(sig);
}

int touch_write(volatile unsigned char *p, unsigned char value)
{
	int sig;

	begin_touch(CPU_SECONDS, REAL_SECONDS);
	sig = sigsetjmp(before_touch, 1);
	if (!sig)
		*p = value;
	return end_touch(sig);
}

size_t touch_pages(volatile unsigned char *p, size_t nr, unsigned char value,
		   int *sig)
{
	size_t size = sysconf(_SC_PAGESIZE);
	volatile size_t i = 0;

	begin_touch(2 * REAL_SECONDS, 2 * REAL_SECONDS);
	*sig = sigsetjmp(before_touch, 1);
	if (!*sig)
		for (; i < nr; i++)
			p[i * size] = value;
	end_touch(*sig);
	return i;
}
