"""MindSpore Lite on the CPU. Its last wheel with the CPU engine is for Python 3.7."""

import mindspore_lite as mslite
import numpy as np

from engines.layout import random_like

PRECISIONS = ("float32",)
# It computes in a pool of its own, also with one thread.
OWN_THREADS = True
FILE = "model.mindir"


def versions():
    return {"engineVersion": mslite.__version__}


class Session:
    def __init__(self, folder, shapes, threads, _precision):
        context = mslite.Context()
        context.target = ["cpu"]
        context.cpu.thread_num = threads
        context.cpu.precision_mode = "enforce_fp32"
        self._model = mslite.Model()
        self._model.build_from_file(folder + "/" + FILE, mslite.ModelType.MINDIR, context)
        self._inputs = self._model.get_inputs()
        names = [tensor.name for tensor in self._inputs]
        missing = [name for name in shapes if name not in names]
        if missing:
            raise ValueError("the converted model has no input %s, but %s" % (missing[0], ", ".join(names)))
        if any(list(tensor.shape) != list(shapes[tensor.name]) for tensor in self._inputs):
            self._model.resize(self._inputs, [list(shapes[name]) for name in names])
        self.feed({name: random_like(shape) for name, shape in shapes.items()})

    def feed(self, arrays):
        for tensor in self._inputs:
            tensor.set_data_from_numpy(np.ascontiguousarray(arrays[tensor.name]))

    def run(self):
        self._results = self._model.predict(self._inputs)

    def outputs(self):
        return [tensor.get_data_to_numpy() for tensor in self._results]
