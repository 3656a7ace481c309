"""Random weights and inputs for models that carry none; every tensor has memory of its own."""

import math

import numpy as np

ALIGNMENT = 64
POOL_ELEMENTS = 1 << 24


def aligned_empty(count):
    """`count` float32 elements at an address that is a multiple of 64, as the engine's own allocator gives."""
    raw = np.empty(count * 4 + ALIGNMENT, dtype=np.uint8)
    skip = -raw.ctypes.data % ALIGNMENT
    return raw[skip : skip + count * 4].view(np.float32)


class RandomTensors:
    """Cuts tensors out of two pools of random numbers that are made once."""

    def __init__(self, seed=1):
        rng = np.random.default_rng(seed)
        self._normal = rng.standard_normal(POOL_ELEMENTS, dtype=np.float32)
        self._uniform = rng.uniform(0.5, 1.5, 1 << 16).astype(np.float32)
        self._offset = 0

    def _fill(self, pool, count, scale):
        tensor = aligned_empty(count)
        done = 0
        while done < count:
            start = self._offset % pool.size
            step = min(count - done, pool.size - start)
            np.multiply(pool[start : start + step], np.float32(scale), out=tensor[done : done + step])
            done += step
            self._offset += step
        return tensor

    def weight(self, dims):
        """He-initialised (normal * sqrt(2 / fan_in)) for rank 2 and up, uniform in 0.5..1.5 below: no activation
        explodes, dies out or turns denormal on the way through a deep network."""
        count = math.prod(dims)
        if len(dims) < 2:
            return self._fill(self._uniform, count, 1.0).reshape(dims)
        fan_in = max(1, math.prod(dims[1:]))
        return self._fill(self._normal, count, math.sqrt(2.0 / fan_in)).reshape(dims)

    def input(self, dims):
        """Standard normal."""
        return self._fill(self._normal, math.prod(dims), 1.0).reshape(dims)
