/**
 * What an engine's own benchmark program says of one model. None of these programs prints single runs, so there are
 * only summaries; what a program does not say is null.
 */
export interface BenchmarkReport {
  /** As the program calls it. */
  readonly model: string | null;
  readonly runs: number | null;
  readonly threads: number | null;
  readonly meanUs: number;
  readonly minUs: number | null;
  readonly medianUs: number | null;
  readonly maxUs: number | null;
  /** The first inference of all, before any warm-up. */
  readonly firstUs: number | null;
  /** To load the model and make the engine's session. */
  readonly initUs: number | null;
  /** In the program's own sense: see its parser. */
  readonly memoryBytes: number | null;
}

/** Reads all that a program wrote to standard output and standard error. Throws UnreadableOutput. */
export type ParseBenchmark = (output: string) => readonly BenchmarkReport[];

const KEPT_LINES = 5;

/** The program printed no result: it refused, died, or speaks another version's language. Its last words are in the message. */
export class UnreadableOutput extends Error {
  override readonly name = "UnreadableOutput";

  constructor(program: string, output: string) {
    const words = output.split("\n").filter((line) => line.trim() !== "").slice(-KEPT_LINES).join("\n");
    super(`${program} printed no result: ${words === "" ? "it said nothing" : words}`);
  }
}

export const US_PER_MS = 1000;
export const US_PER_S = 1_000_000;

/** The first group of a pattern as a number, or null where it does not occur. Where it occurs often, the last one counts. */
export function lastNumber(output: string, pattern: RegExp): number | null {
  const found = [...output.matchAll(pattern)].at(-1)?.[1];
  if (found === undefined) return null;
  const value = Number(found);
  return Number.isFinite(value) ? value : null;
}

/** The same in another unit. */
export function scaled(value: number | null, factor: number): number | null {
  return value === null ? null : value * factor;
}
