#!/usr/bin/env python3
# The references' integer arithmetic as formulas, each checked against the packages.
"""    arithmetic.py [--count N]     0 differing bytes, or which formula fails where

A second opinion beside the kernels: what `ref` kernels must compute, in numpy, with the
traps named. Formulas follow TensorFlow Lite's and TFLM's reference kernels; where the two
packages differ, the function looks at `semantics`.
"""
import argparse
import math
import sys

import numpy

import oracle
import support
from random_graph import RANGE

f32 = numpy.float32
FORMULAS = {}     # (operator, type) -> function(semantics, inputs, output, options, get)


def formula(name, *types):
    def register(function):
        for dtype in types:
            FORMULAS[name, dtype] = function
        return function
    return register


def round_away(x):
    x = numpy.asarray(x, numpy.float64)
    rounded = numpy.where(x < 0, -numpy.floor(-x + 0.5), numpy.floor(x + 0.5))
    return rounded.astype(numpy.int64)


# Fixed point: the double-rounding multiplication that both packages use throughout.

def multiplier(real):
    """(q, s) with real = q * 2^(s - 31); too small becomes zero."""
    fraction, shift = math.frexp(real)
    q = math.floor(fraction * 2 ** 31 + 0.5)
    if q == 2 ** 31:
        q, shift = q // 2, shift + 1
    return (0, 0) if shift < -31 else (q, shift)


def high_mul(a, b):
    """Rounded a * b / 2^31; the division truncates."""
    product = numpy.asarray(a, numpy.int64) * b
    nudged = product + numpy.where(product >= 0, 1 << 30, 1 - (1 << 30))
    return numpy.where(nudged < 0, -(-nudged >> 31), nudged >> 31)


def shift_right(x, exponent):
    """Divided by 2^exponent, halves away from zero. From 32 on C leaves it undefined;
    x86 takes the count modulo 32 and a mask of ones, and DIV gets there."""
    x = numpy.asarray(x, numpy.int64)
    if exponent > 31:
        return (x >> (exponent & 31)) + (x > -1 + (x < 0))
    mask = (1 << exponent) - 1
    return (x >> exponent) + ((x & mask) > (mask >> 1) + (x < 0))


def scaled(x, real):
    q, shift = multiplier(real)
    x = numpy.asarray(x, numpy.int64)
    return shift_right(high_mul(x << max(shift, 0), q), max(-shift, 0))


def wide(*scales):
    return [float(f32(s)) for s in scales]


def limits(y, fused):
    low, high = RANGE[y.dtype]

    def stored(value):
        return y.zero + int(round_away(f32(value) / f32(y.scale)))
    if fused != "NONE":
        low = max(low, stored(-1 if fused == "RELU_N1_TO_1" else 0))
    if fused in ("RELU6", "RELU_N1_TO_1"):
        high = min(high, stored(6 if fused == "RELU6" else 1))
    return low, high


def finished(values, y, fused="NONE"):
    return numpy.clip(values + y.zero, *limits(y, fused))


def centred(t, get):
    return get(t).astype(numpy.int64) - t.zero


# Sums of products.

def channel_scales(w):
    return numpy.atleast_1d(numpy.asarray(w.scale, f32))


