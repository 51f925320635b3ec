/* SPDX-License-Identifier: GPL-2.0 */
/* Checks for all reasons that keep the lab from being built, loaded or used. */
#ifndef DOCTOR_H
#define DOCTOR_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

enum finding_state { FINDING_OK, FINDING_NOTE, FINDING_WARN, FINDING_BLOCK };

/* The result of one check. */
struct finding {
	enum finding_state state;
	char found[320];	/* the observation */
	char cure[960];		/* what to do about it, or empty */
};

/* The host, looked at once for all checks. */
struct patient {
	char release[128];	/* of the running kernel */
	int loaded;		/* as host_module_loaded() */
	bool has_module;	/* module_path is a file */
	char module_path[PATH_MAX];
	int is_signed;		/* as modfile_is_signed() */
};

struct doctor_check {
	const char *name;
	void (*run)(const struct patient *patient, struct finding *finding);
};

/* doctor_kernel.c: can the module be built and loaded? */
extern const struct doctor_check doctor_kernel_checks[];
/* doctor_installed.c: what else is installed, and does it fit? */
extern const struct doctor_check doctor_installed_checks[];
/* doctor_device.c: can the loaded module be used? All three end with a NULL name. */
extern const struct doctor_check doctor_device_checks[];

/* Fills the finding in. */
void doctor_found(struct finding *finding, enum finding_state state,
		  const char *format, ...) __attribute__((format(printf, 3, 4)));
void doctor_cure(struct finding *finding, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* DOCTOR_H */
