import { quantile } from "../dataset/statistics.js";
import type { Series } from "../figures/index.js";
import { fitPowerLaw, powerLawAt } from "./relations.js";
import { fairShareLaw } from "./utilization.js";
import { type Finding, type StudySection, without } from "./section.js";
import type { StudyData } from "./study-data.js";
import { number, percent, two } from "./words.js";

/** Readings closer together than this are one frequency. */
const LEAST_RANGE = 1.05;
const LEAST_ROWS = 10;

export const FREQUENCY: StudySection = {
  id: "frequency",
  title: "Latency against frequency",
  about:
    "Networks in the states without memory traffic, by the frequency that was read; what utilization does is divided out as 1 + u. A core that computes and never waits for memory would take " +
    "time in inverse proportion to its frequency.",
  find,
};

function find({ loads, machine }: StudyData): Finding {
  const rows = loads.flatMap(({ asked, frequencyMHz, slowdown, utilization, family }) =>
    asked.trafficGBs === 0 && frequencyMHz !== null ? [{ family, frequencyMHz, slowdown: slowdown / fairShareLaw(utilization) }] : [],
  );
  const frequencies = rows.map(({ frequencyMHz }) => frequencyMHz);
  if (machine.governor === null && rows.length === 0) {
    return without("The machine shows no frequency and lets none be set, so nothing can be said.");
  }
  if (rows.length < LEAST_ROWS || quantile(frequencies, 1) < LEAST_RANGE * quantile(frequencies, 0)) {
    return without("The rows were all taken at one frequency, so nothing can be said.");
  }
  const law = fitPowerLaw(frequencies.map((f) => [f]), rows.map(({ slowdown }) => slowdown));
  if (law === null) return without("The rows were all taken at one frequency, so nothing can be said.");
  const ends = [quantile(frequencies, 0), quantile(frequencies, 1)];
  const families = [...new Set(rows.map(({ family }) => family))].sort();
  return {
    text:
      `Over ${rows.length} measurements from ${number(ends[0] ?? 0)} to ${number(ends[1] ?? 0)} MHz latency goes with the frequency to the power of ` +
      `${two(law.exponents[0] ?? null)} (-1 is the inverse proportion), which explains ${percent(law.r2)} of the variance of log latency.`,
    figure: {
      title: "Slowdown against frequency",
      panels: [
        {
          kind: "xy",
          title: "Latency against frequency",
          x: { label: "frequency, MHz", scale: "log" },
          y: { label: "latency / idle latency / (1 + u)", scale: "log" },
          series: [
            ...families.map((family): Series => ({
              name: family,
              mark: "points",
              points: rows.filter((row) => row.family === family).map(({ frequencyMHz, slowdown }) => ({ x: frequencyMHz, y: slowdown })),
            })),
            { name: "power law", mark: "reference", points: ends.map((x) => ({ x, y: powerLawAt(law, [x]) })) },
          ],
        },
      ],
    },
  };
}
