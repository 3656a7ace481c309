"""The standard's own tests: models with real inputs and outputs, from the onnx package and from folders like its own."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, ValueInfoProto, numpy_helper

KINDS = ("simple", "pytorch-operator", "pytorch-converted")


@dataclass
class Case:
    source: str
    name: str
    operator: str
    model: onnx.ModelProto
    """Tensors as TensorProto, sequences as lists; None for an optional that is empty or an input that is not given."""
    inputs: Sequence[Any]
    outputs: Sequence[Any]


def node_cases() -> Iterator[Case]:
    from onnx.backend.test.case.node import collect_testcases

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tests' own arithmetic overflows on purpose
        tests = collect_testcases(None)
    operators = {test.name: _operator(test.model) for test in tests}
    for test in tests:
        # `test_x_expanded_ver18` is `test_x` written with simpler operators.
        operator = operators.get(test.name.partition("_expanded")[0], operators[test.name])
        (inputs, outputs), *_ = test.data_sets
        yield Case("node", test.name, operator, test.model, [*map(as_proto, inputs)], [*map(as_proto, outputs)])


def folder_cases(source: str, folder: Path) -> Iterator[Case]:
    """Of folders that hold model.onnx and test_data_set_0/{input,output}_N.pb."""
    for path in sorted(folder.glob("*/model.onnx")):
        model = onnx.load(path)
        data = path.parent / "test_data_set_0"
        inputs = [read_value(data / f"input_{at}.pb", info) for at, info in enumerate(model.graph.input)]
        outputs = [read_value(data / f"output_{at}.pb", info) for at, info in enumerate(model.graph.output)]
        yield Case(source, path.parent.name, _operator(model), model, inputs, outputs)


def light_cases(folder: Path) -> Iterator[Case]:
    """Networks whose weights are computed; their inputs are ones of the shape that the file states."""
    for path in sorted(folder.glob("light_*.onnx")):
        model = onnx.load(path)
        (info,) = model.graph.output
        output = read_value(path.with_name(f"{path.stem}_output_0.pb"), info)
        weights = {tensor.name for tensor in model.graph.initializer}  # older files list them among the inputs
        inputs = [None if info.name in weights else ones(info) for info in model.graph.input]
        yield Case("light", path.stem, "", model, inputs, [output])


def ones(info: ValueInfoProto) -> TensorProto:
    return as_proto(np.ones([dim.dim_value for dim in info.type.tensor_type.shape.dim], np.float32))


def _operator(model: onnx.ModelProto) -> str:
    """`domain:Operator` of a model of one node."""
    if len(model.graph.node) != 1:
        return ""
    (node,) = model.graph.node
    return f"{node.domain}:{node.op_type}"


def as_proto(value: Any) -> Any:
    if value is None or isinstance(value, TensorProto):
        return value
    if isinstance(value, list):
        return [as_proto(element) for element in value]
    return numpy_helper.from_array(np.asarray(value))


def read_value(path: Path, info: ValueInfoProto) -> Any:
    if not path.exists():
        return None
    content = path.read_bytes()
    match info.type.WhichOneof("value"):
        case "tensor_type":
            tensor = TensorProto.FromString(content)
            # Before numpy had bfloat16, the tests wrote its bits as uint16.
            if info.type.tensor_type.elem_type == TensorProto.BFLOAT16 and tensor.data_type == TensorProto.UINT16:
                tensor.data_type = TensorProto.BFLOAT16
            return tensor
        case "sequence_type":
            return [*onnx.SequenceProto.FromString(content).tensor_values]
        case "optional_type":
            optional = onnx.OptionalProto.FromString(content)
            return optional.tensor_value if optional.HasField("tensor_value") else [*optional.sequence_value.tensor_values]
    raise ValueError(f"{path}: a {info.type.WhichOneof('value')}")


def all_cases(data: Sequence[Path]) -> Iterator[Case]:
    yield from node_cases()
    bundled = Path(onnx.__file__).parent / "backend/test/data"
    for kind in KINDS:
        yield from folder_cases(kind, bundled / kind)
    yield from light_cases(bundled / "light")
    for folder in data:
        for kind in ("node", *KINDS):
            yield from folder_cases(f"{folder.name}/{kind}", folder / kind)
        yield from light_cases(folder / "light")
