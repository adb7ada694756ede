# Times each layer of the models in the generated code, as a part of what the core can do.
"""layers.py [--target T]... [--cc CC]... [--every | --unproved] MODEL...

For each target with a SIMD folder, compiler and model: the cycles of each layer, in its place in
the generated code (layers.c), its multiply-accumulates a nanosecond and their part of the peak,
which peak.c finds; then sums by kind of layer, weighted by work. Cycles are the least of many
inferences, so that a busy machine disturbs little. `peak %` is of what this core does; the column
beside it of the least core that has the instructions. `stated` is what the kernels' cost lines say,
to be kept true, and `s / c` that as a part of the cycles. --every prints layers without
multiplications, too. --unproved prints instead what it costs that some channels' sums need more than
a float's arithmetic: layers' times against those of the same code with no block of channels marked.
Fails if the peak's own loop does not reach 97 %."""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

import programs

HERE = os.path.dirname(os.path.abspath(__file__))
TITLE = re.compile(r"/\* (\w+): (\d+x\d+x\d+) -> (\d+x\d+x\d+)")
SECONDS = 0.6           # for each model
MARKS = re.compile(r"const uint8_t (\w+_fine_16)\[(\d+)\]")
ALLOWED = 1.03          # an unproved channel's cost to its layer
KERNEL_LEAST = 0.0005   # of all cycles: layers that count in a kernel's spread


class Peak:
    """What this core does at best: multiply-accumulates a cycle by form, and its clock."""

    def __init__(self, folder):
        path = f"{folder}/peak"
        subprocess.run([*programs.compiler(), "-std=c11", "-O2", "-o", path, f"{HERE}/peak.c"],
                       check=True)
        done = subprocess.run([path], stdout=subprocess.PIPE, text=True)
        self.forms = {}
        self.units = {}
        for line in done.stdout.splitlines():
            name, *rest = line.split()
            if name == "clock":
                self.clock = float(rest[0])
            else:
                macs, _, units, _, unit, _, fraction = rest
                self.forms[name] = int(units) * int(unit)
                self.units[name] = int(unit)
                print(f"peak, {name}: {self.forms[name]} multiply-accumulates a cycle ({units} x "
                      f"{unit}); the loop of nothing else reaches {float(macs):.1f}, "
                      f"{100 * float(fraction):.1f} %")
        print(f"clock: {self.clock:.2f} GHz by a chain of dependent additions")
        if done.returncode:
            raise SystemExit("bench-kernels: no figures: the peak was not reached")

    def of(self, target):
        """Multiply-accumulates a cycle of this core, and of the least with the instructions."""
        form = target.removeprefix("x86-")
        form = form if form in self.forms else max(self.forms, key=self.forms.get)
        return self.forms[form], self.units[form]


class Layer:
    def __init__(self, row, shapes, cycles, steps):
        self.name, self.work = row["name"], row["work"]
        self.kernel = row["kernel"].split()[0]   # of target x86 the one that runs here, mostly
        self.stated, self.operator = row["cost"], row["operator"]
        self.cycles, self.steps = max(cycles, 1), steps
        self.x, self.y = shapes.get(self.name, ((0, 0, 0), (0, 0, 0)))

    def kind(self):
        stem = self.kernel.partition("/")[2]
        if stem.startswith("conv") and self.x[2] and self.x[2] <= 4:
            return "first layers"
        for kind in "conv1x1", "conv2d", "depthwise", "dense":
            if stem.startswith(kind):
                return kind
        return "others"

    def shape(self):
        text = "{}x{}x{}".format(*self.x) + " -> " + "{}x{}x{}".format(*self.y)
        outputs = self.y[0] * self.y[1] * self.y[2]
        depth = self.x[2] if self.operator == "conv2d" else 1
        taps = self.work // (outputs * depth) if outputs and depth and self.operator != "dense" else 0
        return text + (f", {taps} taps" if taps > 1 else "")


def compile_layers(model, target, flags, folder):
    """The program that times a model's layers, and the compiler's report of them."""
    subprocess.run([os.environ["MCOMPILE"], "--name", "m", "--input", "const", "--weights", "c",
                    "--steps", "--target", target, "--report", f"{folder}/m.json", "-o", folder,
                    model], check=True, capture_output=True, text=True)
    programs.write_adapter(folder)
    write_marks(folder)
    subprocess.run([*programs.compiler(), "-O2", *flags, f"-I{folder}", f"-I{HERE}", "-w", "-o",
                    f"{folder}/layers", f"{HERE}/layers.c", f"{folder}/adapter.c", "-lm"],
                   check=True)


def write_marks(folder):
    """Marks of blocks of channels become variables, which set_flags() clears and restores."""
    with open(f"{folder}/m.c", encoding="utf-8", errors="replace") as file:
        text = file.read()
    marks = list(dict.fromkeys(MARKS.findall(text)))
    with open(f"{folder}/m.c", "w", encoding="utf-8") as file:
        file.write(MARKS.sub(r"uint8_t \1[\2]", text))
    with open(f"{folder}/flags.h", "w", encoding="utf-8") as file:
        file.write("#include <string.h>\nstatic void\nset_flags(int zero)\n{\n")
        for name, count in marks:
            file.write(f"\tstatic uint8_t {name}_own[{count}], {name}_kept;\n"
                       f"\tif (!{name}_kept++)\n\t\tmemcpy({name}_own, {name}, {count});\n"
                       f"\t{name}_kept = 1;\n"
                       f"\tif (zero)\n\t\tmemset({name}, 0, {count});\n"
                       f"\telse\n\t\tmemcpy({name}, {name}_own, {count});\n")
        file.write("}\n")


