# Makes of a .tflite the same network in ONNX, as ONNX Runtime runs it fastest.
"""Quantized tensors become QuantizeLinear/DequantizeLinear pairs around float operators, which ONNX
Runtime fuses. Activations are uint8 (zero points of int8 + 128), weights int8: the types for which
its x86 kernels are made. Images lie as planes of channels, in the inputs and outputs too: what
turning them would cost is not counted. Inputs and outputs that were int8 are named `..._s8`."""
import flatbuffers
import numpy
import onnx
from ai_edge_litert import schema_py_generated as schema
from onnx import TensorProto, helper, numpy_helper

FIXED = {schema.TensorType.INT8, schema.TensorType.UINT8}
KINDS = {schema.TensorType.INT8: "int8", schema.TensorType.UINT8: "uint8",
         schema.TensorType.INT32: "int32", schema.TensorType.FLOAT32: "float32",
         schema.TensorType.INT64: "int64"}
ACTIVATIONS = {0: None, 1: (0, None), 2: (-1, 1), 3: (0, 6)}   # fused: NONE RELU RELU_N1_TO_1 RELU6
NAMES = {v: k for k, v in vars(schema.BuiltinOperator).items() if isinstance(v, int)}
OPSET = 13


class NoTwin(Exception):
    pass


class Twin:
    def __init__(self, model):
        self.model = model
        self.graph = model.subgraphs[0]
        self.nodes = []
        self.constants = []
        self.inputs = []
        self.outputs = []
        self.real = {}     # tensor -> name of its float value
        self.fresh = 0

    # ---- tensors

    def tensor(self, index):
        return self.graph.tensors[index]

    def shape(self, index):
        return [int(n) for n in self.tensor(index).shape]

    def data(self, index):
        """A constant's numbers, or None."""
        buffer = self.model.buffers[self.tensor(index).buffer].data
        if buffer is None or len(buffer) == 0:
            return None
        kind = KINDS.get(self.tensor(index).type)
        if not kind:
            raise NoTwin(f"type {self.tensor(index).type}")
        return numpy.frombuffer(bytes(buffer), kind).reshape(self.shape(index))

    def fixed(self, index):
        return self.tensor(index).type in FIXED

    def scale(self, index):
        """(scales, zero points, axis); zero points as of the type that ONNX gets."""
        q = self.tensor(index).quantization
        scales = numpy.array(q.scale, numpy.float32)
        zeros = numpy.array(q.zeroPoint, numpy.int64)
        return scales, zeros, q.quantizedDimension

    def name(self, stem="t"):
        self.fresh += 1
        return f"{stem}_{self.fresh}"

    def constant(self, array, stem="c"):
        name = self.name(stem)
        self.constants.append(numpy_helper.from_array(numpy.array(array, order="C"), name))
        return name

    def add(self, op, inputs, stem=None, **attributes):
        name = self.name(stem or op.lower())
        self.nodes.append(helper.make_node(op, inputs, [name], **attributes))
        return name

    # ---- quantization

    def activation_scale(self, index):
        scales, zeros, _ = self.scale(index)
        if len(scales) != 1:
            raise NoTwin("a tensor without a scale of its own")
        zero = int(zeros[0]) + (128 if self.tensor(index).type == schema.TensorType.INT8 else 0)
        return (self.constant(scales.reshape(()), "scale"),
                self.constant(numpy.uint8(zero).reshape(()), "zero"))

    def quantize(self, value, index):
        """A float value through the stored type of tensor `index`."""
        if not self.fixed(index):
            return value
        pair = self.activation_scale(index)
        stored = self.add("QuantizeLinear", [value, *pair])
        self.stored = stored
        return self.add("DequantizeLinear", [stored, *pair])

    def constant_value(self, index, turned):
        """A constant operand as a float value, `turned` by a function of its array."""
        array = self.data(index)
        if not self.fixed(index):
            return self.constant(turned(array.astype("float32")))
        scales, zeros, axis = self.scale(index)
        signed = array.astype("int16")
        if self.tensor(index).type == schema.TensorType.UINT8:
            signed, zeros = signed - 128, zeros - 128
        label = numpy.broadcast_to(
            numpy.arange(array.shape[axis]).reshape([-1 if i == axis else 1
                                                     for i in range(array.ndim)]), array.shape)
        axis = 0 if len(scales) == 1 else self.axis_of(turned(label))
        shape = () if len(scales) == 1 else (-1,)
        stored = self.constant(turned(signed.astype("int8")), "weights")
        more = {} if len(scales) == 1 else {"axis": axis}
        return self.add("DequantizeLinear",
                        [stored, self.constant(scales.reshape(shape), "scale"),
                         self.constant(zeros.astype("int8").reshape(shape), "zero")], **more)

    @staticmethod
    def axis_of(label):
        """The axis along which the label counts up."""
        return next(i for i in range(label.ndim) if label.shape[i] > 1
                    and (numpy.diff(label, axis=i) == 1).all())

    def bias(self, index, x, weights):
        array = self.data(index)
        if array.dtype == numpy.float32:
            return self.constant(array)
        scales = self.scale(x)[0] * self.scale(weights)[0]
        shape = () if len(scales) == 1 else (-1,)
        more = {} if len(scales) == 1 else {"axis": 0}
        return self.add("DequantizeLinear",
                        [self.constant(array, "bias"), self.constant(scales.reshape(shape)),
                         self.constant(numpy.zeros(len(scales), "int32").reshape(shape))], **more)

    def clamp(self, value, activation, index):
        """The activation, unless the stored type's ends say the same."""
        if activation not in ACTIVATIONS:
            raise NoTwin(f"fused activation {activation}")
        limits = ACTIVATIONS[activation]
        if not limits:
            return value
        low, high = limits
        if self.fixed(index):
            (scale,), (zero,), _ = self.scale(index)
            first = -128 if self.tensor(index).type == schema.TensorType.INT8 else 0
            inside = (first - zero) * scale >= low - scale / 2
            if inside and (high is None or (first + 255 - zero) * scale <= high + scale / 2):
                return value
        if high is None:
            return self.add("Relu", [value])
        return self.add("Clip", [value, self.constant(numpy.float32(low).reshape(())),
                                 self.constant(numpy.float32(high).reshape(()))])

    # ---- operators; each gives the float value of the output

    def window(self, x, y, filter_h, filter_w, options):
        """Attributes of a sliding window; TFLite's SAME is ONNX's SAME_UPPER, written out."""
        sizes, pads = [filter_h, filter_w], []
        strides = [options.strideH, options.strideW]
        dilations = [getattr(options, "dilationHFactor", 1), getattr(options, "dilationWFactor", 1)]
        for axis in range(2):
            span = (sizes[axis] - 1) * dilations[axis] + 1
            need = (self.shape(y)[axis + 1] - 1) * strides[axis] + span - self.shape(x)[axis + 1]
            pads.append(max(need, 0) if options.padding == schema.Padding.SAME else 0)
        begin = [p // 2 for p in pads]
        end = [p - p // 2 for p in pads]
        attributes = {"kernel_shape": sizes, "strides": strides, "pads": begin + end}
        return attributes, dilations

    def conv_2d(self, o, options, depthwise=False):
        x, w = o.inputs[0], o.inputs[1]
        y = o.outputs[0]
        n, h, width, c = self.shape(w)
        attributes, dilations = self.window(x, y, h, width, options)
        if depthwise:
            group, turned = self.shape(x)[3], lambda a: a.transpose(3, 0, 1, 2)
        else:
            group, turned = self.shape(x)[3] // c, lambda a: a.transpose(0, 3, 1, 2)
        inputs = [self.real[x], self.constant_value(w, turned)]
        if len(o.inputs) > 2 and o.inputs[2] >= 0:
            inputs.append(self.bias(o.inputs[2], x, w))
        value = self.add("Conv", inputs, group=group, dilations=dilations, **attributes)
        return self.clamp(value, options.fusedActivationFunction, y)

    def depthwise_conv_2d(self, o, options):
        return self.conv_2d(o, options, depthwise=True)

    def fully_connected(self, o, options):
        x, w = o.inputs[0], o.inputs[1]
        count, depth = self.shape(w)
        value = self.real[x]
        if len(self.shape(x)) != 2 or self.shape(x)[1] != depth:
            value = self.reshaped(x, [-1, depth])
        inputs = [value, self.constant_value(w, numpy.transpose)]
        has_bias = len(o.inputs) > 2 and o.inputs[2] >= 0
        if has_bias:
            inputs.append(self.bias(o.inputs[2], x, w))
        value = self.add("Gemm" if has_bias else "MatMul", inputs)
        return self.clamp(value, options.fusedActivationFunction, o.outputs[0])

    def reshaped(self, x, shape):
        """Elements in TFLite's order, which for images is not ours."""
        value = self.real[x]
        if len(self.shape(x)) == 4 and self.shape(x)[1] * self.shape(x)[2] > 1:
            value = self.add("Transpose", [value], perm=[0, 2, 3, 1])
        value = self.add("Reshape", [value, self.constant(numpy.array(shape, "int64"))])
        if len(shape) == 4:
            value = self.add("Transpose", [value], perm=[0, 3, 1, 2])
        return value

    def reshape(self, o, options):
        return self.reshaped(o.inputs[0], self.shape(o.outputs[0]))

    def squeeze(self, o, options):
        return self.reshape(o, options)

    def add_tensors(self, o, options, op="Add"):
        if any(self.data(i) is not None for i in o.inputs):
            raise NoTwin(f"{op} of a constant")
        if self.shape(o.inputs[0]) != self.shape(o.inputs[1]):
            raise NoTwin(f"{op} of different shapes")
        value = self.add(op, [self.real[i] for i in o.inputs])
        return self.clamp(value, options.fusedActivationFunction, o.outputs[0])

    def mul(self, o, options):
        return self.add_tensors(o, options, "Mul")

    def average_pool_2d(self, o, options, op="AveragePool"):
        x, y = o.inputs[0], o.outputs[0]
        sizes = [options.filterHeight, options.filterWidth]
        if op == "AveragePool" and sizes == self.shape(x)[1:3] and self.shape(y)[1:3] == [1, 1]:
            return self.add("GlobalAveragePool", [self.real[x]])
        attributes, _ = self.window(x, y, *sizes, options)
        value = self.add(op, [self.real[x]], **attributes)
        return self.clamp(value, options.fusedActivationFunction, y)

    def max_pool_2d(self, o, options):
        return self.average_pool_2d(o, options, "MaxPool")

    def mean(self, o, options):
        x, y = o.inputs[0], o.outputs[0]
        axes = [int(a) % len(self.shape(x)) for a in self.data(o.inputs[1]).ravel()]
        left = [axis for axis in (0, 3, 1, 2) if axis not in axes]
        if len(self.shape(x)) == 4:
            if sorted(axes) == [1, 2] and len(self.shape(y)) == 4:
                return self.add("GlobalAveragePool", [self.real[x]])
            axes = [[0, 3, 1, 2].index(axis) for axis in axes]
        value = self.add("ReduceMean", [self.real[x]], axes=axes, keepdims=int(options.keepDims))
        if len(self.shape(x)) == 4 and len(self.shape(y)) == len(left) and left != sorted(left):
            value = self.add("Transpose", [value], perm=[left.index(axis) for axis in sorted(left)])
        return value

    def softmax(self, o, options):
        axis = 1 if len(self.shape(o.inputs[0])) == 4 else -1
        return self.add("Softmax", [self.real[o.inputs[0]]], axis=axis)

    def logistic(self, o, options):
        return self.add("Sigmoid", [self.real[o.inputs[0]]])

    def concatenation(self, o, options):
        rank = len(self.shape(o.outputs[0]))
        axis = options.axis % rank
        if rank == 4:
            axis = [0, 2, 3, 1][axis]
        return self.add("Concat", [self.real[i] for i in o.inputs], axis=axis)

    def pad(self, o, options):
        amounts = self.data(o.inputs[1])
        if len(amounts) != 4:
            raise NoTwin("PAD of another rank than 4")
        amounts = amounts[[0, 3, 1, 2]]
        flat = numpy.concatenate([amounts[:, 0], amounts[:, 1]]).astype("int64")
        return self.add("Pad", [self.real[o.inputs[0]], self.constant(flat)])

    def transpose(self, o, options):
        perm = [int(a) for a in self.data(o.inputs[1])]
        if len(perm) == 4:
            planes = [0, 3, 1, 2]   # our axis i is TFLite's axis planes[i]
            perm = [planes.index(perm[axis]) for axis in planes]
        return self.add("Transpose", [self.real[o.inputs[0]]], perm=perm)

    def quantize_tensor(self, o, options):
        return self.real[o.inputs[0]]

    OPERATORS = {
        "CONV_2D": conv_2d, "DEPTHWISE_CONV_2D": depthwise_conv_2d,
        "FULLY_CONNECTED": fully_connected, "RESHAPE": reshape, "SQUEEZE": squeeze,
        "ADD": add_tensors, "MUL": mul, "AVERAGE_POOL_2D": average_pool_2d,
        "MAX_POOL_2D": max_pool_2d, "MEAN": mean, "SOFTMAX": softmax, "LOGISTIC": logistic,
        "CONCATENATION": concatenation, "PAD": pad, "TRANSPOSE": transpose,
        "QUANTIZE": quantize_tensor, "DEQUANTIZE": quantize_tensor,
    }

    # ---- the whole

    def place(self, index, stem):
        """An input's or output's name and its description."""
        kind = self.tensor(index).type
        if kind not in FIXED and kind != schema.TensorType.FLOAT32:
            raise NoTwin(f"an {stem} of type {kind}")
        name = self.name(stem) + ("_s8" if kind == schema.TensorType.INT8 else "")
        shape = self.shape(index)
        if len(shape) == 4:
            shape = [shape[i] for i in (0, 3, 1, 2)]
        element = TensorProto.UINT8 if kind in FIXED else TensorProto.FLOAT
        return name, helper.make_tensor_value_info(name, element, shape)

    def convert(self):
        missing = {self.operator_name(o) for o in self.graph.operators} - set(self.OPERATORS)
        if missing:
            raise NoTwin("the converter has no " + ", ".join(sorted(missing)))
        for index in self.graph.inputs:
            name, info = self.place(index, "in")
            self.inputs.append(info)
            pair = self.activation_scale(index) if self.fixed(index) else None
            self.real[index] = self.add("DequantizeLinear", [name, *pair]) if pair else name
        stored = {}
        for o in self.graph.operators:
            value = self.OPERATORS[self.operator_name(o)](self, o, o.builtinOptions)
            y = o.outputs[0]
            self.real[y] = self.quantize(value, y)
            stored[y] = self.stored if self.fixed(y) else value
        for index in self.graph.outputs:
            name, info = self.place(index, "out")
            self.outputs.append(info)
            self.nodes.append(helper.make_node("Identity", [stored[index]], [name]))
        graph = helper.make_graph(self.nodes, "twin", self.inputs, self.outputs, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = 8
        onnx.checker.check_model(model)
        return model

    def operator_name(self, o):
        code = self.model.operatorCodes[o.opcodeIndex]
        return NAMES[max(code.builtinCode, code.deprecatedBuiltinCode)]


def read(path):
    with open(path, "rb") as file:
        return schema.ModelT.InitFromPackedBuf(file.read(), 0)


def convert(path, result):
    onnx.save(Twin(read(path)).convert(), result)


def mend(path, result):
    """Writes the model with the only axis of each vector as that of its scales."""
    model = read(path)
    for tensor in model.subgraphs[0].tensors:
        if tensor.quantization and tensor.shape is not None and len(tensor.shape) == 1:
            tensor.quantization.quantizedDimension = 0
    builder = flatbuffers.Builder(0)
    builder.Finish(model.Pack(builder), b"TFL3")
    with open(result, "wb") as file:
        file.write(builder.Output())
    return result
