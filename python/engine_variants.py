"""What ONNX Runtime's tools make of a file: optimised at each level, quantised in each form, halved, its blocks joined."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_dynamic, quantize_static
from onnxruntime.transformers import optimizer
from onnxruntime.transformers.float16 import convert_float_to_float16

Feed = dict[str, np.ndarray]
LEVELS = {
    "basic": onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC,
    "extended": onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
    "all": onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL,
}
FORMS = {"qdq": QuantFormat.QDQ, "qoperator": QuantFormat.QOperator}


class Samples(CalibrationDataReader):
    """The inputs to calibrate with."""

    def __init__(self, feeds: list[Feed]) -> None:
        self.feeds: Iterator[Feed] = iter(feeds)

    def get_next(self) -> Feed | None:
        return next(self.feeds, None)


def optimise(source: Path, target: Path, level: onnxruntime.GraphOptimizationLevel) -> None:
    """What ONNX Runtime makes of a file before it runs it."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = level
    options.optimized_model_filepath = str(target)
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    onnxruntime.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])


def variants(model: onnx.ModelProto, feed: Feed, heads: int = 0, hidden: int = 0) -> Iterator[tuple[str, onnx.ModelProto]]:
    """(name, file) for everything that the tools make of a model; with `heads`, also as the transformer tools join it.

    A tool that fails on the model is left out.
    """
    with tempfile.TemporaryDirectory() as temporary:
        plain = Path(temporary, "plain.onnx")
        onnx.save(model, plain)
        for variant in _names(heads > 0):
            target = Path(temporary, "variant.onnx")
            try:
                _write(variant, plain, target, feed, heads, hidden)
            except Exception as error:  # one tool must not stop the others
                print(f"  {variant}: {type(error).__name__}: {str(error).strip().splitlines()[0][:160]}", flush=True)
                continue
            yield variant, onnx.load(target)


def _names(transformer: bool) -> list[str]:
    joined = ["transformers", "transformers-float16", "transformers-dynamic"] if transformer else ["float16"]
    return [*LEVELS, "dynamic", "dynamic-all", *FORMS, "qdq-all", *joined]


def _write(variant: str, plain: Path, target: Path, feed: Feed, heads: int, hidden: int) -> None:
    first, _, then = variant.partition("-")
    between = target.with_name("between.onnx")
    if variant in LEVELS:
        optimise(plain, target, LEVELS[variant])
    elif variant == "float16":
        onnx.save(convert_float_to_float16(onnx.load(plain)), target)
    elif then == "all":
        _write(first, plain, between, feed, heads, hidden)
        optimise(between, target, LEVELS["all"])
    elif variant == "dynamic":
        quantize_dynamic(plain, target, op_types_to_quantize=["Conv", "Gather", "Gemm", "MatMul", "LSTM"])
    elif first == "transformers":
        joined = optimizer.optimize_model(str(plain), "bert", num_heads=heads, hidden_size=hidden, opt_level=0)
        if then == "float16":
            joined.convert_float_to_float16()
        joined.save_model_to_file(str(between if then == "dynamic" else target))
        if then == "dynamic":
            quantize_dynamic(
                between, target, op_types_to_quantize=["Attention", "MatMul"],
                extra_options={"DefaultTensorType": TensorProto.FLOAT},
            )  # fmt: skip
    else:
        form = FORMS[first]
        quantize_static(plain, target, Samples([feed]), quant_format=form, per_channel=form == QuantFormat.QDQ)
