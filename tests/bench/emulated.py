# Counts instructions of inferences on the emulated machines of codegen/machines.def.
"""emulated.py [-o FOLDER] [--target T]... [--optimize speed|ram|size] [--no-prune] MODEL...

For each model and each target that runs under an emulator: instructions of one inference (of
Hexagon: packets), counted, not timed.  Cortex-M: SysTick under `qemu-system-arm -icount shift=0`,
where an instruction takes a nanosecond; else count_plugin.c, whose figure is the difference of a run
of two inferences and one of one.  Both first count loops of known length, and the bench refuses to
report if they are not met.  Of Cortex-M also: code of the linked image without what the bench adds,
weights and tables, RAM, and the stack that an inference wrote to, which must be within the bound of
--report.  peers.json has the figures of others, measured the same way.
Writes a table, and FOLDER/emulated.json."""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TICK_PICOSECONDS = {"cortex-m4": 40000, "cortex-m55": 31250}  # mps2-an386 25 MHz, mps3-an547 32 MHz
TURNS = (1000, 9000)
ALIGNMENT = 8  # of the work area's type


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

    def compile(self, model, target):
        """The pair and its report."""
        name = os.path.basename(model).removesuffix(".tflite")
        semantics = "litert" if re.match("mobilenet_.*_quant", name) else "tflm"
        run([os.environ["MCOMPILE"], "--target", target, "--optimize", self.options.optimize,
             "--semantics", semantics, "--name", "m", "-o", self.folder, "--report",
             f"{self.folder}/m.json", *["--no-prune"] * self.options.no_prune, model])
        return json.load(open(f"{self.folder}/m.json"))

    def build(self, machine, flags, main, defines, output):
        run([*machine.compiler, "-std=gnu11", "-O2", "-w", *flags, f"-I{self.folder}",
             *[f"-I{os.path.dirname(s)}" for s in machine.sources[:1]],
             *[f"-D{k}={v}" for k, v in defines.items()], "-ffunction-sections", "-fdata-sections",
             "-o", output, f"{HERE}/{main}", f"{self.folder}/m.c",
             *[s for s in machine.sources if not machine.bare or not s.endswith("files.c")], "-lm"])

    # ---- Cortex-M

    def count_bare(self, machine, flags, defines):
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
        for source in (f"{HERE}/count_cortex.c", *machine.sources):
            own |= set(re.findall(r"^(\w+)\(", open(source).read(), re.M)) | {"vectors"}
        for line in run([machine.tool("nm"), "-S", image]).splitlines():
            word = line.split()
            if len(word) == 4 and word[3] not in own:
                code += int(word[1], 16) if word[2] in "tTwW" else 0
                constants += int(word[1], 16) if word[2] in "rR" else 0
        work = re.search(r"^\w+ (\w+) b work$", run([machine.tool("nm"), "-S", image]), re.M)
        return {"code": code, "constants": constants, "work": int(work.group(1), 16)}

    # ---- under the plugin

    def plugged(self, machine, program, *arguments):
        counts = f"{self.folder}/counts"
        command = machine.emulator.replace("$", "").split()
        run([*command, "-plugin", f"{self.plugin},counts={counts}", program, *map(str, arguments)])
        with open(counts) as file:
            first, *blocks = [line.split() for line in file]
        return int(first[1]), int(first[2]), blocks

    def check_loop(self, machine, program):
        """Turns of an empty loop take the same each, and no more instructions than words."""
        few, many = (self.plugged(machine, program, 0, 0, n)[:2] for n in TURNS)
        each = (many[0] - few[0]) / (TURNS[1] - TURNS[0])
        if each not in (1, 2, 3, 4):
            raise SystemExit(f"bench-emulated: {machine.name}: {each} instructions in a turn of an empty loop")

    def count_user(self, machine, flags, defines):
        program = f"{self.folder}/program"
        self.build(machine, flags, "count_user.c", defines, program)
        self.check_loop(machine, program)
        one, two = (self.plugged(machine, program, n, 2, 0) for n in (1, 2))
        return {"instructions": two[0] - one[0], "words": two[1] - one[1]}

    # ---- all

    def count(self, model, target, machine, flags):
        report = self.compile(model, target)
        header = open(f"{self.folder}/m.h").read()
        defines = ports(header)
        if not defines:
            return None
        counter = self.count_bare if machine.bare else self.count_user
        result = counter(machine, flags, defines)
        result |= {"macs": report["macs"], "macs_model": report["macs_model"],
                   "work_bytes": report["ram"]["work_bytes"],
                   "stack_bytes": report["ram"]["stack_bytes"]}
        if "stack" in result:
            if result["stack"] > result["stack_bytes"]:
                raise SystemExit(f"bench-emulated: {model}, {target}: {result['stack']} bytes of stack, "
                                 f"the bound is {result['stack_bytes']}")
            if result["work"] > -(-result["work_bytes"] // ALIGNMENT) * ALIGNMENT:
                raise SystemExit(f"bench-emulated: {model}, {target}: the work area has {result['work']} bytes, "
                                 f"the report says {result['work_bytes']}")
        return result


def show(name, target, result, peers, unit):
    peer = peers.get(name, {}).get(target)
    line = f"{name:28} {target:12} {result['instructions']:12,} {unit:12}"
    line += f" {result['instructions'] / max(result['macs_model'], 1):7.3f}"
    line += f" {result['instructions'] / peer:7.2f} x" if peer else " " * 10
    if "code" in result:
        line += (f" {result['code']:8,} {result['constants']:9,} {result['work']:8,} "
                 f"{result['stack']:5,} of {result['stack_bytes']:,}")
    print(line, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", default=".")
    parser.add_argument("--target", action="append")
    parser.add_argument("--optimize", default="speed")
    parser.add_argument("--no-prune", action="store_true")
    parser.add_argument("models", nargs="+")
    options = parser.parse_args()
    peers = json.load(open(f"{HERE}/peers.json"))
    machines = [m for m in map(Machine, rows("MACHINE", "machines.def")) if not m.native]
    results = []
    os.makedirs(options.o, exist_ok=True)
    print("Emulated: instructions, not cycles and not time.")
    print(f"{'model':28} {'target':12} {'instructions':>12} {'':12} {'per MAC':>7} {'/ TFLM':>9}"
          f" {'code':>8} {'constants':>9} {'work':>8} stack")
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
                except RuntimeError as error:
                    print(f"{name:28} {target:12} -: {str(error).splitlines()[-1][:80]}")
                    continue
                if result:
                    show(name, target, result, peers["instructions"],
                         "packets" if machine.name == "hexagon" else "")
                    results.append({"model": name, "target": target, "emulated": True, **result})
    with open(f"{options.o}/emulated.json", "w") as file:
        json.dump({"optimize": options.optimize, "peers": peers, "results": results}, file, indent=1)


main()
