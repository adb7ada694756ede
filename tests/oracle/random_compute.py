# Random operators that compute: convolutions, sums, pools, functions of one value.
"""Each function adds one operator to graph g whose main operand has the given type: x,
or a fresh input when x is None. It returns the tensors computed, or raises Unfit.
"""
import math

import numpy

from random_graph import QUANTIZED, RANGE, Unfit, deviation

OPERATORS = {}   # name -> (function, types)
MACS_LIMIT = 120_000
INT32_LIMIT = 2 ** 31 - 1
FUSED = ("NONE", "RELU", "RELU6", "RELU_N1_TO_1")
FLOATS_AND_QUANTIZED = ("int8", "uint8", "float32")
FLOAT_DEVIATION = 4.0     # of a float input, roughly
BYTE_DEVIATION = 74.0     # of a uniform byte


def operator(name, *types):
    def register(function):
        OPERATORS[name] = (function, types)
        return function
    return register


def fused(g, name, choices=FUSED):
    return g.note(f"{name} fused", g.dice.pick(choices + ("NONE",) * 3))


def window(g, name, x, filters, dilations=(1,)):
    """padding, strides, filter, dilations and the output's height and width."""
    dice = g.dice
    sizes = [dice.pick(filters), dice.pick(filters)]
    strides = [dice.pick((1, 1, 2, 3))] * 2
    if dice.chance(0.3):
        strides[1] = dice.pick((1, 2, 3, 4))
    dilation = [dice.pick(dilations), dice.pick(dilations)]
    if dice.chance(0.15):   # one column or one row: audio
        sizes[dice.int(0, 1)] = 1
    extents = [(k - 1) * d + 1 for k, d in zip(sizes, dilation)]
    padding = dice.pick(("SAME", "VALID"))
    if padding == "VALID" and any(e > n for e, n in zip(extents, x.shape[1:3])):
        padding = "SAME"
    covered = [n if padding == "SAME" else n - e + 1
               for n, e in zip(x.shape[1:3], extents)]
    out = [-(-n // s) for n, s in zip(covered, strides)]
    for key, pair in (("stride", strides), ("filter", sizes)):
        g.note(f"{name} {key}_h", pair[0])
        g.note(f"{name} {key}_w", pair[1])
    g.note(f"{name} padding", padding)
    return padding, strides, sizes, dilation, out


def weight_values(g, dtype, shape):
    state, kind = g.dice.state, g.dice.int(0, 5)
    if dtype == "float32":
        return (state.standard_normal(shape) * g.dice.log(0.1, 2)).astype(numpy.float32)
    low, high = RANGE[dtype]
    middle = (low + high + 1) // 2
    if kind == 0:
        data = state.randint(-3, 4, shape) + middle
    elif kind == 1:
        data = state.choice([low + 1, high, middle, low], shape)
    elif kind == 2:
        data = state.randint(low, high + 1, shape)
    else:
        data = numpy.round(state.standard_normal(shape) * g.dice.log(4, 60)) + middle
    return numpy.clip(data, low, high)


def weights(g, name, dtype, shape, axis, per_channel=True):
    """A constant filter; int8 ones often with a scale for each output channel."""
    data = weight_values(g, dtype, shape)
    if dtype == "float32":
        return g.const(dtype, data)
    channels = shape[axis]
    scale = g.dice.log(1e-3, 0.2)
    if dtype == "uint8":
        zero = g.dice.pick((0, 255, 128, g.dice.int(1, 254)))
        g.note(f"{name} weight zero", {0: 0, 128: 128, 255: 255}.get(zero, "other"))
        return g.const(dtype, data, float(numpy.float32(scale)), zero)
    if not per_channel or g.dice.chance(0.25):
        g.note(f"{name} scales", "one")
        return g.const(dtype, data, float(numpy.float32(scale)), 0)
    g.note(f"{name} scales", "per channel")
    spread = numpy.array([g.dice.log(0.2, 4) for _ in range(channels)])
    if g.dice.chance(0.1):
        spread[g.dice.int(0, channels - 1)] *= 1e-8   # a dead channel
    return g.const(dtype, data, (scale * spread).astype(numpy.float32), 0, axis)


def bias(g, name, x, w, channels, size):
    """[] or [a constant of zeros or of the accumulator's size]"""
    kinds = ("absent",) + ("random",) * 4 + ("zero",)
    if name == "CONV_2D":   # LiteRT wants one, so it would refuse the whole graph
        kinds = kinds[x.dtype == "uint8":] + ("random",) * 5
    kind = g.note(f"{name} bias", g.dice.pick(kinds))
    if kind == "absent":
        return [None] if name == "FULLY_CONNECTED" and g.dice.chance(0.5) else []
    data = g.dice.state.standard_normal(channels) * (0 if kind == "zero" else size)
    if x.dtype == "float32":
        return [g.const("float32", data.astype(numpy.float32))]
    scale = numpy.float32(x.scale) * numpy.float32(w.scale)
    return [g.const("int32", numpy.round(data), scale, 0)]


def accumulate(g, x, w, terms):
    """Deviation of the accumulator over `terms` products, in its own unit."""
    if x.dtype == "float32":
        return FLOAT_DEVIATION * (deviation(w.data) + 0.1) * math.sqrt(terms)
    zero = w.zero if w.dtype == "uint8" else 0
    centred = w.data.astype(numpy.int64) - zero
    return BYTE_DEVIATION * (deviation(centred) + 1) * math.sqrt(terms)


def summed_output(g, x, w, shape, size):
    if x.dtype == "float32":
        return g.activation("float32", shape, inexact=True)
    product = x.scale * float(numpy.median(w.scale))
    return g.activation(x.dtype, shape, **g.quant(
        x.dtype, max(product * size / 50 * g.spread(), 1e-30)))


@operator("CONV_2D", *FLOATS_AND_QUANTIZED)
def conv_2d(g, dtype, x):
    x = g.take(x, dtype, (4,), channels=True)
    batch, depth = x.shape[0], x.shape[3]
    pointwise = g.dice.chance(0.25)
    padding, strides, sizes, dilation, out = window(
        g, "CONV_2D", x, (1,) if pointwise else (1, 2, 3, 3, 4, 5), (1, 1, 2, 3))
    groups = 1
    if depth > 1 and g.dice.chance(0.12):
        groups = g.dice.pick([n for n in range(2, depth + 1) if depth % n == 0])
    channels = g.dice.pick((1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33))
    channels = max(groups, channels // groups * groups)
    terms = sizes[0] * sizes[1] * depth // groups
    while batch * out[0] * out[1] * channels * terms > MACS_LIMIT and channels > groups:
        channels = max(groups, channels // 2 // groups * groups)
    for key, value in zip(("dilation_h", "dilation_w"), dilation):
        g.note(f"CONV_2D {key}", value)
    g.note("CONV_2D groups", "one" if groups == 1 else "several")
    w = weights(g, "CONV_2D", dtype, (channels, *sizes, depth // groups), 0)
    size = accumulate(g, x, w, terms)
    b = bias(g, "CONV_2D", x, w, channels, size)
    y = summed_output(g, x, w, (batch, *out, channels), size)
    return g.op("CONV_2D", dtype, [x, w, *b], [y], padding=padding, stride_h=strides[0],
                stride_w=strides[1], dilation_h_factor=dilation[0],
                dilation_w_factor=dilation[1],
                fused_activation_function=fused(g, "CONV_2D"))


@operator("DEPTHWISE_CONV_2D", *FLOATS_AND_QUANTIZED)
def depthwise_conv_2d(g, dtype, x):
    name = "DEPTHWISE_CONV_2D"
    x = g.take(x, dtype, (4,), channels=True)
    padding, strides, sizes, dilation, out = window(g, name, x, (1, 2, 3, 3, 3, 4, 5, 7),
                                                    (1, 1, 2, 3))
    multiplier = g.note(f"{name} multiplier", g.dice.pick((1, 1, 1, 2, 3, 8)))
    channels = x.shape[3] * multiplier
    terms = sizes[0] * sizes[1]
    if x.shape[0] * out[0] * out[1] * channels * terms > MACS_LIMIT:
        raise Unfit
    for key, value in zip(("dilation_h", "dilation_w"), dilation):
        g.note(f"{name} {key}", value)
    w = weights(g, name, dtype, (1, *sizes, channels), 3)
    size = accumulate(g, x, w, terms)
    b = bias(g, name, x, w, channels, size)
    y = summed_output(g, x, w, (x.shape[0], *out, channels), size)
    return g.op(name, dtype, [x, w, *b], [y], padding=padding, stride_h=strides[0],
                stride_w=strides[1], depth_multiplier=multiplier,
                dilation_h_factor=dilation[0], dilation_w_factor=dilation[1],
                fused_activation_function=fused(g, name))


@operator("FULLY_CONNECTED", *FLOATS_AND_QUANTIZED)
def fully_connected(g, dtype, x):
    name = "FULLY_CONNECTED"
    x = g.take(x, dtype, (1, 2, 2, 2, 3, 4, 5), channels=True)
    keep = g.note(f"{name} keep_num_dims", g.dice.chance(0.3))
    depth = x.shape[-1]
    if not keep and x.rank > 1 and g.dice.chance(0.5):   # flattened: batch by the rest
        depth = x.count // x.shape[0]
    units = g.dice.pick((1, 2, 3, 4, 5, 7, 8, 9, 10, 15, 16, 17, 31, 32, 33, 64))
    while x.count * units > MACS_LIMIT and units > 1:
        units //= 2
    w = weights(g, name, dtype, (units, depth), 0, per_channel=g.dice.chance(0.4))
    if dtype == "int8" and g.dice.chance(0.06) and numpy.ndim(w.scale) == 0:
        w = g.const(dtype, w.data, w.scale, g.dice.int(-20, 20))
    size = accumulate(g, x, w, depth)
    b = bias(g, name, x, w, units, size)
    shape = (*x.shape[:-1], units) if keep else (x.count // depth, units)
    y = summed_output(g, x, w, shape, size)
    return g.op(name, dtype, [x, w, *b], [y], keep_num_dims=keep,
                fused_activation_function=fused(g, name))


# Two operands.

def narrowed(g, shape):
    """A shape that broadcasts to this one: dims set to 1, leading ones dropped."""
    dice = g.dice
    dims = [1 if dice.chance(0.5) else n for n in shape]
    kind = dice.int(0, 3)
    if kind == 0:
        dims = dims[dice.int(0, len(dims)):]
    elif kind == 1:     # the usual one: a value per channel
        dims = [1] * (len(shape) - 1) + list(shape[-1:])
    return tuple(dims)


def second_operand(g, name, x, kind="any"):
    """Of x's type: x again, an earlier tensor, a fresh input or a constant."""
    dice = g.dice
    earlier = [t for t in g.tensors if t.dtype == x.dtype and t.shape == x.shape
               and t is not x and t.kind == "any"]
    source = dice.int(0, 9)
    if kind == "any" and source <= 3 and earlier:
        g.note(f"{name} operand", "earlier")
        return dice.pick(earlier)
    if kind == "any" and source == 4:
        g.note(f"{name} operand", "itself")
        return x
    same = dice.chance(0.5)
    shape = x.shape if same else narrowed(g, x.shape)
    g.note(f"{name} shapes", "same" if same else "broadcast")
    g.note(f"{name} operand", "constant" if source >= 7 else "input")
    if source >= 7:
        quant = g.quant(x.dtype)
        data = g.values(x.dtype, shape, kind, quant.get("zero", 0), x.bound)
        return g.const(x.dtype, data, **quant)
    return g.input(x.dtype, shape, kind, bound=x.bound if x.dtype != "float32" else None)


def value_range(t):
    """The largest |real value| of a quantized tensor."""
    low, high = RANGE[t.dtype]
    return t.scale * max(high - t.zero, t.zero - low)


def binary(g, name, dtype, x, size, bound, kind="any", choices=FUSED, **options):
    """size: the output's real range from those of the operands; bound: same, of ints."""
    x = g.take(x, dtype, (1, 2, 3, 4, 4, 5))
    z = second_operand(g, name, x, kind)
    limit = None if x.bound is None or z.bound is None else bound(x.bound, z.bound)
    if dtype in ("int32", "int64") and (limit is None or limit > INT32_LIMIT):
        raise Unfit
    operands = [x, z]
    if kind == "any" and g.dice.chance(0.4):
        operands.reverse()
    quant = {}
    if dtype in QUANTIZED:
        real = size(value_range(operands[0]), value_range(operands[1]))
        quant = g.quant(dtype, real / 128 * g.spread())
    shape = numpy.broadcast_shapes(x.shape, z.shape)
    y = g.activation(dtype, shape, **quant, bound=limit, inexact=x.inexact or z.inexact)
    if choices:
        options["fused_activation_function"] = fused(g, name, choices)
    return g.op(name, dtype, operands, [y], **options)


ARITHMETIC_TYPES = FLOATS_AND_QUANTIZED + ("int32", "int64")


@operator("ADD", *ARITHMETIC_TYPES)
def add(g, dtype, x):
    return binary(g, "ADD", dtype, x, lambda a, b: math.sqrt(a * a + b * b),
                  lambda a, b: a + b)


@operator("SUB", *ARITHMETIC_TYPES)
def sub(g, dtype, x):
    return binary(g, "SUB", dtype, x, lambda a, b: math.sqrt(a * a + b * b),
                  lambda a, b: a + b)


@operator("MUL", *ARITHMETIC_TYPES)
def mul(g, dtype, x):
    return binary(g, "MUL", dtype, x, lambda a, b: a * b / 2, lambda a, b: a * b)


@operator("DIV", "int8", "uint8", "float32", "int32")
def div(g, dtype, x):
    return binary(g, "DIV", dtype, x, lambda a, b: 8 * a / b,
                  lambda a, b: 4 * a if dtype == "float32" else a, "nonzero")


@operator("FLOOR_DIV", "int8", "float32", "int32")
def floor_div(g, dtype, x):
    if x is not None and x.inexact:
        raise Unfit
    kind = "nonzero" if dtype != "int8" else "stored nonzero"   # int8: plain integers
    return binary(g, "FLOOR_DIV", dtype, x, lambda a, b: 8 * a / b,
                  lambda a, b: 4 * a + 1, kind, ())


# Windows and reductions.

def pool(g, name, dtype, x):
    x = g.take(x, dtype, (4,))
    padding, strides, sizes, _, out = window(g, name, x, (1, 2, 3, 3, 4, 5, 7))
    inexact = x.inexact or name == "AVERAGE_POOL_2D"
    y = g.activation(dtype, (x.shape[0], *out, x.shape[3]), **x.quant, bound=x.bound,
                     inexact=inexact and dtype == "float32")
    return g.op(name, dtype, [x], [y], padding=padding, stride_h=strides[0],
                stride_w=strides[1], filter_height=sizes[0], filter_width=sizes[1],
                fused_activation_function=fused(g, name))


@operator("AVERAGE_POOL_2D", *FLOATS_AND_QUANTIZED)
def average_pool_2d(g, dtype, x):
    return pool(g, "AVERAGE_POOL_2D", dtype, x)


@operator("MAX_POOL_2D", *FLOATS_AND_QUANTIZED)
def max_pool_2d(g, dtype, x):
    return pool(g, "MAX_POOL_2D", dtype, x)


@operator("MEAN", *ARITHMETIC_TYPES)
def mean(g, dtype, x):
    x = g.take(x, dtype, (1, 2, 3, 4, 4, 4, 5))
    if x.rank == 4 and g.dice.chance(0.5):
        axes = [1, 2]
    else:
        axes = g.dice.shuffled(range(x.rank))[:g.dice.int(1, x.rank)]
    keep = g.note("MEAN keep_dims", g.dice.chance(0.5))
    shape = [1 if i in axes else n for i, n in enumerate(x.shape)
             if keep or i not in axes]
    g.note("MEAN axes", len(axes) if len(axes) < 3 else "more")
    written = [a - x.rank if g.note("MEAN negative axis", g.dice.chance(0.3)) else a
               for a in axes]
    scalar = len(axes) == 1 and g.dice.chance(0.3)
    quant = dict(x.quant)
    if dtype in QUANTIZED and g.dice.chance(0.7):
        quant = g.quant(dtype, x.scale * g.spread())
    y = g.activation(dtype, shape, **quant, bound=x.bound, inexact=dtype == "float32")
    axis = g.const("int32", written[0] if scalar else written)
    return g.op("MEAN", dtype, [x, axis], [y], keep_dims=keep)


# Functions of one value, and softmax.

def fixed_output(g, dtype, x, name, scale, zeros, inexact=True, **options):
    """Functions whose output scale the reference fixes."""
    quant = dict(scale=scale, zero=zeros[dtype]) if dtype in QUANTIZED else {}
    y = g.activation(dtype, x.shape, **quant, bound=1.0,
                     inexact=dtype == "float32" and inexact)
    return g.op(name, dtype, [x], [y], **options)


@operator("SOFTMAX", *FLOATS_AND_QUANTIZED)
def softmax(g, dtype, x):
    x = g.take(x, dtype, (1, 2, 2, 3, 4, 5), channels=True)
    beta = g.note("SOFTMAX beta", g.dice.pick((1.0, 1.0, 1.0, 0.5, 2.0)))
    return fixed_output(g, dtype, x, "SOFTMAX", 1 / 256, {"int8": -128, "uint8": 0},
                        beta=beta)


@operator("LOGISTIC", *FLOATS_AND_QUANTIZED)
def logistic(g, dtype, x):
    x = g.take(x, dtype, (1, 2, 3, 4, 5))
    return fixed_output(g, dtype, x, "LOGISTIC", 1 / 256, {"int8": -128, "uint8": 0})


@operator("TANH", *FLOATS_AND_QUANTIZED)
def tanh(g, dtype, x):
    x = g.take(x, dtype, (1, 2, 3, 4, 5))
    return fixed_output(g, dtype, x, "TANH", 1 / 128, {"int8": 0, "uint8": 128})


def rescaled(g, name, dtype, x, ranks=(1, 2, 3, 4, 5), inexact=False, kind="any",
             factor=1.0, **options):
    """Functions whose output may have any scale."""
    x = g.take(x, dtype, ranks, kind=kind)
    quant = dict(x.quant)
    if dtype in QUANTIZED and g.dice.chance(0.7):
        quant = g.quant(dtype, factor * x.scale * g.spread())
    y = g.activation(dtype, x.shape, **quant, bound=x.bound,
                     inexact=x.inexact or (inexact and dtype == "float32"))
    return g.op(name, dtype, [x], [y], **options)


@operator("RELU", *FLOATS_AND_QUANTIZED)
def relu(g, dtype, x):
    return rescaled(g, "RELU", dtype, x)


@operator("RELU6", *FLOATS_AND_QUANTIZED)
def relu6(g, dtype, x):
    return rescaled(g, "RELU6", dtype, x)


@operator("HARD_SWISH", *FLOATS_AND_QUANTIZED)
def hard_swish(g, dtype, x):
    return rescaled(g, "HARD_SWISH", dtype, x, inexact=True)


@operator("LEAKY_RELU", *FLOATS_AND_QUANTIZED)
def leaky_relu(g, dtype, x):
    alpha = g.note("LEAKY_RELU alpha", g.dice.pick((0.01, 0.1, 0.2, 0.3, -0.5, 1.5)))
    return rescaled(g, "LEAKY_RELU", dtype, x, alpha=alpha)


@operator("SQRT", "float32", "int8")
def sqrt(g, dtype, x):
    return rescaled(g, "SQRT", dtype, x, kind="positive", factor=0.2)
