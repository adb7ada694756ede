/*
 * count_plugin.c: a plugin of qemu that counts what is executed: for each block of code that is
 * translated how often it runs, how many instructions (Hexagon: packets) and 32-bit words it has.
 *
 *     qemu-aarch64 -plugin count_plugin.so,counts=FILE PROGRAM
 *
 * FILE: a line `all INSTRUCTIONS WORDS`, then of each block `ADDRESS TIMES INSTRUCTIONS BYTES`.
 * qemu has its API in qemu-plugin.h, which Debian does not ship: what is needed of it, declared
 * here, is stable within a version of it, 1 (qemu 4.2 to 8).
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64 };
typedef void BlockFunction(qemu_plugin_id_t, struct qemu_plugin_tb *);
typedef void ExitFunction(qemu_plugin_id_t, void *);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, BlockFunction *);
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *, enum qemu_plugin_op, void *,
	uint64_t);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t, ExitFunction *, void *);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *);

__attribute__((visibility("default"))) int qemu_plugin_version = 1;
__attribute__((visibility("default"))) int qemu_plugin_install(qemu_plugin_id_t id, const void *info,
	int argc, char **argv);

enum { WORD_BYTES = 4, KEY_BYTES = 7 };

typedef struct Block Block;
struct Block {
	Block *next;
	uint64_t address, times, instructions, bytes;
};
static Block *blocks;
static const char *file;

static void
translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	Block *b = calloc(1, sizeof *b);

	(void)id;
	if (!b)
		abort();
	*b = (Block){ blocks, qemu_plugin_tb_vaddr(tb), 0, qemu_plugin_tb_n_insns(tb), 0 };
	for (size_t i = 0; i < b->instructions; i++)
		b->bytes += qemu_plugin_insn_size(qemu_plugin_tb_get_insn(tb, i));
	blocks = b;
	qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64, &b->times, 1);
}

static void
ended(qemu_plugin_id_t id, void *data)
{
	FILE *out = fopen(file, "w");
	uint64_t instructions = 0, words = 0;

	(void)id, (void)data;
	if (!out)
		abort();
	for (const Block *b = blocks; b; b = b->next) {
		instructions += b->times * b->instructions;
		words += b->times * (b->bytes / WORD_BYTES);
	}
	fprintf(out, "all %llu %llu\n", (unsigned long long)instructions, (unsigned long long)words);
	for (const Block *b = blocks; b; b = b->next)
		fprintf(out, "%llx %llu %llu %llu\n", (unsigned long long)b->address,
			(unsigned long long)b->times, (unsigned long long)b->instructions,
			(unsigned long long)b->bytes);
	fclose(out);
}

int
qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv)
{
	(void)info;
	for (int i = 0; i < argc; i++)
		if (!strncmp(argv[i], "counts=", KEY_BYTES))
			file = strdup(argv[i] + KEY_BYTES);
	if (!file)
		return 1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, ended, NULL);
	return 0;
}
