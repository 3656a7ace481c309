"""Why a tool's answer may differ from the reader's although the reader is right: each reason with where it applies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from comparison import Comparison, Count, Disagreement


@dataclass(frozen=True)
class ToolFault:
    """A tool's wrong shape or type, by the tool and the operators that it is wrong about."""

    reason: str
    covers: Callable[[Disagreement], bool]


@dataclass(frozen=True)
class CountReason:
    """A convention by which a counter's sum differs from the reader's."""

    text: str
    covers: Callable[[Comparison, Count], bool]


TOOL_FAULTS = [
    ToolFault(
        "the last of what a Loop gathers: taken for one row, although the loop may never run",
        lambda item: (
            item.tool == "onnxruntime"
            and item.operator == "Slice"
            and item.ours[1] is not None
            and item.theirs[1] is not None
            and item.ours[1][0] is None
            and item.theirs[1][0] == 1
        ),
    ),
    ToolFault(
        "ai.onnx.ml: of [N, C] the result is [N, number of indices], also for one index",
        lambda item: item.tool == "onnxruntime" and item.operator == "ArrayFeatureExtractor",
    ),
]
LARGEST_SHARE_OF_ZEROS = 0.15

COUNT_REASONS: list[CountReason] = [
    CountReason(
        "com.microsoft.nchwc: how wide a block is stands nowhere in the file, so the reader leaves some costs unknown",
        lambda file, count: "com.microsoft.nchwc" in file.domains and file.nodes_uncosted > 0 and file.macs < count.macs,
    ),
    CountReason(
        "com.microsoft.nchwc: channels are filled up to the processor's blocks, and the zeros are multiplied",
        lambda file, count: (
            "com.microsoft.nchwc" in file.domains
            and count.macs < file.macs <= (1 + LARGEST_SHARE_OF_ZEROS) * count.macs
        ),
    ),
    CountReason(
        "products of constants alone: an engine computes them once, as it loads the file",
        lambda file, count: file.macs_folded > 0 and file.macs + file.macs_folded == count.macs,
    ),
]
