"""Copies a representative part of the corpus to OUT as test fixtures, with what the tools say of each file.

Writes OUT/NAME.onnx.gz, OUT/origins.json (the corpus's NAME.json, with the counts of multiply-accumulates and who counted
them) and OUT/shapes.json.gz: for each file, tensor to [type, dimensions] where a tool knows the whole shape and no other
tool contradicts it. Nothing in them comes from the reader.

Usage: python record_fixtures.py FOLDER --out test/corpus/exports
"""

from __future__ import annotations

import argparse
import gzip
import json
from pathlib import Path

from check_shapes import Shape, known
from comparison import TOOLS
from references import References, references_of

ENGINE_NETWORKS = (
    "torchvision-mobilenet_v2-torchscript17",
    "torchvision-resnet50-torchscript17",
    "transformers-bert-base-torchscript17",
)
SMALL = [
    "keras-EfficientNetB0", "keras-MobileNet", "keras-MobileNet-tflite", "keras-conv1d", "keras-conv3d",
    "keras-lstm_bidirectional", "keras-lstm_stack", "keras-mlp", "paddle-mobilenet_v2", "keras-separable", "keras-transformer",
    "keras-unet", "recurrent-forecaster-torchscript17", "recurrent-speech_encoder-torchscript17",
    "recurrent-tagger_gru-dynamo18", "recurrent-tagger_rnn_relu-torchscript17",
    "recurrent-text_reader-torchscript17", "recurrent-text_reader-torchscript17-qdq",
    "segmentation-fcn_resnet50-torchscript17", "segmentation-lraspp_mobilenet_v3_large-torchscript17",
    "sklearn-k_means", "sklearn-mlp_classifier", "sklearn-pca", "sklearn-polynomial_features",
    "sklearn-reduced_forest", "sklearn-svc", "timm-convnextv2_atto+batch-torchscript17",
    "torchvision-vit_b_16+batch-torchscript17", "transformers-albert-torchscript17",
    "transformers-bert-base-open-torchscript17", "transformers-deberta-v2-torchscript17",
    "transformers-electra-torchscript17", "transformers-funnel-torchscript17", "transformers-gpt-neox-dynamo18",
    "transformers-llama-dynamo20", "transformers-segformer-torchscript17", "transformers-swin-torchscript17",
    "transformers-t5-dynamo18", "transformers-t5-encoder-open-torchscript17",
    "transformers-wav2vec2-torchscript17", "transformers-whisper-encoder-dynamo18",
    "video-r2plus1d_18-torchscript17",
]  # fmt: skip


def chosen(folder: Path) -> list[str]:
    made = (path.stem for network in ENGINE_NETWORKS for path in folder.glob(f"{network}*.onnx"))
    return sorted({*made, *SMALL})


def agreed_shapes(references: References) -> dict[str, tuple[str, Shape]]:
    agreed: dict[str, tuple[str, Shape]] = {}
    contradicted: set[str] = set()
    for tool in TOOLS:
        for tensor, (dtype, shape) in references.shapes[tool].facts.items():
            if dtype is None or not known(shape):
                continue
            if agreed.setdefault(tensor, (dtype, shape)) != (dtype, shape):
                contradicted.add(tensor)
    return {tensor: fact for tensor, fact in sorted(agreed.items()) if tensor not in contradicted}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for stale in options.out.glob("*.gz"):
        stale.unlink()
    origins: dict[str, object] = {}
    shapes: dict[str, object] = {}
    for name in chosen(options.folder):
        if not (options.folder / f"{name}.onnx").exists():
            print(f"{name}: not there")
            continue
        origin = json.loads((options.folder / f"{name}.json").read_text())
        references = references_of(options.folder, name, origin["dims"])
        tool = None if references.macs.error else sum(references.macs.macs.values())
        origins[name] = {**origin, "macsByOnnxTool": tool}
        shapes[name] = agreed_shapes(references)
        content = (options.folder / f"{name}.onnx").read_bytes()
        (options.out / f"{name}.onnx.gz").write_bytes(gzip.compress(content, mtime=0))
    (options.out / "origins.json").write_text(json.dumps(origins, indent=1) + "\n")
    text = json.dumps(shapes, separators=(",", ":"))
    (options.out / "shapes.json.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
    print(f"{len(origins)} files, {sum(path.stat().st_size for path in options.out.iterdir())} bytes")


if __name__ == "__main__":
    main()
