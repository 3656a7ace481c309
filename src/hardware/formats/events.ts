import type { CounterName, StateField } from "../state-fields.js";

/** One line of a counter tool: an event with its value, or why it has none. */
export interface EventRow {
  readonly event: string;
  /** Clocks in milliseconds, the rest as counted. */
  readonly value: number | null;
  readonly reason?: string;
}

/**
 * Names under which tools and machines report each counter, normalised by `normalize`. The first group of which any
 * name occurs wins; within a group the values add up (loads and stores, for instance).
 */
const GROUPS: ReadonlyMap<CounterName, readonly (readonly string[])[]> = new Map([
  ["l1dAccess", [["l1d_cache"], ["l1_dcache"], ["l1d_cache_rd", "l1d_cache_wr"], ["l1_dcache_loads", "l1_dcache_stores"]]],
  [
    "l2dAccess",
    [
      ["l2d_cache"],
      ["l2_cache_accesses"],
      ["l2_rqsts_references"],
      ["l2_rqsts_all_demand_references"],
      ["l2_cache"],
      ["l2_dcache"],
      ["l2d_cache_rd", "l2d_cache_wr"],
      ["l2_dcache_loads", "l2_dcache_stores"],
      ["l2_cache_accesses_from_dc_misses"],
    ],
  ],
  [
    "l3dAccess",
    [
      ["l3d_cache"],
      ["l3_cache_accesses"],
      ["l3_cache"],
      ["ll_cache"],
      ["l3_accesses"],
      ["l3d_cache_rd", "l3d_cache_wr"],
      ["ll_cache_rd", "ll_cache_wr"],
      ["llc_loads", "llc_stores"],
    ],
  ],
  ["instructions", [["instructions"], ["inst_retired"], ["inst_retired_any"]]],
  ["cpuCycles", [["cycles"], ["cpu_cycles"]]],
  ["cpuClockMs", [["cpu_clock"], ["task_clock"]]],
]);

/** `cpu_core/L1-dcache-loads/u` and `raw-l1d-cache:k` to the spelling of the table above. */
function normalize(event: string): string {
  return event
    .toLowerCase()
    .replace(/^[a-z0-9_]+\/(.+)\/[a-z]*$/, "$1")
    .replace(/:[a-z]+$/, "")
    .replace(/^raw-/, "")
    .replace(/[-.]/g, "_");
}

/** True when the row counts one privilege level only (`cycles:u`, `cpu/cycles/k`). */
export function isPartial(event: string): boolean {
  return /(:[a-zA-Z]*[ukhUKH][a-zA-Z]*|\/[a-zA-Z]*[ukh][a-zA-Z]*)$/.test(event);
}

export function isClock(event: string): boolean {
  return /^(cpu|task)_clock$/.test(normalize(event));
}

/** Sum over rows of one event; rows of single privilege levels count only where no whole row exists. */
function sum(rows: readonly EventRow[]): number | null {
  const counted = rows.filter((row) => row.value !== null);
  const whole = counted.filter((row) => !isPartial(row.event));
  const used = whole.length > 0 ? whole : counted;
  return used.length === 0 ? null : used.reduce((total, row) => total + (row.value ?? 0), 0);
}

/** Assigns events to the counters of the state. */
export function countersOf(rows: readonly EventRow[]): {
  values: Map<StateField, number>;
  reasons: Map<StateField, string>;
} {
  const byName = new Map<string, EventRow[]>();
  for (const row of rows) {
    const name = normalize(row.event);
    byName.set(name, [...(byName.get(name) ?? []), row]);
  }
  const values = new Map<StateField, number>();
  const reasons = new Map<StateField, string>();
  for (const [counter, groups] of GROUPS) {
    const field: StateField = `counters.${counter}`;
    const totals = groups.map((group) =>
      group.map((name) => sum(byName.get(name) ?? [])).filter((value) => value !== null),
    );
    const found = totals.find((group) => group.length > 0);
    if (found !== undefined) {
      values.set(field, found.reduce((total, value) => total + value, 0));
      continue;
    }
    const failed = groups.flat().flatMap((name) => byName.get(name) ?? []);
    const reason = failed.find((row) => row.reason !== undefined)?.reason;
    if (reason !== undefined) reasons.set(field, reason);
  }
  return { values, reasons };
}
