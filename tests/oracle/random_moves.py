# Random operators that move, reshape, resize, convert or search data.
import numpy

import writer
from random_compute import FLOATS_AND_QUANTIZED, OPERATORS, operator  # noqa: F401
from random_graph import ELEMENTS_LIMIT, QUANTIZED, RANGE, Unfit

MOVED = ("int8", "uint8", "float32", "int32", "int64")
RANKS = (1, 2, 3, 4, 4, 5)
RANK_LIMIT = 5


def axis_of(g, name, rank):
    """An axis and how it is written: sometimes from the end."""
    axis = g.dice.int(0, rank - 1)
    negative = g.note(f"{name} negative axis", g.dice.chance(0.35))
    return axis, axis - rank if negative else axis


def factored(g, count, rank):
    """A random shape of this many elements."""
    shape = [1] * rank
    factor = 2
    while count > 1:
        if count % factor:
            factor += 1
            continue
        shape[g.dice.int(0, rank - 1)] *= factor
        count //= factor
    return shape


@operator("PAD", *MOVED)
def pad(g, dtype, x, name="PAD"):
    x = g.take(x, dtype, RANKS)
    style = g.dice.int(0, 2)
    pads = [[0, 0] if style and g.dice.chance(0.5)
            else [g.dice.int(0, 3), g.dice.int(0, 3)] for _ in x.shape]
    if x.rank == 4 and style == 0:      # the usual one: around an image
        pads[0] = pads[3] = [0, 0]
    shape = [n + a + b for n, (a, b) in zip(x.shape, pads)]
    if numpy.prod(shape) > 2 * ELEMENTS_LIMIT:
        raise Unfit
    index = g.note(f"{name} paddings", g.dice.pick(("int32",) * 4 + ("int64",)))
    if index == "int64":   # TFLM takes them for int32
        g.undefined.add("tflm")
    operands = [x, g.const(index, pads)]
    bound = x.bound
    if name == "PADV2":
        scalar = g.values(dtype, (), zero=x.zero or 0, bound=x.bound)
        form = g.dice.pick(((), (1,)))
        operands.append(g.const(dtype, scalar.reshape(form), **x.quant))
        if bound is not None and operands[2].bound is not None:
            bound = max(bound, operands[2].bound)
    y = g.activation(dtype, shape, **x.quant, bound=bound, inexact=x.inexact)
    return g.op(name, dtype, operands, [y])


@operator("PADV2", *MOVED)
def padv2(g, dtype, x):
    return pad(g, dtype, x, "PADV2")


@operator("RESHAPE", *MOVED)
def reshape(g, dtype, x):
    x = g.take(x, dtype, RANKS)
    shape = factored(g, x.count, g.dice.int(1, RANK_LIMIT))
    written = list(shape)
    if g.note("RESHAPE with -1", g.dice.chance(0.3)):
        written[g.dice.int(0, len(shape) - 1)] = -1
    y = g.like(x, shape)
    form = g.note("RESHAPE shape in", g.dice.pick(("tensor", "tensor", "option", "both")))
    operands, options = [x], {}
    if form != "option":
        operands.append(g.const("int32", written))
    if form != "tensor":
        options["new_shape"] = written
    return g.op("RESHAPE", dtype, operands, [y], **options)


@operator("SQUEEZE", *MOVED)
def squeeze(g, dtype, x):
    if x is None:
        shape = [1 if g.dice.chance(0.5) else n for n in g.shape(g.dice.pick(RANKS))]
        x = g.input(dtype, shape)
    x = g.take(x, dtype, RANKS)
    ones = [i for i, n in enumerate(x.shape) if n == 1]
    listed = g.note("SQUEEZE dims", g.dice.pick(("listed", "all")))
    if listed == "listed":
        ones = ones[:g.dice.int(1, len(ones))] if ones else []
        if not ones:
            raise Unfit
    shape = [n for i, n in enumerate(x.shape) if i not in ones]
    y = g.like(x, shape)
    written = [i - x.rank if g.dice.chance(0.3) else i for i in ones]
    options = {"squeeze_dims": written} if listed == "listed" else {}
    return g.op("SQUEEZE", dtype, [x], [y], **options)


