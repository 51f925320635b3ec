// SPDX-License-Identifier: GPL-2.0
/* The doctor's checks on building and loading: kernel, file, headers, policy. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/host.h"
#include "cli/modfile.h"
#include "doctor.h"
#include "lab/labfile.h"

#define OLDEST_MAJOR	5
#define OLDEST_MINOR	10
#define SECURE_BOOT	"/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

static void check_kernel(const struct patient *patient, struct finding *finding)
{
	unsigned int major = 0, minor = 0;

	if (sscanf(patient->release, "%u.%u", &major, &minor) != 2) {
		doctor_found(finding, FINDING_WARN, "the release of the kernel can't be read");
		doctor_cure(finding, "Is it mounted? mount -t proc none /proc");
	} else if (major < OLDEST_MAJOR || (major == OLDEST_MAJOR && minor < OLDEST_MINOR)) {
		doctor_found(finding, FINDING_BLOCK, "Linux %s is older than %u.%u",
			     patient->release, OLDEST_MAJOR, OLDEST_MINOR);
		doctor_cure(finding, "Boot a newer kernel, or use the VM: make demo needs none of this one");
	} else {
		doctor_found(finding, FINDING_OK, "Linux %s", patient->release);
	}
}

static bool is_wsl(void)
{
	char version[256];

	return !host_read_line("/proc/version", version, sizeof(version)) &&
	       (strstr(version, "icrosoft") || strstr(version, "WSL"));
}

static bool is_container(void)
{
	static const char *const marks[] = {
		"/run/.containerenv",		/* podman */
		"/.dockerenv",
		"/run/systemd/container",	/* LXC, systemd-nspawn */
		"/proc/vz",			/* OpenVZ */
	};
	size_t i;

	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (host_exists(marks[i]))
			return true;
	return false;
}

static void check_modules(const struct patient *patient, struct finding *finding)
{
	const char *wsl = is_wsl() ? " of WSL" : "";
	char line[16] = "", path[256];

	if (patient->loaded < 0) {
		doctor_found(finding, FINDING_BLOCK, "this kernel%s has no modules at all (no /proc/modules)",
			     wsl);
		doctor_cure(finding, "Use the VM, which brings its own kernel: make demo%s", *wsl ?
			    "" : "\nor boot a kernel with CONFIG_MODULES=y");
		return;
	}
	if (is_container()) {
		doctor_found(finding, patient->loaded == 1 ? FINDING_NOTE : FINDING_WARN,
			     "this is a container: modules are its host's");
		doctor_cure(finding, "Load it on the host, or use the VM, which works in here: make demo");
		return;
	}
	host_read_line("/proc/sys/kernel/modules_disabled", line, sizeof(line));
	if (!strcmp(line, "1")) {
		doctor_found(finding, patient->loaded == 1 ? FINDING_WARN : FINDING_BLOCK,
			     "loading modules has been switched off until the next boot");
		doctor_cure(finding, "Reboot; find what sets kernel.modules_disabled=1: grep -r modules_disabled /etc/sysctl*");
		return;
	}
	snprintf(path, sizeof(path), "/lib/modules/%s", patient->release);
	if (!host_exists(path) && patient->loaded != 1) {
		doctor_found(finding, FINDING_WARN, "this kernel%s came from elsewhere, as in some clouds: %s is missing",
			     wsl, path);
		doctor_cure(finding, "There may be no headers to build for it. The VM brings its own kernel: make demo%s",
			    *wsl ? "" : "\nor install the distribution's kernel and boot that");
		return;
	}
	doctor_found(finding, FINDING_OK, "modules can be loaded");
}

/* How this distribution names the package with a kernel's headers. */
static void headers_cure(const char *release, struct finding *finding)
{
	char os[1024];

	if (is_wsl() || is_container()) {
		doctor_cure(finding, "No package in here has them: the kernel is not this distribution's. Use the VM, which brings its own: make demo");
		return;
	}
	if (host_read("/etc/os-release", os, sizeof(os)) < 0)
		os[0] = '\0';
	if (strstr(os, "debian") || strstr(os, "ubuntu"))
		doctor_cure(finding, "sudo apt-get install linux-headers-%s\n"
			    "If there is no such package, the kernel is outdated: install the current one and reboot",
			    release);
	else if (strstr(os, "fedora") || strstr(os, "rhel"))
		doctor_cure(finding, "sudo dnf install kernel-devel-%s", release);
	else if (strstr(os, "arch"))
		doctor_cure(finding, "sudo pacman -S linux-headers, and reboot if the kernel was updated");
	else
		doctor_cure(finding, "Install your distribution's headers for kernel %s, or build with make KDIR=…",
			    release);
}

