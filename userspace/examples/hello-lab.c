// SPDX-License-Identifier: GPL-2.0
/*
 * A first program for the lab machine. Needs the module, and the right to open
 * /dev/mmlab:	cc -o hello-lab hello-lab.c && sudo ./hello-lab
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	/* To open the device is to become a process of the lab machine. */
	int lab = open("/dev/mmlab", O_RDWR);

	/* The file offset is the linear address in that process. */
	char *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, lab, 0x10000000);
	int status = 1;

	if (lab < 0 || memory == MAP_FAILED) {
		perror("/dev/mmlab");
		return 1;
	}
	/* No frame is there yet: this store takes a page fault that brings one. */
	strcpy(memory, "hello from the lab");

	/* A forked child shares the lab process, so it reads the same frame. */
	if (fork() == 0) {
		printf("the child reads: %s\n", memory);
		return strcmp(memory, "hello from the lab") != 0;
	}
	wait(&status);
	return status != 0;
}
