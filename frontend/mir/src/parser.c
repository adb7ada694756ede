#include "tree_sitter/parser.h"

#if defined(__GNUC__) || defined(__clang__)
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#endif

#define LANGUAGE_VERSION 14
#define STATE_COUNT 34
#define LARGE_STATE_COUNT 7
#define SYMBOL_COUNT 26
#define ALIAS_COUNT 0
#define TOKEN_COUNT 14
#define EXTERNAL_TOKEN_COUNT 0
#define FIELD_COUNT 3
#define MAX_ALIAS_SEQUENCE_LENGTH 5
#define PRODUCTION_ID_COUNT 3

enum ts_symbol_identifiers {
  anon_sym_LF = 1,
  anon_sym_EQ = 2,
  anon_sym_LBRACK = 3,
  anon_sym_RBRACK = 4,
  anon_sym_LBRACK2 = 5,
  anon_sym_COMMA = 6,
  sym_numbers = 7,
  anon_sym_PLUS = 8,
  anon_sym_AT = 9,
  sym_word = 10,
  sym_number = 11,
  sym_string = 12,
  sym__comment = 13,
  sym_source_file = 14,
  sym_statement = 15,
  sym_node = 16,
  sym__value = 17,
  sym_type = 18,
  sym_list = 19,
  sym__integers = 20,
  sym_far = 21,
  sym_place = 22,
  aux_sym_source_file_repeat1 = 23,
  aux_sym_statement_repeat1 = 24,
  aux_sym__integers_repeat1 = 25,
};

static const char * const ts_symbol_names[] = {
  [ts_builtin_sym_end] = "end",
  [anon_sym_LF] = "\n",
  [anon_sym_EQ] = "=",
  [anon_sym_LBRACK] = "[",
  [anon_sym_RBRACK] = "]",
  [anon_sym_LBRACK2] = "[",
  [anon_sym_COMMA] = ",",
  [sym_numbers] = "numbers",
  [anon_sym_PLUS] = "+",
  [anon_sym_AT] = "@",
  [sym_word] = "word",
  [sym_number] = "number",
  [sym_string] = "string",
  [sym__comment] = "_comment",
  [sym_source_file] = "source_file",
  [sym_statement] = "statement",
  [sym_node] = "node",
  [sym__value] = "_value",
  [sym_type] = "type",
  [sym_list] = "list",
  [sym__integers] = "_integers",
  [sym_far] = "far",
  [sym_place] = "place",
  [aux_sym_source_file_repeat1] = "source_file_repeat1",
  [aux_sym_statement_repeat1] = "statement_repeat1",
  [aux_sym__integers_repeat1] = "_integers_repeat1",
};

static const TSSymbol ts_symbol_map[] = {
  [ts_builtin_sym_end] = ts_builtin_sym_end,
  [anon_sym_LF] = anon_sym_LF,
  [anon_sym_EQ] = anon_sym_EQ,
  [anon_sym_LBRACK] = anon_sym_LBRACK,
  [anon_sym_RBRACK] = anon_sym_RBRACK,
  [anon_sym_LBRACK2] = anon_sym_LBRACK,
  [anon_sym_COMMA] = anon_sym_COMMA,
  [sym_numbers] = sym_numbers,
  [anon_sym_PLUS] = anon_sym_PLUS,
  [anon_sym_AT] = anon_sym_AT,
  [sym_word] = sym_word,
  [sym_number] = sym_number,
  [sym_string] = sym_string,
  [sym__comment] = sym__comment,
  [sym_source_file] = sym_source_file,
  [sym_statement] = sym_statement,
  [sym_node] = sym_node,
  [sym__value] = sym__value,
  [sym_type] = sym_type,
  [sym_list] = sym_list,
  [sym__integers] = sym__integers,
  [sym_far] = sym_far,
  [sym_place] = sym_place,
  [aux_sym_source_file_repeat1] = aux_sym_source_file_repeat1,
  [aux_sym_statement_repeat1] = aux_sym_statement_repeat1,
  [aux_sym__integers_repeat1] = aux_sym__integers_repeat1,
};

