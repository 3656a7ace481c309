import { join } from "node:path";
import { runCommand } from "../../devices/run-command.js";
import { CompletedModels } from "../completed-models.js";
import type { ConversionResult } from "../conversion-cache.js";
import { ConversionCache, conversionKey } from "../conversion-cache.js";
import type { Converters } from "../converter.js";
import { cacheFolder, cacheLimit } from "../converter.js";
import type { Conversion, EngineModel } from "../engine.js";
import { ConversionFailure } from "../engine.js";
import type { EngineKind, EngineName } from "../engine-kind.js";
import { interpreterLacks } from "../python.js";

export interface DeviceModel {
  readonly folder: string;
  /** Null for an engine that reads ONNX. */
  readonly conversion: Conversion | null;
}

const VARIABLE = "TEMPOGRAPH_CONVERTER_LITE";
const CONVERTER_LITE = "converter_lite";
const TIMEOUT_MS = 600_000;
const KEPT_LINES = 12;

function converterLite(): string {
  return process.env[VARIABLE] ?? "";
}

/** Why models cannot be brought into the format of an engine's benchmark program and what to do about it, or null. */
export function deviceModelsLack(kind: EngineKind, base: EngineKind): string | null {
  const reason = interpreterLacks(base, ["numpy", "onnx"]);
  if (reason !== null) return `no converter: ${reason} (${base.environment}: run \`npm run lab:setup -- --engine ${base.name}\`)`;
  if (kind.name === "mindspore") {
    return converterLite() === ""
      ? `no converter: devices read .ms files, which the Python package does not write: set ${VARIABLE} to the ${CONVERTER_LITE} of MindSpore Lite's release`
      : null;
  }
  if (kind.converterModules === null) return null;
  const lacks = interpreterLacks(kind, ["sys", ...kind.converterModules]);
  return lacks === null ? null : `no converter: ${lacks} (${kind.environment}: run \`npm run lab:setup -- --engine ${kind.name}\`)`;
}

async function runConverterLite(program: string, model: string, folder: string): Promise<ConversionResult> {
  const before = performance.now();
  const args = ["--fmk=ONNX", `--modelFile=${model}`, `--outputFile=${join(folder, "model")}`];
  const { code, stdout, stderr } = await runCommand(program, args, undefined, TIMEOUT_MS);
  const words = `${stdout}\n${stderr}`.trim().split("\n").slice(-KEPT_LINES).join("\n");
  // One that could not be started, or was ended by others, said nothing about the model.
  if (code === null) throw new ConversionFailure(`${program}: ${words}`);
  if (code !== 0) return { ok: false, converter: CONVERTER_LITE, version: "", error: `exited with ${code}: ${words}` };
  return { ok: true, converter: CONVERTER_LITE, version: "", convertMs: performance.now() - before };
}

/** Models in the formats that the engines' benchmark programs read: as whole files, kept by content. */
export class DeviceModels {
  private readonly completed: CompletedModels;

  constructor(private readonly converters: Converters) {
    this.completed = new CompletedModels(converters.gate);
  }

  /** Throws ConversionFailure with the converter's own words. */
  async get(kind: EngineKind, model: EngineModel): Promise<DeviceModel> {
    if (kind.name === "mindspore") return this.withConverterLite(kind.name, model);
    if (kind.converterModules === null) return { folder: await this.completed.complete(model), conversion: null };
    return (await this.converters.get(kind)).convert(model);
  }

  close(): Promise<void> {
    return this.completed.close();
  }

  private async withConverterLite(name: EngineName, model: EngineModel): Promise<DeviceModel> {
    const cache = new ConversionCache(join(cacheFolder(), `${name}-lite`), cacheLimit());
    const program = converterLite();
    const key = conversionKey([program, JSON.stringify(model.inputs), model.onnx]);
    const source = await this.completed.complete(model);
    const known = cache.find(key);
    const { folder, result } =
      known ??
      (await this.converters.gate(() => cache.add(key, (unfinished) => runConverterLite(program, join(source, "model.onnx"), unfinished))));
    if (!result.ok) throw new ConversionFailure(result.error);
    const { converter, version, convertMs } = result;
    return { folder, conversion: { converter, version, convertMs, cached: known !== null } };
  }
}
