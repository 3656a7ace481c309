"""ONNX to ncnn by pnnx. Only the program in its wheel is used: the Python around it wants PyTorch, the program does not."""

import importlib.metadata
import importlib.util
import os

from converters.tool import last_words, run_tool

NAME = "pnnx"


def version():
    return importlib.metadata.version("pnnx")


def convert(model, shapes, folder):
    program = os.path.join(os.path.dirname(importlib.util.find_spec("pnnx").origin), "pnnx")
    sizes = ",".join("[%s]" % ",".join(str(dim) for dim in shape) for shape in shapes.values())
    # Weights stay float32; by default they would be stored in half precision.
    output = run_tool(NAME, [program, model, "inputshape=" + sizes, "fp16=0"], folder)
    files = {"model.ncnn." + end: os.path.join(folder, "model.ncnn." + end) for end in ("param", "bin")}
    if not all(os.path.exists(path) for path in files.values()):
        raise RuntimeError("%s: %s" % (NAME, last_words(output)))
    return files
