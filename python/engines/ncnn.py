"""ncnn on the CPU. A run is what its users do: a new extractor, the inputs, every output."""

import ncnn
import numpy as np

from engines.layout import random_like

PRECISIONS = ("float32",)
OWN_THREADS = True
FILE = "model.ncnn"


def versions():
    return {"engineVersion": ncnn.__version__}


class Session:
    def __init__(self, folder, shapes, threads, _precision):
        self._net = ncnn.Net()
        options = self._net.opt
        options.num_threads = threads
        options.use_vulkan_compute = False
        # On by default, and taken where the processor has half precision.
        options.use_fp16_packed = options.use_fp16_storage = options.use_fp16_arithmetic = False
        path = folder + "/" + FILE
        self._ask("reading the graph", self._net.load_param(path + ".param"))
        self._ask("reading the weights", self._net.load_model(path + ".bin"))
        names = self._net.input_names()
        if len(names) != len(shapes):
            raise ValueError("the converted model has %d inputs, the ONNX file %d" % (len(names), len(shapes)))
        # The converter calls them in0, in1, ... in the order of the file.
        self._names = dict(zip(shapes, sorted(names, key=lambda name: int(name[2:]))))
        self._outputs = self._net.output_names()
        self.feed({name: random_like(shape) for name, shape in shapes.items()})

    @staticmethod
    def _ask(what, code):
        if code != 0:
            raise RuntimeError("ncnn: %s failed with code %d" % (what, code))

    def feed(self, arrays):
        """ncnn's tensors have no batch: it is one, and dropped."""
        self._given = {}
        for name, array in arrays.items():
            single = array[0] if array.ndim > 1 and array.shape[0] == 1 else array
            self._given[self._names[name]] = ncnn.Mat(np.ascontiguousarray(single)).clone()

    def run(self):
        extractor = self._net.create_extractor()
        for name, mat in self._given.items():
            self._ask("input " + name, extractor.input(name, mat))
        results = []
        for name in self._outputs:
            code, mat = extractor.extract(name)
            self._ask("output " + name, code)
            results.append(mat)
        self._results = results

    def outputs(self):
        return [np.array(mat) for mat in self._results]
