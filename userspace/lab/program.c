// SPDX-License-Identifier: GPL-2.0
/* Reads ELF headers and writes segments into a lab process. */
#include <ctype.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "libmmlab.h"
#include "program.h"

#define PAGE		4096U
#define STACK_TOP	0xc0000000U
#define STACK_BYTES	(2 * PAGE)
#define HIGHEST		(STACK_TOP - (16U << 20))	/* the stack may grow */

/* The published run: main() at 0x08048388, data at 0x08049758, bss at 0x08049864. */
void program_example(struct program *program)
{
	memset(program, 0, sizeof(*program));
	program->fd = -1;
	program->exec = (struct mmlab_exec){
		.name = "example", .start_code = PROGRAM_BASE, .end_code = 0x08048600,
		.start_data = 0x08049600, .end_data = 0x08049860, .start_brk = 0x08049868,
		.stack_top = STACK_TOP, .stack_size = STACK_BYTES,
		.stack_prot = PROT_READ | PROT_WRITE | PROT_EXEC,
	};
	program->nr_segments = 2;
	program->segments[0] = (struct program_segment){
		.start = PROGRAM_BASE, .size = 0x600, .file_size = 0x600,
		.prot = PROT_READ | PROT_EXEC,
	};
	program->segments[1] = (struct program_segment){
		.start = 0x08049600, .size = 0x268, .file_size = 0x260,
		.prot = PROT_READ | PROT_WRITE,
	};
}

/* A header of either class, as the 64-bit one. */
static void widen_file(const Elf32_Ehdr *from, Elf64_Ehdr *to)
{
	to->e_type = from->e_type;
	to->e_phoff = from->e_phoff;
	to->e_phentsize = from->e_phentsize;
	to->e_phnum = from->e_phnum;
}

static void widen_segment(const Elf32_Phdr *from, Elf64_Phdr *to)
{
	to->p_type = from->p_type;
	to->p_flags = from->p_flags;
	to->p_offset = from->p_offset;
	to->p_vaddr = from->p_vaddr;
	to->p_filesz = from->p_filesz;
	to->p_memsz = from->p_memsz;
}

static bool read_at(int fd, void *buf, size_t size, uint64_t offset)
{
	return offset <= (uint64_t)INT64_MAX - size &&
	       pread(fd, buf, size, (off_t)offset) == (ssize_t)size;
}

static const char *read_header(struct program *program, Elf64_Ehdr *header)
{
	Elf32_Ehdr narrow;

	if (!read_at(program->fd, &narrow, sizeof(narrow), 0) ||
	    memcmp(narrow.e_ident, ELFMAG, SELFMAG))
		return "it is no ELF file";
	if (narrow.e_ident[EI_DATA] != ELFDATA2LSB)
		return "it is for a machine with the other byte order";
	program->wide = narrow.e_ident[EI_CLASS] == ELFCLASS64;
	if (program->wide) {
		if (!read_at(program->fd, header, sizeof(*header), 0))
			return "its header is cut off";
	} else if (narrow.e_ident[EI_CLASS] == ELFCLASS32) {
		widen_file(&narrow, header);
	} else {
		return "it is of an unknown class";
	}
	if (header->e_type != ET_EXEC && header->e_type != ET_DYN)
		return "it is no program (an object or a core file)";
	if (header->e_phentsize != (program->wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr)))
		return "its program headers have a strange size";
	return NULL;
}

static bool read_segment(const struct program *program, const Elf64_Ehdr *header,
			 unsigned int i, Elf64_Phdr *segment)
{
	uint64_t offset = header->e_phoff + (uint64_t)i * header->e_phentsize;
	Elf32_Phdr narrow;

	if (program->wide)
		return read_at(program->fd, segment, sizeof(*segment), offset);
	if (!read_at(program->fd, &narrow, sizeof(narrow), offset))
		return false;
	widen_segment(&narrow, segment);
	return true;
}

static uint32_t prot_of(uint32_t flags)
{
	return (flags & PF_R ? PROT_READ : 0) | (flags & PF_W ? PROT_WRITE : 0) |
	       (flags & PF_X ? PROT_EXEC : 0);
}

/* The PT_LOADs as they are in the file: addresses may have 64 bits. */
struct loads {
	Elf64_Phdr segment[PROGRAM_SEGMENTS];
	unsigned int nr;
	uint64_t lowest, highest;
};

static const char *add_load(struct loads *loads, const Elf64_Phdr *segment)
{
	uint64_t end = segment->p_vaddr + segment->p_memsz;

	if (!segment->p_memsz)
		return NULL;
	if (loads->nr == PROGRAM_SEGMENTS)
		return "it has too many segments";
	if (segment->p_filesz > segment->p_memsz || end < segment->p_vaddr)
		return "a segment is larger in the file than in memory, or passes the end of it";
	if (loads->nr && segment->p_vaddr / PAGE <= (loads->highest - 1) / PAGE)
		return "two segments share a page, or are not in order";
	if (!loads->nr)
		loads->lowest = segment->p_vaddr;
	loads->highest = end;
	loads->segment[loads->nr++] = *segment;
	return NULL;
}

static const char *collect(struct program *program, const Elf64_Ehdr *header,
			   struct loads *loads)
{
	const char *wrong = NULL;
	unsigned int i;

