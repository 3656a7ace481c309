"""Writes which operators the ONNX standard has, and in which versions of their domain each of them changed.

The source is `onnx.defs` of the onnx package. The output is JSON: {onnx, operators}, each operator {domain, type, since},
with `deprecated` and `experimental` for those of its versions that are; "" is ai.onnx.

Usage: python standard_operators.py OUTPUT.json
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import onnx
from onnx.defs import OpSchema


def record(domain: str, name: str, schemas: Iterable[OpSchema]) -> dict[str, Any]:
    versions = sorted(schemas, key=lambda schema: schema.since_version)
    marks = {
        "deprecated": [schema.since_version for schema in versions if schema.deprecated],
        "experimental": [
            schema.since_version for schema in versions if schema.support_level == OpSchema.SupportType.EXPERIMENTAL
        ],
    }
    since = [schema.since_version for schema in versions]
    return {"domain": domain, "type": name, "since": since} | {mark: found for mark, found in marks.items() if found}


def main() -> int:
    (output,) = sys.argv[1:]
    schemas = defaultdict(list)
    for schema in onnx.defs.get_all_schemas_with_history():
        schemas[schema.domain, schema.name].append(schema)
    lines = [json.dumps(record(*key, versions)) for key, versions in sorted(schemas.items())]
    content = ",\n".join(f"    {line}" for line in lines)
    Path(output).write_text(f'{{\n  "onnx": "{onnx.__version__}",\n  "operators": [\n{content}\n  ]\n}}\n')
    return 0


if __name__ == "__main__":
    sys.exit(main())
