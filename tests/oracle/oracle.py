#!/usr/bin/env python3
# Runs a .tflite model under a named reference in a child process, which may crash.
"""The two references whose bits mcompile promises:

tflm    tflite-micro's reference kernels (the Python package of that name)
litert  LiteRT with its reference resolver (BUILTIN_REF), one thread

Kernels of both abort or run off their tensors on models they do not like, so they run
in a child that is restarted after each crash; a child serves many models.

    oracle.py --semantics tflm MODEL IN... -o OUT...     raw bytes, in file order
    oracle.py --semantics litert --tensors MODEL IN...   hash of every tensor
"""
import argparse
import os
import pickle
import select
import struct
import subprocess
import sys
import tempfile

SEMANTICS = ("tflm", "litert")
ARENA_BYTES = 64 << 20        # more than any model we test asks for
SMALL_ARENA_BYTES = 2 << 20   # random models; quicker to clear
TIMEOUT_SECONDS = 120
NO_KERNEL = ("Failed to get registration from op code", "Didn't find op for builtin",
             "unresolved custom op", "Encountered unresolved")


class Result:
    """What became of one model: status is ok, no kernel, rejected, crash or timeout."""

    def __init__(self, status, message="", outputs=(), tensors=None):
        self.status = status
        self.message = message
        self.outputs = list(outputs)   # per run a list of (dtype, shape, bytes)
        self.tensors = tensors or {}   # index -> (dtype, shape, bytes), of the last run

    def __bool__(self):
        return self.status == "ok"


