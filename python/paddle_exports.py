"""Exports Paddle's vision networks and two recurrent ones with paddle2onnx; OUT/paddle-NAME.onnx and .json.

Usage: python paddle_exports.py --out FOLDER [--only TEXT]        (needs paddlepaddle and paddle2onnx)
"""

from __future__ import annotations

import argparse
import contextlib
import io
import tempfile
from pathlib import Path

import onnx
import paddle
from paddle.static import InputSpec
from paddle.vision import models

from corpus_file import is_there, versions, write, write_failure

OPSET = 15
NETWORKS = [
    "alexnet", "densenet121", "googlenet", "inception_v3", "mobilenet_v1", "mobilenet_v2", "mobilenet_v3_small",
    "mobilenet_v3_large", "resnet18", "resnet50", "resnext50_32x4d", "shufflenet_v2_x1_0", "shufflenet_v2_swish",
    "squeezenet1_0", "squeezenet1_1", "vgg16", "wide_resnet50_2",
]  # fmt: skip
RECURRENT = {"lstm": paddle.nn.LSTM, "gru": paddle.nn.GRU}


def build(name: str) -> tuple[paddle.nn.Layer, InputSpec]:
    if name in RECURRENT:
        return RECURRENT[name](16, 32, num_layers=2), InputSpec([1, 40, 16], "float32", "input")
    if name == "transformer":
        layer = paddle.nn.TransformerEncoderLayer(64, 4, 128, dropout=0)
        return paddle.nn.TransformerEncoder(layer, 2), InputSpec([1, 32, 64], "float32", "input")
    size = 299 if name == "inception_v3" else 224
    return getattr(models, name)(pretrained=False), InputSpec([1, 3, size, size], "float32", "input")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", default="", help="only the networks whose name contains this")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for name in [*NETWORKS, *RECURRENT, "transformer"]:
        key = f"paddle-{name}"
        if options.only not in name or is_there(options.out, key):
            continue
        facts: dict[str, object] = {
            "source": "paddle",
            "network": name,
            "tool": "paddle2onnx",
            "versions": versions("paddlepaddle", "paddle2onnx"),
            "dims": {},
        }
        try:
            layer, specification = build(name)
            layer.eval()
            with tempfile.TemporaryDirectory() as temporary:
                with contextlib.redirect_stdout(io.StringIO()):
                    paddle.onnx.export(layer, str(Path(temporary, "model")), [specification], opset_version=OPSET)
                model = onnx.load(Path(temporary, "model.onnx"))
            if name in NETWORKS:
                macs = count(layer, specification.shape)
                write(options.out, key, model, {**facts, "macs": macs, "macsSource": "hooks on convolutions and linear layers"})
            else:
                write(options.out, key, model, {**facts, "macs": None, "macsSource": None})
        except Exception as error:  # one network must not stop the others
            write_failure(options.out, key, facts, error)


def count(layer: paddle.nn.Layer, shape: tuple[int, ...]) -> int:
    """Convolutions' and linear layers' multiply-accumulates, by hooks."""
    total = 0

    def add(module: paddle.nn.Layer, inputs: tuple[paddle.Tensor, ...], output: paddle.Tensor) -> None:
        nonlocal total
        # A weight is [out, in / group, kernel...] or [in, out]: each element of it works once a position.
        positions = output.size // output.shape[-1 if isinstance(module, paddle.nn.Linear) else 1]
        total += int(module.weight.size) * int(positions)

    kinds = (paddle.nn.Conv2D, paddle.nn.Linear)
    hooks = [module.register_forward_post_hook(add) for module in layer.sublayers() if isinstance(module, kinds)]
    with paddle.no_grad():
        layer(paddle.randn(list(shape)))
    for hook in hooks:
        hook.remove()
    return total


if __name__ == "__main__":
    main()
