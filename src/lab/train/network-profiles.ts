import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ModelFeatures } from "../../features/model-features.js";
import type { KernelGraph } from "../../graph/kernels/types.js";
import { besideFolder } from "../dataset/folders.js";
import { readRows } from "../dataset/lines.js";
import type { IdleRow } from "../dataset/row.js";
import { mean } from "../dataset/statistics.js";
import type { Kernel } from "../engines/engine.js";
import { PROFILES } from "../measure/plan.js";
import { kernelsByNode } from "./align.js";
import type { IdleExample } from "./examples.js";
import type { FactorPart } from "./factor-sample.js";
import { type OperationKind, partsByKind, type TimedOperation } from "./timed-operations.js";

/** Profiles of a dataset's networks by id: of its own rows, or of those that were recorded beside it. */
export async function networkProfiles(folder: string, rows: readonly IdleRow[]): Promise<ReadonlyMap<string, readonly Kernel[]>> {
  const profiles = new Map<string, readonly Kernel[]>();
  const keep = ({ id, kernels }: IdleRow): void => {
    if (kernels !== undefined && !profiles.has(id)) profiles.set(id, kernels);
  };
  for (const row of rows) keep(row);
  const beside = join(besideFolder(folder, PROFILES.name), "idle.jsonl.gz");
  if (!existsSync(beside)) return profiles;
  for await (const row of readRows(beside)) if (row.kind === "idle") keep(row);
  return profiles;
}

/** What layers of ncnn are called; those of no kernel in its lowering (Split, Flatten) are not here. */
const NCNN_KINDS: ReadonlyMap<string, OperationKind> = new Map<string, OperationKind>([
  ["Convolution", "product"],
  ["ConvolutionDepthWise", "product"],
  ["InnerProduct", "product"],
  ["Pooling:max", "max-pool"],
  ["Pooling:average", "average-pool"],
  ["Pooling:global", "global-pool"],
  ["BinaryOp:add", "add"],
  ["BinaryOp:mul", "mul"],
  ["BatchNorm", "batch-norm"],
  ["ReLU", "relu"],
  ["Clip", "relu"],
  ["Sigmoid", "sigmoid"],
  ["HardSigmoid", "hard-sigmoid"],
  ["HardSwish", "hard-swish"],
  ["Swish", "quick-gelu"],
  ["Concat", "concat"],
  ["Slice", "split"],
  ["Crop", "slice"],
  ["Padding", "pad"],
  ["Softmax", "softmax"],
  ["LRN", "local-norm"],
]);

/**
 * What a profile says of a network's kernels, scaled so that the whole profile takes the network's latency: watching
 * an engine slows it down. Kernels are found by the nodes that the profile names, or else by their kinds.
 */
export function profileParts({ kernelGraph, facts }: ModelFeatures, profile: readonly Kernel[], latencyUs: number): readonly FactorPart[] {
  const scale = latencyUs / profile.reduce((sum, { medianUs }) => sum + medianUs, 0);
  if (!Number.isFinite(scale)) return [];
  const parts = profile.some(({ key }) => key !== null) ? partsByName(kernelGraph, profile) : partsByKind(facts, operationsOf(profile));
  return parts
    .filter((part) => part.latencyUs > 0 && part.kernels.every((row) => facts[row]?.known === true))
    .map((part) => ({ ...part, latencyUs: scale * part.latencyUs }));
}

/** How many of the networks have parts, and the mean share of their latency that these make up. */
export function timedNetworks(idle: readonly Pick<IdleExample, "parts" | "latencyUs">[]): { readonly networks: number; readonly share: number } {
  const shares = idle.flatMap(({ parts = [], latencyUs }) => (parts.length === 0 ? [] : [parts.reduce((sum, part) => sum + part.latencyUs, 0) / latencyUs]));
  return { networks: shares.length, share: shares.length === 0 ? 0 : mean(shares) };
}

function operationsOf(profile: readonly Kernel[]): readonly TimedOperation[] {
  return profile.flatMap(({ op, macs = 0, medianUs }): TimedOperation[] => {
    const kind = NCNN_KINDS.get(op);
    return kind === undefined ? [] : [{ kind, macs: kind === "product" ? macs : 0, latencyUs: medianUs }];
  });
}

function partsByName(graph: KernelGraph, profile: readonly Kernel[]): readonly FactorPart[] {
  const byNode = kernelsByNode(graph);
  const times = new Map<number, number>();
  for (const { key, medianUs } of profile) {
    const id = byNode.get(key ?? "");
    if (id !== undefined) times.set(id, (times.get(id) ?? 0) + medianUs);
  }
  return [...times].map(([id, latencyUs]) => ({ kernels: [id], latencyUs }));
}
