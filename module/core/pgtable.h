/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lab's page tables: two levels, as on i386. A page directory and page
 * tables, each one frame, with entries of 32 bits: frame << PAGE_SHIFT | flags.
 * With 4 KiB pages both have 1024 entries; the numbers follow from PAGE_SIZE.
 *
 * Entries are under the lock of the mm that owns the directory. The caller provides the
 * frames for tables, so that nothing here can fail for lack of memory.
 */
#ifndef MMLAB_CORE_PGTABLE_H
#define MMLAB_CORE_PGTABLE_H

#include "frame.h"

/* Bits as on i386. Bit 0 clear and the rest not 0 is a swap entry. */
#define LAB_PTE_PRESENT		0x001U
#define LAB_PTE_RW		0x002U
#define LAB_PTE_USER		0x004U
#define LAB_PTE_ACCESSED	0x020U
#define LAB_PTE_DIRTY		0x040U
#define LAB_PTE_FLAGS		((1U << 12) - 1)	/* all that can't be a frame number */

/* flags of a directory entry: rights are decided in the table entry */
#define LAB_PDE_TABLE		(LAB_PTE_PRESENT | LAB_PTE_RW | LAB_PTE_USER | \
				 LAB_PTE_ACCESSED)

/* flags of a direct-map entry: kernel memory, always in use */
#define LAB_PTE_DIRECT		(LAB_PTE_PRESENT | LAB_PTE_RW | \
				 LAB_PTE_ACCESSED | LAB_PTE_DIRTY)

/*
 * A swap entry, as on i386: bit 0 is clear, bits 1 to 5 are the type of the area, and
 * the slot begins at bit 8. Slot 0 is a header, so that no swap entry is 0.
 */
#define LAB_SWP_TYPE_SHIFT	1
#define LAB_SWP_MAX_TYPE	31U
#define LAB_SWP_OFFSET_SHIFT	8
#define LAB_SWP_MAX_OFFSET	((1U << (32 - LAB_SWP_OFFSET_SHIFT)) - 1)
#define LAB_SWP_NO_BITS		0x0c1U	/* clear in each */

#define LAB_PTE_INDEX_BITS	(PAGE_SHIFT - 2)
#define LAB_PTRS_PER_PTE	(1U << LAB_PTE_INDEX_BITS)
#define LAB_PGDIR_SHIFT		(PAGE_SHIFT + LAB_PTE_INDEX_BITS)
#define LAB_PTRS_PER_PGD	((u32)(LAB_SPACE_BYTES >> LAB_PGDIR_SHIFT))

static inline u32 mmlab_pgtable_pgd_index(u32 lva)
{
	return (u32)((u64)lva >> LAB_PGDIR_SHIFT);
}

static inline u32 mmlab_pgtable_pte_index(u32 lva)
{
	return (lva >> PAGE_SHIFT) & (LAB_PTRS_PER_PTE - 1);
}

static inline u32 mmlab_pte(u32 pfn, u32 flags)
{
	return pfn << PAGE_SHIFT | flags;
}

static inline u32 mmlab_pte_pfn(u32 pte)
{
	return pte >> PAGE_SHIFT;
}

static inline u32 mmlab_swp_entry(u32 type, u32 offset)
{
	return type << LAB_SWP_TYPE_SHIFT | offset << LAB_SWP_OFFSET_SHIFT;
}

static inline u32 mmlab_swp_type(u32 swp)
{
	return swp >> LAB_SWP_TYPE_SHIFT & LAB_SWP_MAX_TYPE;
}

static inline u32 mmlab_swp_offset(u32 swp)
{
	return swp >> LAB_SWP_OFFSET_SHIFT;
}

/*
 * The zero page: frame 0, which is reserved and stays zero. A load maps it in the place of
 * a page that was never stored to. Its entries only read, and are counted in their table
 * but not in the frame.
 */
#define LAB_ZERO_PFN		0U

/*
 * Is this the entry of a page that was never stored to? User space only. An entry of frame
 * 0 that permits stores is corrupt: a privileged writer made it.
 */
static inline bool mmlab_pte_is_zero_page(u32 pte)
{
	return (pte & (LAB_PTE_PRESENT | LAB_PTE_RW | LAB_PTE_DIRTY)) == LAB_PTE_PRESENT &&
	       mmlab_pte_pfn(pte) == LAB_ZERO_PFN;
}

