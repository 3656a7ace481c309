import { KERNEL_CLASSES, type KernelClass } from "./kernel-class.js";

/** Classes that do much the same, nearest first: they stand in for one that training never saw. */
export const STAND_INS: ReadonlyMap<KernelClass, readonly KernelClass[]> = new Map<KernelClass, readonly KernelClass[]>([
  ["conv", ["conv-grouped", "conv-pointwise"]],
  ["conv-pointwise", ["conv", "gemm", "matmul"]],
  ["conv-grouped", ["conv", "conv-depthwise"]],
  ["conv-depthwise", ["conv-grouped", "conv"]],
  ["conv-transpose", ["conv"]],
  ["gemm", ["matmul", "conv-pointwise"]],
  ["matmul", ["gemm", "conv-pointwise"]],
  ["max-pool", ["average-pool"]],
  ["average-pool", ["max-pool", "global-pool"]],
  ["global-pool", ["reduce", "average-pool"]],
  ["reduce", ["global-pool", "average-pool"]],
  ["relu", ["hard-sigmoid", "hard-swish", "add", "mul"]],
  ["hard-sigmoid", ["hard-swish", "relu", "mul", "add", "sigmoid"]],
  ["hard-swish", ["hard-sigmoid", "relu", "mul", "add", "sigmoid"]],
  ["sigmoid", ["quick-gelu", "hard-sigmoid", "relu"]],
  ["quick-gelu", ["sigmoid", "hard-swish", "relu"]],
  ["add", ["mul", "arithmetic", "broadcast"]],
  ["mul", ["add", "arithmetic", "broadcast"]],
  ["broadcast", ["mul", "add", "batch-norm"]],
  ["arithmetic", ["mul", "add", "broadcast"]],
  ["batch-norm", ["broadcast", "mul", "relu"]],
  ["layer-norm", ["batch-norm", "softmax"]],
  ["softmax", ["layer-norm", "sigmoid"]],
  ["concat", ["split", "slice", "add"]],
  ["split", ["slice", "concat"]],
  ["slice", ["split", "concat"]],
  ["pad", ["concat", "slice"]],
  ["transpose", ["concat"]],
]);

/** The class that stands in for one that training never saw; undefined where none that it saw is like it. */
export function standInOf(kernelClass: KernelClass, seen: (kernelClass: KernelClass) => boolean): KernelClass | undefined {
  return (STAND_INS.get(kernelClass) ?? []).find(seen);
}

/**
 * The same matrix with stand-ins for classes that training never saw, where there is one that it did.
 *
 * @param width of a row, which starts with the one-hot classes
 * @param seen whether training had kernels of the class in this column
 */
export function withStandIns(matrix: Float32Array, width: number, seen: (column: number) => boolean): Float32Array {
  const replaced = KERNEL_CLASSES.map((name, column) => {
    if (seen(column)) return column;
    const standIn = standInOf(name, (other) => seen(KERNEL_CLASSES.indexOf(other)));
    return standIn === undefined ? column : KERNEL_CLASSES.indexOf(standIn);
  });
  if (replaced.every((other, column) => other === column)) return matrix;
  const result = matrix.slice();
  for (let start = 0; start < matrix.length; start += width) {
    const own = matrix.subarray(start, start + KERNEL_CLASSES.length).indexOf(1);
    const other = replaced[own] ?? own;
    if (other === own) continue;
    result[start + own] = 0;
    result[start + other] = 1;
  }
  return result;
}