@operator("EXPAND_DIMS", *MOVED)
def expand_dims(g, dtype, x):
    x = g.take(x, dtype, (1, 2, 3, 4))
    axis = g.dice.int(0, x.rank)
    negative = g.note("EXPAND_DIMS negative axis", g.dice.chance(0.35))
    y = g.like(x, x.shape[:axis] + (1,) + x.shape[axis:])
    form = g.dice.pick(((), (1,)))
    written = numpy.reshape(axis - x.rank - 1 if negative else axis, form)
    return g.op("EXPAND_DIMS", dtype, [x, g.const("int32", written)], [y])


@operator("TRANSPOSE", *MOVED)
def transpose(g, dtype, x):
    x = g.take(x, dtype, RANKS)
    order = g.dice.shuffled(range(x.rank))
    y = g.like(x, [x.shape[i] for i in order])
    return g.op("TRANSPOSE", dtype, [x, g.const("int32", order)], [y])


@operator("CONCATENATION", *MOVED)
def concatenation(g, dtype, x):
    x = g.take(x, dtype, RANKS)
    axis, written = axis_of(g, "CONCATENATION", x.rank)
    operands, size = [x], x.shape[axis]
    for _ in range(g.dice.pick((1, 1, 2, 3)) if g.dice.chance(0.95) else 0):
        other = another(g, x, axis)
        operands.append(other)
        size += other.shape[axis]
    order = g.dice.shuffled(operands)
    shape = list(x.shape)
    shape[axis] = size
    if numpy.prod(shape) > 3 * ELEMENTS_LIMIT:
        raise Unfit
    g.note("CONCATENATION operands", len(order))
    bounds = [t.bound for t in operands]
    scales = {(t.scale, t.zero) for t in operands}
    quant = g.quant(dtype, x.scale * g.spread()) if len(scales) > 1 else x.quant
    y = g.activation(dtype, shape, **quant, bound=None if None in bounds else max(bounds),
                     inexact=any(t.inexact for t in operands))
    return g.op("CONCATENATION", dtype, order, [y], axis=written)


def another(g, x, axis):
    """A tensor that differs from x in this dimension only."""
    earlier = [t for t in g.tensors if t.dtype == x.dtype and t.rank == x.rank
               and t.quant == x.quant and t.kind == "any"
               and all(a == b or i == axis
                       for i, (a, b) in enumerate(zip(t.shape, x.shape)))]
    if earlier and g.dice.chance(0.6):
        return g.dice.pick(earlier)
    shape = list(x.shape)
    shape[axis] = g.dice.int(1, 6)
    quant = dict(x.quant)
    if x.dtype == "uint8" and g.dice.chance(0.5):   # the legacy kernel rescales
        quant = g.quant("uint8", x.scale * g.dice.log(0.5, 2))
        g.note("CONCATENATION scales", "differ")
    if g.dice.chance(0.2):
        data = g.values(x.dtype, shape, zero=quant.get("zero", 0), bound=x.bound)
        return g.const(x.dtype, data, **quant)
    return g.input(x.dtype, shape, bound=x.bound, **quant)