/* Is this the entry of a page that was swapped out? */
static inline bool mmlab_pte_is_swap(u32 pte)
{
	return !(pte & LAB_SWP_NO_BITS) && mmlab_swp_offset(pte);
}

/* The directory entry that covers @lva. */
static inline u32 *mmlab_pgtable_pde(const struct lab_machine *m, u32 pgd,
				     u32 lva)
{
	return (u32 *)mmlab_frame_address(m, pgd) + mmlab_pgtable_pgd_index(lva);
}

/* The entry of @lva in a page table. */
static inline u32 *mmlab_pgtable_entry(const struct lab_machine *m, u32 table,
				       u32 lva)
{
	return (u32 *)mmlab_frame_address(m, table) +
	       mmlab_pgtable_pte_index(lva);
}

/* The table that an entry is in. */
static inline u32 mmlab_pgtable_table_of(const struct lab_machine *m,
					 const u32 *entry)
{
	return (u32)(((const void *)entry - m->base) >> PAGE_SHIFT);
}

/**
 * mmlab_pgtable_maps() - check that an entry maps a frame of a use and an owner
 * @m: machine
 * @pte: table entry, any value
 * @use: use that the frame must have
 * @owner: owner that it must have
 *
 * Context: the owner's mm lock, so that its frames do not change hands.
 */
static inline bool mmlab_pgtable_maps(const struct lab_machine *m, u32 pte,
				      enum frame_use use, u32 owner)
{
	return pte & LAB_PTE_PRESENT && mmlab_pte_pfn(pte) < m->nr_frames &&
	       /* data_race(): see lab_frame.identity */
	       data_race(mmlab_frame(m, mmlab_pte_pfn(pte))->identity) ==
	       mmlab_frame_identity(owner, 0, FRAME_USED, use);
}

/* mmlab_pgtable_walk() for a part of the space in which @owner has all tables. */
static inline u32 *mmlab_pgtable_walk_owned(const struct lab_machine *m, u32 pgd,
					    u32 lva, u32 owner)
{
	u32 pde = READ_ONCE(*mmlab_pgtable_pde(m, pgd, lva));

	return mmlab_pgtable_maps(m, pde, USE_PGTABLE, owner) ?
	       mmlab_pgtable_entry(m, mmlab_pte_pfn(pde), lva) : NULL;
}

/**
 * mmlab_pgtable_walk() - find the table entry of a linear address
 * @m: machine
 * @pgd: frame of the page directory
 * @lva: linear address
 *
 * Page tables are lab memory, which a privileged user may write to at any moment. So a
 * directory entry is read once, and used only if it names a page table of the
 * directory's owner or of the lab kernel.
 *
 * Context: the owner's mm lock, or no other thread can change these tables.
 * Return: the entry, or NULL if the directory entry is empty or corrupt.
 */
u32 *mmlab_pgtable_walk(const struct lab_machine *m, u32 pgd, u32 lva);

/**
 * mmlab_pgtable_add_table() - put an empty page table in place
 * @m: machine
 * @pgd: frame of the page directory
 * @lva: linear address; its directory entry is empty
 * @table: zeroed frame of use USE_PGTABLE; it then belongs to the directory
 *
 * Context: the owner's mm lock.
 */
void mmlab_pgtable_add_table(struct lab_machine *m, u32 pgd, u32 lva,
			     u32 table);

/**
 * mmlab_pgtable_fill() - let an empty entry map a page
 * @m: machine
 * @entry: empty entry, as mmlab_pgtable_walk() has found it
 * @pfn: frame of the page
 * @flags: LAB_PTE_ bits
 *
 * Counts the entry in the table's mapcount and the mapping in the frame's.
 *
 * Context: the owner's mm lock, held since the walk.
 */
static inline void mmlab_pgtable_fill(struct lab_machine *m, u32 *entry, u32 pfn,
				      u32 flags)
{
	mmlab_frame(m, mmlab_pgtable_table_of(m, entry))->mapcount++;
	mmlab_frame(m, pfn)->mapcount++;
	WRITE_ONCE(*entry, mmlab_pte(pfn, flags | LAB_PTE_PRESENT));
}

