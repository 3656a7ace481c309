"""ONNX to TensorFlow Lite by onnx2tf, which writes the flatbuffer itself. It turns images to channels last."""

import importlib.metadata
import os

import numpy as np
import onnx
from onnx2tf.onnx2tf import main as onnx2tf

from converters.tool import last_words, run_forked

NAME = "onnx2tf"
# It looks for this sample in the working directory and would otherwise fetch it from the network.
SAMPLE = "calibration_image_sample_data_20x128x128x3_float32.npy"


def version():
    return importlib.metadata.version("onnx2tf")


def without_single_concats(model):
    """It makes an operator that nobody has of a Concat of one tensor, which does nothing."""
    for node in model.graph.node:
        if node.op_type == "Concat" and len(node.input) == 1:
            node.op_type = "Identity"
            del node.attribute[:]
    return model


def convert(model, _shapes, folder):
    onnx.save(without_single_concats(onnx.load(model)), model)
    np.save(os.path.join(folder, SAMPLE), np.random.default_rng(1).random((20, 128, 128, 3), dtype=np.float32))
    output = run_forked(NAME, onnx2tf, ["-i", model, "-o", os.path.join(folder, "out"), "-n"], folder)
    target = os.path.join(folder, "out", "model_float32.tflite")
    if not os.path.exists(target):
        raise RuntimeError("%s: %s" % (NAME, last_words(output)))
    return {"model.tflite": target}
