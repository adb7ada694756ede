#!/usr/bin/env python3
# Compares compiled random models with the oracles, byte for byte, and prints coverage.
"""    bigcheck.py --mcompile PATH [--count N] [--seed S] [--semantics tflm,litert]
                [--target T] [--only OPERATOR] [--keep FOLDER]
                [--input MODE] [--optimize AIM] [--poison]

Integer outputs must have the oracle's bytes. Float outputs are compared by bytes too;
those that differ are counted apart and may be off by 1e-5 of the largest value, or, in a model of
one sum of products, by what rounding may bring two right sums apart (rounding.py).
A model that the oracle runs and mcompile does not is a failure. Failing models stay in
the folder with their inputs. With --oracles-only nothing is compiled: the two oracles
are compared with each other, which shows their support and the coverage.

With --input any and --optimize any each model is compiled in a mode of its own. Every model
runs several inputs in one work area, which is filled with garbage before some of them.
"""
import argparse
import collections
import multiprocessing
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

import numpy

import generated
import oracle
import random_models
import rounding

FLOAT_TOLERANCE = 1e-5
BATCH = 40
REPORTED = 20            # failures described in full
LEAST_PAIR, LEAST_VALUE, LEAST_SHARE = 60, 20, 0.25
ENOUGH = 5000            # from this many models on, coverage is demanded
RANKS = (1, 2, 3, 4, 5)
INPUTS, AIMS = ("full", "const", "push"), ("speed", "ram", "size")


class Outcome:
    """What became of one model under one semantics; goes from worker to parent."""

    def __init__(self, case, semantics):
        self.number, self.semantics = case.number, semantics
        self.text = case.describe()
        self.operators, self.notes = set(case.operators), set(case.notes)
        self.graph = case.branch and len(case.operators) >= 3
        self.flags = []        # that it was compiled with
        self.ran = False       # in the oracle
        self.reason = ""       # why not
        self.failure = None
        self.wrong_run = None  # the first run whose outputs are wrong
        self.floats = self.inexact = self.rounded = 0
        self.worst = 0.0


def relative_error(got, wanted):
    """max |a - b| / max |b|, and infinity where NaN or infinity differ."""
    finite = numpy.isfinite(wanted)
    same = (got == wanted) | (numpy.isnan(got) & numpy.isnan(wanted))
    if not same[~finite].all() or not numpy.isfinite(got[finite]).all():
        return float("inf")
    got, wanted = got[finite].astype(float), wanted[finite].astype(float)
    largest = numpy.abs(wanted).max(initial=0)
    error = numpy.abs(got - wanted).max(initial=0)
    return float(error / largest) if largest else float("inf") if error else 0.0


def compare(outcome, order, got_runs, wanted_runs, apart):
    """Fills in what differs. order: which of the file's outputs each of ours is."""
    for r, (got_run, wanted_run) in enumerate(zip(got_runs, wanted_runs)):
        for k, got in zip(order, got_run):
            dtype, shape, wanted = wanted_run[k]
            a, b = (numpy.frombuffer(raw, dtype) for raw in (got, wanted))
            outcome.floats += dtype == "float32"
            if got == wanted:
                continue
            differ = numpy.flatnonzero(a != b) if a.size == b.size else []
            if dtype == "float32" and a.size == b.size:
                outcome.inexact += 1
                error = relative_error(a, b)
                outcome.worst = max(outcome.worst, error)
                if error <= FLOAT_TOLERANCE:
                    continue
                if numpy.isfinite(error) and (abs(a.astype(float) - b) <= apart(r, k)).all():
                    outcome.rounded += 1
                    continue
            if outcome.failure is None:
                outcome.wrong_run = r
                at = int(differ[0]) if len(differ) else 0
                outcome.failure = (
                    f"run {r}, output {k} ({dtype} {'x'.join(map(str, shape))}): "
                    f"{len(differ)} of {b.size} differ; at {at}: got {a[at:at + 1]}, "
                    f"wanted {b[at:at + 1]}")


