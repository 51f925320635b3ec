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

#define TRACER_PERF	"anon_inode:[perf_event]"
#define TRACER_BPF	"anon_inode:bpf_link"

/*
 * The same for processes that have descriptors of that kind: events of perf, or programs
 * of BPF, attached to the module or to anything else.
 */
int tracers_scan(const char *kind, void (*visit)(const struct holder *holder, void *arg),
		 void *arg);

#endif /* HOLDERS_H */
