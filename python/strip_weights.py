"""Takes the weights out of an ONNX file and keeps everything that latency depends on.

Large float initializers become external tensors whose payload does not exist: name, type and dimensions stay, with
the offset and length that they would have in a file called `weights`. A 14 MB network shrinks to tens of kilobytes.
Small tensors and integers (shapes, axes, scales) keep their values, because shape inference needs them.

Usage: python strip_weights.py MODEL.onnx STRIPPED.onnx
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Set

import onnx
from onnx import TensorProto, helper

KEEP_UP_TO_ELEMENTS = 256
LOCATION = "weights"
FLOATS = {TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.BFLOAT16, TensorProto.DOUBLE}


def _graphs(graph: onnx.GraphProto) -> Iterator[onnx.GraphProto]:
    """The graph and every subgraph in it."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                yield from _graphs(attribute.g)
            for subgraph in attribute.graphs:
                yield from _graphs(subgraph)


def all_tensors(model: onnx.ModelProto) -> Iterator[TensorProto]:
    """Initializers and tensors held by Constant nodes."""
    for graph in _graphs(model.graph):
        yield from graph.initializer
        for node in graph.node:
            for attribute in node.attribute:
                if attribute.type == onnx.AttributeProto.TENSOR:
                    yield attribute.t


def strip(model: onnx.ModelProto, types: Set[int] = FLOATS) -> onnx.ModelProto:
    """Returns a copy whose tensors of these types and over 256 elements have no payload; drops docs and traces."""
    stripped = onnx.ModelProto()
    stripped.CopyFrom(model)
    offset = 0
    for tensor in all_tensors(stripped):
        elements = math.prod(tensor.dims)
        if tensor.data_type not in types or elements <= KEEP_UP_TO_ELEMENTS:
            continue
        length = elements * helper.tensor_dtype_to_np_dtype(tensor.data_type).itemsize
        for field in ("raw_data", "float_data", "int32_data", "double_data", "external_data"):
            tensor.ClearField(field)
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in (("location", LOCATION), ("offset", offset), ("length", length)):
            tensor.external_data.add(key=key, value=str(value))
        offset += length
    for graph in _graphs(stripped.graph):
        for item in (*graph.node, *graph.value_info, *graph.input, *graph.output, *graph.initializer):
            item.ClearField("doc_string")
            item.ClearField("metadata_props")
    return stripped


if __name__ == "__main__":
    source, target = sys.argv[1:]
    onnx.save(strip(onnx.load(source, load_external_data=False)), target)