def convolution(x, w, y, options, get, depthwise):
    """The int32 accumulators."""
    strides = options["stride_h"], options["stride_w"]
    dilation = options["dilation_h_factor"], options["dilation_w_factor"]
    before = [0, 0]
    if options["padding"] == "SAME":
        before = [max(0, (y.shape[1 + i] - 1) * strides[i]
                      + (w.shape[1 + i] - 1) * dilation[i] + 1 - x.shape[1 + i]) // 2
                  for i in (0, 1)]
    batch, height, width, depth = x.shape
    after = [w.shape[1 + i] * dilation[i] + strides[i] * y.shape[1 + i] for i in (0, 1)]
    padded = numpy.zeros((batch, height + before[0] + after[0],
                          width + before[1] + after[1], depth), numpy.int64)
    padded[:, before[0]:before[0] + height, before[1]:before[1] + width] = centred(x, get)
    kernel = w.data.astype(numpy.int64) - (w.zero if w.dtype == "uint8" else 0)
    total = numpy.zeros(y.shape, numpy.int64)
    for i in range(w.shape[1]):
        for j in range(w.shape[2]):
            top, left = i * dilation[0], j * dilation[1]
            part = padded[:, top:top + strides[0] * y.shape[1]:strides[0],
                          left:left + strides[1] * y.shape[2]:strides[1]]
            if depthwise:
                repeated = numpy.repeat(part, options["depth_multiplier"], 3)
                total += repeated * kernel[0, i, j]
                continue
            ins, groups = w.shape[3], depth // w.shape[3]
            outs = y.shape[3] // groups
            for g in range(groups):
                total[..., g * outs:(g + 1) * outs] += (
                    part[..., g * ins:(g + 1) * ins]
                    @ kernel[g * outs:(g + 1) * outs, i, j].T)
    return total


def convolved(inputs, y, options, get, depthwise):
    x, w = inputs[:2]
    total = convolution(x, w, y, options, get, depthwise)
    if len(inputs) > 2:
        total = total + inputs[2].data
    scales = channel_scales(w)
    for c in range(y.shape[3]):
        scale = scales[c if len(scales) > 1 else 0]
        if x.dtype == "uint8":   # the legacy product of scales is a float
            real = float(f32(x.scale) * scale) / wide(y.scale)[0]
        else:
            real = wide(x.scale)[0] * float(scale) / wide(y.scale)[0]
        total[..., c] = scaled(total[..., c], real)
    return finished(total, y, options["fused_activation_function"])


@formula("CONV_2D", "int8", "uint8")
def conv_2d(semantics, inputs, y, options, get):
    return convolved(inputs, y, options, get, False)


@formula("DEPTHWISE_CONV_2D", "int8", "uint8")
def depthwise_conv_2d(semantics, inputs, y, options, get):
    return convolved(inputs, y, options, get, True)


@formula("FULLY_CONNECTED", "int8", "uint8")
def fully_connected(semantics, inputs, y, options, get):
    """LiteRT rounds once, in double; TFLM as everywhere. Weights have a zero point."""
    x, w = inputs[:2]
    kernel = w.data.astype(numpy.int64) - w.zero
    total = centred(x, get).reshape(-1, w.shape[1]) @ kernel.T
    if len(inputs) > 2 and inputs[2] is not None:
        total = total + inputs[2].data
    scales = channel_scales(w)
    for c in range(total.shape[1]):
        if len(scales) > 1:
            real = wide(x.scale)[0] * float(scales[c]) / wide(y.scale)[0]
        else:
            real = float(f32(x.scale) * scales[0]) / wide(y.scale)[0]
        total[:, c] = (round_away(total[:, c] * real) if semantics == "litert"
                       else scaled(total[:, c], real))
    return finished(total, y, options["fused_activation_function"])


# Two operands.

SUM_LEFT_SHIFT = 20


def summed(sign, inputs, y, options, get):
    a, b = inputs
    scale_a, scale_b, scale_y = wide(a.scale, b.scale, y.scale)
    twice = 2 * max(scale_a, scale_b)
    total = (scaled(centred(a, get) << SUM_LEFT_SHIFT, scale_a / twice)
             + sign * scaled(centred(b, get) << SUM_LEFT_SHIFT, scale_b / twice))
    return finished(scaled(total, twice / ((1 << SUM_LEFT_SHIFT) * scale_y)), y,
                    options["fused_activation_function"])


@formula("ADD", "int8", "uint8")
def add(semantics, inputs, y, options, get):
    return summed(1, inputs, y, options, get)


@formula("SUB", "int8", "uint8")
def sub(semantics, inputs, y, options, get):
    return summed(-1, inputs, y, options, get)


