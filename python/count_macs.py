"""Counts a network's multiply-accumulates from the PyTorch modules themselves, without looking at any ONNX file.

Two counters that share nothing: forward hooks on convolution, linear and recurrent layers (the formula on the
layer's own numbers), and PyTorch's FlopCounterMode, which sees every matrix product, also those of attention. They agree for
networks made of layers; where attention multiplies activations, only the second is right.

Usage: python count_macs.py LIBRARY:MODEL ...
"""

from __future__ import annotations

import importlib
import json
import math
import sys
from dataclasses import asdict, dataclass

import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from model_catalogue import Network, load

CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
CONVOLUTIONS_TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)


@dataclass(frozen=True)
class Count:
    """Work and size of one network for a batch of one."""

    macs_by_layer_hooks: int
    macs_by_dispatch: int
    parameters: int
    """Elements of all trainable tensors; a shared tensor counts once."""
    batch_norm_channels: int
    """Sum of the channels of all batch norms: folding one away leaves a bias in place of two parameters."""
    published_macs: int | None
    """As torchvision's own weight metadata states it, to a million."""


def count(network: Network) -> Count:
    total = 0

    def add_layer(layer: nn.Module, inputs: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
        nonlocal total
        if not isinstance(output, torch.Tensor):
            return  # A convolution of convolutions (octave): it is no single layer.
        if isinstance(layer, nn.Linear):
            total += output.numel() * layer.in_features
        elif isinstance(layer, CONVOLUTIONS_TRANSPOSED):
            # Every input element goes to (output channels / groups) x kernel positions.
            total += inputs[0].numel() * (layer.out_channels // layer.groups) * math.prod(layer.kernel_size)
        else:
            # Every output element takes (input channels / groups) x kernel positions.
            total += output.numel() * (layer.in_channels // layer.groups) * math.prod(layer.kernel_size)

    def add_recurrent(layer: nn.RNNBase, inputs: tuple[torch.Tensor, ...], output: object) -> None:
        """Each of a step's gates multiplies the input and the state before; the dispatcher does not see inside."""
        nonlocal total
        steps = math.prod(inputs[0].shape[:-1])
        weights = (weight for name, weight in layer.named_parameters() if name.startswith("weight_"))
        total += steps * sum(weight.numel() for weight in weights)

    counted = (*CONVOLUTIONS, *CONVOLUTIONS_TRANSPOSED, nn.Linear)
    layers = [module for module in network.module.modules() if isinstance(module, counted)]
    hooks = [layer.register_forward_hook(add_layer) for layer in layers]
    recurrent = [module for module in network.module.modules() if isinstance(module, nn.RNNBase)]
    hooks += [layer.register_forward_hook(add_recurrent) for layer in recurrent]
    # Fused attention kernels would hide their products from the dispatcher.
    torch.backends.mha.set_fastpath_enabled(False)
    with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as dispatch:
        network.module(*network.inputs)
    for hook in hooks:
        hook.remove()
    norms = [module for module in network.module.modules() if isinstance(module, BATCH_NORMS)]
    return Count(
        macs_by_layer_hooks=total,
        macs_by_dispatch=dispatch.get_total_flops() // 2,
        parameters=sum(parameter.numel() for parameter in network.module.parameters()),
        batch_norm_channels=sum(norm.num_features for norm in norms),
        published_macs=published(network.name),
    )


def published(name: str) -> int | None:
    """MACs that torchvision publishes with its weights (its `_ops` are in units of 10^9 MACs)."""
    library, _, full_model = name.partition(":")
    model = full_model.partition("+")[0]
    if library != "torchvision":
        return None
    weights = importlib.import_module("torchvision.models").get_model_weights(model)
    ops = weights.DEFAULT.meta.get("_ops")
    # Some weights are for a larger input than the network's classic one; their count would not be comparable.
    crop = weights.DEFAULT.transforms().crop_size[0]
    return round(ops * 1e9) if ops and crop == (299 if model == "inception_v3" else 224) else None


if __name__ == "__main__":
    print(json.dumps({name: asdict(count(load(name))) for name in sys.argv[1:]}, indent=1))
