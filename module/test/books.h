/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbers that textbooks and courses print for page replacement. They are the judges of
 * the policies, of their oracles, and of the lab machine (selftests/mmlab/books_test.c,
 * which is a program). So this is C without types of the kernel.
 */
#ifndef MMLAB_TEST_BOOKS_H
#define MMLAB_TEST_BOOKS_H

/**
 * struct book_row - a line of a textbook
 * @source: where it is printed
 * @string: pages; digits and small letters
 * @policy: built-in policy, or "opt"
 * @frames: frames of the first number
 * @faults: faults by frames, first references included; 0 ends them
 */
struct book_row {
	const char *source, *string;
	const char *policy;
	int frames;
	int faults[8];
};

/* the string that shows that FIFO may need more faults with more frames */
#define BELADY		"Belady, Nelson and Shedler 1969", "123412512345"
/* Operating System Concepts, the string of its chapter and those of its exercises */
#define SILBERSCHATZ	"Silberschatz, Galvin and Gagne, chapter", "70120304230321201701"
#define EXERCISE_1	"Silberschatz, Galvin and Gagne, exercise 1", "12342156212376321236"
#define EXERCISE_2	"Silberschatz, Galvin and Gagne, exercise 2", "72312534677105462301"
/* Operating Systems: Three Easy Pieces, chapter 22 */
#define OSTEP		"Arpaci-Dusseau and Arpaci-Dusseau", "01201303121"
/* Operating Systems: Internals and Design Principles */
#define STALLINGS	"Stallings", "232152453252"
/* Modern Operating Systems, exercise */
#define TANENBAUM	"Tanenbaum", "0172327103"
/* the course that goes with ucore, a teaching kernel */
#define UCORE_STRING	"abcdcadbebabcdea"
#define UCORE		"ucore", UCORE_STRING
#define EXAMINATION	"an examination", "09018187871282782383"

static const struct book_row book_rows[] = {
	{ BELADY, "fifo", 3, { 9, 10, 5 } },
	{ BELADY, "lru", 3, { 10, 8, 5 } },
	{ BELADY, "opt", 3, { 7, 6, 5 } },
	{ BELADY, "clock", 4, { 10 } },
	{ SILBERSCHATZ, "fifo", 3, { 15, 10 } },
	{ SILBERSCHATZ, "lru", 3, { 12, 8 } },
	{ SILBERSCHATZ, "opt", 3, { 9, 8 } },
	{ EXERCISE_1, "fifo", 1, { 20, 18, 16, 14, 10, 10, 7 } },
	{ EXERCISE_1, "lru", 1, { 20, 18, 15, 10, 8, 7, 7 } },
	{ EXERCISE_1, "opt", 1, { 20, 15, 11, 8, 7, 7, 7 } },
	{ EXERCISE_2, "fifo", 3, { 17 } },
	{ EXERCISE_2, "lru", 3, { 18 } },
	{ EXERCISE_2, "opt", 3, { 13 } },
	{ OSTEP, "fifo", 3, { 7 } },
	{ OSTEP, "lru", 3, { 5 } },
	{ OSTEP, "opt", 3, { 5 } },
	{ STALLINGS, "fifo", 3, { 9 } },
	{ STALLINGS, "lru", 3, { 7 } },
	{ STALLINGS, "opt", 3, { 6 } },
	{ STALLINGS, "clock", 3, { 8 } },
	{ TANENBAUM, "fifo", 4, { 6 } },
	{ TANENBAUM, "lru", 4, { 7 } },
	{ TANENBAUM, "opt", 4, { 6 } },
	{ UCORE, "fifo", 4, { 11 } },
	{ UCORE, "lru", 4, { 9 } },
	{ UCORE, "opt", 4, { 6 } },
	{ UCORE, "clock", 4, { 9 } },
	{ EXAMINATION, "fifo", 3, { 8 } },
	{ EXAMINATION, "lru", 3, { 9 } },
};

/**
 * struct book_rate - hits of a policy for random references to 100 pages
 * @policy: built-in policy, or "opt"
 * @hits: per thousand, with 20, 40, 60 and 80 frames
 */
struct book_rate {
	const char *policy;
	int hits[4];
};

/* each page as often as any other */
static const struct book_rate book_uniform[] = {
	{ "fifo", { 200, 400, 600, 800 } }, { "lru", { 200, 400, 600, 800 } },
	{ "clock", { 200, 400, 600, 800 } }, { "random", { 200, 400, 600, 800 } },
	{ "opt", { 518, 720, 851, 941 } },
};

/* 80 % of the references to 20 pages */
static const struct book_rate book_skewed[] = {
	{ "fifo", { 524, 751, 859, 935 } }, { "random", { 524, 751, 859, 935 } },
	{ "lru", { 581, 842, 900, 949 } }, { "clock", { 555, 824, 899, 949 } },
	{ "opt", { 804, 915, 957, 983 } },
};

#endif /* MMLAB_TEST_BOOKS_H */
