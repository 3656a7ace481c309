import type { Meter } from "./meters.js";

/** What a meter's files held at a moment of the device's monotonic clock; NaN where one could not be read. */
export interface MeterSample {
  readonly atNs: number;
  readonly contents: readonly number[];
}

/** Energy over the timed runs of a pass, of everything that the meter sees: idle power and the load are in it. */
export interface EnergyReading {
  readonly source: Meter["source"];
  readonly name: string;
  readonly joules: number;
  readonly millijoulesPerRun: number;
  /** Looks at the meter that lay within the runs: with few of them the energy is uncertain. */
  readonly samples: number;
}

const NS_PER_S = 1e9;
/** Fewer looks within a pass tell of the time around it rather than of the pass. */
const MIN_SAMPLES = 3;

interface Point {
  readonly atNs: number;
  readonly value: number;
}

/** Linear between points that lie around the moment; null outside of them. */
function valueAt(points: readonly Point[], atNs: number): number | null {
  const after = points.findIndex((point) => point.atNs >= atNs);
  const right = points[after];
  if (right === undefined) return null;
  if (right.atNs === atNs) return right.value;
  const left = points[after - 1];
  return left === undefined ? null : left.value + ((right.value - left.value) * (atNs - left.atNs)) / (right.atNs - left.atNs);
}

/** A counter that starts again at 0 goes on where it was. */
function unwrapped(points: readonly Point[], wrapsAt: number | null): readonly Point[] {
  let turns = 0;
  return points.map(({ atNs, value }, i) => {
    if (wrapsAt !== null && value < (points[i - 1]?.value ?? value)) turns += 1;
    return { atNs, value: value + turns * (wrapsAt ?? 0) };
  });
}

/** Joules until each point, by the trapezoidal rule. */
function integrated(points: readonly Point[]): readonly Point[] {
  let joules = 0;
  return points.map(({ atNs, value }, i) => {
    const previous = points[i - 1];
    if (previous !== undefined) joules += (((value + previous.value) / 2) * (atNs - previous.atNs)) / NS_PER_S;
    return { atNs, value: joules };
  });
}

/**
 * Energy that a meter saw between two moments.
 *
 * @param samples with at least one before and one after
 * @param runs within that time
 * @returns null where the meter was read too seldom to tell
 */
export function energyBetween(meter: Meter, samples: readonly MeterSample[], fromNs: number, toNs: number, runs: number): EnergyReading | null {
  const points = samples.map(({ atNs, contents }) => ({ atNs, value: meter.value(contents) })).filter(({ value }) => Number.isFinite(value));
  const within = points.filter(({ atNs }) => atNs >= fromNs && atNs <= toNs).length;
  const energy = meter.kind === "energy" ? unwrapped(points, meter.wrapsAt) : integrated(points);
  const [from, to] = [valueAt(energy, fromNs), valueAt(energy, toNs)];
  if (within < MIN_SAMPLES || from === null || to === null || to < from) return null;
  const joules = to - from;
  return { source: meter.source, name: meter.name, joules, millijoulesPerRun: (1000 * joules) / runs, samples: within };
}

/**
 * The energy of an inference where one number is wanted: of all processor packages together, or else of the battery,
 * or else of the board's largest sensor, since a supply's rails are parts of its input. Null where none was read.
 */
export function millijoulesPerRun(readings: readonly EnergyReading[]): number | null {
  const of = (source: EnergyReading["source"]) => readings.filter((reading) => reading.source === source).map((reading) => reading.millijoulesPerRun);
  const [rapl, battery, board] = [of("rapl"), of("battery"), of("hwmon")];
  if (rapl.length > 0) return rapl.reduce((sum, each) => sum + each, 0);
  if (battery.length > 0) return Math.max(...battery);
  return board.length > 0 ? Math.max(...board) : null;
}
