"""Counts the operators that ONNX Runtime is left with after its optimisers, for every file of a folder.

Weights that a file only declares are made up. All optimisations are on, so that counts of reorders and of fusions on
channel blocks hold for processors with blocks as wide as this one's.

Usage: python optimised_operators.py FOLDER... > operators.json        (needs onnx, onnxruntime)
"""

from __future__ import annotations

import gzip
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper

from random_tensors import RandomTensors


def complete(model: onnx.ModelProto) -> None:
    """Random floats, and ones of any other type, for weights that are only declared."""
    random = RandomTensors()
    declared = list(model.graph.initializer)
    declared += [attribute.t for node in model.graph.node for attribute in node.attribute if attribute.HasField("t")]
    for tensor in declared:
        if tensor.data_location != onnx.TensorProto.EXTERNAL:
            continue
        dtype = onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type)
        dims = tuple(tensor.dims)
        array = random.weight(dims) if dtype == np.float32 else np.ones(dims, dtype)
        tensor.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(array), tensor.name))


def operators(model: onnx.ModelProto, folder: Path) -> dict[str, int]:
    source, target = folder / "model.onnx", folder / "optimised.onnx"
    onnx.save(model, str(source))
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.optimized_model_filepath = str(target)
    options.log_severity_level = 3
    onnxruntime.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])
    graph = onnx.load(str(target)).graph
    counts = Counter(f"{node.domain}:{node.op_type}" if node.domain else node.op_type for node in graph.node)
    return dict(sorted(counts.items()))


def main() -> None:
    counts = {}
    with tempfile.TemporaryDirectory() as temporary:
        for folder in map(Path, sys.argv[1:]):
            for file in sorted(folder.glob("*.onnx*")):
                data = file.read_bytes()
                model = onnx.load_from_string(gzip.decompress(data) if file.suffix == ".gz" else data)
                complete(model)
                name = file.name.removesuffix(".gz").removesuffix(".onnx")
                counts[name] = operators(model, Path(temporary))
                print(name, file=sys.stderr)
    json.dump(counts, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
