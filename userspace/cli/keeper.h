/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lab processes that outlive the command that made them. A lab process lives as
 * long as someone has its file open, so a keeper stays in the background with it,
 * and hands the descriptor out through a socket named after the lab pid: in
 * $XDG_RUNTIME_DIR/mmlab, else /run/mmlab, for the same user only.
 */
#ifndef KEEPER_H
#define KEEPER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * keeper_start - keep a lab process in the background
 * @fd: its descriptor
 * @lab_pid: its number
 *
 * Return: the keeper's process id, or -errno
 */
pid_t keeper_start(int fd, uint32_t lab_pid);

/**
 * keeper_fetch - get the descriptor of a kept lab process
 *
 * Return: a descriptor, which the caller closes; -ENOENT if no program keeps a lab
 * process of that number; or another -errno
 */
int keeper_fetch(uint32_t lab_pid);

/*
 * Ends a keeper: the lab process ends with its last window and descriptor.
 * Return: 0, -ENOENT (no program keeps it) or another -errno
 */
int keeper_end(uint32_t lab_pid);

/* Does anyone keep it? */
bool keeper_has(uint32_t lab_pid);

#endif /* KEEPER_H */
