"""The comparison as a page of tables; every number comes from the comparison itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from comparison import NOT_KNOWN, TOOLS, Comparison, Count

INTRODUCTION = """# The reader beside other tools

What the reader makes of a corpus of real exports, beside what tools say that share nothing with it. Weights are random, the
files are stripped. Made again by

```console
$ bash scripts/corpus-setup.sh                        # Python environments
$ npm run corpus:build -- .cache/corpus                # the files
$ npm run corpus:compare -- .cache/corpus --page docs/reader-comparison.md
```

*Shapes*: each tensor's type and shape beside those of `onnx.shape_inference` (not strict, with data propagation), of ONNX
Runtime's symbolic shape inference, and of what the file's writer stated beside its tensors. All start from the inputs with
the sizes of open dimensions given. A tensor is compared with a tool that knows its whole shape; a contradiction is a
differing type, rank or size. Bodies of If, Loop and Scan are not compared.

*Multiply-accumulates*: the sum over a file beside the count taken at the export (PyTorch's layers and `FlopCounterMode`, the
sizes of what scikit-learn fitted; of a file that was made from another, that one's), and beside `onnx-tool`, with its bias
additions taken off and its other operators left out, see `CONVENTIONS` in `python/reference_macs.py`.
"""


def table(header: list[str], rows: Iterable[list[object]], left: int = 1) -> str:
    """The first `left` columns are text, the others numbers."""
    ruler = ["---"] * left + ["--:"] * (len(header) - left)
    cells = [[f"{cell:,}" if isinstance(cell, int) else str(cell).replace("|", "\\|") for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in [header, ruler, *cells]) + "\n"


def source_of(origin: dict[str, object]) -> str:
    if "variant" in origin:
        return "made by ONNX Runtime's tools"
    return f"{origin['source']} ({origin['tool']})"


def by_source(files: list[Comparison]) -> dict[str, list[Comparison]]:
    groups: dict[str, list[Comparison]] = defaultdict(list)
    for file in files:
        groups[source_of(file.origin)].append(file)
    return dict(sorted(groups.items())) | {"**all**": files}


def shapes_table(files: list[Comparison]) -> str:
    def row(source: str, group: list[Comparison]) -> list[object]:
        wrong = [item for file in group for item in file.disagreements]
        return [
            source,
            len(group),
            sum(file.error is not None for file in group),
            sum(file.nodes for file in group),
            sum(file.nodes_known for file in group),
            sum(file.nodes_compared for file in group),
            *(sum(file.tensors[tool] for file in group) for tool in TOOLS),
            sum(item.fault is None for item in wrong),
            sum(item.fault is not None for item in wrong),
            sum(item.fault is None for file in group for item in file.unknown_to_us),
        ]

    header = [
        "source", "files", "refused", "nodes", "shapes known", "nodes compared", "tensors: onnx", "onnxruntime", "stated",
        "contradictions", "tool at fault", "known to a tool alone",
    ]  # fmt: skip
    return table(header, [row(*group) for group in by_source(files).items()])


def verdict(count: Count | None) -> str:
    if count is None:
        return "no count"
    if count.ours == count.macs:
        return "equal"
    if count.agrees:
        return "within 1 %"
    if count.reason is None:
        return "differs"
    return "operator unknown" if count.reason.startswith(NOT_KNOWN) else "explained"


VERDICTS = ("equal", "within 1 %", "explained", "operator unknown", "differs", "no count")


def at_export(file: Comparison) -> Count | None:
    return next((count for count in file.counts if count.counter != "onnx-tool"), None)


def by_onnx_tool(file: Comparison) -> Count | None:
    return next((count for count in file.counts if count.counter == "onnx-tool"), None)


def counts_table(files: list[Comparison]) -> str:
    def row(source: str, group: list[Comparison]) -> list[object]:
        first, second = (Counter(verdict(of(file)) for file in group) for of in (at_export, by_onnx_tool))
        either = sum(any(count.ours == count.macs for count in file.counts) for file in group)
        return [source, len(group), *(first[name] for name in VERDICTS), *(second[name] for name in VERDICTS), either]

    header = ["source", "files", *(f"at export: {name}" for name in VERDICTS), *(f"onnx-tool: {name}" for name in VERDICTS)]
    return table([*header, "equal to one of both"], [row(*group) for group in by_source(files).items()])


def differences_table(files: list[Comparison]) -> str:
    rows = [
        [file.name, count.counter, count.reason or "**not explained**", count.macs, count.ours, f"{count.difference:.2%}"]
        for file in files
        for count in file.counts
        if not count.agrees
    ]
    return table(["file", "counter", "why", "its MACs", "the reader's", "difference"], rows, 3)


def faults_table(files: list[Comparison]) -> str:
    faults: Counter[tuple[str, str, str]] = Counter()
    for file in files:
        gap = f"{NOT_KNOWN} an operator before" if file.unsupported else "**not explained**"
        faults.update((item.tool, item.operator, item.fault or "**not explained**") for item in file.disagreements)
        faults.update((item.tool, item.operator, item.fault or gap) for item in file.unknown_to_us)
    return table(["tool", "operator", "why", "tensors"], [[*key, count] for key, count in sorted(faults.items())], 3)


def variants_table(files: list[Comparison]) -> str:
    plain = {file.name: file for file in files}
    rows = []
    for file in files:
        original = plain.get(str(file.origin.get("plain")))
        if original is None or "variant" not in file.origin:
            continue
        difference = "equal" if file.macs == original.macs else f"{file.macs / original.macs - 1:+.2%}"
        coverage = "all" if not file.unsupported else ", ".join(file.unsupported)
        rows.append([file.origin["network"], file.origin["variant"], coverage, difference, file.nodes, file.macs])
    header = ["network", "made by ONNX Runtime's tools", "operators known", "MACs beside the plain file's", "nodes", "MACs"]
    return table(header, rows, 4)


def unsupported_table(files: list[Comparison]) -> str:
    users: dict[str, list[str]] = defaultdict(list)
    for file in files:
        for operator in file.unsupported:
            users[operator].append(file.name)
    rows = [[operator, ", ".join(names[:4]) + (", ..." if len(names) > 4 else ""), len(names)] for operator, names in users.items()]
    return table(["operator", "in", "files"], sorted(rows), 2) if rows else "Every operator is known.\n"


def stopped_table(files: list[Comparison]) -> str:
    errors = Counter((tool, _general(error)) for file in files for tool, error in file.tool_errors.items())
    return table(["tool", "message", "files"], [[*key, count] for key, count in sorted(errors.items())], 2)


def _general(message: str) -> str:
    """onnx-tool's most frequent message names the node; here its operator is enough."""
    before, separator, after = message.partition("this Node ")
    return f"{before}{separator}{after.partition('-')[0]} has no value_infer" if separator else message


def failures_table(failed: dict[str, dict[str, object]]) -> str:
    return table(["file", "message"], [[name, f"`{entry['error']}`"] for name, entry in failed.items()], 2)


def refusals_table(files: list[Comparison]) -> str:
    rows = [[file.name, file.error] for file in files if file.error is not None]
    return table(["file", "message"], rows, 2) if rows else "None.\n"


def summary(files: list[Comparison], failed: dict[str, dict[str, object]]) -> str:
    return f"{len(files)} files, {len(failed)} not exported\n\n{shapes_table(files)}\n{counts_table(files)}"


def page(files: list[Comparison], failed: dict[str, dict[str, object]]) -> str:
    sections = [
        ("Shapes", shapes_table(files)),
        ("Where a tool disagrees", "Each tensor whose inputs agree, by the reason (`python/comparison_reasons.py`).\n\n" + faults_table(files)),
        ("Multiply-accumulates", counts_table(files)),
        ("Counts that differ by more than 1 %", differences_table(files)),
        ("Optimised and quantised", variants_table(files)),
        ("Operators that the reader does not know", unsupported_table(files)),
        ("Files that the reader refuses", refusals_table(files)),
        ("Files at which a tool stopped", stopped_table(files)),
        ("Networks that their exporter could not write", failures_table(failed)),
    ]
    return INTRODUCTION + "".join(f"\n## {title}\n\n{text}" for title, text in sections)
