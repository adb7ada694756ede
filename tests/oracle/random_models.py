#!/usr/bin/env python3
# Makes random TFLite models, of one operator or a small graph, with inputs to try.
"""    random_models.py --seed 1 --first 17 --count 1 -o DIR     writes DIR/17.tflite ...

Model number n of a seed is the same whatever the other options, so a failure is made
again from its number. Numbers walk through all (operator, type) pairs in turn.
"""
import argparse
import os

import random_moves  # noqa: F401  (registers its operators)
from random_compute import OPERATORS
from random_graph import RUNS, Dice, Graph, Unfit

PAIRS = [(name, dtype) for name, (_, types) in OPERATORS.items() for dtype in types]
# The operators with the most attributes, and those that graphs seldom grow, come round
# more often; so do the pairs both references have, for their sake.
TURNS = {"CONV_2D": 7, "DEPTHWISE_CONV_2D": 7, "FULLY_CONNECTED": 5, "AVERAGE_POOL_2D": 5,
         "MAX_POOL_2D": 5, "SQRT": 5, "CAST": 7, "GATHER_ND": 4, "QUANTIZE": 6,
         "RESIZE_NEAREST_NEIGHBOR": 4, "RESIZE_BILINEAR": 4, "STRIDED_SLICE": 5,
         "ARG_MAX": 4, "FLOOR_DIV": 3, "CONCATENATION": 3, "PADV2": 3, "SPLIT": 3,
         "DEQUANTIZE": 3, "ADD": 3}
USUAL_TURNS = 2
ATTEMPTS = 40
GRAPH_SHARE = 0.4        # of the models have three or more operators and a branch
MIX, NEXT = 0x9E3779B1, 0x85EBCA6B   # spread seeds and numbers over the dice


# What TFLM has kernels for: graphs of these alone are made more often, as one operator
# that it lacks loses it the whole graph. (support.py finds such lists.)
TFLM_LACKS = {"EXPAND_DIMS": ("int32", "int64"), "FLOOR_DIV": ("int8", "int32"),
              "TRANSPOSE": ("int32", "int64"), "GATHER_ND": ("int32", "int64"),
              "MEAN": ("int32", "int64"), "SQRT": ("int8",), "ARG_MAX": ("int32",),
              "RESIZE_NEAREST_NEIGHBOR": ("int32",)}
TFLM_HAS_ALSO = {("RESHAPE", "uint8"), ("SQUEEZE", "uint8"), ("DEQUANTIZE", "uint8"),
                 ("QUANTIZE", "uint8"), ("RESHAPE", "int64"), ("SQUEEZE", "int64"),
                 ("CONCATENATION", "int64"), ("PACK", "int64")}
TFLM_PAIRS = [p for p in PAIRS if p in TFLM_HAS_ALSO or (
    p[1] not in ("uint8", "int64") and p[1] not in TFLM_LACKS.get(p[0], ()))]
TFLM_SHARE = 0.7
FRESH_SHARE = 0.06


class Signature:
    """Names, and an order of inputs and outputs that need not be the file's."""

    def __init__(self, dice, inputs, outputs):
        own_order = dice.chance(0.3)
        self.inputs = dice.shuffled(inputs) if own_order else inputs
        self.outputs = dice.shuffled(outputs) if own_order else outputs

    def written(self):
        return ("serving_default",
                [(f"in_{i}", t.index) for i, t in enumerate(self.inputs)],
                [(f"out_{i}", t.index) for i, t in enumerate(self.outputs)])


class Case:
    """A model, inputs to run it on, and what it covers.

    inputs and outputs, and so each of the runs, are in the file's order; with a
    signature the compiled model takes and gives them in the signature's order."""

    def __init__(self, number, seed, graph, outputs, signature=None):
        self.number, self.seed = number, seed
        self.operators = graph.operators
        self.steps = graph.steps
        self.notes = graph.notes
        self.branch = any(t.uses > 1 for t in graph.tensors)
        self.inputs = graph.inputs
        self.outputs = outputs
        self.undefined = graph.undefined
        self.input_order = [self.inputs.index(t) for t in signature.inputs] \
            if signature else list(range(len(self.inputs)))
        self.output_order = [outputs.index(t) for t in signature.outputs] \
            if signature else list(range(len(outputs)))
        self.model = graph.model.finish([t.index for t in graph.inputs],
                                        [t.index for t in outputs],
                                        signature and signature.written())
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


def fold(graph, pairs):
    """An operator on a constant, and its output on to something that there is."""
    outputs = insist(graph, graph.dice.pick(pairs))
    if outputs and outputs[0].rank:
        fitting = [pair for pair in pairs if pair[1] == outputs[0].dtype]
        attempt(graph, graph.dice.pick(fitting or pairs), outputs[0])


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
        if dice.chance(FRESH_SHARE):   # another start: an input or a constant
            fold(graph, pairs)
        elif not grow(graph, pairs, want_used=dice.chance(0.3)):
            break
    for _ in range(ATTEMPTS):
        if any(t.uses > 1 for t in graph.tensors):
            break
        grow(graph, pairs, want_used=True)


def turns(only=None):
    """The pairs in the order in which models are about them."""
    order = []
    for pair in PAIRS:
        if only in (None, pair[0]):
            count = TURNS.get(pair[0], USUAL_TURNS) + (pair in TFLM_PAIRS)
            order += [pair] * count
    return Dice(0).shuffled(order)


def make(seed, number, order):
    """Case number n of a seed; order comes from turns()."""
    own = (seed * MIX + number * NEXT) & 0xFFFFFFFF
    dice = Dice(own)
    focus = order[number % len(order)]
    companions = PAIRS
    graph = Graph(dice)
    if dice.chance(GRAPH_SHARE):
        if focus in TFLM_PAIRS and dice.chance(TFLM_SHARE):
            companions = TFLM_PAIRS
        build_graph(graph, focus, companions)
    else:
        insist(graph, focus)
    outputs = [t for t in graph.tensors if t.uses == 0 and t not in graph.inputs]
    inner = [t for t in graph.tensors if t.uses and t not in graph.inputs]
    if inner and dice.chance(0.2):
        outputs.append(dice.pick(inner))
    assert graph.operators, focus
    outputs = dice.shuffled(outputs)
    signature = Signature(dice, graph.inputs, outputs) if dice.chance(0.3) else None
    graph.note("signature", "none" if signature is None else "same order" if
               signature.inputs + signature.outputs == graph.inputs + outputs else
               "other order")
    return Case(number, own, graph, outputs, signature)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--only", help="one operator")
    parser.add_argument("-o", dest="folder", default=".")
    options = parser.parse_args()
    order = turns(options.only)
    os.makedirs(options.folder, exist_ok=True)
    for number in range(options.first, options.first + options.count):
        case = make(options.seed, number, order)
        save(case, options.folder)
        print(case.describe())


def save(case, folder):
    """NUMBER.tflite and NUMBER.run0.in0.bin ..., as mcompile run takes them."""
    stem = os.path.join(folder, str(case.number))
    with open(stem + ".tflite", "wb") as file:
        file.write(case.model)
    for r, run in enumerate(case.runs):
        for i, k in enumerate(case.input_order):
            with open(f"{stem}.run{r}.in{i}.bin", "wb") as file:
                file.write(run[k])


if __name__ == "__main__":
    main()
