import { beforeAll, describe, expect, it } from "vitest";
import type { Scalar, Tensor, Tensor2D } from "@tensorflow/tfjs-core";

import { initBackend, type Tf } from "./backend.js";

let tf: Tf;
beforeAll(async () => {
  ({ tf } = await initBackend());
});

/** Away from 0, ±1 and each other, where an operation has a corner. */
const X = Float32Array.of(0.4, -1.3, 2.1, -0.6, 1.7, 0.9);
const SHAPE: [number, number] = [2, 3];

/** The gradient of the weighted sum of f(x) by x, from the tape and from central differences. */
function expectGradient(f: (x: Tensor2D) => Tensor, x: Float32Array = X): void {
  const total = (input: Tensor): Scalar =>
    tf.tidy(() => {
      const y = f(input as Tensor2D);
      const weights = Float32Array.from({ length: y.size }, (_, i) => 1 + 0.5 * i);
      return tf.sum(tf.mul(y, tf.tensor(weights, y.shape)));
    });
  const fromTape = tf.tidy(() => [...tf.grad(total)(tf.tensor2d(x, SHAPE)).dataSync()]);
  const step = 1 / 128;
  const at = (i: number, change: number): number => {
    const moved = x.map((value, j) => (j === i ? value + change : value));
    return tf.tidy(() => total(tf.tensor2d(moved, SHAPE)).dataSync()[0] ?? NaN);
  };
  for (const [i, slope] of fromTape.entries()) {
    const difference = (at(i, step) - at(i, -step)) / (2 * step);
    expect(Math.abs(slope - difference)).toBeLessThan(0.01 * (1 + Math.abs(difference)));
  }
}

describe("gradients agree with differences for", () => {
  const POSITIVE = X.map((value) => Math.abs(value) + 0.3);

  it.each<[string, (x: Tensor2D) => Tensor]>([
    ["neg", (x) => tf.neg(x)],
    ["abs", (x) => tf.abs(x)],
    ["square", (x) => tf.square(x)],
    ["exp", (x) => tf.exp(x)],
    ["expm1", (x) => tf.expm1(x)],
    ["relu", (x) => tf.relu(x)],
    ["tanh", (x) => tf.tanh(x)],
    ["sigmoid", (x) => tf.sigmoid(x)],
    ["softplus", (x) => tf.softplus(x)],
    ["elu", (x) => tf.elu(x)],
    ["leakyRelu", (x) => tf.leakyRelu(x, 0.3)],
    ["clipByValue", (x) => tf.clipByValue(x, -1, 1.5)],
    ["sign and step", (x) => tf.add(tf.mul(tf.sign(x), x), tf.step(x))],
    ["clone", (x) => tf.square(tf.clone(x))],
  ])("%s", (_, f) => {
    expectGradient(f);
  });

  it.each<[string, (x: Tensor2D) => Tensor]>([
    ["sqrt", (x) => tf.sqrt(x)],
    ["rsqrt", (x) => tf.rsqrt(x)],
    ["reciprocal", (x) => tf.reciprocal(x)],
    ["log", (x) => tf.log(x)],
    ["log1p", (x) => tf.log1p(x)],
    ["pow by its base", (x) => tf.pow(x, 1.5)],
    ["pow by its exponent", (x) => tf.pow(1.5, x)],
    ["logSumExp", (x) => tf.logSumExp(x, 1)],
    ["huberLoss", (x) => tf.losses.huberLoss(tf.ones(SHAPE), x, undefined, 0.45)],
  ])("%s of positive numbers", (_, f) => {
    expectGradient(f, POSITIVE);
  });

  it.each<[string, (x: Tensor2D, row: Tensor) => Tensor]>([
    ["add", (x, row) => tf.add(x, row)],
    ["sub", (x, row) => tf.sub(x, row)],
    ["mul", (x, row) => tf.mul(x, row)],
    ["div", (x, row) => tf.div(x, row)],
    ["squaredDifference", (x, row) => tf.squaredDifference(x, row)],
    ["maximum", (x, row) => tf.maximum(x, row)],
    ["minimum", (x, row) => tf.minimum(x, row)],
    ["where", (x, row) => tf.where(tf.greater(x, row), x, tf.broadcastTo(row, SHAPE))],
  ])("%s by both operands, one of them broadcast", (_, f) => {
    const row = tf.tensor1d([0.5, -0.8, 1.2]);
    expectGradient((x) => f(x, row));
    expectGradient((x) => tf.square(f(tf.ones(SHAPE), tf.slice(x, [1, 0], [1, 3]))));
  });

  it.each([
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ])("matMul by both operands, transposed %s %s", (transposeA, transposeB) => {
    const size = 3;
    const other = tf.tensor2d([0.3, -1, 2, 0.7, 1.1, -0.4, 0.2, 0.9, -1.5], [size, size]);
    const left = (x: Tensor2D): Tensor2D => (transposeA ? tf.transpose(x) : x);
    expectGradient((x) => tf.matMul(left(x), other, transposeA, transposeB));
    const right = (x: Tensor2D): Tensor2D => (transposeB ? x : tf.transpose(x));
    expectGradient((x) => tf.matMul(other, right(x), transposeA, transposeB));
  });

  it.each<[string, (x: Tensor2D) => Tensor]>([
    ["sum of everything", (x) => tf.square(tf.sum(x))],
    ["sum over an axis", (x) => tf.square(tf.sum(x, 0))],
    ["sum that keeps its axis", (x) => tf.square(tf.sum(x, -1, true))],
    ["mean", (x) => tf.square(tf.mean(x, 1))],
    ["max", (x) => tf.square(tf.max(x, 1))],
    ["reshape", (x) => tf.square(tf.reshape(x, [6]))],
    ["expandDims and squeeze", (x) => tf.square(tf.squeeze(tf.expandDims(x, 1)))],
    ["transpose", (x) => tf.square(tf.transpose(tf.expandDims(x, 2), [2, 0, 1]))],
    ["concat", (x) => tf.square(tf.concat([x, tf.ones([2, 1]), tf.mul(x, 2)], 1))],
    ["slice", (x) => tf.square(tf.slice(x, [0, 1], [2, -1]))],
    ["tile", (x) => tf.square(tf.tile(x, [2, 3]))],
  ])("%s", (_, f) => {
    expectGradient(f);
  });

  it("a gradient", () => {
    expectGradient((x) => tf.grad((input) => tf.sum(tf.pow(input, 3)))(x));
  });
});

it("names the kernel that has no gradient", () => {
  expect(() => tf.grad((x) => tf.sum(tf.cumprod(x)))(tf.ones([3]))).toThrow(/gradient function not found for Cumprod/);
});
