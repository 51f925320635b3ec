// SPDX-License-Identifier: GPL-2.0
/*
 * Runs of reference strings on the lab machine. No machine knows the future, so OPT is
 * MRU with a hint: the page that should go is touched once more before the reference, and
 * MRU takes the page that was touched last.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "play.h"
#include "player.h"

/*
 * Where the pages are after a reference: what is in no frame leaves its row, and the page
 * that came takes the first that is free. Return: false if there is none
 */
static bool look(const struct play *play, const struct player *player, size_t i)
{
	uint32_t *pages = play->pages + i * play->nr_frames, page = play->string->refs[i];
	bool *bits = play->bits + i * play->nr_frames, found = false;
	uint32_t row;

	for (row = 0; row < play->nr_frames; row++) {
		pages[row] = i ? (pages - play->nr_frames)[row] : PLAY_NO_PAGE;
		if (pages[row] != PLAY_NO_PAGE && !player_sees(player, pages[row], &bits[row]))
			pages[row] = PLAY_NO_PAGE;
		found |= pages[row] == page;
	}
	for (row = 0; row < play->nr_frames && !found; row++) {
		if (pages[row] != PLAY_NO_PAGE)
			continue;
		pages[row] = page;
		found = player_sees(player, page, &bits[row]);
	}
	return found;
}

static int fail_touch(const struct play *play, size_t i)
{
	return cli_fail(0, "No frame or no room in swap: mmlab info swaps, mmlab status",
			"reference %zu, page %s: SIGBUS", i + 1,
			play->string->names[play->string->refs[i]]);
}

static int one_step(struct play *play, const struct player *player, size_t i)
{
	uint64_t before = play->faults;

	if (!player_faults(player, &play->faults, &play->major))
		return cli_fail_open(errno ? errno : EIO, "the process's stat");
	play->faulted[i] = play->faults > before;
	return look(play, player, i) ? CLI_OK :
	       cli_fail(0, "Was the policy or the limit changed meanwhile?",
			"reference %zu: the page is in no frame of %u", i + 1, play->nr_frames);
}

static bool touch(const struct play *play, struct player *player, size_t i)
{
	uint32_t victim = play->victims ? play->victims[i] : REFSTRING_NO_PAGE;

	return (victim == REFSTRING_NO_PAGE || player_touch(player, victim)) &&
	       player_touch(player, play->string->refs[i]);
}

static int all_steps(struct play *play, struct player *player)
{
	int status = CLI_OK;
	size_t i;

	for (i = 0; i < play->string->nr_refs && !status; i++) {
		if (!touch(play, player, i))
			return fail_touch(play, i);
		if (play->faulted)
			status = one_step(play, player, i);
		if (play->tick && !((i + 1) % play->tick))
			player_tick(player);
	}
	if (!status && !player_faults(player, &play->faults, &play->major))
		status = cli_fail_open(errno ? errno : EIO, "the process's stat");
	return status;
}

int play_run(struct play *play, bool steps)
{
	size_t nr = play->string->nr_refs, cells = nr * play->nr_frames;
	bool is_opt = !strcmp(play->policy, "opt");
	struct player player;
	int status;

	if (steps) {
		play->faulted = calloc(nr, sizeof(*play->faulted));
		play->pages = calloc(cells, sizeof(*play->pages));
		play->bits = calloc(cells, sizeof(*play->bits));
	}
	if (is_opt)
		play->victims = calloc(nr, sizeof(*play->victims));
	play->opt = refstring_opt(play->string, play->nr_frames, play->victims);
	if (play->opt < 0 || (is_opt && !play->victims) ||
	    (steps && (!play->faulted || !play->pages || !play->bits)))
		return cli_fail(ENOMEM, NULL, "%zu references", nr);
	status = player_open(&player, is_opt ? "mru" : play->policy, play->nr_frames,
			     play->string->nr_pages);
	if (status)
		return status;
	status = all_steps(play, &player);
	player_close(&player);
	return status;
}

void play_free(struct play *play)
{
	free(play->faulted);
	free(play->pages);
	free(play->bits);
	free(play->victims);
}
