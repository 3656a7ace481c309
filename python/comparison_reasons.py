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
        "ai.onnx.ml: of [N, C] the result is [N, number of indices], also for one index",
        lambda item: item.tool == "onnxruntime" and item.operator == "ArrayFeatureExtractor",
    ),
]
COUNT_REASONS: list[CountReason] = [
    CountReason(
        "products of constants alone: an engine computes them once, as it loads the file",
        lambda file, count: file.macs_folded > 0 and file.macs + file.macs_folded == count.macs,
    ),
]
