/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel log from now on: /dev/kmsg, if one may read it. */
#ifndef KLOG_H
#define KLOG_H

#include <stdio.h>

/* Opened at its end, the caller's to fclose(); or NULL with errno set */
FILE *klog_open(void);

/* The next message, without its prefix and newline. Return: buf, or NULL: no more */
char *klog_next(FILE *log, char *buf, size_t size);

#endif /* KLOG_H */
