"""Networks by name: which library builds them, and the inputs they are built for.

A network is named `library:model` (`torchvision:googlenet`). Weights are random and seeded; nothing is downloaded.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field

import torch

SEED = 20

# The networks whose measurements the predictor is trained and judged on.
REFERENCE_NETWORKS = [
    "pytorchcv:mobilenetv2_w1",
    "pytorchcv:resnet18",
    "pytorchcv:squeezenet_v1_1",
    "pytorchcv:densenet121",
    "pytorchcv:efficientnet_b0",
    "pytorchcv:shufflenetv2_w1",
    "pytorchcv:mobilenetv3_large_w1",
    "torchvision:googlenet",
    "torchvision:vgg16",
    "torchvision:inception_v3",
]

TORCHVISION = [
    "alexnet", "vgg11_bn", "vgg19", "resnet18", "resnet50", "resnext50_32x4d", "wide_resnet50_2", "densenet121",
    "densenet161", "squeezenet1_0", "squeezenet1_1", "mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large",
    "shufflenet_v2_x0_5", "shufflenet_v2_x1_0", "efficientnet_b0", "efficientnet_v2_s", "mnasnet0_5", "mnasnet1_0",
    "regnet_y_400mf", "regnet_x_400mf", "convnext_tiny", "googlenet", "vgg16", "inception_v3", "vit_b_16", "swin_t",
    "maxvit_t",
]  # fmt: skip

PYTORCHCV = [
    "alexnet", "zfnet", "vgg16", "bn_vgg11", "bninception", "resnet10", "resnet18", "resnet50", "preresnet18",
    "resnext50_32x4d", "seresnet18", "seresnet50", "seresnext50_32x4d", "senet16", "ibn_resnet50", "airnet50_1x64d_r2",
    "bam_resnet18", "cbam_resnet18", "resattnet56", "sknet50", "diaresnet18", "pyramidnet101_a360", "diracnet18v2",
    "sharesnet18", "densenet121", "condensenet74_c4_g4", "sparsenet121", "peleenet", "wrn50_2", "drnc26", "dpn68",
    "darknet_ref", "darknet53", "bagnet9", "dla34", "hrnet_w18_small_v1", "vovnet27s", "selecsls42b", "squeezenet_v1_0",
    "squeezenet_v1_1", "squeezeresnet_v1_0", "sqnxt23_w1", "shufflenet_g1_w1", "shufflenet_g3_w1", "shufflenetv2_w1",
    "shufflenetv2b_w1", "menet108_8x1_g3", "mobilenet_w1", "fdmobilenet_w1", "mobilenetv2_w1", "mobilenetv3_small_w1",
    "mobilenetv3_large_w1", "igcv3_w1", "ghostnet", "mnasnet_b1", "mnasnet_a1", "darts", "proxylessnas_mobile",
    "fbnet_cb", "xception", "inceptionv3", "inceptionv4", "inceptionresnetv2", "polynet", "nasnet_4a1056",
    "pnasnet5large", "spnasnet", "efficientnet_b0", "efficientnet_edge_small_b", "mixnet_s", "regnetx002", "regnety002",
    "resnesta18", "resneta50b", "octresnet10_ad2", "hardnet39ds",
]  # fmt: skip

TIMM = [
    "efficientnet_lite0", "mobilenetv4_conv_small", "repvgg_a0", "ghostnetv2_100", "mobilevit_xxs", "convnextv2_atto",
    "vit_tiny_patch16_224", "deit_tiny_patch16_224", "poolformer_s12", "edgenext_xx_small", "fastvit_t8", "mobileone_s0",
    "efficientformer_l1", "tinynet_a", "lcnet_100", "hardcorenas_a", "rexnet_100", "levit_128s", "mixer_s16_224",
]  # fmt: skip

# Kinds of networks that the lists above do not hold; for reading their exports, not for measuring them.
TIMM_MORE = [
    "beit_base_patch16_224", "botnet26t_256", "cait_xxs24_224", "caformer_s18", "coat_lite_tiny", "coatnet_nano_rw_224",
    "convmixer_768_32", "convnext_atto", "crossvit_tiny_240", "cspdarknet53", "davit_tiny", "dm_nfnet_f0",
    "eca_resnet33ts", "efficientvit_b0", "efficientvit_m0", "ese_vovnet19b_dw", "eva02_tiny_patch14_224",
    "focalnet_tiny_srf", "gcvit_xxtiny", "gernet_s", "halonet26t", "hgnetv2_b0", "hrnet_w18_small",
    "inception_next_atto", "lambda_resnet26t", "maxvit_tiny_tf_224", "mvitv2_tiny", "nest_tiny", "nextvit_small",
    "nf_resnet26", "pit_ti_224", "pvt_v2_b0", "regnetz_b16", "repvit_m1", "res2net50_14w_8s", "resmlp_12_224",
    "resnest14d", "resnetv2_50", "seresnext26d_32x4d", "skresnet18", "starnet_s1", "swiftformer_xs",
    "swin_tiny_patch4_window7_224", "swinv2_tiny_window8_256", "sequencer2d_s", "tf_efficientnet_b0",
    "tiny_vit_5m_224", "tnt_s_legacy_patch16_224", "twins_svt_small", "visformer_tiny", "vit_relpos_small_patch16_224",
    "vitamin_small_224", "volo_d1_224", "xcit_nano_12_p8_224", "xception41",
]  # fmt: skip

EVERYTHING = list(
    dict.fromkeys(
        REFERENCE_NETWORKS
        + [f"torchvision:{name}" for name in TORCHVISION]
        + [f"pytorchcv:{name}" for name in PYTORCHCV]
        + [f"timm:{name}" for name in TIMM]
    )
)


@dataclass(frozen=True)
class Network:
    """A network in evaluation mode and a batch of one for it; of image classifiers [1, 3, size, size]."""

    name: str
    module: torch.nn.Module
    inputs: tuple[object, ...]
    """Arguments of `forward`: tensors, or a list of them (detectors)."""
    input_names: tuple[str, ...] = ("input",)
    open_dims: dict[str, dict[int, str]] = field(default_factory=dict)
    """Axes that an export leaves open: {input: {axis: symbol}}."""
    data_dependent: bool = False
    """The amount of work depends on the values, as behind a detector's non-maximum suppression."""


