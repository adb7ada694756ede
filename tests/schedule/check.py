#!/usr/bin/env python3
# Replays the schedules that mcompile makes: of models, of random ones, and damaged ones.
"""    check.py --mcompile PATH [MODEL...]      models in every way: input x optimize x target
    check.py --mcompile PATH --random N      random .mir models, each in one way
    check.py --mcompile PATH --oracle N      models of tests/oracle, likewise
    check.py --mcompile PATH --damage N      damaged schedules of N models: all must be found
    check.py --mcompile PATH --long N        a model of N operators in every way
    check.py --mcompile PATH --steps N       the steps that generated programs take, of the
                                             models named and N random ones
    check.py --mcompile PATH --tall          the same network at two heights: as many lines of C
Prints `ok`, `FAIL` and `skip` lines as tests/run.sh wants them.
"""
import argparse
import collections
import itertools
import os
import resource
import subprocess
import sys
import tempfile
import time

import mir
import mutate
import random_mir
import replay

INPUTS, AIMS, TARGETS = ("full", "const", "push"), ("speed", "ram", "size"), ("c", "x86-avx2")
WAYS = list(itertools.product(INPUTS, AIMS, TARGETS))
RUN_WAYS = [way for way in WAYS if way[2] == "c"]   # for any machine
REFUSALS = ("--input push takes a model of one input", "is not read as rows of one image")
UNSUPPORTED = "is not supported"
REPORTED = 10
MODEL_SECONDS, LONG_SECONDS = 1, 10    # of a processor, to plan a model
HEIGHTS = (48, 400)


class Refused(Exception):
    """mcompile said no."""


class Tally:
    def __init__(self):
        self.plans = self.refused = self.segments = self.rings = self.steps = self.overlaid = 0
        self.loose = 0     # rings with a row that is not needed
        self.seconds = 0.0 # of the slowest plan


