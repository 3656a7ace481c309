import { setTimeout as sleep } from "node:timers/promises";
import type { Device } from "../devices/device.js";
import { LOCAL_DEVICE } from "../devices/local.js";
import type { CompletedModels } from "./completed-models.js";
import type { Converted } from "./converter.js";
import { Converters } from "./converter.js";
import type {
  Engine,
  EngineDescription,
  EngineModel,
  Kernel,
  LoadReport,
  PassOptions,
  PassReport,
  Precision,
  ProbeReading,
  ProfileOptions,
} from "./engine.js";
import { ConversionFailure, EngineFailure } from "./engine.js";
import type { EngineKind } from "./engine-kind.js";
import { LineProcess, ProcessLost, RequestRefused } from "./line-process.js";
import { inputShapes } from "./model-shapes.js";

export interface EngineOptions {
  /** At least one; the engine's threads run nowhere else. */
  readonly cores: readonly number[];
  readonly threads?: number;
  readonly precision?: Precision;
  readonly device?: Device;
  /** Converters that outlive the engine; without them it starts its own. */
  readonly converters?: Converters;
  /** Whether freed memory stays in the process (KEEP_MEMORY). By default it does, for times; for memory it must not. */
  readonly keepsMemory?: boolean;
}

/** Resident memory of an engine's process, bytes. */
export interface MemoryReport {
  /** With the engine in place, before the model is loaded. */
  readonly beforeLoadBytes: number;
  /** At most until the model is loaded and its inputs are there. */
  readonly loadPeakBytes: number;
  /** Then, with everything given back that nobody holds. */
  readonly loadedBytes: number;
  /** At most from then on, over some runs. */
  readonly runPeakBytes: number;
}

export interface WatchReading {
  /** Of the device's monotonic clock. */
  readonly atNs: number;
  /** The text of /proc/stat; null where the system hides it. */
  readonly stat: string | null;
  readonly cpuNs: number;
}

/** The first values of one output. */
export interface OutputSample {
  readonly elements: number;
  /** Channels first. */
  readonly head: readonly number[];
  /** As they lie in memory, of an engine whose layout may be another one: it need not be, and nothing tells. */
  readonly storedHead?: readonly number[];
}

const TIMEOUT_MS = 180_000;
/** Remarks travel on a pipe of their own and may come after the answer that they explain. */
const REMARKS_MS = 30;

/**
 * Freed memory stays in the process. A virtual machine may hand returned pages to its host and fault them in again
 * one by one, which makes loading several times slower and leaves the measurements after it unsteady.
 */
const KEEP_MEMORY = {
  MALLOC_MMAP_MAX_: "0",
  MALLOC_TRIM_THRESHOLD_: String(2 ** 40),
  MALLOC_TOP_PAD_: String(2 ** 26),
} as const;

function describe(hello: Readonly<Record<string, unknown>>, precision: Precision): EngineDescription {
  const versions = ["python", "numpy", "onnx"].filter((name) => name in hello);
  return {
    engine: String(hello["engine"]),
    engineVersion: String(hello["engineVersion"]),
    threads: Number(hello["threads"]),
    precision,
    core: Number(hello["core"]),
    cores: hello["cores"] as readonly number[],
    pid: Number(hello["pid"]),
    runtime: Object.fromEntries(versions.map((name) => [name, String(hello[name])])),
  };
}

/** An engine's Python package in a process of its own, on this machine or another (python/engine_runner.py). */
export class PythonEngine implements Engine {
  private constructor(
    private readonly kind: EngineKind,
    private readonly process: LineProcess,
    private readonly device: Device,
    readonly description: EngineDescription,
    private readonly profiles: boolean,
    private readonly converters: Converters,
    private readonly ownConverters: boolean,
  ) {}

  /** Starts the process and pins it. Throws ProcessLost with the interpreter's words where it cannot start. */
  static async start(kind: EngineKind, options: EngineOptions): Promise<PythonEngine> {
    const { cores, threads = 1, precision = "float32", device = LOCAL_DEVICE, keepsMemory = true } = options;
    const args = [kind.name, cores.join(","), String(threads), precision];
    const allocator = keepsMemory ? KEEP_MEMORY : {};
    const { command, args: all, environment } = device.command([device.python(kind), device.script("engine_runner.py"), ...args], allocator);
    const process = new LineProcess(command, all, { environment, timeoutMs: TIMEOUT_MS });
    const hello = await process.request("hello");
    const { converters = new Converters() } = options;
    const own = options.converters === undefined;
    return new PythonEngine(kind, process, device, describe(hello, precision), hello["profiles"] === true, converters, own);
  }