static const TSSymbolMetadata ts_symbol_metadata[] = {
  [ts_builtin_sym_end] = {
    .visible = false,
    .named = true,
  },
  [anon_sym_LF] = {
    .visible = true,
    .named = false,
  },
  [anon_sym_EQ] = {
    .visible = true,
    .named = false,
  },
  [anon_sym_LBRACK] = {
    .visible = true,
    .named = false,
  },
  [anon_sym_RBRACK] = {
    .visible = true,
    .named = false,
  },
  [anon_sym_LBRACK2] = {
    .visible = true,
    .named = false,
  },
  [anon_sym_COMMA] = {
    .visible = true,
    .named = false,
  },
  [sym_numbers] = {
    .visible = true,
    .named = true,
  },
  [anon_sym_PLUS] = {
    .visible = true,
    .named = false,
  },
  [anon_sym_AT] = {
    .visible = true,
    .named = false,
  },
  [sym_word] = {
    .visible = true,
    .named = true,
  },
  [sym_number] = {
    .visible = true,
    .named = true,
  },
  [sym_string] = {
    .visible = true,
    .named = true,
  },
  [sym__comment] = {
    .visible = false,
    .named = true,
  },
  [sym_source_file] = {
    .visible = true,
    .named = true,
  },
  [sym_statement] = {
    .visible = true,
    .named = true,
  },
  [sym_node] = {
    .visible = true,
    .named = true,
  },
  [sym__value] = {
    .visible = false,
    .named = true,
  },
  [sym_type] = {
    .visible = true,
    .named = true,
  },
  [sym_list] = {
    .visible = true,
    .named = true,
  },
  [sym__integers] = {
    .visible = false,
    .named = true,
  },
  [sym_far] = {
    .visible = true,
    .named = true,
  },
  [sym_place] = {
    .visible = true,
    .named = true,
  },
  [aux_sym_source_file_repeat1] = {
    .visible = false,
    .named = false,
  },
  [aux_sym_statement_repeat1] = {
    .visible = false,
    .named = false,
  },
  [aux_sym__integers_repeat1] = {
    .visible = false,
    .named = false,
  },
};

enum ts_field_identifiers {
  field_keyword = 1,
  field_operator = 2,
  field_result = 3,
};

static const char * const ts_field_names[] = {
  [0] = NULL,
  [field_keyword] = "keyword",
  [field_operator] = "operator",
  [field_result] = "result",
};

static const TSFieldMapSlice ts_field_map_slices[PRODUCTION_ID_COUNT] = {
  [1] = {.index = 0, .length = 1},
  [2] = {.index = 1, .length = 2},
};

static const TSFieldMapEntry ts_field_map_entries[] = {
  [0] =
    {field_keyword, 0},
  [1] =
    {field_operator, 2},
    {field_result, 0},
};

static const TSSymbol ts_alias_sequences[PRODUCTION_ID_COUNT][MAX_ALIAS_SEQUENCE_LENGTH] = {
  [0] = {0},
};

static const uint16_t ts_non_terminal_alias_map[] = {
  0,
};

static const TSStateId ts_primary_state_ids[STATE_COUNT] = {
  [0] = 0,
  [1] = 1,
  [2] = 2,
  [3] = 3,
  [4] = 4,
  [5] = 5,
  [6] = 6,
  [7] = 7,
  [8] = 8,
  [9] = 9,
  [10] = 10,
  [11] = 11,
  [12] = 12,
  [13] = 13,
  [14] = 14,
  [15] = 15,
  [16] = 16,
  [17] = 17,
  [18] = 18,
  [19] = 19,
  [20] = 20,
  [21] = 21,
  [22] = 22,
  [23] = 23,
  [24] = 24,
  [25] = 25,
  [26] = 26,
  [27] = 27,
  [28] = 28,
  [29] = 29,
  [30] = 30,
  [31] = 31,
  [32] = 32,
  [33] = 33,
};

