import { countersOf, isPartial, type EventRow } from "./events.js";
import { reading, type Reading } from "./reading.js";

interface SimpleperfRow extends EventRow {
  readonly gigahertz: number | null;
}

/**
 * One line of `simpleperf stat --csv`: `count,event,comment,comment unit,(share running)`, clocks as `12.3(ms)`, with
 * the thread's name, pid and tid before it under `--per-thread` and the core under `--per-core`.
 */
function parseRow(line: string): SimpleperfRow | null {
  const cells = line.split(",").map((cell) => cell.trim());
  const at = [0, 1, 3, 4].find(
    (i) => /^\d+(\.\d+)?(\(ms\))?$/.test(cells[i] ?? "") && /^[A-Za-z][\w.:-]*$/.test(cells[i + 1] ?? ""),
  );
  if (at === undefined) return null;
  const [value = "", event = "", comment = "", unit = ""] = cells.slice(at);
  return {
    event,
    value: Number(value.replace("(ms)", "")),
    gigahertz: unit === "GHz" && Number(comment) > 0 ? Number(comment) : null,
  };
}

/** Reads `simpleperf stat --csv`. null: not of this format. */
export function readSimpleperf(text: string): Reading | null {
  if (!/^(Performance counter statistics,|Total test time,)/m.test(text)) return null;
  const lines = text.split(/\r?\n/).filter((line) => !line.startsWith("Total test time,"));
  const rows = lines.map(parseRow).filter((row) => row !== null);
  const { values, reasons } = countersOf(rows);
  const total = [...text.matchAll(/^Total test time,([\d.]+),seconds/gm)].at(-1)?.[1];
  if (total !== undefined && Number(total) > 0) values.set("counters.intervalMs", Number(total) * 1e3);
  const clock = rows.find((row) => row.gigahertz !== null && !isPartial(row.event));
  if (clock?.gigahertz) values.set("frequencyMHz", clock.gigahertz * 1e3);
  return values.size === 0 && reasons.size === 0 ? null : reading("simpleperf", values, reasons);
}
