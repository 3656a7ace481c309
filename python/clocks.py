"""Time as one pinned thread sees it: wall, CPU, and the time it waited for its core."""

import threading
import time


class Clocks:
    """Wall ns, CPU ns and run delay ns of the calling thread since the last start()."""

    def __init__(self):
        try:
            self._schedstat = open(f"/proc/self/task/{threading.get_native_id()}/schedstat", "rb", buffering=0)
        except OSError:
            self._schedstat = None

    def _run_delay(self):
        if self._schedstat is None:
            return None
        self._schedstat.seek(0)
        return int(self._schedstat.read().split()[1])

    def start(self):
        self._delay = self._run_delay()
        self._cpu = time.thread_time_ns()
        self._wall = time.perf_counter_ns()

    def stop(self):
        wall = time.perf_counter_ns() - self._wall
        cpu = time.thread_time_ns() - self._cpu
        # The second field grows when the thread is put back on the core; the first one is stale while it runs.
        delay = self._run_delay()
        return {
            "wallNs": wall,
            "cpuNs": cpu,
            "runDelayNs": None if delay is None else delay - self._delay,
        }
