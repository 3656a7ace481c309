"""Turns every tensor of a model into an output, with what ONNX Runtime really computes for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import onnx
import onnxruntime
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator

from standard_cases import Case, as_proto


def with_every_tensor(cases: Iterator[Case]) -> Iterator[Case]:
    """The cases of several nodes that can be run."""
    onnxruntime.set_default_logger_severity(4)  # what it refuses is not of interest here
    for case in cases:
        inputs = {info.name: value for info, value in zip(case.model.graph.input, case.inputs, strict=True) if value is not None}
        if len(case.model.graph.node) < 2 or any(isinstance(value, list) for value in inputs.values()):
            continue
        model = onnx.ModelProto()
        model.CopyFrom(case.model)
        stated = {info.name for info in model.graph.output}
        for name in (name for node in model.graph.node for name in node.output):
            if name and name not in stated:
                model.graph.output.add().name = name
        results = run(model, {name: numpy_helper.to_array(value) for name, value in inputs.items()})
        if results is not None:
            yield replace(case, model=model, outputs=[as_proto(value) for value in results])


def run(model: onnx.ModelProto, feeds: dict[str, Any]) -> list[Any] | None:
    """The outputs by ONNX Runtime, or by the onnx package where ONNX Runtime lacks an operator; None where both fail."""
    try:
        typed = onnx.shape_inference.infer_shapes(model)  # ONNX Runtime wants the types of outputs
        session = onnxruntime.InferenceSession(typed.SerializeToString(), providers=["CPUExecutionProvider"])
        return session.run(None, feeds)
    except Exception:
        try:
            return ReferenceEvaluator(model).run(None, feeds)
        except Exception:
            return None
