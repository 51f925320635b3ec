// SPDX-License-Identifier: GPL-2.0
/* The doctor's checks on what is installed: kernels, copies of the module, dkms, keys. */
#include <dirent.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/host.h"
#include "cli/modfile.h"
#include "doctor.h"

#define MODULES		"/lib/modules"
#define DKMS		"/var/lib/dkms/mmlab"
#define EFIVARS		"/sys/firmware/efi/efivars"
#define MOK_GUID	"605dab50-e046-4300-abb6-3dd810dd8b23"

/* Appends to a list of words, which ends with "…" when it is full. */
static void append(char *list, size_t size, const char *word)
{
	size_t used = strlen(list);

	if (used + strlen(word) + 8 < size)
		snprintf(list + used, size - used, "%s%s", used ? ", " : "", word);
	else if (used + 4 < size && !strstr(list, "…"))
		strcat(list, "…");
}

/* Calls visit for each directory entry but hidden ones. Return: whether there is a PATH */
static bool visit_entries(const char *path, void (*visit)(const char *name, void *arg), void *arg)
{
	char full[PATH_MAX];
	DIR *directory = opendir(host_path(full, sizeof(full), path));
	struct dirent *entry;

	if (!directory)
		return false;
	while ((entry = readdir(directory)))
		if (entry->d_name[0] != '.')
			visit(entry->d_name, arg);
	closedir(directory);
	return true;
}

struct kernels {
	const char *running;
	unsigned int others;
	char bare[200];		/* those without headers */
};

/* A directory that has only a link to headers is no kernel. */
static void look_at_kernel(const char *release, void *arg)
{
	struct kernels *kernels = arg;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), MODULES "/%s/modules.order", release);
	if (!strcmp(release, kernels->running) || !host_exists(path))
		return;
	kernels->others++;
	snprintf(path, sizeof(path), MODULES "/%s/build/Makefile", release);
	if (!host_exists(path))
		append(kernels->bare, sizeof(kernels->bare), release);
}

static void check_kernels(const struct patient *patient, struct finding *finding)
{
	struct kernels kernels = { .running = patient->release };

	visit_entries(MODULES, look_at_kernel, &kernels);
	if (*kernels.bare) {
		doctor_found(finding, FINDING_NOTE, "no headers for other installed kernels: %s",
			     kernels.bare);
		doctor_cure(finding, "Before you boot one of them, install its headers (on Debian: linux-headers-RELEASE)");
	} else {
		doctor_found(finding, FINDING_OK, kernels.others ?
			     "the %u other installed kernels have headers" : "no other kernel is installed",
			     kernels.others);
	}
}

static struct {
	const char *first;	/* the one that doctor judges */
	const char *running;	/* srcversion of the loaded module, or empty */
	unsigned int number;
	char list[280];
} copies;

