"""Exports networks with random weights to ONNX.

Usage:
  python export_models.py --out DIR [--names LIBRARY:MODEL ...] [--exporter torchscript|dynamo] [--opset N]
                          [--strip] [--file-name PATTERN] [--list]

Without --names it exports the ten reference networks; `--names all` exports the whole catalogue. A network that an
exporter or an opset does not support is reported with the exporter's message, and the others go on; the exit status
then is 1.
"""

from __future__ import annotations

import argparse
import io
import logging
import sys
import warnings
from pathlib import Path

import onnx
import torch

from model_catalogue import EVERYTHING, REFERENCE_NETWORKS, Network, load
from strip_weights import strip

EXPORTERS = ("torchscript", "dynamo")
FILE_NAME = "{library}-{model}-{exporter}{opset}.onnx"


def export(network: Network, exporter: str, opset: int) -> onnx.ModelProto:
    """The network as one ONNX message with its weights inside.

    `torchscript` traces and folds batch norms into the convolutions before them; `dynamo` keeps more of what the
    network's authors wrote.
    """
    names = {"input_names": list(network.input_names), "output_names": ["output"]}
    if exporter == "dynamo":
        program = torch.onnx.export(
            network.module, network.inputs, dynamo=True, opset_version=opset, verbose=False, **names
        )
        return program.model_proto
    buffer = io.BytesIO()
    torch.onnx.export(
        network.module, network.inputs, buffer, dynamo=False, opset_version=opset, dynamic_axes=network.open_dims or None,
        **names,
    )  # fmt: skip
    return onnx.load_from_string(buffer.getvalue())


def file_name(pattern: str, name: str, exporter: str, opset: int) -> str:
    library, _, model = name.partition(":")
    return pattern.format(library=library, model=model, exporter=exporter, opset=opset)


def quiet() -> None:
    """Exporters warn about themselves; only failures matter here."""
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("exports"), help="folder for the files")
    parser.add_argument("--names", nargs="+", default=REFERENCE_NETWORKS, metavar="LIBRARY:MODEL")
    parser.add_argument("--exporter", choices=EXPORTERS, default="torchscript")
    parser.add_argument("--opset", type=int, default=17)
    parser.add_argument("--strip", action="store_true", help="leave the weights out of the file")
    parser.add_argument("--file-name", default=FILE_NAME, help="pattern; default %(default)s")
    parser.add_argument("--list", action="store_true", help="print the catalogue and stop")
    options = parser.parse_args()
    if options.list:
        print("\n".join(EVERYTHING))
        return 0
    quiet()
    options.out.mkdir(parents=True, exist_ok=True)
    failures = 0
    for name in EVERYTHING if options.names == ["all"] else options.names:
        path = options.out / file_name(options.file_name, name, options.exporter, options.opset)
        try:
            model = export(load(name), options.exporter, options.opset)
        except Exception as error:  # one network must not stop the others
            failures += 1
            print(f"{name}: {type(error).__name__}: {str(error).strip().splitlines()[0][:200]}", file=sys.stderr)
            continue
        onnx.save(strip(model) if options.strip else model, path)
        print(f"{path} {path.stat().st_size}", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