	program->exec.stack_prot = PROT_READ | PROT_WRITE;
	for (i = 0; i < header->e_phnum && !wrong; i++) {
		Elf64_Phdr segment = { 0 };

		if (!read_segment(program, header, i, &segment))
			return "its program headers are cut off";
		if (segment.p_type == PT_LOAD)
			wrong = add_load(loads, &segment);
		else if (segment.p_type == PT_GNU_STACK)
			program->exec.stack_prot |= prot_of(segment.p_flags);
	}
	return wrong ? wrong : loads->nr ? NULL : "it has nothing to load";
}

/* Executable segments are text, writable ones data; the heap follows both. */
static void note_layout(struct mmlab_exec *exec, const struct program_segment *segment)
{
	uint32_t end = segment->start + (uint32_t)segment->file_size;

	if (segment->prot & PROT_EXEC) {
		if (!exec->start_code)
			exec->start_code = segment->start;
		exec->end_code = end;
	}
	if (segment->prot & PROT_WRITE) {
		if (!exec->start_data)
			exec->start_data = segment->start;
		exec->end_data = end;
	}
	exec->start_brk = segment->start + segment->size;
}

static const char *place(struct program *program, const Elf64_Ehdr *header,
			 const struct loads *loads)
{
	uint64_t base = loads->lowest / PAGE * PAGE;
	uint64_t shift = 0;
	unsigned int i;

	if (header->e_type == ET_DYN || loads->highest > HIGHEST || base < PAGE) {
		program->moved = true;
		program->moved_from = base;
		shift = PROGRAM_BASE - base;
	}
	if (loads->highest + shift - (base + shift) > HIGHEST - PROGRAM_BASE)
		return "it is too large for a lab process";
	for (i = 0; i < loads->nr; i++) {
		const Elf64_Phdr *from = &loads->segment[i];
		struct program_segment *to = &program->segments[i];

		to->start = (uint32_t)(from->p_vaddr + shift);
		to->size = (uint32_t)from->p_memsz;
		to->offset = from->p_offset;
		to->file_size = from->p_filesz;
		to->prot = prot_of(from->p_flags);
		note_layout(&program->exec, to);
	}
	program->nr_segments = loads->nr;
	return NULL;
}

/* The last part of the path; characters that the lab refuses are replaced. */
static void set_name(struct program *program, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *name = program->exec.name;
	size_t i;

	snprintf(name, MMLAB_COMM_MAX, "%s", slash ? slash + 1 : path);
	for (i = 0; name[i]; i++)
		if (!isalnum((unsigned char)name[i]) && !strchr("_.-", name[i]))
			name[i] = '_';
	if (!*name)
		strcpy(name, "program");
}

const char *program_read(const char *path, struct program *program)
{
	struct loads loads = { 0 };
	Elf64_Ehdr header = { 0 };
	const char *wrong;

	memset(program, 0, sizeof(*program));
	program->exec.stack_top = STACK_TOP;
	program->exec.stack_size = STACK_BYTES;
	errno = 0;
	program->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (program->fd < 0)
		return "it can't be opened";
	set_name(program, path);
	wrong = read_header(program, &header);
	if (!wrong)
		wrong = collect(program, &header, &loads);
	if (!wrong)
		wrong = place(program, &header, &loads);
	return wrong;
}

void program_close(struct program *program)
{
	if (program->fd >= 0)
		close(program->fd);
}

static int map(int fd, uint32_t start, uint32_t end, uint32_t flags)
{
	struct mmlab_region region = { .start = start, .len = end - start,
				       .prot = PROT_READ | PROT_WRITE,
				       .flags = MMLAB_MAP_FIXED | flags };

	return end > start ? mmlab_mmap(fd, &region) : 0;
}

static int copy_contents(const struct program *program, int fd,
			 const struct program_segment *segment)
{
	static char buf[65536];
	uint64_t done = 0;

	while (done < segment->file_size) {
		uint64_t left = segment->file_size - done;
		size_t size = left < sizeof(buf) ? left : sizeof(buf);
		ssize_t put;

		if (program->fd < 0)
			memset(buf, 0x90, size);	/* i386: no operation */
		else if (!read_at(program->fd, buf, size, segment->offset + done))
			return errno ? -errno : -ENOEXEC;
		put = pwrite(fd, buf, size, (off_t)(segment->start + done));
		if (put <= 0)
			return put ? -errno : -ENOMEM;
		done += (uint64_t)put;
	}
	return 0;
}

/* Written while it is writable; whole pages of zeros after the file's part are no image. */
static int load_segment(const struct program *program, int fd,
			const struct program_segment *segment)
{
	uint32_t start = segment->start / PAGE * PAGE;
	uint32_t image = (uint32_t)((segment->start + segment->file_size + PAGE - 1) / PAGE * PAGE);
	uint32_t end = (segment->start + segment->size + PAGE - 1) / PAGE * PAGE;
	struct mmlab_region rights = { .start = start, .len = end - start,
				       .prot = segment->prot };
	int error;

	if (!segment->file_size)
		image = start;
	error = map(fd, start, image, MMLAB_MAP_IMAGE);
	if (!error)
		error = map(fd, image, end, 0);
	if (!error)
		error = copy_contents(program, fd, segment);
	return error ? error : mmlab_mprotect(fd, &rights);
}

int program_load(const struct program *program, int fd)
{
	struct mmlab_exec exec = program->exec;
	unsigned int i;
	int error = mmlab_exec(fd, &exec);

	for (i = 0; i < program->nr_segments && !error; i++)
		error = load_segment(program, fd, &program->segments[i]);
	return error;
}
