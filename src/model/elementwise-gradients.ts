import type { GradConfig, Tensor } from "@tensorflow/tfjs-core";

import type { Tf } from "./backend.js";

/** dy -> dx of an operation y = f(x), given x or, where that is cheaper, y. */
type UnaryDerivative = (upstream: Tensor, saved: Tensor, attributes: Attributes) => Tensor;
/** dy -> da or db of an operation y = f(a, b), before broadcasting is undone. */
type BinaryDerivative = (upstream: Tensor, a: Tensor, b: Tensor) => Tensor;

/** Attributes of the kernels below. */
interface Attributes {
  readonly alpha?: number;
  readonly clipValueMin?: number;
  readonly clipValueMax?: number;
}

/** Gradients of elementwise operations, those with two operands under broadcasting. */
export function elementwiseGradients(tf: Tf): GradConfig[] {
  const unary = (kernelName: string, save: "x" | "y", derivative: UnaryDerivative, input = "x"): GradConfig => ({
    kernelName,
    inputsToSave: save === "x" ? [input] : [],
    outputsToSave: save === "y" ? [true] : [],
    gradFunc: (upstream, [saved], attributes) => ({
      [input]: () => derivative(upstream as Tensor, saved ?? tf.scalar(NaN), attributes),
    }),
  });

  const binary = (kernelName: string, byA: BinaryDerivative, byB: BinaryDerivative): GradConfig => ({
    kernelName,
    inputsToSave: ["a", "b"],
    gradFunc: (upstream, [a = tf.scalar(NaN), b = tf.scalar(NaN)]) => ({
      a: () => unbroadcast(tf, byA(upstream as Tensor, a, b), a.shape),
      b: () => unbroadcast(tf, byB(upstream as Tensor, a, b), b.shape),
    }),
  });

  const mask = (condition: Tensor): Tensor => tf.cast(condition, "float32");
  const positive = (x: Tensor): Tensor => mask(tf.greater(x, 0));

  return [
    unary(tf.Identity, "x", (dy) => tf.cast(dy, "float32")),
    unary(tf.Cast, "x", (dy) => tf.cast(dy, "float32")),
    unary(tf.Neg, "x", (dy) => tf.neg(dy)),
    unary(tf.Abs, "x", (dy, x) => tf.mul(dy, tf.sign(x))),
    unary(tf.Square, "x", (dy, x) => tf.mul(dy, tf.mul(x, 2))),
    unary(tf.Sqrt, "y", (dy, y) => tf.div(dy, tf.mul(y, 2))),
    unary(tf.Rsqrt, "y", (dy, y) => tf.mul(dy, tf.mul(tf.pow(y, 3), -0.5))),
    unary(tf.Reciprocal, "y", (dy, y) => tf.neg(tf.mul(dy, tf.square(y)))),
    unary(tf.Exp, "y", (dy, y) => tf.mul(dy, y)),
    unary(tf.Expm1, "y", (dy, y) => tf.mul(dy, tf.add(y, 1))),
    unary(tf.Log, "x", (dy, x) => tf.div(dy, x)),
    unary(tf.Log1p, "x", (dy, x) => tf.div(dy, tf.add(x, 1))),
    unary(tf.Relu, "x", (dy, x) => tf.mul(dy, positive(x))),
    unary(tf.Tanh, "y", (dy, y) => tf.mul(dy, tf.sub(1, tf.square(y)))),
    unary(tf.Sigmoid, "y", (dy, y) => tf.mul(dy, tf.mul(y, tf.sub(1, y)))),
    unary(tf.Softplus, "x", (dy, x) => tf.mul(dy, tf.sigmoid(x))),
    unary(tf.Elu, "y", (dy, y) => tf.mul(dy, tf.add(tf.minimum(y, 0), 1))),
    unary(tf.LeakyRelu, "x", (dy, x, { alpha = 0.2 }) =>
      tf.mul(dy, tf.add(tf.mul(positive(x), 1 - alpha), alpha)),
    ),
    unary(tf.Step, "x", (dy) => tf.zerosLike(dy)),
    unary(tf.Sign, "x", (dy) => tf.zerosLike(dy)),
    unary(tf.ClipByValue, "x", (dy, x, { clipValueMin = -Infinity, clipValueMax = Infinity }) =>
      tf.mul(dy, tf.mul(mask(tf.greaterEqual(x, clipValueMin)), mask(tf.lessEqual(x, clipValueMax)))),
    ),

    binary(
      tf.Add,
      (dy) => dy,
      (dy) => dy,
    ),
    binary(
      tf.Sub,
      (dy) => dy,
      (dy) => tf.neg(dy),
    ),
    binary(
      tf.Multiply,
      (dy, _, b) => tf.mul(dy, b),
      (dy, a) => tf.mul(dy, a),
    ),
    binary(
      tf.RealDiv,
      (dy, _, b) => tf.div(dy, b),
      (dy, a, b) => tf.neg(tf.div(tf.mul(dy, a), tf.square(b))),
    ),
    binary(
      tf.SquaredDifference,
      (dy, a, b) => tf.mul(dy, tf.mul(tf.sub(a, b), 2)),
      (dy, a, b) => tf.mul(dy, tf.mul(tf.sub(b, a), 2)),
    ),
    binary(
      tf.Maximum,
      (dy, a, b) => tf.mul(dy, mask(tf.greaterEqual(a, b))),
      (dy, a, b) => tf.mul(dy, mask(tf.less(a, b))),
    ),
    binary(
      tf.Minimum,
      (dy, a, b) => tf.mul(dy, mask(tf.lessEqual(a, b))),
      (dy, a, b) => tf.mul(dy, mask(tf.greater(a, b))),
    ),
    binary(
      tf.Pow,
      (dy, a, b) => tf.mul(dy, tf.mul(b, tf.pow(a, tf.sub(b, 1)))),
      // A base that is not positive has no logarithm, and no say in the exponent's gradient.
      (dy, a, b) => tf.mul(dy, tf.mul(tf.pow(a, b), tf.where(tf.greater(a, 0), tf.log(a), tf.zerosLike(a)))),
    ),
    // Steps, flat wherever they have a slope at all: so that a condition may depend on what is differentiated.
    ...[tf.Greater, tf.GreaterEqual, tf.Less, tf.LessEqual, tf.Equal, tf.NotEqual].map((comparison) =>
      binary(
        comparison,
        (_, a) => tf.zeros(a.shape),
        (_, __, b) => tf.zeros(b.shape),
      ),
    ),
    {
      kernelName: tf.Select,
      inputsToSave: ["condition"],
      gradFunc: (upstream, [condition = tf.scalar(NaN)]) => {
        const dy = upstream as Tensor;
        const chosen = tf.cast(condition, "float32");
        return {
          condition: () => tf.zerosLike(chosen),
          t: () => tf.mul(dy, chosen),
          e: () => tf.mul(dy, tf.sub(1, chosen)),
        };
      },
    },
  ];
}

/** Sums a gradient over the axes along which its operand was repeated. */
function unbroadcast(tf: Tf, gradient: Tensor, shape: number[]): Tensor {
  // Where nothing was repeated, a reshape would be a copy.
  if (tf.util.arraysEqual(shape, gradient.shape)) return gradient;
  const axes = tf.broadcast_util.getReductionAxes(shape, gradient.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(gradient, axes) : gradient, shape);
}
