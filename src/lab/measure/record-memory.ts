import { parseArgs } from "node:util";
import { MEMORY_FILE } from "../dataset/memory-row.js";
import { CompletedModels } from "../engines/completed-models.js";
import { Converters } from "../engines/converter.js";
import type { EngineKind } from "../engines/index.js";
import { ENGINE_NAMES, ENGINES, isEngineName, PythonEngine } from "../engines/index.js";
import { type FreshEngine, recordMemory } from "./memory-recorder.js";
import { MEMORY, MEMORY_REAL } from "./plan.js";

const USAGE = `usage: npm run lab:memory -- --engine tflite --out FOLDER [--real] [--core 0]

Loads and runs each network of the plan "${MEMORY.name}" in an engine's process of its own, and appends what memory that took to
${MEMORY_FILE} in the folder, every fifth network a second time. A run that is there already is resumed. Other work on the
machine does no harm.

  --real    real exports for tests instead, the plan "${MEMORY_REAL.name}"
  --engine  ${ENGINE_NAMES.join(", ")}
`;

async function fresh(kind: EngineKind, core: number, converters: Converters, completed: CompletedModels): Promise<FreshEngine> {
  const engine = await PythonEngine.start(kind, { cores: [core], converters, keepsMemory: false });
  return { description: engine.description, memory: (model, runs) => engine.memory(model, completed, runs), close: () => engine.close() };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      engine: { type: "string" },
      out: { type: "string" },
      real: { type: "boolean", default: false },
      core: { type: "string", default: "0" },
    },
  });
  const { engine, out, real } = values;
  const core = Number(values.core);
  if (engine === undefined || out === undefined || !Number.isSafeInteger(core)) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  }
  if (!isEngineName(engine)) throw new RangeError(`no engine ${engine}: ${ENGINE_NAMES.join(", ")}`);
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  const converters = new Converters();
  const completed = new CompletedModels((work) => work());
  try {
    const start = () => fresh(ENGINES[engine], core, converters, completed);
    await recordMemory({ plan: real ? MEMORY_REAL : MEMORY, out, start, stop: stop.signal, log: (message) => void process.stderr.write(`${message}\n`) });
  } finally {
    await Promise.all([converters.close(), completed.close()]);
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
