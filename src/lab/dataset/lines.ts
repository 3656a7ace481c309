import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { isPackedHeader, unpackRow } from "./compact.js";
import type { Row } from "./row.js";

function parseLine(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new SyntaxError(`line ${number} is not JSON: ${line.slice(0, 80)}`);
  }
}

/** The values of a JSONL text, one a line. Throws SyntaxError with the line's number. */
export function parseLines(text: string): readonly unknown[] {
  return text
    .split("\n")
    .map((line, i) => (line === "" ? null : parseLine(line, i + 1)))
    .filter((value) => value !== null);
}

/**
 * Streams the rows of a `.jsonl` or `.jsonl.gz` file, raw or packed (see compact.ts), in the order of the file.
 * Throws SyntaxError with the line's number, a torn last line included.
 */
export async function* readRows(path: string): AsyncGenerator<Row> {
  const file = createReadStream(path);
  const input = path.endsWith(".gz") ? file.pipe(createGunzip()) : file;
  // A pipe does not hand on errors of its source.
  file.on("error", (error) => input.destroy(error));
  let number = 0;
  let packed = false;
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    number += 1;
    if (line === "") continue;
    const value = parseLine(line, number);
    if (number === 1 && isPackedHeader(value)) packed = true;
    else yield packed ? unpackRow(value) : (value as Row);
  }
}
