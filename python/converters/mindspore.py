"""ONNX to MindSpore Lite's MINDIR, by the converter in its own package. Runs on Python 3.7."""

import os
import re
import sys

import mindspore_lite as mslite
import onnx
from onnx import helper

from converters.tool import last_words, run_tool

NAME = "mindspore-lite converter"
# Of its log lines: level, process, time and place, none of which say what is wrong.
LOG_HEAD = re.compile(r"^\[[A-Z]+\] \w+\([^)]*\):\S+ \[[^\]]*\] (?:\w+\] )?")
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


def with_gates(model):
    """It knows HardSigmoid but not HardSwish, which is x * HardSigmoid(x) with alpha 1/6 and beta 1/2 by definition."""
    nodes = []
    for node in model.graph.node:
        if node.op_type != "HardSwish":
            nodes.append(node)
            continue
        x, y = node.input[0], node.output[0]
        gate = y + "_gate"
        nodes.append(helper.make_node("HardSigmoid", [x], [gate], name=gate, alpha=1 / 6, beta=0.5))
        nodes.append(helper.make_node("Mul", [x, gate], [y], name=node.name))
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model


def convert(model, _shapes, folder):
    onnx.save(with_gates(without_unit_dilations(onnx.load(model))), model)
    target = os.path.join(folder, "converted")
    # A process of its own: it ends the one that calls it where an operator is beyond it.
    output = run_tool(NAME, [sys.executable, "-c", CONVERT, model, target], folder, strip=LOG_HEAD)
    if not os.path.exists(target + ".mindir"):
        raise RuntimeError("%s: %s" % (NAME, last_words(output, LOG_HEAD)))
    return {"model.mindir": target + ".mindir"}
