import type { SweepRow as ConvolutionRow } from "../../conv/convolution.js";
import type { KernelClass } from "../../features/kernel-class.js";
import type { KernelFacts } from "../../features/kernel-facts.js";
import { median } from "../dataset/statistics.js";
import type { Pair } from "../evaluate/metrics.js";
import { idleRepeats, loadedRepeats } from "../evaluate/noise-floor.js";
import type { Machine } from "../measure/machine.js";
import type { Corpus } from "../train/corpus.js";
import type { IdleExample, LoadedExample, OperatorExample } from "../train/examples.js";

/** One kernel (or, where the engine has no profile, one operator run alone) on the idle machine. */
export interface KernelPoint {
  readonly kernelClass: KernelClass;
  readonly flops: number;
  /** Activations and weights, read and written. */
  readonly bytes: number;
  readonly us: number;
}

/** A network on the idle machine; FLOPs and bytes are sums over its nodes as they stand in the file. */
export interface NetworkPoint {
  readonly id: string;
  readonly family: string;
  readonly flops: number;
  readonly bytes: number;
  readonly us: number;
  /** Profiled µs by class of kernel; null without a profile that fits. */
  readonly classUs: ReadonlyMap<KernelClass, number> | null;
}

/** A network in one load state. */
export interface LoadPoint {
  readonly id: string;
  readonly family: string;
  readonly flopsPerByte: number;
  /** What the state's plan asks for. */
  readonly asked: { readonly utilization: number; readonly trafficGBs: number };
  /** Busy share of the model's core as read, else as asked. */
  readonly utilization: number;
  /** GB/s that the traffic generator moved, else as asked. */
  readonly trafficGBs: number;
  readonly frequencyMHz: number | null;
  readonly idleUs: number;
  /** Latency over the same network's idle latency. */
  readonly slowdown: number;
}

/** What the study needs of a dataset: plain numbers. */
export interface StudyData {
  /** Name of its folder. */
  readonly name: string;
  readonly machine: Machine;
  /** False for an engine whose profiler does not name every kernel: `kernels` are then operators run alone. */
  readonly profiled: boolean;
  readonly kernels: readonly KernelPoint[];
  readonly networks: readonly NetworkPoint[];
  readonly convolutions: readonly ConvolutionRow[];
  readonly loads: readonly LoadPoint[];
  /** GB/s of sequential reading and writing on the idle machine; null where no probe was taken. */
  readonly bandwidthGBs: number | null;
  /** Labels in µs from two halves of their passes. */
  readonly repeats: { readonly idle: readonly Pair[]; readonly loaded: readonly Pair[] };
  readonly failures: number;
}

export function studyDataOf(corpus: Corpus, name: string): StudyData {
  const { profiled } = corpus;
  const bandwidths = corpus.idleStates.flatMap(({ bandwidthGBs }) => bandwidthGBs ?? []);
  return {
    name,
    machine: corpus.machine,
    profiled,
    kernels: profiled
      ? corpus.kernels.flatMap(({ features, kernel, latencyUs }) => kernelPoint(features.facts[kernel], latencyUs))
      : corpus.operators.flatMap(operatorPoint),
    networks: corpus.idle.map(networkPoint),
    convolutions: corpus.convolutions,
    loads: corpus.loaded.map((example) => loadPoint(example, corpus)),
    bandwidthGBs: bandwidths.length === 0 ? null : median(bandwidths),
    repeats: { idle: idleRepeats(corpus, corpus.idleLabel), loaded: loadedRepeats(corpus) },
    failures: corpus.failures.length,
  };
}

/** Nothing where the kernel's quantities are not known. */
function kernelPoint(facts: KernelFacts | undefined, us: number): KernelPoint[] {
  if (facts?.known !== true) return [];
  const { kernelClass, flops, bytesIn, bytesOut, bytesWeights } = facts;
  return [{ kernelClass, flops, bytes: bytesIn + bytesOut + bytesWeights, us }];
}

/** Bytes as the operator's formula has them: layouts are another engine's affair. */
function operatorPoint({ features, node, latencyUs }: OperatorExample): KernelPoint[] {
  const index = features.kernelGraph.kernels.findIndex(({ nodes }) => nodes.includes(node));
  const cost = features.graph.nodes[node]?.cost;
  const kernelClass = features.facts[index]?.kernelClass;
  if (kernelClass === undefined || cost === null || cost === undefined) return [];
  return [{ kernelClass, flops: cost.flops, bytes: cost.bytesRead + cost.bytesWritten, us: latencyUs }];
}

function networkPoint(example: IdleExample): NetworkPoint {
  const { id, family, features, latencyUs } = example;
  const { flops, bytesRead, bytesWritten } = features.graph.totals;
  return { id, family, flops, bytes: bytesRead + bytesWritten, us: latencyUs, classUs: classTimes(example) };
}

/** A profile that books less than this share of its time on kernels of the lowering says too little of the rest. */
const LEAST_BOOKED = 0.8;

function classTimes({ features, latencyUs, kernelUs, parts = [] }: IdleExample): ReadonlyMap<KernelClass, number> | null {
  const times = new Map<KernelClass, number>();
  const book = (kernelClass: KernelClass, us: number): void => void times.set(kernelClass, (times.get(kernelClass) ?? 0) + us);
  if (kernelUs !== null) {
    features.facts.forEach(({ kernelClass }, row) => book(kernelClass, kernelUs[row] ?? 0));
    return times;
  }
  const booked = parts.reduce((sum, part) => sum + part.latencyUs, 0);
  if (booked < LEAST_BOOKED * latencyUs) return null;
  for (const { kernels, latencyUs: us } of parts) {
    for (const row of kernels) book(features.facts[row]?.kernelClass ?? "other", us / kernels.length);
  }
  book("other", latencyUs - booked);
  return times;
}

function loadPoint(example: LoadedExample, { visits }: Corpus): LoadPoint {
  const { id, family, stateName, features, state, latencyUs, idleUs } = example;
  const list = visits.get(`${stateName}|${id}`) ?? [];
  const asked = list[0]?.load ?? { utilization: 0, trafficGBs: 0 };
  const traffic = list.flatMap(({ during }) => during.traffic?.trafficGBs ?? []);
  const { flops, bytesRead, bytesWritten } = features.graph.totals;
  return {
    id,
    family,
    flopsPerByte: flops / (bytesRead + bytesWritten),
    asked: { utilization: asked.utilization, trafficGBs: asked.trafficGBs },
    utilization: state.utilization ?? asked.utilization,
    trafficGBs: traffic.length === 0 ? asked.trafficGBs : median(traffic),
    frequencyMHz: state.frequencyMHz ?? null,
    idleUs,
    slowdown: latencyUs / idleUs,
  };
}
