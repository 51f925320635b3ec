/* SPDX-License-Identifier: GPL-2.0 */
/* The file mmlab/frames in debugfs. */
#ifndef MMLAB_PROC_FRAMES_H
#define MMLAB_PROC_FRAMES_H

/**
 * mmlab_proc_frames_init() - make the file
 *
 * A kernel without debugfs has no such file, and the lab works without it.
 *
 * Context: module load, once there is an arena.
 */
void mmlab_proc_frames_init(void);

/* Waits for reads in progress. */
void mmlab_proc_frames_exit(void);

#endif /* MMLAB_PROC_FRAMES_H */