def spent():
    """Seconds of a processor that programs called from here have taken."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def dump(mcompile, way, what, model):
    """The text after a pass, or as a schedule."""
    mode, aim, target = way
    done = subprocess.run([mcompile, "--input", mode, "--optimize", aim, "--target", target,
                           "--dump", what, "--stop", what, model],
                          capture_output=True, text=True, errors="replace")
    if done.returncode or not done.stdout:
        raise Refused(done.stderr.strip() or f"--dump {what}: nothing")
    return done.stdout


def overlaid(schedule):
    """Pairs of buffers that share bytes and time."""
    found, buffers = 0, [b for b in schedule.tensor.values() if b.bytes]
    for i, a in enumerate(buffers):
        for b in buffers[:i]:
            found += a.first <= b.last and b.first <= a.last and \
                a.offset < b.offset + b.bytes and b.offset < a.offset + a.bytes
    return found


def check(mcompile, way, model, tally, keep=False):
    """What is wrong with one plan, None if nothing; with keep its replay too."""
    try:
        graph = mir.Graph(dump(mcompile, way, "plan", model))
        started = spent()
        schedule = mir.Schedule(dump(mcompile, way, "schedule", model))
        seconds = spent() - started
        if seconds > MODEL_SECONDS:    # what is spent before the plan is no part of it
            started = spent()
            dump(mcompile, way, "prove", model)
            seconds -= spent() - started
        tally.seconds = max(tally.seconds, seconds)
    except Refused as refused:
        if way[0] == "push" and any(text in str(refused) for text in REFUSALS):
            tally.refused += 1
            return (None, None) if keep else None
        return (str(refused), None) if keep else str(refused)
    fault, done = replay.fault(graph, schedule)
    if done:
        tally.plans += 1
        tally.steps += len(schedule.steps)
        tally.segments += len({n.segment for n in graph.nodes} - {0})
        tally.rings += sum(t.ring > 0 for t in graph.tensors)
        tally.overlaid += overlaid(schedule) if len(schedule.tensor) < 200 else 0
        tally.loose += sum(t.ring > 1 and not done.is_tight(t) for t in graph.tensors)
    return (fault, done) if keep else fault


def say(name, faults, tally, started):
    for fault in faults[:REPORTED]:
        print("  " + fault)
    figures = (f"{tally.plans} plans, {tally.steps} steps, {tally.segments} segments, "
               f"{tally.rings} rings, {tally.loose} loose, {tally.overlaid} overlays, "
               f"{tally.refused} refused, at most {tally.seconds:.2f} s a plan, "
               f"{time.time() - started:.1f} s in all")
    good = not faults and tally.plans > 0
    print(f"{'ok' if good else 'FAIL'} schedule/{name} ({figures})", flush=True)
    return good


def check_models(options):
    good = True
    for model in options.model:
        faults, tally, started = [], Tally(), time.time()
        name = os.path.basename(model).rsplit(".", 1)[0]
        for way in WAYS:
            fault = check(options.mcompile, way, model, tally)
            if fault and UNSUPPORTED in fault:
                print(f"skip schedule/{name}: operators that are not supported")
                break
            if fault:
                faults.append(f"{' '.join(way)}: {fault}")
        else:
            if tally.seconds > MODEL_SECONDS:
                faults.append(f"planning takes {tally.seconds:.2f} s")
            good &= say(name, faults, tally, started)
    return good


def steps_taken(options, way, model, sound, folder):
    """Node and row of each step of the program that `mcompile run` makes, in its order."""
    mode, aim, target = way
    files = [os.path.join(folder, f"in{k}") for k in range(len(sound.graph.inputs))]
    for name, t in zip(files, sound.graph.inputs):
        with open(name, "wb") as file:
            file.write(bytes(sound.graph.tensors[t].bytes))
    outs = [os.path.join(folder, f"out{k}") for k in range(len(sound.graph.outputs))]
    done = subprocess.run([options.mcompile, "run", "--steps", "--poison", "--input", mode,
                           "--optimize", aim, "--target", target, model, *files, "-o", *outs],
                          capture_output=True, text=True, errors="replace")
    if done.returncode:
        raise Refused(done.stderr.strip())
    return [(int(words[1][1:]), int(words[2])) for words in map(str.split, done.stdout.split("\n"))
            if words[:1] == ["step"]]


def check_steps(options):
    faults, tally, started = [], Tally(), time.time()
    with tempfile.TemporaryDirectory() as folder:
        models = list(options.model)
        for name, content in random_mirs(options.steps, options.first):
            models.append(os.path.join(folder, name))
            with open(models[-1], "wb") as file:
                file.write(content)
        for number, model in enumerate(models):
            way = RUN_WAYS[number * 5 % len(RUN_WAYS)]
            fault, sound = check(options.mcompile, way, model, tally, True)
            try:
                taken = steps_taken(options, way, model, sound, folder) if sound else []
            except Refused as refused:
                fault = str(refused)
            if sound and not fault and taken != sound.taken:
                fault = f"takes {len(taken)} steps, others than the {len(sound.taken)} planned"
            if fault:
                faults.append(f"{os.path.basename(model)} {' '.join(way)}: {fault}")
    return say("steps taken", faults, tally, started)


def check_long(options):
    faults, tally, started = [], Tally(), time.time()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "long.mir")
        with open(path, "w") as file:
            file.write(random_mir.long_model(options.long))
        for way in WAYS:
            fault = check(options.mcompile, way, path, tally)
            faults += [f"{' '.join(way)}: {fault}"] if fault else []
    if tally.seconds > LONG_SECONDS:
        faults.append(f"planning takes {tally.seconds:.2f} s")
    return say(f"{options.long} operators", faults, tally, started)


def check_tall(options):
    """Loops, not rows, are what the code grows with; by ram, for which it streams most."""
    good = True
    for mode in INPUTS:
        lines, tally = [], None
        with tempfile.TemporaryDirectory() as folder:
            for height in HEIGHTS:
                path = os.path.join(folder, "tall.mir")
                with open(path, "w") as file:
                    file.write(random_mir.tall_model(height))
                tally = Tally()
                fault = check(options.mcompile, (mode, "ram", "c"), path, tally)
                subprocess.run([options.mcompile, "--input", mode, "--optimize", "ram", "-o",
                                folder, path], check=True)
                with open(os.path.join(folder, "m.c")) as file:
                    lines.append(sum(1 for _ in file))
                if fault:
                    print(f"  {mode}, {height} rows: {fault}")
        same = lines[0] == lines[1] and tally.rings > 0
        print(f"{'ok' if same else 'FAIL'} schedule/lines {mode} "
              f"({lines[0]} and {lines[1]} of {HEIGHTS[0]} and {HEIGHTS[1]} rows)", flush=True)
        good &= same
    return good


def oracle_models(count, first):
    """tests/oracle's, which need its environment."""
    sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "oracle"))
    import random_models
    order = random_models.turns(None)
    for number in range(first, first + count):
        yield f"{number}.tflite", random_models.make(1, number, order).model


