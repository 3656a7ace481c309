import type { LatencyPredictor } from "../../model/predictor.js";
import { conformalQuantile, IDLE_KEY, intervalKey, widening } from "../../predict/interval.js";
import { mean } from "../dataset/statistics.js";
import type { Figure } from "../figures/index.js";
import { idleOf, INTERVAL_COVERAGE, intervalResiduals, narrowed, unlikeFactor } from "../train/calibrate.js";
import { methodOf } from "../train/method.js";
import { rowsOf } from "../train/pipeline.js";
import { seenJudge } from "../train/seen-domain.js";
import { coverageFigure, coveragePercent } from "./accuracy-figures.js";
import type { Setting } from "./experiments.js";
import type { Table } from "./report.js";
import type { Split } from "./splits.js";
import { keptResiduals } from "./trust.js";

/** How many latencies of test models lie in intervals made as those of what ships, idle and under load. */
export async function intervalCoverage(setting: Setting, split: Split, chosen: LatencyPredictor): Promise<{ readonly table: Table; readonly figure: Figure }> {
  const { corpus } = setting;
  const made = await keptResiduals(setting, split);
  const factor = unlikeFactor(idleOf(made.like), made.unlike);
  const test = rowsOf(corpus, split.test);
  const tested = intervalResiduals(chosen, seenJudge(corpus, methodOf(corpus), split), test);
  const [loaded] = test.loaded;
  const keys = [["idle", IDLE_KEY], ...(loaded === undefined ? [] : [["loaded", intervalKey(Object.keys(loaded.state))]])] as const;
  const groups = keys.map(([name = "", key = ""]) => {
    const [calibrating, testing] = [made.like.get(key) ?? [], tested.get(key) ?? []];
    return {
      name,
      calibrating: narrowed(calibrating, factor),
      testing: narrowed(testing, factor),
      widenings: testing.map(({ score }) => widening(score, factor)),
    };
  });
  return {
    table: {
      head: ["interval asked at 90 %", "coverage %", "mean half-width %", "rows"],
      rows: groups.map(({ name, calibrating, testing, widenings }) => {
        const halfWidth = conformalQuantile(calibrating, INTERVAL_COVERAGE);
        const width = mean(widenings.map((widened) => Math.exp(halfWidth * widened) - 1));
        return [name, coveragePercent(testing, halfWidth).toFixed(1), (100 * width).toFixed(1), String(testing.length)];
      }),
    },
    figure: coverageFigure("Coverage of intervals on test models", groups),
  };
}
