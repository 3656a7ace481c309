import { setTimeout as sleep } from "node:timers/promises";
import type { GeneratorRates } from "./generator.js";
import type { CoreReading, CoreWatch } from "./state.js";

/** A generator that is told its rate again and again. */
export interface Paced {
  /** What it was asked for last. */
  readonly rate: number;
  set(rate: number): Promise<void>;
  /** What it did since the last call, or since its rate was set. */
  lately(): Promise<GeneratorRates>;
}

/** The generators of one placement. */
export interface LoadToSettle {
  readonly asked: { readonly utilization: number; readonly trafficGBs: number };
  /** One on each of the model's cores, or none. */
  readonly busy: readonly Paced[];
  readonly traffic: readonly Paced[];
  /** Traffic from one more core; false where all are in use. */
  addTraffic(rate: number): Promise<boolean>;
}

export interface SettleOptions {
  /** How long each look lasts; /proc/stat counts hundredths of a second. */
  readonly windowMs: number;
  /** How often at most the generators are corrected. 0 leaves them as they are and looks once. */
  readonly corrections: number;
}

/** What one part of the load came to. */
export interface Reached {
  readonly asked: number;
  readonly reached: number;
  /** Whether that is as near as it should be: 3 points of utilization, 5 % of the traffic (at least 0.05 GB/s). */
  readonly within: boolean;
}

export interface UtilizationReached extends Reached {
  /** `cores`: by /proc/stat, whoever used them. `generator`: its own share, where the system hides that file. */
  readonly by: "cores" | "generator";
  /** Mean share of a core that the generators used themselves. */
  readonly own: number;
}

export interface TrafficReached extends Reached {
  /** Cores that the traffic came from. */
  readonly cores: number;
}

/** Null for what was not asked. */
export interface LoadReached {
  readonly utilization: UtilizationReached | null;
  readonly traffic: TrafficReached | null;
}

const UTILIZATION_TOLERANCE = 0.03;
/** Corrected further while it is worse than this, so that a look's own error does not end it too early. */
const UTILIZATION_GOAL = 0.015;
const TRAFFIC_TOLERANCE = 0.05;
const TRAFFIC_FLOOR_GBS = 0.05;
/** A generator that moves less than this share of what it was asked for moves all that its core can. */
const KEEPS_UP = 0.95;

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const clampShare = (share: number) => Math.min(1, Math.max(0, share));
const round = (value: number) => Math.round(value * 1e4) / 1e4;

interface BusyLook {
  readonly by: UtilizationReached["by"];
  readonly own: number;
  /** By generator. */
  readonly shares: readonly number[];
}

async function lookAtCores(load: LoadToSettle, cores: readonly number[], { shares, own }: CoreReading): Promise<BusyLook> {
  const owns: number[] = [];
  for (const generator of load.busy) owns.push((await generator.lately()).cpuShare);
  const model = (own ?? 0) / cores.length;
  const busy = cores.map((core) => shares?.busy[core]);
  const known = busy.filter((share) => share !== undefined);
  if (known.length < cores.length) return { by: "generator", own: mean(owns), shares: owns };
  return { by: "cores", own: mean(owns), shares: known.map((share) => clampShare(share - model)) };
}

/** The rate that should bring a core to what was asked; the whole error at once, since what it does is nearly its rate. */
export function correctedShare(rate: number, asked: number, reached: number): number {
  return clampShare(rate + asked - reached);
}

async function correctBusy(load: LoadToSettle, asked: number, { shares }: BusyLook): Promise<boolean> {
  let changed = false;
  for (const [i, generator] of load.busy.entries()) {
    const reached = shares[i] ?? asked;
    const rate = correctedShare(generator.rate, asked, reached);
    if (Math.abs(reached - asked) <= UTILIZATION_GOAL || rate === generator.rate) continue;
    await generator.set(rate);
    changed = true;
  }
  return changed;
}

const trafficTolerance = (asked: number) => Math.max(TRAFFIC_FLOOR_GBS, TRAFFIC_TOLERANCE * asked);

async function addTo(generator: Paced | undefined, more: number): Promise<boolean> {
  if (generator === undefined) return false;
  await generator.set(Math.max(0, generator.rate + more));
  return true;
}

async function correctTraffic(load: LoadToSettle, asked: number, moved: readonly number[]): Promise<boolean> {
  const short = asked - moved.reduce((sum, each) => sum + each, 0);
  if (Math.abs(short) <= trafficTolerance(asked) / 2) return false;
  if (short < 0) return addTo(load.traffic.at(-1), short);
  const able = load.traffic.find(({ rate }, i) => (moved[i] ?? 0) >= KEEPS_UP * rate);
  return (await addTo(able, short)) || load.addTraffic(short);
}

/**
 * Watches what the generators and their cores do and corrects them: more or less work on each of the model's cores,
 * memory traffic from one core more where those that move it cannot move more. Ends when everything is as asked, when
 * nothing more can be done, or after so many corrections.
 */
export async function settleLoad(load: LoadToSettle, cores: readonly number[], watch: CoreWatch, { windowMs, corrections }: SettleOptions): Promise<LoadReached> {
  const { utilization, trafficGBs } = load.asked;
  if (load.busy.length === 0 && load.traffic.length === 0) return { utilization: null, traffic: null };
  for (let left = corrections; ; left--) {
    await watch.read();
    for (const generator of [...load.busy, ...load.traffic]) await generator.lately();
    await sleep(windowMs);
    const look = await lookAtCores(load, cores, await watch.read());
    const moved: number[] = [];
    for (const generator of load.traffic) moved.push((await generator.lately()).trafficGBs);
    const changed = left > 0 && [load.busy.length > 0 && (await correctBusy(load, utilization, look)), await correctTraffic(load, trafficGBs, moved)].includes(true);
    if (!changed) return { utilization: describeBusy(load, look), traffic: describeTraffic(load, moved) };
  }
}

function describeBusy({ asked: { utilization: asked }, busy }: LoadToSettle, { by, own, shares }: BusyLook): UtilizationReached | null {
  if (busy.length === 0) return null;
  const within = shares.every((share) => Math.abs(share - asked) <= UTILIZATION_TOLERANCE);
  return { asked, reached: round(mean(shares)), within, by, own: round(own) };
}

function describeTraffic({ asked: { trafficGBs: asked }, traffic }: LoadToSettle, moved: readonly number[]): TrafficReached | null {
  if (traffic.length === 0) return null;
  const reached = moved.reduce((sum, each) => sum + each, 0);
  return { asked, reached: round(reached), within: Math.abs(reached - asked) <= trafficTolerance(asked), cores: traffic.length };
}
