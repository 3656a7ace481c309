import type { HardwareCounters } from "../../features/state.js";
import { readSimpleperf } from "../../hardware/formats/simpleperf.js";
import type { Reading } from "../../hardware/formats/reading.js";
import { countersFrom, PERF_EVENTS, perfCommand, withoutUnknown } from "../../hardware/local/counters.js";
import { COUNTER_NAMES } from "../../hardware/state-fields.js";
import type { Device, RunResult } from "../devices/device.js";

const SIMPLEPERF_EVENTS = ["instructions", "cpu-cycles", "raw-l1d-cache", "raw-l2d-cache", "raw-l3d-cache", "cpu-clock"];
/** What the kernel counts without the processor's help says nothing that /proc does not say. */
const BY_HARDWARE = ["instructions", "cpuCycles", "l1dAccess", "l2dAccess", "l3dAccess"] as const;

/** A tool that counts on a device: its name, its command line for an interval, and what it printed. */
interface Tool {
  readonly name: string;
  readonly events: readonly string[];
  readonly command: (events: readonly string[], cores: readonly number[], intervalMs: number) => readonly string[];
  readonly read: (result: RunResult) => Reading;
}

const failure = (name: string, { code }: RunResult) => (code === 0 ? null : `${name} ended with ${code ?? "a signal"}`);

const TOOLS: readonly Tool[] = [
  { name: "perf", events: PERF_EVENTS, command: perfCommand, read: (result) => countersFrom("perf", result.stderr, failure("perf", result)) },
  {
    name: "simpleperf",
    events: SIMPLEPERF_EVENTS,
    command: (events, cores, intervalMs) => {
      const which = ["-e", events.join(",")];
      return ["simpleperf", "stat", "--csv", "-a", "--cpu", cores.join(","), ...which, "--duration", (intervalMs / 1e3).toFixed(3)];
    },
    read: (result) => countersFrom("simpleperf", result.stdout + (result.code === 0 ? "" : result.stderr), failure("simpleperf", result), readSimpleperf),
  },
];

function countersOf({ values }: Reading): HardwareCounters {
  return Object.fromEntries(COUNTER_NAMES.flatMap((name) => {
    const value = values.get(`counters.${name}`);
    return value === undefined ? [] : [[name, value]];
  }));
}

const LOOK_MS = 100;

/** Counts what some cores of a device do over an interval, by the tool that works there. */
export class CounterReader {
  private events: readonly string[];

  private constructor(
    private readonly device: Device,
    private readonly tool: Tool,
    private readonly cores: readonly number[],
    private readonly prefix: readonly string[],
  ) {
    this.events = tool.events;
  }

  /**
   * The tool that works, tried once, or why none does and what to do.
   *
   * @param spareCore that the tool itself runs on; null for any
   */
  static async find(device: Device, cores: readonly number[], spareCore: number | null): Promise<CounterReader | string> {
    const known = async (command: string) => (await device.run(["sh", "-c", 'command -v "$1"', "sh", command])).code === 0;
    const prefix = spareCore !== null && (await known("taskset")) ? ["taskset", "-c", String(spareCore)] : [];
    let problem = "neither perf nor simpleperf is installed there (Debian: linux-perf; Android: the NDK's simpleperf)";
    for (const tool of TOOLS) {
      if (!(await known(tool.name))) continue;
      const reader = new CounterReader(device, tool, cores, prefix);
      const reading = await reader.reading(LOOK_MS);
      if (BY_HARDWARE.some((name) => reading.values.has(`counters.${name}`))) return reader;
      problem = reading.reasons.get("counters.instructions") ?? `${tool.name} counts nothing`;
      if (/not supported/.test(problem)) problem += ": virtual machines often hide the counters; measure on the machine itself";
    }
    return problem;
  }

  /** Counts for so long. Counters that the device does not have are left out. */
  async read(intervalMs: number): Promise<HardwareCounters> {
    return countersOf(await this.reading(intervalMs));
  }

  private async reading(intervalMs: number): Promise<Reading> {
    for (;;) {
      const result = await this.device.run([...this.prefix, ...this.tool.command(this.events, this.cores, intervalMs)]);
      const fewer = result.code === 0 ? null : withoutUnknown(this.events, result.stderr);
      if (fewer === null) return this.tool.read(result);
      this.events = fewer;
    }
  }
}
