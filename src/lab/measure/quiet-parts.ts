import type { IdleRow, SweepRow } from "../dataset/row.js";
import { place } from "../dataset/row.js";
import type { Kernel, PassOptions, ProbeReading, ProfileOptions } from "../engines/engine.js";
import { stateFrom } from "../load/state.js";
import type { ZooModel } from "../zoo/index.js";
import type { Bench } from "./bench.js";
import { attempt } from "./bench.js";
import { sliceOf } from "./schedule.js";

interface Recipe {
  readonly pass: PassOptions;
  readonly profile: ProfileOptions | null;
  readonly probe: boolean;
}

const SLOT = 0;

type Common = Omit<IdleRow, "kind" | "kernels">;

/** Loads a model, takes one pass (between probes) on the otherwise idle machine, and profiles it where asked. */
async function measureQuietly(bench: Bench, model: ZooModel, round: number, recipe: Recipe): Promise<Common & { kernels: readonly Kernel[] | null }> {
  const { engine, monitor } = await bench.host.get();
  const { sessionMs } = await engine.load(SLOT, model);
  const { shares, own } = monitor.read();
  const probe = async (): Promise<ProbeReading | null> => (recipe.probe ? engine.probe() : null);
  const probeBefore = await probe();
  const { runsNs, wallNs, cpuNs, runDelayNs } = await engine.pass(SLOT, recipe.pass);
  const probeAfter = await probe();
  const kernels = recipe.profile === null ? null : await engine.profile(model, recipe.profile);
  const { cores } = engine.description;
  return {
    id: model.id,
    family: model.family,
    round,
    runsUs: runsNs.map((ns) => Math.round(ns / 100) / 10),
    wallNs,
    cpuNs,
    runDelayNs,
    sessionMs,
    probeBefore,
    probeAfter,
    state: stateFrom(shares, cores, own, probeBefore === null ? [] : [probeBefore]),
    stateRaw: {
      windowMs: shares?.windowMs ?? 0,
      busy: shares?.busy ?? null,
      steal: shares?.steal ?? null,
      own,
      utilizationGenerator: null,
      trafficGenerator: null,
      probes: [],
    },
    kernels,
    at: new Date().toISOString(),
    machine: bench.machine,
  };
}

/** A slice of one round over the single operators: a profile and a pass each. */
export async function runSweep(bench: Bench, round: number, slice: number, slices: number): Promise<void> {
  const { plan, catalog, journals, progress, stop } = bench;
  const ids = sliceOf(catalog.roundOrder("sweep", round, plan.seed), slice, slices);
  for (const [i, id] of ids.entries()) {
    if (stop.aborted) return;
    if (journals.sweep.has(place(id, round))) continue;
    const model = catalog.get(id);
    const recipe = { pass: plan.sweep.pass, profile: plan.sweep.profile, probe: i % plan.sweep.probeEvery === 0 };
    const where = { part: "sweep", id, family: model.family, round } as const;
    const measured = await attempt(bench, where, () => measureQuietly(bench, model, round, recipe));
    if (measured === null) continue;
    const row: SweepRow = { kind: "sweep", ...measured, kernels: measured.kernels ?? [] };
    journals.sweep.append(row);
    progress.done("sweep", "measured");
  }
}

/** One round over all networks: a pass each, in the first round a profile too. */
export async function runIdle(bench: Bench, round: number): Promise<void> {
  const { plan, catalog, journals, progress, stop } = bench;
  for (const id of catalog.roundOrder("idle", round, plan.seed)) {
    if (stop.aborted) return;
    if (journals.idle.has(place(id, round))) continue;
    const model = catalog.get(id);
    const recipe = { pass: plan.idle.pass, profile: round === 1 ? plan.idle.profile : null, probe: true };
    const where = { part: "idle", id, family: model.family, round } as const;
    const measured = await attempt(bench, where, () => measureQuietly(bench, model, round, recipe));
    if (measured === null) continue;
    const { kernels, ...common } = measured;
    const row: IdleRow = { kind: "idle", ...common, ...(kernels === null ? {} : { kernels }) };
    journals.idle.append(row);
    progress.done("idle", "measured");
  }
}
