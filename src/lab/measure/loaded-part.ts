import { setTimeout as sleep } from "node:timers/promises";
import { probeInflation, quietProbeNs } from "../dataset/label.js";
import type { AskedLoad, LoadedRow } from "../dataset/row.js";
import { place } from "../dataset/row.js";
import type { Engine, ProbeReading } from "../engines/engine.js";
import type { GeneratorTotals } from "../load/generator.js";
import { LoadGenerator, ratesBetween } from "../load/generator.js";
import type { StateReading } from "../load/state.js";
import { readState } from "../load/state.js";
import { together } from "../load/together.js";
import type { Bench } from "./bench.js";
import { attempt } from "./bench.js";
import type { StateVisit } from "./loaded-plan.js";

export interface Generators {
  /** One on each of the model's cores. */
  readonly utilization: readonly LoadGenerator[];
  /** On a core that the model does not use; none where it uses all. */
  readonly traffic: readonly LoadGenerator[];
}

/**
 * Starts them at rest.
 *
 * @param spare a core that the model does not use, or null
 */
export async function startGenerators(cores: readonly number[], spare: number | null): Promise<Generators> {
  const utilization: LoadGenerator[] = [];
  for (const core of cores) utilization.push(await LoadGenerator.start("utilization", core));
  return { utilization, traffic: spare === null ? [] : [await LoadGenerator.start("traffic", spare)] };
}

export async function closeGenerators({ utilization, traffic }: Generators): Promise<void> {
  await Promise.all([...utilization, ...traffic].map((generator) => generator.close()));
}

async function setLoad({ utilization, traffic }: Generators, load: Pick<AskedLoad, "utilization" | "trafficGBs">): Promise<void> {
  for (const generator of utilization) await generator.set(load.utilization);
  for (const generator of traffic) await generator.set(load.trafficGBs);
}

/** For readState: null where nothing of that kind runs. */
const reporters = ({ utilization, traffic }: Generators) => ({ utilization: together(utilization), traffic: together(traffic) });

/** Probes of each state so far, by the state's name: its quiet level comes from them. */
export class ProbeHistory {
  private readonly probes = new Map<string, ProbeReading[]>();

  constructor(rows: Iterable<LoadedRow>) {
    for (const row of rows) this.add(row.load.name, [row.probeBefore, row.probeAfter]);
  }

  add(state: string, probes: readonly (ProbeReading | null)[]): void {
    const known = this.probes.get(state) ?? [];
    known.push(...probes.filter((probe) => probe !== null));
    this.probes.set(state, known);
  }

  quietNs(state: string): number {
    return quietProbeNs(this.probes.get(state) ?? []);
  }
}

const NO_LOAD = { utilization: 0, trafficGBs: 0 } as const;

/**
 * The slots of the visit's models that are loaded. A model that the engine refuses gets its row and no slot; one that
 * takes the process down takes the others' slots with it: they stay open for the next run.
 */
async function loadModels(bench: Bench, visit: StateVisit, ids: readonly string[]): Promise<Map<string, { slot: number; sessionMs: number }>> {
  const loaded = new Map<string, { slot: number; sessionMs: number }>();
  const warmUp = { warmup: 0, runs: 1, minRuns: 1, minMs: 0, maxMs: 0 };
  for (const [slot, id] of ids.entries()) {
    const model = bench.catalog.get(id);
    const { engine } = await bench.host.get();
    const where = { part: "loaded", id, family: model.family, round: visit.visit, stateName: visit.load.name } as const;
    const report = await attempt(bench, where, async () => {
      const { sessionMs } = await engine.load(slot, model);
      await engine.pass(slot, warmUp);
      return { slot, sessionMs };
    });
    if (report !== null) loaded.set(id, report);
    else if ((await bench.host.get()).engine !== engine) loaded.clear();
  }
  return loaded;
}

interface Stay {
  readonly bench: Bench;
  readonly engine: Engine;
  readonly generators: Generators;
  readonly visit: StateVisit;
  readonly reading: StateReading;
}

async function totals(generators: Generators): Promise<readonly [GeneratorTotals | null, GeneratorTotals | null]> {
  const { utilization, traffic } = reporters(generators);
  return [(await utilization?.report()) ?? null, (await traffic?.report()) ?? null];
}