/**
 * mmlab_pgtable_fill_zero() - let an empty entry map the zero page
 * @m: machine
 * @entry: empty entry, as mmlab_pgtable_walk() has found it
 * @flags: LAB_PTE_ bits; LAB_PTE_RW and LAB_PTE_DIRTY are left out
 *
 * Context: the owner's mm lock, held since the walk.
 */
static inline void mmlab_pgtable_fill_zero(struct lab_machine *m, u32 *entry, u32 flags)
{
	flags &= ~(LAB_PTE_RW | LAB_PTE_DIRTY);
	mmlab_frame(m, mmlab_pgtable_table_of(m, entry))->mapcount++;
	WRITE_ONCE(*entry, mmlab_pte(LAB_ZERO_PFN, flags | LAB_PTE_PRESENT));
}

/**
 * mmlab_pgtable_set() - put a page in place
 * @m: machine
 * @pgd: frame of the page directory
 * @lva: linear address; its table exists (mmlab_pgtable_add_table()), its entry
 *	is empty
 * @pfn: frame of the page
 * @flags: LAB_PTE_ bits
 *
 * mmlab_pgtable_walk() and mmlab_pgtable_fill() in one.
 *
 * Context: the owner's mm lock.
 * Return: 0, or -EIO if the directory entry names no page table of this owner.
 */
int mmlab_pgtable_set(struct lab_machine *m, u32 pgd, u32 lva, u32 pfn,
		      u32 flags);

/**
 * mmlab_pgtable_set_direct() - put a frame into the direct map
 * @m: machine
 * @pgd: frame of the lab kernel's page directory
 * @pfn: frame; its direct-map address has a table
 *
 * The direct map maps every frame in every use, so it is not counted in the frame's
 * mapcount.
 *
 * Context: module load; no other thread knows the tables.
 */
void mmlab_pgtable_set_direct(struct lab_machine *m, u32 pgd, u32 pfn);

/**
 * mmlab_pgtable_clear() - unmap a page
 * @m: machine
 * @pgd: frame of the page directory
 * @lva: linear address
 *
 * An entry that is neither present nor a swap entry is left alone.
 *
 * Context: the owner's mm lock. The caller has flushed the windows before.
 * Return: the entry that was there, 0 if none. If it is not present, it names a swap
 * slot, which the caller frees.
 */
u32 mmlab_pgtable_clear(struct lab_machine *m, u32 pgd, u32 lva);

/**
 * mmlab_pgtable_swap_out() - put a swap slot in the place of a page
 * @m: machine
 * @entry: entry that maps a user page
 * @pfn: frame of that page
 * @swp: swap entry
 *
 * The page loses a mapping; the caller counts the slot.
 *
 * Context: the owner's mm lock. The caller has flushed the windows before, so
 * that the entry's dirty bit is final.
 */
void mmlab_pgtable_swap_out(struct lab_machine *m, u32 *entry, u32 pfn, u32 swp);

/**
 * mmlab_pgtable_refill() - put a page in the place of its swap slot, or of the zero page
 * @m: machine
 * @entry: entry in a table that names a slot, or maps the zero page
 * @pfn: frame of the page
 * @flags: LAB_PTE_ bits
 *
 * Context: the owner's mm lock, held since the entry was found to be this one. The caller
 * has flushed the windows before if it was the zero page's.
 * Return: the old entry; the caller frees its slot.
 */
u32 mmlab_pgtable_refill(struct lab_machine *m, u32 *entry, u32 pfn, u32 flags);

/**
 * mmlab_pgtable_replace() - put another page in the place of a page
 * @m: machine
 * @entry: entry that maps a user page
 * @old: frame of that page; it loses a mapping
 * @pfn: frame of the new page
 * @flags: LAB_PTE_ bits
 *
 * The last step of a copy on write.
 *
 * Context: the owner's mm lock. The caller has flushed the windows before.
 */
void mmlab_pgtable_replace(struct lab_machine *m, u32 *entry, u32 old, u32 pfn,
			   u32 flags);

