import type { Graph } from "../graph/types.js";

export const TOTAL_NAMES = [
  "logFlops",
  "logMacs",
  "logBytes",
  "logParameters",
  "logWeightBytes",
  "logPeakActivationBytes",
  "convolutions",
  "fullyConnected",
  "batchNorms",
  "nodes",
] as const;

/** Totals of a model: what the "normal" baselines regress on. */
export function totalsVector({ totals, nodes }: Graph): number[] {
  return [
    Math.log1p(totals.flops),
    Math.log1p(totals.macs),
    Math.log1p(totals.bytesRead + totals.bytesWritten),
    Math.log1p(totals.parameters),
    Math.log1p(totals.weightBytes),
    Math.log1p(totals.peakActivationBytes),
    totals.convolutions,
    totals.fullyConnected,
    totals.batchNorms,
    nodes.filter((node) => !node.folded).length,
  ];
}
