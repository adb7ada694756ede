# Counts instructions of inferences on the emulated machines of codegen/machines.def.
"""emulated.py [-o FOLDER] [--target T]... [--optimize speed|ram|size] [--no-prune] [--rows] MODEL...

For each model and each target that runs under an emulator: instructions of one inference (of
Hexagon: packets), counted, not timed.  Cortex-M: SysTick under `qemu-system-arm -icount shift=0`,
where an instruction takes a nanosecond; else count_plugin.c, whose figure is the difference of a run
of two inferences and one of one.  Both first count loops of known length, and the bench refuses to
report if they are not met.

Then bytes: code and constants of the linked image without what the bench adds (Cortex-M; else of the
pair's object), RAM as the work area, and the stack that an inference wrote to (Cortex-M), which must
be within the bound of --report.  With --rows also the price of rows: instructions by speed and by
ram, to those with --no-stream, and fails if one is above ROWS_MOST.  Then, of AArch64, inner loops as llvm-mca models cores: loops.py.
peers.json has the figures of others, measured the same way, and their source.
Writes tables, and FOLDER/emulated.json."""
import argparse
import bisect
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import loops

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TICK_PICOSECONDS = {"cortex-m4": 40000, "cortex-m55": 31250}  # mps2-an386 25 MHz, mps3-an547 32 MHz
TURNS = (1000, 9000)
ALIGNMENT = 8  # of the work area's type
ROWS_MOST = 1.15  # times the instructions of whole tensors


def rows(macro, name):
    """The strings of each row MACRO("...", ...) of codegen/NAME."""
    text = open(f"{ROOT}/codegen/{name}").read()
    for row in re.findall(rf"^{macro}\((.*?)\)$", text, re.M | re.S):
        yield [a if a or not b else b for a, b in re.findall(r'"([^"]*)"|\b(\d+)\b', row)]


class Machine:
    def __init__(self, row):
        self.name, hosts, compiler, sources, self.emulator, self.packages = row
        folder = f"{ROOT}/machines/{sources.split('/')[0]}"
        self.compiler = compiler.replace("@", folder).split()
        self.sources = [f"{ROOT}/machines/{s}" for s in sources.split()]
        self.bare = self.emulator.endswith("-append")
        self.native = os.uname().machine in hosts.split()

    def missing(self):
        return [c for c in (self.compiler[0], self.emulator.split()[0]) if not shutil.which(c)]

    def tool(self, name):
        """objdump or nm that knows the machine."""
        prefix = self.compiler[0].removesuffix("gcc")
        return prefix + name if prefix != self.compiler[0] else f"llvm-{name}-19"


def run(command, **more):
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL,
                          **{"stderr": subprocess.PIPE, **more})
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{(done.stderr or done.stdout)[-2000:]}")
    return done.stdout


def ports(header):
    """What count.h needs to know; None of a model of several ports."""
    inputs = re.findall(r"^(\w+) \*(\w+)\(m_work \*work\);$", header, re.M)
    outputs = re.findall(r"^void m_run\(m_work \*work, (\w+) \w+\[(\d+)\]\);$", header, re.M)
    if len(inputs) != 1 or len(outputs) != 1:
        return None
    count = re.search(r"^#define M_\w+_COUNT (\d+) ", header, re.M).group(1)
    return {"INPUT": inputs[0][1], "INPUT_TYPE": inputs[0][0], "INPUT_COUNT": count,
            "OUTPUT_TYPE": outputs[0][0], "OUTPUT_COUNT": outputs[0][1]}


