/* SPDX-License-Identifier: GPL-2.0 */
/* What the checks say, in the student's language. */
#ifndef PHRASE_H
#define PHRASE_H

#include <stddef.h>

/**
 * phrase_say - translate a phrase, and fill it in
 * @phrase: as lib.sh of the checks describes it, e.g. "%s or more|3"; it is cut up
 * @said: (out)
 * @size: bytes in @said
 *
 * A %s for which no value follows stays; a value too many is left out.
 */
void phrase_say(char *phrase, char *said, size_t size);

#endif /* PHRASE_H */