def flags_of(options, number):
    """Of mcompile for a model; and those instead of --input push where that is refused."""
    def chosen(name, choices, turn):
        value = getattr(options, name)
        return [] if value is None else \
            ["--" + name, choices[turn % len(choices)] if value == "any" else value]
    common = chosen("optimize", AIMS, number // len(INPUTS)) + ["--poison"] * options.poison
    mode = chosen("input", INPUTS, number)
    return mode + common, ["--input", INPUTS[number // len(INPUTS) % 2]] + common


class Worker:
    """One process: makes models, runs oracles, compiles and compares."""

    def __init__(self, options):
        self.options = options
        self.order = random_models.turns(options.only)
        self.oracles = {s: oracle.Oracle(s) for s in oracle.SEMANTICS}

    def batch(self, job):
        semantics, numbers = job
        cases = [random_models.make(self.options.seed, n, self.order) for n in numbers]
        outcomes = [Outcome(c, semantics) for c in cases]
        pending = []
        for case, outcome in zip(cases, outcomes):
            if semantics in case.undefined:
                outcome.reason = "undefined in the reference"
                continue
            result = self.oracles[semantics].run(case.model, case.runs)
            outcome.ran, outcome.reason = bool(result), result.message or result.status
            if result:
                pending.append((case, outcome, result))
        if self.options.oracles_only:
            self.against_other(semantics, pending)
        elif pending:
            folder = tempfile.mkdtemp(prefix="bigcheck.")
            try:
                self.against_compiled(semantics, pending, folder)
            finally:
                shutil.rmtree(folder)
        return outcomes

    def against_other(self, semantics, pending):
        other = [s for s in oracle.SEMANTICS if s != semantics][0]
        for case, outcome, result in pending:
            second = self.oracles[other].run(case.model, case.runs)
            if second and other not in case.undefined:
                got = [[raw for _, _, raw in run] for run in second.outputs]
                compare(outcome, range(len(case.outputs)), got, result.outputs,
                        rounding.Apart(self.oracles[semantics], case))

    def tool(self, semantics, *more):
        return [self.options.mcompile, "--semantics", semantics, "--target",
                self.options.target, *shlex.split(self.options.mcompile_flags), *more]

    def against_compiled(self, semantics, pending, folder):
        members, files = [], []
        for case, _, result in pending:
            files.append(os.path.join(folder, f"{case.number}.tflite"))
            with open(files[-1], "wb") as file:
                file.write(case.model)
            members.append(generated.Member(
                case.number, [[run[k] for k in case.input_order] for run in case.runs],
                [len(result.outputs[0][k][2]) for k in case.output_order],
                *flags_of(self.options, case.number)))
        if self.options.via == "run":
            generated.run_singly(self.tool(semantics), members, files, folder)
        else:
            cc = shlex.split(self.options.cc) + shlex.split(self.options.cflags)
            generated.run_batch(self.tool(semantics), cc, members, files, folder)
        for (case, outcome, result), member in zip(pending, members):
            outcome.flags = member.flags
            if member.problem:
                outcome.failure = member.problem
            else:
                compare(outcome, case.output_order, member.outputs, result.outputs,
                        rounding.Apart(self.oracles[semantics], case))
            if outcome.failure:
                self.keep(case, semantics, result, member.flags)

    def keep(self, case, semantics, result, flags):
        """The model, its inputs and the wanted outputs, to be tried again by hand."""
        folder = os.path.join(self.options.keep, f"{semantics}-{case.number}")
        os.makedirs(folder, exist_ok=True)
        random_models.save(case, folder)
        for r, run in enumerate(result.outputs):
            for i, k in enumerate(case.output_order):
                with open(os.path.join(folder, f"{case.number}.run{r}.out{i}.bin"),
                          "wb") as file:
                    file.write(run[k][2])
        with open(os.path.join(folder, "what.txt"), "w") as file:
            file.write(case.describe() + "\n" + " ".join(flags) + "\n" + "\n".join(
                f"{a} = {v}" for a, v in case.notes) + "\n")


def first_difference(options, outcome):
    """The first tensor that differs, by `mcompile run --layers`, or why not known."""
    run = outcome.wrong_run
    folder = os.path.join(options.keep, f"{outcome.semantics}-{outcome.number}")
    stem = os.path.join(folder, str(outcome.number))
    inputs = sorted((n for n in os.listdir(folder)
                     if f"{outcome.number}.run{run}.in" in n),
                    key=lambda n: int(re.findall(r"\d+", n)[-1]))
    with open(stem + ".tflite", "rb") as file:
        model = file.read()
    case = random_models.make(options.seed, outcome.number,
                              random_models.turns(options.only))
    wanted = [t for _, t in oracle.operator_outputs(model)]
    with oracle.Oracle(outcome.semantics) as worker:
        result = worker.run(model, [case.runs[run]], wanted)
    with tempfile.TemporaryDirectory() as unused:
        done = subprocess.run(
            [options.mcompile, "run", "--layers", "--no-fuse", "--no-prune", "--semantics",
             outcome.semantics, "--target", options.target, *outcome.flags, stem + ".tflite",
             *[os.path.join(folder, n) for n in inputs], "-o",
             *[os.path.join(unused, str(k)) for k in range(len(case.outputs))]],
            capture_output=True, text=True, errors="replace")
    found = dict(re.findall(r"tensor (\d+) .*fnv1a64=([0-9a-f]+)", done.stdout))
    if not result or not found:
        return "first differing tensor not known"
    for line in oracle.tensor_lines(model, result.tensors):
        number, digest = re.search(r"tensor (\d+) .*fnv1a64=([0-9a-f]+)", line).groups()
        if found.get(number, digest) != digest:
            operator = case.operators[int(line.split()[1])]
            return f"first differs: {operator[0]}:{operator[1]}: {line}"
    return "every tensor is right with --no-fuse --no-prune"


def kind_of(outcome):
    """A failure without what is particular to the model."""
    if outcome.wrong_run is not None:
        return "wrong values: " + " ".join(sorted(n for n, _ in outcome.operators)[:2]) \
            if len(outcome.operators) < 3 else "wrong values in a graph"
    first = outcome.failure.split("error: ")[1:2] or [outcome.failure]
    text = re.sub(r"/\S*/\S+|\b(0x[0-9a-f]+|t?m?\d+)\b", "", first[0].split("\n")[0])
    return text.strip(" :")[:120]


class Coverage:
    """Counts over the models that at least one oracle ran."""

    def __init__(self, semantics):
        self.semantics = semantics
        self.pairs = {s: collections.Counter() for s in semantics}
        self.ran = collections.Counter()
        self.reasons = {s: collections.Counter() for s in semantics}
        self.models = {}       # number -> Outcome that ran
        self.failed = collections.Counter()
        self.kinds = collections.Counter()
        self.ways = collections.Counter()

    def add(self, outcome):
        if not outcome.ran:
            self.reasons[outcome.semantics][outcome.reason[-90:]] += 1
            return
        self.ran[outcome.semantics] += 1
        self.ways.update([" ".join(outcome.flags)] if outcome.flags else [])
        self.pairs[outcome.semantics].update(outcome.operators)
        self.models.setdefault(outcome.number, outcome)
        if outcome.failure:
            self.failed.update(outcome.operators)
            self.kinds[kind_of(outcome)] += 1

    def none(self, semantics, pair):
        lacks = semantics == "tflm" and pair not in random_models.TFLM_PAIRS
        return "no kernel" if lacks else 0

    def lines(self, only):
        either, values = collections.Counter(), collections.Counter()
        for outcome in self.models.values():
            either.update(outcome.operators)
            values.update(outcome.notes)
        short = []
        heads = "".join(f"{s:>10}" for s in self.semantics)
        yield f"{'operator':26}{'type':9}{'models':>8}{heads}"
        for pair in random_models.PAIRS:
            if only not in (None, pair[0]):
                continue
            columns = "".join(f"{self.pairs[s][pair] or self.none(s, pair):>10}"
                              for s in self.semantics)
            yield f"{pair[0]:26}{pair[1]:9}{either[pair]:8}{columns}"
            has_oracle = "litert" in self.semantics or pair in random_models.TFLM_PAIRS
            if has_oracle and either[pair] < LEAST_PAIR:
                short.append(f"{pair[0]}:{pair[1]} {either[pair]} models")
        by_name = collections.defaultdict(dict)
        for (name, value), count in values.items():
            by_name[name][value] = count
            if count < LEAST_VALUE:
                short.append(f"{name} = {value}: {count} models")
        yield "\nattribute values (models)"
        for name in sorted(by_name):
            items = sorted(by_name[name].items(), key=lambda item: str(item[0]))
            yield f"  {name:32}" + "  ".join(f"{v}: {n}" for v, n in items)
        missing = [rank for rank in RANKS if not by_name["rank"].get(rank)]
        short += [f"rank {rank}" for rank in missing]
        graphs = sum(o.graph for o in self.models.values())
        share = graphs / max(1, len(self.models))
        if share < LEAST_SHARE:
            short.append(f"graphs {share:.2f}")
        yield (f"\nthree or more operators and a branch: {graphs} of {len(self.models)} "
               f"models ({100 * share:.0f} %)")
        self.short = short


def work(options):
    """Outcomes from all the workers, in the order of their batches."""
    numbers = range(options.first, options.first + options.count)
    jobs = [(s, numbers[i:i + BATCH]) for i in range(0, len(numbers), BATCH)
            for s in options.semantics]
    with multiprocessing.Pool(options.jobs, start_worker, (options,)) as pool:
        yield from pool.imap(run_job, jobs)


def start_worker(options):
    global worker   # one per process; Pool offers no other place
    worker = Worker(options)


def run_job(job):
    return worker.batch(job)


def parse():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--mcompile", default="./mcompile")
    parser.add_argument("--mcompile-flags", default="")
    parser.add_argument("--count", type=int, default=7000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--semantics", default="tflm,litert")
    parser.add_argument("--target", default="c")
    parser.add_argument("--only", help="models about this operator")
    parser.add_argument("--input", choices=INPUTS + ("any",))
    parser.add_argument("--optimize", choices=AIMS + ("any",))
    parser.add_argument("--poison", action="store_true", help="mcompile --poison")
    parser.add_argument("--cc", default="cc")
    parser.add_argument("--cflags", default="-O0 -w -std=c11 -ffp-contract=off")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--keep", default="bigcheck.failed", metavar="FOLDER")
    parser.add_argument("--via", choices=("batch", "run"), default="batch")
    parser.add_argument("--stop-after", type=int, metavar="N", help="failures")
    parser.add_argument("--oracles-only", action="store_true")
    options = parser.parse_args()
    options.semantics = options.semantics.split(",")
    options.mcompile = os.path.abspath(options.mcompile)
    if not options.oracles_only and not os.access(options.mcompile, os.X_OK):
        parser.error(f"no program {options.mcompile}")
    return options


def report_failure(options, outcome):
    print(f"FAIL {' '.join([outcome.semantics] + outcome.flags)} {outcome.text}\n"
          f"     {outcome.failure}")
    if outcome.wrong_run is not None and not options.oracles_only:
        print(f"     {first_difference(options, outcome)}")
    sys.stdout.flush()


def main():
    options = parse()
    started = time.time()
    coverage = Coverage(options.semantics)
    floats = inexact = rounded = failures = 0
    worst = 0.0
    for outcome in (o for batch in work(options) for o in batch):
        coverage.add(outcome)
        floats, inexact = floats + outcome.floats, inexact + outcome.inexact
        rounded += outcome.rounded
        if outcome.worst <= FLOAT_TOLERANCE:
            worst = max(worst, outcome.worst)
        if outcome.failure:
            failures += 1
            if failures <= REPORTED:
                report_failure(options, outcome)
            if options.stop_after and failures >= options.stop_after:
                break
    print("\n".join(coverage.lines(options.only)))
    for semantics, reasons in coverage.reasons.items():
        print(f"\nnot run by {semantics}: {sum(reasons.values())} models; most often")
        for reason, count in reasons.most_common(5):
            print(f"  {count:5} {reason}")
    for way, count in sorted(coverage.ways.items()):
        print(f"  {count:5} with {way}")
    if failures:
        worst_pairs = coverage.failed.most_common(12)
        print("\nfailures by operator in the model: " + ", ".join(
            f"{name}:{dtype} {n}" for (name, dtype), n in worst_pairs))
        for kind, count in coverage.kinds.most_common(REPORTED):
            print(f"  {count:5} {kind}")
    demand = options.count >= ENOUGH and not options.only and not options.stop_after
    short = coverage.short if demand else []
    if short:
        print("too little coverage: " + "; ".join(short))
    ran = ", ".join(f"{coverage.ran[s]} by {s}" for s in options.semantics)
    print(f"bigcheck: {options.count} models, seed {options.seed}: {ran}; "
          f"{failures} failures; float outputs {floats}, {inexact} inexact "
          f"(worst {worst:.1e}{f', but for {rounded} that cancel' if rounded else ''}); {time.time() - started:.0f} s"
          + ("; coverage too small" if short else ""))
    return 1 if failures or short or not coverage.models else 0


if __name__ == "__main__":
    sys.exit(main())
