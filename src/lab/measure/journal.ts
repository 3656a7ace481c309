import { appendFileSync, closeSync, existsSync, ftruncateSync, openSync, readFileSync } from "node:fs";
import { parseLines } from "../dataset/lines.js";
import type { Row } from "../dataset/row.js";
import { placeOf } from "../dataset/row.js";

/** Names the place of a row in its plan; null for a row that stands for no place. */
export type PlaceOf<R> = (row: R) => string | null;

/**
 * An append-only file of rows, one JSON object a line, that a run can be resumed from. A last line that a crash tore
 * is cut off on opening; what it stood for is measured again.
 */
export class Journal<R = Row> {
  private readonly places: Set<string>;

  private constructor(
    readonly path: string,
    private readonly file: number,
    /** The rows that were there on opening. */
    readonly existing: readonly R[],
    private readonly placeOf: PlaceOf<R>,
  ) {
    this.places = new Set(existing.map(placeOf).filter((place) => place !== null));
  }

  /** The rows of a data set. Creates the file where there is none. Throws SyntaxError for a broken line that is not the last one. */
  static open(path: string): Journal {
    return Journal.openRows<Row>(path, placeOf);
  }

  /** The same for rows of any kind. */
  static openRows<R>(path: string, placeOf: PlaceOf<R>): Journal<R> {
    const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
    const whole = bytes.lastIndexOf("\n") + 1;
    const rows = parseLines(bytes.subarray(0, whole).toString()) as readonly R[];
    const file = openSync(path, "a");
    if (whole < bytes.length) ftruncateSync(file, whole);
    return new Journal(path, file, rows, placeOf);
  }

  /** Whether a place of the plan has its row already. */
  has(place: string): boolean {
    return this.places.has(place);
  }

  /** Written through at once: a row is there when this returns. */
  append(row: R): void {
    appendFileSync(this.file, `${JSON.stringify(row)}\n`);
    const place = this.placeOf(row);
    if (place !== null) this.places.add(place);
  }

  close(): void {
    closeSync(this.file);
  }
}
