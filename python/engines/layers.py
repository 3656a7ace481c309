"""Profiles of engines that are watched from outside, layer by layer."""

import statistics
import time


def repeat(request, run):
    """Warm-up, then as many of `run` as a profile's request asks for, which is told which of the two it is. Returns how many."""
    for _ in range(request["warmup"]):
        run(False)
    begin, count = time.perf_counter_ns(), 0
    while count < request["runs"]:
        run(True)
        count += 1
        if count >= request["minRuns"] and time.perf_counter_ns() - begin >= request["maxMs"] * 1e6:
            break
    return count


def kernel(op, key, macs, times_ns, idle_ns):
    """A layer's times without what watching it takes, in microseconds; `macs` where the engine tells them."""
    own = [max(0, ns - idle_ns) / 1e3 for ns in times_ns]
    told = {} if macs is None else {"macs": macs}
    times = {"medianUs": round(statistics.median(own), 2), "meanUs": round(statistics.fmean(own), 2)}
    return {"op": op, "domain": None, "key": key, "inputs": [], **told, **times}
