/* items.c: .mir text through tree-sitter into a flat array, and where its syntax is wrong. */
#include <string.h>
#include <tree_sitter/api.h>

#include "mir.h"

enum {
	DEPTH = 8,  /* of the grammar's tree: 4 */
	SHOWN = 24, /* bytes of the text in a message */
	MAX_TEXT = 1 << 30,
};

const TSLanguage *tree_sitter_mir(void);

static const char *const kinds[ITEM_COUNT] = { "statement", "node", "word", "number",
	"string", "type", "list", "numbers", "far", "place" };

typedef struct {
	Arena *arena;
	Diag *diag;
	const char *text;
	Item *item;
	int count;
	TSTree *tree;
	TSTreeCursor cursor;
} Walk;

static Loc
place(TSNode node)
{
	TSPoint at = ts_node_start_point(node);

	return (Loc){ nowhere.offset, (int)at.row + 1, (int)at.column + 1 };
}

/* tree-sitter goes on after an error; we stop at the first. */
static void
check(const Walk *w, TSNode node)
{
	const char *type = ts_node_type(node), *text = w->text + ts_node_start_byte(node);
	size_t size = ts_node_end_byte(node) - ts_node_start_byte(node);

	if (ts_node_is_missing(node) && *type == '\n')
		fail_at(w->diag, place(node), "the line should end here");
	if (ts_node_is_missing(node))
		fail_at(w->diag, place(node), "'%s' is missing here", type);
	if (!strcmp(type, "ERROR")) {
		size_t word = strcspn(text, " \t\r\n,");
		size = size < word ? size : word;
		size = size < SHOWN ? size : SHOWN;
		fail_at(w->diag, place(node), "unexpected '%.*s'", (int)(size ? size : 1),
			text);
	}
	if (!strcmp(type, "numbers") && text[size - 1] != '}')
		fail_at(w->diag, place(node), "no } closes this {");
	if (!strcmp(type, "string") && (size < 2 || text[size - 1] != '"'))
		fail_at(w->diag, place(node), "no \" closes this string on its line");
}

/* Returns the item's number, -1 for what is none (commas, comments, the whole). */
static int
add_item(Walk *w, TSNode node)
{
	int kind = find_name(kinds, ITEM_COUNT, ts_node_type(node));
	uint32_t start = ts_node_start_byte(node);

	if (kind < 0 || !ts_node_is_named(node))
		return -1;
	w->item = grow(w->arena, w->item, w->count, sizeof *w->item);
	w->item[w->count] = (Item){ (ItemKind)kind, 0, place(node), w->text + start,
		ts_node_end_byte(node) - start };
	return w->count++;
}

static void
walk(Walk *w)
{
	int open[DEPTH], depth = 0;

	for (;;) {
		TSNode node = ts_tree_cursor_current_node(&w->cursor);
		check(w, node);
		open[depth] = add_item(w, node);
		if (depth + 1 < DEPTH && ts_tree_cursor_goto_first_child(&w->cursor)) {
			depth++;
			continue;
		}
		for (;; depth--) {
			if (open[depth] >= 0)
				w->item[open[depth]].after = w->count;
			if (ts_tree_cursor_goto_next_sibling(&w->cursor))
				break;
			if (!ts_tree_cursor_goto_parent(&w->cursor))
				return;
		}
	}
}

/* The tree is tree-sitter's, not the arena's: an error has to pass by here. */
static bool
walk_guarded(Walk *w)
{
	jmp_buf here, *outer = w->diag->escape;
	volatile bool whole = false;

	w->diag->escape = &here;
	if (setjmp(here) == 0) {
		walk(w);
		whole = true;
	}
	w->diag->escape = outer;
	return whole;
}

/* The grammar's own error for such bytes would be hard to read. */
static void
check_text(Diag *diag, const char *text, size_t size)
{
	Loc at = { nowhere.offset, 1, 1 };

	if (size > MAX_TEXT)
		fail_at(diag, nowhere, "a text of %zu bytes is too long", size);
	for (size_t i = 0; i < size; i++, at.column++) {
		unsigned char c = (unsigned char)text[i];
		if ((c < ' ' && !strchr("\t\n\r", c)) || !c)
			fail_at(diag, at, "this is no text: byte 0x%02x", c);
		if (c == '\n') {
			at.line++;
			at.column = 0;
		}
	}
}

Item *
mir_items(Arena *arena, Diag *diag, const char *text, size_t size, int *count)
{
	Walk w = { .arena = arena, .diag = diag, .text = text };

	check_text(diag, text, size);
	TSParser *parser = ts_parser_new();
	if (!ts_parser_set_language(parser, tree_sitter_mir()))
		die("this tree-sitter cannot use the parser of .mir");
	w.tree = ts_parser_parse_string(parser, NULL, text, (uint32_t)size);
	w.cursor = ts_tree_cursor_new(ts_tree_root_node(w.tree));
	bool whole = walk_guarded(&w);
	ts_tree_cursor_delete(&w.cursor);
	ts_tree_delete(w.tree);
	ts_parser_delete(parser);
	if (!whole)
		give_up(diag);
	*count = w.count;
	return w.item;
}
