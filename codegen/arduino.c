/* arduino.c: what makes an Arduino library of the pair: a description, words, an example. */
#include "codegen.h"

const char *const project_names[PROJECT_COUNT] = { "pair", "arduino" };

Text
arduino_properties(const Program *p)
{
	const Graph *g = p->job->graph;
	Text t = text_new(p->job->arena);

	put_filled(&t, p, NULL, "name=$m\nversion=1.0.0\nauthor=mcompile " VERSION "\n"
		"maintainer=whoever made the model\n");
	put(&t, "sentence=The neural network %s as C: %lld bytes of RAM.\n",
		comment_text(p->job->arena, p->job->source), (long long)g->work_bytes);
	put(&t, "paragraph=Written by mcompile for target %s, bit-exact to %s. For boards whose int has 32 bits.\n",
		p->job->target->name, reference_names[g->semantics]);
	put_filled(&t, p, NULL, "category=Data Processing\nurl=\narchitectures=*\nincludes=$m.h\n");
	return t;
}

/* What the editor colours. */
Text
arduino_keywords(const Program *p)
{
	Text t = text_new(p->job->arena);

	put_filled(&t, p, NULL, "$m_work\tKEYWORD1\n");
	put_filled(&t, p, NULL, p->reader < 0 ? "$m_run\tKEYWORD2\n" :
		"$m_begin\tKEYWORD2\n$m_push\tKEYWORD2\n$m_finish\tKEYWORD2\n");
	if (p->job->graph->input_mode == INPUT_FULL)
		put_filled_ports(&t, p, true, "$m_$p\tKEYWORD2\n");
	if (p->job->selftest)
		put_filled(&t, p, NULL, "$m_selftest\tKEYWORD2\n");
	for (int i = 0; i < p->ports; i++)
		if (is_converted(p->port + i))
			put_filled(&t, p, p->port + i,
				"$m_quantize_$p\tKEYWORD2\n$m_dequantize_$p\tKEYWORD2\n");
	put_filled(&t, p, NULL, "$M_WORK_BYTES\tLITERAL1\n");
	put_filled_ports(&t, p, true, "$M_$P_COUNT\tLITERAL1\n");
	put_filled_ports(&t, p, false, "$M_$P_COUNT\tLITERAL1\n");
	return t;
}

static void
put_variables(Text *t, const Program *p)
{
	put_filled(t, p, NULL, "\nstatic $m_work work; /* all the memory that the network needs */\n");
	if (p->reader >= 0)
		put_filled(t, p, p->port, "static $t in_$p[$M_$P_ROW_COUNT]; /* a row */\n");
	else if (p->job->graph->input_mode == INPUT_CONST)
		put_filled_ports(t, p, true, "static $t in_$p[$M_$P_COUNT];\n");
	put_filled_ports(t, p, false, "static $t out_$p[$M_$P_COUNT];\n");
	put_filled(t, p, NULL, "\nvoid setup()\n{\n\tSerial.begin(115200);\n");
	if (p->job->selftest)
		put_filled(t, p, NULL, "\tSerial.println($m_selftest(&work) ? \"self test: WRONG\" : "
			"\"self test: right\");\n");
	put(t, "}\n");
}

/* Where the input comes from is the user's to say. */
static void
put_zeros(Text *t, const Program *p, const PortText *port, const char *tabs)
{
	put(t, "%s", tabs);
	put_filled(t, p, port, p->reader < 0 ? "for (long i = 0; i < $M_$P_COUNT; i++)\n" :
		"for (long i = 0; i < $M_$P_ROW_COUNT; i++)\n");
	put(t, "%s\t", tabs);
	put_filled(t, p, port, p->job->graph->input_mode == INPUT_FULL ? "$m_$p(&work)[i] = " :
		"in_$p[i] = ");
	put_filled(t, p, port, is_converted(port) ? "$m_quantize_$p(0.0f);\n" : "0;\n");
}

static void
put_inference(Text *t, const Program *p)
{
	const char *your = "/* Your input comes here, from a sensor, say. */\n";

	if (p->reader >= 0) {
		put_filled(t, p, p->port, "\tunsigned long start = micros();\n\t$m_begin(&work);\n"
			"\tfor (int row = 0; row < $M_$P_ROWS; row++) {\n\t\t");
		put(t, "%s", your);
		put_zeros(t, p, p->port, "\t\t");
		put_filled(t, p, p->port, "\t\t$m_push(&work, in_$p, 1);\n\t}\n\t$m_finish(&work");
	} else {
		put(t, "\t%s", your);
		for (int i = 0; i < p->inputs; i++)
			put_zeros(t, p, p->port + i, "\t");
		put_filled(t, p, NULL, "\tunsigned long start = micros();\n\t$m_run(&work");
		if (p->job->graph->input_mode == INPUT_CONST)
			put_filled_ports(t, p, true, ", in_$p");
	}
	put_filled_ports(t, p, false, ", out_$p");
	put(t, ");\n\tunsigned long took = micros() - start;\n\n");
}

Text
arduino_example(const Program *p)
{
	Text t = text_new(p->job->arena);

	put_filled(&t, p, NULL, "/* One inference a second, what comes of it, and how long it takes. */\n"
		"#include <$m.h>\n\n#if __SIZEOF_INT__ < 4\n"
		"#error \"this network is for boards whose int has 32 bits\"\n#endif\n");
	put_variables(&t, p);
	put(&t, "\nvoid loop()\n{\n");
	put_inference(&t, p);
	for (int i = p->inputs; i < p->ports; i++) {
		const PortText *port = p->port + i;
		put_filled(&t, p, port, "\tSerial.println(\"$p:\");\n"
			"\tfor (long i = 0; i < $M_$P_COUNT; i++)\n\t\tSerial.println(");
		put_filled(&t, p, port, is_converted(port) ? "$m_dequantize_$p(out_$p[i])" :
			port->tensor->type == TYPE_f32 ? "out_$p[i]" : "(long)out_$p[i]");
		put(&t, ");\n");
	}
	put(&t, "\tSerial.print(took);\n\tSerial.println(\" microseconds\");\n\tdelay(1000);\n}\n");
	return t;
}
