/* SPDX-License-Identifier: GPL-2.0 */
/* Duplicates: types, macros and functions with the kernel's meaning. */
#ifndef MMLAB_SHIM_DUP_H
#define MMLAB_SHIM_DUP_H

typedef uint8_t u8;
typedef uint32_t u32;
typedef int32_t s32;
typedef unsigned long long u64;
typedef long long s64;

#define U8_MAX		((u8)~0U)
#define U32_MAX		((u32)~0U)
#define U64_MAX		UINT64_MAX

#define PAGE_SHIFT	12
#define PAGE_SIZE	(1UL << PAGE_SHIFT)

#define READ_ONCE(x)	__atomic_load_n(&(x), __ATOMIC_RELAXED)
#define data_race(expr) (expr)	/* as without KCSAN */
#define WRITE_ONCE(x, value) __atomic_store_n(&(x), value, __ATOMIC_RELAXED)
#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
/* @step is a power of two of the type of @x, or a wider one */
#define round_up(x, step)	((((x) - 1) | ((__typeof__(x))(step) - 1)) + 1)

#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))

/* Both sides must have one type, as the kernel demands. */
#define shim_pick(a, b, op) ({			\
	__typeof__(a) pick_a = (a);		\
	__typeof__(b) pick_b = (b);		\
	(void)(&pick_a == &pick_b);		\
	pick_a op pick_b ? pick_a : pick_b;	\
})

#define min(a, b)		shim_pick(a, b, <)
#define max(a, b)		shim_pick(a, b, >)
#define min_t(type, a, b)	shim_pick((type)(a), (type)(b), <)
#define min3(a, b, c)		min(min(a, b), c)
#define max_t(type, a, b)	shim_pick((type)(a), (type)(b), >)

/* Undefined for 0, as in the kernel; here UBSan says so. */
static inline unsigned long __ffs(unsigned long word)
{
	return (unsigned long)__builtin_ctzl(word);
}

/* The same. */
static inline unsigned long __fls(unsigned long word)
{
	return 8 * sizeof(word) - 1 - (unsigned long)__builtin_clzl(word);
}

static inline unsigned int hweight32(u32 word)
{
	return (unsigned int)__builtin_popcount(word);
}

static inline u64 div_u64(u64 dividend, u32 divisor)
{
	return dividend / divisor;
}

/* floor(sqrt(x)) bit by bit */
static inline unsigned long int_sqrt(unsigned long x)
{
	unsigned long root = 0, bit;

	for (bit = 1UL << 31; bit; bit >>= 1) {
		if ((root | bit) * (root | bit) <= x)
			root |= bit;
	}
	return root;
}

#endif /* MMLAB_SHIM_DUP_H */
