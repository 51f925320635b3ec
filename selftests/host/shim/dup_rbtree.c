// SPDX-License-Identifier: GPL-2.0
/*
 * An AVL tree under the names of the kernel's red-black tree.
 */
#include "core_internal.h"

/* Puts @with, which may be NULL, where @node hangs. */
static void replace(struct rb_root *root, struct rb_node *node,
		    struct rb_node *with)
{
	struct rb_node *parent = node->rb_parent;

	if (!parent)
		root->rb_node = with;
	else if (parent->rb_left == node)
		parent->rb_left = with;
	else
		parent->rb_right = with;
	if (with)
		with->rb_parent = parent;
}

static int height(const struct rb_node *node)
{
	return node ? node->height : 0;
}

static void set_height(struct rb_node *node)
{
	node->height = 1 + max(height(node->rb_left), height(node->rb_right));
}

/* Puts @new, a child of @old, in its place, and @old below it. */
static void rotate(struct rb_root *root, struct rb_node *old, struct rb_node *new,
		   const struct rb_augment_callbacks *augment)
{
	bool left = old->rb_left == new;
	struct rb_node *between = left ? new->rb_right : new->rb_left;

	replace(root, old, new);
	*(left ? &old->rb_left : &old->rb_right) = between;
	if (between)
		between->rb_parent = old;
	*(left ? &new->rb_right : &new->rb_left) = old;
	old->rb_parent = new;
	set_height(old);
	set_height(new);
	if (augment)
		augment->rotate(old, new);
}

/* From @node, below which something has changed, up to the root. */
static void balance(struct rb_root *root, struct rb_node *node,
		    const struct rb_augment_callbacks *augment)
{
	for (; node; node = node->rb_parent) {
		struct rb_node *left = node->rb_left, *right = node->rb_right;

		set_height(node);
		if (height(left) > height(right) + 1) {
			if (height(left->rb_right) > height(left->rb_left))
				rotate(root, left, left->rb_right, augment);
			rotate(root, node, node->rb_left, augment);
		} else if (height(right) > height(left) + 1) {
			if (height(right->rb_left) > height(right->rb_right))
				rotate(root, right, right->rb_left, augment);
			rotate(root, node, node->rb_right, augment);
		}
	}
}

void rb_insert_color(struct rb_node *node, struct rb_root *root)
{
	balance(root, node, NULL);
}

void rb_insert_augmented(struct rb_node *node, struct rb_root *root,
			 const struct rb_augment_callbacks *augment)
{
	balance(root, node, augment);
}

/* Puts the next node, which has no left child, in the place of @node, which has two. */
static struct rb_node *put_heir(struct rb_root *root, struct rb_node *node)
{
	struct rb_node *heir = rb_next(node), *lowest = heir;

	if (heir->rb_parent != node) {
		lowest = heir->rb_parent;
		replace(root, heir, heir->rb_right);
		heir->rb_right = node->rb_right;
		heir->rb_right->rb_parent = heir;
	}
	replace(root, node, heir);
	heir->rb_left = node->rb_left;
	heir->rb_left->rb_parent = heir;
	return lowest;
}

static void erase(struct rb_node *node, struct rb_root *root,
		  const struct rb_augment_callbacks *augment)
{
	struct rb_node *lowest = node->rb_parent, *heir = NULL;

	if (!node->rb_left) {
		replace(root, node, node->rb_right);
	} else if (!node->rb_right) {
		replace(root, node, node->rb_left);
	} else {
		heir = rb_next(node);
		lowest = put_heir(root, node);
	}
	if (augment && heir) {
		augment->copy(node, heir);
		augment->propagate(lowest, heir);
		augment->propagate(heir, NULL);
	} else if (augment) {
		augment->propagate(lowest, NULL);
	}
	balance(root, lowest, augment);
}

void rb_erase(struct rb_node *node, struct rb_root *root)
{
	erase(node, root, NULL);
}

void rb_erase_augmented(struct rb_node *node, struct rb_root *root,
			const struct rb_augment_callbacks *augment)
{
	erase(node, root, augment);
}

static struct rb_node *leftmost(struct rb_node *node)
{
	while (node && node->rb_left)
		node = node->rb_left;
	return node;
}

struct rb_node *rb_first(const struct rb_root *root)
{
	return leftmost(root->rb_node);
}

struct rb_node *rb_next(const struct rb_node *node)
{
	struct rb_node *up = node->rb_parent;

	if (node->rb_right)
		return leftmost(node->rb_right);
	while (up && node == up->rb_right) {
		node = up;
		up = up->rb_parent;
	}
	return up;
}
