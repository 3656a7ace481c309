import { quantile } from "../dataset/statistics.js";
import { accuracyOf, type Pair } from "../evaluate/metrics.js";
import { accuracyCells } from "../evaluate/report.js";
import type { Series } from "../figures/index.js";
import { type Finding, type StudySection, without } from "./section.js";
import type { StudyData } from "./study-data.js";
import { percent } from "./words.js";

export const NOISE: StudySection = {
  id: "noise",
  title: "The noise floor",
  about:
    "Labels against themselves: an idle label from the odd rounds against that from the even ones, a loaded label from the first block of visits against that from the second. Labels " +
    "from all passes are better than either half. No prediction can be seen to be much better than this.",
  find,
};

const difference = ({ predicted, measured }: Pair): number => Math.abs(predicted / measured - 1);

function find({ repeats }: StudyData): Finding {
  const kinds = [
    { name: "idle", pairs: repeats.idle },
    { name: "loaded", pairs: repeats.loaded },
  ].filter(({ pairs }) => pairs.length > 0);
  if (kinds.length === 0) return without("Nothing was measured twice.");
  const missing = ["idle", "loaded"].filter((name) => !kinds.some((kind) => kind.name === name));
  const sentences = kinds.map(({ name, pairs }) => {
    const { within10Percent } = accuracyOf(pairs);
    const differences = pairs.map(difference);
    return (
      `Two halves of ${name === "idle" ? "an idle" : "a loaded"} label agree within 10 % in ${percent(within10Percent / 100)} of ${pairs.length} cases; half of them within ` +
      `${percent(quantile(differences, 0.5))}, nine in ten within ${percent(quantile(differences, 0.9))}.`
    );
  });
  return {
    text: [...sentences, ...missing.map((name) => `No ${name} label was measured twice.`)].join(" "),
    figure: {
      title: "How well two halves of the passes agree",
      panels: [
        {
          kind: "xy",
          title: "Labels that agree within so much",
          x: { label: "difference between the halves, %", scale: "linear", include: [0] },
          y: { label: "share of labels, %", scale: "linear", include: [0, 100] },
          series: kinds.map(({ name, pairs }): Series => ({ name, mark: "line", points: cumulative(pairs) })),
        },
        {
          kind: "xy",
          title: "Difference by latency",
          x: { label: "latency, ms", scale: "log" },
          y: { label: "one half / the other", scale: "linear" },
          series: kinds.map(({ name, pairs }): Series => ({
            name,
            mark: "points",
            points: pairs.map(({ predicted, measured }) => ({ x: measured / 1000, y: predicted / measured })),
          })),
        },
      ],
    },
    table: {
      head: ["labels against themselves", "±10 %", "±5 %", "MAPE %", "RMSPE %", "rows"],
      rows: kinds.map(({ name, pairs }) => [name, ...accuracyCells(accuracyOf(pairs))]),
    },
  };
}

/** Percentiles: share of labels over the difference that they do not exceed. */
function cumulative(pairs: readonly Pair[]): { x: number; y: number }[] {
  const differences = pairs.map(difference);
  return Array.from({ length: 101 }, (_, y) => ({ x: 100 * quantile(differences, y / 100), y }));
}
