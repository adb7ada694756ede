# The graph under construction and the dice that random_models.py throws.
"""Everything is drawn from one RandomState whose stream numpy has frozen, so a seed
gives the same model everywhere.
"""
import math

import numpy

import writer

INTEGERS = ("int8", "uint8", "int32", "int64")
QUANTIZED = ("int8", "uint8")
RANGE = {"int8": (-128, 127), "uint8": (0, 255), "int16": (-32768, 32767)}
DIMENSIONS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13)
CHANNELS = (1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 24, 31, 32, 33, 40)
ELEMENTS_LIMIT = 3000      # of one tensor; keeps thousands of models quick
WIDE_BOUND = 1000          # of fresh int32 and int64 values
FLOAT_BOUND = 8.0
CONSTANT_SHARE = 0.15      # of the fresh main operands inside graphs
RUNS = 3                   # inputs tried on each model


class Unfit(Exception):
    """The operator cannot take this tensor."""


def rough_log2(x):
    """log2 made of straight lines, exact at powers of two; its inverse is in Dice.log"""
    mantissa, exponent = math.frexp(x)
    return exponent - 2 + 2 * mantissa


def deviation(data):
    """Root of the mean square, rounded the same way everywhere."""
    values = [float(v) for v in data.ravel()]
    return math.sqrt(math.fsum(v * v for v in values) / max(1, len(values)))


class Dice:
    def __init__(self, seed):
        self.state = numpy.random.RandomState(seed & 0xFFFFFFFF)

    def int(self, low, high):
        """low <= result <= high"""
        return int(self.state.randint(low, high + 1, dtype=numpy.int64))

    def pick(self, items):
        return items[self.int(0, len(items) - 1)]

    def chance(self, probability):
        return self.state.random_sample() < probability

    def real(self, low, high):
        return float(low + (high - low) * self.state.random_sample())

    def log(self, low, high):
        """About uniform in the exponent; without libm, so the same on every host."""
        exponent = self.real(rough_log2(low), rough_log2(high))
        whole = math.floor(exponent)
        return math.ldexp(1 + exponent - whole, whole)

    def shuffled(self, items):
        return [items[i] for i in self.state.permutation(len(items))]


class Tensor:
    """bound: no |value| is larger, None if not known; inexact: floats whose last bits
    depend on the order of summation or on libm."""

    def __init__(self, index, dtype, shape, scale=None, zero=None, bound=None,
                 inexact=False, data=None):
        self.index, self.dtype, self.shape = index, dtype, tuple(shape)
        self.scale, self.zero = scale, zero
        self.bound, self.inexact, self.data = bound, inexact, data
        self.uses = 0
        self.kind = "any"

    rank = property(lambda self: len(self.shape))
    count = property(lambda self: int(numpy.prod(self.shape, dtype=numpy.int64)))
    quant = property(lambda self: dict(scale=self.scale, zero=self.zero))


