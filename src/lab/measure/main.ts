import os from "node:os";
import { parseArgs } from "node:util";
import type { Part } from "../dataset/row.js";
import { PARTS } from "../dataset/row.js";
import type { EngineKind } from "../engines/index.js";
import { ENGINE_NAMES, ENGINES, isEngineName, PythonEngine } from "../engines/index.js";
import type { Plan } from "./plan.js";
import { limited, PLANS, smoke } from "./plan.js";
import { run } from "./run.js";

const USAGE = `usage: npm run lab:measure -- --out FOLDER [--plan first] [--engine onnxruntime] [--parts sweep,idle,loaded] [--limit N] [--core N] [--smoke]

  --out     folder of the rows; a run that is there already is resumed
  --plan    ${[...PLANS.keys()].join(", ")}
  --engine  ${ENGINE_NAMES.join(", ")}
  --parts   what to measure; all by default
  --limit   at most so many operators of each sweep, variants of each family, and load states
  --core    core that runs the models; the last one by default
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

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      out: { type: "string" },
      plan: { type: "string", default: "first" },
      engine: { type: "string", default: "onnxruntime" },
      parts: { type: "string", default: PARTS.join(",") },
      limit: { type: "string" },
      core: { type: "string", default: String(os.cpus().length - 1) },
      smoke: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help || values.out === undefined) {
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
  const summary = await run({
    out: values.out,
    plan: choosePlan(values.plan, values.limit, values.smoke),
    parts: parseParts(values.parts),
    core: parseCount("core", values.core),
    startEngine: (core) => PythonEngine.start(kind, { cores: [core] }),
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
