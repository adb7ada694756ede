"""What rounding alone may make of sums of products in float: how far apart two right results are.

However n products and a bias are added up in float, fused or not, the result is off the real sum by
at most gamma(n + 1) * (|x1 * w1| + ... + |xn * wn| + |bias|), where gamma(k) = k u / (1 - k u) and
u = 2^-24 (Higham, Accuracy and Stability of Numerical Algorithms, 3.1 and 3.5).  Where terms of a
hundred cancel to less than one, that is far more than any part of the result.  An activation
that clamps brings no two results further apart.  The sum of magnitudes is the reference's own
result for the model of the magnitudes: of weights, bias and inputs, without the activation.
"""
import math

import flatbuffers
import numpy
from ai_edge_litert import schema_py_generated as schema

UNIT = 2.0 ** -24
OPERATORS = {(name, "float32") for name in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")}


def applies(case):
    """Models of one such operator; further on errors grow by more than rounding."""
    return len(case.steps) == 1 and set(case.operators) <= OPERATORS


def of_magnitudes(model):
    """The model without signs and activation, and how many products a sum has."""
    tree = schema.ModelT.InitFromPackedBuf(model, 0)
    graph = tree.subgraphs[0]
    graph.operators[0].builtinOptions.fusedActivationFunction = 0
    for tensor in graph.tensors:
        data = tree.buffers[tensor.buffer].data
        if tensor.type == schema.TensorType.FLOAT32 and data is not None and len(data):
            floats = numpy.frombuffer(bytes(data), numpy.float32)
            tree.buffers[tensor.buffer].data = numpy.frombuffer(numpy.abs(floats).tobytes(), numpy.uint8)
    shape = graph.tensors[graph.operators[0].inputs[1]].shape
    depthwise = isinstance(graph.operators[0].builtinOptions, schema.DepthwiseConv2DOptionsT)
    return packed(tree), math.prod(shape) // shape[-1 if depthwise else 0]


def packed(tree):
    builder = flatbuffers.Builder(0)
    builder.Finish(tree.Pack(builder), b"TFL3")
    return bytes(builder.Output())


class Apart:
    """How far apart two right results of a case may be: by run and output."""

    def __init__(self, oracle, case):
        self.oracle, self.case, self.bounds = oracle, case, None

    def __call__(self, run, output):
        if not applies(self.case):
            return 0.0
        if self.bounds is None:
            model, terms = of_magnitudes(self.case.model)
            runs = [[numpy.abs(numpy.frombuffer(raw, numpy.float32)).tobytes() for raw in run]
                    for run in self.case.runs]
            # two results; the sums of magnitudes are rounded themselves
            gamma = (terms + 1) * UNIT / (1 - (terms + 1) * UNIT)
            self.bounds = [[2 * gamma / (1 - gamma) * numpy.frombuffer(raw, numpy.float32).astype(float)
                            for _, _, raw in outputs] for outputs in self.oracle.run(model, runs).outputs]
        return self.bounds[run][output]