class Graph:
    def __init__(self, dice):
        self.dice = dice
        self.model = writer.Model()
        self.inputs = []
        self.tensors = []      # those that operators computed or the caller gives
        self.notes = []        # (attribute, value) pairs for the coverage table
        self.operators = []    # (operator, type) in order
        self.steps = []        # (operator, inputs, outputs, options) likewise
        self.undefined = set() # semantics whose reference reads what is not there

    # Shapes and quantization.

    def shape(self, rank, channels=False):
        """A random shape; images: small batch, height, width, many channels."""
        dice = self.dice
        while True:
            dims = [dice.pick(DIMENSIONS) for _ in range(rank)]
            if rank >= 1 and (channels or dice.chance(0.3)):
                dims[-1] = dice.pick(CHANNELS)
            if rank >= 4:
                dims[0] = dice.pick((1, 1, 1, 2, 3))
            if numpy.prod(dims, dtype=numpy.int64) <= ELEMENTS_LIMIT:
                return tuple(dims)

    def zero_point(self, dtype):
        low, high = RANGE[dtype]
        kind = self.dice.int(0, 9)
        if kind == 0:
            return low
        if kind == 1:
            return high
        if kind == 2:
            return self.dice.int(low, high)
        return (low + high + 1) // 2 + self.dice.int(-40, 40)

    def scale(self):
        scale = self.dice.log(1e-3, 1.0)
        if self.dice.chance(0.05):
            scale *= self.dice.pick((1e-3, 1e3))
        if self.dice.chance(0.1):
            scale = 2.0 ** self.dice.int(-9, 0)
        return float(numpy.float32(scale))

    def quant(self, dtype, scale=None):
        if dtype not in QUANTIZED:
            return {}
        scale = self.scale() if scale is None else float(numpy.float32(scale))
        return dict(scale=scale, zero=self.zero_point(dtype))

    def spread(self):
        """A factor on an output scale: mostly near 1, sometimes far off."""
        kind = self.dice.int(0, 9)
        if kind == 0:
            return self.dice.log(1 / 64, 1 / 8)
        if kind == 1:
            return self.dice.log(8, 64)
        return self.dice.log(0.3, 2)

    # Tensors.

    def activation(self, dtype, shape, scale=None, zero=None, bound=None, inexact=False):
        index = self.model.tensor(dtype, shape, scale, zero)
        t = Tensor(index, dtype, shape, scale, zero, bound, inexact)
        self.tensors.append(t)
        return t

    def input(self, dtype, shape, kind="any", scale=None, zero=None, bound=None):
        """kind: any, nonzero and stored nonzero (divisors), positive (roots), or
        (low, high) for indices."""
        if dtype in QUANTIZED and scale is None:
            quant = self.quant(dtype)
            scale, zero = quant["scale"], quant["zero"]
            if kind == "positive":   # some quantized roots reject negative numbers
                zero = RANGE[dtype][0]
        if dtype in ("int32", "int64"):
            bound = bound or WIDE_BOUND
        if dtype == "float32":
            bound = bound or FLOAT_BOUND
        t = self.activation(dtype, shape, scale, zero, bound)
        t.kind = kind
        self.inputs.append(t)
        return t

    def const(self, dtype, data, scale=None, zero=None, axis=0, bound=None):
        data = numpy.asarray(data, numpy.dtype(dtype))
        index = self.model.tensor(dtype, data.shape, scale, zero, axis, data)
        if bound is None and data.size and dtype in ("int32", "int64", "float32"):
            bound = float(numpy.abs(data.astype(numpy.float64)).max())
        return Tensor(index, dtype, data.shape, scale, zero, bound, data=data)

    def constant(self, dtype, shape, kind, bound):
        """Where an input would be: something for the compiler to fold."""
        self.note("main operand", "constant")
        quant = self.quant(dtype)
        if kind == "positive" and quant:
            quant["zero"] = RANGE[dtype][0]
        data = self.values(dtype, shape, kind, quant.get("zero", 0), bound)
        x = self.const(dtype, data, **quant, bound=bound)
        x.kind = kind
        return x

    def values(self, dtype, shape, kind="any", zero=0, bound=None, style=None):
        """Random data for an input or an operand; style chooses the distribution."""
        state, dice = self.dice.state, self.dice
        style = dice.int(0, 4) if style is None else style
        if isinstance(kind, tuple):
            data = state.randint(kind[0], kind[1], shape)
        elif dtype == "float32":
            bound = min(bound or FLOAT_BOUND, FLOAT_BOUND)
            data = state.random_sample(shape) * 2 * bound - bound
            if style == 0:
                data = numpy.round(data * 4) / 4
            if kind == "positive":
                data = numpy.abs(data)
            if kind == "nonzero":
                data = numpy.where(data < 0, data - 0.25, data + 0.25)
                data = numpy.clip(data, -bound, bound)
        elif dtype in ("int32", "int64"):
            limit = int(min(bound or WIDE_BOUND, WIDE_BOUND))
            data = state.randint(-limit, limit + 1, shape)
            if kind == "nonzero":
                data = numpy.where(data == 0, 1, data)
            if kind == "positive":
                data = numpy.abs(data)
        elif dtype == "bool":
            data = state.randint(0, 2, shape)
        else:
            data = self.quantized_values(dtype, shape, kind, zero, style)
        return numpy.asarray(data).astype(dtype)

    def quantized_values(self, dtype, shape, kind, zero, style):
        state = self.dice.state
        low, high = RANGE[dtype]
        if style == 0:     # near the zero point
            data = numpy.round(state.standard_normal(shape) * 6 + zero)
        elif style == 1:   # the ends, and the zero point
            data = state.choice([low, high, zero, low + 1, high - 1], shape)
        else:
            data = state.randint(low, high + 1, shape)
        data = numpy.clip(data, low, high)
        if kind == "positive":
            data = numpy.clip(data, zero, high)
        if kind == "nonzero":
            data = numpy.where(data == zero, zero + 1 if zero < high else zero - 1, data)
        if kind == "stored nonzero":   # -128 / -1: LiteRT saturates 8 at a time, else wraps
            data = numpy.where((data == 0) | (data == -1), 1, data)
        return data

    # Operators.

    def mark(self):
        m = self.model
        return [(part, len(part)) for part in (
            self.inputs, self.tensors, self.notes, self.operators, self.steps,
            m.tensors, m.buffers, m.operators)]

    def rollback(self, mark):
        """Undoes what an operator added before it found itself unfit."""
        for part, length in mark:
            del part[length:]

    def take(self, x, dtype, ranks, channels=False, kind="any", bound=None):
        """The main operand: x if it will do, else a fresh input."""
        if x is None:
            shape = self.shape(self.dice.pick(ranks), channels)
            if self.operators and self.dice.chance(CONSTANT_SHARE):
                x = self.constant(dtype, shape, kind, bound)
            else:
                x = self.input(dtype, shape, kind, bound=bound)
        elif x.dtype != dtype or x.rank not in ranks or x.count > 2 * ELEMENTS_LIMIT:
            raise Unfit
        elif kind != "any":
            raise Unfit
        self.note("rank", x.rank)
        return x

    def op(self, name, dtype, inputs, outputs, **options):
        for t in inputs:
            if t is not None:
                t.uses += 1
        self.operators.append((name, dtype))
        self.steps.append((name, inputs, outputs, options))
        self.model.op(name, [-1 if t is None else t.index for t in inputs],
                      [t.index for t in outputs], **options)
        return outputs

    def note(self, attribute, value):
        self.notes.append((attribute, value))
        return value

    def like(self, x, shape, **changes):
        """A tensor of the same meaning as x in another shape."""
        fields = dict(x.quant, bound=x.bound, inexact=x.inexact, **changes)
        return self.activation(x.dtype, shape, **fields)
