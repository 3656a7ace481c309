import type { Part } from "../dataset/row.js";
import type { Plan } from "./plan.js";

/** One stretch of the run. Sweep rounds come in slices so that they spread over the run like everything else. */
export type Segment =
  | { readonly part: "sweep"; readonly round: number; readonly slice: number; readonly slices: number }
  | { readonly part: "idle"; readonly round: number }
  | { readonly part: "loaded"; readonly block: number };

const SLICES_PER_SWEEP_ROUND = 2;

/**
 * The order of the run. Idle rounds are its skeleton; sweep slices and loaded blocks go between them, evenly, so that
 * the passes over one model lie as far apart as the run is long.
 */
export function schedule(plan: Plan, parts: readonly Part[]): readonly Segment[] {
  const sweeps = Array.from({ length: plan.sweep.rounds * SLICES_PER_SWEEP_ROUND }, (_, i): Segment => ({
    part: "sweep",
    round: Math.floor(i / SLICES_PER_SWEEP_ROUND) + 1,
    slice: i % SLICES_PER_SWEEP_ROUND,
    slices: SLICES_PER_SWEEP_ROUND,
  }));
  const blocks = plan.loaded.visitsPerBlock.map((_, i): Segment => ({ part: "loaded", block: i + 1 }));
  const rounds = Array.from({ length: plan.idle.rounds }, (_, i): Segment => ({ part: "idle", round: i + 1 }));
  const placed = [rounds, sweeps, blocks].flatMap((segments) =>
    segments.map((segment, i) => ({ segment, at: (i + 0.5) / segments.length })),
  );
  return placed
    .toSorted((a, b) => a.at - b.at)
    .map(({ segment }) => segment)
    .filter((segment) => parts.includes(segment.part));
}

/** The items of one slice of a list. */
export function sliceOf<T>(items: readonly T[], slice: number, slices: number): readonly T[] {
  return items.slice(Math.floor((items.length * slice) / slices), Math.floor((items.length * (slice + 1)) / slices));
}