static bool ts_lex(TSLexer *lexer, TSStateId state) {
  START_LEXER();
  eof = lexer->eof(lexer);
  switch (state) {
    case 0:
      if (eof) ADVANCE(11);
      ADVANCE_MAP(
        '\n', 12,
        '"', 33,
        '#', 34,
        '+', 21,
        ',', 17,
        '-', 3,
        '0', 27,
        '=', 13,
        '@', 22,
        '[', 14,
        ']', 15,
        'i', 24,
        '{', 20,
      );
      if (lookahead == '\t' ||
          lookahead == '\r' ||
          lookahead == ' ') SKIP(10);
      if (('1' <= lookahead && lookahead <= '9')) ADVANCE(28);
      if (('A' <= lookahead && lookahead <= 'Z') ||
          lookahead == '_' ||
          ('a' <= lookahead && lookahead <= 'z')) ADVANCE(25);
      END_STATE();
    case 1:
      ADVANCE_MAP(
        '\n', 12,
        '"', 33,
        '#', 34,
        '+', 21,
        '-', 3,
        '0', 27,
        '=', 13,
        '@', 22,
        '[', 16,
        'i', 24,
        '{', 20,
      );
      if (lookahead == '\t' ||
          lookahead == '\r' ||
          lookahead == ' ') SKIP(1);
      if (('1' <= lookahead && lookahead <= '9')) ADVANCE(28);
      if (('A' <= lookahead && lookahead <= 'Z') ||
          lookahead == '_' ||
          ('a' <= lookahead && lookahead <= 'z')) ADVANCE(25);
      END_STATE();
    case 2:
      if (lookahead == '#') ADVANCE(34);
      if (lookahead == '-') ADVANCE(3);
      if (lookahead == '0') ADVANCE(27);
      if (lookahead == ']') ADVANCE(15);
      if (lookahead == 'i') ADVANCE(5);
      if (lookahead == '\t' ||
          lookahead == '\r' ||
          lookahead == ' ') SKIP(2);
      if (('1' <= lookahead && lookahead <= '9')) ADVANCE(28);
      END_STATE();
    case 3:
      if (lookahead == '0') ADVANCE(27);
      if (lookahead == 'i') ADVANCE(5);
      if (('1' <= lookahead && lookahead <= '9')) ADVANCE(28);
      END_STATE();
    case 4:
      if (lookahead == 'f') ADVANCE(26);
      END_STATE();
    case 5:
      if (lookahead == 'n') ADVANCE(4);
      END_STATE();
    case 6:
      if (lookahead == '+' ||
          lookahead == '-') ADVANCE(7);
      if (('0' <= lookahead && lookahead <= '9')) ADVANCE(30);
      END_STATE();
    case 7:
      if (('0' <= lookahead && lookahead <= '9')) ADVANCE(30);
      END_STATE();
    case 8:
      if (('0' <= lookahead && lookahead <= '9') ||
          ('A' <= lookahead && lookahead <= 'F') ||
          ('a' <= lookahead && lookahead <= 'f')) ADVANCE(31);
      END_STATE();
    case 9:
      if (lookahead != 0 &&
          lookahead != '\n') ADVANCE(33);
      END_STATE();
    case 10:
      if (eof) ADVANCE(11);
      ADVANCE_MAP(
        '\n', 12,
        '"', 33,
        '#', 34,
        '+', 21,
        ',', 17,
        '-', 3,
        '0', 27,
        '=', 13,
        '@', 22,
        '[', 16,
        ']', 15,
        'i', 24,
        '{', 20,
      );
      if (lookahead == '\t' ||
          lookahead == '\r' ||
          lookahead == ' ') SKIP(10);
      if (('1' <= lookahead && lookahead <= '9')) ADVANCE(28);
      if (('A' <= lookahead && lookahead <= 'Z') ||
          lookahead == '_' ||
          ('a' <= lookahead && lookahead <= 'z')) ADVANCE(25);
      END_STATE();
    case 11:
      ACCEPT_TOKEN(ts_builtin_sym_end);
      END_STATE();
    case 12:
      ACCEPT_TOKEN(anon_sym_LF);
      END_STATE();
    case 13:
      ACCEPT_TOKEN(anon_sym_EQ);
      END_STATE();
    case 14:
      ACCEPT_TOKEN(anon_sym_LBRACK);
      END_STATE();
    case 15:
      ACCEPT_TOKEN(anon_sym_RBRACK);
      END_STATE();
    case 16:
      ACCEPT_TOKEN(anon_sym_LBRACK2);
      END_STATE();
    case 17:
      ACCEPT_TOKEN(anon_sym_COMMA);
      END_STATE();
    case 18:
      ACCEPT_TOKEN(sym_numbers);
      END_STATE();
    case 19:
      ACCEPT_TOKEN(sym_numbers);
      if (lookahead == '\n') ADVANCE(20);
      if (lookahead == '#') ADVANCE(19);
      if (lookahead == '{') ADVANCE(19);
      if (lookahead == '}') ADVANCE(19);
      if (lookahead != 0) ADVANCE(19);
      END_STATE();
    case 20:
      ACCEPT_TOKEN(sym_numbers);
      if (lookahead == '#') ADVANCE(19);
      if (lookahead == '}') ADVANCE(18);
      if (lookahead != 0 &&
          lookahead != '{') ADVANCE(20);
      END_STATE();
    case 21:
      ACCEPT_TOKEN(anon_sym_PLUS);
      END_STATE();
    case 22:
      ACCEPT_TOKEN(anon_sym_AT);
      END_STATE();
    case 23:
      ACCEPT_TOKEN(sym_word);
      if (lookahead == 'f') ADVANCE(25);
      if (('0' <= lookahead && lookahead <= '9') ||
          ('A' <= lookahead && lookahead <= 'Z') ||
          lookahead == '_' ||
          ('a' <= lookahead && lookahead <= 'z')) ADVANCE(25);
      END_STATE();
    case 24:
      ACCEPT_TOKEN(sym_word);
      if (lookahead == 'n') ADVANCE(23);
      if (('0' <= lookahead && lookahead <= '9') ||
          ('A' <= lookahead && lookahead <= 'Z') ||
          lookahead == '_' ||
          ('a' <= lookahead && lookahead <= 'z')) ADVANCE(25);
      END_STATE();
    case 25:
      ACCEPT_TOKEN(sym_word);
      if (('0' <= lookahead && lookahead <= '9') ||
          ('A' <= lookahead && lookahead <= 'Z') ||
          lookahead == '_' ||
          ('a' <= lookahead && lookahead <= 'z')) ADVANCE(25);
      END_STATE();
    case 26:
      ACCEPT_TOKEN(sym_number);
      END_STATE();
    case 27:
      ACCEPT_TOKEN(sym_number);
      if (lookahead == '.') ADVANCE(29);
      if (lookahead == 'x') ADVANCE(8);
      if (lookahead == 'E' ||
          lookahead == 'e') ADVANCE(6);
      if (('0' <= lookahead && lookahead <= '9')) ADVANCE(28);
      END_STATE();
    case 28:
      ACCEPT_TOKEN(sym_number);
      if (lookahead == '.') ADVANCE(29);
      if (lookahead == 'E' ||
          lookahead == 'e') ADVANCE(6);
      if (('0' <= lookahead && lookahead <= '9')) ADVANCE(28);
      END_STATE();
    case 29:
      ACCEPT_TOKEN(sym_number);
      if (lookahead == 'E' ||
          lookahead == 'e') ADVANCE(6);
      if (('0' <= lookahead && lookahead <= '9')) ADVANCE(29);
      END_STATE();
    case 30:
      ACCEPT_TOKEN(sym_number);
      if (('0' <= lookahead && lookahead <= '9')) ADVANCE(30);
      END_STATE();
    case 31:
      ACCEPT_TOKEN(sym_number);
      if (('0' <= lookahead && lookahead <= '9') ||
          ('A' <= lookahead && lookahead <= 'F') ||
          ('a' <= lookahead && lookahead <= 'f')) ADVANCE(31);
      END_STATE();
    case 32:
      ACCEPT_TOKEN(sym_string);
      END_STATE();
    case 33:
      ACCEPT_TOKEN(sym_string);
      if (lookahead == '"') ADVANCE(32);
      if (lookahead == '\\') ADVANCE(9);
      if (lookahead != 0 &&
          lookahead != '\n') ADVANCE(33);
      END_STATE();
    case 34:
      ACCEPT_TOKEN(sym__comment);
      if (lookahead != 0 &&
          lookahead != '\n') ADVANCE(34);
      END_STATE();
    default:
      return false;
  }
}

