// SPDX-License-Identifier: GPL-2.0
/* doctor: runs every check and prints what it found, with the cure. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/host.h"
#include "cli/json.h"
#include "cli/modfile.h"
#include "doctor.h"

static const char *const state_names[] = { "ok", "note", "warn", "BLOCK" };

void doctor_found(struct finding *finding, enum finding_state state,
		  const char *format, ...)
{
	va_list args;

	finding->state = state;
	va_start(args, format);
	vsnprintf(finding->found, sizeof(finding->found), format, args);
	va_end(args);
}

void doctor_cure(struct finding *finding, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(finding->cure, sizeof(finding->cure), format, args);
	va_end(args);
}

static void admit(struct patient *patient, const char *module)
{
	memset(patient, 0, sizeof(*patient));
	host_read_line("/proc/sys/kernel/osrelease", patient->release,
		       sizeof(patient->release));
	patient->loaded = host_module_loaded();
	patient->has_module = modfile_find(module, patient->module_path,
					   sizeof(patient->module_path));
	if (patient->has_module)
		patient->is_signed = modfile_is_signed(patient->module_path);
}

/* Each line of the cure below the finding. */
static void print_finding(const char *name, const struct finding *finding)
{
	const char *line = finding->cure;

	printf("%-5s %-13s %s\n", state_names[finding->state], name, finding->found);
	while (*line) {
		size_t length = strcspn(line, "\n");

		printf("      %-13s   %.*s\n", line == finding->cure ? "  cure:" : "",
		       (int)length, line);
		line += length + (line[length] == '\n');
	}
}

static void finding_json(const char *name, const struct finding *finding)
{
	static const char *const lower[] = { "ok", "note", "warn", "block" };

	json_object_begin(NULL);
	json_string("name", name);
	json_string("state", lower[finding->state]);
	json_string("found", finding->found);
	json_string("cure", *finding->cure ? finding->cure : NULL);
	json_object_end();
}

static unsigned int examine(const struct patient *patient,
			    const struct doctor_check *checks, bool json)
{
	unsigned int blocks = 0;

	for (; checks->name; checks++) {
		struct finding finding = { 0 };

		checks->run(patient, &finding);
		if (json)
			finding_json(checks->name, &finding);
		else
			print_finding(checks->name, &finding);
		blocks += finding.state == FINDING_BLOCK;
	}
	return blocks;
}

static int run_doctor(const struct command *cmd, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "module", required_argument, NULL, 'm' },
		CLI_OPTION_JSON, CLI_OPTION_HELP, { 0 }
	};
	const char *module = NULL;
	struct patient patient;
	unsigned int blocks;
	bool json = false;
	int option;

	while ((option = cli_option(cmd, argc, argv, "m:jh", longs)) != -1) {
		json |= option == 'j';
		if (option == 'm')
			module = optarg;
	}
	if (optind < argc)
		return cli_usage(cmd, "'%s' is one argument too many", argv[optind]);
	admit(&patient, module);
	if (json) {
		json_object_begin(NULL);
		json_string("kernel", patient.release);
		json_array_begin("checks");
	}
	blocks = examine(&patient, doctor_kernel_checks, json);
	blocks += examine(&patient, doctor_installed_checks, json);
	blocks += examine(&patient, doctor_device_checks, json);
	if (json) {
		json_array_end();
		json_number("blocks", blocks);
		json_object_end();
	} else if (blocks) {
		printf("\n%u thing%s in the way.\n", blocks, blocks == 1 ? " is" : "s are");
	} else {
		printf("\nNothing is in the way%s.\n", patient.loaded == 1 ? "" : ": mmlab load");
	}
	return blocks ? CLI_FAILED : CLI_OK;
}

const struct command cmd_doctor = {
	.name = "doctor",
	.args = "[--module FILE] [--json]",
	.summary = "Find out what keeps the module from loading or working",
	.help =
"Looks at the running kernel, the module file and its copies, compilers, headers\n"
"of all kernels, Secure Boot and its keys, lockdown and signatures, BTF, dkms, the\n"
"device and its permissions. Changes nothing and needs no root, though root sees\n"
"more. Each line is ok, note (good to\n"
"know), warn (may become a problem) or BLOCK, with the cure below it.\n"
"\n"
"  --module FILE   the module file to judge (as for load)\n"
"  --json          the findings as JSON\n"
"\n"
"Exit status: 0 nothing blocks, 1 something does, 2 usage.\n",
	.run = run_doctor,
};
