import type { Scalar, Tensor } from "@tensorflow/tfjs-core";
import type { Tf } from "../../model/backend.js";

/** Smooth L1 (Huber divided by beta), elementwise: quadratic below `beta`, then linear with slope 1. */
export function smoothL1<T extends Tensor>(tf: Tf, error: T, beta: number): T {
  const size = tf.abs(error);
  const inner = tf.minimum(size, beta);
  // inner^2 / (2 beta) + (size - inner) is both branches in one expression.
  return tf.add<T>(tf.div(tf.square(inner), 2 * beta), tf.sub(size, inner));
}

/** The same of one number. */
export function smoothL1Of(error: number, beta: number): number {
  const size = Math.abs(error);
  return size < beta ? size ** 2 / (2 * beta) : size - beta / 2;
}

/** Its derivative by the error. */
export function smoothL1Slope(error: number, beta: number): number {
  return Math.max(-1, Math.min(1, error / beta));
}

/** Sum of weights * values. */
export function weightedSum(tf: Tf, values: Tensor, weights: Tensor): Scalar {
  return tf.sum<Scalar>(tf.mul(values, weights));
}
