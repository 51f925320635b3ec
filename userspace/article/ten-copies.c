// SPDX-License-Identifier: GPL-2.0
/*
 * ten-copies: ten processes of one program, alive at the same time. Do they have
 * the same addresses? As the machine is set, and without address randomisation.
 * Where they have, each stores its own number at the same address, and finds it
 * there after all others have stored theirs.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/wait.h>
#include <unistd.h>

#define NR_COPIES	10
#define NR_COLUMNS	5

static const char *const columns[NR_COLUMNS] = { "text", "data", "bss", "heap", "stack" };

struct copy {
	uint64_t address[NR_COLUMNS];
	int32_t number, found;	/* the value that it stored, and the one that it read back */
};

static volatile int data = -1;
int bss;

static bool transfer(bool store, int fd, void *buf, size_t length)
{
	ssize_t done = store ? write(fd, buf, length) : read(fd, buf, length);

	return done == (ssize_t)length;
}

/*
 * A copy: stores, prints its addresses, waits until all copies have stored, and prints
 * the value that it finds.
 */
static int be_copy(const char *number, uint64_t text)
{
	struct copy me = { .number = atoi(number) };
	char word;

	data = me.number;
	me.address[0] = text;
	me.address[1] = (uintptr_t)&data;
	me.address[2] = (uintptr_t)&bss;
	me.address[3] = (uintptr_t)sbrk(0);
	me.address[4] = (uintptr_t)&me;
	if (!transfer(true, STDOUT_FILENO, &me, sizeof(me)) ||
	    !transfer(false, STDIN_FILENO, &word, 1))
		return 1;
	me.found = data;
	return !transfer(true, STDOUT_FILENO, &me, sizeof(me));
}

struct child {
	pid_t pid;
	int to, from;
};

static void become_copy(int number, bool fixed, const int in[2], const int out[2])
{
	int flags = personality(0xffffffff);
	char text[16];

	snprintf(text, sizeof(text), "%d", number);
	if (dup2(in[0], STDIN_FILENO) < 0 || dup2(out[1], STDOUT_FILENO) < 0)
		_exit(1);
	close(in[0]);
	close(in[1]);
	close(out[0]);
	close(out[1]);
	if (fixed && (flags == -1 || personality((unsigned int)flags | ADDR_NO_RANDOMIZE) == -1))
		_exit(1);
	execl("/proc/self/exe", "ten-copies", "--copy", text, NULL);
	_exit(1);
}

static bool start(struct child *child, int number, bool fixed)
{
	int in[2], out[2];

	if (pipe(in))
		return false;
	if (pipe(out)) {
		close(in[0]);
		close(in[1]);
		return false;
	}
	child->pid = fork();
	if (!child->pid)
		become_copy(number, fixed, in, out);
	close(in[0]);
	close(out[1]);
	child->to = in[1];
	child->from = out[0];
	return child->pid > 0;
}

/* All copies live until the last one has told its addresses. */
static bool run_copies(struct copy *copies, bool fixed)
{
	struct child children[NR_COPIES];
	bool good = true;
	int i, nr, status;

	for (nr = 0; nr < NR_COPIES && good; nr++)
		good = start(&children[nr], nr, fixed);
	for (i = 0; i < nr && good; i++)
		good = transfer(false, children[i].from, &copies[i], sizeof(*copies));
	for (i = 0; i < nr && good; i++)
		good = transfer(true, children[i].to, (char[]){ 'g' }, 1);
	for (i = 0; i < nr && good; i++)
		good = transfer(false, children[i].from, &copies[i], sizeof(*copies));
	for (i = 0; i < nr; i++) {
		close(children[i].to);
		close(children[i].from);
		if (children[i].pid > 0 &&
		    (waitpid(children[i].pid, &status, 0) < 0 || status))
			good = false;
	}
	return good;
}

static int nr_different(const struct copy *copies, int column)
{
	int i, j, nr = 0;

	for (i = 0; i < NR_COPIES; i++) {
		for (j = 0; j < i; j++)
			if (copies[j].address[column] == copies[i].address[column])
				break;
		nr += j == i;
	}
	return nr;
}

/* Return: how many columns have more than one address, -1 on failure */
static int show(const char *title, bool fixed)
{
	struct copy copies[NR_COPIES] = { 0 };
	int i, nr_found = 0, nr_mixed = 0;

	if (!run_copies(copies, fixed)) {
		fprintf(stderr, "ten-copies: could not run ten copies of itself\n");
		return -1;
	}
	printf("%s\n\n%-7s %-18s %-18s %s\n", title, "", "FIRST COPY", "LAST COPY",
	       "DIFFERENT ADDRESSES");
	for (i = 0; i < NR_COLUMNS; i++) {
		int nr = nr_different(copies, i);

		printf("%-7s 0x%012" PRIx64 "     0x%012" PRIx64 "     %d\n", columns[i],
		       copies[0].address[i], copies[NR_COPIES - 1].address[i], nr);
		nr_mixed += nr > 1;
	}
	for (i = 0; i < NR_COPIES; i++)
		nr_found += copies[i].found == i && copies[i].number == i;
	printf("\nEach stored its number in its data: %d of %d found their own again.\n\n",
	       nr_found, NR_COPIES);
	return nr_found == NR_COPIES ? nr_mixed : -1;
}

/* Return: randomize_va_space, -1 if unknown */
static int randomness(void)
{
	FILE *file = fopen("/proc/sys/kernel/randomize_va_space", "re");
	int level = -1;

	if (file) {
		if (fscanf(file, "%d", &level) != 1)
			level = -1;
		fclose(file);
	}
	return level;
}

int main(int argc, char **argv)
{
	int level = randomness(), mixed, mixed_fixed, flags = personality(0xffffffff);
	bool inherited = flags != -1 && flags & ADDR_NO_RANDOMIZE;
	bool good;

	if (argc == 3 && !strcmp(argv[1], "--copy"))
		return be_copy(argv[2], (uintptr_t)&main);
	if (argc > 1) {
		printf("Usage: ten-copies\n\n"
		       "Exit status: 0 with randomisation the addresses differ and without they\n"
		       "are equal, 1 otherwise or if it could not be tried, 2 usage.\n");
		return strcmp(argv[1], "--help") ? 2 : 0;
	}
	printf("Ten copies of one program at the same time.\n\n");
	fflush(stdout);
	mixed = show(level > 0 && !inherited ? "As this machine is set (randomised):" :
		     "As this machine is set (not randomised):", false);
	mixed_fixed = show("Without randomisation (personality ADDR_NO_RANDOMIZE):", true);
	if (mixed < 0 || mixed_fixed < 0)
		return 1;
	good = !mixed_fixed && (mixed > 0) == (level > 0 && !inherited);
	printf("%s\n", good ?
	       "One address, ten processes, ten contents: a linear address means something\n"
	       "only together with a process's page directory." :
	       "BAD: the addresses are not as the setting says.");
	return fflush(stdout) || !good;
}
