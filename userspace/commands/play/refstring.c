// SPDX-License-Identifier: GPL-2.0
/* Reference strings: read, made by chance, and what OPT needs for them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "refstring.h"

#define NR_BUCKETS	(2 * REFSTRING_MAX_PAGES)

void refstring_init(struct refstring *s)
{
	*s = (struct refstring){ 0 };
}

void refstring_free(struct refstring *s)
{
	free(s->refs);
	free(s->names);
	free(s->hash);
	refstring_init(s);
}

/* Room for one element more. Return: the array, NULL: no memory, and it is unchanged */
static void *grow(void *array, size_t nr, size_t *max, size_t size)
{
	size_t more = *max ? 2 * *max : 64;
	void *larger;

	if (nr < *max)
		return array;
	larger = realloc(array, more * size);
	if (larger)
		*max = more;
	return larger;
}

/* FNV-1a */
static uint32_t hash_of(const char *name)
{
	uint32_t hash = 2166136261U;

	while (*name)
		hash = (hash ^ (unsigned char)*name++) * 16777619U;
	return hash;
}

/* The number of a page; a new name is a new page. Or a negative errno. */
static int64_t page_of(struct refstring *s, const char *name)
{
	uint32_t at = hash_of(name) % NR_BUCKETS;
	void *names;

	if (!s->hash)
		s->hash = calloc(NR_BUCKETS, sizeof(*s->hash));
	if (!s->hash)
		return -ENOMEM;
	for (; s->hash[at]; at = (at + 1) % NR_BUCKETS)
		if (!strcmp(s->names[s->hash[at] - 1], name))
			return s->hash[at] - 1;
	if (s->nr_pages == REFSTRING_MAX_PAGES)
		return -E2BIG;
	names = grow(s->names, s->nr_pages, &s->max_pages, sizeof(*s->names));
	if (!names)
		return -ENOMEM;
	s->names = names;
	strcpy(s->names[s->nr_pages], name);
	s->hash[at] = ++s->nr_pages;
	return s->nr_pages - 1;
}

int refstring_add(struct refstring *s, const char *name)
{
	int64_t page;
	void *refs;

	if (strlen(name) >= REFSTRING_NAME_BYTES)
		return -ENAMETOOLONG;
	if (s->nr_refs == REFSTRING_MAX_REFS)
		return -E2BIG;
	page = page_of(s, name);
	if (page < 0)
		return (int)page;
	refs = grow(s->refs, s->nr_refs, &s->max_refs, sizeof(*s->refs));
	if (!refs)
		return -ENOMEM;
	s->refs = refs;
	s->refs[s->nr_refs++] = (uint32_t)page;
	return 0;
}

int refstring_add_text(struct refstring *s, const char *text)
{
	static const char blanks[] = " \t\r\n,";
	int error = 0;

	while (!error && *(text += strspn(text, blanks))) {
		char name[REFSTRING_NAME_BYTES];
		size_t length = strcspn(text, " \t\r\n,#");

		if (*text == '#') {
			text += strcspn(text, "\n");
			continue;
		}
		if (length >= sizeof(name))
			return -ENAMETOOLONG;
		memcpy(name, text, length);
		name[length] = '\0';
		text += length;
		error = refstring_add(s, name);
	}
	return error;
}

int refstring_read(struct refstring *s, FILE *file)
{
	char *line = NULL;
	size_t size = 0;
	int error = 0;

	while (!error && getline(&line, &size, file) >= 0)
		error = refstring_add_text(s, line);
	if (!error && ferror(file))
		error = -EIO;
	free(line);
	return error;
}

/* splitmix64, Steele, Lea and Flood 2014; the high bits, as a number below @limit */
static uint32_t below(uint64_t *state, uint32_t limit)
{
	uint64_t x = *state += 0x9e3779b97f4a7c15;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return (uint32_t)(((x ^ (x >> 31)) >> 32) * limit >> 32);
}

static uint32_t skewed(uint64_t *state, uint32_t nr_pages)
{
	uint32_t hot = (nr_pages + 4) / 5;

	return hot == nr_pages || below(state, 5) ? below(state, hot) :
						   hot + below(state, nr_pages - hot);
}

int refstring_random(struct refstring *s, const char *kind, uint32_t nr_pages,
		     size_t length, uint64_t seed)
{
	bool loop = !strcmp(kind, "loop"), uniform = !strcmp(kind, "uniform");
	int error = 0;
	size_t i;

	if (!loop && !uniform && strcmp(kind, "80-20"))
		return -EINVAL;
	for (i = 0; i < length && !error; i++) {
		uint32_t page = loop ? (uint32_t)(i % nr_pages) :
				uniform ? below(&seed, nr_pages) : skewed(&seed, nr_pages);
		char name[16];

		snprintf(name, sizeof(name), "%u", page);
		error = refstring_add(s, name);
	}
	return error;
}

/* ---- OPT ---- */

/* When is the page of each reference wanted next? nr_refs: never again. */
static size_t *next_uses(const struct refstring *s)
{
	size_t *next = calloc(s->nr_refs, sizeof(*next));
	size_t *last = calloc(s->nr_pages, sizeof(*last)), i;

	if (next && last) {
		for (i = 0; i < s->nr_pages; i++)
			last[i] = s->nr_refs;
		for (i = s->nr_refs; i-- > 0; last[s->refs[i]] = i)
			next[i] = last[s->refs[i]];
	} else {
		free(next);
		next = NULL;
	}
	free(last);
	return next;
}

/* The page in a frame that is wanted last. @wanted is 0 for pages that are in none. */
static uint32_t farthest(const size_t *wanted, const uint32_t *in, uint32_t nr)
{
	uint32_t i, best = 0;

	for (i = 1; i < nr; i++)
		if (wanted[in[i]] > wanted[in[best]])
			best = i;
	return best;
}

static long count_opt(const struct refstring *s, uint32_t nr_frames, const size_t *next,
		      size_t *wanted, uint32_t *in, uint32_t *victims)
{
	uint32_t nr = 0;
	long faults = 0;
	size_t i;

	for (i = 0; i < s->nr_refs; i++) {
		uint32_t page = s->refs[i];

		if (!wanted[page] && nr < nr_frames) {
			in[nr++] = page;
			faults++;
		} else if (!wanted[page]) {
			uint32_t at = farthest(wanted, in, nr);

			wanted[in[at]] = 0;
			if (victims)
				victims[i] = in[at];
			in[at] = page;
			faults++;
		}
		wanted[page] = next[i];
	}
	return faults;
}

long refstring_opt(const struct refstring *s, uint32_t nr_frames, uint32_t *victims)
{
	size_t *next = next_uses(s), *wanted = calloc(s->nr_pages + 1, sizeof(*wanted));
	uint32_t *in = calloc(nr_frames, sizeof(*in));
	long faults = -1;

	if (victims)
		memset(victims, 0xff, s->nr_refs * sizeof(*victims));
	if (next && wanted && in)
		faults = count_opt(s, nr_frames, next, wanted, in, victims);
	free(next);
	free(wanted);
	free(in);
	return faults;
}