static const TSLexMode ts_lex_modes[STATE_COUNT] = {
  [0] = {.lex_state = 0},
  [1] = {.lex_state = 0},
  [2] = {.lex_state = 1},
  [3] = {.lex_state = 1},
  [4] = {.lex_state = 1},
  [5] = {.lex_state = 1},
  [6] = {.lex_state = 1},
  [7] = {.lex_state = 1},
  [8] = {.lex_state = 0},
  [9] = {.lex_state = 1},
  [10] = {.lex_state = 1},
  [11] = {.lex_state = 1},
  [12] = {.lex_state = 1},
  [13] = {.lex_state = 1},
  [14] = {.lex_state = 1},
  [15] = {.lex_state = 0},
  [16] = {.lex_state = 0},
  [17] = {.lex_state = 0},
  [18] = {.lex_state = 2},
  [19] = {.lex_state = 0},
  [20] = {.lex_state = 0},
  [21] = {.lex_state = 0},
  [22] = {.lex_state = 2},
  [23] = {.lex_state = 0},
  [24] = {.lex_state = 0},
  [25] = {.lex_state = 0},
  [26] = {.lex_state = 0},
  [27] = {.lex_state = 0},
  [28] = {.lex_state = 0},
  [29] = {.lex_state = 2},
  [30] = {.lex_state = 2},
  [31] = {.lex_state = 2},
  [32] = {.lex_state = 0},
  [33] = {.lex_state = 0},
};

