// SPDX-License-Identifier: GPL-2.0
/* `mmlab info` of kpageflags and kpagecount: 8 bytes a frame, summed up. */
#include <inttypes.h>
#include <linux/kernel-page-flags.h>
#include <stdio.h>
#include <string.h>

#include "info.h"

static const struct { unsigned int bit; const char *name; } flags[] = {
	{ KPF_LOCKED, "LOCKED" }, { KPF_REFERENCED, "REFERENCED" },
	{ KPF_DIRTY, "DIRTY" }, { KPF_LRU, "LRU" }, { KPF_ACTIVE, "ACTIVE" }, { KPF_SLAB, "SLAB" },
	{ KPF_WRITEBACK, "WRITEBACK" },
	{ KPF_SWAPCACHE, "SWAPCACHE" }, { KPF_SWAPBACKED, "SWAPBACKED" },
	{ KPF_BUDDY, "BUDDY" }, { KPF_MMAP, "MMAP" }, { KPF_ANON, "ANON" },
	{ KPF_COMPOUND_HEAD, "COMPOUND_HEAD" }, { KPF_COMPOUND_TAIL, "COMPOUND_TAIL" },
	{ KPF_HWPOISON, "HWPOISON" }, { KPF_NOPAGE, "NOPAGE" },
	{ KPF_ZERO_PAGE, "ZERO_PAGE" },
	{ KPF_PGTABLE, "PGTABLE" },
	{ 32, "RESERVED" },	/* KPF_RESERVED of the kernel's own list */
};

static uint64_t word_at(const char *data, size_t i)
{
	uint64_t word;

	memcpy(&word, data + i * sizeof(word), sizeof(word));
	return word;
}

void info_explain_flags(const struct info_file *file, const char *text, size_t length,
			info_print print)
{
	size_t nr_frames = length / sizeof(uint64_t), i, f, none = 0;
	uint64_t counts[64] = { 0 };
	char value[64], name[32];
	unsigned int bit;

	for (i = 0; i < nr_frames; i++) {
		uint64_t word = word_at(text, i);

		none += !word;
		for (bit = 0; bit < 64; bit++)
			counts[bit] += word >> bit & 1;
	}
	snprintf(value, sizeof(value), "%zu", nr_frames);
	print("frames", value, "one 8-byte set of KPF_ flags for each frame of the lab");
	snprintf(value, sizeof(value), "%zu", none);
	print("no flag", value, "frames with no flag set: in a per-CPU list, or in another use");
	for (bit = 0; bit < 64; bit++) {
		if (!counts[bit])
			continue;
		snprintf(name, sizeof(name), "bit %u", bit);
		for (f = 0; f < sizeof(flags) / sizeof(flags[0]); f++)
			if (flags[f].bit == bit)
				snprintf(name, sizeof(name), "%s", flags[f].name);
		snprintf(value, sizeof(value), "%" PRIu64, counts[bit]);
		print(name, value, info_meaning(file->items, name));
	}
}

void info_explain_counts(const struct info_file *file, const char *text, size_t length,
			 info_print print)
{
	size_t nr_frames = length / sizeof(uint64_t), i;
	size_t counts[4] = { nr_frames };
	char value[32];

	for (i = 0; i < nr_frames; i++) {
		uint64_t count = word_at(text, i);

		counts[1 + (count > 1 ? 2 : count)]++;
	}
	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		snprintf(value, sizeof(value), "%zu", counts[i]);
		print(file->items[i].name, value, file->items[i].meaning);
	}
}
