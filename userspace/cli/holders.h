/* SPDX-License-Identifier: GPL-2.0 */
/* Which processes of the host have /dev/mmlab open or mapped. */
#ifndef HOLDERS_H
#define HOLDERS_H

struct holder {
	int pid;
	char name[32];
	unsigned int descriptors, windows;
};

/*
 * Calls visit for each holder. Return: the number of
 * processes that may not be looked into (all can be, as root), or -errno
 */
int holders_scan(void (*visit)(const struct holder *holder, void *arg), void *arg);

/* The same for processes that have events of perf, the module's or others. */
int tracers_scan(void (*visit)(const struct holder *holder, void *arg), void *arg);

#endif /* HOLDERS_H */
