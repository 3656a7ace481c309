import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { MEMORY_FILE, memoryPlace, type MemoryRow } from "../dataset/memory-row.js";
import { LOCAL_DEVICE } from "../devices/local.js";
import { CompletedModels } from "../engines/completed-models.js";
import { Converters } from "../engines/converter.js";
import { EngineFailure } from "../engines/engine.js";
import type { EngineKind } from "../engines/index.js";
import { ENGINE_NAMES, ENGINES, isEngineName, PythonEngine } from "../engines/index.js";
import { ProcessLost } from "../engines/line-process.js";
import { Catalog } from "./catalog.js";
import { Journal } from "./journal.js";
import { describeMachine } from "./machine.js";
import { MEMORY, MEMORY_REAL, type Plan } from "./plan.js";
import { writeOrMatch } from "./write-or-match.js";

const USAGE = `usage: npm run lab:memory -- --engine tflite --out FOLDER [--real] [--core 0]

Loads and runs each network of the plan "${MEMORY.name}" in an engine's process of its own, and appends what memory that took to
${MEMORY_FILE} in the folder, every fifth network a second time. A run that is there already is resumed. Other work on the
machine does no harm.

  --real    real exports for tests instead, the plan "${MEMORY_REAL.name}"
  --engine  ${ENGINE_NAMES.join(", ")}
`;
const RUNS = 3;
const ROUNDS = 2;
/** One network in so many is measured in every round, the others in the first: the same network needs the same memory. */
const REPEATED_EVERY = 5;

interface Recording {
  readonly kind: EngineKind;
  readonly plan: Plan;
  readonly out: string;
  readonly core: number;
  readonly stop: AbortSignal;
}

/** Ids and rounds in their order. */
function places(ids: readonly string[]): { readonly id: string; readonly round: number }[] {
  return Array.from({ length: ROUNDS }, (_, i) => i + 1).flatMap((round) =>
    ids.filter((_, place) => round === 1 || place % REPEATED_EVERY === 0).map((id) => ({ id, round })),
  );
}

async function record({ kind, plan, out, core, stop }: Recording): Promise<void> {
  const catalog = new Catalog(plan);
  mkdirSync(out, { recursive: true });
  writeOrMatch(join(out, "plan.json"), plan, "plan");
  const journal = Journal.openRows<MemoryRow>(join(out, MEMORY_FILE), memoryPlace);
  const converters = new Converters();
  const completed = new CompletedModels((work) => work());
  const open = places(catalog.idleIds).filter((at) => !journal.has(memoryPlace(at)));
  try {
    for (const [index, { id, round }] of open.entries()) {
      if (stop.aborted) break;
      if (index % 20 === 0) process.stderr.write(`${index} of ${open.length}\n`);
      const model = catalog.get(id);
      const engine = await PythonEngine.start(kind, { cores: [core], converters, keepsMemory: false });
      const machine = await describeMachine(engine.description, LOCAL_DEVICE);
      writeOrMatch(join(out, "machine.json"), machine, "machine");
      const position = { id, family: model.family, round, machine: machine.id };
      try {
        const report = await engine.memory(model, completed, RUNS);
        journal.append({ kind: "memory", ...position, at: new Date().toISOString(), ...report });
      } catch (error) {
        if (!(error instanceof EngineFailure || error instanceof ProcessLost)) throw error;
        journal.append({ kind: "failed", ...position, at: new Date().toISOString(), error: error.message });
      } finally {
        await engine.close();
      }
    }
  } finally {
    journal.close();
    await Promise.all([converters.close(), completed.close()]);
  }
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
  await record({ kind: ENGINES[engine], plan: real ? MEMORY_REAL : MEMORY, out, core, stop: stop.signal });
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
