"""Compares the reader with independent tools over a corpus of real exports (real_exports.py and its like wrote it).

For each NAME.onnx: every tensor's shape and type with those of onnx.shape_inference, of ONNX Runtime's symbolic shape
inference and of what the file's writer stated; the multiply-accumulates with those counted at the export and with
onnx-tool's. Prints what disagrees and writes the tables to a page.

Usage: python compare_corpus.py FOLDER [--reader "node dist/lab/corpus/facts.js"] [--page docs/reader-comparison.md]
                                [--only TEXT]
Exit status 1 when a tensor contradicts or a count differs, and no known reason covers it.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from comparison import Comparison, compare
from comparison_page import page, summary
from references import references_of

FILES_AT_ONCE = 20


def reader_facts(command: list[str], paths: list[Path]) -> Iterator[dict[str, object]]:
    """One object for each file, see src/lab/corpus/facts.ts."""
    for start in range(0, len(paths), FILES_AT_ONCE):
        some = [str(path) for path in paths[start : start + FILES_AT_ONCE]]
        answer = subprocess.run([*command, *some], check=True, capture_output=True, text=True)
        yield from (json.loads(line) for line in answer.stdout.splitlines())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--reader", default="node dist/lab/corpus/facts.js")
    parser.add_argument("--page", type=Path)
    parser.add_argument("--only", default="", help="only the files whose name contains this")
    options = parser.parse_args()
    facts = {path.stem: json.loads(path.read_text()) for path in sorted(options.folder.glob("*.json"))}
    facts = {name: entry for name, entry in facts.items() if options.only in name}
    failed = {name: entry for name, entry in facts.items() if "error" in entry}
    paths = [options.folder / f"{name}.onnx" for name in facts if name not in failed]
    files: list[Comparison] = []
    for path, ours in zip(paths, reader_facts(shlex.split(options.reader), paths), strict=True):
        origin = facts[path.stem]
        result = compare(path.stem, origin, ours, references_of(options.folder, path.stem, origin["dims"]))
        files.append(result)
        for line in result.problems():
            print(f"{path.stem}: {line}", flush=True)
    print(summary(files, failed))
    if options.page is not None:
        options.page.write_text(page(files, failed))
    return 1 if any(result.problems() for result in files) else 0


if __name__ == "__main__":
    sys.exit(main())
