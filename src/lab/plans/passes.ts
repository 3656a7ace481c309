import type { PassReport } from "../engines/engine.js";
import type { PythonEngine } from "../engines/index.js";
import type { Reporter } from "../load/state.js";
import { readState } from "../load/state.js";
import type { DeviceReadings } from "../readings/device-readings.js";
import type { EnergyReading } from "../readings/energy.js";
import type { MeterReader } from "../readings/meter-reader.js";
import { EngineWatch } from "./engine-watch.js";
import type { Protocol } from "./plan-file.js";
import type { RawPass, ReadState } from "./plan-row.js";
import { isSteady } from "./steadiness.js";

/** The model's place in the engine's process: each visit has one of its own. */
export const SLOT = 0;
const NS_PER_US = 1000;
const PROBES = 3;
/** At least so many runs, and on for at most so long, when a model is slow. */
const MIN_RUNS = 5;
const MAX_PASS_MS = 60_000;
const ATTEMPTS = 2;

/** What passes are taken with. */
export interface PassTools {
  readonly engine: PythonEngine;
  /** What the generators did; null where none runs. */
  readonly reporters: { readonly utilization: Reporter | null; readonly traffic: Reporter | null };
  readonly readings: DeviceReadings;
  /** Null where the device tells no energy. */
  readonly meters: MeterReader | null;
  readonly protocol: Protocol;
}

export interface Passes {
  readonly before: ReadState;
  readonly after: ReadState;
  readonly passes: readonly RawPass[];
  readonly steady: boolean;
  readonly last: PassReport;
  /** Of the last pass. */
  readonly energy: readonly EnergyReading[];
}

async function readWhole({ engine, reporters, readings, protocol: { windowMs } }: PassTools): Promise<ReadState> {
  const temperatures = await readings.temperatures();
  const [{ state, raw }, counters] = await Promise.all([
    readState(engine, reporters, { windowMs, probes: PROBES }, new EngineWatch(engine)),
    readings.count(windowMs),
  ]);
  // Last, when the probes have just kept the cores busy: an idle core shows a clock that no model runs at.
  return { state: { ...(await readings.clock()), ...state, ...counters }, raw, temperatures };
}

async function takePass({ engine, meters, protocol: { warmup, runs } }: PassTools): Promise<{ report: PassReport; energy: readonly EnergyReading[] }> {
  await meters?.begin();
  const report = await engine.pass(SLOT, { warmup, runs, minRuns: Math.min(runs, MIN_RUNS), minMs: 0, maxMs: MAX_PASS_MS });
  const energy = (await meters?.end({ beginNs: report.beginNs, wallNs: report.wallNs, runs: report.runsNs.length })) ?? [];
  return { report, energy };
}

/** Reads the state, takes a pass, reads it again; once more where that was not steady. */
export async function takePasses(tools: PassTools): Promise<Passes> {
  const passes: RawPass[] = [];
  let before = await readWhole(tools);
  for (;;) {
    const { report: last, energy } = await takePass(tools);
    const after = await readWhole(tools);
    const { runsNs, wallNs, cpuNs, runDelayNs } = last;
    const raw = { runsUs: runsNs.map((ns) => ns / NS_PER_US), wallNs, cpuNs, runDelayNs };
    passes.push(raw);
    const steady = isSteady(raw.runsUs, before.raw.probes, after.raw.probes, tools.protocol);
    if (steady || passes.length === ATTEMPTS) return { before, after, passes, steady, last, energy };
    before = after;
  }
}
