import type { Cell } from "../../src/lab/plans/plan-row.js";
import type { VisitOutcome } from "../../src/lab/plans/visit.js";

/** What a synthetic device makes of a cell: a row without any measurement, for tests of who does what. Never kept. */
export function syntheticOutcome(cell: Cell, device: string): VisitOutcome {
  const row = { kind: "failed", ...cell, stage: "run", error: "synthetic: nothing was measured", device, machine: null, at: new Date().toISOString() } as const;
  return { row, cannotSet: null, machine: null };
}
