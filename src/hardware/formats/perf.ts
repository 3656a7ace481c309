import type { StateField } from "../state-fields.js";
import { countersOf, isClock, isPartial, type EventRow } from "./events.js";
import { reading, type Reading } from "./reading.js";

const VALUE = /^(\d+(\.\d+)?|<[a-z ]+>)$/;
const UNIT = /^[A-Za-z%]*$/;
const EVENT = /^[A-Za-z][\w./:=-]*$/;

/** Factor from a perf unit to milliseconds; clocks without a unit are in milliseconds already. */
const TO_MS: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["msec", 1],
  ["ms", 1],
  ["sec", 1e3],
  ["s", 1e3],
  ["usec", 1e-3],
  ["us", 1e-3],
  ["nsec", 1e-6],
  ["ns", 1e-6],
]);

interface PerfRow extends EventRow {
  readonly unit: string;
  /** Timestamp of `-I`, seconds. */
  readonly timestamp: number | null;
  readonly metric: { readonly value: number; readonly unit: string } | null;
}

/**
 * One line of `perf stat -x,`: `value,unit,event,run time ns,share running,metric,metric unit`, with a timestamp
 * before it under `-I` and a core, socket or thread under `-A`, `--per-socket`, `--per-thread`.
 */
function parseRow(line: string): PerfRow | null {
  const cells = line.split(",").map((cell) => cell.trim());
  const at = [0, 1, 2, 3].find(
    (i) => VALUE.test(cells[i] ?? "") && UNIT.test(cells[i + 1] ?? "-") && EVENT.test(cells[i + 2] ?? ""),
  );
  if (at === undefined) return null;
  const [value = "", unit = "", event = ""] = cells.slice(at);
  const metric = Number(cells[at + 5] ?? "");
  const metricUnit = cells[at + 6] ?? "";
  const stamp = at > 0 && /^\d+\.\d+$/.test(cells[0] ?? "") ? Number(cells[0]) : null;
  const counted = !value.startsWith("<");
  const scale = isClock(event) ? (TO_MS.get(unit) ?? 1) : 1;
  return {
    event,
    unit,
    timestamp: stamp,
    value: counted ? Number(value) * scale : null,
    ...(counted ? {} : { reason: `perf reports ${event} as ${value}` }),
    metric: metricUnit !== "" && Number.isFinite(metric) ? { value: metric, unit: metricUnit } : null,
  };
}

/** Wall time of the counting: `duration_time`, the last `-I` timestamp, or clock / "CPUs utilized". */
function intervalMs(rows: readonly PerfRow[]): number | undefined {
  const duration = rows.find((row) => row.event === "duration_time" && row.value !== null);
  if (duration?.value !== null && duration !== undefined) return duration.value * (TO_MS.get(duration.unit || "ns") ?? 1e-6);
  const stamps = rows.map((row) => row.timestamp).filter((stamp) => stamp !== null);
  if (stamps.length > 0) return Math.max(...stamps) * 1e3;
  const clock = rows.find((row) => isClock(row.event) && row.metric?.unit === "CPUs utilized");
  if (clock?.value === null || clock?.metric === undefined || clock.metric === null) return undefined;
  return clock.metric.value > 0 ? clock.value / clock.metric.value : undefined;
}

/**
 * Reads `perf stat -x,`. The frequency is perf's own "GHz" column, taken only from cycles counted at every privilege
 * level. `<not supported>` and `<not counted>` become reasons, not zeros. null: no line of this format.
 */
export function readPerf(text: string): Reading | null {
  const rows = text.split(/\r?\n/).map(parseRow).filter((row) => row !== null);
  if (rows.length === 0) return null;
  const { values, reasons } = countersOf(rows);
  const interval = intervalMs(rows);
  if (interval !== undefined && interval > 0) values.set("counters.intervalMs", interval);
  const gigahertz = rows.find((row) => row.metric?.unit === "GHz" && row.value !== null && !isPartial(row.event));
  const extra: [StateField, number][] = gigahertz?.metric ? [["frequencyMHz", gigahertz.metric.value * 1e3]] : [];
  return reading("perf", [...values, ...extra.filter(([, value]) => value > 0)], reasons);
}