class Bench:
    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.plugin = f"{folder}/count_plugin.so"
        run([*os.environ.get("CC", "cc").split(), "-O2", "-shared", "-fPIC", "-o", self.plugin,
             f"{HERE}/count_plugin.c"])

    def compile(self, model, target, *more):
        """The pair and its report."""
        name = os.path.basename(model).removesuffix(".tflite")
        semantics = "litert" if re.match("mobilenet_.*_quant", name) else "tflm"
        run([os.environ["MCOMPILE"], "--target", target, "--optimize", self.options.optimize,
             "--semantics", semantics, "--name", "m", "-o", self.folder, "--report",
             f"{self.folder}/m.json", *["--no-prune"] * self.options.no_prune, *more, model])
        return json.load(open(f"{self.folder}/m.json"))

    def build(self, machine, flags, main, defines, output):
        """m.o, then the program."""
        compiler = [*machine.compiler, "-std=gnu11", "-O2", "-w", *flags, f"-I{self.folder}",
                    *[f"-I{os.path.dirname(s)}" for s in machine.sources[:1]],
                    *[f"-D{k}={v}" for k, v in defines.items()], "-ffunction-sections", "-fdata-sections"]
        run([*compiler, "-c", "-o", f"{self.folder}/m.o", f"{self.folder}/m.c"])
        run([*compiler, "-o", output, f"{HERE}/{main}", f"{self.folder}/m.o",
             *[s for s in machine.sources if not machine.bare or not s.endswith("files.c")], "-lm"])

    # ---- Cortex-M

    def count_bare(self, machine, flags, defines, _):
        image = f"{self.folder}/image"
        self.build(machine, flags, "count_cortex.c",
                   {**defines, "TICK_PICOSECONDS": TICK_PICOSECONDS[machine.name]}, image)
        command = machine.emulator.replace("$", image).removesuffix("-append").split()
        text = run([*command, "-icount", "shift=0"], stderr=subprocess.STDOUT)
        lines = [line.split() for line in text.splitlines()]
        loops = [int(n) for what, n in lines if what == "loop"]
        counted = [int(n) for what, n in lines if what == "counted"]
        tick = TICK_PICOSECONDS[machine.name] / 1000
        for k in range(1, len(loops)):  # less the shortest: what is around them counts too
            if abs(counted[k] - counted[0] - loops[k] + loops[0]) > 4 * tick:
                raise SystemExit(f"bench-emulated: {machine.name}: {loops} counted as {counted}")
        figures = {what: int(n) for what, n in lines}
        return {"instructions": figures["run"], "stack": figures["stack"],
                **self.sizes(machine, image)}

    def sizes(self, machine, image):
        """Bytes of the image's functions and constants but those of the bench and the start-up."""
        code = constants = 0
        own = set()
        bench = [f"{HERE}/{name}" for name in ("count_cortex.c", "count.h", "painted.h")]
        for source in (*bench, *machine.sources):
            own |= set(re.findall(r"^(\w+)\(", open(source).read(), re.M)) | {"vectors"}
        for line in run([machine.tool("nm"), "-S", image]).splitlines():
            word = line.split()
            if len(word) == 4 and word[3] not in own:
                code += int(word[1], 16) if word[2] in "tTwW" else 0
                constants += int(word[1], 16) if word[2] in "rR" else 0
        work = re.search(r"^\w+ (\w+) b work$", run([machine.tool("nm"), "-S", image]), re.M)
        return {"code": code, "constants": constants, "work": int(work.group(1), 16)}

    # ---- under the plugin

    def object_sizes(self, machine):
        """Bytes of m.o's functions and constants."""
        sizes = collections.Counter()
        for section, size in re.findall(r"^\.(\w+)\S* +(\d+) ", run(
                [machine.tool("size"), "-A", f"{self.folder}/m.o"]), re.M):
            sizes[section] += int(size)
        return {"code": sizes["text"], "constants": sizes["rodata"]}

    def plugged(self, machine, program, *arguments):
        counts = f"{self.folder}/counts"
        command = machine.emulator.replace("$", "").split()
        run([*command, "-plugin", f"{self.plugin},counts={counts}", program, *map(str, arguments)])
        blocks = collections.Counter()
        with open(counts) as file:
            first, *rest = [line.split() for line in file]
        for address, times, instructions, size in rest:
            blocks[int(address, 16), int(instructions), int(size)] += int(times)
        return int(first[1]), int(first[2]), blocks

    def check_loop(self, machine, program):
        """Turns of an empty loop take the same each, and no more instructions than words."""
        few, many = (self.plugged(machine, program, 0, 0, n)[:2] for n in TURNS)
        each = (many[0] - few[0]) / (TURNS[1] - TURNS[0])
        if each not in (1, 2, 3, 4):
            raise SystemExit(f"bench-emulated: {machine.name}: {each} instructions in a turn of an empty loop")

    def by_kernel(self, machine, program, blocks, kernels, layers):
        """Of each kernel with multiply-accumulates: instructions in its functions, and those."""
        symbols = sorted((int(at, 16), re.sub(r"\..*", "", name)) for at, name in re.findall(
            r"^(\w+) [tT] ([\w.]+)$", run([machine.tool("nm"), program]), re.M))
        starts = [at for at, _ in symbols]
        result = {}
        for layer in layers:
            if layer["work"] and re.search("/(conv|depthwise|dense)", layer["kernel"]):
                stem = loops.stem(layer["kernel"])
                result.setdefault(stem, {"macs": 0, "instructions": 0})["macs"] += layer["work"]
        for (address, instructions, _), times in blocks.items():
            place = bisect.bisect(starts, address) - 1
            function = symbols[place][1] if place >= 0 else ""
            figures = result.get(loops.stem(kernels.get(function, function)))
            if figures:
                figures["instructions"] += times * instructions
        return result

    def count_user(self, machine, flags, defines, report):
        program = f"{self.folder}/program"
        self.build(machine, flags, "count_user.c", defines, program)
        self.check_loop(machine, program)
        one, two = (self.plugged(machine, program, n, 2, 0) for n in (1, 2))
        result = {"instructions": two[0] - one[0], "words": two[1] - one[1],
                  **self.object_sizes(machine)}
        two[2].subtract(one[2])
        kernels = {layer["name"]: layer["kernel"] for layer in report["layers"]}
        result["kernels"] = self.by_kernel(machine, program, two[2], kernels, report["layers"])
        if machine.name == "arm":
            result["loops"] = loops.modelled(machine.tool("objdump"), program, two[2],
                                             result["instructions"], kernels)
        return result

    # ---- all

    def count(self, model, target, machine, flags, *more):
        report = self.compile(model, target, *more)
        header = open(f"{self.folder}/m.h").read()
        defines = ports(header)
        if not defines:
            return None
        counter = self.count_bare if machine.bare else self.count_user
        result = counter(machine, flags, defines, report)
        result |= {"macs": report["macs"], "macs_model": report["macs_model"],
                   "by_rows": bool(report["segments"]), "work_bytes": report["ram"]["work_bytes"],
                   "stack_bytes": report["ram"]["stack_bytes"]}
        if "stack" in result:
            if result["stack"] > result["stack_bytes"]:
                raise SystemExit(f"bench-emulated: {model}, {target}: {result['stack']} bytes of stack, "
                                 f"the bound is {result['stack_bytes']}")
            if result["work"] > -(-result["work_bytes"] // ALIGNMENT) * ALIGNMENT:
                raise SystemExit(f"bench-emulated: {model}, {target}: the work area has {result['work']} bytes, "
                                 f"the report says {result['work_bytes']}")
        return result


    def price_of_rows(self, *what):
        """How many times the instructions of whole tensors the schedules by rows take."""
        whole = self.count(*what, "--no-stream")["instructions"]
        found = {by: self.count(*what, "--optimize", by) for by in ("speed", "ram")}
        return {by: f["instructions"] / whole for by, f in found.items() if f["by_rows"]}


HEADS = (("model", 28), ("target", -12), ("instructions", 12), ("", -8), ("per MAC", 8), ("/ TFLM", 7),
         ("code", 8), ("constants", 10), ("work", 9), ("stack", 6), ("bound", 7), ("TFLM: text", 11),
         ("arena", 8))


def row(*cells):
    print(" ".join(format(cell, f"{'<' if width < 0 or not i else '>'}{abs(width)}")
                   for i, (cell, (_, width)) in enumerate(zip(cells, HEADS))).rstrip(), flush=True)


def number(figure, form=","):
    return "" if figure is None else format(figure, form)


def show(name, target, result, peers, unit):
    tflm = {what: peers["tflm"][what].get(name, {}).get(target) for what in ("instructions", "text", "arena")}
    count = result["instructions"]
    row(name, target, number(count), unit, number(count / max(result["macs_model"], 1), ".3f"),
        number(tflm["instructions"] and count / tflm["instructions"], ".2f"),
        *[number(result.get(what)) for what in ("code", "constants", "work_bytes", "stack", "stack_bytes")],
        number(tflm["text"]), number(tflm["arena"]))
    for other, figures in peers["others"].items():
        of = figures["models"].get(name, {}).get(target)
        if of:
            row(f"  {other}", target, number(of["instructions"]), "", "", "", number(of["text"]), "",
                number(of["ram"]))


def show_kernels(results):
    found = [(r, *k) for r in results for k in r.get("kernels", {}).items()]
    if found:
        print("\nBy kernel: instructions (Hexagon: packets) in its functions, per multiply-accumulate"
              f"\n{'model':28} {'target':12} {'kernel':12} {'instructions':>14} {'MACs':>14} {'per MAC':>8}")
    for r, kernel, figures in found:
        print(f"{r['model']:28} {r['target']:12} {kernel:12} {figures['instructions']:14,}"
              f" {figures['macs']:14,} {figures['instructions'] / figures['macs']:8.4f}")


def show_rows(results):
    """Whether all are within the limit."""
    found = [r for r in results if r.get("rows")]
    if found:
        print("\nThe price of rows: instructions by schedule, to those with --no-stream, at most"
              f" {ROWS_MOST}\n{'model':33} {'target':12} {'speed':>8} {'ram':>8}")
    for r in found:
        print(f"{r['model']:33} {r['target']:12} "
              + " ".join(f"{r['rows'].get(by, 1):8.3f}" for by in ("speed", "ram")))
    return max((price for r in found for price in r["rows"].values()), default=0) <= ROWS_MOST


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", default=".")
    parser.add_argument("--target", action="append")
    parser.add_argument("--optimize", default="speed")
    parser.add_argument("--no-prune", action="store_true")
    parser.add_argument("--rows", action="store_true")
    parser.add_argument("models", nargs="+")
    options = parser.parse_args()
    peers = json.load(open(f"{HERE}/peers.json"))
    machines = [m for m in map(Machine, rows("MACHINE", "machines.def")) if not m.native]
    results = []
    os.makedirs(options.o, exist_ok=True)
    print("Emulated: instructions, not cycles and not time.")
    row(*[head for head, _ in HEADS])
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options, folder)
        for target, folders, _, _, flags, *_ in rows("TARGET", "targets.def"):
            machine = next((m for m in machines if target == m.name or
                            target.startswith(m.name + "-")), None)
            of_others = "-" in folders # as fast as the best of them
            if of_others or not machine or options.target and target not in options.target:
                continue
            if machine.missing():
                print(f"{target}: no {' or '.join(machine.missing())} (packages: {machine.packages})")
                continue
            for model in options.models:
                name = os.path.basename(model).removesuffix(".tflite")
                try:
                    result = bench.count(model, target, machine, flags.split())
                    if result and options.rows:
                        result["rows"] = bench.price_of_rows(model, target, machine, flags.split())
                except RuntimeError as error:
                    print(f"{name:28} {target:12} -: {str(error).splitlines()[-1][:80]}")
                    continue
                if result:
                    show(name, target, result, peers,
                         "packets" if machine.name == "hexagon" else "")
                    results.append({"model": name, "target": target, "emulated": True, **result})
    show_kernels(results)
    loops.show_loops(results)
    cheap = show_rows(results)
    with open(f"{options.o}/emulated.json", "w") as file:
        json.dump({"optimize": options.optimize, "peers": peers, "results": results}, file, indent=1)
    if not cheap:
        raise SystemExit("bench-emulated: rows cost more than they may")


main()
