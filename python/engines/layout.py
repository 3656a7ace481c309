"""Between the layout of an ONNX file (channels first) and that of an engine which keeps channels last."""

import numpy as np


def to_channels_last(array):
    return np.ascontiguousarray(np.moveaxis(array, 1, -1)) if array.ndim > 2 else array


def to_channels_first(array):
    return np.ascontiguousarray(np.moveaxis(array, -1, 1)) if array.ndim > 2 else array


def random_like(shape):
    """An input for timing: standard normal, always the same."""
    return np.random.default_rng(1).standard_normal(tuple(shape), dtype=np.float32)