static void check_headers(const struct patient *patient, struct finding *finding)
{
	static const char *const needed[] = {
		"Makefile", "include/generated/autoconf.h", "Module.symvers"
	};
	enum finding_state bad = patient->has_module || patient->loaded == 1 ?
				 FINDING_NOTE : FINDING_BLOCK;
	char build[256], path[320];
	size_t i;

	snprintf(build, sizeof(build), "/lib/modules/%s/build", patient->release);
	if (!host_exists(build)) {
		doctor_found(finding, bad, "no headers for this kernel (%s is missing): no module can be built for it",
			     build);
		headers_cure(patient->release, finding);
		return;
	}
	for (i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", build, needed[i]);
		if (!host_exists(path)) {
			doctor_found(finding, bad, "the headers are incomplete: %s is missing",
				     path);
			headers_cure(patient->release, finding);
			return;
		}
	}
	doctor_found(finding, FINDING_OK, "%s", build);
}

static void check_file(const struct patient *patient, struct finding *finding)
{
	const char *damage = modfile_damage(patient->module_path);
	char license[32];
	int error;

	if (!patient->has_module) {
		doctor_found(finding, patient->loaded == 1 ? FINDING_NOTE : FINDING_BLOCK,
			     "no mmlab.ko%s%s", *patient->module_path ? ": " : "",
			     patient->module_path);
		doctor_cure(finding, "make, in the source tree; or say where it is: --module FILE");
		return;
	}
	if (damage) {
		doctor_found(finding, FINDING_BLOCK, "%s is no whole kernel module: it %s",
			     patient->module_path, damage);
		doctor_cure(finding, "make clean && make; strip it with --strip-debug at most");
		return;
	}
	error = modfile_field(patient->module_path, "license", license, sizeof(license));
	if (error) {
		doctor_found(finding, FINDING_BLOCK, "%s is no whole kernel module: %s",
			     patient->module_path, strerror(-error));
		doctor_cure(finding, "make clean && make");
		return;
	}
	doctor_found(finding, FINDING_OK, "%s", patient->module_path);
}

/* "6.1.0-18-amd64 SMP preempt mod_unload modversions" from the first blank on */
static const char *vermagic_flags(const char *vermagic)
{
	return vermagic + strcspn(vermagic, " ");
}

static void check_vermagic(const struct patient *patient, struct finding *finding)
{
	char built[256], reference[256], release[128];

	if (!patient->has_module ||
	    modfile_field(patient->module_path, "vermagic", built, sizeof(built))) {
		doctor_found(finding, FINDING_NOTE, "no module file to compare");
		return;
	}
	snprintf(release, sizeof(release), "%.*s", (int)strcspn(built, " "), built);
	if (strcmp(release, patient->release)) {
		/* with symbol versions the kernel may look past the release */
		doctor_found(finding, strstr(built, "modversions") ? FINDING_WARN : FINDING_BLOCK,
			     "the module was built for %s, this is %s: insmod says \"Invalid module format\"",
			     release, patient->release);
		doctor_cure(finding, "make clean && make KDIR=/lib/modules/%s/build\n"
			    "or boot the kernel it was built for", patient->release);
	} else if (modfile_reference_vermagic(reference, sizeof(reference)) &&
		   strcmp(vermagic_flags(built), vermagic_flags(reference))) {
		doctor_found(finding, FINDING_BLOCK, "same release, other options: the module has \"%s\", this kernel's modules \"%s\"",
			     vermagic_flags(built) + 1, vermagic_flags(reference) + 1);
		doctor_cure(finding, "The headers are of another build of this release: install its own, then make clean && make");
	} else {
		doctor_found(finding, FINDING_OK, "%s", built);
	}
}

static bool secure_boot(void)
{
	char value[8];

	/* four bytes of attributes, then the value */
	return host_read(SECURE_BOOT, value, sizeof(value)) >= 5 && value[4] == 1;
}

