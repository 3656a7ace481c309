import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Device } from "../devices/device.js";
import { DeviceUnreachable } from "../devices/device.js";
import type { Converters } from "../engines/converter.js";
import type { EngineModel } from "../engines/engine.js";
import { ConversionFailure, EngineFailure } from "../engines/engine.js";
import { ENGINES, PythonEngine } from "../engines/index.js";
import { ProcessLost } from "../engines/line-process.js";
import { PlacedLoad } from "../load/placed-load.js";
import type { Machine } from "../measure/machine.js";
import { describeMachine } from "../measure/machine.js";
import type { DeviceReadings, Unread } from "../readings/device-readings.js";
import type { MeterReader } from "../readings/meter-reader.js";
import type { CoolDown } from "../readings/thermal.js";
import { CannotSet } from "../settings/cpufreq.js";
import type { DeviceSettings } from "../settings/device-settings.js";
import { EngineWatch } from "./engine-watch.js";
import { SLOT, takePasses } from "./passes.js";
import type { PlacedOn, PlannedState, Protocol } from "./plan-file.js";
import type { Cell, CellRow, FailedCell, MeasuredCell } from "./plan-row.js";
import { clockReached } from "./reached.js";

/** What a visit needs to know beside its cell. */
export interface VisitContext {
  readonly device: Device;
  readonly converters: Converters;
  readonly settings: DeviceSettings;
  readonly readings: DeviceReadings;
  readonly protocol: Protocol;
  readonly model: EngineModel;
  readonly placement: PlacedOn;
  /** The cores of the device that the placement does not use. */
  readonly spareCores: readonly number[];
  readonly state: PlannedState;
  /** The wait for the device to cool down beforehand; null where none was needed. */
  readonly coolDown: CoolDown | null;
}

export interface VisitOutcome {
  /** Null for a cell that stays open, because its state cannot be set and the plan wants such cells skipped. */
  readonly row: CellRow | null;
  /** Why the state cannot be set; null where it was. */
  readonly cannotSet: string | null;
  /** Null where the engine did not come as far as to describe itself. */
  readonly machine: Machine | null;
}

/** What is running for a visit, and is ended with it. */
interface Running {
  engine: PythonEngine | null;
  machine: Machine | null;
  stage: FailedCell["stage"];
  meters: MeterReader | null;
}

function unreadOf({ unread }: DeviceReadings, peakBytes: number | null, meters: MeterReader | null, energies: number): Unread {
  return {
    ...unread,
    ...(peakBytes === null ? { memory: "the system does not let a process count its own peak (/proc/self/clear_refs)" } : {}),
    ...(meters !== null && energies === 0 ? { energy: "the pass was too short for the meter: ask for more runs" } : {}),
  };
}

async function measure(cell: Cell, context: VisitContext, running: Running, load: PlacedLoad): Promise<MeasuredCell> {
  const { device, converters, settings, readings, placement, state, model, protocol, coolDown } = context;
  const { cores } = placement;
  const engine = await PythonEngine.start(ENGINES[cell.engine], { cores, threads: cores.length, device, converters });
  running.engine = engine;
  const machine = await describeMachine(engine.description, device);
  Object.assign(running, { machine, stage: "load" });
  const { sessionMs, conversion } = await engine.load(SLOT, model);
  running.stage = "set";
  await settings.setClock(cores, state);
  running.stage = "run";
  await load.start();
  await sleep(protocol.settleMs);
  const reached = await load.settle(new EngineWatch(engine), { windowMs: protocol.loadWindowMs, corrections: protocol.loadCorrections });
  const meters = readings.startMeters();
  running.meters = meters;
  const { before, after, passes, steady, last, energy } = await takePasses({ engine, reporters: load.reporters, readings, meters, protocol });
  return {
    kind: "measured",
    ...cell,
    onnxSha256: createHash("sha256").update(model.onnx).digest("hex"),
    engineVersion: engine.description.engineVersion,
    threads: engine.description.threads,
    cores,
    precision: engine.description.precision,
    asked: state,
    reached: { ...reached, clock: clockReached(state, before.state.frequencyMHz) },
    coolDown,
    before,
    after,
    passes,
    steady,
    sessionMs,
    conversion,
    memory: { beforeLoadBytes: last.beforeLoadBytes, peakBytes: last.peakBytes },
    energy,
    missing: machine.missing,
    unread: unreadOf(readings, last.peakBytes, meters, energy.length),
    device: device.name,
    machine: machine.id,
    at: new Date().toISOString(),
  };
}

/** The row for what a measurement threw. Throws whatever is not the engine's or the device's refusal. */
async function failedCell(error: unknown, cell: Cell, device: Device, { stage, machine }: Running): Promise<FailedCell> {
  if (!(error instanceof EngineFailure || error instanceof ProcessLost || error instanceof CannotSet)) throw error;
  // A device that is gone says nothing about the engine: the cell stays open.
  if (!(error instanceof EngineFailure) && (await device.run(["true"])).code !== 0) {
    throw new DeviceUnreachable(`${device.name} is gone: ${error.message}`);
  }
  return {
    kind: "failed",
    ...cell,
    stage: error instanceof ConversionFailure ? "convert" : stage,
    error: error.message,
    device: device.name,
    machine: machine?.id ?? null,
    at: new Date().toISOString(),
  };
}

/**
 * Measures one cell in an engine process of its own: what an earlier model left behind, or broke, does not count. The
 * engine's refusal or death becomes a row, and so does a state that the device cannot be brought into; any other error
 * is a fault of this program and is thrown. Whatever was set is as before when this returns.
 *
 * @throws DeviceUnreachable where the device went away, CannotSet where its settings cannot be put back
 */
export async function visit(cell: Cell, context: VisitContext): Promise<VisitOutcome> {
  const { device, state, placement, spareCores, settings, protocol } = context;
  const running: Running = { engine: null, machine: null, stage: "start", meters: null };
  const load = new PlacedLoad({ cores: placement.cores, others: spareCores, device }, state);
  try {
    const row = await measure(cell, context, running, load);
    return { row, cannotSet: null, machine: running.machine };
  } catch (error) {
    const row = await failedCell(error, cell, device, running);
    const cannotSet = error instanceof CannotSet ? error.message : null;
    return { row: cannotSet !== null && protocol.cannotSet === "skip" ? null : row, cannotSet, machine: running.machine };
  } finally {
    await load.close();
    await running.meters?.close();
    await running.engine?.close();
    await settings.restore();
  }
}
