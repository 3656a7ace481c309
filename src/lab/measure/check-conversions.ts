import { readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readHead } from "../dataset/folders.js";
import { CompletedModels } from "../engines/completed-models.js";
import { Converters } from "../engines/converter.js";
import { ConversionFailure, EngineFailure, type EngineModel } from "../engines/engine.js";
import type { EngineKind } from "../engines/index.js";
import { ENGINES, isEngineName, PythonEngine } from "../engines/index.js";
import type { OutputSample } from "../engines/python-engine.js";
import { ProcessLost } from "../engines/line-process.js";
import { Catalog } from "./catalog.js";
import { convertModels } from "./convert-models.js";
import { differenceOf } from "./likeness.js";
import { UNLIKE_FILE, type UnlikeModels } from "./unlike.js";

/** Beginnings of the names of a sweep's operators and patterns. */
const OPERATORS = "op-,pattern-";
const USAGE = `usage: npm run lab:check-conversions -- --data FOLDER [--ids ${OPERATORS} --out FILE]

Lets ONNX Runtime and a dataset's engine compute the operators and patterns of its sweep from the same weights and input, and writes
beside its rows, as ${UNLIKE_FILE}, which of them the engine's converter made something else of: their latencies are another model's.
--ids compares other models by the beginnings of their names (conv-,resnet-), into a file of their own.
`;
const SEED = 1;

/** An engine that is started again after a model that took it down. */
class Restarting {
  private engine: PythonEngine | null = null;

  constructor(
    private readonly kind: EngineKind,
    private readonly core: number,
    private readonly converters: Converters,
  ) {}

  /** Null where the engine refuses the model, or does not survive it. */
  async compute(model: EngineModel): Promise<readonly OutputSample[] | null> {
    this.engine ??= await PythonEngine.start(this.kind, { cores: [this.core], converters: this.converters });
    try {
      await this.engine.load(0, model);
      return await this.engine.compute(0, model, SEED);
    } catch (error) {
      if (error instanceof ProcessLost) this.engine = null;
      else if (!(error instanceof ConversionFailure || error instanceof EngineFailure)) throw error;
      return null;
    }
  }

  async close(): Promise<void> {
    await this.engine?.close();
  }
}

/** An engine with a layout of its own does not tell whether it turned an input that looks alike in both. */
function isAmbiguous({ inputs }: EngineModel, outputs: readonly OutputSample[]): boolean {
  const looksAlike = inputs.some(({ shape }) => shape.length > 2 && new Set(shape.slice(1)).size === 1);
  return looksAlike && outputs.some(({ storedHead }) => storedHead !== undefined);
}

async function check(folder: string, prefixes: readonly string[]): Promise<UnlikeModels> {
  const { machine, plan } = readHead(folder);
  const { engine, engineVersion } = machine;
  if (!isEngineName(engine)) throw new RangeError(`no engine ${engine}`);
  const catalog = new Catalog(plan);
  const ids = [...catalog.sweepIds, ...catalog.idleIds].filter((id) => prefixes.some((prefix) => id.startsWith(prefix)));
  const converters = new Converters();
  const workers = [converters, ...Array.from({ length: os.availableParallelism() - 1 }, () => new Converters())];
  const completed = new CompletedModels((work) => work());
  const own = new Restarting(ENGINES[engine], 0, converters);
  const reference = new Restarting(ENGINES.onnxruntime, 0, converters);
  const unlike: { id: string; why: string }[] = [];
  let compared = 0;
  try {
    await convertModels({ idleIds: [], sweepIds: ids, get: (id) => catalog.get(id) }, workers.map((each) => () => each.get(ENGINES[engine])), {
      stop: new AbortController().signal,
      onModel: () => undefined,
    });
    for (const [index, id] of ids.entries()) {
      if (index % 100 === 0) process.stderr.write(`${index} of ${ids.length}, ${unlike.length} unlike\n`);
      const model = catalog.get(id);
      const outputs = await own.compute(model);
      if (outputs === null || isAmbiguous(model, outputs)) continue;
      const whole = new Uint8Array(readFileSync(join(await completed.complete(model), "model.onnx")));
      const expected = await reference.compute({ ...model, onnx: whole });
      if (expected === null) continue;
      compared += 1;
      const why = differenceOf(outputs, expected);
      if (why !== null) unlike.push({ id, why });
    }
  } finally {
    await Promise.all([own.close(), reference.close(), completed.close(), ...workers.map((each) => each.close())]);
  }
  return { engine, engineVersion, checked: prefixes, compared, unlike };
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { data: { type: "string" }, ids: { type: "string" }, out: { type: "string" } } });
  if (values.data === undefined || (values.ids !== undefined && values.out === undefined)) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  }
  const result = await check(values.data, (values.ids ?? OPERATORS).split(","));
  writeFileSync(values.out ?? join(values.data, UNLIKE_FILE), `${JSON.stringify(result, null, 1)}\n`);
  process.stderr.write(`${result.compared} models compared, ${result.unlike.length} unlike\n`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
