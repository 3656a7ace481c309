import { mean, median } from "../dataset/statistics.js";
import { accuracyOf } from "../evaluate/metrics.js";
import type { Point } from "../figures/index.js";
import { correlation, leastSquares } from "./relations.js";
import { type Finding, type StudySection, without } from "./section.js";
import type { LoadPoint, StudyData } from "./study-data.js";
import { number, percent, two } from "./words.js";

const LEAST_ROWS = 10;

export const UTILIZATION: StudySection = {
  id: "utilization",
  title: "Latency against utilization",
  about:
    "Networks in the states that load their own core and nothing else. Slowdown is the latency over the same network's on the idle machine; " +
    "utilization is what the core was busy with besides the network, as read before each visit. A scheduler that gives two " +
    "busy processes their halves makes it 1 + u; if the network only got what the load leaves, it would be 1 / (1 - u), which has no bound near 100 %.",
  find,
};

/** Slowdown by a scheduler that shares the core fairly between the network and a load that is busy for a share u of the time. */
export const fairShareLaw = (u: number): number => 1 + u;
const leftoverLaw = (u: number): number => 1 / (1 - u);

function find({ loads }: StudyData): Finding {
  const rows = loads.filter(({ asked }) => asked.utilization > 0 && asked.trafficGBs === 0);
  if (rows.length < LEAST_ROWS) return without("Too few states of this kind were measured.");
  const highest = rows.reduce((most, { utilization }) => Math.max(most, utilization), 0);
  const slope = leastSquares(rows.map(({ utilization }) => [utilization]), rows.map(({ slowdown }) => slowdown - 1))?.[0] ?? null;
  const error = (law: (u: number) => number): string =>
    percent(accuracyOf(rows.map(({ utilization, slowdown }) => ({ predicted: law(utilization), measured: slowdown }))).mapePercent / 100);
  const top = rows.filter(({ utilization }) => utilization >= highest - 0.1);
  const off = (row: LoadPoint): number => row.slowdown / fairShareLaw(row.utilization);
  const r = correlation(rows.map(({ idleUs }) => Math.log(idleUs)), rows.map((row) => Math.log(off(row))));
  return {
    text:
      `Over ${rows.length} measurements the slowdown is 1 + ${two(slope)} u by least squares. 1 + u itself is off by ${error(fairShareLaw)} on average, ` +
      `1 / (1 - u) by ${error(leftoverLaw)}: at ${percent(mean(top.map(({ utilization }) => utilization)))} utilization networks take ` +
      `${two(mean(top.map(({ slowdown }) => slowdown)))} times as long, where the two laws say ` +
      `${two(mean(top.map(({ utilization }) => fairShareLaw(utilization))))} and ${two(mean(top.map(({ utilization }) => leftoverLaw(utilization))))}. ` +
      `The median measurement is ${two(median(rows.map(off)))} times what 1 + u says; how long the network takes idle has to do with it at r = ${two(r)}.`,
    figure: {
      title: "Slowdown against utilization",
      panels: [
        {
          kind: "xy",
          title: "Slowdown against utilization",
          x: { label: "utilization", scale: "linear", include: [0] },
          y: { label: "latency / idle latency", scale: "linear", include: [1, 1 + highest] },
          series: [
            { name: "a network in a state", mark: "points", points: rows.map(({ utilization, slowdown }) => ({ x: utilization, y: slowdown })) },
            { name: "1 / (1 - u)", mark: "line", points: curve(leftoverLaw, highest) },
            { name: "1 + u", mark: "reference", points: curve(fairShareLaw, highest) },
          ],
        },
        {
          kind: "xy",
          title: "What 1 + u leaves, against the network's idle latency",
          x: { label: "idle latency, ms", scale: "log" },
          y: { label: "slowdown / (1 + u)", scale: "linear" },
          series: [
            { name: "a network in a state", mark: "points", points: rows.map((row) => ({ x: row.idleUs / 1000, y: off(row) })) },
            { name: "1 + u", mark: "reference", points: ends(rows).map((x) => ({ x, y: 1 })) },
          ],
        },
      ],
    },
    table: {
      head: ["utilization", "measurements", "slowdown", "1 + u", "1 / (1 - u)"],
      rows: [0, 0.25, 0.5, 0.75].flatMap((low) => {
        const members = rows.filter(({ utilization }) => utilization >= low && utilization < low + 0.25);
        if (members.length === 0) return [];
        const average = (value: (row: LoadPoint) => number): string => number(mean(members.map(value)));
        const law = (of: (u: number) => number): string => average(({ utilization }) => of(utilization));
        return [[`${low} to ${low + 0.25}`, String(members.length), average(({ slowdown }) => slowdown), law(fairShareLaw), law(leftoverLaw)]];
      }),
    },
  };
}

function curve(law: (u: number) => number, highest: number): Point[] {
  const steps = 40;
  return Array.from({ length: steps + 1 }, (_, i) => ({ x: (i / steps) * highest, y: law((i / steps) * highest) }));
}

function ends(rows: readonly LoadPoint[]): number[] {
  const latencies = rows.map(({ idleUs }) => idleUs / 1000);
  return [Math.min(...latencies), Math.max(...latencies)];
}
