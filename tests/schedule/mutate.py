# Damages a sound schedule in ways that are wrong for certain; the replay has to find each.
"""Each kind of damage yields (what, graph, schedule). Why it must be wrong:

swap     a step and the one after it, which reads what the first makes
drop     a step is missing: its row is never there
repeat   a step twice: its row is made twice
ring     a row less than are in flight at some step
scratch  lies where the first row of the node's operand is when its first step runs
moved    a buffer lies where its first row destroys a row of another that is read later
in place a node that says no longer that its result lies on its operand
unpaired the schedule names another offset than the graph
"""
import copy

MOST_OF_A_KIND = 12
BOUNDARY = 8      # for elements of any type


def damaged(graph, schedule):
    return copy.deepcopy(graph), copy.deepcopy(schedule)


def spread(items):
    """A few of many, from the first to the last."""
    step = max(1, len(items) // MOST_OF_A_KIND)
    return items[::step][:MOST_OF_A_KIND]


def swap(replay):
    made = {number: step for step, _, _, number in replay.written}
    found = {step for step, numbers in replay.reads
             if made.get(numbers.reshape(-1)[0]) == step - 1 < len(replay.schedule.steps) - 1}
    for at in spread(sorted(found)):
        g, s = damaged(replay.graph, replay.schedule)
        s.steps[at - 1:at + 1] = [s.steps[at], s.steps[at - 1]]
        yield f"steps {at - 1} and {at} swapped", g, s


def drop(replay):
    for at in spread(range(len(replay.schedule.steps))):
        g, s = damaged(replay.graph, replay.schedule)
        del s.steps[at]
        yield f"step {at} dropped", g, s


def repeat(replay):
    for at in spread(range(len(replay.schedule.steps))):
        g, s = damaged(replay.graph, replay.schedule)
        s.steps.insert(at, s.steps[at])
        yield f"step {at} repeated", g, s


def ring(replay):
    for t in spread([t for t in replay.graph.tensors if t.ring > 1 and replay.is_tight(t)]):
        g, s = damaged(replay.graph, replay.schedule)
        buffer = s.tensor[t.number]
        g.tensors[t.number].ring -= 1
        buffer.ring -= 1
        buffer.bytes -= buffer.row
        yield f"ring of t{t.number} of {buffer.ring} rows, not {t.ring}", g, s


def scratch(replay):
    graph = replay.graph
    for i, node in enumerate(graph.nodes):
        x = node.inputs[0]
        if not node.scratch or not replay.place[x] or replay.place[x][0] is not replay.work:
            continue
        g, s = damaged(graph, replay.schedule)
        at = graph.tensors[graph.root(x)[0]].offset
        if at % BOUNDARY or not graph.tensors[x].rows or graph.root(x)[1]:
            continue
        g.nodes[i].scratch_offset = s.scratch[i].offset = at
        yield f"scratch of n{i} over t{x}", g, s


def moved(replay):
    """t's first row to where a row of u is, that is made before and read after."""
    graph, found, seen = replay.graph, [], set()
    rows = [row for row in replay.written if replay.place[row[1]][0] is replay.work]
    for made, t, place, _ in rows:
        root = graph.root(t)[0]
        if t in seen:
            continue
        seen.add(t)
        for step, u, low, number in rows:
            offset = low - (place - graph.tensors[root].offset)
            if step < made < replay.read_at[number] and graph.root(u)[0] != root and \
                    offset >= 0 and offset % max(BOUNDARY, graph.alignment) == 0:
                found.append((root, offset, t, u))
                break
    for root, offset, t, u in spread(found):
        g, s = damaged(graph, replay.schedule)
        g.tensors[root].offset = s.tensor[root].offset = offset
        yield f"t{root} moved so that the first row of t{t} lies on t{u}", g, s


def in_place(replay):
    for i in spread([i for i, n in enumerate(replay.graph.nodes) if "in_place" in n.flags]):
        g, s = damaged(replay.graph, replay.schedule)
        g.nodes[i].flags.discard("in_place")
        yield f"n{i} not in place", g, s


def unpaired(replay):
    for t in spread(list(replay.schedule.tensor)):
        g, s = damaged(replay.graph, replay.schedule)
        s.tensor[t].offset += BOUNDARY
        yield f"t{t} elsewhere in the schedule", g, s


KINDS = dict(swap=swap, drop=drop, repeat=repeat, ring=ring, scratch=scratch, moved=moved,
             in_place=in_place, unpaired=unpaired)
