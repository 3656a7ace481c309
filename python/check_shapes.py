"""Compares the service's shapes with those of onnx.shape_inference, tensor by tensor.

For each MODEL.onnx (or .onnx.gz) it runs `COMMAND MODEL --json` (default: `tempograph inspect`), takes the outputs of
`nodes [{opType, outputs: [{name, dtype, shape}]}]`, and compares them with strict, data-propagating shape inference.
Value infos that the exporter wrote are removed first, so that both sides infer everything from the inputs. Also runs
the ONNX checker on the model's structure.

Usage: python check_shapes.py [--command "node dist/cli/main.js inspect"] MODEL ...
Exit status 1 when any tensor contradicts. A tensor that only one side knows is counted, not an error.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import onnx
from onnx import TensorProto

from strip_weights import LOCATION, all_tensors

LINES_SHOWN = 5

Dimension = int | str | None
Shape = list[Dimension] | None


@dataclass
class Comparison:
    equal: int = 0
    only_ours: int = 0
    only_theirs: list[str] = field(default_factory=list)
    contradictions: list[str] = field(default_factory=list)


def read(path: Path) -> onnx.ModelProto:
    content = path.read_bytes()
    return onnx.load_from_string(gzip.decompress(content) if path.suffix == ".gz" else content)


def check_structure(model: onnx.ModelProto, path: Path) -> None:
    """Runs the ONNX checker; for stripped weights it wants a file long enough to hold them, so it gets an empty one."""
    entries = [{entry.key: entry.value for entry in tensor.external_data} for tensor in all_tensors(model)]
    size = max((int(entry["offset"]) + int(entry["length"]) for entry in entries if entry), default=0)
    if size > 0:
        with (path.parent / LOCATION).open("wb") as weights:
            weights.truncate(size)  # sparse: takes no room on the disk
    onnx.checker.check_model(str(path))


def reference_facts(model: onnx.ModelProto) -> dict[str, tuple[str | None, Shape]]:
    """Name to (dtype, shape) as onnx.shape_inference finds them."""
    bare = onnx.ModelProto()
    bare.CopyFrom(model)
    del bare.graph.value_info[:]
    inferred = onnx.shape_inference.infer_shapes(bare, strict_mode=True, data_prop=True)
    facts = {}
    for info in (*inferred.graph.value_info, *inferred.graph.output):
        tensor = info.type.tensor_type
        dims = [dim.dim_value if dim.HasField("dim_value") else dim.dim_param or None for dim in tensor.shape.dim]
        facts[info.name] = (onnx_dtype(tensor.elem_type), dims if tensor.HasField("shape") else None)
    return facts


def onnx_dtype(code: int) -> str | None:
    """The service's name of an element type: `float32` for FLOAT."""
    name = TensorProto.DataType.Name(code).lower()
    return {"float": "float32", "double": "float64", "undefined": None}.get(name, name)


def our_facts(command: list[str], path: Path) -> dict[str, tuple[str | None, Shape]]:
    answer = subprocess.run([*command, str(path), "--json"], capture_output=True, text=True)
    if answer.returncode != 0:
        raise RuntimeError(answer.stderr.strip()[-500:] or f"exit status {answer.returncode}")
    nodes = json.loads(answer.stdout)["nodes"]
    return {
        output["name"]: (output["dtype"], output["shape"]) for node in nodes for output in node["outputs"] if output
    }


def known(shape: Shape) -> bool:
    return shape is not None and all(isinstance(dim, int) for dim in shape)


def contradict(ours: Shape, theirs: Shape) -> bool:
    """Two shapes contradict when their ranks or two integer dimensions differ; unknowns agree with everything."""
    if ours is None or theirs is None:
        return False
    if len(ours) != len(theirs):
        return True
    return any(isinstance(a, int) and isinstance(b, int) and a != b for a, b in zip(ours, theirs, strict=True))


def compare(model: onnx.ModelProto, ours: dict[str, tuple[str | None, Shape]]) -> Comparison:
    result = Comparison()
    theirs = reference_facts(model)
    producers = {output: node for node in model.graph.node for output in node.output if output}
    for name, node in producers.items():
        our_dtype, our_shape = ours.get(name, (None, None))
        their_dtype, their_shape = theirs.get(name, (None, None))
        dtypes_differ = our_dtype is not None and their_dtype is not None and our_dtype != their_dtype
        if contradict(our_shape, their_shape) or dtypes_differ:
            result.contradictions.append(
                f"{node.op_type} -> {name}: {our_dtype} {our_shape}, ONNX says {their_dtype} {their_shape}"
            )
        elif known(our_shape) and known(their_shape):
            result.equal += 1
        elif known(our_shape):
            result.only_ours += 1
        elif known(their_shape):
            result.only_theirs.append(f"{node.op_type} -> {name}: {our_shape}, ONNX says {their_shape}")
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--command", default="node dist/cli/main.js inspect")
    parser.add_argument("models", nargs="+", type=Path)
    options = parser.parse_args()
    wrong = 0
    for path in options.models:
        model = read(path)
        with tempfile.TemporaryDirectory() as folder:
            plain = Path(folder, path.name.removesuffix(".gz"))
            plain.write_bytes(model.SerializeToString())
            try:
                check_structure(model, plain)
                result = compare(model, our_facts(shlex.split(options.command), plain))
            except Exception as error:  # one file must not stop the others
                wrong += 1
                print(f"{path.name}: {type(error).__name__}: {str(error)[:500]}")
                continue
        wrong += len(result.contradictions) > 0
        print(
            f"{path.name}: {result.equal} equal, {result.only_ours} known to us alone, "
            f"{len(result.only_theirs)} to ONNX alone, {len(result.contradictions)} contradictions",
            flush=True,
        )
        for line in result.contradictions[:LINES_SHOWN]:
            print(f"  contradiction: {line}")
        for line in result.only_theirs[:LINES_SHOWN]:
            print(f"  unknown to us: {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