static const uint16_t ts_parse_table[LARGE_STATE_COUNT][SYMBOL_COUNT] = {
  [0] = {
    [ts_builtin_sym_end] = ACTIONS(1),
    [anon_sym_LF] = ACTIONS(1),
    [anon_sym_EQ] = ACTIONS(1),
    [anon_sym_LBRACK] = ACTIONS(1),
    [anon_sym_RBRACK] = ACTIONS(1),
    [anon_sym_LBRACK2] = ACTIONS(1),
    [anon_sym_COMMA] = ACTIONS(1),
    [sym_numbers] = ACTIONS(1),
    [anon_sym_PLUS] = ACTIONS(1),
    [anon_sym_AT] = ACTIONS(1),
    [sym_word] = ACTIONS(1),
    [sym_number] = ACTIONS(1),
    [sym_string] = ACTIONS(1),
    [sym__comment] = ACTIONS(3),
  },
  [1] = {
    [sym_source_file] = STATE(28),
    [sym_statement] = STATE(15),
    [sym_node] = STATE(15),
    [aux_sym_source_file_repeat1] = STATE(15),
    [ts_builtin_sym_end] = ACTIONS(5),
    [anon_sym_LF] = ACTIONS(7),
    [sym_word] = ACTIONS(9),
    [sym__comment] = ACTIONS(3),
  },
  [2] = {
    [sym__value] = STATE(4),
    [sym_type] = STATE(4),
    [sym_list] = STATE(4),
    [sym_far] = STATE(4),
    [sym_place] = STATE(4),
    [aux_sym_statement_repeat1] = STATE(4),
    [anon_sym_LF] = ACTIONS(11),
    [anon_sym_EQ] = ACTIONS(13),
    [anon_sym_LBRACK2] = ACTIONS(15),
    [sym_numbers] = ACTIONS(17),
    [anon_sym_AT] = ACTIONS(19),
    [sym_word] = ACTIONS(21),
    [sym_number] = ACTIONS(23),
    [sym_string] = ACTIONS(25),
    [sym__comment] = ACTIONS(3),
  },
  [3] = {
    [sym__value] = STATE(5),
    [sym_type] = STATE(5),
    [sym_list] = STATE(5),
    [sym_far] = STATE(5),
    [sym_place] = STATE(5),
    [aux_sym_statement_repeat1] = STATE(5),
    [anon_sym_LF] = ACTIONS(27),
    [anon_sym_LBRACK2] = ACTIONS(15),
    [sym_numbers] = ACTIONS(29),
    [anon_sym_AT] = ACTIONS(19),
    [sym_word] = ACTIONS(21),
    [sym_number] = ACTIONS(31),
    [sym_string] = ACTIONS(25),
    [sym__comment] = ACTIONS(3),
  },
  [4] = {
    [sym__value] = STATE(6),
    [sym_type] = STATE(6),
    [sym_list] = STATE(6),
    [sym_far] = STATE(6),
    [sym_place] = STATE(6),
    [aux_sym_statement_repeat1] = STATE(6),
    [anon_sym_LF] = ACTIONS(33),
    [anon_sym_LBRACK2] = ACTIONS(15),
    [sym_numbers] = ACTIONS(35),
    [anon_sym_AT] = ACTIONS(19),
    [sym_word] = ACTIONS(21),
    [sym_number] = ACTIONS(37),
    [sym_string] = ACTIONS(25),
    [sym__comment] = ACTIONS(3),
  },
  [5] = {
    [sym__value] = STATE(6),
    [sym_type] = STATE(6),
    [sym_list] = STATE(6),
    [sym_far] = STATE(6),
    [sym_place] = STATE(6),
    [aux_sym_statement_repeat1] = STATE(6),
    [anon_sym_LF] = ACTIONS(39),
    [anon_sym_LBRACK2] = ACTIONS(15),
    [sym_numbers] = ACTIONS(35),
    [anon_sym_AT] = ACTIONS(19),
    [sym_word] = ACTIONS(21),
    [sym_number] = ACTIONS(37),
    [sym_string] = ACTIONS(25),
    [sym__comment] = ACTIONS(3),
  },
  [6] = {
    [sym__value] = STATE(6),
    [sym_type] = STATE(6),
    [sym_list] = STATE(6),
    [sym_far] = STATE(6),
    [sym_place] = STATE(6),
    [aux_sym_statement_repeat1] = STATE(6),
    [anon_sym_LF] = ACTIONS(41),
    [anon_sym_LBRACK2] = ACTIONS(43),
    [sym_numbers] = ACTIONS(46),
    [anon_sym_AT] = ACTIONS(49),
    [sym_word] = ACTIONS(52),
    [sym_number] = ACTIONS(55),
    [sym_string] = ACTIONS(58),
    [sym__comment] = ACTIONS(3),
  },
};

