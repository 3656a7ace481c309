"""Exports Keras networks with tf2onnx, straight and by way of TensorFlow Lite; OUT/keras-NAME.onnx and .json.

Usage: python keras_exports.py --out FOLDER [--only TEXT]        (needs tensorflow-cpu and tf2onnx)
"""

from __future__ import annotations

import argparse
import contextlib
import io
import multiprocessing
import os
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import onnx
import tensorflow as tf
import tf2onnx
from tensorflow.keras import Model, Sequential, activations, applications, layers

from corpus_file import is_there, versions, write, write_failure

OPSET = 17
APPLICATIONS = [
    "MobileNet", "MobileNetV2", "MobileNetV3Small", "MobileNetV3Large", "ResNet50", "ResNet50V2", "ResNet101", "VGG16",
    "Xception", "InceptionV3", "InceptionResNetV2", "DenseNet121", "NASNetMobile", "EfficientNetB0", "EfficientNetB3",
    "EfficientNetV2B0", "EfficientNetV2S", "ConvNeXtTiny",
]  # fmt: skip
# MobileNetV3 alone leaves the size of its images open unless it is told; with large ones VGG16 has 100 million weights in one
# tensor, for which tf2onnx takes over 20 GB.
OPTIONS = {
    "MobileNetV3Small": {"input_shape": (224, 224, 3)},
    "MobileNetV3Large": {"input_shape": (224, 224, 3)},
    "VGG16": {"input_shape": (64, 64, 3)},
}
THROUGH_TFLITE = ["MobileNet", "MobileNetV2", "MobileNetV3Small", "ResNet50V2", "EfficientNetB0", "DenseNet121"]


def unet() -> Model:
    inputs = layers.Input((128, 128, 3))
    skips, x = [], inputs
    for width in (16, 32, 64):
        x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
        skips.append(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(128, 3, padding="same", activation="relu")(x)
    for width, skip in zip((64, 32, 16), reversed(skips), strict=True):
        x = layers.Conv2DTranspose(width, 2, strides=2, padding="same")(x)
        x = layers.Conv2D(width, 3, padding="same", activation="relu")(layers.Concatenate()([x, skip]))
    return Model(inputs, layers.Conv2D(4, 1, activation="softmax")(x))


def approximate_gelu(x: tf.Tensor) -> tf.Tensor:
    return activations.gelu(x, approximate=True)


def transformer() -> Model:
    inputs = layers.Input((32,), dtype="int32")
    x = layers.Embedding(1000, 64)(inputs)
    for _ in range(2):
        x = layers.LayerNormalization()(x + layers.MultiHeadAttention(4, 16)(x, x))
        x = layers.LayerNormalization()(x + layers.Dense(64)(layers.Dense(128, activation=approximate_gelu)(x)))
    return Model(inputs, layers.Dense(5, activation="softmax")(layers.GlobalAveragePooling1D()(x)))


def sequence(*recurrent: layers.Layer) -> Model:
    return Sequential([layers.Input((40, 16)), *recurrent, layers.Dense(4, activation="softmax")])


BUILT: dict[str, Callable[[], Model]] = {
    "unet": unet,
    "transformer": transformer,
    "lstm": lambda: sequence(layers.LSTM(32)),
    "lstm_stack": lambda: sequence(layers.LSTM(32, return_sequences=True), layers.LSTM(24)),
    "lstm_bidirectional": lambda: sequence(layers.Bidirectional(layers.LSTM(32))),
    "gru": lambda: sequence(layers.GRU(32)),
    "gru_reset_before": lambda: sequence(layers.GRU(32, reset_after=False)),
    "rnn": lambda: sequence(layers.SimpleRNN(32)),
    "conv1d": lambda: sequence(layers.Conv1D(32, 5, dilation_rate=2), layers.MaxPooling1D(), layers.GlobalMaxPooling1D()),
    "conv3d": lambda: Sequential([layers.Input((8, 32, 32, 3)), layers.Conv3D(8, 3), layers.AveragePooling3D(2), layers.Flatten(), layers.Dense(3)]),
    "separable": lambda: Sequential([layers.Input((64, 64, 3)), layers.SeparableConv2D(16, 3, 2, "same"), layers.BatchNormalization(), layers.PReLU(), layers.UpSampling2D(interpolation="bilinear"), layers.ZeroPadding2D(1), layers.Cropping2D(1), layers.GlobalAveragePooling2D(), layers.Dense(10)]),
    "mlp": lambda: Sequential([layers.Input((20,)), layers.Dense(64, "elu"), layers.Dropout(0.2), layers.Dense(32, "swish"), layers.Dense(3)]),
}  # fmt: skip


def application(name: str) -> Model:
    """One of Keras's classifiers."""
    return getattr(applications, name)(weights=None, **OPTIONS.get(name, {}))


def through_tflite(model: Model) -> onnx.ModelProto:
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary, "model.tflite")
        with contextlib.redirect_stdout(io.StringIO()):
            path.write_bytes(tf.lite.TFLiteConverter.from_keras_model(model).convert())
        return tf2onnx.convert.from_tflite(str(path), opset=OPSET)[0]


def straight(model: Model) -> onnx.ModelProto:
    """By a function around the model: `from_keras` looks for names that Keras 3 gives to Sequential models no more."""
    signature = [tf.TensorSpec(item.shape, item.dtype, "input") for item in model.inputs]
    function = tf.function(lambda *inputs: model(*inputs, training=False), input_signature=signature)
    return tf2onnx.convert.from_function(function, signature, opset=OPSET)[0]


def close_batch(model: onnx.ModelProto) -> dict[str, int]:
    """The inputs' open first axes, by symbol or by place, each for a batch of one."""
    first = ((item.name, item.type.tensor_type.shape.dim[0]) for item in model.graph.input)
    return {dim.dim_param or f"{name}[0]": 1 for name, dim in first if not dim.dim_value}


WAYS: dict[str, Callable[[Model], onnx.ModelProto]] = {"": straight, "-tflite": through_tflite}
BUILDERS: dict[str, Callable[[], Model]] = {**BUILT, **{name: lambda name=name: application(name) for name in APPLICATIONS}}


def export(out: Path, name: str, way: str) -> None:
    key = f"keras-{name}{way}"
    facts: dict[str, object] = {
        "source": "keras",
        "network": name,
        "tool": "tf2onnx, by TensorFlow Lite" if way else "tf2onnx",
        "versions": versions("tensorflow-cpu", "tf2onnx"),
    }
    try:
        model = WAYS[way](BUILDERS[name]())
        onnx.checker.check_model(model)  # tf2onnx writes TensorFlow's operators that it does not know as ONNX's
        write(out, key, model, {**facts, "dims": close_batch(model), "macs": None, "macsSource": None})
    except Exception as error:  # one network must not stop the others
        write_failure(out, key, facts, error)
    tf.keras.backend.clear_session()


# What TensorFlow compiled stays in memory.
NETWORKS_A_PROCESS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", default="", help="only the networks whose name contains this")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    wanted = [
        (name, way)
        for name in BUILDERS
        for way in WAYS
        if options.only in name and not is_there(options.out, f"keras-{name}{way}") and (way == "" or name in THROUGH_TFLITE)
    ]
    for start in range(0, len(wanted), NETWORKS_A_PROCESS):
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
            for name, way in wanted[start : start + NETWORKS_A_PROCESS]:
                process.submit(export, options.out, name, way).result()


if __name__ == "__main__":
    main()
