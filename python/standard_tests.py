"""Writes the ONNX standard's own tests as shape questions with their real answers.

The tests are those of the `onnx` package: every node test, and the `simple`, `pytorch-*` and `light` models in it; with
--data FOLDER those of such a folder (node/, simple/, light/ ...) too, for instance of Debian's libonnx-testdata.

A question is a model without the types of outputs, of intermediate tensors and of subgraphs, and without the payload of
large weights; its inputs have the shapes of the test's real inputs. The answer is the element type and shape of each
real output, with these marks: whether the shape depends on the values of the inputs (by the rule of shape_dependence.py,
unless onnx.shape_inference knows the shape without them), and what onnx.shape_inference says of the same question. Small
inputs and outputs are written with their values, so that the question can be asked again with the values known.

One JSON object a line: {source, name, operator, model (hexadecimal), values {input: tensor}, outputs}; the first
line is {onnx, license}. The output is the same for the same package.

Usage: python standard_tests.py OUTPUT.jsonl.gz [--data FOLDER ...] [--every-tensor]
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, TypeProto, helper, numpy_helper

from check_shapes import contradict, onnx_dtype
from every_tensor import with_every_tensor
from shape_dependence import depends_on_data
from standard_cases import Case, all_cases
from strip_weights import strip

# Longer inputs and outputs are written without their values.
VALUES_UP_TO = {"float": 8, "integer": 64}


def bare(case: Case) -> onnx.ModelProto:
    """The question: the model with nothing stated but its inputs, which have the shapes of the real ones."""
    model = strip(case.model)
    for graph in _graphs(model.graph):
        del graph.value_info[:]
        for info in graph.output:
            info.ClearField("type")
        if graph is not model.graph:
            for info in graph.input:
                info.ClearField("type")
    for info, value in zip(model.graph.input, case.inputs, strict=True):
        if value is not None:
            set_shape(info.type, value)
    shorten_names(model.graph)
    return model


def shorten_names(whole: onnx.GraphProto) -> None:
    """Names of intermediate tensors, long in what was written with simpler operators, become `t0`, `t1`, ..."""
    names = {info.name: info.name for info in (*whole.input, *whole.output)} | {"": ""}

    def short_name(name: str) -> str:
        return names.setdefault(name, f"t{len(names)}")

    for graph in _graphs(whole):
        for node in graph.node:
            node.name = ""
            node.input[:] = [short_name(name) for name in node.input]
            node.output[:] = [short_name(name) for name in node.output]
        for item in (*graph.input, *graph.output, *graph.initializer):
            item.name = short_name(item.name)


def _graphs(graph: onnx.GraphProto) -> Iterator[onnx.GraphProto]:
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                yield from _graphs(attribute.g)


def set_shape(target: TypeProto, value: Any) -> None:
    """States the shape of a tensor, or the one that all tensors of a sequence have."""
    kind = target.WhichOneof("value")
    if kind in ("sequence_type", "optional_type"):
        set_shape(getattr(target, kind).elem_type, value)
        return
    target.tensor_type.ClearField("shape")
    shape = common_shape(value)
    if shape is not None:
        target.tensor_type.shape.SetInParent()
        for dim in shape:
            target.tensor_type.shape.dim.add().dim_value = dim


def common_shape(value: Any) -> list[int] | None:
    if isinstance(value, TensorProto):
        return [*value.dims]
    shapes = [common_shape(element) for element in value]
    return shapes[0] if shapes and all(shape == shapes[0] for shape in shapes) else None


def written(value: Any) -> dict[str, Any]:
    """A real tensor or sequence as JSON."""
    if value is None:
        return {"kind": "none", "dtype": None, "shape": None}
    if isinstance(value, list):
        types = {element.data_type for element in value}
        dtype = onnx_dtype(types.pop()) if len(types) == 1 else None
        return {"kind": "sequence", "dtype": dtype, "shape": common_shape(value), "length": len(value)}
    tensor = {"kind": "tensor", "dtype": onnx_dtype(value.data_type), "shape": [*value.dims]}
    elements = small_elements(value)
    return tensor if elements is None else tensor | {"value": elements}


def small_elements(tensor: TensorProto) -> list[float] | None:
    """The elements of a small tensor of plain numbers; infinities and what is no number are left out whole."""
    kind = "f" if tensor.data_type == TensorProto.BFLOAT16 else helper.tensor_dtype_to_np_dtype(tensor.data_type).kind
    limit = VALUES_UP_TO["float"] if kind == "f" else VALUES_UP_TO["integer"]
    if kind not in "fiub" or np.prod(tensor.dims) > limit:
        return None
    array = numpy_helper.to_array(tensor).ravel()
    elements = [float(element) if kind == "f" else int(element) for element in array]
    return [short(element) for element in elements] if np.isfinite(elements).all() else None


def short(number: float) -> float:
    """Without `.0` in JSON."""
    return int(number) if number == int(number) else number


def onnx_answers(model: onnx.ModelProto) -> dict[str, tuple[str | None, list[int] | None]]:
    """Element type and shape of each output as onnx.shape_inference finds them; nothing where it fails."""
    try:
        inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    except Exception:  # it refuses some of its own tests
        return {}
    return {info.name: tensor_answer(info.type) for info in inferred.graph.output}


def tensor_answer(answer: TypeProto) -> tuple[str | None, list[int] | None]:
    """Of a tensor, or of the tensors in a sequence."""
    kind = answer.WhichOneof("value")
    if kind in ("sequence_type", "optional_type"):
        return tensor_answer(getattr(answer, kind).elem_type)
    tensor = answer.tensor_type
    known = tensor.HasField("shape") and all(dim.HasField("dim_value") for dim in tensor.shape.dim)
    return onnx_dtype(tensor.elem_type), [dim.dim_value for dim in tensor.shape.dim] if known else None


def verdict_on(theirs: tuple[str | None, list[int] | None], answer: dict[str, Any]) -> str:
    dtype, shape = theirs
    if contradict(shape, answer["shape"]) or (None not in (dtype, answer["dtype"]) and dtype != answer["dtype"]):
        return "contradiction"
    return "unknown" if dtype is None or shape is None else "equal"


def record(case: Case) -> dict[str, Any]:
    model = bare(case)
    depends = depends_on_data(model.graph)
    theirs = onnx_answers(model)
    outputs = []
    for info, value in zip(model.graph.output, case.outputs, strict=True):
        answer = written(value)
        verdict = verdict_on(theirs.get(info.name, (None, None)), answer)
        dependent = depends[info.name] and verdict != "equal"
        outputs.append({"name": info.name, **answer, "dependsOnData": dependent, "onnx": verdict})
    given = zip(model.graph.input, case.inputs, strict=True)
    values = {info.name: written(value) for info, value in given if isinstance(value, TensorProto)}
    return {
        "source": case.source,
        "name": case.name,
        "operator": case.operator,
        "model": model.SerializeToString(deterministic=True).hex(),
        "values": {name: tensor for name, tensor in values.items() if "value" in tensor},
        "outputs": outputs,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=Path)
    parser.add_argument("--data", type=Path, nargs="*", default=[], help="folders with node/, simple/, light/ ...")
    parser.add_argument("--every-tensor", action="store_true", help="of the models of several nodes, as ONNX Runtime runs them")
    options = parser.parse_args()
    cases = all_cases(options.data)
    if options.every_tensor:
        cases = with_every_tensor(cases)
    lines = [json.dumps({"onnx": onnx.__version__, "license": "Apache-2.0, ONNX Project Contributors"})]
    for case in cases:
        lines.append(json.dumps(record(case), separators=(",", ":")))
        if len(lines) % 100 == 0:
            print(f"\r{len(lines)} models", end="", file=sys.stderr, flush=True)
    content = "".join(f"{line}\n" for line in lines).encode()
    options.output.write_bytes(gzip.compress(content, 9, mtime=0))
    print(f"\r{len(lines) - 1} models, {options.output.stat().st_size} bytes", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
