"""What tools other than the reader say of a file's tensors: name to (element type, dimensions).

onnx         onnx.shape_inference, not strict, with data propagation
onnxruntime  ONNX Runtime's symbolic shape inference, which knows com.microsoft too
stated       what the file's writer noted beside its tensors, from the run that it traced

The first two start from the inputs alone: shapes that the file states of its tensors and outputs are taken out first.
"""

from __future__ import annotations

import contextlib
import io
import logging
from dataclasses import dataclass

import onnx
from onnxruntime.tools.symbolic_shape_infer import SymbolicShapeInference

from check_shapes import Shape, onnx_dtype
from time_limit import limited

Fact = tuple[str | None, Shape]
Facts = dict[str, Fact]

LARGEST_DIM = 2**31 - 1
# Of processor time, for each tool and file.
SECONDS = 20


def fact_of(info: onnx.ValueInfoProto) -> Fact:
    tensor = info.type.tensor_type
    dims = [dim.dim_value if dim.HasField("dim_value") else dim.dim_param or None for dim in tensor.shape.dim]
    return onnx_dtype(tensor.elem_type), dims if tensor.HasField("shape") else None


def close_dims(model: onnx.ModelProto, sizes: dict[str, int]) -> None:
    """Gives the inputs' open dimensions their sizes, by symbol or as `input[axis]`."""
    for info in model.graph.input:
        for axis, dim in enumerate(info.type.tensor_type.shape.dim):
            if dim.HasField("dim_value"):
                continue
            size = sizes.get(dim.dim_param) or sizes.get(f"{info.name}[{axis}]")
            if size is not None:
                dim.dim_value = size


def bare(model: onnx.ModelProto) -> onnx.ModelProto:
    """A copy without what the file states of its tensors."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    del copy.graph.value_info[:]
    for info in copy.graph.output:
        if info.type.HasField("tensor_type"):
            info.type.tensor_type.ClearField("shape")
    return copy


@dataclass(frozen=True)
class Reference:
    facts: Facts
    error: str | None = None
    """Why the tool stopped; what it knew by then is in `facts`."""


def stated(model: onnx.ModelProto) -> Reference:
    return Reference({info.name: fact_of(info) for info in (*model.graph.value_info, *model.graph.output)})


def by_onnx(model: onnx.ModelProto) -> Reference:
    try:
        inferred = onnx.shape_inference.infer_shapes(bare(model), strict_mode=False, data_prop=True)
    except Exception as error:  # a tool that stops is told of in the table
        return Reference({}, describe(error))
    return Reference({info.name: fact_of(info) for info in (*inferred.graph.value_info, *inferred.graph.output)})


def by_onnxruntime(model: onnx.ModelProto) -> Reference:
    """The steps of SymbolicShapeInference.infer_shapes, keeping what is known when it gives up on a node."""
    inference = SymbolicShapeInference(LARGEST_DIM, auto_merge=True, guess_output_rank=False, verbose=0)
    problem: str | None = None
    logging.getLogger("onnxruntime.tools.symbolic_shape_infer").setLevel(logging.CRITICAL)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            with limited(SECONDS):
                inference._preprocess(bare(model))
                while inference.run_:
                    inference._infer_impl()
        except Exception as error:  # a tool that stops is told of in the table
            problem = describe(error)
    return Reference({name: fact_of(info) for name, info in inference.known_vi_.items()}, problem)


def describe(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[0][:150]}"
