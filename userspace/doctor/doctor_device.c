// SPDX-License-Identifier: GPL-2.0
/* The doctor's checks on using the lab: loaded, device, permission, files. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/host.h"
#include "doctor.h"
#include "lab/labfile.h"
#include "libmmlab.h"

#define CAP_SYS_MODULE	16

static bool may_load(void)
{
	unsigned long long capabilities = 0;
	char status[4096], *line;

	if (host_read("/proc/self/status", status, sizeof(status)) < 0)
		return geteuid() == 0;
	line = strstr(status, "CapEff:");
	if (!line || sscanf(line, "CapEff: %llx", &capabilities) != 1)
		return geteuid() == 0;
	return capabilities >> CAP_SYS_MODULE & 1;
}

static void check_loaded(const struct patient *patient, struct finding *finding)
{
	char version[64];

	if (patient->loaded == 1) {
		host_read_line("/sys/module/mmlab/version", version, sizeof(version));
		doctor_found(finding, FINDING_OK, "loaded%s%s",
			     *version ? ", version " : "", version);
	} else if (may_load()) {
		doctor_found(finding, FINDING_NOTE, "not loaded");
		doctor_cure(finding, "mmlab load");
	} else {
		doctor_found(finding, FINDING_NOTE, "not loaded, and you may not load modules");
		doctor_cure(finding, "sudo mmlab load (inside a container: on its host)");
	}
}

/* The number that /proc/misc has for the device, or -1 */
static int misc_minor(void)
{
	char text[4096], *line;
	int minor;

	if (host_read("/proc/misc", text, sizeof(text)) < 0)
		return -1;
	for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		char name[64];

		if (sscanf(line, "%d %63s", &minor, name) == 2 && !strcmp(name, "mmlab"))
			return minor;
	}
	return -1;
}

static void check_node(const struct patient *patient, struct finding *finding)
{
	const char *path = mmlab_device_path();
	struct stat status;

	if (patient->loaded != 1) {
		doctor_found(finding, FINDING_NOTE, "%s comes with the module", path);
	} else if (stat(path, &status)) {
		doctor_found(finding, FINDING_BLOCK, "%s: %s, though the module is loaded",
			     path, strerror(errno));
		if (misc_minor() >= 0)
			doctor_cure(finding, "devtmpfs or udev should have made it: sudo mknod -m 600 %s c 10 %d",
				    path, misc_minor());
		else
			doctor_cure(finding, "The module has registered no device: dmesg | grep mmlab");
	} else if (!S_ISCHR(status.st_mode)) {
		doctor_found(finding, FINDING_BLOCK, "%s is no device but something left there",
			     path);
		doctor_cure(finding, "sudo rm %s, then mmlab unload and mmlab load", path);
	} else {
		doctor_found(finding, FINDING_OK, "%s", path);
	}
}

static void check_permission(const struct patient *patient, struct finding *finding)
{
	const char *path = mmlab_device_path();
	int error;

	if (patient->loaded != 1 || access(path, F_OK)) {
		doctor_found(finding, FINDING_NOTE, "no device to try");
		return;
	}
	if (!faccessat(AT_FDCWD, path, R_OK | W_OK, AT_EACCESS)) {
		doctor_found(finding, FINDING_OK, "you may read and write %s", path);
		return;
	}
	error = errno;
	doctor_found(finding, FINDING_BLOCK, "you may not open %s: %s", path, strerror(error));
	doctor_cure(finding, "Run it as root, or let a group in:\n"
		    "sudo groupadd -f mmlab && sudo usermod -aG mmlab $USER (log in again)\n"
		    "sudo cp 60-mmlab.rules /etc/udev/rules.d/ && sudo udevadm control --reload && sudo udevadm trigger %s",
		    path);
}

static void check_interface(const struct patient *patient, struct finding *finding)
{
	struct mmlab_info info;
	int fd, error;

	fd = patient->loaded == 1 ? mmlab_open(O_RDONLY | O_CLOEXEC) : -ENODEV;
	error = fd < 0 ? fd : mmlab_get_info(fd, &info);
	if (fd >= 0)
		close(fd);
	if (error == -ENOTTY) {
		doctor_found(finding, FINDING_BLOCK, "the device %s does not speak mmlab's interface",
			     mmlab_device_path());
		doctor_cure(finding, "mmlab unload, then make clean && make and mmlab load");
	} else if (error) {
		doctor_found(finding, FINDING_NOTE, "not to be asked: %s", strerror(-error));
	} else if (info.api_version != MMLAB_API_VERSION) {
		doctor_found(finding, FINDING_BLOCK, "the module speaks version %u, this mmlab version %u",
			     info.api_version, MMLAB_API_VERSION);
		doctor_cure(finding, "Build both from one source: make, mmlab unload, mmlab load");
	} else {
		doctor_found(finding, FINDING_OK, "version %u", info.api_version);
	}
}

static void check_files(const struct patient *patient, struct finding *finding)
{
	char path[PATH_MAX], verdict[128];
	char *text;

	if (patient->loaded != 1) {
		doctor_found(finding, FINDING_NOTE, "/proc/mmlab comes with the module");
		return;
	}
	mmlab_proc_path(path, sizeof(path), "check");
	text = labfile_read("check", NULL);
	if (!text) {
		doctor_found(finding, FINDING_WARN, "%.200s: %s", path, strerror(errno));
		doctor_cure(finding, "Is /proc mounted, with all of it visible (subset=pid hides it)? dmesg | grep mmlab");
		return;
	}
	labfile_verdict(text, verdict, sizeof(verdict));
	free(text);
	if (!strcmp(verdict, "ok")) {
		doctor_found(finding, FINDING_OK, "the lab's own check says ok");
	} else {
		doctor_found(finding, FINDING_BLOCK, "the lab's own check says: %s",
			     *verdict ? verdict : "nothing");
		doctor_cure(finding, "Keep dmesg for a report, then mmlab unload and mmlab load");
	}
}

const struct doctor_check doctor_device_checks[] = {
	{ "loaded", check_loaded },
	{ "device", check_node },
	{ "permission", check_permission },
	{ "interface", check_interface },
	{ "lab", check_files },
	{ NULL, NULL },
};
