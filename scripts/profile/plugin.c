// SPDX-License-Identifier: GPL-2.0
/*
 * A plugin for QEMU (7.2 to 8.2): counts instructions between the marks of
 * module/bench/mark.h, by the block of code that they are in. Output: for each
 * request a line "request N", then lines "ADDRESS INSTRUCTIONS EXECUTIONS".
 *
 * Debian has no header for plugins; what is needed of it is declared here, from
 * QEMU's docs/devel/tcg-plugins.rst.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARK_BYTES	7
#define MARK_REQUEST	0x6d6d0001
#define MARK_BEGIN	0x6d6d0002
#define MARK_END	0x6d6d0003

struct qemu_plugin_tb;
struct qemu_plugin_insn;

void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id,
	void (*translated)(uint64_t id, struct qemu_plugin_tb *tb));
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *tb, int op,
					      void *counter, uint64_t addend);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
	void (*executed)(unsigned int cpu, void *data), int flags, void *data);
void qemu_plugin_register_atexit_cb(uint64_t id,
	void (*at_exit)(uint64_t id, void *data), void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb,
						 size_t index);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);

int qemu_plugin_version = 1;

/* A block of instructions that run one after the other. */
struct block {
	struct block *next;
	uint64_t address, nr_insns;
	uint64_t count;		/* executions so far */
	uint64_t before;	/* of them, before the last mark */
	uint64_t measured;	/* of them, between marks of this request */
};

static struct block *blocks;
static FILE *out;
static unsigned int nr_requests;

static void write_request(void)
{
	struct block *b;

	if (nr_requests)
		fprintf(out, "request %u\n", nr_requests);
	for (b = blocks; b; b = b->next) {
		if (nr_requests && b->measured)
			fprintf(out, "%" PRIx64 " %" PRIu64 " %" PRIu64 "\n", b->address,
				b->nr_insns, b->measured);
		b->measured = 0;
	}
	fflush(out);
}

static void on_request(unsigned int cpu, void *data)
{
	(void)cpu;
	(void)data;
	write_request();
	nr_requests++;
}

static void on_begin(unsigned int cpu, void *data)
{
	struct block *b;

	(void)cpu;
	(void)data;
	for (b = blocks; b; b = b->next)
		b->before = b->count;
}

static void on_end(unsigned int cpu, void *data)
{
	struct block *b;

	(void)cpu;
	(void)data;
	for (b = blocks; b; b = b->next)
		b->measured += b->count - b->before;
}

static uint32_t mark_of(const struct qemu_plugin_insn *insn)
{
	const uint8_t *bytes = qemu_plugin_insn_data(insn);
	uint32_t mark;

	if (qemu_plugin_insn_size(insn) != MARK_BYTES || bytes[0] != 0x0f ||
	    bytes[1] != 0x1f || bytes[2] != 0x80)
		return 0;
	memcpy(&mark, bytes + 3, sizeof(mark));
	return mark;
}

static void on_translated(uint64_t id, struct qemu_plugin_tb *tb)
{
	size_t nr = qemu_plugin_tb_n_insns(tb), i;
	struct block *b = calloc(1, sizeof(*b));

	(void)id;
	if (!b)
		abort();
	b->address = qemu_plugin_tb_vaddr(tb);
	b->nr_insns = nr;
	b->next = blocks;
	blocks = b;
	qemu_plugin_register_vcpu_tb_exec_inline(tb, 0, &b->count, 1);
	for (i = 0; i < nr; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint32_t mark = mark_of(insn);

		if (mark == MARK_REQUEST)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, on_request, 0, NULL);
		else if (mark == MARK_BEGIN)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, on_begin, 0, NULL);
		else if (mark == MARK_END)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, on_end, 0, NULL);
	}
}

static void on_exit_of_qemu(uint64_t id, void *data)
{
	(void)id;
	(void)data;
	write_request();
	fclose(out);
}

int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	(void)info;
	if (argc != 1 || strncmp(argv[0], "out=", 4)) {
		fprintf(stderr, "profile: the plugin wants out=FILE\n");
		return -1;
	}
	out = fopen(argv[0] + 4, "w");
	if (!out) {
		perror(argv[0] + 4);
		return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translated);
	qemu_plugin_register_atexit_cb(id, on_exit_of_qemu, NULL);
	return 0;
}
