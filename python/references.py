"""What the other tools say of a file of the corpus, kept beside it as references/NAME.json: they take minutes, once."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import onnx

import reference_macs
from reference_shapes import Reference, by_onnx, by_onnxruntime, close_dims, stated

FOLDER = "references"


@dataclass(frozen=True)
class References:
    shapes: dict[str, Reference]
    """By tool: onnx, onnxruntime, stated."""
    macs: reference_macs.Counted


def references_of(folder: Path, name: str, dims: dict[str, int]) -> References:
    path = folder / FOLDER / f"{name}.json"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(asdict(_ask(folder / f"{name}.onnx", dims))))
    kept = json.loads(path.read_text())
    shapes = {tool: Reference(**reference) for tool, reference in kept["shapes"].items()}
    return References(shapes, reference_macs.Counted(**kept["macs"]))


def _ask(path: Path, dims: dict[str, int]) -> References:
    model = onnx.load(path, load_external_data=False)
    close_dims(model, dims)
    shapes = {"stated": stated(model), "onnx": by_onnx(model)}
    heavy = reference_macs.with_weights(model)
    shapes["onnxruntime"] = by_onnxruntime(heavy)
    return References(shapes, reference_macs.count(heavy))
