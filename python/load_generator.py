"""Puts a steady, asked amount of load on one core; see line_server.py for how requests and answers travel.

    python load_generator.py utilization CORE     busy for a share of the time, inside the core's own caches
    python load_generator.py traffic CORE         copies memory at a rate

Requests: set {rate}: a share (0..1), or GB/s (a byte copied counts as one read and one write); 0 rests.
report: what was done since the start, so that any two reports give the averages between them.
"""

import os
import sys

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import json
import select
import time

import numpy as np

from line_server import open_pipes, send

PERIOD_S = 0.020
WORK_ELEMENTS = 4096
TRAFFIC_BYTES = 128 << 20
CHUNK_BYTES = 1 << 20
LONGEST_LAG_S = 0.05


class Control:
    """The asked rate, and answers to whoever asks; the process ends with its standard input."""

    def __init__(self):
        self._requests, self._answers = open_pipes()
        self._waiting = select.poll()
        self._waiting.register(self._requests, select.POLLIN | select.POLLHUP)
        self.rate = 0.0
        self.bytes = 0

    def wait_until(self, deadline):
        """Sleeps, answering requests meanwhile; without a deadline, or with rate 0, until a request changes it."""
        before = self.rate
        while self.rate == before:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                return
            # A poll counts in whole milliseconds; the last one is slept.
            if left is not None and left < 0.002:
                time.sleep(left)
            elif self._waiting.poll(None if left is None else int(left * 1000) - 1):
                self._answer()

    def check(self):
        if self._waiting.poll(0):
            self._answer()

    def _answer(self):
        line = self._requests.readline()
        if not line:
            sys.exit(0)
        request = json.loads(line)
        if request["op"] == "set":
            self.rate = float(request["rate"])
        report = {"atNs": time.monotonic_ns(), "cpuNs": time.process_time_ns(), "trafficBytes": self.bytes}
        send(self._answers, {"ok": True, **report})


def keep_busy(control):
    """Burns `share` of a period in CPU time, then sleeps for the rest of it.

    The sleep's length is fixed, so a process that competes for the core stretches the busy part only: with a fair
    scheduler it runs 1 + share times as long as alone.
    """
    work = np.ones(WORK_ELEMENTS, dtype=np.float32)
    while True:
        share = control.rate
        if share <= 0:
            control.wait_until(None)
            continue
        end = time.thread_time_ns() + share * PERIOD_S * 1e9
        while time.thread_time_ns() < end:
            np.multiply(work, 1.0, out=work)
        control.check()
        if share < 1:
            control.wait_until(time.monotonic() + (1 - share) * PERIOD_S)


def copy_memory(control):
    """Copies chunk after chunk of a large array to another one, on schedule; what it cannot keep up with is lost."""
    source = np.ones(TRAFFIC_BYTES, dtype=np.uint8)
    target = np.zeros(TRAFFIC_BYTES, dtype=np.uint8)
    offset, due = 0, time.monotonic()
    while True:
        if control.rate <= 0:
            control.wait_until(None)
            due = time.monotonic()
            continue
        target[offset : offset + CHUNK_BYTES] = source[offset : offset + CHUNK_BYTES]
        offset = (offset + CHUNK_BYTES) % TRAFFIC_BYTES
        control.bytes += 2 * CHUNK_BYTES
        due = max(due + 2 * CHUNK_BYTES / (control.rate * 1e9), time.monotonic() - LONGEST_LAG_S)
        control.check()
        control.wait_until(due)


def main():
    kind, core = sys.argv[1], int(sys.argv[2])
    os.sched_setaffinity(0, {core})
    {"utilization": keep_busy, "traffic": copy_memory}[kind](Control())


if __name__ == "__main__":
    main()
