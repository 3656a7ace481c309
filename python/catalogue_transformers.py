"""Networks of the transformers library, built from configurations: nothing is downloaded.

BERT, DistilBERT, RoBERTa and GPT-2 have their published sizes; most others are cut to two layers and a small
vocabulary, because it is their operators that an export shows, not how often they repeat.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
import transformers
from transformers.integrations.executorch import sdpa_mask_without_vmap
from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

from model_catalogue import Network

TOKENS = 32
SMALL = {
    "vocab_size": 1000, "hidden_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 256
}  # fmt: skip
DECODER = SMALL | {"num_key_value_heads": 2, "max_position_embeddings": 128, "pad_token_id": 0}
ENCODER_DECODER = {
    "vocab_size": 1000, "d_model": 128, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 4,
    "decoder_attention_heads": 4, "encoder_ffn_dim": 256, "decoder_ffn_dim": 256, "max_position_embeddings": 128,
}  # fmt: skip
T5 = {"vocab_size": 1000, "d_model": 128, "d_kv": 32, "d_ff": 256, "num_layers": 2, "num_heads": 4}
VISION = {"hidden_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 256}
WAVES = SMALL | {"conv_dim": (64, 64, 64), "conv_stride": (5, 2, 2), "conv_kernel": (10, 3, 3)}


def words() -> torch.Tensor:
    return torch.randint(3, 1000, (1, TOKENS))


def text() -> dict[str, torch.Tensor]:
    return {"input_ids": words(), "attention_mask": torch.ones(1, TOKENS, dtype=torch.int64)}


def words_only() -> dict[str, torch.Tensor]:
    return {"input_ids": words()}


def both() -> dict[str, torch.Tensor]:
    return {"input_ids": words(), "decoder_input_ids": words()[:, :8]}


def image() -> dict[str, torch.Tensor]:
    return {"pixel_values": torch.randn(1, 3, 224, 224)}


def mel() -> dict[str, torch.Tensor]:
    return {"input_features": torch.randn(1, 80, 3000)}


def sound() -> dict[str, torch.Tensor]:
    return {"input_values": torch.randn(1, 8000)}


@dataclass(frozen=True)
class Recipe:
    """The configuration's and the model's class (`Bert` for BertConfig, `BertModel`), overrides, inputs."""

    config: str
    model: str
    inputs: Callable[[], dict[str, torch.Tensor]]
    options: dict[str, object] = field(default_factory=dict)
    open_dims: bool = False


NETWORKS: dict[str, Recipe] = {
    "bert-base": Recipe("Bert", "BertModel", text),
    "bert-base-open": Recipe("Bert", "BertModel", text, {}, True),
    "distilbert-base": Recipe("DistilBert", "DistilBertModel", text),
    "roberta-base": Recipe("Roberta", "RobertaModel", text),
    "gpt2": Recipe("GPT2", "GPT2Model", words_only),
    "gpt2-open": Recipe("GPT2", "GPT2LMHeadModel", words_only, {"n_layer": 2, "vocab_size": 1000}, True),
    "vit-base": Recipe("ViT", "ViTModel", image, {"num_hidden_layers": 4}),
    "t5-encoder": Recipe("T5", "T5EncoderModel", words_only, T5),
    "t5-encoder-open": Recipe("T5", "T5EncoderModel", words_only, T5, True),
    "whisper-encoder": Recipe("Whisper", "WhisperEncoder", mel, ENCODER_DECODER),
    "bert-classifier": Recipe("Bert", "BertForSequenceClassification", text, SMALL),
    "bert-question": Recipe("Bert", "BertForQuestionAnswering", text, SMALL),
    "bert-words": Recipe("Bert", "BertForMaskedLM", text, SMALL),
    "distilbert-classifier": Recipe("DistilBert", "DistilBertForSequenceClassification", text, {"n_layers": 2}),
    "albert": Recipe("Albert", "AlbertModel", text, SMALL | {"embedding_size": 64}),
    "electra": Recipe("Electra", "ElectraModel", text, SMALL | {"embedding_size": 64}),
    "mobilebert": Recipe("MobileBert", "MobileBertModel", text, {"num_hidden_layers": 2, "vocab_size": 1000}),
    "squeezebert": Recipe("SqueezeBert", "SqueezeBertModel", text, {"num_hidden_layers": 2, "vocab_size": 1000}),
    "deberta-v2": Recipe("DebertaV2", "DebertaV2Model", text, SMALL),
    "mpnet": Recipe("MPNet", "MPNetModel", text, SMALL),
    "xlm-roberta": Recipe("XLMRoberta", "XLMRobertaModel", text, SMALL),
    "camembert": Recipe("Camembert", "CamembertModel", text, SMALL),
    "layoutlm": Recipe("LayoutLM", "LayoutLMModel", words_only, SMALL),
    "fnet": Recipe("FNet", "FNetModel", words_only, SMALL),
    "funnel": Recipe("Funnel", "FunnelBaseModel", words_only, {"block_sizes": [1, 1], "vocab_size": 1000}),
    "roformer": Recipe("RoFormer", "RoFormerModel", text, SMALL),
    "opt": Recipe("OPT", "OPTModel", text, SMALL | {"ffn_dim": 256, "word_embed_proj_dim": 128}),
    "gpt-neo": Recipe(
        "GPTNeo", "GPTNeoModel", text, {"vocab_size": 1000, "hidden_size": 128, "num_layers": 2, "num_heads": 4,
        "attention_types": [[["global", "local"], 1]]},
    ),
    "gpt-neox": Recipe("GPTNeoX", "GPTNeoXModel", text, SMALL),
    "gptj": Recipe("GPTJ", "GPTJModel", text, {"vocab_size": 1000, "n_embd": 128, "n_layer": 2, "n_head": 4, "rotary_dim": 16}),
    "bloom": Recipe("Bloom", "BloomModel", text, {"vocab_size": 1000, "hidden_size": 128, "n_layer": 2, "n_head": 4}),
    "llama": Recipe("Llama", "LlamaModel", text, DECODER),
    "llama-open": Recipe("Llama", "LlamaForCausalLM", text, DECODER, True),
    "mistral": Recipe("Mistral", "MistralModel", text, DECODER),
    "qwen2": Recipe("Qwen2", "Qwen2Model", text, DECODER),
    "qwen3": Recipe("Qwen3", "Qwen3Model", text, DECODER | {"head_dim": 32}),
    "gemma": Recipe("Gemma", "GemmaModel", text, DECODER | {"head_dim": 32}),
    "phi": Recipe("Phi", "PhiModel", text, SMALL),
    "stablelm": Recipe("StableLm", "StableLmModel", text, DECODER),
    "t5": Recipe("T5", "T5Model", both, T5),
    "bart": Recipe("Bart", "BartModel", both, ENCODER_DECODER),
    "marian": Recipe("Marian", "MarianModel", both, ENCODER_DECODER | {"pad_token_id": 0}),
    "pegasus": Recipe("Pegasus", "PegasusModel", both, ENCODER_DECODER),
    "wav2vec2": Recipe("Wav2Vec2", "Wav2Vec2Model", sound, WAVES | {"num_feat_extract_layers": 3}),
    "hubert": Recipe("Hubert", "HubertModel", sound, WAVES | {"num_feat_extract_layers": 3}),
    "audio-spectrogram": Recipe("AST", "ASTModel", lambda: {"input_values": torch.randn(1, 1024, 128)}, VISION),
    "deit": Recipe("DeiT", "DeiTModel", image, VISION),
    "beit": Recipe("Beit", "BeitModel", image, VISION),
    "dinov2": Recipe("Dinov2", "Dinov2Model", image, VISION),
    "swin": Recipe("Swin", "SwinModel", image, {"embed_dim": 48, "depths": [1, 1, 2, 1]}),
    "swinv2": Recipe("Swinv2", "Swinv2Model", image, {"embed_dim": 48, "depths": [1, 1, 2, 1]}),
    "segformer": Recipe("Segformer", "SegformerForSemanticSegmentation", image),
    "mobilevit": Recipe("MobileViT", "MobileViTModel", image),
    "mobilenet-v2": Recipe("MobileNetV2", "MobileNetV2Model", image),
    "poolformer": Recipe("PoolFormer", "PoolFormerModel", image),
    "convnext": Recipe("ConvNext", "ConvNextModel", image),
    "regnet": Recipe("RegNet", "RegNetModel", image, {"depths": [1, 1, 2, 1]}),
    "resnet": Recipe("ResNet", "ResNetModel", image, {"depths": [1, 1, 2, 1]}),
    "levit": Recipe("Levit", "LevitModel", image),
    "cvt": Recipe("Cvt", "CvtModel", image, {"depth": [1, 1, 2]}),
    "pvt": Recipe("Pvt", "PvtModel", image),
    "yolos": Recipe("Yolos", "YolosModel", lambda: {"pixel_values": torch.randn(1, 3, 512, 864)}, VISION),
    "glpn": Recipe("GLPN", "GLPNForDepthEstimation", image),
    "clip-vision": Recipe("CLIPVision", "CLIPVisionModel", image, VISION),
    "clip-text": Recipe("CLIPText", "CLIPTextModel", text, SMALL),
    "siglip-vision": Recipe("SiglipVision", "SiglipVisionModel", image, VISION),
    "vit-mae": Recipe("ViTMSN", "ViTMSNModel", image, VISION),
}  # fmt: skip


# Decoders whose causal mask is made by torch.vmap, which neither exporter follows.
CAUSAL = {
    "gemma", "gpt-neox", "gpt2", "gpt2-open", "llama", "llama-open", "mistral", "phi", "qwen2", "qwen3", "stablelm",
}  # fmt: skip


def _mask_by_broadcasting(config: transformers.PretrainedConfig) -> None:
    """The library's own way around, made for exporting."""
    name = "sdpa_without_vmap"
    ALL_MASK_ATTENTION_FUNCTIONS.register(name, sdpa_mask_without_vmap)
    ALL_ATTENTION_FUNCTIONS.register(name, ALL_ATTENTION_FUNCTIONS["sdpa"])
    config._attn_implementation = name


