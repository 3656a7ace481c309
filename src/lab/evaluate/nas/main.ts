import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { initBackend } from "../../../model/backend.js";
import { PublishedDataError } from "../../published/csv.js";
import { NAS_SPACES, type NasSpace } from "../../published/nas/architecture.js";
import { readNasTable } from "../../published/nas/table.js";
import { nasBench } from "./bench.js";
import { noiseResults } from "./noise.js";
import { ownDeviceResults } from "./own-device.js";
import { nasPage, type SpaceResults } from "./page.js";
import { SMALL_TRAINING_COUNT } from "./split.js";
import { unseenDeviceResults } from "./unseen-device.js";

const USAGE = `usage: npm run evaluate:nas -- --published FOLDER [--spaces nasbench201,fbnet] [--networks true|false]
                                 [--seed 1] [--out docs/accuracy-nas.md]

Compares predictors on the published latencies in FOLDER/nas and writes the page. --spaces computes some tables again and
takes the others from the last run (.cache/evaluate-nas), so that --spaces "" only writes the page; --networks false leaves
out the two predictors that are networks.
`;

const CACHE = ".cache/evaluate-nas";
const log = (message: string): void => void process.stderr.write(`${message}\n`);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      published: { type: "string" },
      spaces: { type: "string", default: NAS_SPACES.join(",") },
      networks: { type: "string", default: "true" },
      seed: { type: "string", default: "1" },
      out: { type: "string", default: "docs/accuracy-nas.md" },
      help: { type: "boolean", default: false },
    },
  });
  const wanted = values.spaces.split(",").filter((name) => name !== "");
  const unknown = wanted.find((name) => !NAS_SPACES.some((space) => space === name));
  const folder = values.published;
  if (values.help || folder === undefined || unknown !== undefined) {
    log(unknown === undefined ? USAGE : `no table ${unknown}\n${USAGE}`);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const seed = Number(values.seed);
  const { tf, name: backend } = await initBackend();
  mkdirSync(CACHE, { recursive: true });
  const spaces: SpaceResults[] = [];
  for (const space of NAS_SPACES) {
    const path = join(CACHE, `${space}.json`);
    if (wanted.includes(space)) {
      const results = await spaceResults(folder, space, values.networks === "true" ? tf : null, seed);
      writeFileSync(path, JSON.stringify(results));
    }
    if (existsSync(path)) spaces.push(JSON.parse(readFileSync(path, "utf8")) as SpaceResults);
  }
  const text = nasPage(spaces, seed, backend);
  writeFileSync(values.out, text);
  process.stdout.write(text);
}

async function spaceResults(
  folder: string,
  space: NasSpace,
  tf: Parameters<typeof ownDeviceResults>[2],
  seed: number,
): Promise<SpaceResults> {
  const rows = readNasTable(folder, space);
  const bench = nasBench(space, rows, log);
  const { training } = bench.split;
  return {
    space,
    rows: rows.length,
    noise: noiseResults(bench),
    unseen: unseenDeviceResults(bench),
    large: await ownDeviceResults(bench, training, tf, seed),
    small: await ownDeviceResults(bench, training.slice(0, SMALL_TRAINING_COUNT), null, seed),
  };
}

try {
  await main();
} catch (error) {
  if (!(error instanceof PublishedDataError)) throw error;
  log(error.message);
  process.exitCode = 1;
}
