import { groupBy } from "../../features/group-by.js";
import { median, quantile } from "../dataset/statistics.js";
import type { EngineName } from "../engines/index.js";
import type { Cell, MeasuredCell, PlanRow } from "./plan-row.js";

/** How far repeats of the same cell lie apart: two medians by their difference over their mean. */
export interface Repeatability {
  readonly engine: EngineName;
  readonly state: string;
  /** Cells that were measured more than once. */
  readonly cells: number;
  readonly medianGap: number;
  /** 90th percentile. */
  readonly largeGap: number;
  /** Rows among them that did not keep within the plan's spread and drift. */
  readonly unsteady: number;
}

/** What the repeats of a cell have in common. */
function sameCell({ model, engine, placement, state }: Cell): string {
  return JSON.stringify([model, engine, placement, state]);
}

function gapsOf(repeats: readonly MeasuredCell[]): readonly number[] {
  const medians = repeats.flatMap(({ passes }) => {
    const last = passes.at(-1);
    return last === undefined ? [] : [median(last.runsUs)];
  });
  return medians.flatMap((a, i) => medians.slice(i + 1).map((b) => Math.abs(a - b) / ((a + b) / 2)));
}

/** The noise floor of a file's rows, for each engine in each state: every pair of repeats of a cell against each other. */
export function repeatability(rows: readonly PlanRow[]): readonly Repeatability[] {
  const measured = rows.filter((row): row is MeasuredCell => row.kind === "measured");
  return [...groupBy(measured, ({ engine, state }) => JSON.stringify([engine, state])).values()].flatMap((group) => {
    const repeated = [...groupBy(group, sameCell).values()].filter((repeats) => repeats.length > 1);
    const gaps = repeated.flatMap(gapsOf);
    const [first] = group;
    if (gaps.length === 0 || first === undefined) return [];
    const unsteady = repeated.flat().filter(({ steady }) => !steady).length;
    return [{ engine: first.engine, state: first.state, cells: repeated.length, medianGap: median(gaps), largeGap: quantile(gaps, 0.9), unsteady }];
  });
}

/** Headings and a line for each engine in each state, for people. */
export function describeRepeatability(entries: readonly Repeatability[]): { readonly headings: readonly string[]; readonly lines: readonly (readonly string[])[] } {
  const percent = (share: number) => (100 * share).toFixed(1);
  return {
    headings: ["repeats of", "state", "cells", "differ by %", "90th perc. %", "rows not steady"],
    lines: entries.map(({ engine, state, cells, medianGap, largeGap, unsteady }) => [engine, state, String(cells), percent(medianGap), percent(largeGap), String(unsteady)]),
  };
}
