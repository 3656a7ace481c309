"""Runs models in one inference engine on pinned cores and times them; see line_server.py for the protocol.

    python engine_runner.py ENGINE CORES THREADS PRECISION      (CORES such as 1 or 2,3)

ENGINE names a module of the folder engines/, which holds everything that is peculiar to it:
    PRECISIONS          what it computes in here
    OWN_THREADS         whether it computes in threads of its own even when it is asked for one
    versions()          {"engineVersion": ..., "runtime": {...}}
    Session             a loaded model: Session(source, shapes, threads, precision), feed(arrays), run(), outputs(),
                        and optionally load_ns, the engine's own time to create it. `source` is what the request
                        carries: the bytes of a model, or the folder that a conversion wrote
    profile             optional: profile(request, body, threads), the kernels of a session of its own

Requests: hello | load {slot, inputs, bytes or folder} | pass {slot, ...} | compute {slot, inputs, seed} |
profile {bytes, inputs, warmup, runs} | memory {folder, inputs, runs} | probe | watch | unload {slot}. Several loaded
models may wait in slots; only one runs at a time. Runs on Python 3.7.
"""

import os
import sys

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import gc
import importlib
import platform
import time

import numpy as np

import memory
from clocks import ProcessClocks, ThreadClocks
from line_server import open_pipes, serve
from probe import Probe

HEAD = 16


def seeded_input(shape, seed):
    """Standard normal float32 in the shape that the ONNX file gives."""
    return np.random.default_rng(seed).standard_normal(tuple(shape), dtype=np.float32)


def head_of(array):
    return np.ravel(array)[:HEAD].astype(np.float64).tolist()


class Runner:
    def __init__(self, engine, cores, threads, precision):
        os.sched_setaffinity(0, set(cores))
        self._engine = importlib.import_module("engines." + engine)
        if precision not in self._engine.PRECISIONS:
            raise ValueError("%s runs here in %s, not in %s" % (engine, ", ".join(self._engine.PRECISIONS), precision))
        self._name, self._cores, self._threads, self._precision = engine, cores, threads, precision
        self._probe = Probe()
        self._clocks = ProcessClocks() if threads > 1 or self._engine.OWN_THREADS else ThreadClocks()
        self._slots = {}
        # Collections run between measurements only.
        gc.disable()

    def hello(self, _request, _body):
        return {
            "pid": os.getpid(),
            "core": self._cores[0],
            "cores": self._cores,
            "engine": self._name,
            "threads": self._threads,
            "precision": self._precision,
            "profiles": hasattr(self._engine, "profile"),
            "python": platform.python_version(),
            "numpy": np.__version__,
            **self._engine.versions(),
        }

    def load(self, request, body):
        self._slots.pop(request["slot"], None)
        gc.collect()
        before = memory.resident_bytes()
        reset = memory.reset_peak()
        started = time.perf_counter_ns()
        source = request["folder"] if "folder" in request else body
        session = self._engine.Session(source, request["inputs"], self._threads, self._precision)
        total = time.perf_counter_ns() - started
        self._slots[request["slot"]] = (session, before if reset else None)
        return {"sessionMs": getattr(session, "load_ns", total) / 1e6, "totalMs": total / 1e6}

    def unload(self, request, _body):
        self._slots.pop(request["slot"], None)
        gc.collect()
        return {}

    def probe(self, _request, _body):
        return self._probe.run()

    def watch(self, _request, _body):
        """What the system has counted until now; None where it does not tell."""
        try:
            with open("/proc/stat") as file:
                stat = file.read()
        except OSError:
            stat = None
        return {"atNs": time.monotonic_ns(), "stat": stat, "cpuNs": time.process_time_ns()}

    def compute(self, request, _body):
        """The first values of every output for seeded inputs, to compare engines with each other."""
        session, _ = self._slots[request["slot"]]
        shapes = request["inputs"]
        session.feed({name: seeded_input(shape, request["seed"]) for name, shape in shapes.items()})
        session.run()
        samples = [{"elements": int(np.size(array)), "head": head_of(array)} for array in session.outputs()]
        if hasattr(session, "stored_outputs"):
            for sample, array in zip(samples, session.stored_outputs()):
                sample["storedHead"] = head_of(array)
        return {"outputs": samples}

    def timed_pass(self, request, _body):
        """Warm-up, then runs until `runs` and `minMs` are reached, or `minRuns` runs and `maxMs`.

        `beginNs` is of the monotonic clock, which on Linux is also what perf_counter reads.
        """
        session, before = self._slots[request["slot"]]
        run = session.run
        runs, least = request["runs"], request["minRuns"]
        shortest, longest = request["minMs"] * 1e6, request["maxMs"] * 1e6
        clock = time.perf_counter_ns
        for _ in range(request["warmup"]):
            run()
        walls = []
        self._clocks.start()
        begin = previous = clock()
        while True:
            run()
            after = clock()
            walls.append(after - previous)
            previous = after
            count, elapsed = len(walls), after - begin
            if (count >= runs and elapsed >= shortest) or (count >= least and elapsed >= longest):
                break
        totals = self._clocks.stop()
        peak = memory.peak_bytes() if before is not None else None
        return {"beginNs": begin, "runsNs": walls, **totals, "beforeLoadBytes": before, "peakBytes": peak}

    def memory(self, request, _body):
        """What this process holds before a model is loaded from its file, at most meanwhile, then, and at most in some runs."""
        gc.collect()
        memory.give_back()
        before = memory.resident_bytes()
        if before is None or not memory.reset_peak():
            raise OSError("the system does not let a process count its own peak (/proc/self/clear_refs)")
        session = self._engine.Session(request["folder"], request["inputs"], self._threads, self._precision)
        load_peak = memory.peak_bytes()
        gc.collect()
        memory.give_back()
        loaded = memory.resident_bytes()
        memory.reset_peak()
        for _ in range(request["runs"]):
            session.run()
        return {
            "beforeLoadBytes": before,
            "loadPeakBytes": load_peak,
            "loadedBytes": loaded,
            "runPeakBytes": memory.peak_bytes(),
        }

    def profile(self, request, body):
        try:
            return {"kernels": self._engine.profile(request, body, self._threads)}
        finally:
            gc.collect()


def main():
    pipes = open_pipes()
    engine, cores, threads, precision = sys.argv[1:]
    runner = Runner(engine, [int(core) for core in cores.split(",")], int(threads), precision)
    serve(
        {
            "hello": runner.hello,
            "load": runner.load,
            "unload": runner.unload,
            "pass": runner.timed_pass,
            "watch": runner.watch,
            "compute": runner.compute,
            "profile": runner.profile,
            "memory": runner.memory,
            "probe": runner.probe,
        },
        pipes,
    )


if __name__ == "__main__":
    main()
