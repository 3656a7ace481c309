"""MNN on the CPU, through the session interface of its interpreter."""

import statistics
import time

import MNN
import numpy as np

from engines.layers import kernel, repeat
from engines.layout import random_like

PRECISIONS = ("float32",)
OWN_THREADS = True
FILE = "model.mnn"


def versions():
    return {"engineVersion": MNN.version()}


class Session:
    def __init__(self, folder, shapes, threads, _precision):
        self._interpreter = MNN.Interpreter(folder + "/" + FILE)
        # "high" computes in float32 everywhere; "normal" may not on ARM.
        config = {"backend": "CPU", "numThread": threads, "precision": "high"}
        self._session = self._interpreter.createSession(config)
        if self._session is None:
            raise RuntimeError("MNN could not create a session")
        self._inputs = self._interpreter.getSessionInputAll(self._session)
        for name, shape in shapes.items():
            if name not in self._inputs:
                raise ValueError("the converted model has no input %s, but %s" % (name, ", ".join(self._inputs)))
            self._interpreter.resizeTensor(self._inputs[name], tuple(shape))
        self._interpreter.resizeSession(self._session)
        self.feed({name: random_like(shape) for name, shape in shapes.items()})

    def feed(self, arrays):
        for name, array in arrays.items():
            data = np.ascontiguousarray(array)
            given = MNN.Tensor(data.shape, MNN.Halide_Type_Float, data, MNN.Tensor_DimensionType_Caffe)
            self._inputs[name].copyFrom(given)

    def run(self):
        self._interpreter.runSession(self._session)

    def outputs(self):
        arrays = []
        for tensor in self._interpreter.getSessionOutputAll(self._session).values():
            shape = tensor.getShape()
            zeros = np.zeros(shape, dtype=np.float32)
            copy = MNN.Tensor(shape, MNN.Halide_Type_Float, zeros, MNN.Tensor_DimensionType_Caffe)
            tensor.copyToHostTensor(copy)
            # A view of memory that goes with `copy`.
            arrays.append(np.array(copy.getNumpyData()).reshape(shape))
        return arrays

    def profile(self, request):
        """Each operator's time: from the call back before it to that after it."""
        times, types = {}, {}
        between = []
        clock = time.perf_counter_ns
        state = {"begun": 0, "ended": 0, "counts": False}

        def before(_tensors, _info):
            now = clock()
            if state["counts"] and state["ended"]:
                between.append(now - state["ended"])
            state["begun"] = clock()
            return True

        def after(_tensors, info):
            took = clock() - state["begun"]
            name = info.getName()
            types[name] = info.getType()
            if state["counts"]:
                times.setdefault(name, []).append(took)
            state["ended"] = clock()
            return True

        def run(counts):
            state.update(counts=counts, ended=0)
            self._interpreter.runSessionWithCallBackInfo(self._session, before, after)

        repeat(request, run)
        idle = statistics.median(between) if between else 0
        return [kernel(types[name], name, None, own, idle) for name, own in times.items()]


def profile(request, _body, threads):
    return Session(request["folder"], request["inputs"], threads, "float32").profile(request)
