"""Writes one small model for each pattern that an engine might fuse: PATTERN[.FORM].onnx, with random weights.

Each ends with Elu, which no engine fuses, so that nothing depends on being the model's output; patterns that stand
between two nodes begin with one, too.

Usage: python fusion_cases.py FOLDER [FIXTURES]        (needs onnx; FIXTURES gets them stripped and packed)
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from strip_weights import strip

OPSET = 17
MAP = [1, 16, 8, 8]
TOKENS = [1, 8, 16]


class Case:
    """Nodes and weights as they are added; the model reads `x`."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[TensorProto] = []
        self.random = np.random.default_rng(0)

    def constant(self, value: object, dtype: type = np.float32) -> str:
        name = f"c{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.array(value, dtype), name))
        return name

    def weight(self, *shape: int) -> str:
        return self.constant(self.random.uniform(0.1, 0.5, shape))

    def integers(self, *values: int) -> str:
        return self.constant(values, np.int64)

    def add(self, op: str, *inputs: str, outputs: int = 1, **attributes: object) -> str:
        names = [f"v{len(self.nodes)}" + (f"_{i}" if i else "") for i in range(outputs)]
        self.nodes.append(helper.make_node(op, list(inputs), names, name=f"{op}_{len(self.nodes)}", **attributes))
        return names[0]

    def conv(self, x: str = "x", channels: int = 16, out: int = 16, kernel: int = 3, pad: int | None = None) -> str:
        pads = [kernel // 2 if pad is None else pad] * 4
        weight, bias = self.weight(out, channels, kernel, kernel), self.weight(out)
        return self.add("Conv", x, weight, bias, kernel_shape=[kernel] * 2, pads=pads)

    def batch_norm(self, x: str) -> str:
        return self.add("BatchNormalization", x, *(self.weight(16) for _ in range(4)))

    def quantized(self, x: str, dtype: type = np.uint8) -> str:
        scale, zero = self.constant(0.1), self.constant(0, dtype)
        return self.add("DequantizeLinear", self.add("QuantizeLinear", x, scale, zero), scale, zero)

    def quantized_weight(self, *shape: int) -> str:
        weight = self.constant(self.random.integers(-100, 100, shape), np.int8)
        return self.add("DequantizeLinear", weight, self.constant(0.02), self.constant(0, np.int8))

    def model(self, shape: list[int]) -> onnx.ModelProto:
        inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)]
        outputs = [helper.make_tensor_value_info(self.nodes[-1].output[0], TensorProto.FLOAT, None)]
        graph = helper.make_graph(self.nodes, "case", inputs, outputs, self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
        return onnx.shape_inference.infer_shapes(model)


def after_conv(op: str, *constants: object, **attributes: object) -> Callable[[Case], str]:
    return lambda case: case.add(op, case.conv(), *(case.constant(value) for value in constants), **attributes)


def gate(case: Case, x: str, op: str, **attributes: object) -> str:
    return case.add("Mul", x, case.add(op, x, **attributes))


def gelu(case: Case, x: str, form: str) -> str:
    scale = ("Mul", 0.5**0.5) if form == "times" else ("Div", 2**0.5)
    erf = case.add("Erf", case.add(scale[0], x, case.constant(scale[1])))
    factor = case.add("Add", erf, case.constant(1))
    half = case.constant(0.5)
    if form == "half-x":
        return case.add("Mul", case.add("Mul", x, half), factor)
    if form == "half-factor":
        return case.add("Mul", x, case.add("Mul", factor, half))
    return case.add("Mul", case.add("Mul", x, factor), half)


def tanh_gelu(case: Case, x: str, form: str) -> str:
    if form == "pow":
        cube = case.add("Pow", x, case.constant(3))
    else:
        cube = case.add("Mul", x, case.add("Mul", x, x))
    sum_ = case.add("Add", x, case.add("Mul", cube, case.constant(0.044715)))
    tanh = case.add("Tanh", case.add("Mul", sum_, case.constant((2 / np.pi) ** 0.5)))
    factor = case.add("Add", tanh, case.constant(1))
    return case.add("Mul", case.add("Mul", x, case.constant(0.5)), factor)


def layer_norm(case: Case, x: str) -> str:
    difference = case.add("Sub", x, case.add("ReduceMean", x, axes=[-1]))
    variance = case.add("ReduceMean", case.add("Pow", difference, case.constant(2)), axes=[-1])
    deviation = case.add("Sqrt", case.add("Add", variance, case.constant(1e-5)))
    scaled = case.add("Mul", case.add("Div", difference, deviation), case.weight(16))
    return case.add("Add", scaled, case.weight(16))


def rms_norm(case: Case, x: str, form: str) -> str:
    squares = case.add("ReduceMean", case.add("Pow", x, case.constant(2)), axes=[-1])
    root = case.add("Sqrt", case.add("Add", squares, case.constant(1e-5)))
    if form == "div":
        normal = case.add("Div", x, root)
    elif form == "one-over":
        normal = case.add("Mul", x, case.add("Div", case.constant(1), root))
    else:
        normal = case.add("Mul", x, case.add("Reciprocal", root))
    return case.add("Mul", normal, case.weight(16))


def hard_swish(case: Case, x: str, form: str) -> str:
    ramp = case.add("Clip", case.add("Add", x, case.constant(3)), case.constant(0), case.constant(6))
    if form == "ramp-first":
        return case.add("Mul", x, case.add("Div", ramp, case.constant(6)))
    return case.add("Div", case.add("Mul", x, ramp), case.constant(6))


def attention(case: Case, x: str) -> str:
    parts = []
    for perm in ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]):
        linear = case.add("Add", case.add("MatMul", x, case.weight(16, 16)), case.weight(16))
        parts.append(case.add("Transpose", case.add("Reshape", linear, case.integers(1, 8, 4, 4)), perm=perm))
    scores = case.add("Div", case.add("MatMul", parts[0], parts[1]), case.constant(2))
    scores = case.add("Add", scores, case.weight(1, 1, 8, 8))
    mixed = case.add("MatMul", case.add("Softmax", scores, axis=-1), parts[2])
    return case.add("Reshape", case.add("Transpose", mixed, perm=[0, 2, 1, 3]), case.integers(1, 8, 16))


