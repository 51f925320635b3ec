/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /dev/mapdrv and its sisters: ten pages of the lab kernel's vmalloc memory for
 * user space to map, as a classic example driver had them.
 */
#ifndef MMLAB_DEV_MAPDRV_H
#define MMLAB_DEV_MAPDRV_H

/**
 * mmlab_mapdrv_init() - make the devices appear
 *
 * Return: 0, or what misc_register() says (no device is left then).
 */
int mmlab_mapdrv_init(void);

/* Context: nobody has one of them open, or could open it any more. */
void mmlab_mapdrv_exit(void);

#endif /* MMLAB_DEV_MAPDRV_H */
