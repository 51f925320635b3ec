// SPDX-License-Identifier: GPL-2.0
/* Draws the numbers of an exercise, and puts them into its text. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "course/numbers.h"

/* splitmix64, Steele et al. 2014 */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

/* Exercises of one student have different numbers. */
static uint64_t start_state(const char *id, uint64_t seed, unsigned int round)
{
	uint64_t state = seed;

	for (; *id; id++)
		state = state * 1099511628211ULL + (unsigned char)*id;
	state += (uint64_t)round << 32;
	next_random(&state);
	return state;
}

struct range {
	unsigned long low, high, step;
	bool hexadecimal;
};

static bool parse_range(const char *text, struct range *r)
{
	char *end;

	r->hexadecimal = !strncmp(text, "0x", 2);
	r->low = strtoul(text, &end, 0);
	if (end == text || strncmp(end, "..", 2))
		return false;
	r->high = strtoul(end + 2, &end, 0);
	r->step = *end == '/' ? strtoul(end + 1, &end, 0) : 1;
	return !*end && r->low <= r->high && r->step;
}

static unsigned long draw_from(const struct range *r, uint64_t *state)
{
	return r->low + next_random(state) % ((r->high - r->low) / r->step + 1) * r->step;
}

/* "12*1..5": the numbers with blanks between them */
static bool draw_many(char *value, unsigned long nr, const struct range *r, uint64_t *state)
{
	unsigned long last = 0, number;
	size_t used = 0;
	unsigned long i;

	if (nr > 64 || r->low == r->high)
		return false;
	for (i = 0; i < nr; i++) {
		do
			number = draw_from(r, state);
		while (i && number == last);
		used += (size_t)snprintf(value + used, NUMBERS_VALUE_BYTES - used, "%s%lu",
					 i ? " " : "", number);
		if (used >= NUMBERS_VALUE_BYTES)
			return false;
		last = number;
	}
	return true;
}

static void draw_word(char *value, char *words, uint64_t *state)
{
	unsigned long nr = 1, chosen;
	char *c;

	for (c = words; *c; c++)
		nr += *c == '|';
	for (chosen = next_random(state) % nr; chosen; chosen--)
		words = strchr(words, '|') + 1;
	words[strcspn(words, "|")] = '\0';
	snprintf(value, NUMBERS_VALUE_BYTES, "%s", words);
}

static bool draw(char *value, char *rule, uint64_t *state)
{
	struct range r;
	char *star = strchr(rule, '*');

	if (star)
		return parse_range(star + 1, &r) &&
		       draw_many(value, strtoul(rule, NULL, 10), &r, state);
	if (parse_range(rule, &r))
		snprintf(value, NUMBERS_VALUE_BYTES, r.hexadecimal ? "0x%lx" : "%lu",
			 draw_from(&r, state));
	else
		draw_word(value, rule, state);
	return true;
}

int numbers_draw(struct numbers *numbers, const char *rule, const char *id, uint64_t seed,
		 unsigned int round)
{
	uint64_t state = start_state(id, seed, round);
	char *copy = strdup(rule), *rest = copy, *part;
	int err = copy ? 0 : -ENOMEM;

	numbers->nr = 0;
	while (!err && (part = strsep(&rest, ";")) && *rule) {
		char *equals = strchr(part, '=');

		part += strspn(part, " ");
		if (!equals || equals - part >= NUMBERS_NAME_BYTES ||
		    numbers->nr == NUMBERS_MAX) {
			err = -EINVAL;
			break;
		}
		*equals = '\0';
		strcpy(numbers->all[numbers->nr].name, part);
		if (!draw(numbers->all[numbers->nr].value, equals + 1, &state))
			err = -EINVAL;
		numbers->nr++;
	}
	free(copy);
	return err;
}

/* The value of the name that begins at @text and ends with a brace, or NULL */
static const char *value_at(const struct numbers *numbers, const char *text, size_t *length)
{
	unsigned int i;

	for (i = 0; i < numbers->nr; i++) {
		*length = strlen(numbers->all[i].name);
		if (!strncmp(text, numbers->all[i].name, *length) && text[*length] == '}')
			return numbers->all[i].value;
	}
	return NULL;
}

char *numbers_fill(const struct numbers *numbers, const char *text)
{
	size_t size, length;
	char *filled = NULL;
	FILE *out = open_memstream(&filled, &size);

	if (!out)
		return NULL;
	for (; *text; text++) {
		const char *value = *text == '{' ? value_at(numbers, text + 1, &length) : NULL;

		if (value) {
			fputs(value, out);
			text += length + 1;
		} else {
			fputc(*text, out);
		}
	}
	fclose(out);
	return filled;
}
