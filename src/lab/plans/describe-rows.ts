import { readFileSync } from "node:fs";
import { parseLines } from "../dataset/lines.js";
import { median } from "../dataset/statistics.js";
import { millijoulesPerRun } from "../readings/energy.js";
import type { MeasuredCell, PlanRow, SummarisedCell } from "./plan-row.js";
import { describeShortfalls } from "./reached.js";
import { spreadOf } from "./steadiness.js";

const MIB = 2 ** 20;
const US_PER_MS = 1000;

/** The rows of a plan's file, a torn last line left out. */
export function readPlanRows(path: string): readonly PlanRow[] {
  const text = readFileSync(path, "utf8");
  return parseLines(text.slice(0, text.lastIndexOf("\n") + 1)) as readonly PlanRow[];
}

function memoryText(beforeLoadBytes: number | null, peakBytes: number | null): string {
  return beforeLoadBytes === null || peakBytes === null ? "?" : ((peakBytes - beforeLoadBytes) / MIB).toFixed(0);
}

function energyText({ energy }: MeasuredCell): string {
  const millijoules = millijoulesPerRun(energy ?? []);
  return millijoules === null ? "?" : String(Number(millijoules.toPrecision(3)));
}

function remarkText({ steady, reached }: MeasuredCell): string {
  const short = reached === undefined ? [] : describeShortfalls(reached);
  return [...(steady ? [] : ["not steady"]), ...(short.length === 0 ? [] : ["not as asked"])].join(", ");
}

function milliseconds(us: number): string {
  return String(Number((us / US_PER_MS).toPrecision(3)));
}

/** Of a program that tells no median the mean, and that it is one. */
function summarisedLine({ model, engine, program, cores, state, report }: SummarisedCell): readonly string[] {
  const { medianUs, meanUs } = report;
  return [model, engine, program, cores.join(","), state, milliseconds(medianUs ?? meanUs), "?", "?", "?", medianUs === null ? "mean" : ""];
}

/** Headings and one line for each measured cell, for people: medians of the pass that counts. */
export function describeRows(rows: readonly PlanRow[]): { readonly headings: readonly string[]; readonly lines: readonly (readonly string[])[] } {
  const headings = ["model", "engine", "version", "cores", "state", "median ms", "spread %", "memory MiB", "energy mJ", ""];
  const lines = rows.flatMap((row) => {
    if (row.kind === "failed") return [[row.model, row.engine, "", "", row.state, "", "", "", "", `failed to ${row.stage}`]];
    if (row.kind === "summarised") return [summarisedLine(row)];
    const last = row.kind === "measured" ? row.passes.at(-1) : undefined;
    if (row.kind !== "measured" || last === undefined) return [];
    const { beforeLoadBytes, peakBytes } = row.memory;
    return [
      [
        row.model,
        row.engine,
        row.engineVersion,
        row.cores.join(","),
        row.state,
        milliseconds(median(last.runsUs)),
        (100 * spreadOf(last.runsUs)).toFixed(1),
        memoryText(beforeLoadBytes, peakBytes),
        energyText(row),
        remarkText(row),
      ],
    ];
  });
  return { headings, lines };
}