static const uint16_t ts_small_parse_table[] = {
  [0] = 4,
    ACTIONS(3), 1,
      sym__comment,
    ACTIONS(63), 1,
      anon_sym_PLUS,
    ACTIONS(65), 1,
      sym_number,
    ACTIONS(61), 6,
      anon_sym_LF,
      anon_sym_LBRACK2,
      sym_numbers,
      anon_sym_AT,
      sym_word,
      sym_string,
  [18] = 4,
    ACTIONS(3), 1,
      sym__comment,
    ACTIONS(67), 1,
      anon_sym_LBRACK,
    ACTIONS(65), 2,
      anon_sym_LBRACK2,
      sym_number,
    ACTIONS(61), 5,
      anon_sym_LF,
      sym_numbers,
      anon_sym_AT,
      sym_word,
      sym_string,
  [36] = 3,
    ACTIONS(3), 1,
      sym__comment,
    ACTIONS(71), 1,
      sym_number,
    ACTIONS(69), 6,
      anon_sym_LF,
      anon_sym_LBRACK2,
      sym_numbers,
      anon_sym_AT,
      sym_word,
      sym_string,
  [51] = 3,
    ACTIONS(3), 1,
      sym__comment,
    ACTIONS(75), 1,
      sym_number,
    ACTIONS(73), 6,
      anon_sym_LF,
      anon_sym_LBRACK2,
      sym_numbers,
      anon_sym_AT,
      sym_word,
      sym_string,
  [66] = 3,
    ACTIONS(3), 1,
      sym__comment,
    ACTIONS(79), 1,
      sym_number,
    ACTIONS(77), 6,
      anon_sym_LF,
      anon_sym_LBRACK2,
      sym_numbers,
      anon_sym_AT,
      sym_word,
      sym_string,
  [81] = 3,
    ACTIONS(3), 1,
      sym__comment,
    ACTIONS(83), 1,
      sym_number,
    ACTIONS(81), 6,
      anon_sym_LF,
      anon_sym_LBRACK2,
      sym_numbers,
      anon_sym_AT,
      sym_word,
      sym_string,
  [96] = 3,
    ACTIONS(3), 1,
      sym__comment,
    ACTIONS(87), 1,
      sym_number,
    ACTIONS(85), 6,
      anon_sym_LF,
      anon_sym_LBRACK2,
      sym_numbers,
      anon_sym_AT,
      sym_word,
      sym_string,
  [111] = 3,
    ACTIONS(3), 1,
      sym__comment,
    ACTIONS(91), 1,
      sym_number,
    ACTIONS(89), 6,
      anon_sym_LF,
      anon_sym_LBRACK2,
      sym_numbers,
      anon_sym_AT,
      sym_word,
      sym_string,
  [126] = 5,
    ACTIONS(3), 1,
      sym__comment,
    ACTIONS(9), 1,
      sym_word,
    ACTIONS(93), 1,
      ts_builtin_sym_end,
    ACTIONS(95), 1,
      anon_sym_LF,
    STATE(16), 3,
      sym_statement,
      sym_node,
      aux_sym_source_file_repeat1,
  [144] = 5,
    ACTIONS(3), 1,
      sym__comment,
    ACTIONS(97), 1,
      ts_builtin_sym_end,
    ACTIONS(99), 1,
      anon_sym_LF,
    ACTIONS(102), 1,
      sym_word,
    STATE(16), 3,
      sym_statement,
      sym_node,
      aux_sym_source_file_repeat1,
  [162] = 2,
    ACTIONS(3), 1,
      sym__comment,
    ACTIONS(105), 3,
      ts_builtin_sym_end,
      anon_sym_LF,
      sym_word,
  [171] = 4,
    ACTIONS(3), 1,
      sym__comment,
    ACTIONS(107), 1,
      anon_sym_RBRACK,
    ACTIONS(109), 1,
      sym_number,
    STATE(33), 1,
      sym__integers,
  [184] = 4,
    ACTIONS(3), 1,
      sym__comment,
    ACTIONS(111), 1,
      anon_sym_RBRACK,
    ACTIONS(113), 1,
      anon_sym_COMMA,
    STATE(21), 1,
      aux_sym__integers_repeat1,
  [197] = 2,
    ACTIONS(3), 1,
      sym__comment,
    ACTIONS(115), 3,
      ts_builtin_sym_end,
      anon_sym_LF,
      sym_word,
  [206] = 4,
    ACTIONS(3), 1,
      sym__comment,
    ACTIONS(113), 1,
      anon_sym_COMMA,
    ACTIONS(117), 1,
      anon_sym_RBRACK,
    STATE(25), 1,
      aux_sym__integers_repeat1,
  [219] = 4,
    ACTIONS(3), 1,
      sym__comment,
    ACTIONS(109), 1,
      sym_number,
    ACTIONS(119), 1,
      anon_sym_RBRACK,
    STATE(27), 1,
      sym__integers,
  [232] = 2,
    ACTIONS(3), 1,
      sym__comment,
    ACTIONS(121), 3,
      ts_builtin_sym_end,
      anon_sym_LF,
      sym_word,
  [241] = 2,
    ACTIONS(3), 1,
      sym__comment,
    ACTIONS(123), 3,
      ts_builtin_sym_end,
      anon_sym_LF,
      sym_word,
  [250] = 4,
    ACTIONS(3), 1,
      sym__comment,
    ACTIONS(125), 1,
      anon_sym_RBRACK,
    ACTIONS(127), 1,
      anon_sym_COMMA,
    STATE(25), 1,
      aux_sym__integers_repeat1,
  [263] = 2,
    ACTIONS(3), 1,
      sym__comment,
    ACTIONS(125), 2,
      anon_sym_RBRACK,
      anon_sym_COMMA,
  [271] = 2,
    ACTIONS(3), 1,
      sym__comment,
    ACTIONS(130), 1,
      anon_sym_RBRACK,
  [278] = 2,
    ACTIONS(3), 1,
      sym__comment,
    ACTIONS(132), 1,
      ts_builtin_sym_end,
  [285] = 2,
    ACTIONS(3), 1,
      sym__comment,
    ACTIONS(134), 1,
      sym_number,
  [292] = 2,
    ACTIONS(3), 1,
      sym__comment,
    ACTIONS(136), 1,
      sym_number,
  [299] = 2,
    ACTIONS(3), 1,
      sym__comment,
    ACTIONS(138), 1,
      sym_number,
  [306] = 2,
    ACTIONS(3), 1,
      sym__comment,
    ACTIONS(140), 1,
      sym_word,
  [313] = 2,
    ACTIONS(3), 1,
      sym__comment,
    ACTIONS(142), 1,
      anon_sym_RBRACK,
};

