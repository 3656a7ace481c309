"""Time as pinned threads see it: wall, CPU, and the time they waited for their cores."""

import os
import time

TASKS = "/proc/self/task"


class ThreadClocks:
    """Wall ns, CPU ns and run delay ns of the calling thread since the last start()."""

    def __init__(self):
        try:
            # The link names the calling thread: /proc/thread-self -> <pid>/task/<thread id>.
            thread = os.path.basename(os.readlink("/proc/thread-self"))
            self._schedstat = open(os.path.join(TASKS, thread, "schedstat"), "rb", buffering=0)
        except OSError:
            self._schedstat = None

    def _cpu_ns(self):
        return time.thread_time_ns()

    def _run_delay(self):
        if self._schedstat is None:
            return None
        self._schedstat.seek(0)
        return int(self._schedstat.read().split()[1])

    def start(self):
        self._delay = self._run_delay()
        self._cpu = self._cpu_ns()
        self._wall = time.perf_counter_ns()

    def stop(self):
        wall = time.perf_counter_ns() - self._wall
        cpu = self._cpu_ns() - self._cpu
        # The second field grows when the thread is put back on the core; the first one is stale while it runs.
        delay = self._run_delay()
        return {
            "wallNs": wall,
            "cpuNs": cpu,
            "runDelayNs": None if delay is None else delay - self._delay,
        }


class ProcessClocks(ThreadClocks):
    """The same over all threads of this process, for engines that compute in threads of their own."""

    def _cpu_ns(self):
        return time.process_time_ns()

    def _run_delay(self):
        """Waiting overlaps between threads, so with several the sum may exceed the wall time."""
        total = 0
        try:
            for thread in os.listdir(TASKS):
                with open(os.path.join(TASKS, thread, "schedstat"), "rb") as file:
                    total += int(file.read().split()[1])
        except OSError:
            return None
        return total
