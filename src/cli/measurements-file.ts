import { UsageError } from "./context.js";

/** A line of a file of measurements. */
export interface MeasurementLine {
  /** A model's file or the name of a reference network. */
  readonly model: string;
  readonly latencyMs: number;
}

const HEADER = /^\s*model\s*,\s*latency_?ms\s*$/i;

/**
 * Reads lines of `model,latency in ms`, with or without the heading `model,latencyMs`; empty lines and those that begin with
 * # are skipped. A model's name may hold commas, the last one counts.
 *
 * @throws UsageError that names the file and the line
 */
export function parseMeasurements(text: string, path: string): MeasurementLine[] {
  const lines: MeasurementLine[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "" || line.startsWith("#") || (lines.length === 0 && HEADER.test(line))) continue;
    const comma = line.lastIndexOf(",");
    const model = line.slice(0, Math.max(0, comma)).trim();
    const latency = line.slice(comma + 1).trim();
    const latencyMs = Number(latency);
    if (comma < 1 || model === "") throw new UsageError(`${path}, line ${index + 1}: expected MODEL,LATENCY, got "${line.slice(0, 80)}".`);
    if (latency === "" || !Number.isFinite(latencyMs) || latencyMs <= 0) {
      throw new UsageError(`${path}, line ${index + 1}: "${latency.slice(0, 40)}" is not a positive number of milliseconds.`);
    }
    lines.push({ model, latencyMs });
  }
  return lines;
}
