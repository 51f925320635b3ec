/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Duplicate of <linux/list.h>, as far as the core uses it.
 */
#ifndef MMLAB_SHIM_DUP_LIST_H
#define MMLAB_SHIM_DUP_LIST_H

struct list_head {
	struct list_head *next, *prev;
};

#define LIST_HEAD(name)		struct list_head name = { &(name), &(name) }

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	list->next = list;
	list->prev = list;
}

/* Aborts on what CONFIG_DEBUG_LIST reports: neighbours that disagree. */
static inline void shim_list_check(const struct list_head *entry)
{
	if (entry->next->prev != entry || entry->prev->next != entry)
		__builtin_trap();
}

static inline void list_add(struct list_head *entry, struct list_head *head)
{
	shim_list_check(head);
	entry->next = head->next;
	entry->prev = head;
	head->next->prev = entry;
	head->next = entry;
}

static inline void list_add_tail(struct list_head *entry, struct list_head *head)
{
	list_add(entry, head->prev);
}

/* The entry's links are poisoned: a second removal crashes. */
static inline void list_del(struct list_head *entry)
{
	shim_list_check(entry);
	entry->next->prev = entry->prev;
	entry->prev->next = entry->next;
	entry->next = NULL;
	entry->prev = NULL;
}

static inline void list_move(struct list_head *entry, struct list_head *head)
{
	list_del(entry);
	list_add(entry, head);
}

static inline bool list_empty(const struct list_head *head)
{
	return head->next == head;
}

static inline bool list_is_last(const struct list_head *entry,
				const struct list_head *head)
{
	return entry->next == head;
}

#define list_entry(ptr, type, member)	container_of(ptr, type, member)
#define list_first_entry(head, type, member) \
	list_entry((head)->next, type, member)
#define list_last_entry(head, type, member) \
	list_entry((head)->prev, type, member)
#define list_next_entry(pos, member) \
	list_entry((pos)->member.next, __typeof__(*(pos)), member)
#define list_prev_entry(pos, member) \
	list_entry((pos)->member.prev, __typeof__(*(pos)), member)

#define list_for_each_entry(pos, head, member)				\
	for (pos = list_first_entry(head, __typeof__(*pos), member);	\
	     &pos->member != (head);					\
	     pos = list_next_entry(pos, member))

#endif /* MMLAB_SHIM_DUP_LIST_H */
