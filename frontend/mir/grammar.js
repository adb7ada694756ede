/*
 * grammar.js: the readable text of the graph.  One statement a line:
 *
 *	mir 1
 *	model "kws" semantics tflm
 *	input t0 "image"
 *	output t2 "scores"
 *	tensor t0 s8[1,4] scale 0.5 zero 83
 *	tensor t1 s8[2,4] axis 0 scale { 0.1 0.2 } data { 1 2 3 4 -5 6 7 8 }
 *	tensor t2 s8[1,2] scale 0.25
 *	t2 = dense t0 t1 _ act relu
 *
 * The grammar says what stands where on a line; which words and which values an operator, a
 * tensor or a field takes is in ops.def, attrs.def and fields.def, and mir.c checks it.  So a new
 * operator needs no new parser.  After a change here: tree-sitter generate --abi 14.
 */
module.exports = grammar({
	name: 'mir',
	extras: $ => [/[ \t\r]/, $._comment],
	rules: {
		source_file: $ => repeat(choice($.statement, $.node, '\n')),
		statement: $ => seq(field('keyword', $.word), repeat($._value), '\n'),
		node: $ => seq(field('result', $.word), '=', field('operator', $.word),
			repeat($._value), '\n'),
		_value: $ => choice($.word, $.number, $.string, $.type, $.list, $.numbers, $.far,
			$.place),
		/* s8[1,49,10,1]: no space before the bracket */
		type: $ => seq($.word, token.immediate('['), optional($._integers), ']'),
		list: $ => seq('[', optional($._integers), ']'),
		_integers: $ => seq($.number, repeat(seq(',', $.number))),
		/* Elements by the thousand: one token, which mir.c takes apart; it misses the end, too. */
		numbers: $ => /\{([^{}#]|#[^\n]*)*\}?/,
		/* elements in another file, from a byte of it on */
		far: $ => seq($.string, '+', $.number),
		/* of the binary model that this was read from */
		place: $ => seq('@', $.number),
		word: $ => /[A-Za-z_][A-Za-z0-9_]*/,
		/* of a float, hexadecimal means its bits */
		number: $ => /-?(0x[0-9a-fA-F]+|[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?|inf)/,
		string: $ => /"([^"\\\n]|\\[^\n])*"?/,
		_comment: $ => /#[^\n]*/,
	},
});