  async load(slot: number, model: EngineModel): Promise<LoadReport> {
    const { answer, conversion } = await this.askOf(model, "load", { slot });
    const { sessionMs, totalMs } = answer;
    return { sessionMs: Number(sessionMs), totalMs: Number(totalMs), conversion };
  }

  async unload(slot: number): Promise<void> {
    await this.ask("unload", { slot });
  }

  async pass(slot: number, options: PassOptions): Promise<PassReport> {
    const answer = await this.ask("pass", { slot, ...options });
    return answer as unknown as PassReport;
  }

  /** What a loaded model yields for an input that depends on the seed alone: the same on every engine. */
  async compute(slot: number, model: EngineModel, seed: number): Promise<readonly OutputSample[]> {
    const { outputs } = await this.ask("compute", { slot, seed, inputs: inputShapes(model) });
    return outputs as readonly OutputSample[];
  }

  async profile(model: EngineModel, options: ProfileOptions): Promise<readonly Kernel[] | null> {
    if (!this.profiles) return null;
    const { answer } = await this.askOf(model, "profile", { ...options });
    return answer["kernels"] as readonly Kernel[];
  }

  /**
   * What a model adds to the process, which should have had no other before and keep no freed memory. The engine reads it from
   * a whole file, as its users' programs do: made by `completed` where the engine reads ONNX, else by its converter.
   */
  async memory(model: EngineModel, completed: CompletedModels, runs: number): Promise<MemoryReport> {
    const converted = await this.convert(model);
    const folder = await this.device.push(converted?.folder ?? (await completed.complete(model)));
    const answer = await this.ask("memory", { folder, inputs: inputShapes(model), runs });
    const { beforeLoadBytes, loadPeakBytes, loadedBytes, runPeakBytes } = answer as unknown as MemoryReport;
    return { beforeLoadBytes, loadPeakBytes, loadedBytes, runPeakBytes };
  }

  /** What the device's system has counted until now, and the CPU time of the engine's process. */
  async watch(): Promise<WatchReading> {
    const { atNs, stat, cpuNs } = await this.ask("watch");
    return { atNs: Number(atNs), stat: typeof stat === "string" ? stat : null, cpuNs: Number(cpuNs) };
  }

  async probe(): Promise<ProbeReading> {
    const { compute, memory } = (await this.ask("probe")) as unknown as ProbeReading;
    return { compute, memory };
  }

  async close(): Promise<void> {
    await this.process.close();
    if (this.ownConverters) await this.converters.close();
  }

  private async convert(model: EngineModel): Promise<Converted | null> {
    if (this.kind.converterModules === null) return null;
    try {
      return await (await this.converters.get(this.kind)).convert(model);
    } catch (error) {
      throw error instanceof ProcessLost ? new ConversionFailure(`the converter: ${error.message}`) : error;
    }
  }

  /** Asks for something that begins with the model, which goes along in the form that the engine reads. */
  private async askOf(
    model: EngineModel,
    op: string,
    fields: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly answer: Readonly<Record<string, unknown>>; readonly conversion: LoadReport["conversion"] }> {
    const known = { ...fields, inputs: inputShapes(model) };
    const converted = await this.convert(model);
    if (converted === null) return { answer: await this.ask(op, known, model.onnx), conversion: null };
    const folder = await this.device.push(converted.folder);
    return { answer: await this.ask(op, { ...known, folder }), conversion: converted.conversion };
  }

  private async ask(op: string, fields: Readonly<Record<string, unknown>> = {}, bytes?: Uint8Array): Promise<Readonly<Record<string, unknown>>> {
    try {
      return await this.process.request(op, fields, bytes);
    } catch (error) {
      if (!(error instanceof RequestRefused)) throw error;
      await sleep(REMARKS_MS);
      throw new EngineFailure([error.message, this.process.remarks].filter((text) => text !== "").join("\n"));
    }
  }
}
