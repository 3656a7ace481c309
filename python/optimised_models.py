"""Writes two small networks, plain and as ONNX Runtime optimises and quantises them, without their weights.

A MobileNetV2 of five blocks and a BERT of two layers: test/corpus/onnxruntime/*.onnx.gz. The blocked files depend
on the processor (channel blocks of 8 or 16); every number of channels is a multiple of 16, so its counts do not.

Usage: python optimised_models.py FOLDER        (needs onnx, onnxruntime, sympy)
"""

from __future__ import annotations

import gzip
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantFormat, quantize_dynamic, quantize_static
from onnxruntime.transformers import optimizer

from corpus_file import QUANTISED
from engine_variants import FORMS, LEVELS, Feed, Samples, optimise
from strip_weights import FLOATS, strip

OPSET = 17
TOKENS, HIDDEN, HEADS, FEED_FORWARD, WORDS = 32, 64, 4, 128, 100
# (expansion, channels, stride)
BLOCKS = [(1, 16, 1), (4, 32, 2), (4, 32, 1), (4, 48, 2), (4, 48, 1)]


class Graph:
    """Nodes and weights as they are added; every result gets a name."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[TensorProto] = []
        self.random = np.random.default_rng(0)

    def constant(self, value: np.ndarray) -> str:
        name = f"c{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(value, name))
        return name

    def scalar(self, value: float) -> str:
        return self.constant(np.array(value, np.float32))

    def weights(self, *shape: int) -> str:
        return self.constant((self.random.standard_normal(shape) * 0.1).astype(np.float32))

    def add(self, op: str, *inputs: str, **attributes: object) -> str:
        output = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [output], name=f"{op}_{len(self.nodes)}", **attributes))
        return output

    def model(self, inputs: list[onnx.ValueInfoProto], shape: list[int]) -> onnx.ModelProto:
        """The last node's output is the model's."""
        self.nodes[-1].output[0] = "y"
        outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, shape)]
        graph = helper.make_graph(self.nodes, "network", inputs, outputs, self.initializers)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)


def mobilenet() -> tuple[onnx.ModelProto, int]:
    """The network and its multiply-accumulates, counted while it is built."""
    graph = Graph()
    low, high = graph.scalar(0), graph.scalar(6)
    macs, side = 0, 64

    def conv(x: str, cin: int, cout: int, kernel: int = 1, stride: int = 1, group: int = 1, relu: bool = True) -> str:
        nonlocal macs, side
        side //= stride
        macs += cout * side * side * (cin // group) * kernel * kernel
        window = {"kernel_shape": [kernel] * 2, "strides": [stride] * 2, "pads": [kernel // 2] * 4, "group": group}
        y = graph.add("Conv", x, graph.weights(cout, cin // group, kernel, kernel), graph.weights(cout), **window)
        return graph.add("Clip", y, low, high) if relu else y

    x, channels = conv("x", 3, 16, 3, 2), 16
    for expansion, cout, stride in BLOCKS:
        wide = channels * expansion
        y = x if expansion == 1 else conv(x, channels, wide)
        y = conv(y, wide, wide, 3, stride, wide)
        y = conv(y, wide, cout, relu=False)
        x, channels = (graph.add("Add", x, y) if stride == 1 and channels == cout else y), cout
    x = conv(x, channels, 64)
    x = graph.add("Flatten", graph.add("GlobalAveragePool", x))
    graph.add("Gemm", x, graph.weights(10, 64), graph.weights(10), transB=1)
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 64, 64])]
    return graph.model(inputs, [1, 10]), macs + 64 * 10


def bert() -> tuple[onnx.ModelProto, int]:
    """The network and its multiply-accumulates, from the sizes of its products."""
    graph = Graph()
    add = graph.add

    def norm(x: str) -> str:
        return add("LayerNormalization", x, graph.weights(HIDDEN), graph.weights(HIDDEN), axis=-1, epsilon=1e-12)

    def linear(x: str, rows: int, columns: int) -> str:
        return add("Add", add("MatMul", x, graph.weights(rows, columns)), graph.weights(columns))

    positions = graph.constant(np.arange(TOKENS, dtype=np.int64).reshape(1, TOKENS))
    words = add("Gather", graph.weights(WORDS, HIDDEN), "ids", axis=0)
    segments = add("Gather", graph.weights(2, HIDDEN), "segments", axis=0)
    places = add("Gather", graph.weights(TOKENS, HIDDEN), positions, axis=0)
    x = norm(add("Add", add("Add", words, segments), places))
    axes = [graph.constant(np.array([axis])) for axis in (1, 2)]
    mask = add("Cast", add("Unsqueeze", add("Unsqueeze", "mask", axes[0]), axes[1]), to=TensorProto.FLOAT)
    mask = add("Mul", add("Sub", graph.scalar(1), mask), graph.scalar(-10000))
    split = graph.constant(np.array([0, 0, HEADS, HIDDEN // HEADS]))
    joined = graph.constant(np.array([0, 0, HIDDEN]))
    for _ in range(2):
        query, key, value = (
            add("Transpose", add("Reshape", linear(x, HIDDEN, HIDDEN), split), perm=order)
            for order in ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3])
        )
        scores = add("Div", add("MatMul", query, key), graph.scalar((HIDDEN // HEADS) ** 0.5))
        weighted = add("MatMul", add("Softmax", add("Add", scores, mask), axis=-1), value)
        heads = add("Reshape", add("Transpose", weighted, perm=[0, 2, 1, 3]), joined)
        x = norm(add("Add", linear(heads, HIDDEN, HIDDEN), x))
        wide = linear(x, HIDDEN, FEED_FORWARD)
        erf = add("Add", add("Erf", add("Div", wide, graph.scalar(2**0.5))), graph.scalar(1))
        gelu = add("Mul", add("Mul", wide, erf), graph.scalar(0.5))
        x = norm(add("Add", linear(gelu, FEED_FORWARD, HIDDEN), x))
    add("Identity", x)
    inputs = [helper.make_tensor_value_info(n, TensorProto.INT64, [1, TOKENS]) for n in ("ids", "segments", "mask")]
    layer = 4 * TOKENS * HIDDEN * HIDDEN + 2 * TOKENS * TOKENS * HIDDEN + 2 * TOKENS * HIDDEN * FEED_FORWARD
    return graph.model(inputs, [1, TOKENS, HIDDEN]), 2 * layer


def feeds(model: onnx.ModelProto) -> list[Feed]:
    """Two random inputs, to calibrate with."""
    result: list[Feed] = []
    for seed in range(2):
        random = np.random.default_rng(seed)
        if model.graph.input[0].name == "x":
            result.append({"x": random.standard_normal((1, 3, 64, 64)).astype(np.float32)})
        else:
            result.append({info.name: random.integers(0, 2, (1, TOKENS)) for info in model.graph.input})
    return result


def write_variants(folder: Path, name: str, model: onnx.ModelProto) -> None:
    """`name-VARIANT.onnx` for everything that the tools make of a model."""

    def path(variant: str) -> Path:
        return folder / f"{name}-{variant}.onnx"

    onnx.save(model, path("plain"))
    optimise(path("plain"), path("optimised"), LEVELS["extended"])
    for variant, form in FORMS.items():
        per_channel = form == QuantFormat.QDQ
        quantize_static(path("plain"), path(variant), Samples(feeds(model)), quant_format=form, per_channel=per_channel)
    quantize_dynamic(path("plain"), path("dynamic"), op_types_to_quantize=["Conv", "Gather", "Gemm", "MatMul"])
    for variant in ("qdq", "dynamic"):
        optimise(path(variant), path(f"{variant}-optimised"), LEVELS["all"])
    if name == "mobile":
        optimise(path("plain"), path("blocked"), LEVELS["all"])
        return
    joined = optimizer.optimize_model(str(path("plain")), "bert", num_heads=HEADS, hidden_size=HIDDEN, opt_level=0)
    joined.save_model_to_file(str(path("transformers")))
    quantize_dynamic(
        path("transformers"),
        path("transformers-dynamic"),
        op_types_to_quantize=["Attention", "MatMul"],
        extra_options={"DefaultTensorType": TensorProto.FLOAT},
    )


def main() -> None:
    target = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name, (model, macs) in {"mobile": mobilenet(), "bert": bert()}.items():
            write_variants(folder, name, model)
            print(f"{name}: {macs} MACs")
        for file in sorted(folder.glob("*.onnx")):
            stripped = strip(onnx.load(file), FLOATS | QUANTISED)
            (target / f"{file.name}.gz").write_bytes(gzip.compress(stripped.SerializeToString(), mtime=0))


if __name__ == "__main__":
    main()
