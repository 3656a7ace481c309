import type { EngineName } from "../engines/index.js";
import type { Journal } from "../measure/journal.js";
import type { Progress } from "../measure/progress.js";
import type { Bench } from "./bench.js";
import type { Cell, CellRow, PlanRow } from "./plan-row.js";
import { describeShortfalls } from "./reached.js";
import type { VisitOutcome } from "./visit.js";

/** What the cells of a plan are measured with. */
export interface Campaign {
  readonly bench: Bench;
  readonly journal: Journal<PlanRow>;
  readonly progress: Progress<EngineName>;
  readonly remark: (text: string) => void;
  readonly stop: AbortSignal;
}

function tellOf(row: CellRow, remark: Campaign["remark"]): void {
  if (row.kind === "failed") remark(`${row.engine} ${row.model}: failed to ${row.stage}: ${row.error.split("\n", 1)[0] ?? ""}`);
  else if (row.kind === "measured" && row.reached !== undefined) {
    for (const text of describeShortfalls(row.reached)) remark(`${row.engine} ${row.model} ${row.state}: ${text}`);
  }
}

/** Writes what came of cells into a plan's file, each machine before the first row that names it. */
export class Recorder {
  private readonly machines: Set<string>;

  constructor(
    private readonly journal: Journal<PlanRow>,
    private readonly remark: (text: string) => void,
  ) {
    this.machines = new Set(journal.existing.flatMap((row) => (row.kind === "machine" ? [row.id] : [])));
  }

  /** How the cell is counted; null where it was skipped and stays open. */
  record(cell: Cell, device: string, { row, cannotSet, machine }: VisitOutcome): "measured" | "failed" | null {
    if (machine !== null && !this.machines.has(machine.id)) {
      this.journal.append({ kind: "machine", device, ...machine });
      this.machines.add(machine.id);
    }
    if (row === null) {
      this.remark(`${cell.engine} ${cell.model} ${cell.state} is skipped: ${cannotSet ?? ""}`);
      return null;
    }
    this.journal.append(row);
    tellOf(row, this.remark);
    return row.kind === "failed" ? "failed" : "measured";
  }
}

/** Measures these cells of a plan, one after the other, until all are done or the run is to stop. */
export async function measureCells({ bench, journal, progress, remark, stop }: Campaign, cells: readonly Cell[]): Promise<void> {
  const recorder = new Recorder(journal, remark);
  for (const cell of cells) {
    if (stop.aborted) return;
    const outcome = await bench.measure(cell);
    if (outcome === null) return;
    const counted = recorder.record(cell, bench.name, outcome);
    if (counted !== null) progress.done(cell.engine, counted);
  }
}
