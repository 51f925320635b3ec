// SPDX-License-Identifier: GPL-2.0
/*
 * A plain binary search tree under the names of the kernel's red-black tree.
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

/* Returns the lowest node below which something has changed. */
static struct rb_node *erase(struct rb_node *node, struct rb_root *root)
{
	struct rb_node *heir, *lowest;

	if (!node->rb_left) {
		replace(root, node, node->rb_right);
		return node->rb_parent;
	}
	if (!node->rb_right) {
		replace(root, node, node->rb_left);
		return node->rb_parent;
	}
	heir = rb_next(node);
	lowest = heir;
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

void rb_erase(struct rb_node *node, struct rb_root *root)
{
	erase(node, root);
}

void rb_erase_augmented(struct rb_node *node, struct rb_root *root,
			const struct rb_augment_callbacks *augment)
{
	augment->propagate(erase(node, root), NULL);
}

void rb_insert_augmented(struct rb_node *node, struct rb_root *root,
			 const struct rb_augment_callbacks *augment)
{
	augment->propagate(node, NULL);
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
