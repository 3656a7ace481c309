"""One file of the corpus of real exports: NAME.onnx without its weights, and NAME.json that says where it comes from.

NAME.json holds
  source, network    the library and its model
  tool, versions     what wrote the file, and the packages that took part
  dims               sizes for the axes that the file leaves open
  macs, macsSource   multiply-accumulates of one inference and who counted them, or null where nobody could
  dataDependent      the amount of work depends on the values
  plain, variant     for a file made from another: that file's name, and what was done to it
or, where the tool could not write the network, source, network, tool and its message as `error`.
"""

from __future__ import annotations

import json
import re
from importlib import metadata
from pathlib import Path

import onnx
from onnx import TensorProto

from strip_weights import FLOATS, strip

COLOUR = re.compile("\x1b\\[[0-9;]*m")
QUANTISED = {TensorProto.INT8, TensorProto.UINT8, TensorProto.INT32}


def versions(*packages: str) -> dict[str, str]:
    return {package: metadata.version(package) for package in packages}


def is_there(folder: Path, name: str) -> bool:
    return (folder / f"{name}.json").exists()


def write(folder: Path, name: str, model: onnx.ModelProto, facts: dict[str, object]) -> None:
    """The file first, so that a NAME.json without a NAME.onnx is a failure that was recorded."""
    content = strip(model, FLOATS | QUANTISED).SerializeToString(deterministic=True)
    (folder / f"{name}.onnx").write_bytes(content)
    (folder / f"{name}.json").write_text(json.dumps(facts, indent=1) + "\n")
    print(f"{name}.onnx {len(content)}", flush=True)


def _message(error: BaseException) -> str:
    """Of the error that started it all: exporters wrap it in advice."""
    while error.__cause__ is not None:
        error = error.__cause__
    lines = COLOUR.sub("", str(error)).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[0][:200]}"


def write_failure(folder: Path, name: str, facts: dict[str, object], error: Exception) -> None:
    message = _message(error)
    (folder / f"{name}.json").write_text(json.dumps({**facts, "error": message}, indent=1) + "\n")
    print(f"{name}: {message}", flush=True)
