"""ncnn on the CPU. A run is what its users do: a new extractor, the inputs, every output."""

import statistics
import time

import ncnn
import numpy as np

from engines.layers import kernel, repeat
from engines.layout import random_like

PRECISIONS = ("float32",)
OWN_THREADS = True
FILE = "model.ncnn"
# Layers of these types are told apart by a parameter.
VARIANTS = {"Pooling": {0: "max", 1: "average"}, "BinaryOp": {0: "add", 1: "sub", 2: "mul", 3: "div"}}
GLOBAL = 4
# Numbers of the parameter that holds how many weights a layer has.
WEIGHTS = {"Convolution": 6, "ConvolutionDepthWise": 6, "InnerProduct": 2}
# extract() then leaves the layout as it is.
NO_CONVERSION = 1


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

    def _begin(self):
        extractor = self._net.create_extractor()
        for name, mat in self._given.items():
            self._ask("input " + name, extractor.input(name, mat))
        return extractor

    def run(self):
        extractor = self._begin()
        results = []
        for name in self._outputs:
            code, mat = extractor.extract(name)
            self._ask("output " + name, code)
            results.append(mat)
        self._results = results

    def outputs(self):
        return [np.array(mat) for mat in self._results]

    def profile(self, request):
        """Each layer's time: that of extracting its first output when all before it are there."""
        layers = read_layers(request["folder"] + "/" + FILE + ".param")
        times = [[] for _ in layers]
        shapes = [None] * len(layers)
        again = []
        clock = time.perf_counter_ns

        def run(counts):
            extractor = self._begin()
            for place, (_, top, _) in enumerate(layers):
                begin = clock()
                code, mat = extractor.extract(top, NO_CONVERSION)
                end = clock()
                self._ask("layer " + top, code)
                shapes[place] = (mat.w, mat.h, mat.d)
                # The next layer computes in place where nobody else holds its input.
                del mat
                if counts:
                    times[place].append(end - begin)
            begin = clock()
            extractor.extract(layers[-1][1], NO_CONVERSION)
            if counts:
                again.append(clock() - begin)

        repeat(request, run)
        idle = statistics.median(again)
        return [
            kernel(op, None, macs_of(op, parameters, shape), own, idle)
            for (op, _, parameters), shape, own in zip(layers, shapes, times)
        ]


def profile(request, _body, threads):
    return Session(request["folder"], request["inputs"], threads, "float32").profile(request)


def read_layers(path):
    """(type, name of the first output, parameters by number) of the layers that compute, in the order of the file."""
    layers = []
    with open(path) as file:
        lines = file.read().splitlines()[2:]
    for line in lines:
        op, _, bottoms, tops, *rest = line.split()
        blobs = int(bottoms) + int(tops)
        if op == "Input":
            continue
        parameters = dict(part.split("=", 1) for part in rest[blobs:])
        layers.append((variant(op, parameters), rest[int(bottoms)], parameters))
    return layers


def variant(op, parameters):
    if op not in VARIANTS:
        return op
    if op == "Pooling" and parameters.get(str(GLOBAL)) == "1":
        return op + ":global"
    number = int(parameters.get("0", "0"))
    return "%s:%s" % (op, VARIANTS[op].get(number, number))


def macs_of(op, parameters, shape):
    """Multiplications of a layer with weights: each weight once for every place of the output's plane."""
    if op not in WEIGHTS:
        return None
    weights = int(parameters.get(str(WEIGHTS[op]), "0"))
    width, height, _ = shape
    return weights if op == "InnerProduct" else weights * width * height
