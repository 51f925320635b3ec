/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The thread mmlab-kswapd: it takes pages away before frames run out.
 */
#ifndef MMLAB_MEM_KSWAPD_H
#define MMLAB_MEM_KSWAPD_H

/**
 * mmlab_kswapd_init() - start the thread
 *
 * It sleeps as long as there is no swap.
 *
 * Context: module load.
 * Return: 0, or the errno of kthread_run().
 */
int mmlab_kswapd_init(void);

/* Ends it. Module exit, when there is no lab process any more. */
void mmlab_kswapd_exit(void);

#endif /* MMLAB_MEM_KSWAPD_H */