/* "none", "integrity" or "confidentiality"; the one in brackets is in force */
static void lockdown_level(char *buf, size_t size)
{
	char line[128], *start;

	host_read_line("/sys/kernel/security/lockdown", line, sizeof(line));
	start = strchr(line, '[');
	snprintf(buf, size, "%.*s", start ? (int)strcspn(start + 1, "]") : 4,
		 start ? start + 1 : "none");
}

static void signing_cure(struct finding *finding, const struct patient *patient,
			 const char *otherwise)
{
	doctor_cure(finding, "%s\n"
		    "or sign it with a key of your own, by three commands:\n"
		    "openssl req -new -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=mmlab/ -outform DER -keyout mok.key -out mok.der\n"
		    "sudo mokutil --import mok.der   (then reboot, and choose \"Enroll MOK\")\n"
		    "/lib/modules/%s/build/scripts/sign-file sha256 mok.key mok.der %s",
		    otherwise, patient->release,
		    patient->has_module ? patient->module_path : "mmlab.ko");
}

static enum finding_state unsigned_state(const struct patient *patient)
{
	if (patient->loaded == 1)
		return FINDING_NOTE;
	return patient->has_module && patient->is_signed == 1 ? FINDING_WARN : FINDING_BLOCK;
}

static void check_lockdown(const struct patient *patient, struct finding *finding)
{
	char level[32];

	lockdown_level(level, sizeof(level));
	if (strcmp(level, "none")) {
		doctor_found(finding, unsigned_state(patient), "the kernel is locked down (%s%s) and takes only modules signed by a key it knows",
			     level, secure_boot() ? ", by Secure Boot" : "");
		signing_cure(finding, patient, secure_boot() ?
			     "Switch Secure Boot off, or: sudo mokutil --disable-validation" :
			     "Boot without lockdown= on the kernel's command line");
	} else if (secure_boot()) {
		doctor_found(finding, FINDING_NOTE, "Secure Boot is on, but the kernel is not locked down");
	} else {
		doctor_found(finding, FINDING_OK, "no lockdown, no Secure Boot");
	}
}

static void check_signature(const struct patient *patient, struct finding *finding)
{
	char enforce[8];

	host_read_line("/sys/module/module/parameters/sig_enforce", enforce, sizeof(enforce));
	if (enforce[0] == 'Y') {
		doctor_found(finding, unsigned_state(patient), "this kernel enforces module signatures, and the module %s",
			     patient->is_signed == 1 ? "has one: its key must be known" : "has none");
		signing_cure(finding, patient, "Boot without module.sig_enforce=1 (not possible if the kernel has CONFIG_MODULE_SIG_FORCE)");
	} else {
		doctor_found(finding, FINDING_OK, "signatures are not enforced%s",
			     patient->has_module && !patient->is_signed ?
			     "; an unsigned module only marks the kernel as tainted" : "");
	}
}

static void check_btf(const struct patient *patient, struct finding *finding)
{
	(void)patient;
	if (host_exists("/sys/kernel/btf/vmlinux")) {
		doctor_found(finding, FINDING_OK, "this kernel describes its types (BTF)");
		return;
	}
	doctor_found(finding, FINDING_NOTE, "no BTF in this kernel: bpftrace knows no types of the module; all else works");
	doctor_cure(finding, "Boot a kernel with CONFIG_DEBUG_INFO_BTF=y, if you want that. \"Skipping BTF generation\" at build time is harmless");
}

static void check_memory(const struct patient *patient, struct finding *finding)
{
	char text[8192];
	uint64_t kb = 0;

	if (patient->loaded == 1 || host_read("/proc/meminfo", text, sizeof(text)) < 0 ||
	    !labfile_value(text, "MemAvailable", &kb)) {
		doctor_found(finding, FINDING_OK, "not needed");
	} else if (kb < 96 * 1024) {
		doctor_found(finding, FINDING_WARN,
			     "only %" PRIu64 " MiB are available; the lab takes 64", kb / 1024);
		doctor_cure(finding, "mmlab load mem=4, or end something large");
	} else {
		doctor_found(finding, FINDING_OK, "%" PRIu64 " MiB are available", kb / 1024);
	}
}

const struct doctor_check doctor_kernel_checks[] = {
	{ "kernel", check_kernel },
	{ "modules", check_modules },
	{ "headers", check_headers },
	{ "module file", check_file },
	{ "vermagic", check_vermagic },
	{ "lockdown", check_lockdown },
	{ "signature", check_signature },
	{ "BTF", check_btf },
	{ "memory", check_memory },
	{ NULL, NULL },
};
