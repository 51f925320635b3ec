// SPDX-License-Identifier: GPL-2.0
/* Finds mmlab.ko and reads its modinfo. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <libkmod.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host.h"
#include "modfile.h"

/* Return: whether the kernel finds symbols in it, which strip takes away */
static bool has_symbols(FILE *file, const Elf64_Ehdr *head)
{
	Elf64_Shdr section;
	unsigned int i;

	if (fseeko(file, (off_t)head->e_shoff, SEEK_SET))
		return false;
	for (i = 0; i < head->e_shnum; i++)
		if (fread(&section, sizeof(section), 1, file) != 1)
			return false;
		else if (section.sh_type == SHT_SYMTAB)
			return true;
	return false;
}

/* Return: whether section number N of the file was read */
static bool read_section(FILE *file, const Elf64_Ehdr *head, unsigned int n, Elf64_Shdr *section)
{
	return n < head->e_shnum &&
	       !fseeko(file, (off_t)(head->e_shoff + n * sizeof(*section)), SEEK_SET) &&
	       fread(section, sizeof(*section), 1, file) == 1;
}

/* Return: whether the names of the sections, in NAMES, call this one .comment */
static bool is_comment(FILE *file, const Elf64_Shdr *names, const Elf64_Shdr *section)
{
	char name[sizeof(".comment")];

	return !fseeko(file, (off_t)(names->sh_offset + section->sh_name), SEEK_SET) &&
	       fread(name, sizeof(name), 1, file) == 1 && !memcmp(name, ".comment", sizeof(name));
}

int modfile_comment(const char *path, char *buf, size_t size)
{
	FILE *file = fopen(path, "re");
	Elf64_Shdr names, section;
	int error = -ENOENT;
	Elf64_Ehdr head;
	unsigned int n;

	buf[0] = '\0';
	if (!file)
		return -errno;
	if (fread(&head, sizeof(head), 1, file) != 1 || memcmp(head.e_ident, ELFMAG, SELFMAG) ||
	    head.e_ident[EI_CLASS] != ELFCLASS64 ||
	    !read_section(file, &head, head.e_shstrndx, &names))
		error = -ENOEXEC;
	for (n = 0; error == -ENOENT && read_section(file, &head, n, &section); n++) {
		size_t length = section.sh_size < size ? section.sh_size : size - 1, i;

		if (!is_comment(file, &names, &section) ||
		    fseeko(file, (off_t)section.sh_offset, SEEK_SET))
			continue;
		length = fread(buf, 1, length, file);
		for (i = 0; i < length; i++)	/* it is a list of strings */
			buf[i] = buf[i] ? buf[i] : '\n';
		buf[length] = '\0';
		error = 0;
	}
	fclose(file);
	return error;
}

static bool is_packed(const char *path)
{
	const char *suffix = strrchr(path, '.');

	return suffix && (!strcmp(suffix, ".xz") || !strcmp(suffix, ".zst") ||
			  !strcmp(suffix, ".gz"));
}

const char *modfile_damage(const char *path)
{
	FILE *file = fopen(path, "re");
	const char *damage = NULL;
	Elf64_Ehdr head;
	size_t length;

	if (!file)
		return NULL;	/* its reader says that */
	length = fread(&head, 1, sizeof(head), file);
	if (!length)
		damage = "is empty";
	else if (is_packed(path))
		damage = NULL;
	else if (length < sizeof(head) || memcmp(head.e_ident, ELFMAG, SELFMAG))
		damage = "is no ELF file";
	else if (head.e_ident[EI_CLASS] == ELFCLASS64 && !has_symbols(file, &head))
		damage = "has no symbol table (stripped, or cut short)";
	fclose(file);
	return damage;
}

static void discard_log(void *data, int priority, const char *file, int line,
			const char *function, const char *format, va_list args)
{
	(void)data, (void)priority, (void)file, (void)line;
	(void)function, (void)format, (void)args;
}

/* The directory of the running kernel's modules. */
static const char *modules_directory(char *buf, size_t size)
{
	char release[128], path[256];

	if (host_read_line("/proc/sys/kernel/osrelease", release, sizeof(release)))
		release[0] = '\0';
	snprintf(path, sizeof(path), "/lib/modules/%s", release);
	return host_path(buf, size, path);
}

struct kmod_ctx *modfile_context(void)
{
	char directory[PATH_MAX];
	struct kmod_ctx *ctx;

	ctx = kmod_new(modules_directory(directory, sizeof(directory)), NULL);
	if (ctx)
		kmod_set_log_fn(ctx, discard_log, NULL);
	return ctx;
}

/* Below the directory of this program. */
static bool find_beside(const char *relative, char *buf, size_t size)
{
	char program[PATH_MAX], *slash;
	ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);

	if (length < 0)
		return false;
	program[length] = '\0';
	slash = strrchr(program, '/');
	if (!slash)
		return false;
	*slash = '\0';
	return (size_t)snprintf(buf, size, "%s/%s", program, relative) < size &&
	       !access(buf, F_OK);
}

static bool find_installed(char *buf, size_t size)
{
	struct kmod_list *list = NULL;
	struct kmod_ctx *ctx = modfile_context();
	bool found = false;

	if (!ctx)
		return false;
	if (!kmod_module_new_from_lookup(ctx, "mmlab", &list) && list) {
		struct kmod_module *module = kmod_module_get_module(list);
		const char *path = kmod_module_get_path(module);

		found = path && (size_t)snprintf(buf, size, "%s", path) < size;
		kmod_module_unref(module);
	}
	kmod_module_unref_list(list);
	kmod_unref(ctx);
	return found;
}

