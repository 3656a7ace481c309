"""Multiply-accumulates of an ONNX file by onnx-tool, node by node, brought to this project's convention.

onnx-tool infers shapes on its own and counts every operation as a "MAC"; CONVENTIONS says what is taken off its count
of a product, and operators that are not products count nothing. docs/cost-conventions.md has this project's rules.
"""

from __future__ import annotations

import contextlib
import io
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import onnx
import onnx_tool
from onnx import TensorProto, helper
from onnx_tool.tensor import Tensor

from reference_shapes import SECONDS, describe
from strip_weights import all_tensors
from time_limit import limited

Tensors = list[Tensor]


def _no_search(tensor: Tensor) -> None:
    """onnx-tool looks for blocks of zeros in every weight, for minutes; here all weights are zeros."""
    tensor.sparsity = None


Tensor.sparsity_search = _no_search


def size(tensor: Tensor) -> int:
    return math.prod(tensor.get_shape())


def bias(at: int) -> Callable[[Tensors, Tensors], int]:
    """onnx-tool adds one operation an output element where the node has a bias, its input number `at`."""
    return lambda inputs, outputs: size(outputs[0]) if len(inputs) == at + 1 else 0


def gates(arithmetic: int) -> Callable[[Tensors, Tensors], int]:
    """onnx-tool adds the biases of every step and `arithmetic` operations an element of one direction's state."""

    def extra(inputs: Tensors, outputs: Tensors) -> int:
        steps, batch, _ = inputs[0].get_shape()
        hidden = inputs[2].get_shape()[-1]
        return steps * batch * (size(inputs[3]) + hidden * arithmetic)

    return extra


def transposed(inputs: Tensors, outputs: Tensors) -> int:
    """onnx-tool reads a transposed convolution's weight [in, out / group, kernel] as if it were a convolution's."""
    weight = inputs[1].get_shape()
    theirs = size(outputs[0]) * math.prod(weight[1:]) + bias(2)(inputs, outputs)
    return theirs - size(inputs[0]) * math.prod(weight[1:])


def nothing(inputs: Tensors, outputs: Tensors) -> int:
    return 0


# What onnx-tool counts beyond multiply-accumulates, by product.
CONVENTIONS: dict[str, Callable[[Tensors, Tensors], int]] = {
    "Conv": bias(2),
    "ConvInteger": nothing,
    "ConvTranspose": transposed,
    "Einsum": nothing,
    "Gemm": bias(2),
    "GRU": gates(3 * 1 + 2 * 32 + 38 + 5),
    "LSTM": gates(4 * 1 + 3 * 32 + 2 * 38 + 4),
    "MatMul": nothing,
    "MatMulInteger": bias(2),
    "QLinearConv": bias(8),
    "QLinearMatMul": nothing,
}


@dataclass(frozen=True)
class Counted:
    macs: dict[str, int]
    """Name of the node's first output to its multiply-accumulates."""
    error: str | None = None


def with_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """A copy whose stripped weights are zeros again: onnx-tool reads no file without payloads."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    for tensor in all_tensors(copy):
        if tensor.data_location == TensorProto.EXTERNAL:
            width = helper.tensor_dtype_to_np_dtype(tensor.data_type).itemsize
            tensor.ClearField("external_data")
            tensor.data_location = TensorProto.DEFAULT
            tensor.raw_data = bytes(math.prod(tensor.dims) * width)
    return copy


def count(model: onnx.ModelProto) -> Counted:
    """Takes a model with payloads (see with_weights) and with all dimensions of its inputs known."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            with limited(SECONDS):
                graph = onnx_tool.Model(model, {"constant_folding": False}).graph
                graph.shape_infer(None)
                graph.profile()
            return Counted({node.output[0]: macs for node, macs in _products(graph)})
        except (Exception, SystemExit) as error:  # a tool that stops is told of in the table
            return Counted({}, describe(error) if isinstance(error, Exception) else "stopped")


def _products(graph: onnx_tool.graph.Graph) -> list[tuple[onnx_tool.node.Node, int]]:
    result = []
    for node in graph.nodemap.values():
        extra = CONVENTIONS.get(node.op_type)
        if extra is None:
            continue
        inputs = [graph.tensormap[name] for name in node.input]
        outputs = [graph.tensormap[name] for name in node.output]
        result.append((node, int(np.int64(node.macs[0])) - extra(inputs, outputs)))
    return result
