"""Holds models against ONNX itself: its checker, its shape inference, one run; see line_server.py for the protocol.

    python zoo_checker.py

Requests: check {inputs, bytes}: runs the ONNX checker and strict shape inference on the model, then ONNX Runtime once on
made-up weights. Answers {outputs: [{name, shape, finite}]} with the shapes that came out, and whether all values are finite.
"""

import tempfile
from pathlib import Path

import numpy as np
import onnx

from check_shapes import check_structure, reference_facts
from engines.onnxruntime import Session
from line_server import serve

THREADS = 1


def run_once(body, shapes):
    session = Session(body, shapes, THREADS)
    session.run()
    names = [value.name for value in session.session.get_outputs()]
    return [
        {"name": name, "shape": list(output.shape), "finite": bool(np.isfinite(output).all())}
        for name, output in zip(names, session.outputs(), strict=True)
    ]


def contradictions(model, outputs):
    """Outputs whose inferred or declared shape is not the one that came out."""
    inferred = reference_facts(model)
    declared = {
        value.name: [dim.dim_value for dim in value.type.tensor_type.shape.dim] for value in model.graph.output
    }
    for output in outputs:
        name, shape = output["name"], output["shape"]
        if declared[name] != shape or inferred[name][1] != shape:
            yield f"{name}: declared {declared[name]}, inferred {inferred[name][1]}, computed {shape}"


def check(request, body):
    model = onnx.load_from_string(body)
    with tempfile.TemporaryDirectory(prefix="tempograph-") as folder:
        path = Path(folder, "model.onnx")
        path.write_bytes(body)
        check_structure(model, path)
    outputs = run_once(body, request["inputs"])
    wrong = list(contradictions(model, outputs))
    if wrong:
        raise ValueError("; ".join(wrong))
    return {"outputs": outputs}


if __name__ == "__main__":
    serve({"check": check})
