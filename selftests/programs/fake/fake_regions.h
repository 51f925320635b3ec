/* SPDX-License-Identifier: GPL-2.0 */
/* Answers the commands about regions. Return: 0, an errno, or ENOTTY */
#ifndef FAKE_REGIONS_H
#define FAKE_REGIONS_H

int fake_regions_answer(unsigned long number, void *argument);

#endif /* FAKE_REGIONS_H */
