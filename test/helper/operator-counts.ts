import type { KernelGraph } from "../../src/graph/kernels/types.js";

/** ONNX Runtime's names for variants of one operator, and what it runs a HardSwish as. */
const SAME: ReadonlyMap<string, readonly string[]> = new Map([
  ["FusedConv", ["Conv"]],
  ["FusedGemm", ["Gemm"]],
  ["FusedMatMul", ["MatMul"]],
  ["Upsample", ["Resize"]],
  ["BlockedBatchNormalization", ["Conv"]],
  ["HardSwish", ["HardSigmoid", "Mul"]],
]);

/** How often each operator is called, by one name for its variants, without the domain. */
export function operatorCounts(calls: Iterable<readonly [string, number]>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [call, count] of calls) {
    const op = call.replace(/^.*:/, "");
    for (const name of SAME.get(op) ?? [op]) counts.set(name, (counts.get(name) ?? 0) + count);
  }
  return counts;
}

/** The calls of a lowering, each once. */
export function callsOf({ kernels }: KernelGraph): readonly (readonly [string, number])[] {
  return kernels.flatMap(({ calls }) => calls.map((call) => [call, 1] as const));
}

/** Where two counts differ, in words: `Slice 26, not 0`. */
export function differences(ours: ReadonlyMap<string, number>, theirs: ReadonlyMap<string, number>): readonly string[] {
  return [...new Set([...ours.keys(), ...theirs.keys()])]
    .filter((op) => ours.get(op) !== theirs.get(op))
    .sort()
    .map((op) => `${op} ${ours.get(op) ?? 0}, not ${theirs.get(op) ?? 0}`);
}
