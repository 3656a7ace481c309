"""Exports the networks of the phones' published latencies with random weights, strips them and packs each one.

The measurements are those of "A Benchmark for ML Inference Latency on Mobile Devices" (Li, Paolieri, Golubchik 2024),
the networks those of pytorchcv under the same names. Writes NAME.onnx.gz; what is there already stays as it is.

Usage: python phone_networks.py --out FOLDER [--names NAME ...]
"""

from __future__ import annotations

import argparse
import gzip
import sys
from pathlib import Path

from export_models import export, quiet
from model_catalogue import load
from strip_weights import strip

OPSET = 17
IMAGE_SIZE = 224
"""The benchmark measured every network at this size, EfficientNet-Edge's larger members too."""

NETWORKS = [
    "densenet121", "densenet169", "diracnet18v2", "efficientnet_edge_large_b", "efficientnet_edge_medium_b",
    "efficientnet_edge_small_b", "fdmobilenet_w1", "fdmobilenet_w3d4", "fdmobilenet_wd2", "fdmobilenet_wd4",
    "hardnet39ds", "hardnet68ds", "mnasnet_a1", "mobilenet_w1", "mobilenet_w3d4", "mobilenet_wd4", "mobilenetb_w1",
    "mobilenetb_w3d4", "mobilenetb_wd2", "mobilenetb_wd4", "mobilenetv2_w1", "mobilenetv2_w3d4", "mobilenetv2_wd2",
    "mobilenetv2_wd4", "mobilenetv2b_w1", "mobilenetv2b_w3d4", "mobilenetv2b_wd2", "mobilenetv2b_wd4",
    "mobilenetv3_large_w1", "mobilenetv3_large_w3d4", "mobilenetv3_large_w5d4", "mobilenetv3_large_w7d20",
    "mobilenetv3_large_wd2", "mobilenetv3_small_w1", "mobilenetv3_small_wd2", "preresnet10", "preresnet12",
    "preresnet14", "preresnet16", "preresnet18_w3d4", "preresnet18_wd4", "preresnetbc14b", "preresnetbc26b",
    "proxylessnas_cpu", "proxylessnas_gpu", "proxylessnas_mobile", "proxylessnas_mobile14", "regnetx002",
    "regnetx008", "regnetx016", "regnety002", "regnety006", "regnety008", "regnety016", "resnet10", "resnet12",
    "resnet16", "resnet18_w3d4", "resnet18_wd2", "resnetbc14b", "resnetbc26b", "resnext14_16x4d", "resnext14_32x4d",
    "resnext26_16x4d", "resnext26_32x4d", "sepreresnet10", "sepreresnet14", "sepreresnet16", "seresnet12",
    "seresnet14", "seresnet16", "seresnet18", "spnasnet", "squeezeresnet_v1_0", "squeezeresnet_v1_1",
]  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder for the files")
    parser.add_argument("--names", nargs="+", default=NETWORKS, metavar="NAME")
    options = parser.parse_args()
    quiet()
    options.out.mkdir(parents=True, exist_ok=True)
    failures = 0
    for name in options.names:
        path = options.out / f"{name}.onnx.gz"
        if path.exists():
            continue
        try:
            model = strip(export(load(f"pytorchcv:{name}+{IMAGE_SIZE}"), "torchscript", OPSET))
        except Exception as error:  # one network must not stop the others
            failures += 1
            print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
            continue
        # Without a time in it, the same network gives the same file.
        path.write_bytes(gzip.compress(model.SerializeToString(deterministic=True), mtime=0))
        print(f"{path} {path.stat().st_size}", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
