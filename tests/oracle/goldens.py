#!/usr/bin/env python3
# Shows that the oracle packages give the recorded bytes of ../shared/golden.
"""tflite-micro must give every recorded output of the int8 models, LiteRT's reference
resolver those of the two legacy uint8 models; so must their intermediate tensors.
The folder of models and recordings is optional: without it this test skips, saying so.
"""
import argparse
import os
import sys

import numpy

import oracle

HERE = os.path.dirname(os.path.abspath(__file__))
SHARED = os.path.join(HERE, "..", "..", "..", "shared")
LITERT_ONLY = ("mobilenet_v1_0.25_128_quant", "mobilenet_v2_1.0_224_quant")
DEFAULT_SEED, SECOND_SEED = 12345, 1


def random_bytes(seed, count):
    """The input rule of the golden folder: an LCG's upper byte for each element."""
    x, out = seed, bytearray()
    for _ in range(count):
        x = (x * 1664525 + 1013904223) & 0xFFFFFFFF
        out.append(x >> 24)
    return bytes(out)


def input_of(description, seed):
    """Raw bytes for one line `in0 dtype=... shape=...` of a golden's .txt."""
    fields = dict(word.split("=") for word in description.split()[1:])
    count = int(numpy.prod([int(n) for n in fields["shape"].split("x")]))
    values = random_bytes(seed, count)
    if fields["dtype"] != "FLOAT32":
        return values
    as_int8 = numpy.frombuffer(values, numpy.uint8).astype(numpy.int32) - 128
    return (as_int8 / numpy.float32(128)).astype(numpy.float32).tobytes()


def read(*parts):
    with open(os.path.join(*parts), "rb") as file:
        return file.read()


class Checker:
    def __init__(self, shared):
        self.golden = os.path.join(shared, "golden")
        self.models = os.path.join(shared, "models")
        self.failures = 0

    def expect(self, what, got, wanted):
        if got == wanted:
            return
        self.failures += 1
        print(f"  DIFFERS {what}: {len(wanted)} bytes or lines recorded, {len(got)} got")
        for a, b in zip(got, wanted):
            if a != b:
                print(f"    got    {a}\n    wanted {b}")
                return

    def outputs(self, name, suffix, result):
        for k, (_, _, raw) in enumerate(result.outputs[-1]):
            wanted = read(self.golden, f"{name}{suffix}.out{k}.bin")
            self.expect(f"{name}{suffix}.out{k}.bin", raw, wanted)

    def model(self, worker, name):
        model = read(self.models, name + ".tflite")
        lines = read(self.golden, name + ".txt").decode().splitlines()
        inputs = [line for line in lines if line.startswith("in")]
        first = [input_of(line, DEFAULT_SEED) for line in inputs]
        self.expect(f"{name}.in.bin", b"".join(first),
                    read(self.golden, name + ".in.bin"))
        tensors = [t for _, t in oracle.operator_outputs(model)]
        kept = worker.run(model, [first], tensors)
        plain = worker.run(model, [first])
        second = worker.run(model, [[input_of(line, SECOND_SEED) for line in inputs]])
        for result in (kept, plain, second):
            if not result:
                self.failures += 1
                print(f"  {worker.semantics} {name}: {result.status}: {result.message}")
                return
        recorded = read(self.golden, name + ".tensors.txt").decode().splitlines()
        self.expect(f"{name}.tensors.txt", oracle.tensor_lines(model, kept.tensors),
                    recorded)
        self.outputs(name, "", kept)
        self.outputs(name, "", plain)
        self.outputs(name, ".seed1", second)
        print(f"{worker.semantics:6} {name}: {len(recorded)} tensors, 2 inputs")

    def all_inputs(self, worker, name):
        model = read(self.models, name + ".tflite")
        result = worker.run(model, [[bytes([value])] for value in range(256)])
        got = b"".join(run[0][2] for run in result.outputs)
        self.expect(f"{name} on all inputs", got,
                    read(self.golden, f"{name}.all256_outputs.bin"))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", default=SHARED)
    checker = Checker(parser.parse_args().shared)
    if not os.path.isdir(checker.golden):
        print("goldens: skipped, no recorded goldens here")
        return 0
    names = sorted(name[:-len(".in.bin")] for name in os.listdir(checker.golden)
                   if name.endswith(".in.bin"))
    with oracle.Oracle("tflm") as tflm, oracle.Oracle("litert") as litert:
        for name in names:
            checker.model(litert if name in LITERT_ONLY else tflm, name)
        checker.all_inputs(tflm, "hello_world_int8")
    print(f"goldens: {len(names)} models, {checker.failures} failures")
    return 1 if checker.failures or not names else 0


if __name__ == "__main__":
    sys.exit(main())
