# Tries the constants of `mcompile --dump prove` on both sides of every edge; nothing here is mcompile's.
"""check.py MCOMPILE FOLDER MODEL...: each channel's constants of every form, used as kernels do,
against requantization as TensorFlow Lite has it: at the edges found here, and for every sum where
there are few. Damaged constants must be found out. Prints, per model, how many channels are proved
in float, in its bits (swift), in whole numbers (sums times 1 and times 256), and how many there are.
"""
import math
import os
import random
import re
import subprocess
import sys
from fractions import Fraction

import numpy as np

TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|\{[^}]*\}|[^\s"{}]+')
TYPES = dict(s8=np.int8, u8=np.uint8, s32=np.int32, f32=np.float32, s64=np.int64, b8=np.uint8)
ATTRS = dict(stride_h=1, stride_w=1, dilation_h=1, dilation_w=1, pad_top=0, pad_left=0, form=0, open=0)
FEW = 1 << 17    # sums that are all tried
TRIED = 4        # channels of a layer of which they are
KERNELS = ("conv1x1_s8", "conv2d_s8", "depthwise_s8", "dense_s8", "dense_s8_litert")
FLAGS = ("flat", "overlays", "in_place", "reversed")


def numbers(text):
    return [float(word) for word in text.strip("{}").split()]


def fields(words):
    """Names and values; data in a file is (name, offset)."""
    found, i = {}, 0
    while i < len(words):
        if words[i].startswith('"') or words[i] in FLAGS:
            i += 1
        elif i + 2 < len(words) and words[i + 2] == "+":
            found[words[i]] = (words[i + 1], int(words[i + 3]))
            i += 4
        elif words[i] == "was":
            found["was"] = words[i + 1]
            i += 2
        else:
            found[words[i]] = words[i + 1]
            i += 2
    return found


class Tensor:
    def __init__(self, words, folder):
        self.type, dims = re.fullmatch(r"(\w+)\[([\d,]*)\]", words[0]).groups()
        self.shape = [int(d) for d in dims.split(",")] if dims else []
        given = fields(words[1:])
        self.scale = np.array(numbers(given.get("scale", "1")), np.float32)
        self.zero = np.array(numbers(given.get("zero", "0")), np.int64)
        self.legacy = given.get("was", "").startswith("u8")
        self.data = given.get("data")
        if isinstance(self.data, tuple):
            name, at = self.data
            kind = TYPES[self.type]
            with open(os.path.join(folder, name.strip('"')), "rb") as file:
                self.data = np.frombuffer(file.read(), kind, math.prod(self.shape), at).reshape(self.shape)
        elif self.data is not None and self.type in ("s8", "s32"):
            self.data = np.array(numbers(self.data)).astype(TYPES[self.type]).reshape(self.shape)
        self.low = self.high = None

    def bounds(self):
        channels = self.shape[-1] if self.shape else 1
        return (np.full(channels, -128), np.full(channels, 127)) if self.low is None else (self.low, self.high)


def write_kernels(folder):
    """Those of a target that asks for every form."""
    os.makedirs(os.path.join(folder, "avx2"), exist_ok=True)
    for name in KERNELS:
        with open(os.path.join(folder, "avx2", f"{name}.c"), "w", encoding="utf-8") as file:
            file.write(f"void\n{name}_avx2(const int32_t *high_mult, int form)\n{{\n}}\n")


def dump(mcompile, kernels, what, model):
    """Nothing of what mcompile cannot read."""
    return subprocess.run([mcompile, "--templates", kernels, "--target", "x86-avx2", "--no-prune", "--dump", what,
                           "--stop", what, model], check=False, capture_output=True, text=True).stdout


def read(mcompile, kernels, model):
    tensors, nodes, semantics = {}, [], "tflm"
    text = re.sub(r"\n\t\t|\n\t(?=\})", " ", dump(mcompile, kernels, "prove", model))
    for line in text.splitlines():
        words = TOKEN.findall(line)
        if words[:1] == ["model"] and "semantics" in words:
            semantics = words[words.index("semantics") + 1]
        if words[:1] == ["tensor"]:
            tensors[words[1]] = Tensor(words[2:], os.path.dirname(model))
        elif words[1:2] == ["="] and words[2] in ("conv2d", "depthwise", "dense"):
            inputs = [w for w in words[3:6] if re.fullmatch(r"t\d+|_", w)]
            rest = fields(words[3 + len(inputs):])
            nodes.append((words[0], words[2], inputs, {"dialect": semantics, **rest}))
    for line in dump(mcompile, kernels, "range", model).splitlines():
        tensor, _, spans = line.partition(":")
        low, high = [], []
        for span in spans.split(","):
            ends, _, count = span.partition(" x ")
            least, _, most = ends.strip().partition("..")
            low += [int(least)] * int(count or 1)
            high += [int(most or least)] * int(count or 1)
        tensors[tensor].low, tensors[tensor].high = np.array(low), np.array(high)
    return tensors, nodes


# ---- the reference

def multiplier(real):
    """As quantization_util.cc: real = mult / 2^31 * 2^shift."""
    part, shift = math.frexp(real)
    mult = math.floor(part * 2**31 + 0.5)
    if mult == 2**31:
        mult, shift = mult // 2, shift + 1
    return (0, 0) if mult == 0 or shift < -31 else (mult, shift)


def requantize(sums, mult, shift):
    """MultiplyByQuantizedMultiplier, rounding twice; arrays of 64 bits."""
    product = (sums << np.maximum(shift, 0)) * mult
    nudged = product + np.where(product >= 0, 1 << 30, 1 - (1 << 30))
    high = np.where(nudged >= 0, nudged >> 31, -(-nudged >> 31))
    right = np.maximum(-shift, 0)
    mask = (1 << right) - 1
    return (high >> right) + ((high & mask) > (mask >> 1) + (high < 0))


class Channels:
    """What a layer makes of its sums, one column per channel."""
    def __init__(self, tensors, node):
        output, op, inputs, given = node
        x, w, y = tensors[inputs[0]], tensors[inputs[1]], tensors[output]
        bias = tensors[inputs[2]].data if len(inputs) > 2 and inputs[2] != "_" else 0
        self.real = op == "dense" and given["dialect"] == "litert"
        count = self.count = y.shape[-1]
        w_zero = w.zero[0] if len(w.scale) == 1 and (op == "dense" or w.legacy) else 0
        self.zero = int(y.zero[0])
        self.least, self.most = -128, 127
        self.set_bounds(given.get("act", "none"), y.scale[0])
        if w.legacy and op != "dense":
            self.scale = (x.scale[0] * w.scale).astype(np.float64) / np.float64(y.scale[0])
        else:
            self.scale = np.float64(x.scale[0]) * w.scale.astype(np.float64) / np.float64(y.scale[0])
        self.scale = np.broadcast_to(self.scale, count)
        pairs = np.array([multiplier(s) for s in self.scale], np.int64)
        self.mult, self.shift = pairs[:, 0], pairs[:, 1]
        weights = w.data.astype(np.int64) - w_zero
        self.low, self.high = self.sums(op, given, x, y, weights, bias)

    def set_bounds(self, act, scale):
        real = dict(none=(None, None), relu=(0, None), relu6=(0, 6), relu_n1_to_1=(-1, 1), relu_n1=(-1, 1))[act]
        away = lambda v: int(math.floor(abs(v) + 0.5) * (1 if v >= 0 else -1))
        if real[0] is not None:
            self.least = max(-128, self.zero + away(float(np.float32(real[0]) / scale)))
        if real[1] is not None:
            self.most = min(127, self.zero + away(float(np.float32(real[1]) / scale)))

    @staticmethod
    def sums(op, given, x, y, weights, bias):
        """The least and the largest of each channel."""
        attr = {name: int(given.get(name, value)) for name, value in ATTRS.items()}
        low, high = (v.astype(np.int64) - int(x.zero[0]) for v in x.bounds())
        if op == "depthwise":
            each = y.shape[-1] // x.shape[-1]
            low, high = np.repeat(low, each), np.repeat(high, each)
        else:
            weights = weights.reshape(weights.shape[0], *weights.shape[1:3], -1) if op == "conv2d" \
                else weights.reshape(weights.shape[0], 1, 1, -1)
        a = np.where(weights < 0, weights * high, weights * low)
        b = np.where(weights < 0, weights * low, weights * high)
        for i in range(a.shape[1] if op != "dense" else 0):
            for j in range(a.shape[2]):
                inside = [reach(i * attr["dilation_h"] - attr["pad_top"], attr["stride_h"], y.shape[1], x.shape[1]),
                          reach(j * attr["dilation_w"] - attr["pad_left"], attr["stride_w"], y.shape[2], x.shape[2])]
                if "never" in inside:
                    a[:, i, j] = b[:, i, j] = 0
                elif "sometimes" in inside:
                    a[:, i, j] = np.minimum(a[:, i, j], 0)
                    b[:, i, j] = np.maximum(b[:, i, j], 0)
        axes = (0, 1, 2) if op == "depthwise" else (1, 2, 3)
        return bias + a.sum(axis=axes), bias + b.sum(axis=axes)

    def stored(self, sums, at=slice(None)):
        """Of sums, channels being the last axis."""
        if self.real:
            product = np.clip(sums.astype(np.float64) * self.scale[at], -2.0**30, 2.0**30)
            rounded = np.trunc(product)
            rounded += (product >= rounded + 0.5).astype(int) - (product <= rounded - 0.5).astype(int)
            y = rounded.astype(np.int64)
        else:
            y = requantize(sums, self.mult[at], self.shift[at])
        return np.clip(y + self.zero, self.least, self.most)

    def edges(self):
        """For each y from -127 on the least sum that gives it, or more; beyond all sums: high + 1."""
        wanted = np.arange(-127, 128).reshape(-1, 1)
        below = np.broadcast_to(self.low - 1, (len(wanted), self.count)).copy()
        above = np.broadcast_to(self.high + 1, below.shape).copy()
        while (above - below > 1).any():
            middle = np.where(above - below > 1, below + (above - below) // 2, above)
            inside = np.clip(middle, self.low, self.high)
            reached = self.stored(inside) >= wanted
            moves = above - below > 1
            above = np.where(moves & reached, middle, above)
            below = np.where(moves & ~reached, middle, below)
        return above


def reach(begin, stride, steps, size):
    inside = sum(0 <= begin + r * stride < size for r in range(steps))
    return "never" if not inside else "always" if inside == steps else "sometimes"


# ---- the line, as a kernel computes it

def fused(x, scale, offset):
    """fmaf() of arrays: the exact product, the sum rounded to odd in double, then to float."""
    product = x.astype(np.float32).astype(np.float64) * scale
    total = product + offset
    part = total - product
    error = (product - (total - part)) + (offset - part)
    even = (total.view(np.int64) & 1) == 0
    total = np.where((error != 0) & even, np.nextafter(total, np.where(error > 0, np.inf, -np.inf)), total)
    return total.astype(np.float32).astype(np.float64)


def exactly_fused(sums, scale, offsets):
    """The product and sum of floats, or doubles, as fractions."""
    scale = Fraction(float(scale))
    return [int(x) * scale + Fraction(float(offset)) for x, offset in zip(sums.tolist(), offsets.tolist())]


def array_of(given, name, channels):
    return np.array(numbers(given[name])) if name in given else np.zeros(channels)


class Form:
    """Constants of a layer's channels; y(): what a kernel makes of sums with them."""
    def __init__(self, given):
        self.open = int(given.get("open", 0))


    def copy(self):
        other = object.__new__(type(self))
        other.__dict__ = {k: v.copy() if isinstance(v, np.ndarray) else v for k, v in self.__dict__.items()}
        return other

    def quick(self, _):
        return True

    def clipped(self, c, y):
        return np.clip(y, -128 if self.open & 1 else c.least, 127 if self.open & 2 else c.most)


ROUNDED, CUT, MIRRORED = 1, 2, 3  # forms of a layer; MIRRORED: sums below zero take -offset
DOUBLE, SPLIT = 1, 2  # of a block of 16 channels; 0: neither


class Lines(Form):
    """A line in float, or in double and as well in float whose last sum is rounded to zero; y is rounded
    to even, or what is before the point, less 128 or plus the zero point."""
    def __init__(self, given, channels):
        super().__init__(given)
        self.form = int(given.get("form", 0))
        self.mirrored = self.form == MIRRORED
        self.scale, self.offset, self.rest, self.fine = (
            array_of(given, name, channels) for name in ("scales", "offsets", "rests", "fines"))
        self.start = array_of(given, "starts", channels).astype(np.int64)
        blocks = [set(self.fine[i:i + 16]) for i in range(0, channels, 16)]
        known = {0} if self.form == ROUNDED else {0, DOUBLE, SPLIT}
        if any(len(block) > 1 or not block <= known for block in blocks):
            self.scale[:] = -1  # kernels look at a block's first

    def found(self, _):
        return self.form != 0

    def single(self):
        return int((self.fine != DOUBLE).sum()) if self.form else 0

    def y(self, c, sums, at):
        scale, offset, fine = self.scale[at], self.offset[at], self.fine[at]
        sums = sums + self.start[at]
        offset = np.where(sums < 0, -offset, offset) if self.mirrored else np.full(sums.shape, offset)
        if np.abs(sums).max() >= 2**31:
            return np.full(sums.shape, 999)
        split = fused(sums, self.rest[at], offset) if fine in (SPLIT, DOUBLE) else offset
        v = fused(sums, scale, split)
        if not np.isfinite(v).all() or np.abs(v).max(initial=0) >= 2**30:
            return np.full(sums.shape, 999)
        if self.form == ROUNDED:
            return self.clipped(c, np.rint(v))
        y = self.twice(sums, scale, split, offset, self.rest[at]) if fine == DOUBLE else np.trunc(v)
        return self.clipped(c, y + c.zero if self.mirrored else y - 128)

    @staticmethod
    def twice(sums, scale, split, offset, rest):
        """In double and in float, as fractions: the quotient of whole numbers is rounded once; and a sum of
        floats rounded to zero has the same whole number before its point as the sum itself."""
        double = [math.trunc(float(v)) for v in exactly_fused(sums, float(scale) + float(rest), offset)]
        single = [math.trunc(v) for v in exactly_fused(sums.astype(np.float32).astype(np.int64), scale, split)]
        return np.where(np.array(double) == np.array(single), double, 9999)

    def rises(self, at):
        scale, offset, rest = self.scale[at], self.offset[at], self.rest[at]
        single = all(np.float32(v) == v for v in (scale, offset, rest))
        return scale >= 0 and rest >= 0 and single and (not self.mirrored or -scale - offset <= offset)

    def quick(self, at):
        return self.fine[at] != DOUBLE

    def harm(self, c, at, far, dice):
        if self.form == CUT and dice.random() < 0.3:
            self.form = ROUNDED
        elif self.start[at]:
            self.start[at] += dice.choice((3, -3))
        elif dice.random() < 0.5:  # the farthest edge moves by three sums
            self.scale[at] = float(np.float32(self.scale[at] * (1 + 3 / far)))
        else:
            self.offset[at] = float(np.float32(self.offset[at] + 3 * c.scale[at] * dice.choice((1, -1))))


class Swift(Form):
    """Sums that are the bits of floats; y is in the last 16 bits of one, too."""
    def __init__(self, given, channels):
        super().__init__(given)
        self.has = "swift_scales" in given
        self.scale, self.offset, self.start = (
            array_of(given, f"swift_{name}", channels) for name in ("scales", "offsets", "starts"))

    def found(self, _):
        return self.has

    def y(self, c, sums, at):
        bits = (sums + int(self.start[at]) + 2**31) % 2**32 - 2**31
        if bits.min() < 0x4b000000 or bits.max() >= 0x4b800000:  # 2^23, 2^24
            return np.full(sums.shape, 999)
        v = fused(bits.astype(np.int32).view(np.float32), self.scale[at], np.full(sums.shape, self.offset[at]))
        if v.min() < 2**23 or v.max() >= 2**24:
            return np.full(sums.shape, 999)
        whole = v.astype(np.float32).view(np.int32) - 0x4b400000
        if np.abs(whole).max() >= 2**15:
            return np.full(sums.shape, 999)
        return self.clipped(c, whole)

    def rises(self, at):
        return self.scale[at] >= 0

    def harm(self, c, at, far, dice):
        if dice.random() < 0.5:
            self.scale[at] *= 1 + 3 / far
            self.offset[at] -= round(2**23 * 3 / far * self.scale[at])
        else:
            self.start[at] += dice.choice((3, -3))


class Whole(Form):
    """Whole numbers, of which the high half of a product counts."""
    def __init__(self, given, channels, factor):
        super().__init__(given)
        name = "high_256" if factor == 256 else "high"
        self.factor, self.shift = factor, int(given.get(f"{name}_shift", 0))
        self.has = f"{name}_mults" in given
        self.mult, self.add, self.start = (
            array_of(given, f"{name}_{what}", channels).astype(np.int64) for what in ("mults", "adds", "starts"))

    def found(self, at):
        return self.has and self.mult[at] >= 0

    def y(self, c, sums, at):
        x = self.factor * (sums + self.start[at])
        v = self.add[at] + (x * self.mult[at] >> 32)
        if np.abs(v).max() >= 2**31 or (self.mult[at] and np.abs(x).max() >= 2**31):
            return np.full(sums.shape, 999)
        return self.clipped(c, np.clip(v >> self.shift, -128, 127))

    def rises(self, at):
        return self.mult[at] >= 0

    def harm(self, c, at, far, dice):
        if dice.random() < 0.5:
            self.mult[at] += -(-3 * self.mult[at] // far)
        else:
            self.start[at] += dice.choice((3, -3))


def sums_at(c, edges, at, few):
    """Of a channel those to try: at edges, or all, where that is wished and they are few."""
    low, high = int(c.low[at]), int(c.high[at])
    if few and high - low < FEW:
        return np.arange(low, high + 1)
    inner = edges[:, at][(edges[:, at] > low) & (edges[:, at] <= high)]
    return np.unique(np.concatenate([inner, inner - 1, [low, high]]))


def holds(c, form, at, sums, wanted):
    """Whether a channel's constants give the reference's bits."""
    return form.rises(at) and bool((form.y(c, sums, at) == wanted).all())


def damaged(form, c, edges, at, dice):
    """Constants that must be found out: some edge moves. None where there are too few of them."""
    inner = edges[:, at][(edges[:, at] > c.low[at]) & (edges[:, at] <= c.high[at])]
    if len(inner) < 30:
        return None
    bad = form.copy()
    bad.harm(c, at, max(abs(int(inner[0])), abs(int(inner[-1]))), dice)
    return bad


class Tally:
    """Channels in float, swift, whole, whole of 256, in all; wrong ones; damaged, and those that passed."""
    def __init__(self):
        self.single, self.found, self.every, self.wrong, self.harmed, self.passed = 0, [0] * 4, 0, 0, [0] * 4, 0

    def add(self, other):
        for name, value in vars(other).items():
            mine = getattr(self, name)
            setattr(self, name, [a + b for a, b in zip(mine, value)] if isinstance(value, list) else mine + value)


def check_channel(c, edges, forms, at, tally, dice):
    """Says which form is wrong, if any."""
    tries = [(sums, c.stored(sums, at)) for sums in (sums_at(c, edges, at, few)
             for few in ((False, True) if at % max(1, c.count // TRIED) == 0 else (False,)))]
    wrong = None
    for which, form in enumerate(forms):
        if not form.found(at):
            continue
        tally.found[which] += 1
        if not all(holds(c, form, at, *tried) for tried in tries[:1 + form.quick(at)]):
            tally.wrong += 1
            wrong = form
        bad = damaged(form, c, edges, at, dice) if at % 7 == 0 else None
        tally.harmed[which] += bad is not None
        tally.passed += bad is not None and holds(c, bad, at, *tries[0])
    return wrong


def check(mcompile, kernels, model):
    tensors, nodes = read(mcompile, kernels, model)
    tally, dice = Tally(), random.Random(1)
    for node in nodes:
        if tensors[node[0]].type != "s8" or tensors[node[2][1]].data is None:
            continue
        c = Channels(tensors, node)
        tally.every += c.count
        lines = Lines(node[3], c.count)
        tally.single += lines.single()
        forms = [lines, Swift(node[3], c.count), Whole(node[3], c.count, 1), Whole(node[3], c.count, 256)]
        edges = c.edges()
        for at in range(c.count):
            wrong = check_channel(c, edges, forms, at, tally, dice)
            if wrong and tally.wrong == 1:
                print(f"  {model}: {node[0]} channel {at}: {type(wrong).__name__}")
    return tally


# ---- random layers

def random_layer(dice):
    """Text of a dense layer whose sums fill the output's range, more or less."""
    inputs, outputs = dice.randint(1, 60), dice.randint(1, 40)
    x_scale, y_scale = math.exp(dice.uniform(-6, 0)), math.exp(dice.uniform(-6, 0))
    w_scale = math.exp(dice.uniform(2, 6)) / (74 * 74 * math.sqrt(inputs)) * y_scale / x_scale
    row = lambda values: "{ " + " ".join(str(v) for v in values) + " }"
    act = dice.choice(["", "", " act relu", " act relu6"])
    return (f"mir 1\nmodel \"layer\" semantics {dice.choice(['tflm', 'litert'])}\ninput t0\noutput t3\n"
            f"tensor t0 s8[1,{inputs}] scale {x_scale:.6g} zero {dice.randint(-128, 127)}\n"
            f"tensor t1 s8[{outputs},{inputs}] scale {w_scale:.6g} data "
            f"{row(dice.randint(-127, 127) for _ in range(inputs * outputs))}\n"
            f"tensor t2 s32[{outputs}] data {row(dice.randint(-9000, 9000) for _ in range(outputs))}\n"
            f"tensor t3 s8[1,{outputs}] scale {y_scale:.6g} zero {dice.randint(-128, 127)}\n"
            f"t3 = dense t0 t1 t2{act}\n")


def main():
    mcompile, folder, models = sys.argv[1], sys.argv[2], sys.argv[3:]
    dice, kernels = random.Random(7), os.path.join(folder, "kernels")
    write_kernels(kernels)
    for i in range(int(os.environ.get("PROVE_LAYERS", 40))):
        models.append(os.path.join(folder, f"layer_{i}.mir"))
        with open(models[-1], "w", encoding="utf-8") as file:
            file.write(random_layer(dice))
    layers = Tally()
    for model in models:
        found = check(mcompile, kernels, model)
        if model.startswith(folder):
            layers.add(found)
        elif found.every:
            say(os.path.basename(model).partition(".")[0], found)
    say("random", layers, all(layers.found) and all(layers.harmed))


def say(name, t, good=True):
    good = good and not t.wrong and not t.passed and t.every
    print(f"{'ok' if good else 'FAIL'} prove/{name} ({t.single} of {t.every} channels in float, {t.found[1]} in its bits, "
          f"{t.found[2]} and {t.found[3]} in whole numbers; {t.wrong} wrong; {sum(t.harmed)} damaged, "
          f"{t.passed} of them unnoticed)")


main()
