"""Runs ONNX models in ONNX Runtime on one pinned core and times them; see line_server.py for the protocol.

    python onnxruntime_runner.py CORE

Requests: hello | load {slot, bytes, inputs} | pass {slot, ...} | profile {bytes, inputs, warmup, runs} | probe |
unload {slot}. Several loaded models may wait in slots; only one runs at a time, in the calling thread.
"""

import os
import sys

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import gc
import json
import platform
import shutil
import statistics
import tempfile
import time

import numpy as np
import onnx
import onnxruntime as ort

from clocks import Clocks
from line_server import serve
from probe import Probe
from random_tensors import RandomTensors
from zoo_keys import ZooKeys

FATAL_ONLY = 4
SCRATCH = "/dev/shm" if os.path.isdir("/dev/shm") else None
# Below this size in bytes a constant stays inside the optimised model's file.
INLINE_BYTES = 1024
INTEGER_TYPES = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}


def session_options():
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.log_severity_level = FATAL_ONLY
    return options


class Loaded:
    """One session with its weights, inputs and outputs in place."""

    def __init__(self, model_bytes, shapes, random, options):
        self._weights = []
        model = onnx.load_from_string(model_bytes)
        names = []
        for tensor in model.graph.initializer:
            if tensor.data_location != onnx.TensorProto.EXTERNAL:
                continue
            if tensor.data_type != onnx.TensorProto.FLOAT:
                raise ValueError(f"initializer {tensor.name}: only float32 weights can be made up")
            array = random.weight(tuple(tensor.dims))
            names.append(tensor.name)
            # The session reads these arrays in place, so they live as long as it does.
            self._weights.append((array, ort.OrtValue.ortvalue_from_numpy(array)))
        if names:
            options.add_external_initializers(names, [value for _, value in self._weights])
        started = time.perf_counter_ns()
        self.session = ort.InferenceSession(model_bytes, options, providers=["CPUExecutionProvider"])
        self.load_ns = time.perf_counter_ns() - started
        self._bind(shapes, random)

    def _bind(self, shapes, random):
        self.binding = self.session.io_binding()
        self._values = []
        for value in self.session.get_inputs():
            dims = tuple(shapes.get(value.name) or value.shape)
            if value.type in INTEGER_TYPES:
                array = np.ones(dims, dtype=INTEGER_TYPES[value.type])
            elif value.type == "tensor(float)":
                array = random.input(dims)
            else:
                raise ValueError(f"input {value.name}: cannot make up a {value.type}")
            held = ort.OrtValue.ortvalue_from_numpy(array)
            self._values.append((array, held))
            self.binding.bind_ortvalue_input(value.name, held)
        for value in self.session.get_outputs():
            self.binding.bind_output(value.name, "cpu")

    def run(self):
        self.session.run_with_iobinding(self.binding)


class Runner:
    def __init__(self, core):
        os.sched_setaffinity(0, {core})
        self._core = core
        self._random = RandomTensors()
        self._probe = Probe()
        self._clocks = Clocks()
        self._slots = {}
        # Collections run between measurements only.
        gc.disable()

    def hello(self, _request, _body):
        return {
            "pid": os.getpid(),
            "core": self._core,
            "engine": "onnxruntime",
            "engineVersion": ort.__version__,
            "providers": ["CPUExecutionProvider"],
            "threads": 1,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "onnx": onnx.__version__,
        }

    def load(self, request, body):
        self._slots.pop(request["slot"], None)
        gc.collect()
        started = time.perf_counter_ns()
        loaded = Loaded(body, request["inputs"], self._random, session_options())
        self._slots[request["slot"]] = loaded
        total = time.perf_counter_ns() - started
        return {"sessionMs": loaded.load_ns / 1e6, "totalMs": total / 1e6}

    def unload(self, request, _body):
        self._slots.pop(request["slot"], None)
        gc.collect()
        return {}

    def probe(self, _request, _body):
        return self._probe.run()

    def timed_pass(self, request, _body):
        """Warm-up, then runs until `runs` and `minMs` are reached, or `minRuns` runs and `maxMs`."""
        run = self._slots[request["slot"]].run
        runs, least = request["runs"], request["minRuns"]
        shortest, longest = request["minMs"] * 1e6, request["maxMs"] * 1e6
        clock = time.perf_counter_ns
        for _ in range(request["warmup"]):
            run()
        walls = []
        self._clocks.start()
        begin = before = clock()
        while True:
            run()
            after = clock()
            walls.append(after - before)
            before = after
            count, elapsed = len(walls), after - begin
            if (count >= runs and elapsed >= shortest) or (count >= least and elapsed >= longest):
                break
        totals = self._clocks.stop()
        return {"runsNs": walls, **totals}

    def profile(self, request, body):
        folder = tempfile.mkdtemp(prefix="tempograph-", dir=SCRATCH)
        try:
            return {"kernels": self._profile_in(folder, request, body)}
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            gc.collect()

    def _profile_in(self, folder, request, body):
        optimized = os.path.join(folder, "model.onnx")
        # The optimised graph is wanted, its weights are not: they go to nowhere.
        os.symlink(os.devnull, os.path.join(folder, "weights.bin"))
        options = session_options()
        options.enable_profiling = True
        options.profile_file_prefix = os.path.join(folder, "profile")
        options.optimized_model_filepath = optimized
        options.add_session_config_entry("session.optimized_model_external_initializers_file_name", "weights.bin")
        options.add_session_config_entry(
            "session.optimized_model_external_initializers_min_size_in_bytes", str(INLINE_BYTES)
        )
        loaded = Loaded(body, request["inputs"], self._random, options)
        for _ in range(request["warmup"]):
            loaded.run()
        begin, count = time.perf_counter_ns(), 0
        while count < request["runs"]:
            loaded.run()
            count += 1
            if count >= request["minRuns"] and time.perf_counter_ns() - begin >= request["maxMs"] * 1e6:
                break
        with open(loaded.session.end_profiling(), "rb") as file:
            events = json.load(file)
        keys = ZooKeys(onnx.load(optimized, load_external_data=False).graph)
        return kernels_of(events, keys, count)


def kernels_of(events, keys, runs):
    """Median and mean µs of each kernel over the last `runs` runs, in the order of execution."""
    durations = {}
    for event in events:
        if event.get("cat") == "Node" and event["name"].endswith("_kernel_time"):
            args = event["args"]
            name = event["name"].removesuffix("_kernel_time")
            durations.setdefault((args["node_index"], name, args["op_name"]), []).append(event["dur"])
    nodes = keys.nodes_of((name, op) for _, name, op in durations)
    kernels = []
    for ((_, _, op), all_runs), node in zip(durations.items(), nodes, strict=True):
        last = all_runs[-runs:]
        kernels.append(
            {
                "op": op,
                "domain": node.domain if node is not None else None,
                "key": keys.key_of(node) if node is not None else None,
                "inputs": keys.input_keys(node) if node is not None else [],
                "medianUs": statistics.median(last),
                "meanUs": round(statistics.fmean(last), 2),
            }
        )
    return kernels


def main():
    runner = Runner(int(sys.argv[1]))
    serve(
        {
            "hello": runner.hello,
            "load": runner.load,
            "unload": runner.unload,
            "pass": runner.timed_pass,
            "profile": runner.profile,
            "probe": runner.probe,
        }
    )


if __name__ == "__main__":
    main()
