"""One file's comparison: the reader's facts beside those of the other tools."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from check_shapes import Shape, contradict, known
from comparison_reasons import COUNT_REASONS, TOOL_FAULTS
from references import References

TOOLS = ("onnx", "onnxruntime", "stated")
TOLERANCE = 0.01
NOT_KNOWN = "the reader does not know"


@dataclass(frozen=True)
class Disagreement:
    tool: str
    operator: str
    tensor: str
    ours: tuple[str | None, Shape]
    theirs: tuple[str | None, Shape]

    @property
    def fault(self) -> str | None:
        """Why the tool is wrong, where that is known."""
        return next((fault.reason for fault in TOOL_FAULTS if fault.covers(self)), None)

    def __str__(self) -> str:
        ours, theirs = (f"{dtype} {shape}" for dtype, shape in (self.ours, self.theirs))
        return f"{self.operator} -> {self.tensor}: {ours}, {self.tool} says {theirs}"


@dataclass(frozen=True)
class Count:
    """One counter's multiply-accumulates beside the reader's."""

    counter: str
    macs: int
    ours: int
    reason: str | None
    """Why they differ, where a convention says so."""

    @property
    def difference(self) -> float:
        return abs(self.ours - self.macs) / max(self.macs, 1)

    @property
    def agrees(self) -> bool:
        return self.difference <= TOLERANCE


@dataclass
class Comparison:
    name: str
    origin: dict[str, object]
    error: str | None = None
    """The reader's, where it refused the file."""
    macs: int = 0
    macs_folded: int = 0
    """onnx-tool's count of nodes that the reader takes to be folded away."""
    domains: set[str] = field(default_factory=set)
    """Of the file's operators."""
    nodes: int = 0
    nodes_uncosted: int = 0
    nodes_compared: int = 0
    """Nodes of which a tool knows an output's shape and so does the reader."""
    nodes_known: int = 0
    """Nodes whose outputs the reader all knows."""
    tensors: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TOOLS, 0))
    disagreements: list[Disagreement] = field(default_factory=list)
    unknown_to_us: list[Disagreement] = field(default_factory=list)
    """A tool knows the shape and the reader does not."""
    unsupported: list[str] = field(default_factory=list)
    counts: list[Count] = field(default_factory=list)
    tool_errors: dict[str, str] = field(default_factory=dict)

    marks: set[tuple[str, str, str]] = field(default_factory=set)
    """(tool, tensor, what is wrong) of every tensor that disagrees."""

    def follows(self, tool: str, inputs: list[str], mark: str) -> bool:
        return any((tool, name, mark) in self.marks for name in inputs)

    def problems(self) -> list[str]:
        """What no known reason covers. Operators that are not known yet are listed apart."""
        if self.error is not None:
            return [f"refused: {self.error}"]
        shapes = [f"contradiction: {item}" for item in self.disagreements if item.fault is None]
        if not self.unsupported:
            shapes += [f"unknown to us: {item}" for item in self.unknown_to_us if item.fault is None]
        counts = [
            f"{count.counter} counts {count.macs} MACs, the reader {count.ours}"
            for count in self.counts
            if not count.agrees and count.reason is None and not self.unsupported
        ]
        return shapes + counts


def compare(name: str, origin: dict[str, object], ours: dict[str, object], references: References) -> Comparison:
    result = Comparison(name, origin)
    if "error" in ours:
        result.error = str(ours["error"])
        return result
    result.macs = int(ours["macs"])
    result.unsupported = sorted(ours["unsupported"])
    result.domains = {str(node["domain"]) for node in ours["nodes"]}
    result.tool_errors = {tool: reference.error for tool, reference in references.shapes.items() if reference.error}
    for node in ours["nodes"]:
        _compare_node(result, node, references)
    _compare_counts(result, ours, references)
    return result


def _compare_node(result: Comparison, node: dict[str, object], references: References) -> None:
    """Disagreements that follow from one about an input are not told again."""
    result.nodes += 1
    result.nodes_uncosted += node["macs"] is None
    compared = False
    for output in node["outputs"]:
        ours = (output["dtype"], output["shape"])
        for tool in TOOLS:
            dtype, shape = theirs = references.shapes[tool].facts.get(output["name"], (None, None))
            item = Disagreement(tool, str(node["opType"]), output["name"], ours, (dtype, shape))
            if contradict(ours[1], shape) or (dtype is not None and ours[0] is not None and dtype != ours[0]):
                if not result.follows(tool, node["inputs"], "contradicted"):
                    result.disagreements.append(item)
                result.marks.add((tool, output["name"], "contradicted"))
            elif known(theirs[1]) and not known(ours[1]):
                if not result.follows(tool, node["inputs"], "unknown"):
                    result.unknown_to_us.append(item)
                result.marks.add((tool, output["name"], "unknown"))
            elif known(theirs[1]):
                result.tensors[tool] += 1
                compared = True
    result.nodes_compared += compared
    result.nodes_known += all(known(output["shape"]) for output in node["outputs"])


def _compare_counts(result: Comparison, ours: dict[str, object], references: References) -> None:
    result.macs_folded = sum(
        references.macs.macs.get(output["name"], 0)
        for node in ours["nodes"]
        for output in node["outputs"]
        if node["folded"]
    )
    origin = result.origin
    if isinstance(origin.get("macs"), int):
        result.counts.append(_count(result, str(origin["macsSource"]), int(origin["macs"])))
    if references.macs.error is None:
        result.counts.append(_count(result, "onnx-tool", sum(references.macs.macs.values())))
    else:
        result.tool_errors["onnx-tool"] = references.macs.error


def _count(result: Comparison, counter: str, macs: int) -> Count:
    count = Count(counter, macs, result.macs, None)
    if count.agrees:
        return count
    if result.unsupported:
        return replace(count, reason=f"{NOT_KNOWN} {', '.join(result.unsupported)}")
    reason = next((reason.text for reason in COUNT_REASONS if reason.covers(result, count)), None)
    return replace(count, reason=reason)
