import type { Tensor, Tensor2D } from "@tensorflow/tfjs-core";

import type { Tf } from "./backend.js";
import { segmentMatrix, sparseTimesDense, transposed, type SparseMatrix } from "./sparse.js";

/**
 * Sparse times dense as a differentiable operation, [rowCount, columnCount] x [columnCount, width] ->
 * [rowCount, width]. The gradient with respect to `x` is the transposed matrix times the gradient of the product; the matrix itself is a
 * constant. Values pass through typed arrays, so any backend can run it, even those without scatter kernels
 * (WebAssembly has no UnsortedSegmentSum, hence no gradient of gather).
 */
export function sparseMatMul(tf: Tf, matrix: SparseMatrix, x: Tensor2D): Tensor2D {
  const product = tf.customGrad<Tensor2D>((input) => ({
    value: multiply(tf, matrix, input as Tensor2D),
    gradFunc: (upstream) => sparseMatMul(tf, transposed(matrix), upstream),
  }));
  return product(x);
}

function multiply(tf: Tf, matrix: SparseMatrix, x: Tensor2D): Tensor2D {
  const width = x.shape[1];
  return tf.tensor2d(sparseTimesDense(matrix, float32(x), width), [matrix.rowCount, width]);
}

function float32(x: Tensor): Float32Array {
  const values = x.dataSync();
  return values instanceof Float32Array ? values : Float32Array.from(values);
}

/** Rows of `x` [rows, width] added up by segment -> [segmentCount, width]; `segmentOf[i]` is the segment of row i. */
export function segmentSum(tf: Tf, x: Tensor2D, segmentOf: ArrayLike<number>, segmentCount: number): Tensor2D {
  return sparseMatMul(tf, segmentMatrix(segmentOf, segmentCount, "sum"), x);
}

/** Like segmentSum, with the mean of each segment's rows; an empty segment gives zeros. */
export function segmentMean(tf: Tf, x: Tensor2D, segmentOf: ArrayLike<number>, segmentCount: number): Tensor2D {
  return sparseMatMul(tf, segmentMatrix(segmentOf, segmentCount, "mean"), x);
}
