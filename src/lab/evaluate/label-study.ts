import { parseArgs } from "node:util";
import { loadCorpus } from "../train/load-corpus.js";
import { accuracyCells } from "./report.js";
import { idleNoiseFloor, loadedNoiseFloor } from "./noise-floor.js";

/**
 * How well labels agree with themselves by the way they are estimated: odd against even rounds, first against second
 * block. What `IDLE_LABEL` and `LOADED_LABEL` are chosen by; predictions play no part.
 */
const { values } = parseArgs({ options: { data: { type: "string", default: "datasets/epyc-avx512" } } });
const corpus = await loadCorpus(values.data);
const print = (name: string, cells: readonly string[]): void => void process.stdout.write(`${name}  ${cells.join("  ")}\n`);

print("label                                        ", ["±10 %", "±5 %", "MAPE", "RMSPE", "rows"]);
for (const runs of [0, 0.1, 0.5, "mean", "cpu"] as const) {
  for (const passes of [0, 0.2, 0.5, "mean"] as const) {
    for (const probeExponent of [0, 0.5, 0.7, 1, 1.2]) {
      const floor = idleNoiseFloor(corpus, { runs, passes, probeExponent });
      print(`idle, runs ${runs}, passes ${passes}, probe^${probeExponent}`.padEnd(45), accuracyCells(floor));
    }
  }
}
for (const runs of ["mean", 0.1, 0.3, 0.5] as const) {
  for (const visits of [0.2, 0.5, "mean"] as const) {
    for (const probeExponent of [0, 0.5, 0.7, 1, 1.2]) {
      const floor = loadedNoiseFloor(corpus, { runs, visits, probeExponent });
      print(`loaded, runs ${runs}, visits ${visits}, probe^${probeExponent}`.padEnd(45), accuracyCells(floor));
    }
  }
}
