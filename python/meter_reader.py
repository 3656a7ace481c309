"""Reads files of the system again and again while something else is measured; see line_server.py for the protocol.

    python meter_reader.py CORE PERIOD_MS FILE...       (CORE -1: any)

Requests: start {}: from now on, at least once before the answer. stop {}: the samples since then, the last one taken
now, as [time of the monotonic clock in ns, number in each file or null]. It ends with its standard input.
"""

import os
import select
import sys
import time
from collections import deque

import json

from line_server import open_pipes, send

MOST_SAMPLES = 100_000


def read_number(file):
    """The number in an open file of sysfs, read anew; None where there is none."""
    try:
        file.seek(0)
        return float(file.read())
    except (OSError, ValueError):
        return None


def main():
    core, period_s = int(sys.argv[1]), float(sys.argv[2]) / 1000
    if core >= 0:
        os.sched_setaffinity(0, {core})
    requests, answers = open_pipes()
    waiting = select.poll()
    waiting.register(requests, select.POLLIN | select.POLLHUP)
    files = [open(path, "rb", buffering=0) for path in sys.argv[3:]]
    samples = deque(maxlen=MOST_SAMPLES)

    def sample():
        samples.append([time.monotonic_ns(), *(read_number(file) for file in files)])

    running = False
    while True:
        if not waiting.poll(period_s * 1000 if running else None):
            sample()
            continue
        line = requests.readline()
        if not line:
            return
        operation = json.loads(line)["op"]
        if operation == "start":
            samples.clear()
        running = operation == "start"
        sample()
        send(answers, {"ok": True, "samples": [] if running else list(samples)})


if __name__ == "__main__":
    main()
