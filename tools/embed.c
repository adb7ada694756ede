// Writes files as C string literals: embed NAME DIR FOLDER/FILE... >NAMEs.c
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
die(const char *what, const char *name)
{
	fprintf(stderr, "embed: %s: %s\n", name, what);
	exit(1);
}

// One literal per line. Octal escapes are three digits, so that no digit can join them.
static void
print_text(FILE *file)
{
	int c, last = '\n';
	while ((c = getc(file)) != EOF) {
		if (last == '\n')
			fputs("\n\t\t\"", stdout);
		if (c == '\n')
			fputs("\\n\"", stdout);
		else if (c == '\t')
			fputs("\\t", stdout);
		else if (c == '"' || c == '\\' || c == '?')
			printf("\\%c", c);
		else if (c < ' ' || c > '~')
			printf("\\%03o", (unsigned)c);
		else
			putchar(c);
		last = c;
	}
	fputs(last == '\n' ? "\n\t\t\"\"" : "\"", stdout);
}

static void
print_file(const char *directory, const char *name)
{
	const char *slash = strchr(name, '/');
	char path[4096];
	if (!slash || snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path)
		die("not FOLDER/FILE, or too long", name);
	FILE *file = fopen(path, "rb");
	if (!file)
		die("cannot open", path);
	printf("\t{\"%.*s\", \"%s\",", (int)(slash - name), name, slash + 1);
	print_text(file);
	puts("},");
	if (ferror(file) || fclose(file))
		die("cannot read", path);
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int
main(int count, char **args)
{
	if (count < 3)
		die("no name or no folder given", "usage");
	qsort(args + 3, (size_t)count - 3, sizeof *args, compare_names);
	puts("// Files as text; written by tools/embed.\n#include \"codegen/codegen.h\"\n");
	puts("#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n");
	printf("const TemplateFile %ss[] = {\n", args[1]);
	for (int i = 3; i < count; i++)
		print_file(args[2], args[i]);
	printf("};\n\nconst int %s_count = %d;\n", args[1], count - 3);
	return fflush(stdout) || ferror(stdout);
}
