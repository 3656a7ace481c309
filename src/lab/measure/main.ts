import os from "node:os";
import { parseArgs } from "node:util";
import type { Part } from "../dataset/row.js";
import { PARTS } from "../dataset/row.js";
import { Converters } from "../engines/converter.js";
import type { EngineKind } from "../engines/index.js";
import { ENGINE_NAMES, ENGINES, isEngineName, PythonEngine } from "../engines/index.js";
import { Catalog } from "./catalog.js";
import { convertModels } from "./convert-models.js";
import type { Plan } from "./plan.js";
import { limited, PLANS, smoke } from "./plan.js";
import { Progress } from "./progress.js";
import { run } from "./run.js";

const USAGE = `usage: npm run lab:measure -- --out FOLDER [--plan first] [--engine onnxruntime] [--parts sweep,idle,loaded] [--limit N] [--cores LIST] [--smoke]
       npm run lab:measure -- --convert --engine mnn [--plan first] [--limit N] [--smoke]

  --out     folder of the rows; a run that is there already is resumed
  --plan    ${[...PLANS.keys()].join(", ")}
  --engine  ${ENGINE_NAMES.join(", ")}
  --parts   what to measure; all by default
  --limit   at most so many operators of each sweep, variants of each family, and load states
  --cores   cores that run the models, a thread on each, such as 0,1; the last one by default
  --convert only convert the plan's models into the cache, so that the run itself need not wait for them
  --smoke   a minute of everything, to see that it works on this machine
`;

function parseParts(text: string): readonly Part[] {
  const names = text.split(",");
  const unknown = names.find((name) => !PARTS.some((part) => part === name));
  if (unknown !== undefined) throw new RangeError(`no part ${unknown}: ${PARTS.join(", ")}`);
  return PARTS.filter((part) => names.includes(part));
}

function parseCount(name: string, text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`--${name} ${text}: a whole number is wanted`);
  return count;
}

function parseCores(text: string): readonly number[] {
  const cores = text.split(",").map((core) => parseCount("cores", core));
  const absent = cores.find((core) => core >= os.cpus().length);
  if (absent !== undefined) throw new RangeError(`--cores ${text}: this machine has no core ${absent}`);
  if (new Set(cores).size < cores.length) throw new RangeError(`--cores ${text}: a core is named twice`);
  return cores;
}

function chooseEngine(name: string): EngineKind {
  if (!isEngineName(name)) throw new RangeError(`no engine ${name}: ${ENGINE_NAMES.join(", ")}`);
  return ENGINES[name];
}

function choosePlan(name: string, limit: string | undefined, small: boolean): Plan {
  const plan = PLANS.get(name);
  if (plan === undefined) throw new RangeError(`no plan ${name}: ${[...PLANS.keys()].join(", ")}`);
  if (small) return smoke(plan);
  return limit === undefined ? plan : limited(plan, parseCount("limit", limit));
}

/** First guess in ms of one conversion. */
const CONVERSION_GUESS_MS = 1000;
/** Each may hold a network of a gigabyte several times over. */
const MAX_CONVERTERS = 4;

async function convert(kind: EngineKind, plan: Plan, stop: AbortSignal): Promise<string> {
  if (kind.converterModules === null) return `${kind.name} reads ONNX: there is nothing to convert`;
  const catalog = new Catalog(plan);
  const progress = new Progress<"sweep" | "idle">(
    new Map([
      ["idle", catalog.idleIds.length],
      ["sweep", catalog.sweepIds.length],
    ]),
    () => CONVERSION_GUESS_MS,
  );
  // A converter mostly runs one thread, and waits for its files now and then.
  const workers = Array.from({ length: Math.min(os.availableParallelism(), MAX_CONVERTERS) }, () => new Converters());
  try {
    const { converted, refused } = await convertModels(catalog, workers.map((converters) => () => converters.get(kind)), {
      stop,
      onModel: (part, outcome) => progress.done(part, outcome),
    });
    return `${converted} models converted, ${refused} refused`;
  } finally {
    await Promise.all(workers.map((converters) => converters.close()));
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      out: { type: "string" },
      plan: { type: "string", default: "first" },
      engine: { type: "string", default: "onnxruntime" },
      parts: { type: "string", default: PARTS.join(",") },
      limit: { type: "string" },
      cores: { type: "string", default: String(os.cpus().length - 1) },
      convert: { type: "boolean", default: false },
      smoke: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const { out } = values;
  // A run has a folder, converting has none.
  if (values.help || (out === undefined) !== values.convert) {
    process.stderr.write(USAGE);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const kind = chooseEngine(values.engine);
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      process.stderr.write("finishing the row in flight; run the same command again to resume\n");
      stop.abort();
    });
  }
  const plan = choosePlan(values.plan, values.limit, values.smoke);
  if (out === undefined) {
    process.stderr.write(`${await convert(kind, plan, stop.signal)}\n`);
    return;
  }
  const summary = await run({
    out,
    plan,
    parts: parseParts(values.parts),
    cores: parseCores(values.cores),
    startEngine: (cores) => PythonEngine.start(kind, { cores, threads: cores.length }),
    stop: stop.signal,
  });
  process.stderr.write(`${summary}\n`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
