"""ONNX to ncnn by pnnx. Only the program in its wheel is used: the Python around it wants PyTorch, the program does not."""

import errno
import importlib.metadata
import importlib.util
import os

from converters.tool import last_words, run_tool

NAME = "pnnx"
# First line of a graph in ncnn's format.
MAGIC = "7767517"


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
    with open(files["model.ncnn.param"]) as graph:
        if graph.readline().strip() != MAGIC:
            # It does not look whether what it writes arrives.
            raise OSError(errno.ENOSPC, "No space left on device: %s left a file that is not whole" % NAME)
    return files
