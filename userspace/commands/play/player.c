// SPDX-License-Identifier: GPL-2.0
/* Touches pages of a lab process, and reads from the lab where they are. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli/cli.h"
#include "lab/labfile.h"
#include "lab/pressure.h"
#include "libmmlab.h"
#include "player.h"

#define PM_PRESENT	(UINT64_C(1) << 63)

static sigjmp_buf after_bus_error;

static void on_bus_error(int signal)
{
	(void)signal;
	siglongjmp(after_bus_error, 1);
}

/* A swap area for all pages, if there is none. */
static int add_swap(struct player *player)
{
	struct mmlab_limit probe = { .nr_pages = UINT32_MAX };
	struct mmlab_swap swap = { .nr_pages = player->nr_pages + 1, .prio = -1 };
	int error = mmlab_limit_pages(player->session.fd, &probe);

	if (error != -ENXIO)
		return error ? cli_fail(error, "The module is older than this mmlab: build both from the same source",
					"a limit") : CLI_OK;
	error = mmlab_add_swap(player->session.fd, &swap);
	if (error)
		return cli_fail(error, "There is no swap area, and only root may add one: sudo mmlab swapon",
				"swapon");
	player->swap = (int)swap.type;
	return CLI_OK;
}

static int open_window(struct player *player)
{
	size_t length = player->nr_pages * player->page_size;
	char path[256], name[32];
	int error;

	player->window = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED,
			      player->session.fd, PLAYER_LVA);
	if (player->window == MAP_FAILED)
		return cli_fail(errno, "Fewer pages fit", "a window of %u pages",
				player->nr_pages);
	snprintf(name, sizeof(name), "%u/pagemap", player->session.info.lab_pid);
	error = mmlab_proc_path(path, sizeof(path), name);
	if (error)
		return cli_fail_open(error, name);
	player->pagemap = open(path, O_RDONLY | O_CLOEXEC);
	return player->pagemap < 0 ? cli_fail_open(-errno, path) : CLI_OK;
}

int player_open(struct player *player, const char *policy, uint32_t nr_frames,
		uint32_t nr_pages)
{
	struct pressure pressure = { .has_limit = true, .limit = nr_frames, .policy = policy,
				     .has_tlb = true, .tlb = 1 };
	struct sigaction action = { .sa_handler = on_bus_error };
	int status = session_open_new(&player->session);

	if (status)
		return status;
	player->page_size = UINT64_C(1) << player->session.info.page_shift;
	player->nr_pages = nr_pages;
	player->window = MAP_FAILED;
	player->swap = -1;
	player->pagemap = -1;
	sigaction(SIGBUS, &action, NULL);
	status = add_swap(player);
	if (!status)
		status = open_window(player);
	if (!status)
		status = pressure_apply(&player->session, &pressure);
	if (status)
		player_close(player);
	return status;
}

void player_close(struct player *player)
{
	struct mmlab_swap swap = { .type = (__u32)player->swap };
	struct session other;

	signal(SIGBUS, SIG_DFL);
	if (player->pagemap >= 0)
		close(player->pagemap);
	if (player->window != MAP_FAILED)
		munmap(player->window, player->nr_pages * player->page_size);
	/* the pages must be gone before the area is */
	if (player->swap >= 0 && !session_open_new(&other)) {
		session_close(&player->session);
		mmlab_remove_swap(other.fd, &swap);
		session_close(&other);
		return;
	}
	session_close(&player->session);
}

bool player_touch(struct player *player, uint32_t page)
{
	volatile unsigned char *at = player->window + page * player->page_size;

	if (sigsetjmp(after_bus_error, 1))
		return false;
	*at = 1;
	return true;
}

void player_tick(struct player *player)
{
	struct mmlab_policy policy = { .flags = MMLAB_POLICY_OWN | MMLAB_POLICY_TICK };

	mmlab_choose_policy(player->session.fd, &policy);
}

bool player_faults(const struct player *player, uint64_t *faults, uint64_t *major)
{
	uint64_t minor;
	char name[32], *text, *at;
	bool found;

	snprintf(name, sizeof(name), "%u/stat", player->session.info.lab_pid);
	text = labfile_read(name, NULL);
	/* after the name: state and six numbers; minflt cminflt majflt */
	at = text ? strrchr(text, ')') : NULL;
	found = at && sscanf(at, ") %*s %*s %*s %*s %*s %*s %*s %" SCNu64 " %*s %" SCNu64,
			     &minor, major) == 2;
	free(text);
	*faults = found ? minor + *major : 0;
	return found;
}

bool player_sees(const struct player *player, uint32_t page, bool *accessed)
{
	struct mmlab_translation t = { .lva = PLAYER_LVA + (uint32_t)(page * player->page_size) };
	uint64_t entry = 0;
	off_t at = (off_t)(t.lva / player->page_size * sizeof(entry));

	*accessed = false;
	if (pread(player->pagemap, &entry, sizeof(entry), at) != sizeof(entry) ||
	    !(entry & PM_PRESENT))
		return false;
	*accessed = !mmlab_translate(player->session.fd, &t) && t.pte & MMLAB_PTE_ACCESSED;
	return true;
}
