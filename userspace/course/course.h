/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of the course share. */
#ifndef COURSE_H
#define COURSE_H

#include <libintl.h>

/* The messages' translations are those of the domain "mmlab". */
#define _(text)	dgettext("mmlab", text)

#endif /* COURSE_H */
