"""Counts the calls that PyTorch Mobile makes for networks of pytorchcv: what optimize_for_mobile leaves of a traced network, in
floats and quantised by FX with QNNPACK's settings. Prints JSON: network -> precision -> call -> count.

Usage: python torch_mobile_calls.py NETWORK... > test/fixtures/torch-mobile-calls.json          (first: scripts/export-setup.sh)
"""

import json
import sys
import warnings
from collections import Counter

import torch
from pytorchcv.model_provider import get_model
from torch.ao.quantization import get_default_qconfig_mapping
from torch.ao.quantization.quantize_fx import convert_fx, prepare_fx
from torch.utils.mobile_optimizer import optimize_for_mobile

IMAGE = (1, 3, 224, 224)


def calls(network):
    traced = torch.jit.trace(network, torch.rand(IMAGE))
    kinds = [node.kind() for node in optimize_for_mobile(traced).graph.nodes()]
    return dict(sorted(Counter(kind for kind in kinds if not kind.startswith("prim::")).items()))


def quantised(network):
    prepared = prepare_fx(network, get_default_qconfig_mapping("qnnpack"), (torch.rand(IMAGE),))
    prepared(torch.rand(IMAGE))
    return convert_fx(prepared)


def main():
    warnings.filterwarnings("ignore")
    torch.backends.quantized.engine = "qnnpack"
    torch.manual_seed(1)
    counted = {}
    for name in sys.argv[1:]:
        network = get_model(name, pretrained=False).eval()
        # Quantising a copy leaves the network as it is.
        counted[name] = {"float32": calls(network), "int8": calls(quantised(network))}
    json.dump({"torch": torch.__version__.split("+")[0], "networks": counted}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
