#!/usr/bin/env python3
# Makes random TFLite models, of one operator or a small graph, with inputs to try.
"""    random_models.py --seed 1 --first 17 --count 1 -o DIR     writes DIR/17.tflite ...

Model number n of a seed is the same whatever the other options, so a failure is made
again from its number. Numbers walk through all (operator, type) pairs in turn.
"""
import argparse
import os

import numpy

import random_moves  # noqa: F401  (registers its operators)
from random_compute import OPERATORS
from random_graph import RUNS, Dice, Graph, Unfit

PAIRS = [(name, dtype) for name, (_, types) in OPERATORS.items() for dtype in types]
ATTEMPTS = 40
GRAPH_SHARE = 0.4        # of the models have three or more operators and a branch
MIX = 0x9E3779B1         # spreads neighbouring model numbers over the seeds


class Case:
    """A model, inputs to run it on, and what it covers."""

    def __init__(self, number, seed, graph, outputs, signature):
        self.number, self.seed = number, seed
        self.operators = graph.operators
        self.steps = graph.steps
        self.notes = graph.notes
        self.branch = any(t.uses > 1 for t in graph.tensors)
        self.inputs = graph.inputs
        self.outputs = outputs
        self.model = graph.model.finish([t.index for t in graph.inputs],
                                        [t.index for t in outputs], signature)
        self.runs = [[graph.values(t.dtype, t.shape, t.kind, t.zero or 0, t.bound,
                                   style=None if run else 2).tobytes()
                      for t in graph.inputs] for run in range(RUNS)]

    def describe(self):
        names = " ".join(f"{name}:{dtype}" for name, dtype in self.operators)
        return f"model {self.number} (dice {self.seed}): {names}"


def attempt(graph, pair, x):
    """Adds an operator on x (or fresh inputs), if it fits."""
    mark = graph.mark()
    try:
        return OPERATORS[pair[0]][0](graph, pair[1], x)
    except Unfit:
        graph.rollback(mark)
        return None


def insist(graph, pair, x=None):
    for _ in range(ATTEMPTS):
        outputs = attempt(graph, pair, x)
        if outputs is not None:
            return outputs
    return None


def grow(graph, pairs, want_used):
    """One more random operator on a tensor there is, one already used if asked."""
    dice = graph.dice
    for _ in range(ATTEMPTS):
        known = [t for t in graph.tensors if t.kind == "any"
                 and (not want_used or t.uses > 0)]
        if not known:
            return None
        x = known[-1] if dice.chance(0.5) and not want_used else dice.pick(known)
        fitting = [pair for pair in pairs if pair[1] == x.dtype]
        if not fitting:
            continue
        outputs = attempt(graph, dice.pick(fitting), x)
        if outputs is not None:
            return outputs
    return None


def build_graph(graph, focus, pairs):
    dice = graph.dice
    length, before = dice.int(3, 7), dice.int(0, 1)
    if before:   # something in front, so that the operator sees a computed tensor
        insist(graph, dice.pick([p for p in pairs if p[1] == focus[1]] or [focus]))
        known = [t for t in graph.tensors if t.uses == 0]
        if not (known and insist(graph, focus, dice.pick(known))):
            insist(graph, focus)
    else:
        insist(graph, focus)
    while len(graph.operators) < length:
        if not grow(graph, pairs, want_used=dice.chance(0.3)):
            break
    for _ in range(ATTEMPTS):
        if any(t.uses > 1 for t in graph.tensors):
            break
        grow(graph, pairs, want_used=True)


def signature_for(dice, inputs, outputs):
    """None mostly; or names in the file's order."""
    if not dice.chance(0.3):
        return None
    return ("serving_default", [(f"in_{i}", t.index) for i, t in enumerate(inputs)],
            [(f"out_{i}", t.index) for i, t in enumerate(outputs)])


def make(seed, number, pairs=PAIRS, companions=None):
    """Case number n of a seed; companions are the pairs that graphs grow with."""
    own = (seed * MIX + number * 0x85EBCA6B) & 0xFFFFFFFF
    dice = Dice(own)
    focus = pairs[number % len(pairs)]
    graph = Graph(dice)
    if dice.chance(GRAPH_SHARE):
        build_graph(graph, focus, companions or pairs)
    else:
        insist(graph, focus)
    outputs = [t for t in graph.tensors if t.uses == 0 and t not in graph.inputs]
    inner = [t for t in graph.tensors if t.uses and t not in graph.inputs]
    if inner and dice.chance(0.2):
        outputs.append(dice.pick(inner))
    assert graph.operators, focus
    return Case(number, own, graph, dice.shuffled(outputs),
                signature_for(dice, graph.inputs, outputs))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--only", help="one operator")
    parser.add_argument("-o", dest="folder", default=".")
    options = parser.parse_args()
    pairs = [p for p in PAIRS if options.only in (None, p[0])]
    os.makedirs(options.folder, exist_ok=True)
    for number in range(options.first, options.first + options.count):
        case = make(options.seed, number, pairs, PAIRS)
        save(case, options.folder)
        print(case.describe())


def save(case, folder):
    """NUMBER.tflite and NUMBER.run0.in0.bin ..."""
    stem = os.path.join(folder, str(case.number))
    with open(stem + ".tflite", "wb") as file:
        file.write(case.model)
    for r, run in enumerate(case.runs):
        for i, raw in enumerate(run):
            numpy.frombuffer(raw, numpy.uint8).tofile(f"{stem}.run{r}.in{i}.bin")


if __name__ == "__main__":
    main()
