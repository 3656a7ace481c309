import { readFileSync } from "node:fs";

/** A published table cannot be read; the message names the file and the line. */
export class PublishedDataError extends Error {
  override readonly name = "PublishedDataError";
}

/** A row by its column's name. */
export type CsvRow = ReadonlyMap<string, string>;

/**
 * The rows of a comma-separated file whose first line names the columns. Fields may be quoted, with quotes doubled.
 *
 * @throws PublishedDataError where the file is not there, lacks a column, or a row has another number of fields
 */
export function readCsv(path: string, columns: readonly string[]): readonly CsvRow[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new PublishedDataError(`${path} cannot be read.`, { cause });
  }
  const [head = "", ...lines] = text.split(/\r?\n/);
  const names = fieldsOf(head);
  const missing = columns.filter((column) => !names.includes(column));
  if (missing.length > 0) throw new PublishedDataError(`${path} has no column ${missing.join(", ")}.`);
  return lines.flatMap((line, index) => {
    if (line === "") return [];
    const fields = fieldsOf(line);
    if (fields.length !== names.length) {
      throw new PublishedDataError(`${path}, line ${index + 2}: ${fields.length} fields, not ${names.length}.`);
    }
    return [new Map(names.map((name, i) => [name, fields[i] ?? ""]))];
  });
}

/** @throws PublishedDataError for what is no number above 0 */
export function positive(row: CsvRow, column: string, path: string): number {
  const text = row.get(column) ?? "";
  const value = Number(text);
  if (text === "" || !(value > 0) || value === Infinity) {
    throw new PublishedDataError(`${path}: ${column} is "${text}", not a number above 0.`);
  }
  return value;
}

function fieldsOf(line: string): string[] {
  if (!line.includes('"')) return line.split(",");
  const fields = line.match(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g) ?? [];
  // The pattern also matches the nothing after the last field.
  return fields.slice(0, line.endsWith(",") ? undefined : -1).map((field) => {
    const bare = field.replace(/,$/, "");
    return bare.startsWith('"') ? bare.slice(1, -1).replaceAll('""', '"') : bare;
  });
}
