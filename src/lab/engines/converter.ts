import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheRoot } from "../cache-root.js";
import type { CachedConversion, ConversionResult } from "./conversion-cache.js";
import { ConversionCache, conversionKey } from "./conversion-cache.js";
import type { Conversion, EngineModel } from "./engine.js";
import { ConversionFailure } from "./engine.js";
import type { EngineKind } from "./engine-kind.js";
import { LineProcess, RequestRefused } from "./line-process.js";
import { inputShapes } from "./model-shapes.js";
import { findEnginePython, findPython, pythonScript } from "./python.js";

/** Longer than the converters' own limit (python/converters/tool.py). */
const TIMEOUT_MS = 660_000;
const DEFAULT_CACHE_GIB = 20;
/** Scripts that decide, beside the converter's version, what a conversion yields. */
const SHARED_SCRIPTS = ["model_completer.py", "random_tensors.py"] as const;

/** Where conversions are kept: $TEMPOGRAPH_CACHE, or .cache under the root. */
export function cacheFolder(): string {
  return join(cacheRoot(), "conversions");
}

/** SIGKILL and SIGTERM, in the words of python/converters/tool.py. */
const ENDED_BY_OTHERS = /was ended by signal (9|15):/;

/** How Python words what the system refused, such as to start the converter's program: nothing that the model did. */
const REFUSED_BY_SYSTEM = /^\[Errno \d+\]/;

const DISK_FULL = /no space left on device/i;

export interface Converted {
  /** Of the engine's files. */
  readonly folder: string;
  readonly conversion: Conversion;
}

/** How large one engine's conversions may be in all, in bytes: $TEMPOGRAPH_CACHE_GIB, or 20 GiB. */
export function cacheLimit(): number {
  const chosen = Number(process.env["TEMPOGRAPH_CACHE_GIB"] ?? DEFAULT_CACHE_GIB);
  return (chosen > 0 ? chosen : DEFAULT_CACHE_GIB) * 2 ** 30;
}

/** As the file system itself would have it, for a tool that met it in another process. */
function diskFull(message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code: "ENOSPC" });
}

/** Decides when a piece of work is done, and does it. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

const atOnce: Gate = (work) => work();

/**
 * Brings models into one engine's format, on this machine whatever device they then run on, through a cache. Weights
 * that a model only declares are made up first, the same ones for the same model.
 */
export class Converter {
  private readonly cache: ConversionCache;

  private constructor(
    private readonly kind: EngineKind,
    private readonly process: LineProcess,
    private readonly completer: LineProcess,
    private readonly description: { readonly converter: string; readonly version: string },
    private readonly options: string,
    private readonly gate: Gate,
  ) {
    this.cache = new ConversionCache(join(cacheFolder(), kind.name), cacheLimit());
  }

  /** Throws ProcessLost with the interpreter's words where the converter cannot start. */
  static async start(kind: EngineKind, gate: Gate = atOnce): Promise<Converter> {
    const process = new LineProcess(findEnginePython(kind), [pythonScript("engine_converter.py"), kind.name], { timeoutMs: TIMEOUT_MS });
    const { converter, version } = await process.request("hello");
    const completer = new LineProcess(findPython(), [pythonScript("model_completer.py")], { timeoutMs: TIMEOUT_MS });
    const scripts = [`converters/${kind.name}.py`, ...SHARED_SCRIPTS];
    const options = conversionKey(scripts.map((name) => readFileSync(pythonScript(name))));
    return new Converter(kind, process, completer, { converter: String(converter), version: String(version) }, options, gate);
  }

  /** False once one of its processes is gone. */
  get alive(): boolean {
    return this.process.alive && this.completer.alive;
  }

  /**
   * The folder of the engine's files. Throws ConversionFailure with the converter's own words, and any other Error
   * where this machine is at fault: the disk is full, or the converter's program cannot be started.
   */
  async convert(model: EngineModel): Promise<Converted> {
    const shapes = inputShapes(model);
    const { converter, version } = this.description;
    const key = conversionKey([this.kind.name, converter, version, this.options, JSON.stringify(shapes), model.onnx]);
    const known = this.cache.find(key);
    // Another device may have had it converted while this one waited for its turn.
    const { folder, result } = known ?? (await this.gate(async () => this.cache.find(key) ?? (await this.convertAnew(key, model))));
    if (!result.ok) throw new ConversionFailure(result.error);
    return { folder, conversion: { converter, version, convertMs: result.convertMs, cached: known !== null } };
  }

  async close(): Promise<void> {
    await Promise.all([this.process.close(), this.completer.close()]);
  }

  private convertAnew(key: string, model: EngineModel): Promise<CachedConversion> {
    const inputs = inputShapes(model);
    return this.cache.add(key, async (folder): Promise<ConversionResult> => {
      const scratch = mkdtempSync(join(tmpdir(), "tempograph-model-"));
      try {
        const path = join(scratch, "model.onnx");
        await this.completer.request("complete", { path, inputs }, model.onnx);
        const { convertMs } = await this.process.request("convert", { model: path, inputs, folder });
        return { ok: true, ...this.description, convertMs: Number(convertMs) };
      } catch (error) {
        // A process that is gone is no answer: it is tried again the next time.
        if (!(error instanceof RequestRefused)) throw error;
        // Nor is one that somebody else ended, such as a system that ran out of memory.
        if (DISK_FULL.test(error.message)) throw diskFull(error.message);
        if (REFUSED_BY_SYSTEM.test(error.message)) throw new Error(`${this.description.converter} could not run: ${error.message}`);
        if (ENDED_BY_OTHERS.test(error.message)) throw new ConversionFailure(error.message);
        return { ok: false, ...this.description, error: error.message };
      } finally {
        rmSync(scratch, { recursive: true, force: true });
      }
    });
  }
}

/** One converter for each engine that asks for it, started when it is first asked for. */
export class Converters {
  private readonly running = new Map<string, Converter>();

  /** @param gate through which every conversion goes, such as one that waits until nothing is measured on this machine */
  constructor(readonly gate: Gate = atOnce) {}

  /** Throws ProcessLost with the interpreter's words where the converter cannot start. */
  async get(kind: EngineKind): Promise<Converter> {
    const known = this.running.get(kind.name);
    if (known?.alive === true) return known;
    await known?.close();
    const started = await this.gate(() => Converter.start(kind, this.gate));
    this.running.set(kind.name, started);
    return started;
  }

  async close(): Promise<void> {
    await Promise.all([...this.running.values()].map((converter) => converter.close()));
    this.running.clear();
  }
}
