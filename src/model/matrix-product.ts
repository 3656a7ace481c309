import type { Tensor } from "@tensorflow/tfjs-core";

import type { Tf } from "./backend.js";

interface TransposedOperands {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/**
 * tf.matMul whose operands are turned before the product where the backend is WebAssembly, not within it: in tfjs 4.22.0 the kernel reads
 * transposed operands column by column and takes four times as long as transposing and multiplying do (`npm run bench -- training`).
 */
export function matrixProduct<T extends Tensor>(tf: Tf, a: T, b: T, { transposeA = false, transposeB = false }: TransposedOperands = {}): T {
  if (tf.getBackend() !== "wasm") return tf.matMul(a, b, transposeA, transposeB);
  return tf.matMul(transposeA ? turned(tf, a) : a, transposeB ? turned(tf, b) : b);
}

/** With the last two axes exchanged. */
function turned<T extends Tensor>(tf: Tf, x: T): T {
  const axes = x.shape.map((_, axis) => axis);
  const [last = 0, before = 0] = [axes.pop(), axes.pop()];
  return tf.transpose(x, [...axes, last, before]);
}