class Tensors(torch.nn.Module):
    """Takes the inputs in order and gives the tensors of the answer, without caches."""

    def __init__(self, network: torch.nn.Module, names: tuple[str, ...]) -> None:
        super().__init__()
        self.network = network
        self.names = names

    def forward(self, *inputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
        answer = self.network(**dict(zip(self.names, inputs, strict=True)), return_dict=False)
        return tuple(value for value in answer if isinstance(value, torch.Tensor))


def build(name: str, model: str) -> Network:
    if model not in NETWORKS:
        raise ValueError(f"{name}: no such network here")
    recipe = NETWORKS[model]
    config = getattr(transformers, f"{recipe.config}Config")(**recipe.options)
    config.use_cache = False
    # Fused attention cannot be exported by every exporter; the products stay visible to those who count them.
    config._attn_implementation = "eager"
    if recipe.model == "WhisperEncoder":
        from transformers.models.whisper.modeling_whisper import WhisperEncoder

        module: torch.nn.Module = WhisperEncoder(config)
    else:
        module = getattr(transformers, recipe.model)(config)
    if model in CAUSAL:
        _mask_by_broadcasting(module.config)
    inputs = recipe.inputs()
    names = tuple(inputs)
    open_dims = {key: {0: "batch", 1: "sequence"} for key in names} if recipe.open_dims else {}
    return Network(name, Tensors(module.eval(), names), tuple(inputs.values()), names, open_dims)
