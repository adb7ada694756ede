# What runs a model: the code that mcompile wrote, LiteRT in two ways, ONNX Runtime.
"""Each contender has a name, set_inputs(list of raw bytes), call(), outputs() (list of raw
bytes) and time(clock, count), the mean Times of a call. All run one thread."""
import ctypes
import functools
import os

import numpy


class Times(ctypes.Structure):
    """Of a call: seconds that passed, and those for which its thread had a CPU."""

    _fields_ = [("passed", ctypes.c_double), ("used", ctypes.c_double)]


class Clock:
    """clock.c, built; its loops are in C, so that no interpreter's turn is counted."""

    def __init__(self, path):
        library = ctypes.PyDLL(path)
        self.program = library.time_program
        self.program.restype = Times
        self.program.argtypes = [ctypes.c_void_p] * 4 + [ctypes.c_int]
        self.callable = library.time_callable
        self.callable.restype = Times
        self.callable.argtypes = [ctypes.py_object, ctypes.c_int]
        self.process = library.time_process
        self.process.restype = ctypes.c_double
        self.process.argtypes = [ctypes.c_void_p]

    def cold(self, words):
        """Seconds from a process's start to its first byte of output."""
        array = (ctypes.c_char_p * (len(words) + 1))(*[w.encode() for w in words], None)
        return self.process(ctypes.cast(array, ctypes.c_void_p))


class Generated:
    """A shared object of generated code and its adapter."""

    ALIGNMENT = 64

    def __init__(self, name, path, input_bytes, output_bytes):
        self.name = name
        self.library = ctypes.CDLL(path)
        bytes_of_work = ctypes.c_size_t.in_dll(self.library, "bench_work_bytes").value
        self.run = ctypes.cast(self.library.bench_run, ctypes.c_void_p)
        self.work = self.aligned(bytes_of_work)
        self.input = [self.aligned(n) for n in input_bytes]
        self.output = [self.aligned(n) for n in output_bytes]
        self.x = (ctypes.c_void_p * len(self.input))(*[a.ctypes.data for a in self.input])
        self.y = (ctypes.c_void_p * len(self.output))(*[a.ctypes.data for a in self.output])

    def aligned(self, count):
        space = numpy.zeros(count + self.ALIGNMENT, numpy.uint8)
        begin = -space.ctypes.data % self.ALIGNMENT
        return space[begin:begin + count]

    def set_inputs(self, inputs):
        for place, data in zip(self.input, inputs, strict=True):
            place[:] = numpy.frombuffer(data, numpy.uint8)

    def time(self, clock, count):
        return clock.program(self.run, self.work.ctypes.data, ctypes.addressof(self.x),
                             ctypes.addressof(self.y), count)

    def outputs(self):
        return [y.tobytes() for y in self.output]


class Package:
    """A runtime whose inference is a Python callable; what calling costs is taken off."""

    def time(self, clock, count):
        empty = self.overhead(clock)
        times = clock.callable(self.call, count)
        if times.passed < 0:
            raise RuntimeError(f"{self.name} failed")
        return Times(max(times.passed - empty, 1e-9), max(times.used - empty, 1e-9))

    def overhead(self, clock):
        """Seconds that a call takes which does nothing but cross the language's border."""
        if not hasattr(self, "empty_call_seconds"):
            self.empty_call_seconds = min(clock.callable(self.empty, 1000).passed
                                          for _ in range(9))
        return self.empty_call_seconds


class LiteRT(Package):
    name = "LiteRT XNNPACK"
    resolver = "AUTO"

    @staticmethod
    def load_package():
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        global litert
        from ai_edge_litert import interpreter as litert

    def __init__(self, path):
        self.load_package()
        self.interpreter = litert.Interpreter(
            path, num_threads=1,
            experimental_op_resolver_type=getattr(litert.OpResolverType, self.resolver))
        self.interpreter.allocate_tensors()
        # Interpreter.invoke() checks views of tensors before it calls this.
        self.call = self.interpreter._interpreter.Invoke
        self.empty = self.interpreter._interpreter.NumSubgraphs

    def inputs(self):
        """(name, bytes, numpy type) of each, in the file's order."""
        return [self.describe(d) for d in self.interpreter.get_input_details()]

    def results(self):
        return [self.describe(d) for d in self.interpreter.get_output_details()]

    def is_quantized(self):
        return any(d["dtype"] in (numpy.int8, numpy.uint8)
                   for d in self.interpreter.get_tensor_details())

    @staticmethod
    def describe(detail):
        kind = numpy.dtype(detail["dtype"])
        return detail["name"], int(numpy.prod(detail["shape"])) * kind.itemsize, kind

    def set_inputs(self, inputs):
        for d, data in zip(self.interpreter.get_input_details(), inputs, strict=True):
            array = numpy.frombuffer(data, d["dtype"]).reshape(d["shape"])
            self.interpreter.set_tensor(d["index"], array)

    def outputs(self):
        return [self.interpreter.get_tensor(d["index"]).tobytes()
                for d in self.interpreter.get_output_details()]

    def signature(self):
        """Names by which the signature orders inputs and outputs, if there is one."""
        for _, sides in self.interpreter.get_signature_list().items():
            return sides["inputs"], sides["outputs"]
        return None


class Builtin(LiteRT):
    name = "LiteRT built-in"
    resolver = "BUILTIN_WITHOUT_DEFAULT_DELEGATES"


class Reference(LiteRT):
    name = "LiteRT reference"
    resolver = "BUILTIN_REF"


class OnnxRuntime(Package):
    """Takes inputs and gives outputs as the .tflite has them: twin.py says how they lie."""

    name = "ONNX Runtime"

    @staticmethod
    def load_package():
        global onnxruntime
        import onnxruntime

    def __init__(self, path):
        self.load_package()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(
            path, options, providers=["CPUExecutionProvider"])
        self.binding = self.session.io_binding()
        self.output = []
        for place in self.session.get_outputs():
            array = numpy.zeros(place.shape, self.numpy_type(place))
            self.output.append(onnxruntime.OrtValue.ortvalue_from_numpy(array))
            self.binding.bind_ortvalue_output(place.name, self.output[-1])
        self.call = functools.partial(self.session._sess.run_with_iobinding,
                                      self.binding._iobinding, None)
        self.empty = self.binding._iobinding.synchronize_inputs

    @staticmethod
    def numpy_type(place):
        return {"tensor(uint8)": "uint8", "tensor(float)": "float32"}[place.type]

    def set_inputs(self, inputs):
        self.input = []
        for place, data in zip(self.session.get_inputs(), inputs, strict=True):
            kind = self.numpy_type(place)
            signed = "_s8" in place.name and kind == "uint8"
            array = numpy.frombuffer(data, kind) ^ 0x80 if signed else numpy.frombuffer(data, kind)
            if len(place.shape) == 4:
                n, c, h, w = place.shape
                array = array.reshape(n, h, w, c).transpose(0, 3, 1, 2)
            array = numpy.ascontiguousarray(array.reshape(place.shape))
            self.input.append(onnxruntime.OrtValue.ortvalue_from_numpy(array))
            self.binding.bind_ortvalue_input(place.name, self.input[-1])

    def outputs(self):
        results = []
        for place, value in zip(self.session.get_outputs(), self.output):
            array = value.numpy()
            if array.ndim == 4:
                array = array.transpose(0, 2, 3, 1)
            if "_s8" in place.name and array.dtype == numpy.uint8:
                array = array ^ 0x80
            results.append(array.tobytes())
        return results


KINDS = {"xnnpack": LiteRT, "builtin": Builtin, "onnxruntime": OnnxRuntime}
