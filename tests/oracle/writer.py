# Writes .tflite files from a short description: tensors, operators, signatures.
"""    m = Model()
    x = m.tensor("int8", (1, 4, 4, 3), scale=0.5, zero=-3, name="x")
    y = m.tensor("int8", (1, 4, 4, 3), scale=0.5, zero=-3, name="y")
    m.op("RELU", [x], [y])
    data = m.finish([x], [y], signature="serving_default")

Operator options carry the schema's names in snake case (stride_w=2, keep_dims=True);
activations and paddings may be given by name ("RELU6", "SAME"). Input -1 is "absent".
"""
import flatbuffers
import numpy
from ai_edge_litert import schema_py_generated as schema

BUFFER_ALIGNMENT = 16   # what the schema promises readers
LAST_DEPRECATED_CODE = 127
FILE_IDENTIFIER = b"TFL3"

TYPES = {"float32": schema.TensorType.FLOAT32, "int8": schema.TensorType.INT8,
         "uint8": schema.TensorType.UINT8, "int16": schema.TensorType.INT16,
         "int32": schema.TensorType.INT32, "int64": schema.TensorType.INT64,
         "bool": schema.TensorType.BOOL, "float16": schema.TensorType.FLOAT16}

# Operators whose options are not called as the operator is.
OPTIONS = {"AVERAGE_POOL_2D": "Pool2D", "MAX_POOL_2D": "Pool2D", "MEAN": "Reducer",
           "SUM": "Reducer", "PADV2": "PadV2", "CONV_2D": "Conv2D",
           "DEPTHWISE_CONV_2D": "DepthwiseConv2D"}
NO_OPTIONS = ("SQRT", "LOGISTIC", "TANH", "RELU", "RELU6", "RELU_N1_TO_1")
ENUMS = {"padding": schema.Padding, "fused_activation_function":
         schema.ActivationFunctionType}


def camel(words, first_upper):
    parts = words.lower().split("_")
    head = parts[0].capitalize() if first_upper else parts[0]
    return head + "".join(p.capitalize() for p in parts[1:])


class AlignedBuilder(flatbuffers.Builder):
    """Aligns byte vectors as the schema's force_align asks; the Python code does not."""

    def CreateNumpyVector(self, array):
        if array.dtype == numpy.uint8 and array.size:
            self.Prep(BUFFER_ALIGNMENT, array.size)
        return super().CreateNumpyVector(array)


class Model:
    def __init__(self):
        self.tensors = []
        self.operators = []
        self.codes = {}      # (builtin code, version) -> index
        self.buffers = [schema.BufferT()]

    def tensor(self, dtype, shape, scale=None, zero=None, axis=0, data=None, name=None):
        """scale and zero: numbers, or lists for one per channel along axis."""
        t = schema.TensorT()
        t.type = TYPES[dtype]
        t.shape = numpy.array(shape, numpy.int32)
        t.hasRank = True
        t.name = name or f"t{len(self.tensors)}"
        t.quantization = schema.QuantizationParametersT()
        if scale is not None:
            scales = numpy.atleast_1d(numpy.asarray(scale, numpy.float32))
            zeros = numpy.zeros(len(scales), numpy.int64)
            zeros[:] = 0 if zero is None else zero
            t.quantization.scale = scales
            t.quantization.zeroPoint = zeros
            t.quantization.quantizedDimension = axis
        t.buffer = 0
        if data is not None:
            array = numpy.asarray(data, numpy.dtype(dtype))
            assert array.shape == tuple(shape), (array.shape, shape)
            buffer = schema.BufferT()
            buffer.data = numpy.frombuffer(array.tobytes(), numpy.uint8)
            t.buffer = len(self.buffers)
            self.buffers.append(buffer)
        self.tensors.append(t)
        return len(self.tensors) - 1

    def op(self, name, inputs, outputs, version=1, **options):
        o = schema.OperatorT()
        code = getattr(schema.BuiltinOperator, name)
        o.opcodeIndex = self.codes.setdefault((code, version), len(self.codes))
        o.inputs = numpy.array(inputs, numpy.int32)
        o.outputs = numpy.array(outputs, numpy.int32)
        if name not in NO_OPTIONS:
            kind = OPTIONS.get(name) or camel(name, True)
            kind += "Options"
            o.builtinOptionsType = getattr(schema.BuiltinOptions, kind)
            o.builtinOptions = getattr(schema, kind + "T")()
            for key, value in options.items():
                field = camel(key, False)
                assert hasattr(o.builtinOptions, field), (name, key)
                if isinstance(value, str):
                    value = getattr(ENUMS[key], value)
                if isinstance(value, (list, tuple)):
                    value = numpy.array(value, numpy.int32)
                setattr(o.builtinOptions, field, value)
        else:
            assert not options, (name, options)
        self.operators.append(o)

    def signature(self, key, inputs, outputs):
        def maps(pairs):
            result = []
            for name, index in pairs:
                entry = schema.TensorMapT()
                entry.name, entry.tensorIndex = name, index
                result.append(entry)
            return result
        s = schema.SignatureDefT()
        s.signatureKey, s.subgraphIndex = key, 0
        s.inputs, s.outputs = maps(inputs), maps(outputs)
        return s

    def finish(self, inputs, outputs, signature=None, description="mcompile test model"):
        """signature: None, a key (tensors keep their names) or (key, inputs, outputs)
        with lists of (name, tensor), in any order."""
        graph = schema.SubGraphT()
        graph.tensors, graph.operators, graph.name = self.tensors, self.operators, "main"
        graph.inputs = numpy.array(inputs, numpy.int32)
        graph.outputs = numpy.array(outputs, numpy.int32)
        model = schema.ModelT()
        model.version, model.description = 3, description
        model.subgraphs, model.buffers = [graph], self.buffers
        model.operatorCodes = []
        for code, version in self.codes:
            entry = schema.OperatorCodeT()
            entry.builtinCode, entry.version = code, version
            entry.deprecatedBuiltinCode = min(code, LAST_DEPRECATED_CODE)
            model.operatorCodes.append(entry)
        if isinstance(signature, str):
            def named(indices):
                return [(self.tensors[i].name, i) for i in indices]
            signature = (signature, named(inputs), named(outputs))
        if signature:
            model.signatureDefs = [self.signature(*signature)]
        builder = AlignedBuilder(4096)
        builder.Finish(model.Pack(builder), FILE_IDENTIFIER)
        return bytes(builder.Output())
