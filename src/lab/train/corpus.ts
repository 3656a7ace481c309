import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SweepRow as ConvolutionRow } from "../../conv/convolution.js";
import { convolutionKeys } from "../../features/convolutions.js";
import { groupBy } from "../../features/group-by.js";
import { modelFeatures, type ModelFeatures } from "../../features/model-features.js";
import type { HardwareState } from "../../features/state.js";
import { buildGraph } from "../../graph/build.js";
import type { EngineRules } from "../../graph/kernels/lower.js";
import { ENGINE_NAMES, isEngineName } from "../../graph/kernels/rules/engines.js";
import { readOnnx } from "../../onnx/reader.js";
import { callOverheadUs } from "../dataset/call-overhead.js";
import { label, loadedLabel, quietComputeNs, quietProbeNs } from "../dataset/label.js";
import { readRows } from "../dataset/lines.js";
import { profilerOverheadUs, withoutOverhead } from "../dataset/profiler-overhead.js";
import type { IdleRow, LoadedRow, Part, Row, SweepRow } from "../dataset/row.js";
import { mean } from "../dataset/statistics.js";
import { Catalog } from "../measure/catalog.js";
import type { Machine } from "../measure/machine.js";
import type { Plan } from "../measure/plan.js";
import { alignProfile } from "./align.js";
import type { IdleExample, KernelExample, LoadedExample, OperatorExample, SweepExample } from "./examples.js";

/** A recorded dataset, its models rebuilt from their seeds and read like anybody's upload. */
export interface Corpus {
  readonly folder: string;
  readonly machine: Machine;
  readonly plan: Plan;
  readonly rules: EngineRules;
  /** Whether the engine's profiler was read; without it `kernels` are those that ran alone in a model of the sweep. */
  readonly profiled: boolean;
  readonly kernels: readonly KernelExample[];
  readonly operators: readonly OperatorExample[];
  /** Whole models of the sweep: single operators and short chains. */
  readonly sweep: readonly SweepExample[];
  /** Stand-alone convolutions, for the paper's regression. */
  readonly convolutions: readonly ConvolutionRow[];
  readonly idle: readonly IdleExample[];
  /** CPU time in ns that the compute probe takes when the machine is quiet. */
  readonly quietNs: number | undefined;
  /** Raw idle passes by model, for the noise floor. */
  readonly idlePasses: ReadonlyMap<string, readonly IdleRow[]>;
  readonly idleStates: readonly HardwareState[];
  readonly loaded: readonly LoadedExample[];
  /** Raw visits by state and model, for the noise floor. */
  readonly visits: ReadonlyMap<string, readonly LoadedRow[]>;
  /** Models that the engine refused, with its message. */
  readonly failures: readonly { readonly id: string; readonly error: string }[];
  /** Share of the profiled models whose kernels are exactly those that the lowering predicts. */
  readonly exactLowering: number;
}

/** A profile that books less than this share of its time on known kernels teaches nothing. */
const MINIMUM_MATCHED = 0.95;

/**
 * Reads a folder with machine.json, plan.json and sweep, idle and loaded rows (`.jsonl.gz` or `.jsonl`). Another corpus
 * of the same machine may lend its quiet level, so that labels of both mean the same.
 */
export async function loadCorpus(
  folder: string,
  onProgress: (message: string) => void = () => undefined,
  reference?: Pick<Corpus, "quietNs">,
): Promise<Corpus> {
  const machine = JSON.parse(readFileSync(join(folder, "machine.json"), "utf8")) as Machine;
  const plan = JSON.parse(readFileSync(join(folder, "plan.json"), "utf8")) as Plan;
  const rules = rulesOf(machine);
  const catalog = new Catalog(plan);
  const cache = new Map<string, ModelFeatures>();
  const featuresOf = (id: string): ModelFeatures => {
    const known = cache.get(id);
    if (known !== undefined) return known;
    const features = modelFeatures(buildGraph(readOnnx(catalog.get(id).onnx)), rules);
    cache.set(id, features);
    return features;
  };
  const failures: { id: string; error: string }[] = [];
  const rowsOf = async <K extends Part>(part: K): Promise<Extract<Row, { kind: K }>[]> => {
    const rows: Extract<Row, { kind: K }>[] = [];
    for (const file of [join(folder, `${part}.jsonl.gz`), join(folder, `${part}.jsonl`)].filter((path) => existsSync(path))) {
      for await (const row of readRows(file)) {
        if (row.kind === "failed") failures.push({ id: row.id, error: row.error });
        else if (row.kind === part) rows.push(row as Extract<Row, { kind: K }>);
      }
      break;
    }
    onProgress(`${part}: ${rows.length} rows`);
    return rows;
  };
  const idleRows = await rowsOf("idle");
  const overheadUs = profilerOverheadUs(idleRows);
  const sweep = sweepExamples(await rowsOf("sweep"), featuresOf, overheadUs);
  const quietNs = reference?.quietNs ?? idleQuietNs(idleRows);
  const idle = idleExamples(idleRows, featuresOf, quietNs, overheadUs);
  const loaded = loadedExamples(await rowsOf("loaded"), featuresOf, new Map(idle.examples.map((e) => [e.id, e.latencyUs])));
  const exact = sweep.exact + idle.exact;
  const profiled = sweep.profiled + idle.profiled;
  return {
    folder,
    machine,
    plan,
    rules,
    profiled: profiled > 0,
    kernels: profiled > 0 ? sweep.kernels : aloneKernels(sweep.alone),
    operators: sweep.operators,
    sweep: sweep.models,
    convolutions: sweep.convolutions,
    idle: idle.examples,
    quietNs,
    idlePasses: idle.passes,
    idleStates: idle.states,
    loaded: loaded.examples,
    visits: loaded.visits,
    failures,
    exactLowering: profiled === 0 ? 0 : exact / profiled,
  };
}

