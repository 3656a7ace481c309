"""Makes declared models whole, so that converters can read them; see line_server.py for the protocol.

    python model_completer.py

Requests: complete {path, inputs, bytes}: writes the ONNX file with random weights in the place of those that are only
declared (the same ones for the same file) and with the given input shapes.
"""

import numpy as np
import onnx
from onnx import numpy_helper

from line_server import serve
from random_tensors import RandomTensors


def fill(model, random):
    for tensor in model.graph.initializer:
        if tensor.data_location != onnx.TensorProto.EXTERNAL:
            continue
        if tensor.data_type != onnx.TensorProto.FLOAT:
            raise ValueError(f"initializer {tensor.name}: only float32 weights can be made up")
        array = np.ascontiguousarray(random.weight(tuple(tensor.dims)))
        tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))


def fix_inputs(model, shapes):
    """Open dimensions get their sizes; shapes that were inferred from them are dropped."""
    changed = False
    for value in model.graph.input:
        for dim, size in zip(value.type.tensor_type.shape.dim, shapes.get(value.name, [])):
            if dim.dim_value != size:
                dim.dim_value = size
                changed = True
    if changed:
        del model.graph.value_info[:]


def complete(request, body):
    model = onnx.load_from_string(body)
    fill(model, RandomTensors())
    fix_inputs(model, request["inputs"])
    onnx.save(model, request["path"])
    return {}


if __name__ == "__main__":
    serve({"complete": complete})