bool modfile_find(const char *given, char *buf, size_t size)
{
	if (!given)
		given = getenv("MMLAB_MODULE");
	if (given && *given) {
		snprintf(buf, size, "%s", given);
		return !access(given, F_OK);
	}
	if (find_beside("mmlab.ko", buf, size) || find_beside("../mmlab.ko", buf, size) ||
	    find_installed(buf, size))
		return true;
	buf[0] = '\0';
	return false;
}

bool modfile_beside(const char *path, const char *name, char *buf, size_t size)
{
	const char *slash = strrchr(path, '/');
	int directory = slash ? (int)(slash + 1 - path) : 0;

	return (size_t)snprintf(buf, size, "%.*s%s.ko", directory, path, name) < size &&
	       !access(buf, F_OK);
}

int modfile_insert(const char *path, const char *parameters)
{
	struct kmod_ctx *ctx = modfile_context();
	struct kmod_module *module = NULL;
	int error = ctx ? kmod_module_new_from_path(ctx, path, &module) : -ENOMEM;

	if (!error)
		error = kmod_module_insert_module(module, 0, parameters);
	kmod_module_unref(module);
	kmod_unref(ctx);
	return error;
}

int modfile_remove(const char *name)
{
	struct kmod_ctx *ctx = modfile_context();
	struct kmod_module *module = NULL;
	int error = ctx ? kmod_module_new_from_name(ctx, name, &module) : -ENOMEM;

	if (!error)
		error = kmod_module_remove_module(module, 0);
	kmod_module_unref(module);
	kmod_unref(ctx);
	return error;
}

/* Calls visit for each modinfo line until it returns true. */
static int scan_fields(const char *path,
		       bool (*visit)(const char *key, const char *value, void *arg),
		       void *arg)
{
	struct kmod_list *list = NULL, *item;
	struct kmod_module *module = NULL;
	struct kmod_ctx *ctx = modfile_context();
	int error = -ENOENT;

	if (!ctx)
		return -ENOMEM;
	error = kmod_module_new_from_path(ctx, path, &module);
	if (!error)
		error = kmod_module_get_info(module, &list);
	if (error >= 0) {
		error = -ENOENT;
		kmod_list_foreach(item, list) {
			if (visit(kmod_module_info_get_key(item),
				  kmod_module_info_get_value(item), arg)) {
				error = 0;
				break;
			}
		}
		kmod_module_info_free_list(list);
	}
	kmod_module_unref(module);
	kmod_unref(ctx);
	return error;
}

struct field {
	const char *key;
	char *buf;
	size_t size;
};

static bool take_field(const char *key, const char *value, void *arg)
{
	struct field *field = arg;

	if (strcmp(key, field->key))
		return false;
	snprintf(field->buf, field->size, "%s", value);
	return true;
}

int modfile_field(const char *path, const char *field, char *buf, size_t size)
{
	struct field want = { .key = field, .buf = buf, .size = size };

	buf[0] = '\0';
	return scan_fields(path, take_field, &want);
}

struct parameters {
	const char *wanted;
	bool found;
	char *names;
	size_t size;
};

static bool is_listed(const char *names, const char *name, size_t length)
{
	const char *at = names;

	for (; *at; at += strcspn(at, " "), at += *at == ' ')
		if (strcspn(at, ", ") == length && !strncmp(at, name, length))
			return true;
	return false;
}

/* "parm" is there if it is described, "parmtype" if it has a plain type. */
static bool take_parameter(const char *key, const char *value, void *arg)
{
	struct parameters *p = arg;
	size_t length = strcspn(value, ":"), used = strlen(p->names);

	if (strcmp(key, "parmtype") && strcmp(key, "parm"))
		return false;
	if (is_listed(p->names, value, length))
		return false;
	p->found |= strlen(p->wanted) == length && !strncmp(value, p->wanted, length);
	snprintf(p->names + used, p->size - used, "%s%.*s", used ? ", " : "",
		 (int)length, value);
	return false;
}

int modfile_has_parameter(const char *path, const char *parameter,
			  char *names, size_t size)
{
	struct parameters p = { .wanted = parameter, .names = names, .size = size };
	int error;

	names[0] = '\0';
	error = scan_fields(path, take_parameter, &p);
	return error == -ENOENT ? p.found : error;
}

int modfile_is_signed(const char *path)
{
	static const char marker[] = "~Module signature appended~\n";
	char tail[sizeof(marker) - 1];
	int fd = open(path, O_RDONLY | O_CLOEXEC), error = 0;
	bool found = false;

	if (fd < 0)
		return -errno;
	if (lseek(fd, -(off_t)sizeof(tail), SEEK_END) < 0)
		error = errno == EINVAL ? 0 : errno;	/* shorter than a marker */
	else
		found = read(fd, tail, sizeof(tail)) == (ssize_t)sizeof(tail) &&
			!memcmp(tail, marker, sizeof(tail));
	close(fd);
	return error ? -error : found;
}

static char reference[PATH_MAX];

static int take_first_module(const char *path, const struct stat *status, int type,
			     struct FTW *position)
{
	const char *name = path + position->base;

	(void)status;
	if (type != FTW_F || !strstr(name, ".ko") || !strncmp(name, "mmlab", 5))
		return 0;
	snprintf(reference, sizeof(reference), "%s", path);
	return 1;
}

bool modfile_reference_vermagic(char *buf, size_t size)
{
	char directory[PATH_MAX], tree[PATH_MAX + 8];

	snprintf(tree, sizeof(tree), "%s/kernel", modules_directory(directory, sizeof(directory)));
	reference[0] = '\0';
	if (nftw(tree, take_first_module, 16, FTW_PHYS) != 1)
		return false;
	return !modfile_field(reference, "vermagic", buf, size);
}