def squeeze_excite(case: Case) -> str:
    x = case.conv()
    squeezed = case.add("GlobalAveragePool", x)
    inner = case.add("Relu", case.conv(squeezed, 16, 4, 1))
    return case.add("Mul", x, case.add("Sigmoid", case.conv(inner, 4, 16, 1)))


def shuffle(case: Case, x: str) -> str:
    parted = case.add("Reshape", x, case.integers(1, 2, 8, 8, 8))
    return case.add("Reshape", case.add("Transpose", parted, perm=[0, 2, 1, 3, 4]), case.integers(1, 16, 8, 8))


def parts(case: Case, x: str, count: int) -> str:
    size = 16 // count if count != 3 else 5
    cuts = [
        case.add("Slice", x, case.integers(i * size), case.integers((i + 1) * size if i < count - 1 else 16), case.integers(1))
        for i in range(count)
    ]
    return case.add("Concat", *reversed(cuts), axis=1)


def gathers(case: Case, x: str) -> str:
    parted = case.add("Reshape", x, case.integers(2, 4, 16))
    halves = [case.add("Gather", parted, case.constant(i, np.int64), axis=0) for i in range(2)]
    return case.add("Add", *halves)


def quantized_conv(case: Case) -> str:
    return case.quantized(case.add("Conv", case.quantized("x"), case.quantized_weight(16, 16, 3, 3), pads=[1] * 4))


def elu(case: Case) -> str:
    return case.add("Elu", "x")


