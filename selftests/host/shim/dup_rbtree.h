/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Duplicate of <linux/rbtree.h> and <linux/rbtree_augmented.h>: a balanced tree with
 * their functions' names and contracts. Heights take the place of the colours. The rest is
 * as in the kernel, so that a caller's fault shows here, too: a node that is linked and
 * not inserted makes the tree lean, and a rotation relies on the values of ancestors.
 */
#ifndef MMLAB_SHIM_DUP_RBTREE_H
#define MMLAB_SHIM_DUP_RBTREE_H

struct rb_node {
	struct rb_node *rb_parent, *rb_right, *rb_left;
	int height;
};

struct rb_root {
	struct rb_node *rb_node;
};

#define RB_ROOT				((struct rb_root) { NULL })
#define rb_entry(ptr, type, member)	container_of(ptr, type, member)

static inline void rb_link_node(struct rb_node *node, struct rb_node *parent,
				struct rb_node **link)
{
	node->rb_parent = parent;
	node->rb_left = NULL;
	node->rb_right = NULL;
	node->height = 1;
	*link = node;
}

#define rb_entry_safe(ptr, type, member) \
	((ptr) ? rb_entry(ptr, type, member) : NULL)

struct rb_augment_callbacks {
	void (*propagate)(struct rb_node *node, struct rb_node *stop);
	void (*copy)(struct rb_node *old, struct rb_node *new);
	void (*rotate)(struct rb_node *old, struct rb_node *new);
};

/* A change goes up until it makes no difference. */
#define RB_DECLARE_CALLBACKS_MAX(storage, name, type, rb, number, field, own)	\
static number name##_of(struct rb_node *node)					\
{										\
	return node ? rb_entry(node, type, rb)->field : 0;			\
}										\
static bool name##_changes(struct rb_node *node)				\
{										\
	number old = name##_of(node);						\
										\
	rb_entry(node, type, rb)->field =					\
		max(own(rb_entry(node, type, rb)),				\
		    max(name##_of(node->rb_left), name##_of(node->rb_right)));	\
	return name##_of(node) != old;						\
}										\
storage void name##_propagate(struct rb_node *node, struct rb_node *stop)	\
{										\
	while (node != stop && name##_changes(node))				\
		node = node->rb_parent;						\
}										\
static void name##_copy(struct rb_node *old, struct rb_node *new)		\
{										\
	rb_entry(new, type, rb)->field = name##_of(old);			\
}										\
static void name##_rotate(struct rb_node *old, struct rb_node *new);		\
storage const struct rb_augment_callbacks name = {				\
	name##_propagate, name##_copy, name##_rotate				\
};										\
static void name##_rotate(struct rb_node *old, struct rb_node *new)		\
{										\
	name##_copy(old, new);							\
	name##_changes(old);							\
}

void rb_insert_color(struct rb_node *node, struct rb_root *root);
void rb_insert_augmented(struct rb_node *node, struct rb_root *root,
			 const struct rb_augment_callbacks *augment);
void rb_erase_augmented(struct rb_node *node, struct rb_root *root,
			const struct rb_augment_callbacks *augment);
void rb_erase(struct rb_node *node, struct rb_root *root);
struct rb_node *rb_first(const struct rb_root *root);
struct rb_node *rb_next(const struct rb_node *node);

#endif /* MMLAB_SHIM_DUP_RBTREE_H */