/**
 * mmlab_pgtable_set_chain() - put a chain of pages in place, in one table
 * @m: machine
 * @pgd: frame of the page directory
 * @lva: linear address of the first; its entry, and those that follow up to the
 *	end of the table or of the chain, are empty
 * @chain: (in) first frame, linked by lab_frame.next to PFN_NONE; (out) the first
 *	frame that did not fit
 * @flags: LAB_PTE_ bits
 *
 * Counts as mmlab_pgtable_set() does.
 *
 * Context: the owner's mm lock.
 * Return: pages put in place; 0 if there is no table.
 */
u32 mmlab_pgtable_set_chain(struct lab_machine *m, u32 pgd, u32 lva,
			    u32 *chain, u32 flags);

/**
 * mmlab_pgtable_clear_chain() - unmap consecutive pages of one table
 * @m: machine
 * @pgd: frame of the page directory
 * @lva: linear address of the first
 * @nr: pages, up to the end of the table
 * @use: use that their frames must have
 * @owner: owner that they must have
 * @chain: (in, out) list that the frames are put on, by lab_frame.next
 * @nr_wrong: (in, out) counts entries with another frame, or one that is mapped
 *	elsewhere as well; such a frame is not put on the list
 *
 * Context: the owner's mm lock. The caller has flushed the windows before.
 * Return: entries that were there.
 */
u32 mmlab_pgtable_clear_chain(struct lab_machine *m, u32 pgd, u32 lva, u32 nr,
			      enum frame_use use, u32 owner, u32 *chain,
			      u32 *nr_wrong);

/**
 * mmlab_pgtable_del_table() - remove an empty page table
 * @m: machine
 * @pgd: frame of the page directory
 * @lva: linear address
 *
 * Context: the owner's mm lock.
 * Return: the table's frame, which the caller frees; PFN_NONE if there is no table or
 * it has entries.
 */
u32 mmlab_pgtable_del_table(struct lab_machine *m, u32 pgd, u32 lva);

/**
 * mmlab_pgtable_next_pde() - skip addresses that have no page table
 * @m: machine
 * @pgd: frame of the page directory
 * @start: first linear address
 * @end: end of the range (exclusive), up to LAB_SPACE_BYTES
 *
 * Return: the first address of [@start, @end) that has a page table, or @end.
 */
u64 mmlab_pgtable_next_pde(const struct lab_machine *m, u32 pgd, u64 start,
			   u64 end);

/**
 * mmlab_pgtable_share_kernel() - give a process the lab kernel's page tables
 * @m: machine
 * @pgd: frame of the process's new, zeroed page directory
 * @init_pgd: frame of the lab kernel's directory
 *
 * Copies the directory entries from LAB_PAGE_OFFSET on; the tables are shared.
 */
void mmlab_pgtable_share_kernel(struct lab_machine *m, u32 pgd, u32 init_pgd);

/**
 * struct lab_pgtable_census - entries of a range, counted
 * @nr_tables: page tables
 * @nr_present: present entries
 * @nr_zero: of these, user entries that map the zero page
 * @nr_swapped: entries that name a swap slot
 */
struct lab_pgtable_census {
	u32 nr_tables;
	u32 nr_present;
	u32 nr_zero;
	u32 nr_swapped;
};

/**
 * mmlab_pgtable_validate() - check a directory's tables over a range
 * @m: machine
 * @pgd: frame of the page directory
 * @start: first linear address, a multiple of what one table maps
 * @end: end of the range (exclusive), likewise
 * @use: use that the mapped frames must have; USE_NONE: frames are not checked
 * @owner: lab pid that directory and tables must name
 * @family: owner that the mapped frames must name
 * @census: (out) entries found
 * @v: verdict to add to
 *
 * Rules: directory and tables are frames in use as page tables of @owner; a table's
 * mapcount is the number of its entries that are not empty; an entry that is neither
 * empty nor present is a swap entry; mapped frames are in the arena, in use as @use,
 * of @family, and mapped at least once; or a page of user space is the zero page, and its
 * entry only reads.
 *
 * Context: the owner's mm lock.
 */
void mmlab_pgtable_validate(const struct lab_machine *m, u32 pgd, u64 start,
			    u64 end, enum frame_use use, u32 owner, u32 family,
			    struct lab_pgtable_census *census,
			    struct lab_verdict *v);

#endif /* MMLAB_CORE_PGTABLE_H */