@operator("SPLIT", *MOVED)
def split(g, dtype, x):
    if x is None:
        parts = g.dice.pick((1, 2, 2, 3, 4))
        shape = list(g.shape(g.dice.pick(RANKS)))
        axis = g.dice.int(0, len(shape) - 1)
        shape[axis] = parts * g.dice.int(1, 4)
        x = g.input(dtype, shape)
    x = g.take(x, dtype, RANKS)
    choices = [(i, n) for i, size in enumerate(x.shape) for n in (2, 3, 4)
               if size % n == 0]
    if not choices:
        choices = [(0, 1)]
    axis, parts = g.dice.pick(choices)
    g.note("SPLIT parts", parts)
    shape = list(x.shape)
    shape[axis] //= parts
    outputs = [g.like(x, shape) for _ in range(parts)]
    negative = g.note("SPLIT negative axis", g.dice.chance(0.35))
    written = numpy.reshape(axis - x.rank if negative else axis,
                            g.dice.pick(((), (1,))))
    return g.op("SPLIT", dtype, [g.const("int32", written), x], outputs, num_splits=parts)


@operator("PACK", *MOVED)
def pack(g, dtype, x):
    x = g.take(x, dtype, (1, 2, 3, 4))
    earlier = [t for t in g.tensors if t.dtype == dtype and t.shape == x.shape
               and t.quant == x.quant and t.kind == "any"]
    operands = [x]
    for _ in range(g.dice.int(0, 3)):
        if earlier and g.dice.chance(0.5):
            operands.append(g.dice.pick(earlier))
        else:
            operands.append(g.input(dtype, x.shape, bound=x.bound, **x.quant))
    g.note("PACK operands", len(operands))
    axis, written = axis_of(g, "PACK", x.rank + 1)
    bounds = [t.bound for t in operands]
    shape = x.shape[:axis] + (len(operands),) + x.shape[axis:]
    bound = None if None in bounds else max(bounds)
    y = g.activation(dtype, shape, **x.quant, bound=bound,
                     inexact=any(t.inexact for t in operands))
    return g.op("PACK", dtype, operands, [y], values_count=len(operands), axis=written)


@operator("UNPACK", "int8", "uint8", "float32", "int32")
def unpack(g, dtype, x):
    if x is None:
        shape = list(g.shape(g.dice.pick(RANKS)))
        axis = g.dice.int(0, len(shape) - 1)
        shape[axis] = g.dice.int(1, 4)
        x = g.input(dtype, shape)
    x = g.take(x, dtype, RANKS)
    axes = [i for i, n in enumerate(x.shape) if n <= 4]
    if not axes:
        raise Unfit
    axis = g.dice.pick(axes)
    negative = g.note("UNPACK negative axis", g.dice.chance(0.35))
    number = g.note("UNPACK number", x.shape[axis])
    outputs = [g.like(x, x.shape[:axis] + x.shape[axis + 1:]) for _ in range(number)]
    return g.op("UNPACK", dtype, [x], outputs, num=number,
                axis=axis - x.rank if negative else axis)


def slice_entry(g, size, stride):
    """(begin, end) for one dimension, positive result, sometimes beyond the ends."""
    dice = g.dice
    a, b = sorted((dice.int(0, size - 1), dice.int(0, size - 1)))
    begin, end = (a, b + 1) if stride > 0 else (b, a - 1)
    if dice.chance(0.3):        # written from the end
        begin -= size
    if end < 0:                 # down to the first: one before it, from the end
        end = -size - 1
    elif dice.chance(0.3) and end != size:
        end -= size
    elif stride > 0 and end == size and dice.chance(0.3):
        end += dice.int(1, 3)
    return begin, end


