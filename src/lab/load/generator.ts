import type { Device } from "../devices/device.js";
import { LOCAL_DEVICE } from "../devices/local.js";
import { LineProcess } from "../engines/line-process.js";
import { ONNX_RUNTIME } from "../engines/onnxruntime.js";

/** Totals of a generator since its start; two of them give the averages between. */
export interface GeneratorTotals {
  /** Of the monotonic clock. */
  readonly atNs: number;
  readonly cpuNs: number;
  readonly trafficBytes: number;
}

export interface GeneratorRates {
  /** Share of one core, 0..1. */
  readonly cpuShare: number;
  /** Bytes read and written per ns. */
  readonly trafficGBs: number;
}

/** What a generator did per unit of time between two reports. */
export function ratesBetween(before: GeneratorTotals, after: GeneratorTotals): GeneratorRates {
  const ns = after.atNs - before.atNs;
  if (ns <= 0) return { cpuShare: 0, trafficGBs: 0 };
  return {
    cpuShare: (after.cpuNs - before.cpuNs) / ns,
    trafficGBs: (after.trafficBytes - before.trafficBytes) / ns,
  };
}

export type GeneratorKind = "utilization" | "traffic";

const TIMEOUT_MS = 20_000;

/**
 * A load generator in a process of its own (python/load_generator.py): it ends with its standard input and with this
 * process, however that ends. At rest it uses no CPU time.
 */
export class LoadGenerator {
  private constructor(
    readonly kind: GeneratorKind,
    private readonly process: LineProcess,
  ) {}

  static async start(kind: GeneratorKind, core: number, device: Device = LOCAL_DEVICE): Promise<LoadGenerator> {
    const argv = [device.python(ONNX_RUNTIME), device.script("load_generator.py"), kind, String(core)];
    const { command, args, environment } = device.command(argv, {});
    const process = new LineProcess(command, args, { environment, timeoutMs: TIMEOUT_MS });
    const generator = new LoadGenerator(kind, process);
    await generator.set(0);
    return generator;
  }

  /** Utilization: busy share of the core alone, 0..1. Traffic: GB/s read and written. 0 rests. */
  async set(rate: number): Promise<GeneratorTotals> {
    return this.ask("set", { rate });
  }

  report(): Promise<GeneratorTotals> {
    return this.ask("report", {});
  }

  close(): Promise<void> {
    return this.process.close();
  }

  private async ask(op: string, fields: Readonly<Record<string, unknown>>): Promise<GeneratorTotals> {
    const { atNs, cpuNs, trafficBytes } = await this.process.request(op, fields);
    return { atNs: Number(atNs), cpuNs: Number(cpuNs), trafficBytes: Number(trafficBytes) };
  }
}
