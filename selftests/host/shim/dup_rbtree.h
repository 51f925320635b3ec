/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Duplicate of <linux/rbtree.h>: a binary search tree with its functions' names
 * and contracts, without the colours. Balance is the host kernel's business;
 * that nodes are found, in order and all of them, is what is tested here.
 */
#ifndef MMLAB_SHIM_DUP_RBTREE_H
#define MMLAB_SHIM_DUP_RBTREE_H

struct rb_node {
	struct rb_node *rb_parent, *rb_right, *rb_left;
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
	*link = node;
}

#define rb_insert_color(node, root)	((void)(node), (void)(root))

#define rb_entry_safe(ptr, type, member) \
	((ptr) ? rb_entry(ptr, type, member) : NULL)

struct rb_augment_callbacks {
	void (*propagate)(struct rb_node *node, struct rb_node *stop);
};

/* As in <linux/rbtree_augmented.h>; always up to @stop, for want of colours. */
#define RB_DECLARE_CALLBACKS_MAX(storage, name, type, rb, number, field, own)	\
static number name##_of(struct rb_node *node)					\
{										\
	return node ? rb_entry(node, type, rb)->field : 0;			\
}										\
storage void name##_propagate(struct rb_node *node, struct rb_node *stop);	\
storage const struct rb_augment_callbacks name = { name##_propagate };	\
storage void name##_propagate(struct rb_node *node, struct rb_node *stop)	\
{										\
	for (; node != stop; node = node->rb_parent)				\
		rb_entry(node, type, rb)->field =				\
			max(own(rb_entry(node, type, rb)),			\
			    max(name##_of(node->rb_left),			\
				name##_of(node->rb_right)));			\
}

#define TEST_TREE_IS_PLAIN	1

void rb_insert_augmented(struct rb_node *node, struct rb_root *root,
			 const struct rb_augment_callbacks *augment);
void rb_erase_augmented(struct rb_node *node, struct rb_root *root,
			const struct rb_augment_callbacks *augment);
void rb_erase(struct rb_node *node, struct rb_root *root);
struct rb_node *rb_first(const struct rb_root *root);
struct rb_node *rb_next(const struct rb_node *node);

#endif /* MMLAB_SHIM_DUP_RBTREE_H */
