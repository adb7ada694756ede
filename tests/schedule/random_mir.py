# Random models as .mir text, of what schedules by rows are about: tall images, few channels.
"""random_model(seed) is one; tall_model(rows) is the same network at any height; long_model(n) has
n operators. The same text everywhere: nothing but integers of a generator of our own.
"""

import os
import sys

MOST_BYTES = 6000


class Dice:
    """Marsaglia's xorshift32."""

    def __init__(self, seed):
        self.state = (seed * 2654435761 + 1) & 0xFFFFFFFF or 1
        for _ in range(8):
            self.roll(2)

    def roll(self, sides):
        s = self.state
        s ^= s << 13 & 0xFFFFFFFF
        s ^= s >> 17
        s ^= s << 5 & 0xFFFFFFFF
        self.state = s
        return s % sides

    def pick(self, items):
        return items[self.roll(len(items))]


class Model:
    def __init__(self, dice, most=MOST_BYTES):
        self.dice, self.most = dice, most
        self.shapes, self.ports, self.lines, self.nodes = [], [], [], []
        self.pool, self.read = [], set()

    def tensor(self, shape, data=None, scale="0.5", zero=3, kind="s8"):
        number = len(self.shapes)
        self.shapes.append(tuple(shape))
        dims = ",".join(map(str, shape))
        text = f"tensor t{number} {kind}[{dims}]"
        if kind == "s8":
            text += f" scale {scale}" + (f" zero {zero}" if data is None else "")
        if data is not None:
            text += " data { " + " ".join(map(str, data)) + " }"
        elif kind == "s8":
            self.pool.append(number)
        self.lines.append(text)
        return number

    def input(self, shape):
        self.ports.append(f"input t{self.tensor(shape)}")

    def node(self, op, inputs, shape, text="", **how):
        y = self.tensor(shape, **how)
        self.read.update(inputs)
        self.nodes.append(f"t{y} = {op} " + " ".join(f"t{k}" for k in inputs) + " " + text)
        return y

    def weights(self, shape):
        count = 1
        for n in shape:
            count *= n
        return self.tensor(shape, [self.dice.roll(9) - 4 for _ in range(count)], "0.0625")

    def fits(self, shape):
        count = 1
        for n in shape:
            count *= n
        return min(shape) >= 1 and count <= self.most

    def last(self):
        """Mostly of the last made, so that chains form; sometimes an old one."""
        dice, n = self.dice, len(self.pool)
        back = dice.roll(n) if dice.roll(4) == 0 else dice.roll(min(n, 2))
        return self.pool[n - 1 - back]

    def like(self, x, axis=-1):
        """Another of the same shape but for one axis; x itself if there is none."""
        found = [t for t in self.pool if t != x and
                 all(k == axis or a == b for k, (a, b) in
                     enumerate(zip(self.shapes[t], self.shapes[x])))]
        return self.dice.pick(found) if found else x

    # ---- operators

    def unary(self, x):
        op = self.dice.pick(("logistic", "tanh", "hard_swish", "leaky_relu", "softmax", "wide"))
        shape = self.shapes[x]
        if op == "softmax":
            self.node(op, [x], shape, scale="0.00390625", zero=-128)
        elif op == "wide":           # through elements of four bytes
            y = self.node("dequantize", [x], shape, kind="f32")
            self.node("quantize", [self.node("tanh", [y], shape, kind="f32")], shape)
        else:
            self.node(op, [x], shape)

    def axis(self, size, largest, dilated):
        """kernel, stride, dilation, pads and the size after; None: does not fit."""
        dice = self.dice
        kernel, stride = 1 + dice.roll(largest), dice.pick((1, 1, 1, 2, 2, 3))
        dilation = dice.pick((1, 1, 1, 2)) if dilated else 1
        extent = (kernel - 1) * dilation + 1
        way = dice.roll(4)
        if way == 0:
            before = after = 0
        elif way < 3:                # SAME
            need = max(0, ((size + stride - 1) // stride - 1) * stride + extent - size)
            before, after = need // 2, need - need // 2
        else:
            before, after = dice.roll(extent), dice.roll(extent)
        return kernel, stride, dilation, before, after, \
            (size + before + after - extent) // stride + 1

    def window(self, x):
        dice = self.dice
        op = dice.pick(("conv2d", "conv2d", "conv2d", "depthwise", "depthwise", "avg_pool",
                        "max_pool"))
        n, h, w, c = self.shapes[x]
        rows = self.axis(h, 4, op[0] in "cd")
        columns = self.axis(w, 3, op[0] in "cd")
        out = 1 + dice.roll(8) if op == "conv2d" else c
        shape = (n, rows[5], columns[5], out)
        if not self.fits(shape) or c > 24:
            return
        operands = [x]
        text = f"stride_h {rows[1]} stride_w {columns[1]}"
        if op == "conv2d":
            operands.append(self.weights((out, rows[0], columns[0], c)))
        elif op == "depthwise":
            operands.append(self.weights((1, rows[0], columns[0], c)))
        else:
            text += f" kernel_h {rows[0]} kernel_w {columns[0]}"
        if op[0] in "cd":
            text += f" dilation_h {rows[2]} dilation_w {columns[2]}"
        text += f" pad_top {rows[3]} pad_bottom {rows[4]}"
        text += f" pad_left {columns[3]} pad_right {columns[4]}"
        self.node(op, operands, shape, text + dice.pick(("", " act relu", " act relu6")))

    def pointwise(self, x):
        n, h, w, c = self.shapes[x]
        out = 1 + self.dice.roll(12)
        if c <= 24 and self.fits((n, h, w, out)):
            self.node("conv2d", [x, self.weights((out, 1, 1, c))], (n, h, w, out))

    def pad(self, x):
        begin, end = ([0] + [self.dice.roll(3) for _ in range(3)] for _ in range(2))
        shape = [s + b + e for s, b, e in zip(self.shapes[x], begin, end)]
        if self.fits(shape) and shape != list(self.shapes[x]):
            self.node("pad", [x], shape, f"begin {begin} end {end} pad_value 3"
                      .replace(", ", ","))

    def sum(self, x):
        self.node(self.dice.pick(("add", "mul", "sub")), [x, self.like(x)], self.shapes[x])

    def broadcast(self, x):
        """A sum with a row, a pixel or a number for each channel."""
        n, h, w, c = self.shapes[x]
        small = self.dice.pick(((n, 1, w, c), (n, 1, 1, c), (1, 1, 1, c), (1, 1, 1, 1)))
        found = [t for t in self.pool if self.shapes[t] == small]
        if found and self.dice.roll(2):
            other = self.dice.pick(found)
        elif small == (n, 1, 1, c) and self.dice.roll(2):
            other = self.node("mean", [x], small, "axes [1,2]")
        else:
            other = self.weights(small)
        self.node(self.dice.pick(("add", "mul")), [x, other], self.shapes[x])

    def concat(self, x):
        axis = self.dice.pick((3, 3, 3, 1, 2))
        parts = [x] + [self.like(x, axis) for _ in range(1 + self.dice.roll(2))]
        shape = list(self.shapes[x])
        shape[axis] = sum(self.shapes[t][axis] for t in parts)
        if self.fits(shape):
            self.node("concat", parts, shape, f"axis {axis}")

    def slice(self, x):
        axis = self.dice.pick((3, 3, 3, 1, 2))
        shape, begin, step = list(self.shapes[x]), [0] * 4, [1] * 4
        begin[axis] = self.dice.roll(shape[axis])
        step[axis] = self.dice.pick((1, 1, 2))
        shape[axis] = 1 + self.dice.roll((shape[axis] - 1 - begin[axis]) // step[axis] + 1)
        self.node("slice", [x], shape, f"begin {begin} step {step}".replace(", ", ","))

    def resize(self, x):
        n, h, w, c = self.shapes[x]
        shape = (n, 1 + self.dice.roll(2 * h), 1 + self.dice.roll(2 * w), c)
        how = self.dice.pick(("", " align_corners 1", " half_pixel 1"))
        if self.fits(shape):
            self.node(self.dice.pick(("resize_nearest", "resize_bilinear")), [x], shape, how)

    def mean(self, x):
        n, h, w, c = self.shapes[x]
        if h > 2 and self.dice.roll(3) == 0:
            self.node("mean", [x], (n, 1, 1, c), "axes [1,2]")
        elif h > 2 and self.dice.roll(2):
            self.node("avg_pool", [x], (n, 1, 1, c), f"kernel_h {h} kernel_w {w}")

    def reshape(self, x):
        n, h, w, c = self.shapes[x]
        self.node("reshape", [x], self.dice.pick(((n, h, 1, w * c), (n, h, w * c, 1),
                                                  (1, n * h, w, c), (n, w, h, c),
                                                  (n, 1, 1, h * w * c))))

    def transpose(self, x):
        n, h, w, c = self.shapes[x]
        self.node("transpose", [x], (n, w, h, c), "perm [0,2,1,3]")

    MAKERS = [window] * 8 + [pointwise] * 3 + [unary] * 3 + [sum] * 5 + [broadcast] * 2 + \
        [concat] * 3 + [slice] * 2 + [resize] * 2 + [pad, mean, reshape, transpose]

    def text(self):
        """Outputs are what nobody reads, and now and then another."""
        inputs = {int(p.split("t")[-1]) for p in self.ports}
        ends = [t for t in self.pool if t not in self.read and t not in inputs]
        more = [t for t in self.pool if t not in inputs and self.dice.roll(25) == 0]
        outputs = [f"output t{t}" for t in sorted(set(ends + more))]
        return "\n".join(["mir 1", 'model "m"'] + self.ports + outputs + self.lines +
                         self.nodes) + "\n"


def random_model(seed):
    dice = Dice(seed)
    model = Model(dice)
    batch = 2 + dice.roll(2) if seed % 9 == 0 else 1
    for _ in range(2 if seed % 7 == 0 else 1):
        while True:
            shape = (batch, 3 + dice.roll(30), 1 + dice.roll(9), 1 + dice.roll(6))
            if model.fits(shape):
                break
        model.input(shape)
    want = 2 + dice.roll(28)
    for _ in range(4 * want):
        if len(model.nodes) < want or not model.nodes:
            dice.pick(Model.MAKERS)(model, model.last())
    return model.text() if model.nodes else random_model(seed + 1000003)


def tall_model(rows):
    """A convolution, a residual block, a pool and a mean over an image of so many rows."""
    model = Model(Dice(1), 1 << 30)
    model.input((1, rows, 8, 3))
    x = model.node("conv2d", [0, model.weights((8, 3, 3, 3))], (1, rows, 8, 8),
                   "pad_top 1 pad_bottom 1 pad_left 1 pad_right 1 act relu")
    y = model.node("depthwise", [x, model.weights((1, 3, 3, 8))], (1, rows, 8, 8),
                   "pad_top 1 pad_bottom 1 pad_left 1 pad_right 1")
    y = model.node("conv2d", [y, model.weights((8, 1, 1, 8))], (1, rows, 8, 8))
    y = model.node("add", [x, y], (1, rows, 8, 8))
    y = model.node("max_pool", [y], (1, rows // 2, 4, 8),
                   "kernel_h 2 kernel_w 2 stride_h 2 stride_w 2")
    model.node("mean", [y], (1, 1, 1, 8), "axes [1,2]")
    return model.text()


def long_model(operators, rows=40):
    """So many operators, of the kinds that segments are made of, with branches."""
    dice = Dice(operators)
    model = Model(dice)
    model.input((1, rows, 6, 4))
    kinds = [Model.window] * 4 + [Model.pointwise] * 3 + [Model.sum] * 4 + [Model.unary] * 2 + \
        [Model.concat, Model.slice]
    while len(model.nodes) < operators:
        x = model.pool[-1 - dice.roll(min(3, len(model.pool)))]
        if model.shapes[x][1] < 8:      # tall again
            n, h, w, c = model.shapes[x]
            x = model.node("resize_nearest", [x], (n, 24 + dice.roll(24), max(w, 3), c))
        dice.pick(kinds)(model, x)
        model.pool = model.pool[-12:]
    return model.text()


def main():
    """N FOLDER: writes random models 0.mir, 1.mir ..."""
    count, folder = int(sys.argv[1]), sys.argv[2]
    for seed in range(count):
        with open(os.path.join(folder, f"{seed}.mir"), "w") as file:
            file.write(random_model(seed))


if __name__ == "__main__":
    main()
