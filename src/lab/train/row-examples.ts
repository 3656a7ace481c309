import type { SweepRow as ConvolutionRow } from "../../conv/convolution.js";
import { convolutionKeys } from "../../features/convolutions.js";
import { groupBy } from "../../features/group-by.js";
import type { ModelFeatures } from "../../features/model-features.js";
import type { HardwareState } from "../../features/state.js";
import { callOverheadUs } from "../dataset/call-overhead.js";
import { label, type LabelOptions, loadedLabel, quietComputeNs, quietProbeNs } from "../dataset/label.js";
import { withoutOverhead } from "../dataset/profiler-overhead.js";
import type { IdleRow, LoadedRow, SweepRow } from "../dataset/row.js";
import { mean } from "../dataset/statistics.js";
import type { Kernel as ProfiledKernel } from "../engines/engine.js";
import { alignProfile } from "./align.js";
import type { IdleExample, KernelExample, LoadedExample, OperatorExample, SweepExample } from "./examples.js";
import { profileParts } from "./network-profiles.js";

/** A profile that books less than this share of its time on known kernels teaches nothing. */
const MINIMUM_MATCHED = 0.95;

/** Of a profile that names every kernel: what each owes to the profiler. Null where a profile does not. */
interface Aligned {
  readonly overheadUs: number;
}

/** What the kernels of models of one kernel take, copies between layouts with them, without what every run costs. */
export function aloneKernels(alone: readonly KernelExample[]): KernelExample[] {
  const overheadUs = callOverheadUs(alone.map(({ latencyUs }) => latencyUs));
  const own = withoutOverhead(Float32Array.from(alone, ({ latencyUs }) => latencyUs), overheadUs);
  return alone.map((example, i) => ({ ...example, latencyUs: own[i] ?? example.latencyUs }));
}

/** A model is an example as a whole, and so is what its profile, its only kernel or its only node yields. */
export function sweepExamples(rows: readonly SweepRow[], featuresOf: (id: string) => ModelFeatures, aligned: Aligned | null) {
  const kernels: KernelExample[] = [];
  const alone: KernelExample[] = [];
  const operators: OperatorExample[] = [];
  const models: SweepExample[] = [];
  const convolutions: ConvolutionRow[] = [];
  let exact = 0;
  let profiled = 0;
  for (const [id, passes] of groupBy(rows, (row) => row.id)) {
    const features = featuresOf(id);
    models.push({ id, features, latencyUs: label(passes) });
    const profiles = passes
      .filter((row) => aligned !== null && row.kernels.length > 0)
      .map((row) => alignProfile(features.kernelGraph, row.kernels));
    if (profiles.length > 0) profiled += 1;
    if (profiles.length > 0 && profiles.every((profile) => profile.exact)) exact += 1;
    const usable = profiles.filter((profile) => profile.matchedShare >= MINIMUM_MATCHED);
    if (profiles.length > 0 && usable.length === 0) continue;
    const times = usable.map(({ us }) => withoutOverhead(us, aligned?.overheadUs ?? 0));
    for (const { id: kernel } of features.kernelGraph.kernels) {
      // Noise only ever adds time: of the rounds, the fastest.
      const latencyUs = times.reduce((least, us) => Math.min(least, us[kernel] ?? 0), Infinity);
      if (latencyUs > 0 && latencyUs < Infinity) kernels.push({ features, kernel, latencyUs });
    }
    // Copies between layouts come with it.
    const [only, further] = features.kernelGraph.kernels.filter(({ nodes }) => nodes.length > 0);
    if (only !== undefined && further === undefined) alone.push({ features, kernel: only.id, latencyUs: label(passes) });
    const [node, another] = features.graph.nodes.filter(({ folded }) => !folded);
    if (node === undefined || another !== undefined) continue;
    const latencyUs = label(passes);
    operators.push({ features, node: node.id, latencyUs });
    for (const key of convolutionKeys(features.graph)) convolutions.push({ ...key, latencyUs });
  }
  return { kernels, alone, operators, models, convolutions, exact, profiled };
}

/** Quiet level of the compute probe over all idle passes; undefined where none was taken. */
export function idleQuietNs(rows: readonly IdleRow[]): number | undefined {
  const probes = rows.flatMap(({ probeBefore, probeAfter }) => [probeBefore, probeAfter].filter((p) => p !== null));
  return probes.length === 0 ? undefined : quietComputeNs(probes);
}

/** What turns passes of networks into examples. */
export interface IdleReading {
  /** By network. */
  readonly profiles: ReadonlyMap<string, readonly ProfiledKernel[]>;
  readonly featuresOf: (id: string) => ModelFeatures;
  readonly quietNs: number | undefined;
  readonly label: LabelOptions;
  readonly aligned: Aligned | null;
}

export function idleExamples(rows: readonly IdleRow[], { profiles, featuresOf, quietNs, label: options, aligned }: IdleReading) {
  const passes = groupBy(rows, (row) => row.id);
  let exact = 0;
  let profiled = 0;
  const examples = [...passes].map(([id, list]): IdleExample => {
    const features = featuresOf(id);
    const common = { id, family: list[0]?.family ?? "", features, latencyUs: label(list, quietNs, options) };
    const kernels = profiles.get(id);
    if (kernels === undefined) return { ...common, kernelUs: null };
    if (aligned === null) return { ...common, kernelUs: null, parts: profileParts(features, kernels, common.latencyUs) };
    const profile = alignProfile(features.kernelGraph, kernels);
    profiled += 1;
    if (profile.exact) exact += 1;
    return { ...common, kernelUs: profile.matchedShare >= MINIMUM_MATCHED ? withoutOverhead(profile.us, aligned.overheadUs) : null };
  });
  return { examples, passes, exact, profiled, states: rows.map(({ state }) => state) };
}

/** One for each model in each state, of all its visits there. */
export function loadedExamples(
  rows: readonly LoadedRow[],
  featuresOf: (id: string) => ModelFeatures,
  idleUs: ReadonlyMap<string, number>,
) {
  const visits = groupBy(rows, (row) => `${row.load.name}|${row.id}`);
  const quiet = new Map(
    [...groupBy(rows, (row) => row.load.name)].map(([name, list]) => [
      name,
      quietProbeNs(list.flatMap(({ probeBefore, probeAfter }) => [probeBefore, probeAfter].filter((p) => p !== null))),
    ]),
  );
  const examples: LoadedExample[] = [];
  for (const list of visits.values()) {
    const [first] = list;
    const idle = first === undefined ? undefined : idleUs.get(first.id);
    if (first === undefined || idle === undefined) continue;
    examples.push({
      id: first.id,
      family: first.family,
      stateName: first.load.name,
      features: featuresOf(first.id),
      state: meanState(list.map(({ state }) => state)),
      readings: list.map(({ state }) => state),
      latencyUs: loadedLabel(list, quiet.get(first.load.name) ?? 1),
      idleUs: idle,
    });
  }
  return { examples, visits };
}

/** The mean of each field over the readings that have it. */
export function meanState(states: readonly HardwareState[]): HardwareState {
  const field = (name: "utilization" | "bandwidthGBs" | "runDelayRatio" | "frequencyMHz"): HardwareState => {
    const values = states.map((state) => state[name]).filter((value) => value !== undefined);
    return values.length === 0 ? {} : { [name]: mean(values) };
  };
  return { ...field("frequencyMHz"), ...field("utilization"), ...field("bandwidthGBs"), ...field("runDelayRatio") };
}
