// SPDX-License-Identifier: GPL-2.0
/*
 * The ioctls of swap areas, policies and limits. What each does and answers: uapi/mmlab.h.
 */
#include <linux/capability.h>
#include <linux/file.h>
#include <linux/string.h>

#include "../core/name.h"
#include "../mem/arena.h"
#include "../mem/policy_table.h"
#include "../mem/reclaim.h"
#include "../mem/swapfile.h"
#include "../mem/swapon.h"
#include "../uapi/mmlab.h"
#include "chardev.h"
#include "ioctl_swap.h"

/* as swapon(2) has them; -1 is that of areas that were given none */
#define SWAP_PRIO_MIN	(-1)
#define SWAP_PRIO_MAX	32767

static_assert(MMLAB_NR_SWAP_AREAS == LAB_NR_SWAP_AREAS);
static_assert(MMLAB_SWAP_MAX_PAGES == LAB_SWAPFILE_MAX_PAGES);
static_assert(MMLAB_POLICY_MAX == LAB_POLICY_NAME_LEN);

static bool is_prio(int prio)
{
	return prio >= SWAP_PRIO_MIN && prio <= SWAP_PRIO_MAX;
}

int mmlab_ioctl_swapon(struct file *file, void *arg)
{
	struct mmlab_swap *swap = arg;
	u32 nr_pages = swap->nr_pages ?: mmlab_machine.nr_frames;
	int type;

	if (swap->flags || nr_pages > MMLAB_SWAP_MAX_PAGES || !is_prio(swap->prio))
		return -EINVAL;
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	type = mmlab_swapon(nr_pages, swap->prio);
	if (type < 0)
		return type;
	swap->nr_pages = nr_pages;
	swap->type = type;
	return 0;
}

/* The area's number can't be told: take it back. */
void mmlab_ioctl_undo_swapon(struct file *file, void *arg)
{
	const struct mmlab_swap *swap = arg;

	mmlab_swapoff(swap->type);
}

static int add_file(struct file *device, struct file *file, struct mmlab_swap_file *swap)
{
	int type;

	if (file->f_op == device->f_op)
		return -ELOOP;
	type = mmlab_swapon_file(file, swap->prio, &swap->nr_pages);
	if (type < 0)
		return type;
	swap->type = type;
	return 0;
}

static int find_file(struct file *file, struct mmlab_swap_file *swap)
{
	struct lab_swapfile_view view;
	int type = mmlab_swapfile_find(file_inode(file));

	if (type < 0)
		return type;
	file = mmlab_swapfile_view_file(type, &view);
	if (!file)
		return -ENOENT;
	fput(file);
	swap->type = type;
	swap->nr_pages = view.nr_pages;
	swap->prio = view.prio;
	return 0;
}

int mmlab_ioctl_swapon_file(struct file *device, void *arg)
{
	struct mmlab_swap_file *swap = arg;
	bool ask = swap->flags & MMLAB_SWAP_FILE_ASK;
	struct file *file;
	int err;

	if (swap->flags & ~MMLAB_SWAP_FILE_ASK || swap->reserved || (ask && swap->prio) ||
	    !is_prio(swap->prio))
		return -EINVAL;
	if (!ask && !capable(CAP_SYS_ADMIN))
		return -EPERM;
	file = fget(swap->fd);
	if (!file)
		return -EBADF;
	err = ask ? find_file(file, swap) : add_file(device, file, swap);
	fput(file);
	return err;
}

void mmlab_ioctl_undo_swapon_file(struct file *device, void *arg)
{
	const struct mmlab_swap_file *swap = arg;

	if (!(swap->flags & MMLAB_SWAP_FILE_ASK))
		mmlab_swapoff(swap->type);
}

int mmlab_ioctl_swapoff(struct file *file, void *arg)
{
	const struct mmlab_swap *swap = arg;

	if (swap->flags || swap->nr_pages || swap->prio)
		return -EINVAL;
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	return mmlab_swapoff(swap->type);
}

static int choose_own(struct lab_process *p, const char *name, char *current_name, bool tick)
{
	int err = mmlab_reclaim_choose_own(p, name, current_name);

	return err || !tick ? err : mmlab_reclaim_tick_own(p);
}

static int name_policy(struct mmlab_policy *policy)
{
	return policy->name[0] ? -EINVAL :
	       mmlab_policy_table_name(policy->index, policy->name);
}

int mmlab_ioctl_policy(struct file *file, void *arg)
{
	struct mmlab_policy *policy = arg;
	bool own = policy->flags & MMLAB_POLICY_OWN;
	bool tick = policy->flags & MMLAB_POLICY_TICK;
	char name[LAB_POLICY_NAME_LEN];

	if (policy->flags == MMLAB_POLICY_LIST)
		return name_policy(policy);
	if (policy->flags & ~(MMLAB_POLICY_OWN | MMLAB_POLICY_TICK) || (tick && !own) ||
	    policy->index || !mmlab_name_ends(policy->name, MMLAB_POLICY_MAX))
		return -EINVAL;
	if (policy->name[0] && !own && !capable(CAP_SYS_ADMIN))
		return -EPERM;
	memcpy(name, policy->name, sizeof(name));
	return own ? choose_own(mmlab_chardev_process(file), name, policy->name, tick) :
		     mmlab_reclaim_choose(name, policy->name);
}

int mmlab_ioctl_limit(struct file *file, void *arg)
{
	struct lab_process *p = mmlab_chardev_process(file);
	struct mmlab_limit *limit = arg;
	bool ask = limit->flags & MMLAB_LIMIT_ASK;
	int err;

	if (limit->flags & ~MMLAB_LIMIT_ASK || limit->reserved || (ask && limit->nr_pages))
		return -EINVAL;
	err = ask ? 0 : mmlab_reclaim_set_limit(p, limit->nr_pages);
	if (err)
		return err;
	mmlab_reclaim_get_limit(p, &limit->nr_pages, &limit->nr_resident);
	return 0;
}