/** Floats in a vector: ONNX Runtime's NCHWc layout, which it has on x86-64 only, has as many channels in a block. */
const VECTOR_FLOATS: Readonly<Record<Machine["simd"], number>> = { avx512: 16, avx2: 8, neon: 4, other: 0 };

/** How the machine's engine lowers a graph. Throws RangeError for an engine whose fusions are not known. */
function rulesOf({ engine, simd, architecture }: Machine): EngineRules {
  if (!isEngineName(engine)) throw new RangeError(`no fusions are known of ${engine}: ${ENGINE_NAMES.join(", ")}`);
  return { engine, channelBlock: engine === "onnxruntime" && architecture !== "x64" ? 0 : VECTOR_FLOATS[simd] };
}

/** What the kernels of models of one kernel take without what every run costs. */
function aloneKernels(alone: readonly KernelExample[]): KernelExample[] {
  const overheadUs = callOverheadUs(alone.map(({ latencyUs }) => latencyUs));
  const own = withoutOverhead(Float32Array.from(alone, ({ latencyUs }) => latencyUs), overheadUs);
  return alone.map((example, i) => ({ ...example, latencyUs: own[i] ?? example.latencyUs }));
}

function sweepExamples(rows: readonly SweepRow[], featuresOf: (id: string) => ModelFeatures, overheadUs: number) {
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
      .filter((row) => row.kernels.length > 0)
      .map((row) => alignProfile(features.kernelGraph, row.kernels));
    if (profiles.length > 0) profiled += 1;
    if (profiles.length > 0 && profiles.every((profile) => profile.exact)) exact += 1;
    const usable = profiles.filter((profile) => profile.matchedShare >= MINIMUM_MATCHED);
    if (profiles.length > 0 && usable.length === 0) continue;
    const times = usable.map(({ us }) => withoutOverhead(us, overheadUs));
    for (const { id: kernel } of features.kernelGraph.kernels) {
      // Noise only ever adds time: of the rounds, the fastest.
      const latencyUs = times.reduce((least, us) => Math.min(least, us[kernel] ?? 0), Infinity);
      if (latencyUs > 0 && latencyUs < Infinity) kernels.push({ features, kernel, latencyUs });
    }
    const [only, further] = features.kernelGraph.kernels;
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
function idleQuietNs(rows: readonly IdleRow[]): number | undefined {
  const probes = rows.flatMap(({ probeBefore, probeAfter }) => [probeBefore, probeAfter].filter((p) => p !== null));
  return probes.length === 0 ? undefined : quietComputeNs(probes);
}

function idleExamples(
  rows: readonly IdleRow[],
  featuresOf: (id: string) => ModelFeatures,
  quietNs: number | undefined,
  overheadUs: number,
) {
  const passes = groupBy(rows, (row) => row.id);
  let exact = 0;
  let profiled = 0;
  const examples = [...passes].map(([id, list]): IdleExample => {
    const features = featuresOf(id);
    const kernels = list.find((row) => row.kernels !== undefined)?.kernels;
    const profile = kernels === undefined ? null : alignProfile(features.kernelGraph, kernels);
    if (profile !== null) profiled += 1;
    if (profile?.exact === true) exact += 1;
    return {
      id,
      family: list[0]?.family ?? "",
      features,
      latencyUs: label(list, quietNs),
      kernelUs: profile !== null && profile.matchedShare >= MINIMUM_MATCHED ? withoutOverhead(profile.us, overheadUs) : null,
    };
  });
  return { examples, passes, exact, profiled, states: rows.map(({ state }) => state) };
}

function loadedExamples(
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
