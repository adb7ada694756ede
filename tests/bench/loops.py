"""Inner loops of an AArch64 program's inference, and what llvm-mca says of them.

A loop is what a branch backwards encloses: straight, with no other loop within; how often it turns
the plugin has counted.  llvm-mca's cycles are those of a model of a core's pipeline, where every
load comes from the nearest cache: nothing of them is measured."""
import collections
import json
import re
import shutil
import subprocess

MCA = "llvm-mca-19"
CORES = ("cortex-a55", "neoverse-n1", "cortex-a510")
KERNELS = ("conv1x1", "conv2d", "depthwise", "dense")
LEAST_SHARE = 0.02  # of an inference's instructions
TURNS = 100
LINE = re.compile(r" *([0-9a-f]+):\t[0-9a-f]{8} \t(\S+)(?:\t([^<\n]*?))?(?:\s*(?:<|//).*)?$")
FUNCTION = re.compile(r"[0-9a-f]+ <([^>]+)>:$")
BRANCH = re.compile(r"(b|b\.\w+|cbn?z|tbn?z|bl|br|ret|blr)$")
# Multiply-accumulates, by the lanes of what is written: sums of integers.
PRODUCTS = ((r"[us]+mmla$", {"4s": 32}), (r"[us]+dot$", {"4s": 16}),
            (r"[us]m(ul|lal|lsl)2?$", {"8h": 8, "4s": 4}), (r"m(la|ls)$", {"8h": 8, "4s": 4}))

Line = collections.namedtuple("Line", "address mnemonic operands function")


def listing(objdump, program):
    """All instructions, in their order."""
    lines, function = [], None
    text = subprocess.run([objdump, "-d", "-j", ".text", program], stdout=subprocess.PIPE, text=True,
                          check=True).stdout
    for text_line in text.splitlines():
        head = FUNCTION.match(text_line)
        found = None if head else LINE.match(text_line)
        if head:
            function = head.group(1)
        elif found:
            lines.append(Line(int(found.group(1), 16), found.group(2), (found.group(3) or "").strip(),
                              function))
    return lines


def stem(name):
    """conv1x1 of dotprod/conv1x1_s8, and of conv1x1_7x7_160_960."""
    return re.sub(r".*/|_.*", "", name)


def target_of(line):
    """Where a branch goes, if that is written in it."""
    place = re.search(r"(?:^|, ?)([0-9a-f]+)$", line.operands)
    return int(place.group(1), 16) if place and BRANCH.match(line.mnemonic) else None


def products(line):
    shape = re.match(r"v\d+\.(\w+)", line.operands)
    for name, lanes in PRODUCTS:
        if shape and re.match(name, line.mnemonic):
            return lanes.get(shape.group(1), 0)
    return 0


def inner_loops(lines):
    """Lists of lines, from where a branch backwards goes to the branch."""
    index = {line.address: i for i, line in enumerate(lines)}
    for end, line in enumerate(lines):
        begin = index.get(target_of(line))
        if begin is None or begin > end or lines[begin].function != line.function:
            continue
        body = lines[begin:end + 1]
        inside = [b for b in body[:-1] if BRANCH.match(b.mnemonic)]
        if all((target_of(b) or line.address) > line.address and b.mnemonic != "bl" for b in inside):
            yield body


def for_mca(body):
    """The body as an assembler takes it: places are those of its own, pages are any."""
    for line in body:
        if target_of(line) is not None or line.mnemonic == "adrp":
            line = line._replace(operands=re.sub(r"(^|, )[0-9a-f]+$", r"\g<1>loop", line.operands))
        yield f"{line.mnemonic} {line.operands}"


def cycles(body, core):
    """Of one turn; None: the core has not these instructions, or llvm-mca is not there."""
    if not shutil.which(MCA):
        return None
    done = subprocess.run([MCA, "-mtriple=aarch64-linux-gnu", f"-mcpu={core}", f"-iterations={TURNS}",
                           "-json"], input="loop:\n" + "\n".join(for_mca(body)) + "\n",
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        return None
    return json.loads(done.stdout)["CodeRegions"][0]["SummaryView"]["TotalCycles"] / TURNS


def modelled(objdump, program, blocks, instructions, kernels):
    """Loops that multiply and take a share of an inference's instructions: equal ones as one.

    blocks: (address, instructions, bytes): how often a block of code ran in that inference.
    kernels: of functions that are called as their layer, the kernel; others are called as theirs."""
    ended = collections.Counter()
    for (address, _, size), times in blocks.items():
        ended[address + size] += times
    same = {}
    for body in inner_loops(listing(objdump, program)):
        macs, turns = sum(map(products, body)), ended[body[-1].address + 4]
        function = re.sub(r"\..*", "", body[0].function)
        kind = stem(kernels.get(function, function))
        if macs and turns and kind in KERNELS:
            loop = same.setdefault((kind, tuple(line.mnemonic for line in body)), {
                "kernel": kind, "functions": set(), "turns": 0, "instructions": len(body),
                "macs": macs, "body": body})
            loop["functions"].add(function)
            loop["turns"] += turns
    loops = []
    for loop in same.values():
        body = loop.pop("body")
        loop["share"] = loop["turns"] * loop["instructions"] / instructions
        loop["functions"] = sorted(loop["functions"])
        if loop["share"] >= LEAST_SHARE:
            loop["cycles_per_mac"] = {core: turn / loop["macs"] for core in CORES
                                      if (turn := cycles(body, core)) is not None}
            loops.append(loop)
    return sorted(loops, key=lambda loop: -loop["share"])


def show_loops(results):
    found = [(r, loop) for r in results for loop in r.get("loops", ())]
    if not found:
        return
    print(f"\nInner loops as {MCA} models the pipelines of cores: cycles per multiply-accumulate, with all"
          "\nloads from the nearest cache.  Nothing of this is measured.  share: of all instructions.")
    print(f"{'model':28} {'target':12} {'kernel':12} {'share':>6} {'MACs':>5} {'instr.':>6}"
          + "".join(f" {core:>12}" for core in CORES))
    for r, loop in found:
        figures = (loop["cycles_per_mac"].get(core) for core in CORES)
        print(f"{r['model']:28} {r['target']:12} {loop['kernel']:12} {loop['share']:6.1%}"
              f" {loop['macs']:5} {loop['instructions']:6}"
              + "".join(f" {'-' if f is None else format(f, '.4f'):>12}" for f in figures))
