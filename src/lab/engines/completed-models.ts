import { join } from "node:path";
import type { CachedConversion } from "./conversion-cache.js";
import { ConversionCache, conversionKey } from "./conversion-cache.js";
import type { Gate } from "./converter.js";
import { cacheFolder, cacheLimit } from "./converter.js";
import type { EngineModel } from "./engine.js";
import { ConversionFailure } from "./engine.js";
import { LineProcess, RequestRefused } from "./line-process.js";
import { inputShapes } from "./model-shapes.js";
import { findPython, pythonScript } from "./python.js";

const NAME = "model_completer";
const TIMEOUT_MS = 180_000;

/** Models as whole ONNX files, for programs that read nothing else: weights that are only declared are made up. */
export class CompletedModels {
  private process: LineProcess | null = null;
  private readonly cache = new ConversionCache(join(cacheFolder(), "onnx"), cacheLimit());

  /** @param gate through which the work goes that the cache does not spare */
  constructor(private readonly gate: Gate) {}

  /** The folder of `model.onnx`. Throws ConversionFailure with the reader's own words. */
  async complete(model: EngineModel): Promise<string> {
    const inputs = inputShapes(model);
    const key = conversionKey([NAME, JSON.stringify(inputs), model.onnx]);
    const known = this.cache.find(key);
    if (known !== null) return known.folder;
    return (await this.gate(async () => this.cache.find(key) ?? (await this.completeAnew(key, model)))).folder;
  }

  async close(): Promise<void> {
    await this.process?.close();
    this.process = null;
  }

  private completeAnew(key: string, model: EngineModel): Promise<CachedConversion> {
    return this.cache.add(key, async (unfinished) => {
      if (this.process?.alive !== true) this.process = new LineProcess(findPython(), [pythonScript(`${NAME}.py`)], { timeoutMs: TIMEOUT_MS });
      const before = performance.now();
      try {
        await this.process.request("complete", { path: join(unfinished, "model.onnx"), inputs: inputShapes(model) }, model.onnx);
      } catch (error) {
        throw error instanceof RequestRefused ? new ConversionFailure(error.message) : error;
      }
      return { ok: true, converter: NAME, version: "", convertMs: performance.now() - before };
    });
  }
}