static const uint32_t ts_small_parse_table_map[] = {
  [SMALL_STATE(7)] = 0,
  [SMALL_STATE(8)] = 18,
  [SMALL_STATE(9)] = 36,
  [SMALL_STATE(10)] = 51,
  [SMALL_STATE(11)] = 66,
  [SMALL_STATE(12)] = 81,
  [SMALL_STATE(13)] = 96,
  [SMALL_STATE(14)] = 111,
  [SMALL_STATE(15)] = 126,
  [SMALL_STATE(16)] = 144,
  [SMALL_STATE(17)] = 162,
  [SMALL_STATE(18)] = 171,
  [SMALL_STATE(19)] = 184,
  [SMALL_STATE(20)] = 197,
  [SMALL_STATE(21)] = 206,
  [SMALL_STATE(22)] = 219,
  [SMALL_STATE(23)] = 232,
  [SMALL_STATE(24)] = 241,
  [SMALL_STATE(25)] = 250,
  [SMALL_STATE(26)] = 263,
  [SMALL_STATE(27)] = 271,
  [SMALL_STATE(28)] = 278,
  [SMALL_STATE(29)] = 285,
  [SMALL_STATE(30)] = 292,
  [SMALL_STATE(31)] = 299,
  [SMALL_STATE(32)] = 306,
  [SMALL_STATE(33)] = 313,
};

static const TSParseActionEntry ts_parse_actions[] = {
  [0] = {.entry = {.count = 0, .reusable = false}},
  [1] = {.entry = {.count = 1, .reusable = false}}, RECOVER(),
  [3] = {.entry = {.count = 1, .reusable = true}}, SHIFT_EXTRA(),
  [5] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym_source_file, 0, 0, 0),
  [7] = {.entry = {.count = 1, .reusable = true}}, SHIFT(15),
  [9] = {.entry = {.count = 1, .reusable = true}}, SHIFT(2),
  [11] = {.entry = {.count = 1, .reusable = true}}, SHIFT(17),
  [13] = {.entry = {.count = 1, .reusable = true}}, SHIFT(32),
  [15] = {.entry = {.count = 1, .reusable = true}}, SHIFT(18),
  [17] = {.entry = {.count = 1, .reusable = true}}, SHIFT(4),
  [19] = {.entry = {.count = 1, .reusable = true}}, SHIFT(29),
  [21] = {.entry = {.count = 1, .reusable = true}}, SHIFT(8),
  [23] = {.entry = {.count = 1, .reusable = false}}, SHIFT(4),
  [25] = {.entry = {.count = 1, .reusable = true}}, SHIFT(7),
  [27] = {.entry = {.count = 1, .reusable = true}}, SHIFT(23),
  [29] = {.entry = {.count = 1, .reusable = true}}, SHIFT(5),
  [31] = {.entry = {.count = 1, .reusable = false}}, SHIFT(5),
  [33] = {.entry = {.count = 1, .reusable = true}}, SHIFT(20),
  [35] = {.entry = {.count = 1, .reusable = true}}, SHIFT(6),
  [37] = {.entry = {.count = 1, .reusable = false}}, SHIFT(6),
  [39] = {.entry = {.count = 1, .reusable = true}}, SHIFT(24),
  [41] = {.entry = {.count = 1, .reusable = true}}, REDUCE(aux_sym_statement_repeat1, 2, 0, 0),
  [43] = {.entry = {.count = 2, .reusable = true}}, REDUCE(aux_sym_statement_repeat1, 2, 0, 0), SHIFT_REPEAT(18),
  [46] = {.entry = {.count = 2, .reusable = true}}, REDUCE(aux_sym_statement_repeat1, 2, 0, 0), SHIFT_REPEAT(6),
  [49] = {.entry = {.count = 2, .reusable = true}}, REDUCE(aux_sym_statement_repeat1, 2, 0, 0), SHIFT_REPEAT(29),
  [52] = {.entry = {.count = 2, .reusable = true}}, REDUCE(aux_sym_statement_repeat1, 2, 0, 0), SHIFT_REPEAT(8),
  [55] = {.entry = {.count = 2, .reusable = false}}, REDUCE(aux_sym_statement_repeat1, 2, 0, 0), SHIFT_REPEAT(6),
  [58] = {.entry = {.count = 2, .reusable = true}}, REDUCE(aux_sym_statement_repeat1, 2, 0, 0), SHIFT_REPEAT(7),
  [61] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym__value, 1, 0, 0),
  [63] = {.entry = {.count = 1, .reusable = true}}, SHIFT(31),
  [65] = {.entry = {.count = 1, .reusable = false}}, REDUCE(sym__value, 1, 0, 0),
  [67] = {.entry = {.count = 1, .reusable = true}}, SHIFT(22),
  [69] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym_place, 2, 0, 0),
  [71] = {.entry = {.count = 1, .reusable = false}}, REDUCE(sym_place, 2, 0, 0),
  [73] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym_list, 2, 0, 0),
  [75] = {.entry = {.count = 1, .reusable = false}}, REDUCE(sym_list, 2, 0, 0),
  [77] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym_type, 3, 0, 0),
  [79] = {.entry = {.count = 1, .reusable = false}}, REDUCE(sym_type, 3, 0, 0),
  [81] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym_far, 3, 0, 0),
  [83] = {.entry = {.count = 1, .reusable = false}}, REDUCE(sym_far, 3, 0, 0),
  [85] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym_list, 3, 0, 0),
  [87] = {.entry = {.count = 1, .reusable = false}}, REDUCE(sym_list, 3, 0, 0),
  [89] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym_type, 4, 0, 0),
  [91] = {.entry = {.count = 1, .reusable = false}}, REDUCE(sym_type, 4, 0, 0),
  [93] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym_source_file, 1, 0, 0),
  [95] = {.entry = {.count = 1, .reusable = true}}, SHIFT(16),
  [97] = {.entry = {.count = 1, .reusable = true}}, REDUCE(aux_sym_source_file_repeat1, 2, 0, 0),
  [99] = {.entry = {.count = 2, .reusable = true}}, REDUCE(aux_sym_source_file_repeat1, 2, 0, 0), SHIFT_REPEAT(16),
  [102] = {.entry = {.count = 2, .reusable = true}}, REDUCE(aux_sym_source_file_repeat1, 2, 0, 0), SHIFT_REPEAT(2),
  [105] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym_statement, 2, 0, 1),
  [107] = {.entry = {.count = 1, .reusable = true}}, SHIFT(10),
  [109] = {.entry = {.count = 1, .reusable = true}}, SHIFT(19),
  [111] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym__integers, 1, 0, 0),
  [113] = {.entry = {.count = 1, .reusable = true}}, SHIFT(30),
  [115] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym_statement, 3, 0, 1),
  [117] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym__integers, 2, 0, 0),
  [119] = {.entry = {.count = 1, .reusable = true}}, SHIFT(11),
  [121] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym_node, 4, 0, 2),
  [123] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym_node, 5, 0, 2),
  [125] = {.entry = {.count = 1, .reusable = true}}, REDUCE(aux_sym__integers_repeat1, 2, 0, 0),
  [127] = {.entry = {.count = 2, .reusable = true}}, REDUCE(aux_sym__integers_repeat1, 2, 0, 0), SHIFT_REPEAT(30),
  [130] = {.entry = {.count = 1, .reusable = true}}, SHIFT(14),
  [132] = {.entry = {.count = 1, .reusable = true}},  ACCEPT_INPUT(),
  [134] = {.entry = {.count = 1, .reusable = true}}, SHIFT(9),
  [136] = {.entry = {.count = 1, .reusable = true}}, SHIFT(26),
  [138] = {.entry = {.count = 1, .reusable = true}}, SHIFT(12),
  [140] = {.entry = {.count = 1, .reusable = true}}, SHIFT(3),
  [142] = {.entry = {.count = 1, .reusable = true}}, SHIFT(13),
};

