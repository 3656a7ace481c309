import { join } from "node:path";
import type { Trial } from "./trial.js";
import { cellsIn, goneAfter, isAsBefore, journalsLeft, measure, tempograph } from "./trial.js";

export interface KillReport {
  /** Of the undisturbed run. */
  readonly cells: readonly string[];
  readonly kills: readonly { readonly afterMs: number; readonly whileChanged: boolean; readonly goneAfterMs: number }[];
  /** What was not as it should be; empty where all was. */
  readonly faults: readonly string[];
}

/** Numbers from 0 to 1 that depend on the seed alone (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Lives last up to so many times what a cell takes, so that most end within a cell and some rows are finished. */
const CELLS_PER_LIFE = 3;
const SHORTEST_MS = 200;

/**
 * Measures a plan undisturbed, then again, killed with SIGKILL at random moments and started anew each time, and
 * compares: the same cells must have rows, each once; nothing may be left running, and no setting changed.
 */
export async function killAtRandom(trial: Trial, kills: number, seed: number, tell: (text: string) => void): Promise<KillReport> {
  const faults: string[] = [];
  const check = (holds: boolean, fault: string) => {
    if (holds) return;
    faults.push(fault);
    tell(`FAULT: ${fault}`);
  };
  const whole = join(trial.folder, "undisturbed.jsonl");
  const undisturbed = await measure(trial, whole);
  if (undisturbed.code !== 0) throw new Error(`the undisturbed run ended with ${undisturbed.code ?? "a signal"}: ${undisturbed.said}`);
  const cells = cellsIn(whole);
  tell(`undisturbed: ${cells.length} cells in ${(undisturbed.ms / 1000).toFixed(1)} s`);
  check(isAsBefore(trial) && journalsLeft(trial).length === 0, "the undisturbed run left settings changed");
  check(cells.every((cell) => cell.startsWith("measured ")), "the undisturbed run has failed cells");

  const random = seededRandom(seed);
  const longest = (CELLS_PER_LIFE * undisturbed.ms) / cells.length;
  const done: KillReport["kills"][number][] = [];
  let file = 0;
  const out = () => join(trial.folder, `killed-${file}.jsonl`);
  while (done.length < kills) {
    const afterMs = Math.round(SHORTEST_MS + random() * longest);
    const { code, said } = await measure(trial, out(), afterMs);
    if (code === 0) {
      // It was faster than the kill: what it has is judged, and another file begun.
      check(JSON.stringify(cellsIn(out())) === JSON.stringify(cells), `${out()} has other rows than the undisturbed run`);
      file += 1;
      continue;
    }
    if (code !== null) throw new Error(`a resumed run ended with ${code}: ${said}`);
    const whileChanged = !isAsBefore(trial);
    const { ms, left } = await goneAfter(trial);
    check(left.length === 0, `still running after a kill: ${left.join("; ")}`);
    check(!whileChanged || journalsLeft(trial).length > 0, "settings are changed and no journal tells of it");
    done.push({ afterMs, whileChanged, goneAfterMs: Math.round(ms) });
    tell(`kill ${done.length} after ${afterMs} ms${whileChanged ? ", while settings were changed" : ""}; processes gone after ${Math.round(ms)} ms`);
  }
  const restored = await tempograph(trial, ["devices", "restore", trial.device]);
  check(restored.code === 0 && isAsBefore(trial) && journalsLeft(trial).length === 0, `devices restore left settings changed: ${restored.said}`);
  const last = await measure(trial, out());
  check(last.code === 0, `the last run ended with ${last.code ?? "a signal"}: ${last.said}`);
  check(JSON.stringify(cellsIn(out())) === JSON.stringify(cells), `the rows differ: ${cellsIn(out()).join(", ")} instead of ${cells.join(", ")}`);
  check(isAsBefore(trial) && journalsLeft(trial).length === 0, "settings are changed in the end");
  check((await goneAfter(trial)).left.length === 0, "something is still running in the end");
  return { cells, kills: done, faults };
}