@formula("MUL", "int8", "uint8")
def mul(semantics, inputs, y, options, get):
    """The multiplier: TFLM in double, LiteRT in float. One byte in millions differs."""
    a, b = inputs
    if semantics == "litert":
        real = float(f32(a.scale) * f32(b.scale) / f32(y.scale))
    else:
        scale_a, scale_b, scale_y = wide(a.scale, b.scale, y.scale)
        real = scale_a * scale_b / scale_y
    return finished(scaled(centred(a, get) * centred(b, get), real), y,
                    options["fused_activation_function"])


def reciprocal(x):
    """gemmlowp's 1 / x for x > 0: (mantissa, shift), three Newton steps."""
    shift = x.bit_length() - 1
    a = (x << (31 - shift)) - (1 << 31)
    half = (a + 2 ** 31) // 2
    guess = 1515870810 + int(high_mul(half, -1010580540))   # 48/17 - 32/17 half
    for _ in range(3):
        error = (1 << 29) - int(high_mul(half, guess))
        guess += saturated(int(high_mul(guess, error)) << 2)
    return saturated(guess << 1), shift


def saturated(x):
    return max(-2 ** 31, min(2 ** 31 - 1, x))


def sign_bits(x):
    """Leading bits of an int32 that repeat its sign, without the sign."""
    return 31 - (x if x >= 0 else ~x).bit_length()


@formula("DIV", "int8", "uint8")
def div(semantics, inputs, y, options, get):
    a, b = inputs
    scale_a, scale_b, scale_y = wide(a.scale, b.scale, y.scale)
    q, shift = multiplier(scale_a / (scale_b * scale_y))

    def quotient(dividend, divisor):
        if divisor < 0:
            dividend, divisor = -dividend, -divisor
        inverse, inverse_shift = reciprocal(divisor)
        room = sign_bits(dividend)
        unscaled = high_mul(dividend << room, inverse)
        return int(shift_right(high_mul(unscaled, q), room + inverse_shift - shift))
    pairs = numpy.broadcast_arrays(centred(a, get), centred(b, get))
    values = [quotient(int(p), int(r)) for p, r in zip(*(n.ravel() for n in pairs))]
    return finished(numpy.array(values, numpy.int64), y,
                    options["fused_activation_function"])


# One operand.

def table(function):
    """LiteRT's table of a float function, one entry for each stored value."""
    def formula_of_table(semantics, inputs, y, options, get):
        x = inputs[0]
        real = f32(x.scale) * (get(x).astype(f32) - f32(x.zero))
        return finished(round_away(function(real) * (f32(1) / f32(y.scale))), y)
    formula_of_table.only = "litert"    # TFLM's is fixed point
    return formula_of_table


for each in ("int8", "uint8"):
    FORMULAS["LOGISTIC", each] = table(lambda v: f32(1) / (f32(1) + numpy.exp(-v)))
    FORMULAS["TANH", each] = table(numpy.tanh)


def ratio(semantics, *scales):
    """Two scales divided (or three, a * b / c), TFLM in double, LiteRT in float."""
    values = [f32(s) for s in scales] if semantics == "litert" else wide(*scales)
    product = values[0] if len(values) == 2 else values[0] * values[1]
    return float(product / values[-1])


@formula("RELU", "int8", "uint8")
def relu(semantics, inputs, y, options, get):
    x = inputs[0]
    values = scaled(centred(x, get), ratio(semantics, x.scale, y.scale))
    return finished(values, y, "RELU")


@formula("RELU6", "int8", "uint8")
def relu6(semantics, inputs, y, options, get):
    """TFLM does not rescale, whatever the output's scale."""
    x = inputs[0]
    if semantics == "tflm":
        return numpy.clip(get(x), *limits(x, "RELU6"))
    values = scaled(centred(x, get), ratio(semantics, x.scale, y.scale))
    return finished(values, y, "RELU6")


