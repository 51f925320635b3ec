/* SPDX-License-Identifier: GPL-2.0 */
/* Objects of caches: what `mmlab cache alloc` and `mmlab cache free` do. */
#ifndef OBJECTS_H
#define OBJECTS_H

#include "cli/cli.h"

/* As the run of struct command: argv[1…] is NAME|ID, options, addresses. */
int objects_cache_alloc(const struct command *cmd, int argc, char **argv);
int objects_cache_free(const struct command *cmd, int argc, char **argv);

#endif /* OBJECTS_H */
