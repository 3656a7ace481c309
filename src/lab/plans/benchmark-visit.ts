import { createHash } from "node:crypto";
import type { AdbDevice } from "../devices/adb.js";
import { readAndroidState } from "../devices/android-state.js";
import { DeviceUnreachable } from "../devices/device.js";
import type { BenchmarkProgram } from "../engines/android/benchmark-program.js";
import { COMMAND_LINES } from "../engines/android/command-lines.js";
import type { DeviceModels } from "../engines/android/device-models.js";
import { BENCHMARK_PROGRAMS } from "../engines/android/index.js";
import type { EngineDescription, EngineModel } from "../engines/engine.js";
import { ConversionFailure, EngineFailure } from "../engines/engine.js";
import { ENGINES } from "../engines/index.js";
import { ProcessLost } from "../engines/line-process.js";
import type { Machine } from "../measure/machine.js";
import { describeMachine } from "../measure/machine.js";
import type { CoolDown } from "../readings/thermal.js";
import { CannotSet } from "../settings/cpufreq.js";
import type { DeviceSettings } from "../settings/device-settings.js";
import type { PlacedOn, PlannedState, Protocol } from "./plan-file.js";
import type { Cell, FailedCell, SummarisedCell } from "./plan-row.js";
import type { VisitOutcome } from "./visit.js";

/** What a visit by a benchmark program needs to know beside its cell. */
export interface BenchmarkContext {
  readonly device: AdbDevice;
  readonly models: Pick<DeviceModels, "get">;
  readonly program: BenchmarkProgram;
  readonly protocol: Protocol;
  readonly model: EngineModel;
  readonly placement: PlacedOn;
  readonly state: PlannedState;
  /** Of a device that writes as root. */
  readonly settings: DeviceSettings;
  /** The wait for the device to cool down beforehand; null where none was needed. */
  readonly coolDown: CoolDown | null;
}

/** What every row of a benchmark program lacks, beside what the device does not tell. */
const NOT_TOLD = ["runs", "memory", "energy", "bandwidth", "runDelay"] as const;

async function describe({ device, program, placement }: BenchmarkContext, cell: Cell): Promise<EngineDescription> {
  const property = async (name: string) => (await device.run(["getprop", name])).stdout.trim();
  const [core = 0] = placement.cores;
  return {
    engine: ENGINES[cell.engine].title,
    engineVersion: program.id,
    threads: placement.cores.length,
    precision: "float32",
    core,
    cores: placement.cores,
    pid: 0,
    runtime: {
      program: BENCHMARK_PROGRAMS[cell.engine].program,
      android: await property("ro.build.version.release"),
      model: await property("ro.product.model"),
      soc: await property("ro.soc.model"),
    },
  };
}

/** How far a visit came. */
interface Course {
  stage: FailedCell["stage"];
}

async function measure(cell: Cell, context: BenchmarkContext, machine: Machine, course: Course): Promise<SummarisedCell> {
  const { device, models, program, protocol, model, placement, state, settings, coolDown } = context;
  const { cores } = placement;
  const { folder, conversion } = await models.get(ENGINES[cell.engine], model);
  const there = await program.pushModel(folder);
  course.stage = "set";
  await settings.setClock(cores, state);
  course.stage = "run";
  const before = await readAndroidState(device, cores, protocol.windowMs);
  const job = { folder: there, inputs: model.inputs, warmup: protocol.warmup, runs: protocol.runs, threads: cores.length };
  const report = await program.run(job, cores);
  const after = await readAndroidState(device, cores, protocol.windowMs);
  return {
    kind: "summarised",
    ...cell,
    onnxSha256: createHash("sha256").update(model.onnx).digest("hex"),
    program: program.id,
    threads: cores.length,
    cores,
    precision: COMMAND_LINES[cell.engine].precision,
    asked: state,
    coolDown,
    before,
    after,
    report,
    conversion,
    missing: [...new Set([...machine.missing, ...NOT_TOLD])],
    device: device.name,
    machine: machine.id,
    at: new Date().toISOString(),
  };
}

/** The row for what a measurement threw. Throws whatever is not the program's, the converter's or the device's refusal. */
async function failedCell(error: unknown, cell: Cell, { device }: BenchmarkContext, machine: Machine, { stage }: Course): Promise<FailedCell> {
  if (!(error instanceof EngineFailure || error instanceof ProcessLost || error instanceof CannotSet)) throw error;
  if (error instanceof CannotSet && (await device.run(["true"])).code !== 0) throw new DeviceUnreachable(`${device.name} is gone: ${error.message}`);
  // The only process here is the converter's.
  const failed = error instanceof ConversionFailure || error instanceof ProcessLost ? "convert" : stage;
  return { kind: "failed", ...cell, stage: failed, error: error.message, device: device.name, machine: machine.id, at: new Date().toISOString() };
}

/**
 * Measures one cell with the engine's own benchmark program. What the program or the converter refuses becomes a row, and
 * so does a state that the device cannot be brought into. Whatever was set is as before when this returns.
 *
 * @throws DeviceUnreachable where the device went away, CannotSet where its settings cannot be put back
 */
export async function benchmarkVisit(cell: Cell, context: BenchmarkContext): Promise<VisitOutcome> {
  const machine = await describeMachine(await describe(context, cell), context.device);
  const course: Course = { stage: "load" };
  try {
    return { row: await measure(cell, context, machine, course), cannotSet: null, machine };
  } catch (error) {
    const row = await failedCell(error, cell, context, machine, course);
    const cannotSet = error instanceof CannotSet ? error.message : null;
    return { row: cannotSet !== null && context.protocol.cannotSet === "skip" ? null : row, cannotSet, machine };
  } finally {
    await context.settings.restore();
  }
}
