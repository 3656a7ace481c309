import { existsSync } from "node:fs";
import { join } from "node:path";
import { groupBy } from "../../features/group-by.js";
import { modelFeatures, type ModelFeatures } from "../../features/model-features.js";
import { buildGraph } from "../../graph/build.js";
import type { EngineRules } from "../../graph/kernels/lower.js";
import { ENGINE_NAMES, isEngineName } from "../../graph/kernels/rules/engines.js";
import { readOnnx } from "../../onnx/reader.js";
import { besideFolder, readHead } from "../dataset/folders.js";
import { readRows } from "../dataset/lines.js";
import { profilerOverheadUs } from "../dataset/profiler-overhead.js";
import type { IdleRow, Part, Row } from "../dataset/row.js";
import { steadiestIdleLabel } from "../evaluate/noise-floor.js";
import { Catalog } from "../measure/catalog.js";
import type { Machine } from "../measure/machine.js";
import { CELL_NETWORKS, MORE_NETWORKS, NETWORKS, type Plan } from "../measure/plan.js";
import { unlikeModels } from "../measure/unlike.js";
import type { Corpus } from "./corpus.js";
import { withSlowdownsOf } from "./corpus-changes.js";
import type { IdleExample } from "./examples.js";
import { networkProfiles } from "./network-profiles.js";
import { aloneKernels, idleExamples, idleQuietNs, loadedExamples, sweepExamples } from "./row-examples.js";

/** The engine whose profile says which kernel of the lowering each of its own is. */
const NAMES_KERNELS = "onnxruntime";

/**
 * Reads a folder with machine.json, plan.json and sweep, idle and loaded rows (`.jsonl.gz` or `.jsonl`). Another corpus
 * of the same machine may lend its quiet level and its kind of label, so that labels of both mean the same.
 */
export async function loadCorpus(
  folder: string,
  onProgress: (message: string) => void = () => undefined,
  reference?: Pick<Corpus, "quietNs" | "idleLabel">,
): Promise<Corpus> {
  const { machine, plan } = readHead(folder);
  const rules = rulesOf(machine);
  const featuresOf = featuresIn(plan, rules);
  const failures: { id: string; error: string }[] = [];
  const rowsOf = async <K extends Part>(part: K, from = folder): Promise<Extract<Row, { kind: K }>[]> => {
    const rows: Extract<Row, { kind: K }>[] = [];
    for (const file of [join(from, `${part}.jsonl.gz`), join(from, `${part}.jsonl`)].filter((path) => existsSync(path))) {
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
  const aligned = machine.engine === NAMES_KERNELS ? { overheadUs: profilerOverheadUs(idleRows) } : null;
  const unlike = unlikeModels(folder);
  const sweep = sweepExamples((await rowsOf("sweep")).filter(({ id }) => !unlike.has(id)), featuresOf, aligned);
  const quietNs = reference?.quietNs ?? idleQuietNs(idleRows);
  const idleLabel = reference?.idleLabel ?? steadiestIdleLabel({ idlePasses: groupBy(idleRows, ({ id }) => id), quietNs });
  const networks = async (from: string, rows: readonly IdleRow[], features: (id: string) => ModelFeatures) =>
    idleExamples(rows, { profiles: await networkProfiles(from, rows), featuresOf: features, quietNs, label: idleLabel, aligned });
  const idle = await networks(folder, idleRows, featuresOf);
  const loaded = loadedExamples(await rowsOf("loaded"), featuresOf, new Map(idle.examples.map((e) => [e.id, e.latencyUs])));
  const recordings: { readonly further: readonly IdleExample[]; readonly passes: ReadonlyMap<string, readonly IdleRow[]> }[] = [];
  for (const beside of recordedBeside(folder, machine)) {
    const { examples, passes } = await networks(beside.folder, await rowsOf("idle", beside.folder), featuresIn(beside.plan, rules));
    recordings.push({ further: examples.map((example) => ({ ...example, recording: beside.recording })), passes });
  }
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
    further: recordings.flatMap(({ further }) => further),
    quietNs,
    idleLabel,
    idlePasses: new Map([idle, ...recordings].flatMap(({ passes }) => [...passes])),
    idleStates: idle.states,
    loaded: loaded.examples,
    borrowed: [],
    visits: loaded.visits,
    failures,
    exactLowering: profiled === 0 ? 0 : exact / profiled,
  };
}

/** A dataset to train on, and the folder of one whose slowdowns train too, where there is one. */
export interface TrainingData {
  readonly data: string;
  readonly slowdowns?: string | undefined;
}

/** Reads what a predictor is trained on: see loadCorpus and withSlowdownsOf. */
export async function loadTrainingData({ data, slowdowns }: TrainingData, onProgress?: (message: string) => void): Promise<Corpus> {
  const corpus = await loadCorpus(data, onProgress);
  return slowdowns === undefined ? corpus : withSlowdownsOf(corpus, await loadCorpus(slowdowns, onProgress));
}

/** Plans of networks that train beside a dataset. */
const FURTHER_PLANS = [NETWORKS.name, MORE_NETWORKS.name, CELL_NETWORKS.name] as const;

/**
 * Recordings of more networks of a dataset, each trained as a configuration of its own, so that another build of the system's kernel
 * does no harm. Throws RangeError for one of another machine.
 */
function recordedBeside(folder: string, own: Machine): { readonly recording: string; readonly folder: string; readonly plan: Plan }[] {
  const found = FURTHER_PLANS.map((recording) => ({ recording, folder: besideFolder(folder, recording) })).filter((beside) => existsSync(beside.folder));
  return found.map((beside) => {
    const { machine, plan } = readHead(beside.folder);
    if (hardwareOf(machine) !== hardwareOf(own)) throw new RangeError(`${beside.folder} is of machine ${machine.id}, ${folder} of ${own.id}, which is another`);
    return { ...beside, plan };
  });
}

/** Everything that a machine is described by but the build of its kernel, and the id that follows from all. */
function hardwareOf(machine: Machine): string {
  return JSON.stringify({ ...machine, id: null, kernel: null });
}

/** Features of a plan's models, each built once. */
export function featuresIn(plan: Plan, rules: EngineRules): (id: string) => ModelFeatures {
  const catalog = new Catalog(plan);
  const known = new Map<string, ModelFeatures>();
  return (id) => {
    const features = known.get(id) ?? modelFeatures(buildGraph(readOnnx(catalog.get(id).onnx)), rules);
    known.set(id, features);
    return features;
  };
}

/** Floats in a vector: ONNX Runtime's NCHWc layout, which it has on x86-64 only, has as many channels in a block. */
const VECTOR_FLOATS: Readonly<Record<Machine["simd"], number>> = { avx512: 16, avx2: 8, neon: 4, other: 0 };

/** How the machine's engine lowers a graph. Throws RangeError for an engine whose fusions are not known. */
function rulesOf({ engine, simd, architecture }: Machine): EngineRules {
  if (!isEngineName(engine)) throw new RangeError(`no fusions are known of ${engine}: ${ENGINE_NAMES.join(", ")}`);
  return { engine, channelBlock: engine === "onnxruntime" && architecture !== "x64" ? 0 : VECTOR_FLOATS[simd] };
}