const ratesOf = (before: GeneratorTotals | null, after: GeneratorTotals | null) =>
  before === null || after === null ? null : ratesBetween(before, after);

/** One model in the state that is set: probe, pass, probe, and what the generators did meanwhile. */
async function measureLoaded(stay: Stay, id: string, slot: number, sessionMs: number, attemptNumber: 1 | 2): Promise<LoadedRow> {
  const { bench, engine, generators, visit, reading } = stay;
  const [utilizationBefore, trafficBefore] = await totals(generators);
  const probeBefore = await engine.probe();
  const { runsNs, wallNs, cpuNs, runDelayNs } = await engine.pass(slot, bench.plan.loaded.pass);
  const probeAfter = await engine.probe();
  const [utilizationAfter, trafficAfter] = await totals(generators);
  return {
    kind: "loaded",
    id,
    family: bench.catalog.get(id).family,
    round: visit.visit,
    block: visit.block,
    attempt: attemptNumber,
    load: visit.load,
    runsUs: runsNs.map((ns) => Math.round(ns / 100) / 10),
    wallNs,
    cpuNs,
    runDelayNs,
    sessionMs,
    probeBefore,
    probeAfter,
    state: reading.state,
    stateRaw: reading.raw,
    during: {
      utilization: ratesOf(utilizationBefore, utilizationAfter),
      traffic: ratesOf(trafficBefore, trafficAfter),
    },
    at: new Date().toISOString(),
    machine: bench.machine,
  };
}

/** The rows to repeat: those whose probes were farthest above the state's quiet level, most disturbed first. */
export function disturbed(rows: readonly LoadedRow[], quietNs: number, above: number, most: number): readonly LoadedRow[] {
  return rows
    .map((row) => ({ row, inflation: probeInflation(row, quietNs) }))
    .filter(({ inflation }) => inflation > above)
    .toSorted((a, b) => b.inflation - a.inflation)
    .slice(0, most)
    .map(({ row }) => row);
}

async function measureStay(stay: Stay, slots: Awaited<ReturnType<typeof loadModels>>, history: ProbeHistory): Promise<void> {
  const { bench, visit } = stay;
  const { repeatAbove, repeatsPerStateVisit } = bench.plan.loaded;
  const state = visit.load.name;
  const measure = async (id: string, number: 1 | 2): Promise<LoadedRow | null> => {
    const loaded = slots.get(id);
    if (loaded === undefined) return null;
    const where = { part: "loaded", id, family: bench.catalog.get(id).family, round: visit.visit, stateName: state } as const;
    const row = await attempt(bench, where, () => measureLoaded(stay, id, loaded.slot, loaded.sessionMs, number));
    if (row === null) return null;
    bench.journals.loaded.append(row);
    history.add(state, [row.probeBefore, row.probeAfter]);
    return row;
  };
  const rows: LoadedRow[] = [];
  for (const id of slots.keys()) {
    if (bench.stop.aborted) return;
    const row = await measure(id, 1);
    if ((await bench.host.get()).engine !== stay.engine) return;
    if (row === null) continue;
    rows.push(row);
    bench.progress.done("loaded", "measured");
  }
  for (const { id } of disturbed(rows, history.quietNs(state), repeatAbove, repeatsPerStateVisit)) {
    if (bench.stop.aborted) return;
    await measure(id, 2);
  }
}

/** One stay in a load state: models loaded before the load starts, the state read, each model visited. */
export async function runStateVisit(bench: Bench, generators: Generators, visit: StateVisit, history: ProbeHistory): Promise<void> {
  const { settleMs, state } = bench.plan.loaded;
  const open = visit.modelIds.filter((id) => !bench.journals.loaded.has(place(id, visit.visit, visit.load.name)));
  if (open.length === 0) return;
  const slots = await loadModels(bench, visit, open);
  const { engine } = await bench.host.get();
  try {
    await setLoad(generators, visit.load);
    await sleep(settleMs);
    const reading = await readState(engine, reporters(generators), state);
    history.add(visit.load.name, reading.raw.probes);
    await measureStay({ bench, engine, generators, visit, reading }, slots, history);
  } finally {
    await setLoad(generators, NO_LOAD);
  }
}
