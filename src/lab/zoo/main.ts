import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { ZOO_FAMILIES, zooIds, zooModel } from "./by-id.js";
import { countModel, countsToCsv, CSV_HEADER } from "./counts.js";
import { goThrough } from "./go-through.js";
import type { ZooModel } from "./model.js";
import { cellOfIndex, formatCell, indexOfCell, parseCell } from "./nas/nasbench201-space.js";
import { convolutionModel } from "./sweep-conv.js";
import { operatorModel, patternModel } from "./sweep-ops.js";
import { FAMILIES } from "./variants.js";

const USAGE = `usage: npm run lab:zoo -- list --family NAME [--count 1000] [--start 0] [--json]
       npm run lab:zoo -- write ID OUT.onnx [--seed 1]
       npm run lab:zoo -- check [--family NAME]... [--count 1000] [--start 0] [--onnx]
       npm run lab:zoo -- cell INDEX|ARCHITECTURE

list   prints id, input, MACs, FLOPs, parameters of a family's models, as the service's reader counts them
write  writes one model; its weights are declared, not in the file. conv-N, op-N and pattern-N are models of the sweeps
check  builds, reads, infers and counts models (of the ten classic families by default) and names each that fails;
       --onnx also runs ONNX's checker and ONNX Runtime once on each
cell   translates between a NAS-Bench-201 index and its architecture string

families: ${[...ZOO_FAMILIES.keys()].join(", ")}
`;

const SWEEPS: ReadonlyMap<string, (index: number, seed: string) => ZooModel> = new Map([
  ["conv", convolutionModel],
  ["op", operatorModel],
  ["pattern", patternModel],
]);

const print = (line: string): void => void process.stdout.write(`${line}\n`);

function parseCount(name: string, text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`--${name} ${text} is no count`);
  return count;
}

/** A model of the zoo or of a sweep; the sweeps' depend on a seed. */
function modelOf(id: string, seed: string): ZooModel {
  const [name = "", index] = id.split("-");
  const sweep = SWEEPS.get(name);
  return sweep === undefined || index === undefined ? zooModel(id) : sweep(parseCount("index", index), seed);
}

function list(family: string, count: number, start: number, json: boolean): void {
  let first = true;
  for (const id of zooIds(family, count, start)) {
    const counts = countModel(zooModel(id));
    if (!json && first) print(CSV_HEADER);
    first = false;
    print(json ? JSON.stringify(counts) : countsToCsv(counts));
  }
}

function write(id: string, path: string, seed: string): void {
  const model = modelOf(id, seed);
  writeFileSync(path, model.onnx);
  print(JSON.stringify({ id: model.id, note: model.note, inputs: model.inputs, ...model.info }, null, 2));
}

function cell(text: string): void {
  print(/^\d+$/.test(text) ? formatCell(cellOfIndex(Number(text))) : String(indexOfCell(parseCell(text))));
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      family: { type: "string", multiple: true, default: [] },
      count: { type: "string", default: "1000" },
      start: { type: "string", default: "0" },
      seed: { type: "string", default: "1" },
      json: { type: "boolean", default: false },
      onnx: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const [command, first, second] = positionals;
  const [count, start] = [parseCount("count", values.count), parseCount("start", values.start)];
  const [family] = values.family;
  if (values.help) print(USAGE);
  else if (command === "list" && family !== undefined) list(family, count, start, values.json);
  else if (command === "write" && first !== undefined && second !== undefined) write(first, second, values.seed);
  else if (command === "cell" && first !== undefined) cell(first);
  else if (command === "check") {
    const families = values.family.length > 0 ? values.family : FAMILIES;
    if ((await goThrough(families, count, start, values.onnx)) > 0) process.exitCode = 1;
  } else {
    process.stderr.write(USAGE);
    process.exitCode = 2;
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
