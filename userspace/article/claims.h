/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The article's claims, each asked of the real kernel and of the lab. A check
 * looks at something and decides by what it sees; it knows no verdict beforehand.
 */
#ifndef CLAIMS_H
#define CLAIMS_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/session.h"

enum claim_verdict {
	CLAIM_UNTESTED,		/* this world can't be asked */
	CLAIM_TRUE,
	CLAIM_FALSE,
	CLAIM_NOT_RUN,		/* it could, but not by this user or just now */
};

struct claim_answer {
	enum claim_verdict verdict;
	char evidence[240];
};

/* Sets verdict and evidence. */
void claim_decide(struct claim_answer *answer, bool holds, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void claim_not_run(struct claim_answer *answer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Asked of this process and its kernel. */
void host_segments(struct claim_answer *answer);
void host_one_region(struct claim_answer *answer);
void host_flat(struct claim_answer *answer);
void host_three_gib(struct claim_answer *answer);
void host_ordered(struct claim_answer *answer);
void host_merge(struct claim_answer *answer);
void host_no_pages(struct claim_answer *answer);
void host_demand(struct claim_answer *answer);
void host_fork(struct claim_answer *answer);
void host_brk(struct claim_answer *answer);
void host_ten_copies(struct claim_answer *answer);
void host_stack_order(struct claim_answer *answer);

/* What a copy of this program prints for host_ten_copies(). */
int host_print_address(void);

/* Asked of the kernel's files in /proc and of its tracepoints. */
void kernel_list_and_tree(struct claim_answer *answer);
void kernel_mem_map(struct claim_answer *answer);
void kernel_buddy_limit(struct claim_answer *answer);
void kernel_powers_of_two(struct claim_answer *answer);
void kernel_kmalloc_limit(struct claim_answer *answer);
void kernel_kmalloc_least(struct claim_answer *answer);
void kernel_dma_caches(struct claim_answer *answer);
void kernel_slab_packs(struct claim_answer *answer);
void kernel_vmalloc_lazy(struct claim_answer *answer);
void kernel_gaps(struct claim_answer *answer);
void kernel_hole(struct claim_answer *answer);
void kernel_virt_to_phys(struct claim_answer *answer);
void kernel_nopage(struct claim_answer *answer);
void kernel_remap(struct claim_answer *answer);

/* Asked of the lab, each in a lab process of its own. */
void lab_segments(struct claim_answer *answer, struct session *session);
void lab_one_region(struct claim_answer *answer, struct session *session);
void lab_flat(struct claim_answer *answer, struct session *session);
void lab_three_gib(struct claim_answer *answer, struct session *session);
void lab_common_kernel(struct claim_answer *answer, struct session *session);
void lab_ordered(struct claim_answer *answer, struct session *session);
void lab_merge(struct claim_answer *answer, struct session *session);
void lab_no_pages(struct claim_answer *answer, struct session *session);
void lab_demand(struct claim_answer *answer, struct session *session);
void lab_fork(struct claim_answer *answer, struct session *session);
void lab_brk(struct claim_answer *answer, struct session *session);
void lab_list_and_tree(struct claim_answer *answer, struct session *session);
void lab_ten_copies(struct claim_answer *answer, struct session *session);
void lab_mem_map(struct claim_answer *answer, struct session *session);
void lab_buddy_limit(struct claim_answer *answer, struct session *session);
void lab_powers_of_two(struct claim_answer *answer, struct session *session);
void lab_kmalloc_limit(struct claim_answer *answer, struct session *session);
void lab_kmalloc_least(struct claim_answer *answer, struct session *session);
void lab_dma_caches(struct claim_answer *answer, struct session *session);
void lab_slab_packs(struct claim_answer *answer, struct session *session);
void lab_scattered(struct claim_answer *answer, struct session *session);
void lab_vmalloc_lazy(struct claim_answer *answer, struct session *session);
void lab_gaps(struct claim_answer *answer, struct session *session);
void lab_hole(struct claim_answer *answer, struct session *session);
void lab_reserved_end(struct claim_answer *answer, struct session *session);
void lab_virt_to_phys(struct claim_answer *answer, struct session *session);
void lab_user_mapping(struct claim_answer *answer, struct session *session);

#endif /* CLAIMS_H */