static bool is_module_file(const char *name)
{
	static const char *const names[] = {
		"mmlab.ko", "mmlab.ko.xz", "mmlab.ko.zst", "mmlab.ko.gz"
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

static void note_copy(const char *path)
{
	char source[64], text[PATH_MAX + 128];

	if (modfile_field(path, "srcversion", source, sizeof(source)))
		source[0] = '\0';
	snprintf(text, sizeof(text), "%s%s", path, *source && !strcmp(source, copies.running) ?
		 " (this one is loaded)" : "");
	append(copies.list, sizeof(copies.list), text);
	copies.number++;
}

static int take_copy(const char *path, const struct stat *status, int type, struct FTW *position)
{
	(void)status;
	if (type == FTW_F && is_module_file(path + position->base) && strcmp(path, copies.first))
		note_copy(path);
	return 0;
}

static void check_copies(const struct patient *patient, struct finding *finding)
{
	char path[PATH_MAX], directory[256], running[64] = "", file[64];

	if (patient->loaded == 1)
		host_read_line("/sys/module/mmlab/srcversion", running, sizeof(running));
	copies.first = patient->module_path;
	copies.running = running;
	copies.number = 0;
	copies.list[0] = '\0';
	if (patient->has_module)
		note_copy(patient->module_path);
	snprintf(directory, sizeof(directory), MODULES "/%s", patient->release);
	nftw(host_path(path, sizeof(path), directory), take_copy, 16, FTW_PHYS);
	if (copies.number > 1) {
		doctor_found(finding, FINDING_NOTE, "there are %u copies of the module: %s",
			     copies.number, copies.list);
		doctor_cure(finding, "mmlab load takes the first, modprobe one below %s: remove those that are old",
			    directory);
	} else if (*running && patient->has_module &&
		   !modfile_field(patient->module_path, "srcversion", file, sizeof(file)) &&
		   strcmp(running, file)) {
		doctor_found(finding, FINDING_NOTE, "the loaded module is of other sources (%s) than %s (%s)",
			     running, patient->module_path, file);
		doctor_cure(finding, "To run that file: mmlab unload && mmlab load --module %s",
			    patient->module_path);
	} else {
		doctor_found(finding, FINDING_OK, copies.number ? "one copy of the module" : "none");
	}
}

/* "gcc 12" of a text with a compiler's name and version. Return: whether it has one */
static bool read_compiler(const char *text, char *buf, size_t size)
{
	const char *clang = strstr(text, "clang version "), *gcc;
	unsigned int major;

	if (clang && sscanf(clang, "clang version %u", &major) == 1)
		return (size_t)snprintf(buf, size, "clang %u", major) < size;
	gcc = strstr(text, "gcc");
	gcc = gcc ? gcc : strstr(text, "GCC");
	/* the version stands after the package's, in brackets */
	for (gcc = gcc ? strchr(gcc, ')') : NULL; gcc; gcc = strchr(gcc + 1, ')'))
		if (sscanf(gcc, ") %u.", &major) == 1)
			return (size_t)snprintf(buf, size, "gcc %u", major) < size;
	return false;
}

static void check_compiler(const struct patient *patient, struct finding *finding)
{
	char version[512], comment[512], kernel[32], module[32];

	if (!patient->has_module || host_read_line("/proc/version", version, sizeof(version)) ||
	    modfile_comment(patient->module_path, comment, sizeof(comment)) ||
	    !read_compiler(version, kernel, sizeof(kernel)) ||
	    !read_compiler(comment, module, sizeof(module))) {
		doctor_found(finding, FINDING_OK, "not two to compare");
	} else if (strcmp(kernel, module)) {
		bool other = strncmp(kernel, module, 3);

		doctor_found(finding, other ? FINDING_WARN : FINDING_NOTE,
			     "the kernel was compiled by %s, the module by %s", kernel, module);
		doctor_cure(finding, other ? "Their flags differ: make clean && make %s" :
			    "Neighbouring versions work; if insmod refuses it: make clean && make %s",
			    *kernel == 'c' ? "LLVM=1" : "CC=gcc-VERSION");
	} else {
		doctor_found(finding, FINDING_OK, "%s, for the kernel and for the module", kernel);
	}
}

/* dkms keeps each version of the source in a directory, and below it what it built. */
struct dkms {
	const char *release;
	char version[NAME_MAX + 1];
	bool built;
	bool failed;
	char log[PATH_MAX];
};

static void look_at_version(const char *version, void *arg)
{
	struct dkms *dkms = arg;
	char path[PATH_MAX];

	if (!strncmp(version, "kernel-", 7))
		return;		/* a link to what is installed */
	snprintf(dkms->version, sizeof(dkms->version), "%s", version);
	snprintf(path, sizeof(path), DKMS "/%s/%s", version, dkms->release);
	dkms->built |= host_exists(path);
	snprintf(path, sizeof(path), DKMS "/%s/build/make.log", version);
	if (host_exists(path)) {
		dkms->failed = true;
		snprintf(dkms->log, sizeof(dkms->log), "%s", path);
	}
}

/* The last line of a log that tells an error, else its last line. */
static void last_words(const char *path, char *buf, size_t size)
{
	char full[PATH_MAX], *line = NULL;
	size_t length = 0;
	bool error = false;
	FILE *log = fopen(host_path(full, sizeof(full), path), "re");

	buf[0] = '\0';
	while (log && getline(&line, &length, log) > 0) {
		bool tells = strstr(line, "rror");

		line[strcspn(line, "\n")] = '\0';
		if (!*line || (error && !tells))
			continue;
		error = tells;
		snprintf(buf, size, "%s", line);
	}
	free(line);
	if (log)
		fclose(log);
}

static void check_dkms(const struct patient *patient, struct finding *finding)
{
	struct dkms dkms = { .release = patient->release };
	char words[200];

	if (!visit_entries(DKMS, look_at_version, &dkms) || !*dkms.version) {
		doctor_found(finding, FINDING_OK, "not used");
	} else if (dkms.built) {
		doctor_found(finding, FINDING_OK, "has built version %.60s for this kernel",
			     dkms.version);
	} else if (dkms.failed) {
		last_words(dkms.log, words, sizeof(words));
		doctor_found(finding, FINDING_WARN, "could not build version %.60s: %s",
			     dkms.version, words);
		doctor_cure(finding, "The whole log is %.300s; when its cause is mended:\nsudo dkms install mmlab/%.60s -k %s",
			    dkms.log, dkms.version, patient->release);
	} else {
		doctor_found(finding, FINDING_NOTE, "has version %.60s, but has not built it for this kernel",
			     dkms.version);
		doctor_cure(finding, "sudo dkms install mmlab/%.60s -k %s", dkms.version,
			    patient->release);
	}
}

static bool has_variable(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), EFIVARS "/%s-" MOK_GUID, name);
	return host_exists(path);
}

/* What dkms signs with, or NULL: its own key, or on Ubuntu that of the boot loader. */
static const char *dkms_key(void)
{
	static const char *const keys[] = {
		"/var/lib/dkms/mok.pub", "/var/lib/shim-signed/mok/MOK.der"
	};
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (host_exists(keys[i]))
			return keys[i];
	return NULL;
}

/* Keys that the owner of the machine enrols, beside those of its maker (MOK). */
static void check_keys(const struct patient *patient, struct finding *finding)
{
	(void)patient;
	if (!host_exists(EFIVARS)) {
		doctor_found(finding, FINDING_OK, "no keys in the firmware are needed (no UEFI)");
	} else if (has_variable("MokNew")) {
		doctor_found(finding, FINDING_NOTE, "a key of yours waits to be enrolled");
		doctor_cure(finding, "Reboot, and choose \"Enroll MOK\" on the blue screen; the password is that of mokutil --import");
	} else if (has_variable("MokListRT")) {
		doctor_found(finding, FINDING_OK, "keys of yours are enrolled (mokutil --list-enrolled)");
	} else if (dkms_key()) {
		doctor_found(finding, FINDING_NOTE, "dkms has a key, which this machine does not know");
		doctor_cure(finding, "Only for Secure Boot: sudo mokutil --import %s, reboot and choose \"Enroll MOK\"; dkms signs what it builds",
			    dkms_key());
	} else {
		doctor_found(finding, FINDING_OK, "no key of yours is enrolled; only Secure Boot needs one");
	}
}

const struct doctor_check doctor_installed_checks[] = {
	{ "other kernels", check_kernels },
	{ "copies", check_copies },
	{ "compiler", check_compiler },
	{ "dkms", check_dkms },
	{ "keys", check_keys },
	{ NULL, NULL },
};
