"""Lists the operators that an engine's converter leaves of each model in a folder, as JSON by file name.

Runs in the engine's own environment. A model that the converter refuses has null. Inputs, constants and the copies
between layouts that MNN puts around operators are left out; TensorFlow Lite's TRANSPOSE stays in, as nothing tells it
from the model's own.

Usage: python converted_operators.py mnn|ncnn|tflite|mindspore FOLDER > operators.json
"""

from __future__ import annotations

import importlib
import json
import re
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path


def mnn(files: dict[str, str], folder: str) -> list[str]:
    from converters.mnn import CONVERT, NAME
    from converters.tool import run_tool

    target = str(Path(folder) / "model.json")
    run_tool(NAME, [sys.executable, "-c", CONVERT, "-f", "MNN", "--modelFile", files["model.mnn"], "--JsonFile", target], folder)
    listed = json.loads(Path(target).read_text())["oplists"]
    return [op["type"] for op in listed if op["type"] not in ("Input", "Const", "ConvertTensor")]


def ncnn(files: dict[str, str], folder: str) -> list[str]:
    lines = Path(files["model.ncnn.param"]).read_text().splitlines()[2:]
    # Split only hands one blob to several readers.
    return [line.split()[0] for line in lines if line.split()[0] not in ("Input", "MemoryData", "Split")]


def tflite(files: dict[str, str], folder: str) -> list[str]:
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    plain = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    interpreter = Interpreter(files["model.tflite"], experimental_op_resolver_type=plain)
    return [op["op_name"] for op in interpreter._get_ops_details()]


def mindspore(files: dict[str, str], folder: str) -> list[str]:
    """Each node names its primitive so: REF::Conv2DFusion:2. Load is a parameter, what returns the result is no work."""
    named = re.findall(rb"REF::(\w+):\d+", Path(files["model.mindir"]).read_bytes())
    return [name.decode() for name in named if name not in (b"Load", b"Return", b"MakeTuple", b"TupleGetItem")]


READERS = {"mnn": mnn, "ncnn": ncnn, "tflite": tflite, "mindspore": mindspore}


def shape_of(path: Path) -> dict[str, list[int]]:
    """pnnx wants the input's shape by hand; `fusion_cases.py` writes it beside the models."""
    return json.loads((path.parent / "shapes.json").read_text())[path.stem]


def main() -> None:
    engine, source = sys.argv[1], Path(sys.argv[2])
    converter = importlib.import_module(f"converters.{engine}")
    counts: dict[str, dict[str, int] | None] = {}
    for file in sorted(source.glob("*.onnx")):
        with tempfile.TemporaryDirectory() as folder:
            copy = shutil.copy(file, Path(folder) / "model.onnx")
            try:
                files = converter.convert(copy, {"x": shape_of(file)}, folder)
                counts[file.stem] = dict(sorted(Counter(READERS[engine](files, folder)).items()))
            except RuntimeError as error:
                print(f"{file.stem}: {error}", file=sys.stderr)
                counts[file.stem] = None
    json.dump(counts, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
