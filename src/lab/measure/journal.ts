import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { parseRows } from "../dataset/lines.js";
import type { Row } from "../dataset/row.js";
import { placeOf } from "../dataset/row.js";

/**
 * An append-only file of rows, one JSON object a line, that a run can be resumed from. A last line that a crash tore
 * is cut off on opening; what it stood for is measured again.
 */
export class Journal {
  private readonly places: Set<string>;

  private constructor(
    readonly path: string,
    private readonly file: number,
    /** The rows that were there on opening. */
    readonly existing: readonly Row[],
  ) {
    this.places = new Set(existing.map(placeOf));
  }

  /** Creates the file where there is none. Throws SyntaxError for a broken line that is not the last one. */
  static open(path: string): Journal {
    const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
    const whole = bytes.lastIndexOf("\n") + 1;
    const rows = parseRows(bytes.subarray(0, whole).toString());
    const file = openSync(path, "a");
    if (whole < bytes.length) ftruncateSync(file, whole);
    return new Journal(path, file, rows);
  }

  /** Whether a place of the plan has its row already. */
  has(place: string): boolean {
    return this.places.has(place);
  }

  /** Written through at once: a row is there when this returns. */
  append(row: Row): void {
    writeSync(this.file, `${JSON.stringify(row)}\n`);
    this.places.add(placeOf(row));
  }

  close(): void {
    closeSync(this.file);
  }
}
