import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Device } from "../devices/device.js";
import { DeviceUnreachable } from "../devices/device.js";
import type { Converters } from "../engines/converter.js";
import type { EngineModel, PassReport } from "../engines/engine.js";
import { ConversionFailure, EngineFailure } from "../engines/engine.js";
import { ENGINES, PythonEngine } from "../engines/index.js";
import { ProcessLost } from "../engines/line-process.js";
import { LoadGenerator } from "../load/generator.js";
import { readState } from "../load/state.js";
import type { Machine } from "../measure/machine.js";
import { describeMachine } from "../measure/machine.js";
import { EngineWatch } from "./engine-watch.js";
import type { PlacedOn, PlannedState, Protocol } from "./plan-file.js";
import type { Cell, FailedCell, MeasuredCell, RawPass, ReadState } from "./plan-row.js";
import { isSteady } from "./steadiness.js";

/** What a visit needs to know beside its cell. */
export interface VisitContext {
  readonly device: Device;
  readonly converters: Converters;
  readonly protocol: Protocol;
  readonly model: EngineModel;
  readonly placement: PlacedOn;
  /** A core of the device that the placement does not use; null where there is none. */
  readonly spareCore: number | null;
  readonly state: PlannedState;
}

const SLOT = 0;
const NS_PER_US = 1000;
const PROBES = 3;
/** At least so many runs, and on for at most so long, when a model is slow. */
const MIN_RUNS = 5;
const MAX_PASS_MS = 60_000;
const ATTEMPTS = 2;

interface Generators {
  utilization: LoadGenerator | null;
  traffic: LoadGenerator | null;
}

/** Adds each generator to `started` as it starts, so that all of them can be closed whatever happens. */
async function startLoad({ state, placement, spareCore, device }: VisitContext, started: Generators): Promise<void> {
  const { utilization, trafficGBs } = state;
  const [first = 0] = placement.cores;
  if (utilization > 0) {
    started.utilization = await LoadGenerator.start("utilization", first, device);
    await started.utilization.set(utilization);
  }
  if (trafficGBs > 0) {
    if (spareCore === null) throw new RangeError("a plan with memory traffic and no core for it");
    started.traffic = await LoadGenerator.start("traffic", spareCore, device);
    await started.traffic.set(trafficGBs);
  }
}

function rawPass({ runsNs, wallNs, cpuNs, runDelayNs }: PassReport): RawPass {
  return { runsUs: runsNs.map((ns) => ns / NS_PER_US), wallNs, cpuNs, runDelayNs };
}

interface Passes {
  readonly before: ReadState;
  readonly after: ReadState;
  readonly passes: readonly RawPass[];
  readonly steady: boolean;
  readonly last: PassReport;
}

/** Reads the state, takes a pass, reads it again; once more where that was not steady. */
async function takePasses(engine: PythonEngine, generators: Generators, { warmup, runs, windowMs, ...limits }: Protocol): Promise<Passes> {
  const passes: RawPass[] = [];
  const read = () => readState(engine, generators, { windowMs, probes: PROBES }, new EngineWatch(engine));
  let before = await read();
  for (;;) {
    const last = await engine.pass(SLOT, { warmup, runs, minRuns: Math.min(runs, MIN_RUNS), minMs: 0, maxMs: MAX_PASS_MS });
    const after = await read();
    const raw = rawPass(last);
    passes.push(raw);
    const steady = isSteady(raw.runsUs, before.raw.probes, after.raw.probes, limits);
    if (steady || passes.length === ATTEMPTS) return { before, after, passes, steady, last };
    before = after;
  }
}

export interface VisitOutcome {
  readonly row: MeasuredCell | FailedCell;
  /** Null where the engine did not come as far as to describe itself. */
  readonly machine: Machine | null;
}

/**
 * Measures one cell in an engine process of its own: what an earlier model left behind, or broke, does not count. The
 * engine's refusal or death becomes a row; any other error is a fault of this program and is thrown.
 *
 * @throws DeviceUnreachable where the device went away
 */
export async function visit(cell: Cell, context: VisitContext): Promise<VisitOutcome> {
  const { device, converters, placement, state, model, protocol } = context;
  const { cores } = placement;
  let stage: FailedCell["stage"] = "start";
  let engine: PythonEngine | null = null;
  let machine: Machine | null = null;
  const generators: Generators = { utilization: null, traffic: null };
  try {
    engine = await PythonEngine.start(ENGINES[cell.engine], { cores, threads: cores.length, device, converters });
    machine = await describeMachine(engine.description, device);
    stage = "load";
    const { sessionMs, conversion } = await engine.load(SLOT, model);
    stage = "run";
    await startLoad(context, generators);
    await sleep(protocol.settleMs);
    const { before, after, passes, steady, last } = await takePasses(engine, generators, protocol);
    const row: MeasuredCell = {
      kind: "measured",
      ...cell,
      onnxSha256: createHash("sha256").update(model.onnx).digest("hex"),
      engineVersion: engine.description.engineVersion,
      threads: engine.description.threads,
      cores,
      precision: engine.description.precision,
      asked: state,
      before,
      after,
      passes,
      steady,
      sessionMs,
      conversion,
      memory: { beforeLoadBytes: last.beforeLoadBytes, peakBytes: last.peakBytes },
      missing: machine.missing,
      device: device.name,
      machine: machine.id,
      at: new Date().toISOString(),
    };
    return { row, machine };
  } catch (error) {
    if (!(error instanceof EngineFailure || error instanceof ProcessLost)) throw error;
    // A device that is gone says nothing about the engine: the cell stays open.
    if (error instanceof ProcessLost && (await device.run(["true"])).code !== 0) {
      throw new DeviceUnreachable(`${device.name} is gone: ${error.message}`);
    }
    const failed = error instanceof ConversionFailure ? "convert" : stage;
    const row: FailedCell = {
      kind: "failed",
      ...cell,
      stage: failed,
      error: error.message,
      device: device.name,
      machine: machine?.id ?? null,
      at: new Date().toISOString(),
    };
    return { row, machine };
  } finally {
    await generators.utilization?.close();
    await generators.traffic?.close();
    await engine?.close();
  }
}
