"""Rebuilds the corpus: stripped exports of real networks and what independent counters say of them.

Writes OUT/fixtures/*.onnx (or .onnx.gz where that saves much) and OUT/reference.json, one entry per file:
  network, exporter, opset, input        where the file comes from
  macs, macsSource                       multiply-accumulates for a batch of one and who counted them
  publishedMacs                          torchvision's own figure, or null
  parameters                             trainable elements of the PyTorch module
  initializerElements                    float elements in the file that its nodes read
  parameterNote                          why these two differ by more than one percent, or null

Usage: python build_corpus.py --out test/corpus [--only TEXT] [--missing]
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
from pathlib import Path

import onnx

from count_macs import Count, count
from export_models import FILE_NAME, export, file_name, quiet
from model_catalogue import REFERENCE_NETWORKS, load
from strip_weights import FLOATS, strip

GZIP_ABOVE_BYTES = 30_000

# (exporter, opset): networks. Families and operators are spread over the exporters and opsets in use.
FIXTURES: dict[tuple[str, int], list[str]] = {
    ("torchscript", 9): [
        "pytorchcv:alexnet", "torchvision:squeezenet1_1", "pytorchcv:shufflenet_g3_w1", "torchvision:mobilenet_v2",
        "pytorchcv:vgg16",
    ],
    ("torchscript", 11): [
        "torchvision:resnet50", "pytorchcv:igcv3_w1", "pytorchcv:seresnet50", "torchvision:mnasnet1_0",
        "pytorchcv:mobilenet_w1", "pytorchcv:senet16",
    ],
    ("torchscript", 13): [
        "torchvision:shufflenet_v2_x1_0", "torchvision:regnet_y_400mf", "pytorchcv:darknet_ref", "pytorchcv:peleenet",
        "pytorchcv:shufflenet_g1_w1", "torchvision:resnext50_32x4d",
    ],
    ("torchscript", 17): [
        *REFERENCE_NETWORKS, "torchvision:convnext_tiny", "torchvision:vit_b_16", "torchvision:swin_t",
        "pytorchcv:bagnet9", "pytorchcv:octresnet10_ad2", "timm:mobilevit_xxs",
    ],
    ("torchscript", 20): [
        "torchvision:efficientnet_v2_s", "torchvision:mobilenet_v3_small", "pytorchcv:hrnet_w18_small_v1",
        "torchvision:vgg11_bn",
    ],
    ("dynamo", 18): [
        "pytorchcv:mobilenetv2_w1", "torchvision:resnet18", "torchvision:googlenet", "torchvision:densenet121",
        "torchvision:convnext_tiny", "torchvision:shufflenet_v2_x1_0", "torchvision:vit_b_16", "torchvision:swin_t",
    ],
    ("dynamo", 20): ["torchvision:efficientnet_b0", "torchvision:inception_v3"],
    ("dynamo", 21): ["torchvision:mobilenet_v3_large", "pytorchcv:squeezenet_v1_0", "timm:vit_tiny_patch16_224"],
}  # fmt: skip


def initializer_elements(model: onnx.ModelProto) -> int:
    """Float elements of the initializers and Constant tensors that some node reads; each counts once."""
    read = {name for node in model.graph.node for name in node.input}
    tensors = {tensor.name: tensor for tensor in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "Constant":
            tensors |= {node.output[0]: attribute.t for attribute in node.attribute if attribute.HasField("t")}
    return sum(
        math.prod(tensor.dims) for name, tensor in tensors.items() if name in read and tensor.data_type in FLOATS
    )


def parameter_note(model: onnx.ModelProto, counted: Count, elements: int) -> str | None:
    """Explains a difference of more than one percent between the module's parameters and the file's."""
    if abs(elements - counted.parameters) <= 0.01 * counted.parameters:
        return None
    if counted.batch_norm_channels == 0:
        return (
            "The exporter looks constant tables up beforehand: each attention layer holds a bias for every pair of "
            "positions instead of one for every distance, and its mask, which is no parameter."
        )
    tensors = {tensor.name: tensor for tensor in model.graph.initializer}
    norms = [node for node in model.graph.node if node.op_type == "BatchNormalization"]
    kept = sum(math.prod(tensors[node.input[1]].dims) for node in norms if node.input[1] in tensors)
    folded = counted.batch_norm_channels - kept
    return (
        f"Batch norms: {folded} channels are folded away (a bias for two parameters each) and {kept} are kept with "
        f"mean and variance (four elements for two parameters each)."
    )


def macs_of(counted: Count) -> tuple[int, str]:
    """Attention's products of activations are no layer: there only the dispatcher sees all of them."""
    if counted.macs_by_layer_hooks == counted.macs_by_dispatch:
        return counted.macs_by_layer_hooks, "layer hooks and FlopCounterMode agree"
    if counted.macs_by_dispatch > counted.macs_by_layer_hooks:
        return counted.macs_by_dispatch, "FlopCounterMode (layer hooks miss products of activations)"
    return counted.macs_by_layer_hooks, "layer hooks"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", default="", help="rebuild only the files whose name contains this")
    parser.add_argument("--missing", action="store_true", help="build only the files that have no reference yet")
    options = parser.parse_args()
    quiet()
    fixtures = options.out / "fixtures"
    fixtures.mkdir(parents=True, exist_ok=True)
    path = options.out / "reference.json"
    reference = json.loads(path.read_text()) if path.exists() else {}
    for (exporter, opset), names in FIXTURES.items():
        for name in names:
            key = file_name(FILE_NAME, name, exporter, opset)
            if options.only not in key or (options.missing and key in reference):
                continue
            network = load(name)
            model = strip(export(network, exporter, opset))
            written = next(entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx"))
            assert written == opset, f"{key}: the exporter wrote opset {written}"
            content = model.SerializeToString(deterministic=True)
            for stale in fixtures.glob(key + "*"):
                stale.unlink()
            if len(content) > GZIP_ABOVE_BYTES:
                (fixtures / f"{key}.gz").write_bytes(gzip.compress(content, mtime=0))
            else:
                (fixtures / key).write_bytes(content)
            counted = count(network)
            macs, source = macs_of(counted)
            elements = initializer_elements(model)
            reference[key] = {
                "network": name,
                "exporter": exporter,
                "opset": opset,
                "input": list(network.inputs[0].shape),
                "macs": macs,
                "macsSource": source,
                "publishedMacs": counted.published_macs,
                "parameters": counted.parameters,
                "initializerElements": elements,
                "parameterNote": parameter_note(model, counted, elements),
            }
            path.write_text(json.dumps(dict(sorted(reference.items())), indent=2) + "\n")
            print(key, len(content), macs, flush=True)


if __name__ == "__main__":
    main()
