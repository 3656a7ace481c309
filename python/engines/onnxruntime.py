"""ONNX Runtime on the CPU, all graph optimisations. Weights that a model only declares are made up in memory."""

import json
import os
import shutil
import statistics
import tempfile
import time

import numpy as np
import onnx
import onnxruntime as ort

from engines.layers import repeat
from random_tensors import RandomTensors
from zoo_keys import ZooKeys

PRECISIONS = ("float32",)
# With one thread it computes in the caller's.
OWN_THREADS = False
FILE = "model.onnx"
FATAL_ONLY = 4
SCRATCH = "/dev/shm" if os.path.isdir("/dev/shm") else None
# Below this size in bytes a constant stays inside the optimised model's file.
INLINE_BYTES = 1024
INTEGER_TYPES = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}

_random = RandomTensors()


def versions():
    return {"engineVersion": ort.__version__, "onnx": onnx.__version__}


def session_options(threads):
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.log_severity_level = FATAL_ONLY
    return options


class Session:
    """One session with its weights, inputs and outputs in place.

    The source is a model's bytes, whose weights are made up where they are only declared, or the folder of a whole file.
    """

    def __init__(self, source, shapes, threads, _precision="float32", options=None):
        options = options or session_options(threads)
        self._weights = []
        if isinstance(source, str):
            model = source + "/" + FILE
        else:
            self._make_up_weights(source, options)
            model = source
        started = time.perf_counter_ns()
        self.session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self.load_ns = time.perf_counter_ns() - started
        self._bind(shapes)

    def _make_up_weights(self, model_bytes, options):
        model = onnx.load_from_string(model_bytes)
        names = []
        for tensor in model.graph.initializer:
            if tensor.data_location != onnx.TensorProto.EXTERNAL:
                continue
            if tensor.data_type != onnx.TensorProto.FLOAT:
                raise ValueError(f"initializer {tensor.name}: only float32 weights can be made up")
            array = _random.weight(tuple(tensor.dims))
            names.append(tensor.name)
            # The session reads these arrays in place, so they live as long as it does.
            self._weights.append((array, ort.OrtValue.ortvalue_from_numpy(array)))
        if names:
            options.add_external_initializers(names, [value for _, value in self._weights])

    def _bind(self, shapes):
        self.binding = self.session.io_binding()
        self._values = []
        for value in self.session.get_inputs():
            dims = tuple(shapes.get(value.name) or value.shape)
            if value.type in INTEGER_TYPES:
                array = np.ones(dims, dtype=INTEGER_TYPES[value.type])
            elif value.type == "tensor(float)":
                array = _random.input(dims)
            else:
                raise ValueError(f"input {value.name}: cannot make up a {value.type}")
            held = ort.OrtValue.ortvalue_from_numpy(array)
            self._values.append((array, held))
            self.binding.bind_ortvalue_input(value.name, held)
        for value in self.session.get_outputs():
            self.binding.bind_output(value.name, "cpu")

    def run(self):
        self.session.run_with_iobinding(self.binding)

    def feed(self, arrays):
        for value, (held, _) in zip(self.session.get_inputs(), self._values, strict=True):
            np.copyto(held, arrays[value.name], casting="unsafe")

    def outputs(self):
        return self.binding.copy_outputs_to_cpu()


def profile(request, body, threads):
    """Kernels of a session of its own, in the order of execution."""
    folder = tempfile.mkdtemp(prefix="tempograph-", dir=SCRATCH)
    try:
        return _profile_in(folder, request, body, threads)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _profile_in(folder, request, body, threads):
    optimized = os.path.join(folder, "model.onnx")
    # The optimised graph is wanted, its weights are not: they go to nowhere.
    os.symlink(os.devnull, os.path.join(folder, "weights.bin"))
    options = session_options(threads)
    options.enable_profiling = True
    options.profile_file_prefix = os.path.join(folder, "profile")
    options.optimized_model_filepath = optimized
    options.add_session_config_entry("session.optimized_model_external_initializers_file_name", "weights.bin")
    options.add_session_config_entry(
        "session.optimized_model_external_initializers_min_size_in_bytes", str(INLINE_BYTES)
    )
    session = Session(body, request["inputs"], threads, options=options)
    count = repeat(request, lambda _counts: session.run())
    with open(session.session.end_profiling(), "rb") as file:
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
