import { mean, quantile } from "../dataset/statistics.js";
import { accuracyOf } from "../evaluate/metrics.js";
import type { Series, XyPanel } from "../figures/index.js";
import { correlation, leastSquares } from "./relations.js";
import { type Finding, type StudySection, without } from "./section.js";
import type { LoadPoint, StudyData } from "./study-data.js";
import { fairShareLaw } from "./utilization.js";
import { number, percent, two } from "./words.js";

const LEAST_ROWS = 15;

export const TRAFFIC: StudySection = {
  id: "traffic",
  title: "Latency against bandwidth in use, alone and with utilization",
  about:
    "Networks in the states in which another core moves memory, at the GB/s that its generator counted. Slowdown is the latency over the same network's on the idle machine; " +
    "a network's FLOPs per byte are those of its whole file. With both loads, (1 + u) times what traffic alone does is what would hold if they did not affect " +
    "each other; what traffic alone does is log slowdown = (a + b log(FLOPs per byte)) x GB/s, fitted to the states without utilization.",
  find,
};

function find({ loads, repeats }: StudyData): Finding {
  const rows = loads.filter(({ asked }) => asked.utilization === 0 && asked.trafficGBs > 0);
  if (rows.length < LEAST_ROWS) return without("Too few states of this kind were measured.");
  const slowdowns = rows.map(({ slowdown }) => slowdown);
  const [low, high] = thirds(rows.map(({ flopsPerByte }) => flopsPerByte));
  const average = (members: readonly LoadPoint[]): string => percent(mean(members.map(({ slowdown }) => slowdown - 1)));
  const law = leastSquares(rows.map(regressors), slowdowns.map(Math.log));
  const both = loads.filter(({ asked }) => asked.utilization > 0 && asked.trafficGBs > 0);
  return {
    text: [
      `Over ${rows.length} measurements traffic of ${number(quantile(rows.map(({ trafficGBs }) => trafficGBs), 0))} to ` +
        `${number(quantile(rows.map(({ trafficGBs }) => trafficGBs), 1))} GB/s adds ${average(rows)} to the latency on average ` +
        `(10th and 90th percentile ${percent(quantile(slowdowns, 0.1) - 1)} and ${percent(quantile(slowdowns, 0.9) - 1)}): ${average(rows.filter((r) => r.flopsPerByte <= low))} to the third of networks with the fewest ` +
        `FLOPs per byte, ${average(rows.filter((r) => r.flopsPerByte > high))} to that with the most.`,
      `Slowdown correlates with the traffic at r = ${two(correlation(rows.map(({ trafficGBs }) => trafficGBs), slowdowns))} and with the logarithm of FLOPs per byte at ` +
        `r = ${two(correlation(rows.map(({ flopsPerByte }) => Math.log(flopsPerByte)), slowdowns))}.`,
      ...(repeats.loaded.length === 0
        ? []
        : [`For scale: labels from two halves of the visits differ by ${percent(accuracyOf(repeats.loaded).mapePercent / 100)} on average.`]),
      ...(law === null || both.length === 0 ? [] : [together(both, law)]),
    ].join(" "),
    figure: {
      title: "Slowdown under memory traffic, alone and with utilization",
      panels: [
        scatter("Traffic alone, against traffic", "traffic, GB/s", rows, "trafficGBs", "flopsPerByte", "FLOPs per byte", "linear"),
        scatter("Traffic alone, against FLOPs per byte", "FLOPs per byte of the network", rows, "flopsPerByte", "trafficGBs", "GB/s", "log"),
        ...(law === null || both.length === 0 ? [] : [jointPanel(both, law)]),
      ],
    },
  };
}

/** The two values between a list's thirds. */
function thirds(values: readonly number[]): readonly [number, number] {
  return [quantile(values, 1 / 3), quantile(values, 2 / 3)];
}

function regressors({ trafficGBs, flopsPerByte }: LoadPoint): number[] {
  return [trafficGBs, trafficGBs * Math.log(flopsPerByte)];
}

function trafficSlowdown(row: LoadPoint, law: readonly number[]): number {
  return Math.exp(regressors(row).reduce((sum, value, i) => sum + value * (law[i] ?? 0), 0));
}

function together(both: readonly LoadPoint[], law: readonly number[]): string {
  const error = (predicted: (row: LoadPoint) => number): string =>
    percent(accuracyOf(both.map((row) => ({ predicted: predicted(row), measured: row.slowdown }))).mapePercent / 100);
  return (
    `With both loads (${both.length} measurements), 1 + u alone is off by ${error(({ utilization }) => fairShareLaw(utilization))} on average, its product with what traffic ` +
    `alone does by ${error((row) => fairShareLaw(row.utilization) * trafficSlowdown(row, law))}; the measured slowdown is ` +
    `${two(mean(both.map((row) => row.slowdown / (fairShareLaw(row.utilization) * trafficSlowdown(row, law)))))} times that product in the mean.`
  );
}

type Field = "trafficGBs" | "flopsPerByte";

/** Slowdown against one field, coloured by the thirds of the other. */
function scatter(title: string, label: string, rows: readonly LoadPoint[], x: Field, by: Field, unit: string, scale: "linear" | "log"): XyPanel {
  const [low, high] = thirds(rows.map((row) => row[by]));
  const third = (name: string, holds: (value: number) => boolean): Series => ({
    name,
    mark: "points",
    points: rows.filter((row) => holds(row[by])).map((row) => ({ x: row[x], y: row.slowdown })),
  });
  return {
    kind: "xy",
    title,
    x: { label, scale },
    y: { label: "latency / idle latency", scale: "linear", include: [1] },
    series: [
      third(`up to ${number(low)} ${unit}`, (value) => value <= low),
      third(`up to ${number(high)} ${unit}`, (value) => value > low && value <= high),
      third(`over ${number(high)} ${unit}`, (value) => value > high),
    ].filter(({ points }) => points.length > 0),
  };
}

function jointPanel(both: readonly LoadPoint[], law: readonly number[]): XyPanel {
  const points = both.map((row) => ({ x: fairShareLaw(row.utilization) * trafficSlowdown(row, law), y: row.slowdown }));
  const ends = [quantile(points.map(({ x }) => x), 0), quantile(points.map(({ x }) => x), 1)];
  return {
    kind: "xy",
    title: "Both loads",
    x: { label: "(1 + u) x slowdown by traffic alone", scale: "linear" },
    y: { label: "latency / idle latency", scale: "linear" },
    series: [
      { name: "both loads", mark: "points", points },
      { name: "equal", mark: "reference", points: ends.map((end) => ({ x: end, y: end })) },
    ],
  };
}
