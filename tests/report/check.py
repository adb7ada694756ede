"""Checks a page of mcompile --report: check.py PAGE.html REPORT.json SCHEDULE [LIKE.html].

The page against HTML's rules, the JSON of the same run and `--dump schedule`; LIKE is a page that
must have the same elements.  Says what is wrong and exits with 1, else prints what it compared.
"""
import html.parser
import json
import re
import sys
import xml.etree.ElementTree

VOID = {"meta", "link"}


class Page(html.parser.HTMLParser):
    """Elements in order, tables by rows, tiles; every element closed where HTML wants it."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.elements, self.links = [], [], []
        self.tables, self.tiles, self.text = [], [], ""
        self.feed(text)
        self.close()
        assert not self.open, f"not closed: {self.open}"

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        assert len(names) == len(set(names)), f"{tag}: an attribute twice: {names}"
        assert not [name for name in names if name.startswith("on")], f"{tag}: {names}"
        self.links += [value for name, value in attributes if name in ("href", "src", "xlink:href")]
        self.elements.append((tag, tuple(names)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        self.text = ""

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        assert self.open.pop() == tag, f"<{tag}/>"

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, f"</{tag}> inside {self.open}"
        if tag in ("td", "th"):
            self.tables[-1][-1].append(self.text)
        if tag == "b" and self.open[-1] == "div":
            self.tiles.append(number(self.text))

    def handle_data(self, data):
        self.text += data


def number(text):
    return int(text.replace(",", ""))


def numbers(values):
    """All of a JSON object, in order."""
    for value in values:
        if isinstance(value, dict):
            yield from numbers(value.values())
        elif isinstance(value, int):
            yield value


def read_schedule(path):
    """Buffers as (offset, bytes, ring, first, last); steps; bytes of the work area."""
    buffers, steps, work = [], 0, 0
    for line in open(path):
        words = line.split()
        field = dict(zip(words[2::2], words[3::2]))
        if words[0] in ("buffer", "scratch"):
            buffers.append(tuple(int(field.get(k, 0)) for k in ("offset", "bytes", "ring", "first", "last")))
        steps += words[0] == "step"
        work = int(words[1]) if words[0] == "work" else work
    return buffers, steps, work


def check_picture(picture, buffers, work):
    """Each buffer is a rectangle at its place in time and bytes, and what is live lies inside."""
    shown = [g for g in picture.iter("g") if g.get("class", "").startswith("buffer")]
    places = [(int(g.get("data-at")), int(g.get("data-bytes"))) for g in shown]
    assert places == [b[:2] for b in buffers], f"buffers {places}, scheduled {buffers}"
    lines = {line.get("class"): float(line.get("y1")) for line in picture.iter("line")}
    top = lines["size"]
    floor = max(float(line.get("y1")) for line in picture.iter("line") if line.get("class") == "grid")
    assert top <= lines["bound"] <= floor, f"lower bound at {lines['bound']}"
    times = {}
    for g, (at, size, ring, first, last) in zip(shown, buffers):
        kind = g.get("class").split()[1]
        assert (kind == "ring") == (ring > 0), f"{kind}, but ring {ring}"
        rect = g.find("rect")
        x, y, wide, high = (float(rect.get(k)) for k in ("x", "y", "width", "height"))
        expected = floor - (floor - top) * (at + size) / work, max((floor - top) * size / work, 1)
        assert abs(y - expected[0]) < 0.2 and abs(high - expected[1]) < 0.2, f"{(y, high)}, not {expected}"
        for step, place in (first, x), (last + 1, x + wide):
            assert abs(times.setdefault(step, place) - place) < 0.3, f"step {step} at {place}"
        title = g.find("title").text
        assert f"{size:,} bytes at {at:,}\n" in title and f"steps {first} to {last}" in title, title
        assert not ring or f"ring of {ring} of " in title, title
        for brick in re.findall(r"M([\d.]+) ([\d.]+)H([\d.]+)V([\d.]+)", g.find("path").get("d")):
            left, low, right, high_end = map(float, brick)
            assert x - 0.1 <= left < right <= x + wide + 0.2, f"live {brick}, buffer at {x} + {wide}"
            assert y - 0.1 <= high_end <= low <= y + max(high, 1) + 0.1, f"live {brick}, buffer at {y}"
    order = [times[step] for step in sorted(times)]
    assert order == sorted(order), f"times {order}"


def check_numbers(page, report, buffers, steps):
    figures = list(numbers(v for v in report.values() if not isinstance(v, list)))
    assert page.tiles == figures, f"{page.tiles}, in the JSON {figures}"
    live, runs, layers, functions = (table[1:] for table in page.tables)
    most = sum(number(row[1]) for row in live)
    bound = report["ram"]["lower_bound_bytes"]
    assert most <= bound <= report["ram"]["work_bytes"], f"{most} live, lower bound {bound}"
    assert all(number(row[1]) <= number(row[2]) for row in live), live
    assert sum(number(row[2]) for row in runs) == steps, f"{runs}: not {steps} steps"
    ran = [name for row in runs for name in row[1].split(", ")]
    assert ran == [layer["name"] for layer in report["layers"]], ran
    rings = [(r["rows"], r["bytes"]) for s in report["segments"] for r in s["rings"]]
    assert sorted(rings) == sorted((b[2], b[1]) for b in buffers if b[2]), f"{rings}, {buffers}"
    for segment in report["segments"]:
        row = next(row for row in runs if row[0] == f"segment {segment['number']}")
        names = row[1].split(", ")
        assert (names[0], names[-1]) == (segment["first"], segment["last"]), row
        assert row[3].count(" rows") == len(segment["rings"]), row
        assert number(row[6] or "0") == segment["saved_bytes"], row
    for row, layer in zip(layers, report["layers"], strict=True):
        assert row[1] == layer["name"] and row[3:5] == [layer["operator"], layer["kernel"]], row
        assert number(row[6] or "0") == layer["segment"], row
        values = [number(cell) for cell in row[7:12]]
        wanted = [layer[k] for k in ("work", "cost", "weights_bytes", "bytes", "scratch_bytes")]
        assert values == wanted, f"{row}: {wanted}"
        proved = layer.get("proved", dict(sum_bound=0, form=0, double_channels=0))
        assert number(row[12] or "0") == proved["sum_bound"], row
        assert ("float" in row[13]) == (proved["form"] > 0), row
        assert number(re.sub(r"\D", "", row[13]) or "0") == proved["double_channels"], row
    for row, function in zip(functions, report["functions"], strict=True):
        assert row[:4] == [function[k] for k in ("name", "kernel", "serves", "words")], row
        assert [number(cell) for cell in row[4:]] == [v for v in function.values() if isinstance(v, int)], row
        shared = ", " in function["serves"] and function["words"]
        assert shared or function["instructions"] == function["instructions_alone"], row
    served = [name for function in report["functions"] for name in function["serves"].split(", ")]
    assert {layer["name"] for layer in report["layers"] if layer["kernel"] != "view"} == set(served), served
    saved = sum(f["text_bytes_alone"] - f["text_bytes"] for f in report["functions"])
    assert saved == report["flash"]["text_saved_bytes"] >= 0, saved


def main():
    text = open(sys.argv[1], encoding="utf-8", errors="strict" if len(sys.argv) < 5 else "replace").read()
    buffers, steps, work = read_schedule(sys.argv[3])
    page = Page(text)
    assert not re.search(r"https?:|//[a-z]|@import|url\(", re.sub(r"(?m)^\s*// .*$", "", text)), "it refers to a host"
    assert page.links == ["data:,"], page.links
    svg = re.search(r"<svg.*?</svg>", text, re.DOTALL).group()
    check_picture(xml.etree.ElementTree.fromstring(svg), buffers, work)
    check_numbers(page, json.load(open(sys.argv[2], errors="replace")), buffers, steps)
    if len(sys.argv) > 4:
        other = Page(open(sys.argv[4], encoding="utf-8").read())
        assert page.elements == other.elements, "a name changes the page's elements"
    print(f"{len(buffers)} buffers, {steps} steps, {len(text)} characters")


try:
    main()
except AssertionError as wrong:
    print(f"{sys.argv[1]}: {wrong}")
    sys.exit(1)
