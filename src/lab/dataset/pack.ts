import { copyFileSync, createWriteStream, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createGzip, gzipSync } from "node:zlib";
import { PACKED_HEADER, packRow } from "./compact.js";
import { readRows } from "./lines.js";
import { MEMORY_FILE } from "./memory-row.js";
import { PARTS } from "./row.js";

const GZIP_LEVEL = 9;
const USAGE = "usage: npm run lab:pack -- --in MEASURED_FOLDER --out DATA_FOLDER";

async function* packedLines(path: string): AsyncGenerator<string> {
  yield `${JSON.stringify(PACKED_HEADER)}\n`;
  for await (const row of readRows(path)) yield `${JSON.stringify(packRow(row))}\n`;
}

/** Writes one measured file as compact rows, gzip level 9. Returns the size in bytes. */
export async function packFile(from: string, to: string): Promise<number> {
  await pipeline(Readable.from(packedLines(from)), createGzip({ level: GZIP_LEVEL }), createWriteStream(to));
  return statSync(to).size;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { in: { type: "string" }, out: { type: "string" } } });
  const { in: from, out: to } = values;
  if (from === undefined || to === undefined) throw new Error(USAGE);
  mkdirSync(to, { recursive: true });
  for (const name of ["machine.json", "plan.json"]) {
    if (existsSync(join(from, name))) copyFileSync(join(from, name), join(to, name));
  }
  for (const part of PARTS) {
    const source = join(from, `${part}.jsonl`);
    if (!existsSync(source)) continue;
    const bytes = await packFile(source, join(to, `${part}.jsonl.gz`));
    process.stdout.write(`${part}.jsonl.gz: ${(bytes / 1e6).toFixed(2)} MB\n`);
  }
  const memory = join(from, MEMORY_FILE);
  // Its rows are few, and go as they are.
  if (existsSync(memory)) writeFileSync(join(to, `${MEMORY_FILE}.gz`), gzipSync(readFileSync(memory), { level: GZIP_LEVEL }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main();
}
