# Runs a schedule row by row on memory in which every byte says whose it is.
"""Every byte that a kernel makes has a number of its own; a view has the numbers of what it
views. A step must find in memory, at the places where the plan says its rows lie, just the
numbers of those rows; then it puts the numbers of its own row there. Which rows a step needs
follows from shapes and attributes, by the formulas below, which are not mcompile's.
"""
import math

import numpy

from mir import Malformed

WINDOW = ("conv2d", "depthwise", "avg_pool", "max_pool", "pad")
RESIZE = ("resize_nearest", "resize_bilinear")
WHOLE = ("transpose", "slice", "gather_nd", "reshape")
REDUCE = ("mean",)
WEIGHTED = ("conv2d", "depthwise", "dense")   # operands after the first have no rows
NOBODY, SCRATCH = -1, -2
EIGHT = 8        # scratch holds elements of any type


class Fault(Exception):
    """What is wrong with the schedule."""


# ---- which rows a step needs

def resize_rows(node, x, y, r):
    """TFLite's reference kernels: the one or two rows that an output row is mixed from."""
    from_, to = x.shape[1], y.shape[1]
    corners = node.number("align_corners", 0) and to > 1
    half = node.number("half_pixel", 0)
    a, b = (from_ - 1, to - 1) if corners else (from_, to)
    if node.op == "resize_bilinear" and x.element == 1 and not node.number("x_bias", 0):
        step = (1024 * a + b // 2) // b
        at = r * step + (step // 2 - 512 if half else 0)
        low = math.trunc(at / 1024)
        high = math.trunc((at + 1023) / 1024)
    else:
        scale = numpy.float32(a) / numpy.float32(b)
        at = (numpy.float32(r) + numpy.float32(0.5 if half else 0)) * scale
        if node.op == "resize_nearest":
            low = math.floor(float(at) + 0.5) if node.number("align_corners", 0) \
                else math.floor(at)
            high = low
        else:
            at = at - numpy.float32(0.5 if half else 0)
            low, high = math.floor(at), math.ceil(at)
    low, high = (min(max(v, 0), from_ - 1) for v in (low, high))
    return low, high + 1


def window_rows(graph, node, x, r):
    if node.op == "pad":
        top, high, stride, dilation = node.list("begin")[1], 1, 1, 1
    else:
        top, stride = node.number("pad_top", 0), node.number("stride_h", 1)
        if node.op in ("conv2d", "depthwise"):
            high = graph.tensors[node.inputs[1]].shape[1]
            dilation = node.number("dilation_h", 1)
        else:
            high, dilation = node.number("kernel_h", 1), 1
    inside = [q for q in (r * stride - top + i * dilation for i in range(high))
              if 0 <= q < x.shape[1]]
    return (inside[0], inside[-1] + 1) if inside else (0, 0)


class Replay:
    def __init__(self, graph, schedule):
        self.graph, self.schedule = graph, schedule
        self.maker = {}
        for i, node in enumerate(graph.nodes):
            if node.output in self.maker:
                raise Fault(f"t{node.output} has two nodes")
            self.maker[node.output] = i
        self.number_bytes()
        self.lay_out()
        self.check_buffers()
        self.step = -1             # of the schedule; in later images, of the first one's
        self.image = 0
        self.pushed = 0            # bytes of the input that were passed
        self.written = []          # (step, t, place, number) of rows of the first image
        self.reads = []            # (step, numbers) likewise
        self.taken = []            # (node, row) of all images

    # ---- whose byte is this

    def number_bytes(self):
        """Kernels' results and inputs have numbers one after the other."""
        graph, total = self.graph, 0
        self.base, self.derived = {}, {}
        for t in graph.tensors:
            made = t.number in self.maker
            if not t.constant and (t.number in graph.inputs or
                                   made and graph.nodes[self.maker[t.number]].kernel):
                self.base[t.number] = total
                total += t.bytes
        self.all = numpy.arange(total, dtype=numpy.int32 if total < 2 ** 31 else numpy.int64)
        self.made_at = numpy.full(total, len(self.schedule.steps) + 1, numpy.int32)
        self.read_at = numpy.full(total, -2, numpy.int32)

    def numbers(self, t):
        """Of all the bytes of a tensor, one after the other."""
        if t.number in self.base:
            return self.all[self.base[t.number]:self.base[t.number] + t.bytes]
        if t.number not in self.derived:
            if t.number not in self.maker:
                raise Fault(f"t{t.number} is read but nobody makes it")
            self.derived[t.number] = self.derive(t, self.graph.nodes[self.maker[t.number]])
        return self.derived[t.number]

    def derive(self, t, node):
        tensors = [self.graph.tensors[k] for k in node.inputs]
        if any(x.constant for x in tensors):
            raise Fault(f"t{t.number} is a view of a constant: nobody put it there")
        parts = [self.numbers(x).reshape(x.shape + [x.element]) for x in tensors]
        if node.op == "reshape":
            found = parts[0]
        elif node.op == "slice":
            found = parts[0][self.slice_index(node, t)]
        elif node.op == "concat":
            found = numpy.concatenate(parts, node.number("axis", 0))
        else:
            raise Fault(f"t{t.number}: {node.op} has no code and is no view")
        if found.size != t.bytes:
            raise Fault(f"t{t.number}: {found.size} bytes are not its {t.bytes}")
        return found.reshape(-1)

    @staticmethod
    def slice_index(node, y):
        return numpy.ix_(*[b + s * numpy.arange(n) for b, s, n in
                           zip(node.list("begin"), node.list("step"), y.shape)])

    def whose(self, number):
        if number < 0:
            return "nobody's" if number == NOBODY else f"scratch of n{SCRATCH - number}"
        t = max((t for t, base in self.base.items() if base <= number),
                key=lambda t: self.base[t])
        at, tensor = int(number) - self.base[t], self.graph.tensors[t]
        if not tensor.rows:
            return f"t{t} byte {at}"
        row = tensor.bytes // (tensor.shape[0] * tensor.shape[1])
        return f"t{t} image {at // row // tensor.shape[1]} row {at // row % tensor.shape[1]}"

    # ---- where is it

    def lay_out(self):
        """Memory: the work area, and arrays of the caller's."""
        graph = self.graph
        self.work = numpy.full(graph.work_bytes, NOBODY, self.all.dtype)
        self.place, self.own = [], {}
        for t in graph.tensors:
            root, at = graph.root(t.number)
            r = graph.tensors[root]
            if r.constant:
                self.place.append(None)
            elif graph.is_callers(root):
                if root not in self.own:
                    self.own[root] = numpy.full(r.bytes, NOBODY, self.all.dtype)
                self.place.append((self.own[root], at, 0, r.bytes, root))
            else:
                size = r.bytes if not r.ring else r.bytes // r.shape[0] // r.shape[1] * r.ring
                self.place.append((self.work, r.offset + at, r.offset, r.offset + size, root))

    def check_buffers(self):
        graph, schedule = self.graph, self.schedule
        if schedule.work != graph.work_bytes:
            raise Fault(f"the work area has {schedule.work} bytes and {graph.work_bytes}")
        if graph.lower_bound > graph.work_bytes:
            raise Fault("the lower bound is above the work area")
        roots = {p[4] for p in self.place if p and p[0] is self.work}
        used = {graph.root(t)[0] for node in graph.nodes if node.kernel
                for t in [node.output] + [k for k in node.inputs if k >= 0]} & roots
        if graph.mode == "full":
            used |= {graph.root(t)[0] for t in graph.inputs} & roots
        if used - set(schedule.tensor):
            raise Fault(f"no buffer of t{min(used - set(schedule.tensor))}")
        for t, buffer in schedule.tensor.items():
            self.check_buffer(graph.tensors[t], buffer, t in roots)
        scratch = {i: n for i, n in enumerate(graph.nodes) if n.scratch}
        if set(scratch) != set(schedule.scratch):
            raise Fault("scratch: buffers are not those of the nodes")
        for i, node in scratch.items():
            buffer = schedule.scratch[i]
            if (buffer.offset, buffer.bytes) != (node.scratch_offset, node.scratch):
                raise Fault(f"n{i}: scratch at {node.scratch_offset} and {buffer.offset}")
            self.check_place(f"scratch of n{i}", buffer, EIGHT)

    def check_place(self, what, buffer, element):
        if buffer.offset < 0 or buffer.offset + buffer.bytes > self.graph.work_bytes:
            raise Fault(f"{what} is outside the work area")
        if buffer.offset % self.graph.alignment or buffer.offset % element:
            raise Fault(f"{what} is at {buffer.offset}, on no boundary")

    def check_buffer(self, t, buffer, needed):
        row = t.bytes // (t.shape[0] * t.shape[1]) if t.rows else t.bytes
        want = t.ring * row if t.ring else t.bytes
        if not needed:
            raise Fault(f"t{t.number} has a buffer and bytes elsewhere")
        if (buffer.offset, buffer.bytes, buffer.ring) != (t.offset, want, t.ring):
            raise Fault(f"t{t.number}: offset {t.offset}, {want} bytes, ring {t.ring}, but "
                        f"{buffer.offset}, {buffer.bytes}, {buffer.ring} in the schedule")
        if buffer.row != row and (t.ring or t.rows):
            raise Fault(f"t{t.number}: rows of {row} bytes and of {buffer.row}")
        if t.ring and (not t.rows or t.ring > t.shape[1]):
            raise Fault(f"t{t.number}: a ring of {t.ring} rows")
        self.check_place(f"t{t.number}", buffer, t.element)

    def in_time(self, buffer, what):
        if not buffer.first <= self.step <= buffer.last:
            raise Fault(f"{self.here()}: {what} is used, but its buffer only from step "
                        f"{buffer.first} to {buffer.last}")

    def piece(self, t, memory, start, rows, row_step):
        """A view of some rows in memory: [rows, pixels, bytes]."""
        array, _, low, high, root = memory
        _, _, pixel = t.steps()
        width, run = t.shape[2], t.shape[3] * t.element
        if pixel == run:
            width, run = 1, width * run
        end = start + (rows - 1) * row_step + (width - 1) * pixel + run
        if start < low or end > high:
            raise Fault(f"{self.here()}: t{t.number} is at {start} to {end}, outside its "
                        f"memory of {low} to {high}")
        if array is self.work:
            self.in_time(self.schedule.tensor[root], f"t{root}")
        size = array.itemsize
        return numpy.ndarray((rows, width, run), array.dtype, array, start * size,
                             (row_step * size, pixel * size, size))

    def pieces(self, t, first, end):
        """Rows of this image where they lie, and the numbers that belong there."""
        memory = self.place[t.number]
        image_step, row_step, _ = t.steps()
        image = self.image if t.shape[0] > 1 else 0
        row = t.bytes // (t.shape[0] * t.shape[1])
        at = (image * t.shape[1] + first) * row
        numbers = self.numbers(t)[at:at + (end - first) * row]
        root = self.graph.tensors[memory[4]]
        if not root.ring:
            start = memory[1] + image * image_step + first * row_step
            part = self.piece(t, memory, start, end - first, row_step)
            return [(part, numbers.reshape(part.shape))]
        result, step = [], root.bytes // (root.shape[0] * root.shape[1])
        turned, inner = divmod(memory[1] - memory[2], step)
        if row_step != step and t.shape[1] > 1:
            raise Fault(f"t{t.number}: rows {row_step} bytes apart in a ring of {step}")
        for q in range(first, end):
            place = (q + turned) % root.ring * step
            low = memory[2] + place
            part = self.piece(t, (memory[0], 0, low, low + step, memory[4]), low + inner, 1,
                              step)
            n = numbers[(q - first) * row:(q - first + 1) * row]
            result.append((part, n.reshape(part.shape)))
        return result

    def everything(self, t):
        """All the images, of a tensor that is no ring."""
        memory = self.place[t.number]
        if self.graph.tensors[memory[4]].ring:
            raise Fault(f"{self.here()}: t{t.number} is taken whole but lies in a ring")
        if not t.rows:
            if memory[1] < memory[2] or memory[1] + t.bytes > memory[3]:
                raise Fault(f"{self.here()}: t{t.number} leaves its memory")
            if memory[0] is self.work:
                self.in_time(self.schedule.tensor[memory[4]], f"t{memory[4]}")
            return [(memory[0][memory[1]:memory[1] + t.bytes], self.numbers(t))]
        found, image = [], self.image
        for self.image in range(t.shape[0]):
            found += self.pieces(t, 0, t.shape[1])
        self.image = image
        return found

    # ---- steps

    def here(self):
        if not 0 <= self.step < len(self.schedule.steps):
            return "at the end" if self.step > 0 else "at the start"
        node, row = self.schedule.steps[self.step]
        return f"step {self.step} (n{node} {self.graph.nodes[node].op}, row {row})"

    def expect(self, parts, t, when):
        for part, numbers in parts:
            if not numpy.array_equal(part, numbers):
                at = numpy.argmax((part != numbers).reshape(-1))
                got = part.reshape(-1)[at]
                raise Fault(f"{self.here()}: t{t.number} should hold "
                            f"{self.whose(numbers.reshape(-1)[at])} {when}, but that byte is "
                            f"{self.whose(got)}")
            self.read_at[numbers] = self.step
            if not self.image:
                self.reads.append((self.step, numbers))

    def put(self, parts, t, in_place):
        root = self.place[t.number][4]
        if root in self.graph.inputs and self.graph.mode != "full":
            raise Fault(f"{self.here()}: writes the caller's input t{root}")
        for part, numbers in parts:
            part[...] = numbers
            self.made_at[numbers] = self.step + in_place
            if not self.image:
                place = (self.address(part)[0][0] - self.work.ctypes.data) // part.itemsize
                first = numbers.reshape(-1)[0]
                self.written.append((self.step, t.number, place, first))

    def operands(self, node, row):
        """(operand, tensor, [(memory, numbers)]) of what this step reads."""
        graph = self.graph
        y = graph.tensors[node.output]
        found = []
        for k, number in enumerate(node.inputs):
            if number < 0 or graph.tensors[number].constant or not self.place[number]:
                continue
            x = graph.tensors[number]
            if node.op == "slice" and self.calls(node) == 1:
                found.append((k, x, self.sliced(node, x, y)))
            elif node.op in WHOLE or (k and node.op in WEIGHTED):
                found.append((k, x, self.everything(x)))
            else:
                first, end = self.needed(node, x, y, row)
                if first < end:
                    found.append((k, x, self.pieces(x, first, end)))
        return found

    def sliced(self, node, x, y):
        """Just the elements that a slice takes; copies, for comparing."""
        memory, bytes_ = self.everything(x), x.shape + [x.element]
        index = self.slice_index(node, y)
        held = numpy.concatenate([part.reshape(-1) for part, _ in memory])
        return [(held.reshape(bytes_)[index], self.numbers(x).reshape(bytes_)[index])]

    def needed(self, node, x, y, row):
        if not x.rows or not y.rows:
            raise Fault(f"{self.here()}: t{x.number} has no rows")
        if "flat" in node.flags:
            return 0, x.shape[1]
        if node.op in WINDOW:
            return window_rows(self.graph, node, x, row)
        if node.op in RESIZE:
            return resize_rows(node, x, y, row)
        if node.op not in REDUCE and x.shape[1] not in (1, y.shape[1]):
            raise Fault(f"{self.here()}: t{x.number} has {x.shape[1]} rows")
        return (0, 1) if x.shape[1] == 1 else (row, row + 1)

    def calls(self, node):
        """Steps of one image."""
        y = self.graph.tensors[node.output]
        if "flat" in node.flags or node.op in WHOLE:
            return 1
        return self.graph.tensors[node.inputs[0]].shape[1] if node.op in REDUCE else y.shape[1]

    def turn(self, node, row):
        """Steps of this node before this one."""
        return self.calls(node) - 1 - row if "reversed" in node.flags else row

    def use_scratch(self, i, node, begins):
        """Scratch is anybody's from step to step; the accumulator of a reduction is not."""
        part = self.work[node.scratch_offset:node.scratch_offset + node.scratch]
        if not node.scratch:
            return part
        self.in_time(self.schedule.scratch[i], f"scratch of n{i}")
        if begins:
            part[...] = SCRATCH - i
        elif not (part == SCRATCH - i).all():
            raise Fault(f"{self.here()}: another wrote over its accumulator")
        return part

    def call(self, i, row):
        node = self.graph.nodes[i]
        y = self.graph.tensors[node.output]
        if node.op in REDUCE:
            self.call_reduction(i, node, row)
            return
        read = self.operands(node, row)
        self.take_pushed(read)
        for _, x, parts in read:
            self.expect(parts, x, "before")
        scratch = self.use_scratch(i, node, True)
        made = self.everything(y) if node.op in WHOLE and self.calls(node) == 1 else \
            self.pieces(y, 0, y.shape[1]) if "flat" in node.flags else \
            self.pieces(y, row, row + 1)
        in_place = "in_place" in node.flags
        if in_place:
            self.check_in_place(node, read, made)
        self.put(made, y, in_place)
        for k, x, parts in read:
            if in_place and k == 0:
                continue
            if node.op == "slice" and self.calls(node) == 1:
                parts = self.sliced(node, x, y)
            self.expect(parts, x, "after")
        self.expect_scratch(i, scratch)

    def call_reduction(self, i, node, row):
        """begin() before the first row, end() after the last: then x is no longer needed."""
        y = self.graph.tensors[node.output]
        turn = self.turn(node, row)
        scratch = self.use_scratch(i, node, turn == 0)
        read = self.operands(node, row)
        self.take_pushed(read)
        for _, x, parts in read:
            self.expect(parts, x, "before")
        if turn == self.calls(node) - 1:
            self.put(self.pieces(y, 0, 1), y, False)
        self.expect_scratch(i, scratch)

    def expect_scratch(self, i, scratch):
        if not (scratch == SCRATCH - i).all():
            raise Fault(f"{self.here()}: its result lies in its scratch")

    def check_in_place(self, node, read, made):
        same = [parts for k, _, parts in read if k == 0]
        if "overlays" not in node.flags or not same or \
                [self.address(p) for p, _ in same[0]] != [self.address(p) for p, _ in made]:
            raise Fault(f"{self.here()}: is not in place")

    @staticmethod
    def address(part):
        return part.__array_interface__["data"], part.shape, part.strides

    def take_pushed(self, read):
        """A pushed row is there for one step only, and rows come in order."""
        for k, x, parts in read:
            memory = self.place[x.number]
            if self.graph.mode != "push" or memory[4] not in self.graph.inputs:
                continue
            start = self.address(parts[0][0])[0][0] - memory[0].ctypes.data
            if k or start != self.pushed * memory[0].itemsize or len(parts) > 1 or \
                    parts[0][0].shape[0] > 1:
                raise Fault(f"{self.here()}: needs rows that are not the one just pushed")
            self.pushed += parts[0][0].size

    # ---- the whole

    def groups(self):
        """Runs of steps between which nothing else runs: a segment's, or a node's."""
        groups = []
        for at, (node, row) in enumerate(self.schedule.steps):
            if not 0 <= node < len(self.graph.nodes) or not self.graph.nodes[node].kernel:
                raise Fault(f"step {at}: n{node} has no code")
            segment = self.graph.nodes[node].segment
            key = ("segment", segment) if segment else ("node", node)
            if not groups or groups[-1][0] != key:
                groups.append((key, []))
            groups[-1][1].append((at, node, row))
        keys = [key for key, _ in groups]
        for key in keys:
            if keys.count(key) > 1 and key[0] == "segment":
                raise Fault(f"segment {key[1]} is interrupted")
        return groups

    def check_steps(self):
        """Every row of every node with code once, in order; in a segment not those after the last
        that somebody wants, which the reads will tell."""
        self.counts = done = {}
        for at, (node, row) in enumerate(self.schedule.steps):
            if self.turn(self.graph.nodes[node], row) != done.get(node, 0):
                raise Fault(f"step {at}: n{node} makes row {row} after {done.get(node, 0)} rows")
            done[node] = done.get(node, 0) + 1
        for i, node in enumerate(self.graph.nodes):
            made, all_ = done.get(i, 0), self.calls(node) if node.kernel else 0
            if made > all_ or (made < all_ and not node.segment and not self.is_one_step(i, done)):
                raise Fault(f"n{i} makes {made} rows of {all_}")

    def is_one_step(self, i, done):
        """A node alone of several images may stand as one step, in which it makes them all."""
        return done.get(i) == 1 and self.graph.tensors[self.graph.nodes[i].output].shape[0] > 1

    def rows_of(self, node, row):
        calls = self.calls(self.graph.nodes[node])
        if calls == 1 or self.counts[node] > 1 or self.graph.nodes[node].segment:
            return [row]
        turns = range(calls)
        return turns if row == 0 else reversed(turns)

    def check_push(self, groups):
        graph = self.graph
        if len(graph.inputs) != 1:
            raise Fault(f"push with {len(graph.inputs)} inputs")
        roots = [{graph.root(graph.nodes[n].output)[0] for _, n, _ in steps} |
                 {graph.root(t)[0] for _, n, _ in steps for t in graph.nodes[n].inputs if t >= 0}
                 for _, steps in groups]
        if not any(graph.inputs[0] in r for r in roots):
            return
        if any(graph.inputs[0] in r for r in roots[1:]):
            raise Fault("the input is read after the first segment")
        if any(graph.root(graph.nodes[n].output)[0] in graph.outputs for _, n, _ in groups[0][1]):
            raise Fault("the first segment makes an output, which there is none of yet")

    def images(self, steps):
        counts = {1 if self.graph.nodes[n].op in WHOLE and self.calls(self.graph.nodes[n]) == 1
                  else self.graph.tensors[self.graph.nodes[n].output].shape[0]
                  for _, n, _ in steps}
        if len(counts) > 1:
            raise Fault(f"step {steps[0][0]}: a segment of {sorted(counts)} images")
        return counts.pop()

    def turns(self, groups):
        """All that is done: image, step, node, row."""
        for _, steps in groups:
            for image in range(self.images(steps)):
                for step, node, first in steps:
                    for row in self.rows_of(node, first):
                        yield image, step, node, row

    def run(self):
        graph = self.graph
        for t in graph.inputs:
            for part, numbers in self.input_bytes(graph.tensors[t]):
                part[...] = numbers
                self.made_at[numbers] = -1
        groups = self.groups()
        self.check_steps()
        if graph.mode == "push":
            self.check_push(groups)
        for self.image, self.step, node, row in self.turns(groups):
            self.call(node, row)
            self.taken.append((node, row))
        if self.pushed not in (0, self.graph.tensors[graph.inputs[0]].bytes) and self.pushed:
            raise Fault(f"{self.pushed} bytes of the pushed input are taken")
        self.step = len(self.schedule.steps)
        for t in graph.outputs:
            if graph.root(t)[0] != t:
                raise Fault(f"output t{t} lies in another tensor")
            self.expect([(self.own[t], self.numbers(graph.tensors[t]))], graph.tensors[t],
                        "in the end")

    def input_bytes(self, t):
        array, at, low, high, root = self.place[t.number]
        if root != t.number or at + t.bytes > high:
            raise Fault(f"input t{t.number} lies in another tensor")
        if array is self.work and self.schedule.tensor[root].first > 0:
            raise Fault(f"input t{t.number} is there before its buffer")
        return [(array[at:at + t.bytes], self.numbers(t))]

    def is_tight(self, root):
        """Whether a ring needs all its rows: in a smaller one some row would destroy another."""
        made, wanted = {}, {}
        for step, t, _, number in self.written:
            if self.place[t][4] != root.number:
                continue
            x = self.graph.tensors[t]
            row = (number - self.base[t]) // (x.bytes // (x.shape[0] * x.shape[1]))
            made[row] = min(step, made.get(row, step))
            wanted[row] = max(self.read_at[number], wanted.get(row, -1))
        return any(made.get(row + root.ring - 1, last) < last for row, last in wanted.items())

    def most_live(self):
        """Bytes of the work area that hold something still wanted, at the worst step; of one
        image."""
        count = len(self.schedule.steps)
        change = numpy.zeros(count + 3, numpy.int64)
        for t, base in self.base.items():
            if self.place[t][0] is not self.work:
                continue
            made, read = (a[base:base + self.graph.tensors[t].bytes]
                          for a in (self.made_at, self.read_at))
            kept = (made <= count) & (read >= made)
            numpy.add.at(change, numpy.maximum(made[kept], 0), 1)
            numpy.add.at(change, read[kept] + 1, -1)
        for step, (i, _) in enumerate(self.schedule.steps):
            node, buffer = self.graph.nodes[i], self.schedule.scratch.get(i)
            if buffer and node.op not in REDUCE:
                change[step] += buffer.bytes
                change[step + 1] -= buffer.bytes
            elif buffer and step == buffer.first:
                change[step] += buffer.bytes
                change[buffer.last + 1] -= buffer.bytes
        return int(numpy.cumsum(change).max())


def fault(graph, schedule):
    """What is wrong, None if nothing; and the replay."""
    try:
        replay = Replay(graph, schedule)
        replay.run()
        return None, replay
    except (Fault, Malformed) as found:
        return str(found), None