def fnv1a64(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


# The child. Only here are the references imported.

def portable(array):
    return array.dtype.name, tuple(int(n) for n in array.shape), array.tobytes()


def run_litert(model, runs, wanted):
    import numpy
    from ai_edge_litert import interpreter as litert
    interpreter = litert.Interpreter(
        model_content=model, num_threads=1,
        experimental_op_resolver_type=litert.OpResolverType.BUILTIN_REF,
        experimental_preserve_all_tensors=bool(wanted))
    interpreter.allocate_tensors()
    inputs = interpreter.get_input_details()
    results = []
    for run in runs:
        for detail, raw in zip(inputs, run, strict=True):
            array = numpy.frombuffer(raw, detail["dtype"]).reshape(detail["shape"])
            interpreter.set_tensor(detail["index"], array)
        interpreter.invoke()
        results.append([portable(interpreter.get_tensor(d["index"]))
                        for d in interpreter.get_output_details()])
    return results, {i: portable(interpreter.get_tensor(i)) for i in wanted}


def run_tflm(model, runs, wanted):
    import numpy
    from tflite_micro.python.tflite_micro import runtime
    config = runtime.InterpreterConfig
    arena = SMALL_ARENA_BYTES if len(model) < SMALL_ARENA_BYTES // 32 else ARENA_BYTES
    if wanted:
        arena = ARENA_BYTES
    interpreter = runtime.Interpreter.from_bytes(
        model, arena_size=arena, intrepreter_config=config.kPreserveAllTensors
        if wanted else config.kAllocationRecording)
    outputs = output_count(model)
    results = []
    for run in runs:
        for index, raw in enumerate(run):
            detail = interpreter.get_input_details(index)
            array = numpy.frombuffer(raw, detail["dtype"]).reshape(detail["shape"])
            interpreter.set_input(array, index)
        interpreter.invoke()
        results.append([portable(interpreter.get_output(i)) for i in range(outputs)])
    return results, {i: portable(interpreter.GetTensor(i, 0)["tensor_data"])
                     for i in wanted}


def output_count(model):
    from ai_edge_litert import schema_py_generated as schema
    return schema.Model.GetRootAs(model, 0).Subgraphs(0).OutputsLength()


def serve(semantics):
    """The child's loop: a job is (model, runs, wanted tensors); a failed one is named."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)   # what the libraries print must not fall among the answers
    jobs = os.fdopen(os.dup(0), "rb")
    run = run_tflm if semantics == "tflm" else run_litert
    while True:
        job = read_message(jobs)
        if job is None:
            return
        os.ftruncate(2, 0)
        try:
            answer = ("ok", "") + run(*job)
        except Exception as error:   # whatever it is, it is the model's answer
            answer = ("rejected", f"{type(error).__name__}: {error}", [], {})
        write_message(answers, answer)


# Both sides.

def read_message(stream):
    head = stream.read(8)
    if len(head) < 8:
        return None
    size, = struct.unpack("<q", head)
    body = stream.read(size)
    return pickle.loads(body) if len(body) == size else None


def write_message(stream, value):
    body = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    stream.write(struct.pack("<q", len(body)) + body)
    stream.flush()


class Oracle:
    """A persistent child for one semantics, restarted when a model has killed it."""

    def __init__(self, semantics, timeout=TIMEOUT_SECONDS):
        assert semantics in SEMANTICS
        self.semantics = semantics
        self.timeout = timeout
        self.errors = tempfile.TemporaryFile()
        self.child = None

    def start(self):
        self.child = subprocess.Popen(
            [sys.executable, os.path.abspath(__file__), "--worker", self.semantics],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors,
            env=dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3"))

    def close(self):
        if self.child:
            self.child.kill()
            self.child.wait()
            self.child.stdin.close()
            self.child.stdout.close()
            self.child = None

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.close()

    def errors_text(self):
        self.errors.seek(0)
        text = self.errors.read().replace(b"\0", b"").decode("utf-8", "replace")
        keep = [line for line in text.splitlines() if line and "INFO:" not in line
                and "warn" not in line.lower()]
        return " | ".join(keep[-6:])

    def run(self, model, runs, tensors=()):
        """Runs a model (bytes) on each list of raw inputs in runs."""
        if not self.child:
            self.start()
        try:
            write_message(self.child.stdin, (bytes(model), runs, list(tensors)))
            ready, _, _ = select.select([self.child.stdout], [], [], self.timeout)
            answer = read_message(self.child.stdout) if ready else "timeout"
        except BrokenPipeError:
            answer = None
        if answer == "timeout":
            self.close()
            return Result("timeout")
        if answer is None:
            code = self.child.wait()
            self.close()
            return Result("crash", f"exit {code}: {self.errors_text()}")
        status, message, outputs, values = answer
        if status != "ok":
            message = f"{message} | {self.errors_text()}"
            if any(text in message for text in NO_KERNEL):
                status = "no kernel"
        return Result(status, message, outputs, values)


def operator_outputs(model):
    """[(operator's number, tensor)] of the first subgraph."""
    from ai_edge_litert import schema_py_generated as schema
    graph = schema.Model.GetRootAs(model, 0).Subgraphs(0)
    return [(i, graph.Operators(i).Outputs(k)) for i in range(graph.OperatorsLength())
            for k in range(graph.Operators(i).OutputsLength())]


def tensor_lines(model, tensors):
    """The lines of ../shared/golden/*.tensors.txt, for tensors of a Result."""
    lines, offset = [], 0
    for operator, index in operator_outputs(model):
        dtype, shape, raw = tensors[index]
        lines.append(f"op {operator} tensor {index} dtype={dtype.upper()} "
                     f"shape={'x'.join(map(str, shape))} bytes={len(raw)} "
                     f"fnv1a64={fnv1a64(raw):016x} offset={offset}")
        offset += len(raw)
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--semantics", choices=SEMANTICS, default="tflm")
    parser.add_argument("--worker", choices=SEMANTICS, help=argparse.SUPPRESS)
    parser.add_argument("--tensors", action="store_true", help="print tensor hashes")
    parser.add_argument("-o", dest="outputs", nargs="+", default=[])
    parser.add_argument("model", nargs="?")
    parser.add_argument("inputs", nargs="*")
    options = parser.parse_args()
    if options.worker:
        return serve(options.worker)
    model = open(options.model, "rb").read()
    inputs = [open(name, "rb").read() for name in options.inputs]
    wanted = [t for _, t in operator_outputs(model)] if options.tensors else []
    with Oracle(options.semantics) as oracle:
        result = oracle.run(model, [inputs], wanted)
    if not result:
        sys.exit(f"{options.model}: {result.status}: {result.message}")
    for name, (_, _, raw) in zip(options.outputs, result.outputs[0]):
        with open(name, "wb") as file:
            file.write(raw)
    if options.tensors:
        print("\n".join(tensor_lines(model, result.tensors)))


if __name__ == "__main__":
    sys.exit(main())
