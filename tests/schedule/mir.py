# Reads the text of a planned graph and of its schedule; nothing here is mcompile's.
"""`mcompile --dump plan` prints statements, one a line but for long lists of numbers;
`mcompile --dump schedule` prints lines of words. Only what the replay needs is kept.
"""
import re

BYTES = dict(s8=1, u8=1, s16=2, s32=4, s64=8, f32=4, f64=8, b8=1)
FLAGS = ("flat", "overlays", "in_place", "reversed")
TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|\{[^}]*\}|[^\s"{}]+')


class Malformed(Exception):
    """The text is not what these dumps look like."""


class Tensor:
    def __init__(self, number, words):
        self.number = number
        kind, dims = re.fullmatch(r"(\w+)\[([\d,]*)\]", words[0]).groups()
        self.element = BYTES[kind]
        self.shape = [int(d) for d in dims.split(",")] if dims else []
        fields = pairs(words[1:])
        self.constant = "data" in fields
        self.view = int(fields["view"][1:]) if "view" in fields else -1
        for name, value in (("view_offset", 0), ("pixel_step", 0), ("row_step", 0),
                            ("image_step", 0), ("ring", 0), ("offset", -1)):
            setattr(self, name, int(fields.get(name, value)))

    @property
    def count(self):
        n = 1
        for dim in self.shape:
            n *= dim
        return n

    @property
    def bytes(self):
        return self.count * self.element

    @property
    def rows(self):
        """Whether it has rows: [N,H,W,C]."""
        return len(self.shape) == 4

    def steps(self):
        """Bytes from image to image, row to row, pixel to pixel."""
        _, height, width, channels = self.shape
        pixel = self.pixel_step or channels
        row = self.row_step or width * pixel
        image = self.image_step or height * row
        return image * self.element, row * self.element, pixel * self.element


class Node:
    def __init__(self, output, words):
        self.op, words = words[0], words[1:]
        self.output, self.inputs = output, []
        while words and re.fullmatch(r"t\d+|_", words[0]):
            word = words.pop(0)
            self.inputs.append(-1 if word == "_" else int(word[1:]))
        fields = pairs(words)
        self.kernel = fields.get("kernel")
        self.flags = {name for name in FLAGS if name in fields}
        self.segment = int(fields.get("segment", 0))
        self.scratch = int(fields.get("scratch", 0))
        self.scratch_offset = int(fields.get("scratch_offset", -1))
        self.fields = fields

    def number(self, name, value):
        return int(self.fields.get(name, value))

    def list(self, name):
        return [int(v) for v in self.fields[name].strip("[]").split(",")]


def pairs(words):
    """Names and values; a name in quotes in front is dropped, a place in a file has two words."""
    fields, i = {}, 1 if words and words[0].startswith('"') else 0
    while i < len(words):
        if words[i] in FLAGS:
            fields[words[i]] = True
            i += 1
            continue
        if i + 1 == len(words):
            raise Malformed(f"{words[i]}: no value")
        fields[words[i]] = words[i + 1].strip('"')
        i += 2
        if i + 1 < len(words) and words[i] == "+":
            i += 2
    return fields


def statements(text):
    """Lines; numbers that stand on lines of their own are left out."""
    statement = None
    for line in text.splitlines():
        if line.startswith("\t\t"):
            continue
        if line.startswith("\t}"):
            statement += line[1:]
            continue
        if statement is not None:
            yield statement
        statement = line
    if statement is not None:
        yield statement


class Graph:
    def __init__(self, text):
        self.inputs, self.outputs, self.tensors, self.nodes = [], [], [], []
        lines = statements(text)
        if next(lines, None) != "mir 1":
            raise Malformed("no mir 1")
        for line in lines:
            words = TOKEN.findall(line)
            if words[0] == "model":
                fields = pairs(words[1:])
                self.mode = fields.get("input_mode", "full")
                self.alignment = int(fields.get("alignment", 1))
                self.work_bytes = int(fields.get("work_bytes", 0))
                self.lower_bound = int(fields.get("lower_bound", 0))
            elif words[0] in ("input", "output"):
                getattr(self, words[0] + "s").append(int(words[1][1:]))
            elif words[0] == "tensor":
                self.tensors.append(Tensor(len(self.tensors), words[2:]))
            elif words[0] != "label":
                self.nodes.append(Node(int(words[0][1:]), words[2:]))

    def root(self, tensor):
        """The tensor that has the bytes of this one, and where in it."""
        at, seen = 0, 0
        while self.tensors[tensor].view >= 0:
            at += self.tensors[tensor].view_offset
            tensor = self.tensors[tensor].view
            seen += 1
            if seen > len(self.tensors):
                raise Malformed(f"t{tensor} is a view of itself")
        return tensor, at

    def is_callers(self, root):
        return root in self.outputs or (self.mode != "full" and root in self.inputs)


class Buffer:
    def __init__(self, words):
        fields = dict(zip(words[::2], words[1::2]))
        for name in ("offset", "bytes", "first", "last"):
            setattr(self, name, int(fields[name]))
        self.row, self.ring = int(fields.get("row", 0)), int(fields.get("ring", 0))


class Schedule:
    def __init__(self, text):
        self.work, self.tensor, self.scratch, self.steps = None, {}, {}, []
        for line in text.splitlines():
            words = line.split()
            if words[0] == "work":
                self.work = int(words[1])
            elif words[0] in ("buffer", "scratch"):
                found = self.tensor if words[0] == "buffer" else self.scratch
                number = int(words[1][1:])
                if number in found:
                    raise Malformed(f"two buffers of {words[1]}")
                found[number] = Buffer(words[2:])
            elif words[0] == "step":
                self.steps.append((int(words[1][1:]), int(words[2])))
            else:
                raise Malformed(line)
        if self.work is None:
            raise Malformed("no line `work`")
