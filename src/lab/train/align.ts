import type { KernelGraph } from "../../graph/kernels/types.js";
import type { Kernel as ProfiledKernel } from "../engines/engine.js";

/** Profiled times on the kernels that the lowering predicts. */
export interface AlignedProfile {
  /** Microseconds of each kernel of the graph; 0 where the profiler reported none. */
  readonly us: Float32Array;
  /** Share of the profiled time that found its kernel. */
  readonly matchedShare: number;
  /** True when every kernel got a time and every time found a kernel of the same kind. */
  readonly exact: boolean;
}

/** Kernels of the engine that one kernel of the lowering stands for, by name. */
const SAME_KIND: ReadonlyMap<string, readonly string[]> = new Map([
  ["HardSwish", ["HardSigmoid", "Mul"]],
  ["BlockedBatchNormalization", ["Conv"]],
  ["Conv", ["Conv", "FusedConv"]],
  ["Gemm", ["Gemm", "FusedGemm"]],
  ["MatMul", ["MatMul", "FusedMatMul"]],
  ["Resize", ["Resize", "Upsample"]],
]);

/** The kernel that computes a node, by the node's name. */
export function kernelsByNode({ graph, kernels }: Pick<KernelGraph, "graph" | "kernels">): ReadonlyMap<string, number> {
  return new Map(kernels.flatMap(({ id, nodes }) => nodes.map((node): [string, number] => [graph.nodes[node]?.name ?? "", id])));
}

/**
 * Books each profiled kernel on the kernel that computes its node (a reorder on the reorder of its tensor). Where the
 * engine did something that the lowering does not know, the time goes to the kernel that holds the node, so that the
 * sum stays whole.
 */
export function alignProfile({ graph, kernels }: KernelGraph, profile: readonly ProfiledKernel[]): AlignedProfile {
  const byNode = kernelsByNode({ graph, kernels });
  const reorders = new Map<string, number[]>();
  for (const kernel of kernels) {
    if (kernel.nodes.length > 0) continue;
    // Outputs of one node share a key in the profile.
    const name = (graph.values[kernel.inputs[0]?.value ?? -1]?.name ?? "").replace(/_\d+$/, "");
    const key = `${kernel.op}:${name}`;
    reorders.set(key, [...(reorders.get(key) ?? []), kernel.id]);
  }
  const hardSwishes = kernels.filter(({ op }) => op === "HardSwish").map(({ id }) => id);
  const us = new Float32Array(kernels.length);
  const hits = new Uint8Array(kernels.length);
  let matched = 0;
  let total = 0;
  let exact = true;
  for (const { op, key, meanUs } of profile) {
    total += meanUs;
    const reorder = op.startsWith("Reorder");
    const id =
      (reorder ? reorders.get(`${op}:${key ?? ""}`)?.shift() : undefined) ??
      byNode.get(key ?? "") ??
      // The body of an inlined HardSwish has no name: they come in order, the gate before the product.
      (op === "HardSigmoid" ? hardSwishes[0] : op === "Mul" ? hardSwishes.shift() : undefined);
    if (id === undefined) {
      exact = false;
      continue;
    }
    const { op: predicted = "", calls = [] } = kernels[id] ?? {};
    const expected = [...(SAME_KIND.get(predicted) ?? []), ...calls];
    exact &&= reorder === predicted.startsWith("Reorder") && expected.includes(op);
    us[id] = (us[id] ?? 0) + meanUs;
    hits[id] = 1;
    matched += meanUs;
  }
  exact &&= hits.every((hit) => hit === 1);
  return { us, matchedShare: total > 0 ? matched / total : 0, exact };
}
