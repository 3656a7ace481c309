"""Decides by rule whether the shapes of a model's outputs depend on the values of its inputs, or on their shapes alone.

Two facts are followed through the graph for each tensor: whether its shape, and whether its elements, are the same
for all inputs of the given shapes. Constants have both; a graph input has its shape; `Shape` turns a fixed shape into
fixed elements; a tensor without elements has fixed elements. A node's outputs have a fixed shape when all inputs have,
and when the elements are fixed of those inputs that SHAPING names: the ones whose values the standard uses as sizes,
axes, counts or selections. A sequence's "elements" are its length and the order of its tensors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import onnx

# Operator to the inputs whose elements decide the shape of an output.
SHAPING: Mapping[str, Sequence[int]] = {
    "AffineGrid": (1,),
    "BlackmanWindow": (0,),
    "CenterCropPad": (1,),
    "Col2Im": (1, 2),
    "Compress": (1,),
    "ConcatFromSequence": (0,),
    "ConstantOfShape": (0,),
    "DFT": (1, 2),
    "Expand": (1,),
    "HammingWindow": (0,),
    "HannWindow": (0,),
    "If": (0,),
    "ImageDecoder": (0,),
    "Loop": (0, 1),
    "MaxUnpool": (2,),
    "MelWeightMatrix": (0, 1),
    "NonMaxSuppression": (0, 1, 2, 3, 4),
    "NonZero": (0,),
    "OneHot": (1,),
    "Pad": (1, 3),
    "Range": (0, 1, 2),
    "Reshape": (1,),
    "Resize": (1, 2, 3),
    "STFT": (1, 3),
    "SequenceAt": (1,),
    "Slice": (1, 2, 3, 4),
    "Split": (1,),
    "SplitToSequence": (1,),
    "Squeeze": (1,),
    "StringSplit": (0,),
    "Tile": (1, 2),
    "TopK": (1,),
    "Unique": (0,),
    "Unsqueeze": (1,),
    "Upsample": (1,),
}


@dataclass(frozen=True)
class Fixed:
    """What of a tensor is the same for all inputs of the given shapes."""

    shape: bool
    elements: bool


CONSTANT = Fixed(shape=True, elements=True)


def depends_on_data(graph: onnx.GraphProto) -> dict[str, bool]:
    """Output name to whether its shape depends on the values of the graph's inputs."""
    facts = {info.name: _input_fact(info) for info in graph.input}
    _follow(graph, facts)
    return {info.name: not facts[info.name].shape for info in graph.output}


def _input_fact(info: onnx.ValueInfoProto) -> Fixed:
    shape = _shape_of(info.type)
    return Fixed(shape=shape is not None, elements=shape is not None and 0 in shape)


def _shape_of(type_proto: onnx.TypeProto) -> list[int] | None:
    """Shape of a tensor, or that of every tensor in a sequence; None where it is not stated."""
    match type_proto.WhichOneof("value"):
        case "sequence_type":
            return _shape_of(type_proto.sequence_type.elem_type)
        case "optional_type":
            return _shape_of(type_proto.optional_type.elem_type)
        case "tensor_type" if type_proto.tensor_type.HasField("shape"):
            return [dim.dim_value for dim in type_proto.tensor_type.shape.dim]
    return None


def _follow(graph: onnx.GraphProto, facts: dict[str, Fixed]) -> None:
    for tensor in graph.initializer:
        facts[tensor.name] = CONSTANT
    for node in graph.node:
        for name, fact in zip(node.output, _outputs(node, facts), strict=True):
            facts[name] = fact


def _outputs(node: onnx.NodeProto, facts: dict[str, Fixed]) -> list[Fixed]:
    inputs = [facts[name] if name else CONSTANT for name in node.input]
    bodies = [attribute.g for attribute in node.attribute if attribute.type == onnx.AttributeProto.GRAPH]
    shape = all(fact.shape for fact in inputs) and all(inputs[at].elements for at in _shaping(node) if at < len(inputs))
    elements = all(fact.elements for fact in inputs)
    if node.op_type in ("Shape", "Size"):
        return [Fixed(shape=True, elements=inputs[0].shape)]
    if node.op_type == "CastLike":  # the second input gives its type alone
        elements = inputs[0].elements
    if node.op_type in ("SequenceEmpty", "SequenceConstruct"):
        return [Fixed(shape=shape, elements=True)]
    if node.op_type.startswith(("Random", "Bernoulli", "Multinomial")):
        elements = False
    if not bodies:
        return [Fixed(shape=shape, elements=elements and shape)] * len(node.output)
    return _with_bodies(node, bodies, inputs, facts, shape)


def _with_bodies(
    node: onnx.NodeProto,
    bodies: list[onnx.GraphProto],
    inputs: list[Fixed],
    facts: dict[str, Fixed],
    shape: bool,
) -> list[Fixed]:
    """Of If, Loop, Scan and SequenceMap: fixed where the node's own inputs and every body's outputs are."""
    fixed = [Fixed(shape, elements=node.op_type == "If" and inputs[0].elements)] * len(node.output)
    for body in bodies:
        inner = dict(facts) | {info.name: Fixed(shape=shape, elements=False) for info in body.input}
        _follow(body, inner)
        results = [inner[info.name] for info in body.output]
        results = results[len(results) - len(fixed) :]  # without Loop's condition
        fixed = [
            Fixed(whole.shape and result.shape, whole.elements and result.elements and result.shape)
            for whole, result in zip(fixed, results, strict=True)
        ]
    return fixed


def _shaping(node: onnx.NodeProto) -> Sequence[int]:
    if node.op_type.startswith("Reduce"):
        return (1,)
    if node.op_type == "StringNormalizer":  # it takes words out only where it is told which
        return (0,) if any(attribute.name == "stopwords" for attribute in node.attribute) else ()
    return SHAPING.get(node.op_type, ())
