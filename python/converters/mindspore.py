"""ONNX to MindSpore Lite's MINDIR, by the converter in its own package. Runs on Python 3.7."""

import os
import sys

import mindspore_lite as mslite
import onnx

from converters.tool import last_words, run_tool

NAME = "mindspore-lite converter"
CONVERT = """
import sys
import mindspore_lite as mslite
converter = mslite.Converter()
converter.save_type = mslite.ModelType.MINDIR
converter.optimize = "general"
converter.convert(mslite.FmkType.ONNX, sys.argv[1], sys.argv[2])
"""


def version():
    return mslite.__version__


def without_unit_dilations(model):
    """It refuses a MaxPool that carries the attribute, even where it says nothing."""
    for node in model.graph.node:
        if node.op_type == "MaxPool":
            for attribute in list(node.attribute):
                if attribute.name == "dilations" and all(dilation == 1 for dilation in attribute.ints):
                    node.attribute.remove(attribute)
    return model


def convert(model, _shapes, folder):
    onnx.save(without_unit_dilations(onnx.load(model)), model)
    target = os.path.join(folder, "converted")
    # A process of its own: it ends the one that calls it where an operator is beyond it.
    output = run_tool(NAME, [sys.executable, "-c", CONVERT, model, target], folder)
    if not os.path.exists(target + ".mindir"):
        raise RuntimeError("%s: %s" % (NAME, last_words(output)))
    return {"model.mindir": target + ".mindir"}
