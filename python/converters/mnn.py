"""ONNX to MNN, by the converter in MNN's own package.

The package's program `mnnconvert` installs a logging library with whatever pip it finds and reports each conversion to
its makers. The function that it calls does neither.
"""

import importlib.metadata
import os
import sys

from converters.tool import last_words, run_tool

NAME = "mnnconvert"
CONVERT = "import sys, _tools; _tools.mnnconvert(sys.argv)"


def version():
    return importlib.metadata.version("MNN")


def convert(model, _shapes, folder):
    target = os.path.join(folder, "model.mnn")
    options = ["-f", "ONNX", "--modelFile", model, "--MNNModel", target, "--bizCode", "tempograph"]
    output = run_tool(NAME, [sys.executable, "-c", CONVERT] + options, folder)
    # It ends with 0 also where it failed.
    if not os.path.exists(target):
        raise RuntimeError("%s: %s" % (NAME, last_words(output)))
    return {"model.mnn": target}
