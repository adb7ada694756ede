#!/usr/bin/env python3
# Prints which operators and types each oracle runs, and why it refuses the others.
import argparse
import collections
import sys

import oracle
import random_models
from random_graph import Dice, Graph


def single(pair, seed):
    """A model of one operator alone."""
    graph = Graph(Dice(seed))
    random_models.insist(graph, pair)
    outputs = [t for t in graph.tensors if t.uses == 0 and t not in graph.inputs]
    return random_models.Case(seed, seed, graph, outputs)


class Tally:
    """Models of one pair in one oracle."""

    def __init__(self):
        self.counts = collections.Counter()
        self.reasons = collections.Counter()
        self.noted = collections.defaultdict(collections.Counter)   # note -> status

    def add(self, case, result):
        self.counts[result.status] += 1
        for note in set(case.notes):
            self.noted[note][result.status] += 1
        if not result:
            self.reasons[f"{result.status}: {result.message}"[:230]] += 1

    def text(self):
        total = sum(self.counts.values())
        if self.counts["ok"] == total:
            return "all"
        if not self.counts["ok"]:
            return "none" + (" (crash)" if self.counts["crash"] else "")
        return f"{self.counts['ok']}/{total}" + (" crash" if self.counts["crash"] else "")

    def only_with(self):
        """Attribute values with which the oracle never runs it."""
        return sorted(f"{a}={v}" for (a, v), c in self.noted.items()
                      if not c["ok"] and sum(c.values()) > 1) if self.counts["ok"] else []


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=40, help="models per pair")
    parser.add_argument("--only")
    options = parser.parse_args()
    pairs = [p for p in random_models.PAIRS if options.only in (None, p[0])]
    details = []
    print(f"{'operator':26}{'type':9}{'tflm':14}{'litert':14}equal bytes where both run")
    with oracle.Oracle("tflm") as tflm, oracle.Oracle("litert") as litert:
        for pair in pairs:
            tallies = Tally(), Tally()
            both = equal = 0
            for n in range(options.count):
                case = single(pair, 1000 * n + 7)
                results = [o.run(case.model, case.runs) for o in (tflm, litert)]
                for tally, result in zip(tallies, results):
                    tally.add(case, result)
                if all(results):
                    both += 1
                    equal += results[0].outputs == results[1].outputs
            print(f"{pair[0]:26}{pair[1]:9}{tallies[0].text():14}{tallies[1].text():14}"
                  f"{equal}/{both}")
            sys.stdout.flush()
            for name, tally in zip(oracle.SEMANTICS, tallies):
                for reason, count in tally.reasons.most_common(4):
                    details.append(f"{pair[0]} {pair[1]} {name} {count}x {reason}")
                for note in tally.only_with():
                    details.append(f"{pair[0]} {pair[1]} {name} never with {note}")
    print("\nWhy not:\n" + "\n".join(details))


if __name__ == "__main__":
    main()