@operator("STRIDED_SLICE", *MOVED)
def strided_slice(g, dtype, x):
    name = "STRIDED_SLICE"
    x = g.take(x, dtype, RANKS)
    dice = g.dice
    mask = dict(begin=0, end=0, shrink_axis=0, new_axis=0, ellipsis=0)
    begin, end, strides, index = [], [], [], []
    dims, fancy = list(x.shape), dice.chance(0.25)
    skipped = dice.int(0, x.rank) if fancy and dice.chance(0.5) else None
    position = 0
    while position < len(dims):
        entry, size = len(begin), dims[position]
        if fancy and dice.chance(0.2) and x.rank + mask["new_axis"].bit_count() < 5:
            mask["new_axis"] |= 1 << entry
            begin.append(0), end.append(1), strides.append(1), index.append(None)
            continue
        if position == skipped:
            span = dice.int(1, len(dims) - position)
            mask["ellipsis"] |= 1 << entry
            begin.append(0), end.append(0), strides.append(1), index.append(Ellipsis)
            position += span
            continue
        position += 1
        stride = g.note(f"{name} stride", dice.pick((1, 1, 1, 2, 3, -1, -2)))
        if dice.chance(0.15):
            at = dice.int(-size, size - 1)
            mask["shrink_axis"] |= 1 << entry
            begin.append(at), end.append(at + 1), strides.append(1), index.append(at)
            continue
        first, last = slice_entry(g, size, stride)
        no_first, no_last = dice.chance(0.2), dice.chance(0.2)
        mask["begin"] |= no_first << entry
        mask["end"] |= no_last << entry
        begin.append(first), end.append(last), strides.append(stride)
        index.append(slice(None if no_first else first, None if no_last else last,
                           stride))
    if not fancy and dice.chance(0.1) and len(begin) > 1:   # fewer entries than dims
        begin.pop(), end.pop(), strides.pop(), index.pop()
        g.undefined.add("tflm")   # reads a full set
        for key in mask:
            mask[key] &= (1 << len(begin)) - 1
    shape = numpy.empty(x.shape, numpy.int8)[tuple(index)].shape
    if len(shape) > RANK_LIMIT or 0 in shape:
        raise Unfit
    if mask["new_axis"] or mask["ellipsis"]:
        g.undefined.add("tflm")   # not looked at; rejected only if shapes then disagree
    for key, value in mask.items():
        g.note(f"{name} {key}_mask", bool(value))
    y = g.like(x, shape)
    operands = [x] + [g.const("int32", values) for values in (begin, end, strides)]
    return g.op(name, dtype, operands, [y],
                **{f"{key}_mask": value for key, value in mask.items()})


@operator("SLICE", *MOVED)
def slice_(g, dtype, x):
    x = g.take(x, dtype, RANKS)
    begin = [g.dice.int(0, n - 1) for n in x.shape]
    size = [g.dice.int(1, n - b) for n, b in zip(x.shape, begin)]
    y = g.like(x, size)
    rest = [g.note("SLICE size -1", g.dice.chance(0.5)) and b + s == n
            for b, s, n in zip(begin, size, x.shape)]
    written = [-1 if r else s for r, s in zip(rest, size)]
    index = g.note("SLICE index", g.dice.pick(("int32", "int32", "int64")))
    return g.op("SLICE", dtype, [x, g.const(index, begin), g.const(index, written)], [y])


@operator("GATHER_ND", *MOVED)
def gather_nd(g, dtype, x):
    x = g.take(x, dtype, RANKS)
    depth = g.dice.int(1, x.rank)
    g.note("GATHER_ND depth", depth if depth < 3 else "more")
    batch = g.shape(g.dice.int(0, 2))
    rank = len(batch) + x.rank - depth
    if rank > RANK_LIMIT or numpy.prod(batch + x.shape[depth:]) > 2 * ELEMENTS_LIMIT:
        raise Unfit
    kind = g.note("GATHER_ND index", g.dice.pick(("int32", "int32", "int64")))
    shape = batch + (depth,)
    if g.note("GATHER_ND indices", g.dice.pick(("constant", "input"))) == "input":
        indices = g.input(kind, shape, kind=(0, min(x.shape[:depth])))
    else:
        columns = [g.dice.state.randint(0, n, batch) for n in x.shape[:depth]]
        indices = g.const(kind, numpy.stack(columns, axis=-1))
    y = g.like(x, batch + x.shape[depth:])
    return g.op("GATHER_ND", dtype, [x, indices], [y])