def check_random(options, name, models):
    """A model that is refused as it is, in any mode, is no failure here, but must be rare."""
    faults, tally, started, refused = [], Tally(), time.time(), collections.Counter()
    total = 0
    with tempfile.TemporaryDirectory() as folder:
        for number, (file_name, content) in enumerate(models):
            path = os.path.join(folder, file_name)
            with open(path, "wb") as file:
                file.write(content)
            way = WAYS[number * 7 % len(WAYS)]
            fault = check(options.mcompile, way, path, tally)
            total += 1
            if fault and ": error: " in fault and name == "oracle":
                refused[fault.split(": error: ")[1].split("\n")[0][:70]] += 1
            elif fault:
                faults.append(f"{file_name} {' '.join(way)}: {fault}")
                keep(options, file_name, content)
            os.unlink(path)
    for text, count in refused.most_common(REPORTED):
        print(f"  {count} refused: {text}")
    if sum(refused.values()) * 2 > total:
        faults.append("most models are refused")
    return say(name, faults, tally, started)


def keep(options, name, content):
    os.makedirs(options.keep, exist_ok=True)
    with open(os.path.join(options.keep, name), "wb") as file:
        file.write(content)


def random_mirs(count, first):
    for seed in range(first, first + count):
        yield f"{seed}.mir", random_mir.random_model(seed).encode()


def check_damage(options):
    """Every damage must be found in sound schedules of random models and of those named."""
    counts, missed, tally, started = collections.Counter(), [], Tally(), time.time()
    with tempfile.TemporaryDirectory() as folder:
        models = list(options.model)
        for name, content in random_mirs(options.damage, options.first):
            models.append(os.path.join(folder, name))
            with open(models[-1], "wb") as file:
                file.write(content)
        for number, model in enumerate(models):
            way = WAYS[number * 5 % len(WAYS)]
            fault, sound = check(options.mcompile, way, model, tally, True)
            if fault:
                missed.append(f"{model} {' '.join(way)}: {fault}")
            for kind, maker in mutate.KINDS.items() if sound else ():
                for what, graph, schedule in maker(sound):
                    counts[kind] += 1
                    if replay.fault(graph, schedule)[0] is None:
                        missed.append(f"{os.path.basename(model)} {' '.join(way)}: {what}: "
                                      "not found")
    print("  " + ", ".join(f"{n} {kind}" for kind, n in counts.items()))
    missed += [f"no damage of the kind {kind}" for kind in mutate.KINDS if not counts[kind]]
    return say(f"{sum(counts.values())} damaged", missed, tally, started)


def parse():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--mcompile", required=True)
    parser.add_argument("--random", type=int, default=0, metavar="N")
    parser.add_argument("--oracle", type=int, default=0, metavar="N")
    parser.add_argument("--damage", type=int, default=0, metavar="N")
    parser.add_argument("--long", type=int, default=0, metavar="N")
    parser.add_argument("--steps", type=int, default=-1, metavar="N")
    parser.add_argument("--tall", action="store_true")
    parser.add_argument("--first", type=int, default=0, metavar="N")
    parser.add_argument("--keep", default="schedule.failed", metavar="FOLDER")
    parser.add_argument("model", nargs="*")
    return parser.parse_args()


def main():
    options, good = parse(), True
    if options.random:
        good &= check_random(options, "random", random_mirs(options.random, options.first))
    if options.oracle:
        good &= check_random(options, "oracle", oracle_models(options.oracle, options.first))
    if options.long:
        good &= check_long(options)
    if options.tall:
        good &= check_tall(options)
    if options.steps >= 0:
        good &= check_steps(options)
    elif options.damage:
        good &= check_damage(options)
    elif options.model:
        good &= check_models(options)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
