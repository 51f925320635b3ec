/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The release that the module, the programs and the packages are of. This line is its only
 * place; CHANGELOG begins with the same number.
 */
#ifndef MMLAB_VERSION_H
#define MMLAB_VERSION_H

#define MMLAB_VERSION	"0.1.0"

#endif /* MMLAB_VERSION_H */
