import type { Device } from "../devices/device.js";
import { LineProcess } from "../engines/line-process.js";
import { ONNX_RUNTIME } from "../engines/onnxruntime.js";
import type { EnergyReading, MeterSample } from "./energy.js";
import { energyBetween } from "./energy.js";
import type { Meter } from "./meters.js";

const PERIOD_MS = 20;
const TIMEOUT_MS = 20_000;
const ANY_CORE = -1;

/** When the timed runs of a pass began, by the device's monotonic clock, how long they took, and how many there were. */
export interface TimedRuns {
  readonly beginNs: number;
  readonly wallNs: number;
  readonly runs: number;
}

/** Reads a device's meters while a pass runs, from a process there (python/meter_reader.py) off the model's cores. */
export class MeterReader {
  private constructor(
    private readonly meters: readonly Meter[],
    private readonly process: LineProcess,
  ) {}

  /** @param core that it stays on; null for any */
  static start(device: Device, meters: readonly Meter[], core: number | null): MeterReader {
    const files = meters.flatMap((meter) => meter.files);
    const argv = [device.python(ONNX_RUNTIME), device.script("meter_reader.py"), String(core ?? ANY_CORE), String(PERIOD_MS), ...files];
    const { command, args, environment } = device.command(argv, {});
    return new MeterReader(meters, new LineProcess(command, args, { environment, timeoutMs: TIMEOUT_MS }));
  }

  async begin(): Promise<void> {
    await this.process.request("start");
  }

  /** What every meter saw during the runs; a meter that was read too seldom for them is left out. */
  async end({ beginNs, wallNs, runs }: TimedRuns): Promise<readonly EnergyReading[]> {
    const { samples } = await this.process.request("stop");
    const rows = samples as readonly (readonly (number | null)[])[];
    let column = 1;
    return this.meters.flatMap((meter) => {
      const [from, to] = [column, (column += meter.files.length)];
      const own = rows.map((row): MeterSample => ({ atNs: row[0] ?? 0, contents: row.slice(from, to).map((value) => value ?? Number.NaN) }));
      return energyBetween(meter, own, beginNs, beginNs + wallNs, runs) ?? [];
    });
  }

  close(): Promise<void> {
    return this.process.close();
  }
}
