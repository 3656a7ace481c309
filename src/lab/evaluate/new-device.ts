import type { TrainedTarget } from "../../predict/trained-target.js";
import { accuracyOf, type Accuracy } from "../../predict/accuracy.js";
import { chooseFit, crossValidate, type Measured } from "../../predict/calibration/choose-fit.js";
import { calibratedUs, fitCorrections } from "../../predict/calibration/corrections.js";
import { residualHalfWidth } from "../../predict/calibration/residual-interval.js";
import { candidateOf, informativeNetworks, randomNetworks, type Candidate } from "../new-device/choose-networks.js";
import { mean } from "../dataset/statistics.js";
import type { Corpus } from "../train/corpus.js";
import { countFigure } from "./accuracy-figures.js";
import type { Section } from "./report.js";

/** Numbers of networks that a calibration gets. */
const COUNTS = [3, 5, 10, 20, 30] as const;
const DRAWS = 20;
/** Networks that a draw chooses from: more than the reference networks, for the choice to matter. */
const POOL = 60;

interface Trial {
  readonly scaled: Accuracy;
  readonly calibrated: Accuracy;
  readonly expected: Accuracy;
  readonly covered: number;
}

/** Calibrates on some networks of another machine and predicts all its others, idle. */
function tryNetworks(all: ReadonlyMap<string, Measured>, ids: readonly string[], ownHalfWidth: number): Trial {
  const chosen = ids.flatMap((id) => all.get(id) ?? []);
  const others = [...all.values()].filter(({ network }) => !ids.includes(network)).flatMap(({ rows }) => rows);
  const left = crossValidate(chosen);
  const { corrections } = chooseFit(chosen);
  const scale = fitCorrections(chosen.flatMap(({ rows }) => rows), Infinity).corrections;
  const pairs = others.map(({ times, measuredUs }) => ({ predicted: calibratedUs(times, corrections), measured: measuredUs }));
  const halfWidth = Math.max(ownHalfWidth, residualHalfWidth(left.map(({ predicted, measured }) => Math.log(measured / predicted))));
  const inside = pairs.filter(({ predicted, measured }) => Math.abs(Math.log(measured / predicted)) <= halfWidth).length;
  return {
    scaled: accuracyOf(others.map(({ times, measuredUs }) => ({ predicted: calibratedUs(times, scale), measured: measuredUs }))),
    calibrated: accuracyOf(pairs),
    expected: accuracyOf(left),
    covered: inside / pairs.length,
  };
}

/** Means over draws, in percent, in the order of the table. */
interface Means {
  readonly count: number;
  readonly chosen: string;
  readonly scaled: number;
  readonly calibrated: number;
  readonly within10: number;
  readonly expected: number;
  readonly covered: number;
}

function meansOf(count: number, chosen: string, trials: readonly Trial[]): Means {
  const average = (value: (trial: Trial) => number): number => mean(trials.map(value));
  return {
    count,
    chosen,
    scaled: average(({ scaled }) => scaled.mapePercent),
    calibrated: average(({ calibrated }) => calibrated.mapePercent),
    within10: average(({ calibrated }) => calibrated.within10Percent),
    expected: average(({ expected }) => expected.mapePercent),
    covered: average(({ covered }) => 100 * covered),
  };
}

/** The shipped target of one machine, calibrated for another one from a few of its networks. */
export function newDeviceSection(base: TrainedTarget, corpus: Corpus): Section {
  const all = new Map<string, Measured>();
  const candidates: Candidate[] = [];
  for (const { id, features, latencyUs } of corpus.idle) {
    const times = base.classTimes(base.embed(features.graph), {});
    all.set(id, { network: id, rows: [{ times, measuredUs: latencyUs }] });
    candidates.push(candidateOf(id, times));
  }
  const ownHalfWidth = base.parts.interval.halfWidths["none"] ?? 0;
  const means = COUNTS.flatMap((count) => {
    const draws = Array.from({ length: DRAWS }, (_, draw) => {
      const pool = new Set(randomNetworks(candidates, POOL, draw + 1));
      const drawn = candidates.filter(({ id }) => pool.has(id));
      return { random: randomNetworks(drawn, count, draw + 1), informative: informativeNetworks(drawn, count) };
    });
    return [
      meansOf(count, "random", draws.map(({ random }) => tryNetworks(all, random, ownHalfWidth))),
      meansOf(count, "for the least error", draws.map(({ informative }) => tryNetworks(all, informative, ownHalfWidth))),
    ];
  });
  const lines = ["random", "for the least error"].map((chosen) => ({
    name: chosen,
    points: means.filter((each) => each.chosen === chosen).map(({ count, calibrated }) => ({ x: count, y: calibrated })),
  }));
  return {
    title: "A new device from a few networks",
    text:
      `${base.info.target} corrected for another machine, \`${corpus.folder}\`, from a few of its ${corpus.idle.length} idle networks; ` +
      `all others test. Means over ${DRAWS} draws of ${POOL} networks to choose from. "scaled": one factor for everything; "expected": ` +
      "what cross-validation on the few networks says.",
    figures: [{ name: "device", figure: countFigure("Error on another machine by the number of networks that ran there", "networks that ran", lines) }],
    tables: [
      {
        head: ["networks", "chosen", "scaled, MAPE %", "calibrated, MAPE %", "±10 %", "expected, MAPE %", "in the 90 % interval"],
        rows: means.map(({ count, chosen, ...percents }) => [String(count), chosen, ...Object.values(percents).map((percent) => percent.toFixed(1))]),
      },
    ],
  };
}