def _torchvision(model: str) -> tuple[torch.nn.Module, int]:
    models = importlib.import_module("torchvision.models")
    # Auxiliary classifiers exist for training only; without `init_weights` these two warn and take a minute.
    options = {"aux_logits": False, "init_weights": False} if model in ("googlenet", "inception_v3") else {}
    return models.get_model(model, weights=None, **options), 299 if model == "inception_v3" else 224


def _pytorchcv(model: str) -> tuple[torch.nn.Module, int]:
    provider = importlib.import_module("pytorchcv.model_provider")
    module = provider.get_model(model, pretrained=False)
    return module, int(getattr(module, "in_size", (224, 224))[0])


def _timm(model: str) -> tuple[torch.nn.Module, int]:
    timm = importlib.import_module("timm")
    module = timm.create_model(model, pretrained=False, exportable=True)
    return module, int(module.pretrained_cfg["input_size"][-1])


LIBRARIES = {"torchvision": _torchvision, "pytorchcv": _pytorchcv, "timm": _timm}
# Everything that is no image classifier: the modules whose `build(name, model)` gives the network.
OTHER_LIBRARIES = {
    "transformers": "catalogue_transformers",
    "detection": "catalogue_vision_tasks",
    "segmentation": "catalogue_vision_tasks",
    "video": "catalogue_vision_tasks",
    "recurrent": "catalogue_recurrent",
}


@torch.no_grad()
def _resemble_trained(module: torch.nn.Module, size: int) -> None:
    """Makes freshly built weights behave like trained ones in what an export or a measurement can notice.

    New biases and scales are all 0 or 1, and exporters merge equal tensors; so each gets a value of its own. New batch
    norms have mean 0 and variance 1, and a deep network's activations then grow to infinity or fade to denormal
    numbers, which cost more time than others; so each takes its statistics from one batch of noise.
    """
    for parameter in module.parameters():
        if parameter.numel() > 1 and bool((parameter == parameter.flatten()[0]).all()):
            parameter += 0.01 * torch.randn_like(parameter)
    norms = [layer for layer in module.modules() if isinstance(layer, torch.nn.BatchNorm2d)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.train()
        norm.momentum = 1.0
    if norms:
        module(torch.randn(2, 3, size, size))
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.eval()
        norm.momentum = momentum


def load(name: str) -> Network:
    """Builds `library:model`; `library:model+batch` leaves an image classifier's batch open in the export, and
    `library:model+224` gives it images of that size.

    Raises ValueError for a library or a model that does not exist.
    """
    library, separator, full_model = name.partition(":")
    model, _, option = full_model.partition("+")
    torch.manual_seed(SEED)
    if separator and library in OTHER_LIBRARIES:
        network: Network = importlib.import_module(OTHER_LIBRARIES[library]).build(name, model)
        network.module.eval()
        return network
    if not separator or library not in LIBRARIES:
        raise ValueError(f"{name}: write library:model with one of {', '.join((*LIBRARIES, *OTHER_LIBRARIES))}")
    module, usual_size = LIBRARIES[library](model)
    size = int(option) if option.isdecimal() else usual_size
    module.eval()
    _resemble_trained(module, size)
    open_dims = {"input": {0: "batch"}} if option == "batch" else {}
    return Network(name, module, (torch.randn(1, 3, size, size),), open_dims=open_dims)
