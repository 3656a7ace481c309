import { groupBy } from "../../features/group-by.js";
import { isConvolution, type KernelClass } from "../../features/kernel-class.js";
import type { KernelFacts } from "../../features/kernel-facts.js";
import type { FactorPart } from "./factor-sample.js";

/** What names of engines for operations have in common with classes of kernels: all that multiply matrices are one. */
export type OperationKind = "product" | Exclude<KernelClass, `conv${string}` | "gemm" | "matmul" | "broadcast" | "reduce">;

/** One operation in an engine's profile of a network. */
export interface TimedOperation {
  readonly kind: OperationKind;
  /** Of products, else 0: they are told apart by it. */
  readonly macs: number;
  readonly latencyUs: number;
}

/**
 * A network's profile as parts of its graph: operations of one kind (and one number of MACs) with the kernels of the same,
 * where there are as many. Where there are not, the engine ran something else than its lowering here says, and nothing is
 * known.
 */
export function partsByKind(facts: readonly KernelFacts[], operations: readonly TimedOperation[]): readonly FactorPart[] {
  const known = [...facts.keys()].filter((row) => facts[row]?.known === true);
  const kernels = groupBy(known, (row) => {
    const { kernelClass = "other", macs = 0 } = facts[row] ?? {};
    return keyOf(kindOf(kernelClass), macs);
  });
  return [...groupBy(operations, ({ kind, macs }) => keyOf(kind, macs))].flatMap(([key, timed]): FactorPart[] => {
    const rows = kernels.get(key);
    if (rows?.length !== timed.length) return [];
    return [{ kernels: rows, latencyUs: timed.reduce((sum, { latencyUs }) => sum + latencyUs, 0) }];
  });
}

const isProduct = (kernelClass: KernelClass): kernelClass is Extract<KernelClass, `conv${string}` | "gemm" | "matmul"> =>
  isConvolution(kernelClass) || kernelClass === "gemm" || kernelClass === "matmul";

function kindOf(kernelClass: KernelClass): OperationKind {
  if (isProduct(kernelClass)) return "product";
  // Gates of squeeze-and-excitation, whose operands differ in shape, are products to engines; means over planes are pooling.
  if (kernelClass === "broadcast") return "mul";
  return kernelClass === "reduce" ? "global-pool" : kernelClass;
}

function keyOf(kind: OperationKind, macs: number): string {
  return kind === "product" ? `${kind} of ${macs}` : kind;
}