def resize(g, name, dtype, x):
    x = g.take(x, dtype, (4,))
    size = [g.dice.int(1, 17) if g.dice.chance(0.6) else n * g.dice.int(1, 3)
            for n in x.shape[1:3]]
    shape = (x.shape[0], *size, x.shape[3])
    if numpy.prod(shape) > 3 * ELEMENTS_LIMIT:
        raise Unfit
    mode = g.note(f"{name} mode", g.dice.pick(("plain", "align", "half_pixel")))
    y = g.like(x, shape)
    y.inexact = dtype == "float32" and (x.inexact or name == "RESIZE_BILINEAR")
    return g.op(name, dtype, [x, g.const("int32", size)], [y],
                align_corners=mode == "align", half_pixel_centers=mode == "half_pixel")


@operator("RESIZE_NEAREST_NEIGHBOR", "int8", "uint8", "float32", "int32")
def resize_nearest_neighbor(g, dtype, x):
    return resize(g, "RESIZE_NEAREST_NEIGHBOR", dtype, x)


@operator("RESIZE_BILINEAR", *FLOATS_AND_QUANTIZED)
def resize_bilinear(g, dtype, x):
    return resize(g, "RESIZE_BILINEAR", dtype, x)


@operator("QUANTIZE", *FLOATS_AND_QUANTIZED)
def quantize(g, dtype, x):
    if x is not None and (x.inexact or (dtype == "float32" and x.bound is None)):
        raise Unfit
    x = g.take(x, dtype, (1, 2, 3, 4, 5))
    out = g.note(f"QUANTIZE {dtype} to", g.dice.pick(("int8", "uint8")))
    real = x.bound / 100 if dtype == "float32" else x.scale
    y = g.activation(out, x.shape, **g.quant(out, max(real, 1e-6) * g.spread()))
    return g.op("QUANTIZE", dtype, [x], [y])


@operator("DEQUANTIZE", *QUANTIZED)
def dequantize(g, dtype, x):
    x = g.take(x, dtype, (1, 2, 3, 4, 5))
    low, high = RANGE[dtype]
    bound = x.scale * max(high - x.zero, x.zero - low)
    return g.op("DEQUANTIZE", dtype, [x], [g.activation("float32", x.shape, bound=bound)])


@operator("CAST", *MOVED)
def cast(g, dtype, x):
    ranges = {"int8": 127, "uint8": 255, "int32": 2 ** 31 - 1, "int64": 2 ** 53,
              "float32": 2 ** 60}
    out = g.dice.pick([t for t in MOVED + (QUANTIZED if x is None else ()) if t != dtype])
    low = dtype in QUANTIZED or out in QUANTIZED
    if x is None and low:
        x = g.take(None, dtype, RANKS, kind="positive", bound=100)
    else:
        x = g.take(x, dtype, RANKS)
    bound = max(map(abs, RANGE[dtype])) if dtype in QUANTIZED else x.bound
    if x.inexact or bound is None or bound > ranges[out]:
        raise Unfit
    if out == "uint8" and x.kind != "positive":
        raise Unfit
    g.note(f"CAST {dtype} to", out)
    y = g.activation(out, x.shape, **g.quant(out), bound=bound)
    return g.op("CAST", dtype, [x], [y], in_data_type=code(dtype),
                out_data_type=code(out))


@operator("ARG_MAX", "int8", "uint8", "float32", "int32")
def arg_max(g, dtype, x):
    if x is not None and x.inexact:
        raise Unfit
    x = g.take(x, dtype, RANKS)
    axis, written = axis_of(g, "ARG_MAX", x.rank)
    out = g.note("ARG_MAX output", g.dice.pick(("int32", "int32", "int64")))
    y = g.activation(out, x.shape[:axis] + x.shape[axis + 1:], bound=x.shape[axis])
    index = g.const("int32", numpy.reshape(written, g.dice.pick(((), (1,)))))
    return g.op("ARG_MAX", dtype, [x, index], [y], output_type=code(out))


def code(dtype):
    return writer.TYPES[dtype]