@formula("LEAKY_RELU", "int8", "uint8")
def leaky_relu(semantics, inputs, y, options, get):
    """The slope's sign is applied after its rounding."""
    x, alpha = inputs[0], options["alpha"]
    values = centred(x, get)
    slope = ratio(semantics, x.scale, alpha, y.scale)
    below = scaled(values, abs(slope)) * (1 if slope >= 0 else -1)
    above = scaled(values, ratio(semantics, x.scale, y.scale))
    return finished(numpy.where(values >= 0, above, below), y)


@formula("QUANTIZE", "int8", "uint8", "float32")
def quantize(semantics, inputs, y, options, get):
    x = inputs[0]
    if x.dtype == "float32":
        return finished(round_away(get(x) / f32(y.scale)), y)
    scale_x, scale_y = wide(x.scale, y.scale)
    return finished(scaled(centred(x, get), scale_x / scale_y), y)


@formula("SQRT", "int8")
def sqrt(semantics, inputs, y, options, get):
    """Rounded down."""
    x = inputs[0]
    real = numpy.sqrt((centred(x, get) * f32(x.scale)).astype(f32))
    return finished(numpy.floor(real / f32(y.scale)).astype(numpy.int64), y)


@formula("CONCATENATION", "uint8")
def concatenation(semantics, inputs, y, options, get):
    """Operands of another scale go through floats."""
    parts, inverse = [], f32(1) / f32(y.scale)
    for t in inputs:
        values = get(t).astype(numpy.int64)
        if (t.scale, t.zero) != (y.scale, y.zero):
            scale = f32(t.scale) * inverse
            shifted = values.astype(f32) * scale + f32(-t.zero) * scale
            values = numpy.clip(round_away(shifted) + y.zero, *RANGE["uint8"])
        parts.append(values)
    return numpy.concatenate(parts, options["axis"])


# Over several pixels.

