"""TensorFlow Lite on the CPU with the XNNPACK delegate, which it uses by itself where it can."""

import importlib.metadata

from ai_edge_litert.interpreter import Interpreter

from engines.layout import random_like, to_channels_first, to_channels_last

PRECISIONS = ("float32",)
# One thread is the caller's, but the delegate's pool is its own.
OWN_THREADS = True
FILE = "model.tflite"


def versions():
    return {"engineVersion": importlib.metadata.version("ai-edge-litert")}


class Session:
    def __init__(self, folder, shapes, threads, _precision):
        self._interpreter = Interpreter(folder + "/" + FILE, num_threads=threads)
        self._interpreter.allocate_tensors()
        self._inputs = self._match(shapes)
        self.feed({name: random_like(shape) for name, shape in shapes.items()})

    def _match(self, shapes):
        """The interpreter's input for each ONNX input: by name where the converter kept it, else by position."""
        details = self._interpreter.get_input_details()
        if len(details) != len(shapes):
            raise ValueError("the converted model has %d inputs, the ONNX file %d" % (len(details), len(shapes)))
        named = {detail["name"]: detail for detail in details}
        return {name: named.get(name, detail) for name, detail in zip(shapes, details)}

    def feed(self, arrays):
        for name, detail in self._inputs.items():
            array = arrays[name]
            if tuple(array.shape) != tuple(detail["shape"]):
                array = to_channels_last(array)
            if tuple(array.shape) != tuple(detail["shape"]):
                raise ValueError("input %s: %s became %s" % (name, arrays[name].shape, tuple(detail["shape"])))
            self._interpreter.set_tensor(detail["index"], array.astype(detail["dtype"]))

    def run(self):
        self._interpreter.invoke()

    def outputs(self):
        return [to_channels_first(array) for array in self.stored_outputs()]

    def stored_outputs(self):
        """As they lie in memory: the converter leaves some outputs channels first, and nothing tells which."""
        return [self._interpreter.get_tensor(detail["index"]) for detail in self._interpreter.get_output_details()]
