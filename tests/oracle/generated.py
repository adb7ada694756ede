# Compiles many generated models into one program and runs them on raw inputs.
"""mcompile is called once a model; the C of a batch is compiled with fast flags and
linked with one driver, which reads each model's inputs from one file and writes its
outputs to another. A model that crashes is named and the driver goes on behind it.
"""
import os
import re
import subprocess

TYPES = r"(?:int8_t|uint8_t|int16_t|int32_t|int64_t|float|bool)"
ALIGNMENT = 64
NO_PUSH = ("--input push takes a model of one input", "is not read as rows of one image")
GARBAGE = (0xA5, None, 0x5A)   # what fills the work area before each run; None: it stays as it is
RUN_SECONDS = 120
COMPILE_SECONDS = 300
DIED = {-4: "illegal instruction", -6: "abort", -8: "arithmetic exception",
        -11: "segmentation fault"}


class Refused(Exception):
    """mcompile or the C compiler said no; the text says what."""


def call(command, seconds):
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds, text=True,
                              errors="replace")
    except subprocess.TimeoutExpired:
        name = os.path.basename(command[0])
        raise Refused(f"{name}: no end after {seconds} s") from None
    if done.returncode:
        raise Refused(f"{os.path.basename(command[0])} exit {done.returncode}: "
                      f"{(done.stderr or done.stdout)[-600:].strip()}")
    return done.stdout


class Header:
    """What a generated header says: functions for inputs, parameters of the run."""

    def __init__(self, name, text):
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
        self.name = name
        self.inputs = re.findall(rf"{TYPES}\s*\*\s*({name}_\w+)\(\s*{name}_work\s*\*",
                                 text)
        self.push = re.search(rf"int\s+{name}_push\(", text) is not None
        run = re.search(rf"int\s+{name}_finish\(([^;]*)\);" if self.push else
                        rf"void\s+{name}_run\(([^;]*)\);", text)
        if not run:
            raise Refused(f"{name}.h declares no {name}_run")
        parameters = [p.strip() for p in run.group(1).split(",")][1:]
        self.parameters = ["in" if p.startswith("const") else "out" for p in parameters]
        rows = re.search(r"#define \w+_ROWS (\d+)", text)
        self.rows = int(rows.group(1)) if rows else 0


class Member:
    """One model of a batch: its number, and the bytes of each input and output."""

    def __init__(self, number, runs, output_sizes, flags=(), instead=()):
        """flags of mcompile; those to take instead where --input push is refused."""
        self.number, self.runs, self.output_sizes = number, runs, output_sizes
        self.input_sizes = [len(raw) for raw in runs[0]]
        self.name = f"m{number}"
        self.flags, self.instead = list(flags), list(instead)
        self.problem = None     # what went wrong, if anything
        self.outputs = []       # per run a list of bytes

    def compile(self, command):
        """Calls mcompile; with other flags if push is not for this model, which it has to say."""
        try:
            call(command + self.flags, COMPILE_SECONDS)
        except Refused as refused:
            if "push" not in self.flags or not any(t in str(refused) for t in NO_PUSH):
                raise
            self.flags = self.instead
            call(command + self.flags, COMPILE_SECONDS)

    def generate(self, tool, model_file, folder):
        self.compile(tool + ["-o", folder, "--name", self.name, model_file])
        with open(os.path.join(folder, self.name + ".h")) as file:
            self.header = Header(self.name, file.read())
        given = 1 if self.header.push else \
            len(self.header.inputs) + self.header.parameters.count("in")
        if given != len(self.input_sizes):
            raise Refused(f"{self.name}.h: {len(self.input_sizes)} inputs expected")
        if self.header.parameters.count("out") != len(self.output_sizes):
            raise Refused(f"{self.name}.h: {len(self.output_sizes)} outputs expected")

    def driver(self):
        """C: run this model on all its inputs."""
        name, arguments = self.name, []
        sizes = list(self.input_sizes)
        static = f"static _Alignas({ALIGNMENT}) unsigned char"
        lines = [f"\t\tif (i % {len(GARBAGE)} == {k})\n"
                 f"\t\t\tmemset(&work, {fill}, sizeof work);"
                 for k, fill in enumerate(GARBAGE) if fill is not None]
        for function in self.header.inputs:
            lines.append(f"\t\tread_all({function}(&work), {sizes.pop(0)});")
        declared, given, got = [], 0, 0
        for kind in self.header.parameters:
            if kind == "in":
                declared.append(f"\t{static} in{given}[{sizes[given] or 1}];")
                lines.append(f"\t\tread_all(in{given}, {sizes[given]});")
                arguments.append(f"(const void *)in{given}")
                given += 1
            else:
                declared.append(f"\t{static} out{got}[{self.output_sizes[got] or 1}];")
                arguments.append(f"(void *)out{got}")
                got += 1
        if self.header.push:
            declared.append(f"\t{static} rows[{sizes[0]}];")
            lines += self.pushes(sizes[0], ", ".join(["&work"] + arguments))
        else:
            lines.append(f"\t\t{name}_run({', '.join(['&work'] + arguments)});")
        for k, size in enumerate(self.output_sizes):
            lines.append(f"\t\twrite_all(out{k}, {size});")
        return "\n".join(
            [f"static void run_{name}(void)", "{", f"\tstatic {name}_work work;"]
            + declared + [f"\tfor (int i = 0; i < {len(self.runs)}; i++) {{"] + lines
            + ["\t}", "}"])


    def pushes(self, size, arguments):
        """Rows in chunks of another size each time; each is gone after its call."""
        name, rows = self.name, self.header.rows
        step = size // rows
        return [f"\t\tread_all(rows, {size});", f"\t\t{name}_begin(&work);",
                f"\t\tfor (int r = 0, n; r < {rows}; r += n) {{",
                f"\t\t\tn = 1 + (r * 7 + i * 5) % 4;",
                f"\t\t\tn = n > {rows} - r ? {rows} - r : n;",
                f"\t\t\tif ({name}_push(&work, (const void *)(rows + {step} * r), n))",
                "\t\t\t\texit(4);",
                f"\t\t\tmemset(rows + {step} * r, 0x3C, (size_t)({step} * n));", "\t\t}",
                f"\t\tif ({name}_finish({arguments}))", "\t\t\texit(5);"]