#ifdef __cplusplus
extern "C" {
#endif
#ifdef TREE_SITTER_HIDE_SYMBOLS
#define TS_PUBLIC
#elif defined(_WIN32)
#define TS_PUBLIC __declspec(dllexport)
#else
#define TS_PUBLIC __attribute__((visibility("default")))
#endif

TS_PUBLIC const TSLanguage *tree_sitter_mir(void) {
  static const TSLanguage language = {
    .version = LANGUAGE_VERSION,
    .symbol_count = SYMBOL_COUNT,
    .alias_count = ALIAS_COUNT,
    .token_count = TOKEN_COUNT,
    .external_token_count = EXTERNAL_TOKEN_COUNT,
    .state_count = STATE_COUNT,
    .large_state_count = LARGE_STATE_COUNT,
    .production_id_count = PRODUCTION_ID_COUNT,
    .field_count = FIELD_COUNT,
    .max_alias_sequence_length = MAX_ALIAS_SEQUENCE_LENGTH,
    .parse_table = &ts_parse_table[0][0],
    .small_parse_table = ts_small_parse_table,
    .small_parse_table_map = ts_small_parse_table_map,
    .parse_actions = ts_parse_actions,
    .symbol_names = ts_symbol_names,
    .field_names = ts_field_names,
    .field_map_slices = ts_field_map_slices,
    .field_map_entries = ts_field_map_entries,
    .symbol_metadata = ts_symbol_metadata,
    .public_symbol_map = ts_symbol_map,
    .alias_map = ts_non_terminal_alias_map,
    .alias_sequences = &ts_alias_sequences[0][0],
    .lex_modes = ts_lex_modes,
    .lex_fn = ts_lex,
    .primary_state_ids = ts_primary_state_ids,
  };
  return &language;
}
#ifdef __cplusplus
}
#endif
