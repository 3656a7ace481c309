"""A fixed piece of work, timed: how fast the core and the memory behind it are right now (about 22 ms when quiet)."""

import numpy as np

from clocks import ThreadClocks

MATRIX = 256
PRODUCTS = 24
MEMORY_BYTES = 64 << 20


class Probe:
    """Two probes of constant work: single-precision products inside the caches, and a pass over 64 MiB of memory."""

    def __init__(self):
        rng = np.random.default_rng(7)
        self._a = rng.standard_normal((MATRIX, MATRIX), dtype=np.float32)
        self._b = rng.standard_normal((MATRIX, MATRIX), dtype=np.float32)
        self._c = np.empty_like(self._a)
        self._memory = rng.standard_normal(MEMORY_BYTES // 4, dtype=np.float32)
        self._clocks = ThreadClocks()
        self.run()

    def run(self):
        """Compute and memory times in ns. Traffic counts each element once read and once written."""
        self._clocks.start()
        for _ in range(PRODUCTS):
            np.matmul(self._a, self._b, out=self._c)
        compute = self._clocks.stop()
        self._clocks.start()
        np.negative(self._memory, out=self._memory)
        memory = self._clocks.stop()
        memory["trafficBytes"] = 2 * MEMORY_BYTES
        return {"compute": compute, "memory": memory}