DRIVER = """#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
%(includes)s
static FILE *in, *out;
static void read_all(void *data, size_t size)
{
	if (fread(data, 1, size, in) != size)
		exit(3);
}
static void write_all(const void *data, size_t size)
{
	if (fwrite(data, 1, size, out) != size)
		exit(3);
}
%(functions)s
static void (*const models[])(void) = {%(table)s};
int main(int argc, char **argv)
{
	in = fopen(argv[1], "rb");
	out = fopen(argv[2], "ab");
	int i = atoi(argv[3]);
	if (argc != 5 || !in || !out || fseek(in, atol(argv[4]), SEEK_SET))
		return 3;
	for (; i < %(count)d; i++) {
		models[i]();
		fflush(out);
	}
	return 0;
}
"""


def compile_members(members, folder, cc):
    """Object files of the members; those that do not compile get their problem."""
    good = []
    for m in members:
        source = os.path.join(folder, m.name + ".c")
        try:
            call(cc + ["-c", source, "-o", source[:-1] + "o"], COMPILE_SECONDS)
            good.append(m)
        except Refused as refused:
            m.problem = f"C compiler: {refused}"
    return good


def link(members, folder, cc):
    program = os.path.join(folder, "batch")
    with open(program + ".c", "w") as file:
        file.write(DRIVER % dict(
            includes="\n".join(f'#include "{m.name}.h"' for m in members),
            functions="\n".join(m.driver() for m in members), count=len(members),
            table=", ".join(f"run_{m.name}" for m in members)))
    objects = [os.path.join(folder, m.name + ".o") for m in members]
    call(cc + ["-I", folder, program + ".c", *objects, "-lm", "-o", program],
         COMPILE_SECONDS)
    return program


def run_program(program, members, folder):
    """Fills in each member's outputs, or its problem if it crashed."""
    source, target = os.path.join(folder, "inputs"), os.path.join(folder, "outputs")
    starts = []
    with open(source, "wb") as file:
        for m in members:
            starts.append(file.tell())
            for run in m.runs:
                file.write(b"".join(run))
    first = 0
    while first < len(members):
        open(target, "wb").close()
        try:
            code = subprocess.run([program, source, target, str(first),
                                   str(starts[first])], stderr=subprocess.PIPE,
                                  timeout=RUN_SECONDS)
            code, text = code.returncode, code.stderr.decode("utf-8", "replace")
        except subprocess.TimeoutExpired:
            code, text = "no end", ""
        first = take_outputs(members, first, target)
        if first < len(members):
            how = DIED.get(code, code)
            members[first].problem = f"generated code: {how} {text[:400]}"
            first += 1


def take_outputs(members, first, target):
    """The number of the first member whose outputs are not all there."""
    with open(target, "rb") as file:
        while first < len(members):
            m = members[first]
            got = [[file.read(size) for size in m.output_sizes] for _ in m.runs]
            if any(len(raw) != size for run in got
                   for raw, size in zip(run, m.output_sizes)):
                return first
            m.outputs = got
            first += 1
    return first


def run_batch(tool, cc, members, model_files, folder):
    """All of it. tool and cc are command lines to be completed."""
    generated = []
    for m, model_file in zip(members, model_files):
        try:
            m.generate(tool, model_file, folder)
            generated.append(m)
        except (Refused, OSError) as refused:
            m.problem = str(refused)
    compiled = compile_members(generated, folder, cc)
    if compiled:
        try:
            run_program(link(compiled, folder, cc), compiled, folder)
        except Refused as refused:
            for m in compiled:
                m.problem = f"link: {refused}"


def run_singly(tool, members, model_files, folder):
    """The same through `mcompile run`, which compiles and runs by itself."""
    for m, model_file in zip(members, model_files):
        for number, run in enumerate(m.runs):
            names = [os.path.join(folder, f"{m.name}.{number}.in{i}")
                     for i in range(len(run))]
            for name, raw in zip(names, run):
                with open(name, "wb") as file:
                    file.write(raw)
            outs = [os.path.join(folder, f"{m.name}.{number}.out{i}")
                    for i in range(len(m.output_sizes))]
            try:
                m.compile([tool[0], "run"] + tool[1:] + [model_file] + names + ["-o"] + outs)
                m.outputs.append([open(name, "rb").read() for name in outs])
            except (Refused, OSError) as refused:
                m.problem = str(refused)
                break