def print_unproved(name, folder):
    """Layers some of whose blocks are marked: channels in double, and the ratio; how many are dear."""
    with open(f"{folder}/m.json", encoding="utf-8") as file:
        rows = json.load(file)["layers"]
    done = subprocess.run([f"{folder}/layers", str(5 * SECONDS), "ratios"], check=True,
                          stdout=subprocess.PIPE, text=True)
    dear = 0
    for line in done.stdout.splitlines():
        node, ratio = line.split()
        proved = rows[int(node)].get("proved", {"split_channels": 0, "double_channels": 0})
        if proved["split_channels"] or proved["double_channels"]:
            dear += float(ratio) > ALLOWED
            print(f"  {name:32}{rows[int(node)]['name']:22}form {proved['form']}, of "
                  f"{rows[int(node)]['channels']:4} channels split {proved['split_channels']:4}, "
                  f"in double {proved['double_channels']:4}: x {float(ratio):.3f}")
    return dear


def read_layers(folder):
    with open(f"{folder}/m.json", encoding="utf-8") as file:
        rows = json.load(file)["layers"]
    with open(f"{folder}/m.c", encoding="utf-8", errors="replace") as file:
        found = TITLE.findall(file.read())
    shapes = {name: (tuple(map(int, x.split("x"))), tuple(map(int, y.split("x"))))
              for name, x, y in found}
    done = subprocess.run([f"{folder}/layers", str(SECONDS)], check=True, stdout=subprocess.PIPE,
                          text=True)
    layers = []
    for line in done.stdout.splitlines():
        node, steps, cycles = line.split()
        layers.append(Layer(rows[int(node)], shapes, float(cycles), int(steps)))
    return layers


def columns(layers, peak, clock):
    work = sum(layer.work for layer in layers)
    cycles = sum(layer.cycles for layer in layers)
    stated = sum(layer.stated for layer in layers)
    most, unit = peak
    return (f"{cycles:11.0f}{work / cycles * clock:9.1f}{100 * work / cycles / most:8.1f}"
            f"{100 * work / cycles / unit:8.1f}{stated:11.0f}{stated / cycles:8.2f}")


def print_model(name, layers, peak, clock, every):
    print(f"{name}\n  {'layer':22}{'kernel':28}{'shape':36}{'steps':>6}{'cycles':>11}{'GMAC/s':>9}"
          f"{'peak %':>8}{f'of {peak[1]} %':>8}{'stated':>11}{'s / c':>8}")
    for layer in layers:
        if layer.work or every:
            print(f"  {layer.name:22}{layer.kernel:28}{layer.shape():36}{layer.steps:6}"
                  + columns([layer], peak, clock))


def print_sums(title, layers, peak, clock):
    print(f"  {title}: weighted by work")
    for kind in "conv1x1", "first layers", "conv2d", "depthwise", "dense", "others", "all":
        of_kind = [layer for layer in layers if kind in ("all", layer.kind())]
        if of_kind:
            print(f"  {kind:92}" + columns(of_kind, peak, clock))


def print_kernels(layers, peak, clock):
    """What cost lines say against what is so; `from`, `to`: of layers with some weight."""
    print(f"  {'kernel, all models':80}{'from':>6}{'to':>6}")
    everything = sum(layer.cycles for layer in layers)
    for kernel in sorted({layer.kernel for layer in layers}):
        of_kernel = [layer for layer in layers if layer.kernel == kernel]
        parts = [layer.stated / layer.cycles for layer in of_kernel
                 if layer.cycles > KERNEL_LEAST * everything] or [0]
        print(f"  {kernel:80}{min(parts):6.2f}{max(parts):6.2f}" + columns(of_kernel, peak, clock))


def measure(target, flags, models, peak, options):
    everything, dear = [], 0
    print(f"\n== {target}, {os.environ['CC']}, GMAC/s at {peak.clock:.2f} GHz, peak "
          f"{peak.of(target)[0]} a cycle")
    for model in models:
        with tempfile.TemporaryDirectory() as folder:
            try:
                compile_layers(model, target, flags, folder)
            except subprocess.CalledProcessError as why:
                if why.returncode != 1 or not why.stderr:
                    raise
                continue
            if options.unproved:
                dear += print_unproved(os.path.basename(model).removesuffix(".tflite"), folder)
                continue
            layers = read_layers(folder)
        name = os.path.basename(model).removesuffix(".tflite")
        print_model(name, layers, peak.of(target), peak.clock, options.every)
        print_sums(name, layers, peak.of(target), peak.clock)
        everything += layers
        sys.stdout.flush()
    if options.unproved:
        print(f"  layers that pay more than {100 * ALLOWED - 100:.0f} %: {dear}")
        return
    print_sums("all models", everything, peak.of(target), peak.clock)
    print_kernels(everything, peak.of(target), peak.clock)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", metavar="MODEL")
    parser.add_argument("--target", action="append", help="default: all that this CPU runs")
    parser.add_argument("--cc", action="append", help="default: $CC")
    parser.add_argument("--every", action="store_true")
    parser.add_argument("--unproved", action="store_true")
    options = parser.parse_args()
    for compiler in options.cc or [os.environ.get("CC", "cc")]:
        os.environ["CC"] = compiler
        with tempfile.TemporaryDirectory() as folder:
            peak = Peak(folder)
        for target, flags in programs.targets():
            known = target.removeprefix("x86-") in peak.forms or target == "x86"
            if target in (options.target or [target]) and known:
                measure(target, flags, options.models, peak, options)


main()