CASES: dict[str, tuple[list[int], Callable[[Case], str]]] = {
    "no-op": (MAP, lambda c: c.add("Identity", elu(c))),
    "no-op.dropout": (MAP, lambda c: c.add("Dropout", elu(c))),
    "no-op-view.reshape": (MAP, lambda c: c.add("Reshape", elu(c), c.integers(1, 16, 8, 8))),
    "no-op-view.cast": (MAP, lambda c: c.add("Cast", elu(c), to=TensorProto.FLOAT)),
    "no-op-view.expand": (MAP, lambda c: c.add("Expand", elu(c), c.integers(1, 16, 8, 8))),
    "no-op-transpose": ([1, 16, 1, 8], lambda c: c.add("Transpose", elu(c), perm=[0, 2, 1, 3])),
    "no-op-transpose.identity": (MAP, lambda c: c.add("Transpose", elu(c), perm=[0, 1, 2, 3])),
    "no-op-concat": (MAP, lambda c: c.add("Concat", elu(c), axis=1)),
    "reshape-reshape": (MAP, lambda c: c.add("Reshape", c.add("Reshape", elu(c), c.integers(16, 64)), c.integers(8, 128))),
    "relu-clip": (MAP, lambda c: c.add("Clip", c.add("Relu", elu(c)), c.constant(0), c.constant(6))),
    "conv-batch-norm": (MAP, lambda c: c.batch_norm(c.conv())),
    "conv-mul": (MAP, lambda c: c.add("Mul", c.conv(), c.weight(1, 16, 1, 1))),
    "conv-add-constant": (MAP, lambda c: c.add("Add", c.conv(), c.weight(1, 16, 1, 1))),
    "conv-relu": (MAP, after_conv("Relu")),
    "conv-clip": (MAP, after_conv("Clip", 0, 6)),
    "conv-clip.one": (MAP, after_conv("Clip", -1, 1)),
    "conv-leaky-relu": (MAP, after_conv("LeakyRelu", alpha=0.1)),
    "conv-sigmoid": (MAP, after_conv("Sigmoid")),
    "conv-tanh": (MAP, after_conv("Tanh")),
    "conv-hard-sigmoid": (MAP, after_conv("HardSigmoid", alpha=1 / 6, beta=0.5)),
    "conv-hard-swish": (MAP, after_conv("HardSwish")),
    "conv-silu": (MAP, lambda c: gate(c, c.conv(), "Sigmoid")),
    "conv-prelu": (MAP, lambda c: c.add("PRelu", c.conv(), c.weight(16, 1, 1))),
    "conv-mish": (MAP, lambda c: (lambda x: c.add("Mul", x, c.add("Tanh", c.add("Softplus", x))))(c.conv())),
    "conv-add": (MAP, lambda c: c.add("Add", c.conv(), "x")),
    "conv-add-activation": (MAP, lambda c: c.add("Relu", c.add("Add", c.conv(), "x"))),
    "pad-conv": (MAP, lambda c: c.conv(c.add("Pad", "x", c.integers(0, 0, 1, 1, 0, 0, 1, 1)), pad=0)),
    "add-relu": (MAP, lambda c: c.add("Relu", c.add("Add", "x", elu(c)))),
    "pool-relu": (MAP, lambda c: c.add("Relu", c.add("MaxPool", "x", kernel_shape=[2, 2], strides=[2, 2]))),
    "batch-norm-activation": (MAP, lambda c: c.add("Relu", c.batch_norm(elu(c)))),
    "batch-norm-scale": (MAP, lambda c: c.add("Mul", c.batch_norm(elu(c)), c.weight(1, 16, 1, 1))),
    "matmul-add": ([8, 16], lambda c: c.add("Add", c.add("MatMul", "x", c.weight(16, 16)), c.weight(16))),
    "matmul-add.tokens": (TOKENS, lambda c: c.add("Add", c.add("MatMul", "x", c.weight(16, 16)), c.weight(16))),
    "matmul-transpose": (TOKENS, lambda c: c.add("MatMul", "x", c.add("Transpose", elu(c), perm=[0, 2, 1]))),
    "matmul-scale.after": (TOKENS, lambda c: c.add("Div", c.add("MatMul", "x", c.weight(16, 16)), c.constant(2))),
    "matmul-scale.before": (TOKENS, lambda c: c.add("MatMul", c.add("Mul", "x", c.constant(2)), c.weight(16, 16))),
    "gemm-activation": ([8, 16], lambda c: c.add("Relu", c.add("Gemm", "x", c.weight(16, 16), c.weight(16)))),
    "gemm-batch-norm": ([8, 16], lambda c: c.batch_norm(c.add("Gemm", "x", c.weight(16, 16), c.weight(16)))),
    "silu": (MAP, lambda c: gate(c, elu(c), "Sigmoid")),
    "hard-swish.gate": (MAP, lambda c: gate(c, elu(c), "HardSigmoid", alpha=1 / 6, beta=0.5)),
    "hard-swish.ramp": (MAP, lambda c: hard_swish(c, elu(c), "ramp")),
    "hard-swish.ramp-first": (MAP, lambda c: hard_swish(c, elu(c), "ramp-first")),
    "gelu-erf": (TOKENS, lambda c: gelu(c, elu(c), "plain")),
    "gelu-erf.times": (TOKENS, lambda c: gelu(c, elu(c), "times")),
    "gelu-erf.half-x": (TOKENS, lambda c: gelu(c, elu(c), "half-x")),
    "gelu-erf.half-factor": (TOKENS, lambda c: gelu(c, elu(c), "half-factor")),
    "gelu-tanh.pow": (TOKENS, lambda c: tanh_gelu(c, elu(c), "pow")),
    "gelu-tanh.products": (TOKENS, lambda c: tanh_gelu(c, elu(c), "products")),
    "gelu-bias": (TOKENS, lambda c: gelu(c, c.add("Add", elu(c), c.weight(16)), "plain")),
    "layer-norm": (TOKENS, lambda c: layer_norm(c, elu(c))),
    "rms-norm.div": (TOKENS, lambda c: rms_norm(c, elu(c), "div")),
    "rms-norm.one-over": (TOKENS, lambda c: rms_norm(c, elu(c), "one-over")),
    "rms-norm.reciprocal": (TOKENS, lambda c: rms_norm(c, elu(c), "reciprocal")),
    "skip-layer-norm": (
        TOKENS,
        lambda c: c.add("LayerNormalization", c.add("Add", "x", elu(c)), c.weight(16), c.weight(16), axis=-1),
    ),
    "attention": (TOKENS, lambda c: attention(c, elu(c))),
    "split-parts.two": (MAP, lambda c: parts(c, elu(c), 2)),
    "split-parts.three": (MAP, lambda c: parts(c, elu(c), 3)),
    "split-parts.gather": (TOKENS, lambda c: gathers(c, elu(c))),
    "squeeze-excite": (MAP, squeeze_excite),
    "channel-shuffle": (MAP, lambda c: shuffle(c, elu(c))),
    "qdq-operator.conv": (MAP, quantized_conv),
    "qdq-operator.add": (MAP, lambda c: c.quantized(c.add("Add", c.quantized("x"), c.quantized(elu(c))))),
    "qdq-view": (MAP, lambda c: c.quantized(c.add("Reshape", c.quantized(elu(c)), c.integers(16, 64)))),
}


def main() -> None:
    folder = Path(sys.argv[1])
    for name, (shape, build) in CASES.items():
        case = Case()
        case.add("Elu", build(case))
        model = case.model(shape)
        onnx.checker.check_model(model)
        onnx.save(model, str(folder / f"{name}.onnx"))
        for fixtures in map(Path, sys.argv[2:]):
            packed = gzip.compress(strip(model).SerializeToString(), mtime=0)
            (fixtures / f"{name}.onnx.gz").write_bytes(packed)
    shapes = {name: shape for name, (shape, _) in CASES.items()}
    (folder / "shapes.json").write_text(json.dumps(shapes))


if __name__ == "__main__":
    main()