@formula("AVERAGE_POOL_2D", "int8", "uint8")
def average_pool_2d(semantics, inputs, y, options, get):
    """Stored values are averaged, so uint8 and int8 round differently."""
    x, (height, width) = inputs[0], y.shape[1:3]
    values = get(x).astype(numpy.int64)
    steps = options["stride_h"], options["stride_w"]
    sizes = options["filter_height"], options["filter_width"]
    before = [max(0, (y.shape[1 + i] - 1) * steps[i] + sizes[i] - x.shape[1 + i]) // 2
              if options["padding"] == "SAME" else 0 for i in (0, 1)]
    means = numpy.zeros(y.shape, numpy.int64)
    for i in range(height):
        for j in range(width):
            top, left = i * steps[0] - before[0], j * steps[1] - before[1]
            cells = values[:, max(0, top):top + sizes[0], max(0, left):left + sizes[1]]
            count = cells.shape[1] * cells.shape[2]
            total = cells.sum((1, 2))
            means[:, i, j] = numpy.sign(total) * ((abs(total) + count // 2) // count)
    return numpy.clip(means, *limits(y, options["fused_activation_function"]))


@formula("MEAN", "int8", "uint8", "int32", "int64")
def mean(semantics, inputs, y, options, get):
    """1 / count goes into the multiplier, truncated."""
    x = inputs[0]
    axes = tuple(int(a) % x.rank for a in numpy.atleast_1d(inputs[1].data))
    count = math.prod(x.shape[a] for a in axes)
    total = get(x).astype(numpy.int64).sum(axes)
    if x.scale is None:
        return numpy.sign(total) * (abs(total) // count)
    scale_x, scale_y = wide(x.scale, y.scale)
    q, shift = multiplier(scale_x / scale_y)
    more = min(count.bit_length() - 1, 32, 31 + shift)
    q, shift = (q << more) // count, shift - more
    values = high_mul((total - count * x.zero) << max(shift, 0), q)
    return finished(shift_right(values, max(-shift, 0)), y)


@formula("RESIZE_BILINEAR", "int8")
def resize_bilinear_int8(semantics, inputs, y, options, get):
    """Positions in 1/1024 pixel."""
    x = inputs[0]

    def position(at, size, out):
        if options["align_corners"] and out > 1:
            step = (1024 * (size - 1) + (out - 1) // 2) // (out - 1)
        else:
            step = (1024 * size + out // 2) // out
        here = at * step + (step // 2 - 512 if options["half_pixel_centers"] else 0)
        low = min(max(int(here / 1024), 0), size - 1)
        high = min(int((here + 1023) / 1024), size - 1)
        return low, high, here - 1024 * low, 1024 - (here - 1024 * low)
    return interpolated(x, y, get(x).astype(numpy.int64), position,
                        lambda v: numpy.sign(v) * ((abs(v) + (1 << 19)) >> 20))


@formula("RESIZE_BILINEAR", "uint8")
def resize_bilinear_uint8(semantics, inputs, y, options, get):
    """In floats, and half a step added before truncation."""
    x = inputs[0]

    def position(at, size, out):
        step = (f32(size - 1) / f32(out - 1) if options["align_corners"] and out > 1
                else f32(size) / f32(out))
        here = f32(at) * step
        if options["half_pixel_centers"]:
            here = (f32(at) + f32(0.5)) * step - f32(0.5)
        low, high = max(int(numpy.floor(here)), 0), min(int(numpy.ceil(here)), size - 1)
        return low, high, f32(here - f32(low)), f32(f32(1) - f32(here - f32(low)))
    return interpolated(x, y, get(x).astype(f32), position,
                        lambda v: numpy.trunc(v + f32(0.5)))


def interpolated(x, y, values, position, rounded):
    result = numpy.zeros(y.shape, values.dtype)
    for i in range(y.shape[1]):
        top, bottom, down, up = position(i, x.shape[1], y.shape[1])
        for j in range(y.shape[2]):
            left, right, across, back = position(j, x.shape[2], y.shape[2])
            result[:, i, j] = rounded(
                values[:, top, left] * up * back + values[:, bottom, left] * down * back
                + values[:, top, right] * up * across
                + values[:, bottom, right] * down * across)
    return result


def check(worker, pair, count):
    """(models, bytes, wrong bytes, first wrong model)"""
    models = total = wrong = 0
    first = None
    for number in range(count):
        case = support.single(pair, 1000 * number + 7)
        result = worker.run(case.model, case.runs)
        if not result:
            continue
        models += 1
        _, inputs, outputs, options = case.steps[0]
        for run, answers in zip(case.runs, result.outputs):
            given = {t.index: numpy.frombuffer(raw, t.dtype).reshape(t.shape)
                     for t, raw in zip(case.inputs, run)}
            wanted = numpy.frombuffer(answers[0][2], answers[0][0])
            got = numpy.asarray(FORMULAS[pair](
                worker.semantics, inputs, outputs[0], options,
                lambda t: given.get(t.index, t.data))).astype(wanted.dtype).ravel()
            total, wrong = total + wanted.size, wrong + int((got != wanted).sum())
            if first is None and (got != wanted).any():
                first = f"seed {case.seed}, options {options}"
    return models, total, wrong, first


def main():
    numpy.seterr(over="ignore")   # exp of a large number is infinity, as in C
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=60, help="models per formula")
    parser.add_argument("--only", help="one operator")
    options = parser.parse_args()
    failures = 0
    for semantics in oracle.SEMANTICS:
        with oracle.Oracle(semantics) as worker:
            for pair, function in FORMULAS.items():
                if options.only not in (None, pair[0]) \
                        or getattr(function, "only", semantics) != semantics:
                    continue
                models, total, wrong, first = check(worker, pair, options.count)
                failures += wrong > 0
                if models:
                    print(f"{semantics:7} {pair[0]:20} {pair[1]:8} {models:4} models, "
                          f"{wrong} of {total} values differ {first or ''}")
    print(f"arithmetic: {failures} formulas fail")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
