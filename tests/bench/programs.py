# Builds what `mcompile` writes for a model and a target, as a shared object and as a program.
import os
import platform
import re
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PROTOTYPE = re.compile(r"void m_run\((.*?)\);", re.DOTALL)
ARGUMENT = re.compile(r"(const )?(\w+) (?:\*(\w+)|(\w+)\[(\d+)\])$")
BYTES = {"int8_t": 1, "uint8_t": 1, "bool": 1, "float": 4, "int32_t": 4, "int64_t": 8}


class Unsupported(Exception):
    pass


FAMILIES = {"x86_64": "x86", "aarch64": "arm"}


def targets():
    """(name, compiler flags) of each row of `mcompile --target help` for this kind of machine."""
    here = ("c", FAMILIES.get(platform.machine()))
    text = subprocess.run([os.environ["MCOMPILE"], "--target", "help"], check=True,
                          capture_output=True, text=True).stdout
    rows = []
    for line in text.splitlines():
        name, *rest = line.split()
        flags = [word for word in rest if word.startswith("-")]
        if name.split("-")[0] in here:
            rows.append((name, flags))
    return rows


def parse_header(text):
    """What m_run() takes: (work?, [(name, bytes)] of inputs, the same of outputs)."""
    found = PROTOTYPE.search(text)
    work, inputs, outputs = False, [], []
    for argument in found[1].split(","):
        const, kind, pointer, name, count = ARGUMENT.match(" ".join(argument.split())).groups()
        if kind == "m_work":
            work = True
        elif const:
            inputs.append((name or pointer, BYTES[kind] * int(count or 1)))
        else:
            outputs.append((name or pointer, BYTES[kind] * int(count or 1)))
    return work, inputs, outputs


def places(name, sizes):
    """A macro that lists where each tensor begins in one block of bytes."""
    offsets, at = [], 0
    for _, size in sizes:
        offsets.append(f"(block) + {at}")
        at += size
    return f"#define {name}(block) {{ {', '.join(offsets)} }}\n", at


def adapter(work, inputs, outputs):
    """m_run() behind one type for all models."""
    arguments = ["work"] * work
    arguments += [f"in[{i}]" for i in range(len(inputs))]
    arguments += [f"out[{i}]" for i in range(len(outputs))]
    in_macro, in_bytes = places("INPUTS", inputs)
    out_macro, out_bytes = places("OUTPUTS", outputs)
    kind = "m_work" if work else "char"
    return (f'#include <stddef.h>\n#include "m.h"\n{in_macro}{out_macro}'
            f"enum {{ INPUT_BYTES = {in_bytes}, OUTPUT_BYTES = {out_bytes} }};\n"
            f"typedef {kind} bench_work;\n"
            "void bench_run(void *work, const void *const *in, void *const *out);\n"
            "extern const size_t bench_work_bytes;\n",
            '#include "adapter.h"\n'
            "const size_t bench_work_bytes = sizeof(bench_work);\n"
            "void\nbench_run(void *work, const void *const *in, void *const *out)\n{\n"
            "\t(void)work;\n"
            f"\tm_run({', '.join(arguments)});\n}}\n")


def write_adapter(folder):
    """adapter.h and adapter.c beside m.h; what m_run() takes."""
    with open(f"{folder}/m.h", encoding="utf-8") as file:
        work, inputs, outputs = parse_header(file.read())
    header, source = adapter(work, inputs, outputs)
    for name, text in ("adapter.h", header), ("adapter.c", source):
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
            file.write(text)
    return inputs, outputs


def compiler():
    return os.environ.get("CC", "cc").split()


def command(words):
    start = time.perf_counter()
    done = subprocess.run(words, capture_output=True, text=True, errors="replace")
    return done, time.perf_counter() - start


def build_shared(path, sources, flags=()):
    """$CC makes a shared object; seconds that took."""
    done, seconds = command([*compiler(), "-O2", *flags, "-shared", "-fPIC", "-o", path, *sources,
                             "-lm"])
    if done.returncode:
        raise SystemExit(f"bench: {' '.join(done.args)}:\n{done.stderr}")
    return seconds


class Program:
    """A model for a target: files, sizes, and what making them took."""

    def __init__(self, model, target, flags, folder, options=()):
        self.target = target
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        done, self.mcompile_seconds = command(
            [os.environ["MCOMPILE"], "--name", "m", "--input", "const", "--weights", "c",
             "--target", target, *options, "-o", folder, model])
        if done.returncode == 1:
            raise Unsupported(done.stderr.strip().splitlines()[0])
        if done.returncode:
            raise SystemExit(f"bench: {model}: {target}: {done.stderr}")
        self.inputs, self.outputs = write_adapter(folder)
        sources = [f"{folder}/m.c", f"{folder}/adapter.c"]
        self.shared = f"{folder}/m.so"
        self.cc_seconds = build_shared(self.shared, sources, flags)
        self.cold = f"{folder}/cold"
        subprocess.run([*compiler(), "-O2", f"-I{folder}", "-o", self.cold, f"{HERE}/cold.c",
                        self.shared, f"-Wl,-rpath,{folder}"], check=True)

    def runs_here(self):
        """Whether this CPU has the instructions."""
        size = sum(n for _, n in self.inputs)
        with open(f"{self.folder}/zeros", "wb") as file:
            file.write(bytes(size))
        done, _ = command([self.cold, f"{self.folder}/zeros"])
        return not done.returncode
