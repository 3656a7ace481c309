import type {
  Engine,
  EngineDescription,
  EngineModel,
  Kernel,
  LoadReport,
  PassOptions,
  PassReport,
  ProbeReading,
  ProfileOptions,
} from "./engine.js";
import { EngineFailure } from "./engine.js";
import { LineProcess, RequestRefused } from "./line-process.js";
import { findPython, pythonScript } from "./python.js";

const TIMEOUT_MS = 180_000;

/**
 * Freed memory stays in the process. A virtual machine may hand returned pages to its host and fault them in again
 * one by one, which makes loading several times slower and leaves the measurements after it unsteady.
 */
const KEEP_MEMORY = {
  MALLOC_MMAP_MAX_: "0",
  MALLOC_TRIM_THRESHOLD_: String(2 ** 40),
  MALLOC_TOP_PAD_: String(2 ** 26),
} as const;

function shapesOf(model: EngineModel): Readonly<Record<string, readonly number[]>> {
  return Object.fromEntries(model.inputs.map(({ name, shape }) => [name, shape]));
}

/** ONNX Runtime on the CPU, one thread, all graph optimisations, in a Python process (python/onnxruntime_runner.py). */
export class OnnxRuntimeEngine implements Engine {
  private constructor(
    private readonly process: LineProcess,
    readonly description: EngineDescription,
  ) {}

  /** Starts the process and pins it. Throws ProcessLost with the interpreter's words where it cannot start. */
  static async start(core: number): Promise<OnnxRuntimeEngine> {
    const process = new LineProcess(findPython(), [pythonScript("onnxruntime_runner.py"), String(core)], {
      environment: KEEP_MEMORY,
      timeoutMs: TIMEOUT_MS,
    });
    const hello = await process.request("hello");
    return new OnnxRuntimeEngine(process, {
      engine: String(hello["engine"]),
      engineVersion: String(hello["engineVersion"]),
      threads: Number(hello["threads"]),
      core: Number(hello["core"]),
      pid: Number(hello["pid"]),
      runtime: { python: String(hello["python"]), numpy: String(hello["numpy"]), onnx: String(hello["onnx"]) },
    });
  }

  async load(slot: number, model: EngineModel): Promise<LoadReport> {
    const { sessionMs, totalMs } = await this.ask("load", { slot, inputs: shapesOf(model) }, model.onnx);
    return { sessionMs: Number(sessionMs), totalMs: Number(totalMs) };
  }

  async unload(slot: number): Promise<void> {
    await this.ask("unload", { slot });
  }

  async pass(slot: number, options: PassOptions): Promise<PassReport> {
    const answer = await this.ask("pass", { slot, ...options });
    return answer as unknown as PassReport;
  }

  async profile(model: EngineModel, options: ProfileOptions): Promise<readonly Kernel[]> {
    const { kernels } = await this.ask("profile", { inputs: shapesOf(model), ...options }, model.onnx);
    return kernels as readonly Kernel[];
  }

  async probe(): Promise<ProbeReading> {
    const { compute, memory } = (await this.ask("probe")) as unknown as ProbeReading;
    return { compute, memory };
  }

  close(): Promise<void> {
    return this.process.close();
  }

  private async ask(op: string, fields: Readonly<Record<string, unknown>> = {}, bytes?: Uint8Array): Promise<Readonly<Record<string, unknown>>> {
    try {
      return await this.process.request(op, fields, bytes);
    } catch (error) {
      throw error instanceof RequestRefused ? new EngineFailure(error.message) : error;
    }
  }
}
