# Times generated code against LiteRT and ONNX Runtime in one process, in turns.
"""bench.py [--runs N] [--target T]... [--no-cold] [-o FOLDER] MODEL...

Every contender has one thread and the same input. In each round each contender has a turn, which
begins with a call that is not timed, so that its own data are in the caches; then a run: one call,
or of quick models as many as take SLICE seconds, of which the mean counts. No program is timed
unless its output is right: every target must give the bits of target `c`, and those, compiled for
LiteRT's arithmetic, the bits of LiteRT's reference kernels."""
import argparse
import json
import math
import os
import subprocess
import sys
import tempfile

import numpy

import contenders
import programs
import twin

HERE = os.path.dirname(os.path.abspath(__file__))
SLICE = 100e-6       # seconds of a run at least
CALLS_MOST = 1000
SLOW = 20e-3         # seconds beyond which caches do not matter
WARM_TURNS = 3
FLOAT_TOLERANCE = 1e-4
TWIN_STEPS = 32      # an output of ONNX Runtime further away than this is another network's


def say(text):
    print(text, flush=True)


# ---- inputs and outputs

def random_inputs(kinds, seed=1):
    random = numpy.random.default_rng(seed)
    result = []
    for _, size, kind in kinds:
        if kind == numpy.float32:
            data = random.uniform(-1, 1, size // 4).astype(kind)
        else:
            data = random.integers(0, 256, size, numpy.uint8)
        result.append(data.tobytes())
    return result


def plain(name):
    return "".join(c if c.isalnum() else "_" for c in name.lower())


def order(ours, theirs):
    """For each of our arguments the place of the tensor in the file's order."""
    names = [plain(name) for name, _, _ in theirs]
    if len(ours) == 1:
        return [0]
    return [names.index(name) if name in names else i for i, (name, _) in enumerate(ours)]


def difference(a, b, kind):
    a, b = (numpy.frombuffer(x, kind).astype("float64") for x in (a, b))
    return float(abs(a - b).max()) if len(a) else 0.0


class Model:
    """A model with all that runs it."""

    def __init__(self, path, folder, clock, wanted):
        self.clock = clock
        self.wanted = wanted
        self.name = os.path.basename(path).removesuffix(".tflite")
        self.folder = f"{folder}/{self.name}"
        os.makedirs(self.folder, exist_ok=True)
        self.notes = {}
        self.path = self.readable(path)
        self.programs = []
        self.contenders = []
        self.build()
        self.reference = contenders.Reference(self.path)
        self.inputs = random_inputs(self.reference.inputs())
        self.kinds = [kind for _, _, kind in self.reference.results()]
        self.reference.set_inputs(self.inputs)
        self.reference.call()
        self.expected = self.reference.outputs()
        self.add_ours()
        self.add_packages()
        self.write_inputs()

    def readable(self, path):
        """The file, or one that LiteRT reads: it refuses a bias with a channel axis of images."""
        try:
            contenders.LiteRT(path)
        except ValueError as why:
            if "quantized_dimension" not in str(why):
                raise
            self.notes["file"] = "LiteRT reads it only with the biases' quantized_dimension as 0"
            return twin.mend(path, f"{self.folder}/mended.tflite")
        return path

    def build(self):
        for target, flags in programs.targets():
            if target not in (*(self.wanted or [target]), "c"):
                continue
            program = programs.Program(self.path, target, flags, f"{self.folder}/{target}")
            if program.runs_here():
                self.programs.append(program)
            else:
                self.notes[target] = "this CPU does not run it"

    def load(self, program):
        loaded = contenders.Generated(program.target, program.shared,
                                      [n for _, n in program.inputs],
                                      [n for _, n in program.outputs])
        at = order(program.inputs, self.reference.inputs())
        loaded.set_inputs([self.inputs[i] for i in at])
        loaded.time(self.clock, 1)
        return loaded

    def sorted_outputs(self, program, loaded):
        at = order(program.outputs, self.reference.results())
        outputs = loaded.outputs()
        return [outputs[at.index(i)] for i in range(len(outputs))]

    def check_litert_bits(self):
        """The c target, compiled for LiteRT's arithmetic, against LiteRT's reference."""
        program = programs.Program(self.path, "c", [], f"{self.folder}/check",
                                   ["--semantics", "litert"])
        outputs = self.sorted_outputs(program, self.load(program))
        for ours, theirs, kind in zip(outputs, self.expected, self.kinds, strict=True):
            gap = difference(ours, theirs, kind)
            if gap > (FLOAT_TOLERANCE if kind == numpy.float32 else 0):
                raise SystemExit(f"bench: {self.name}: not what LiteRT's reference gives: {gap}")

    def add_ours(self):
        self.check_litert_bits()
        right = None
        for program in self.programs:
            loaded = self.load(program)
            outputs = self.sorted_outputs(program, loaded)
            right = right or outputs
            for ours, c, kind in zip(outputs, right, self.kinds, strict=True):
                gap = difference(ours, c, kind)
                if ours != c and not (kind == numpy.float32 and gap <= FLOAT_TOLERANCE):
                    raise SystemExit(f"bench: {self.name}: {program.target} differs from c: {gap}")
            if program.target in (self.wanted or [program.target]):
                self.contenders.append(loaded)

    def add_packages(self):
        for kind in "xnnpack", "builtin":
            contender = contenders.KINDS[kind](self.path)
            contender.set_inputs(self.inputs)
            self.contenders.append(contender)
        path = f"{self.folder}/twin.onnx"
        try:
            twin.convert(self.path, path)
        except twin.NoTwin as why:
            self.notes[contenders.OnnxRuntime.name] = f"no twin: {why}"
            return
        contender = contenders.OnnxRuntime(path)
        contender.set_inputs(self.inputs)
        contender.call()
        gap = max(difference(a, b, kind) for a, b, kind in
                  zip(contender.outputs(), self.expected, self.kinds, strict=True))
        if gap > TWIN_STEPS:
            self.notes[contender.name] = f"its twin's outputs are {gap:g} away"
            return
        self.notes[f"{contender.name} outputs"] = f"at most {gap:g} from LiteRT's reference"
        self.contenders.append(contender)

    def write_inputs(self):
        for i, data in enumerate(self.inputs):
            with open(f"{self.folder}/in{i}", "wb") as file:
                file.write(data)
        with open(f"{self.folder}/in", "wb") as file:
            for i in order(self.programs[0].inputs, self.reference.inputs()):
                file.write(self.inputs[i])

    # ---- measuring

    def measure(self, runs):
        """Seconds of each run of each contender."""
        counts, times = {}, {c.name: [] for c in self.contenders}
        for c in self.contenders:
            quick = min(c.time(self.clock, 1).passed for _ in range(WARM_TURNS))
            counts[c.name] = max(1, min(CALLS_MOST, math.ceil(SLICE / quick)))
        for turn in range(runs):
            first = turn % len(self.contenders)
            for c in self.contenders[first:] + self.contenders[:first]:
                if not times[c.name] or times[c.name][-1].used < SLOW:
                    c.time(self.clock, 1)
                times[c.name].append(c.time(self.clock, counts[c.name]))
        return {c.name: summary(times[c.name], counts[c.name]) for c in self.contenders}

    def cold_starts(self):
        """Seconds from process start to first result; of packages also from import to it."""
        result = {}
        for program in self.programs:
            times = [self.clock.cold([program.cold, f"{self.folder}/in"]) for _ in range(11)]
            result[program.target] = {"process": float(numpy.median(times))}
        files = [f"{self.folder}/in{i}" for i in range(len(self.inputs))]
        for kind, contender in contenders.KINDS.items():
            if contender.name not in [c.name for c in self.contenders]:
                continue
            model = f"{self.folder}/twin.onnx" if kind == "onnxruntime" else self.path
            words = [sys.executable, f"{HERE}/cold.py", kind, model, *files]
            times = [self.clock.cold(words) for _ in range(3)]
            done = subprocess.run(words, capture_output=True, text=True, check=True)
            loaded = float(done.stderr.rsplit("seconds ", 1)[1])
            result[contender.name] = {"process": float(numpy.median(times)), "loaded": loaded}
        return result

    def result(self, runs, cold):
        result = {"model": self.name, "quantized": self.reference.is_quantized(),
                  "compiler": os.environ.get("CC", "cc"), "times": self.measure(runs),
                  "notes": self.notes,
                  "compile": {p.target: {"mcompile": p.mcompile_seconds, "cc": p.cc_seconds}
                              for p in self.programs}}
        if cold:
            result["cold"] = self.cold_starts()
        return result


def summary(times, calls):
    us = numpy.array([t.passed for t in times]) * 1e6
    used = numpy.array([t.used for t in times]) * 1e6
    median, p95, p99 = numpy.percentile(us, [50, 95, 99])
    return {"median_us": float(median), "p95_us": float(p95), "p99_us": float(p99),
            "least_us": float(us.min()), "used_us": float(numpy.median(used)),
            "runs": len(times), "calls_a_run": calls}


# ---- what is printed

def best_of_ours(result):
    ours = [t for t in result["times"] if t in result["compile"]]
    return min(ours, key=lambda t: result["times"][t]["used_us"])


def ratio(result, name, key="median_us"):
    """How many times faster our fastest target is than the contender."""
    times = result["times"]
    return times[name][key] / times[best_of_ours(result)][key] if name in times else None


def geometric_mean(numbers):
    numbers = [n for n in numbers if n]
    return math.exp(sum(map(math.log, numbers)) / len(numbers)) if numbers else None


def print_times(results):
    say(f"\n{'median, us':30}{'median':>12}{'p95':>12}{'p99':>12}{'used':>12}"
        f"{'x XNNPACK':>12}")
    for r in results:
        say(r["model"])
        for name, t in r["times"].items():
            base = r["times"][contenders.LiteRT.name]["used_us"]
            say(f"  {name:28}{t['median_us']:12.2f}{t['p95_us']:12.2f}{t['p99_us']:12.2f}"
                f"{t['used_us']:12.2f}{base / t['used_us']:12.2f}")
        for name, why in r["notes"].items():
            say(f"  {name}: {why}")


def show(median, used):
    return f"{median:14.2f}  ({used:6.2f})" if median else f"{'-':>14}{'':10}"


def print_ratios(results):
    others = [contenders.LiteRT.name, contenders.Builtin.name, contenders.OnnxRuntime.name]
    say("\nRatios of medians: how many times faster the fastest target is; by CPU time in ()")
    say(f"{'model':36}{'target':16}" + "".join(f"{name:>24}" for name in others))
    for r in results:
        cells = "".join(show(ratio(r, name), ratio(r, name, "used_us")) for name in others)
        say(f"{r['model']:36}{best_of_ours(r):16}{cells}")
    for title, some in (("geometric mean, quantized models", [r for r in results if r["quantized"]]),
                        ("geometric mean, all", results)):
        means = "".join(show(*(geometric_mean([ratio(r, name, key) for r in some])
                               for key in ("median_us", "used_us"))) for name in others)
        say(f"{title:52}{means}")


def print_cold(results):
    say("\nCold start, ms: process start to first result; of packages also: imported to first result")
    for r in results:
        say(r["model"])
        for name, t in r.get("cold", {}).items():
            loaded = f"{1e3 * t['loaded']:10.2f}" if "loaded" in t else ""
            made = r["compile"].get(name)
            built = f"   compiled in {made['mcompile']:.2f} + {made['cc']:.2f} s" if made else ""
            say(f"  {name:28}{1e3 * t['process']:10.2f}{loaded}{built}")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", metavar="MODEL")
    parser.add_argument("--runs", type=int, default=101)
    parser.add_argument("--target", action="append", help="default: all that this CPU runs")
    parser.add_argument("--no-cold", action="store_true")
    parser.add_argument("-o", dest="folder", default=".", help="for bench.json and bench.png")
    return parser.parse_args()


def main():
    options = arguments()
    os.makedirs(options.folder, exist_ok=True)
    results = []
    with tempfile.TemporaryDirectory() as work:
        programs.build_shared(f"{work}/clock.so", [f"{HERE}/clock.c"])
        clock = contenders.Clock(f"{work}/clock.so")
        for path in options.models:
            try:
                model = Model(path, work, clock, options.target)
            except programs.Unsupported as why:
                say(f"{os.path.basename(path)}: left out: {why}")
                continue
            results.append(model.result(options.runs, not options.no_cold))
            say(f"{model.name}: measured")
    if not results:
        raise SystemExit("bench: no model could be measured")
    print_times(results)
    if not options.no_cold:
        print_cold(results)
    print_ratios(results)
    with open(f"{options.folder}/bench.json", "w", encoding="utf-8") as file:
        json.dump(results, file, indent=1)
    import plot
    plot.draw(results, f"{options.folder}/bench.png")
    say(f"\nwritten: {options.folder}/bench.json, {options.folder}/bench.png")


if __name__ == "__main__":
    main()
