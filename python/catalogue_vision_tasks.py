"""torchvision's networks that do more than classify an image: detectors, segmentation, video."""

from __future__ import annotations

import torch
from torchvision import models

from model_catalogue import Network

DETECTION = [
    "fasterrcnn_mobilenet_v3_large_320_fpn", "fasterrcnn_resnet50_fpn", "fcos_resnet50_fpn", "keypointrcnn_resnet50_fpn",
    "maskrcnn_resnet50_fpn", "retinanet_resnet50_fpn", "ssd300_vgg16", "ssdlite320_mobilenet_v3_large",
]  # fmt: skip
SEGMENTATION = ["deeplabv3_mobilenet_v3_large", "fcn_resnet50", "lraspp_mobilenet_v3_large"]
VIDEO = ["mc3_18", "r2plus1d_18", "r3d_18"]


class MainMap(torch.nn.Module):
    """A segmentation network's first result alone, as a tensor: exporters flatten dictionaries differently."""

    def __init__(self, network: torch.nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = self.network(images)["out"]
        return result


def build(name: str, model: str) -> Network:
    """Detectors take a list of images of any size and resize it themselves; here one of 320 x 320."""
    if model in DETECTION:
        module = models.get_model(model, weights=None, weights_backbone=None)
        return Network(name, module, ([torch.rand(3, 320, 320)],), data_dependent=True)
    if model in SEGMENTATION:
        module = MainMap(models.get_model(model, weights=None, weights_backbone=None).eval())
        return Network(name, module, (torch.randn(1, 3, 224, 224),))
    if model in VIDEO:
        return Network(name, models.get_model(model, weights=None), (torch.randn(1, 3, 8, 112, 112),))
    raise ValueError(f"{name}: no such network here")
