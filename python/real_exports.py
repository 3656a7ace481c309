"""Exports a few hundred networks of PyTorch's libraries, and what ONNX Runtime's tools make of some of them.

Each becomes OUT/NAME.onnx without its weights and OUT/NAME.json (see corpus_file.py). What is there already is left
alone, so a run that was stopped goes on where it was. `sklearn_exports.py`, `keras_exports.py` and
`paddle_exports.py` add the other tools' files to the same folder.

Usage: python real_exports.py --out FOLDER [--only TEXT]
"""

from __future__ import annotations

import argparse
import contextlib
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import torch

from build_corpus import macs_of
from catalogue_recurrent import NETWORKS as RECURRENT
from catalogue_transformers import NETWORKS as TRANSFORMERS
from catalogue_vision_tasks import DETECTION, SEGMENTATION, VIDEO
from corpus_file import is_there, versions, write, write_failure
from count_macs import count
from engine_variants import variants
from export_models import export, file_name, quiet
from model_catalogue import EVERYTHING, PYTORCHCV, TIMM_MORE, Network, load

SYMBOLS = {"batch": 1, "sequence": 32}
OPEN_BATCH = ["torchvision:resnet18", "torchvision:mobilenet_v2", "torchvision:vit_b_16", "timm:convnextv2_atto"]
BOTH_EXPORTERS = [
    *(f"torchvision:{name}" for name in (
        "resnet18", "mobilenet_v3_large", "efficientnet_b0", "densenet121", "shufflenet_v2_x1_0", "swin_t", "vit_b_16",
        "googlenet", "convnext_tiny",
    )),
    *(f"timm:{name}" for name in (
        "efficientnet_lite0", "mobilenetv4_conv_small", "mobilevit_xxs", "deit_tiny_patch16_224", "levit_128s",
        "edgenext_xx_small", "ghostnetv2_100",
    )),
    *(f"transformers:{name}" for name in (
        "bert-classifier", "albert", "gpt-neox", "llama", "qwen2", "t5", "bart", "swin", "opt", "roformer", "segformer",
        "whisper-encoder", "wav2vec2",
    )),
    *(f"recurrent:{name}" for name in ("tagger_lstm_bidirectional", "tagger_gru", "text_reader")),
    "segmentation:lraspp_mobilenet_v3_large",
]  # fmt: skip
# Networks whose optimised and quantised files belong to the corpus: attention heads and width, or 0 for no transformer.
ENGINE_VARIANTS = {
    "torchvision:mobilenet_v2": (0, 0),
    "torchvision:resnet50": (0, 0),
    "transformers:bert-base": (12, 768),
    "torchvision:mobilenet_v3_small": (0, 0),
    "torchvision:shufflenet_v2_x1_0": (0, 0),
    "torchvision:squeezenet1_1": (0, 0),
    "timm:deit_tiny_patch16_224": (3, 192),
    "transformers:distilbert-classifier": (12, 768),
    "recurrent:text_reader": (0, 0),
}
TORCHSCRIPT_OPSET = 17
# Networks of convolutions export to old opsets too: pytorchcv's take turns; and the newer exporter's take turns as well.
PYTORCHCV_OPSETS = (9, 11, 13, 15, 17, 20)
DYNAMO_OPSETS = (18, 20, 21)


def plan() -> Iterator[tuple[str, str, int]]:
    """(network, exporter, opset), those first that others are made from."""
    everything = [
        *ENGINE_VARIANTS,
        *(f"transformers:{name}" for name in TRANSFORMERS),
        *(f"recurrent:{name}" for name in RECURRENT),
        *(f"segmentation:{name}" for name in SEGMENTATION),
        *(f"video:{name}" for name in VIDEO),
        *(f"detection:{name}" for name in DETECTION),
        *(f"{name}+batch" for name in OPEN_BATCH),
        *EVERYTHING,
        *(f"timm:{name}" for name in TIMM_MORE),
    ]
    for name in dict.fromkeys(everything):
        yield name, "torchscript", _torchscript_opset(name)
        if name in BOTH_EXPORTERS:
            yield name, "dynamo", DYNAMO_OPSETS[BOTH_EXPORTERS.index(name) % len(DYNAMO_OPSETS)]


def _torchscript_opset(name: str) -> int:
    library, _, model = name.partition(":")
    if library != "pytorchcv":
        return TORCHSCRIPT_OPSET
    return PYTORCHCV_OPSETS[PYTORCHCV.index(model) % len(PYTORCHCV_OPSETS)]


def feed_of(network: Network) -> dict[str, np.ndarray]:
    tensors = (tensor for tensor in network.inputs if isinstance(tensor, torch.Tensor))
    return {name: tensor.numpy() for name, tensor in zip(network.input_names, tensors, strict=True)}


def write_variants(folder: Path, key: str, network: Network, model: onnx.ModelProto, facts: dict[str, object]) -> None:
    heads, hidden = ENGINE_VARIANTS[network.name]
    facts = {**facts, "tool": "onnxruntime", "versions": versions("onnxruntime", "torch"), "plain": key}
    for variant, changed in variants(model, feed_of(network), heads, hidden):
        write(folder, f"{key}-{variant}", changed, {**facts, "variant": variant})


def write_network(folder: Path, name: str, exporter: str, opset: int) -> None:
    key = file_name("{library}-{model}-{exporter}{opset}", name, exporter, opset)
    if is_there(folder, key):
        return
    source, _, model_name = name.partition(":")
    package = source if source in ("timm", "pytorchcv", "transformers") else "torchvision"
    facts: dict[str, object] = {
        "source": source,
        "network": model_name,
        "tool": f"torch, {exporter}",
        "versions": versions("torch", package, *(("onnxscript",) if exporter == "dynamo" else ())),
    }
    try:
        network = load(name)
        macs, by = (None, None) if network.data_dependent else macs_of(count(network))
        symbols = {symbol for axes in network.open_dims.values() for symbol in axes.values()}
        facts |= {
            "dims": {symbol: SYMBOLS[symbol] for symbol in sorted(symbols)},
            "macs": macs,
            "macsSource": by,
            "dataDependent": network.data_dependent,
        }
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            model = export(network, exporter, opset)
        if name in ENGINE_VARIANTS and exporter == "torchscript":
            write_variants(folder, key, network, model, facts)
    except Exception as error:  # one network must not stop the others
        write_failure(folder, key, facts, error)
        return
    write(folder, key, model, facts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", default="", help="only the networks whose name contains this")
    options = parser.parse_args()
    quiet()
    options.out.mkdir(parents=True, exist_ok=True)
    for name, exporter, opset in plan():
        if options.only in name:
            write_network(options.out, name, exporter, opset)


if __name__ == "__main__":
    main()
