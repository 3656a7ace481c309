import { setTimeout as sleep } from "node:timers/promises";
import type { HardwareState } from "../../features/state.js";
import type { Engine, ProbeReading } from "../engines/engine.js";
import { cpuBetweenNs, processCpu, sampleCores, sharesBetween } from "./core-clock.js";
import type { CoreSample, CoreShares, ProcessCpu } from "./core-clock.js";
import type { GeneratorRates, GeneratorTotals } from "./generator.js";
import { ratesBetween } from "./generator.js";

/** What the state was made of; null: this machine does not tell. */
export interface StateRaw {
  readonly windowMs: number;
  /** Busy share by core, the model's own process included. */
  readonly busy: readonly number[] | null;
  readonly steal: readonly number[] | null;
  /** Share of a core that the model's own process used in the window. */
  readonly own: number | null;
  /** Of several generators, one for each of the model's cores: their mean. */
  readonly utilizationGenerator: GeneratorRates | null;
  /** Of several, their sum. */
  readonly trafficGenerator: GeneratorRates | null;
  readonly probes: readonly ProbeReading[];
}

/** Anything that reports what it did so far: a LoadGenerator. */
export interface Reporter {
  report(): Promise<GeneratorTotals>;
}

export interface StateReading {
  readonly state: HardwareState;
  readonly raw: StateRaw;
}

/** GB/s that the memory probe got, of CPU time: waiting for the core is not the memory's doing. */
export function probeBandwidthGBs(probe: ProbeReading): number {
  return probe.memory.trafficBytes / probe.memory.cpuNs;
}

/** Run delay over CPU time of whole probes, or null where the kernel tells no run delay. */
export function probeDelayRatio(probes: readonly ProbeReading[]): number | null {
  let delay = 0;
  let cpu = 0;
  for (const { compute, memory } of probes) {
    if (compute.runDelayNs === null || memory.runDelayNs === null) return null;
    delay += compute.runDelayNs + memory.runDelayNs;
    cpu += compute.cpuNs + memory.cpuNs;
  }
  return cpu > 0 ? delay / cpu : null;
}

/** Four decimals: no reading is known better. */
function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

/** Mean busy share of these cores, or undefined where one of them is not told. */
function meanBusy(shares: CoreShares | null, cores: readonly number[]): number | undefined {
  const busy = cores.map((core) => shares?.busy[core]).filter((share) => share !== undefined);
  return busy.length < cores.length ? undefined : busy.reduce((sum, share) => sum + share, 0) / cores.length;
}

/**
 * The fields of a HardwareState that these readings tell; what they do not tell is left out.
 *
 * @param cores of the model: its utilization is their mean
 * @param own share of one core that the model's own process used
 */
export function stateFrom(shares: CoreShares | null, cores: readonly number[], own: number | null, probes: readonly ProbeReading[]): HardwareState {
  const busy = meanBusy(shares, cores);
  const delayRatio = probeDelayRatio(probes);
  const bandwidth = probes.reduce((sum, probe) => sum + probeBandwidthGBs(probe), 0) / probes.length;
  return {
    ...(busy === undefined ? {} : { utilization: round(Math.max(0, busy - (own ?? 0) / cores.length)) }),
    ...(probes.length === 0 ? {} : { bandwidthGBs: round(bandwidth) }),
    ...(delayRatio === null ? {} : { runDelayRatio: round(delayRatio) }),
  };
}

/** Busy shares of the cores since an earlier read. */
export interface CoreWatch {
  read(): CoreReading | Promise<CoreReading>;
}

export interface CoreReading {
  readonly shares: CoreShares | null;
  /** Share of a core that the model's own process used. */
  readonly own: number | null;
}

interface Sample {
  readonly cores: CoreSample | null;
  readonly own: ProcessCpu | null;
  readonly atMs: number;
}

/**
 * Busy shares over a window that reaches from the last call but one (or from further back, so that it lasts at least
 * `shortestMs`) to now. Costs a few small reads of /proc and no waiting, so it can be asked between any two passes.
 */
export class CoreMonitor implements CoreWatch {
  private readonly samples: Sample[] = [];

  constructor(
    private readonly pid: number,
    private readonly shortestMs = 1000,
  ) {}

  read(): CoreReading {
    const now: Sample = { cores: sampleCores(), own: processCpu(this.pid), atMs: performance.now() };
    const first = this.samples.findLast((sample) => now.atMs - sample.atMs >= this.shortestMs) ?? this.samples[0];
    while (this.samples[0] !== undefined && first !== undefined && this.samples[0] !== first) this.samples.shift();
    this.samples.push(now);
    if (first === undefined) return { shares: null, own: null };
    return {
      shares: first.cores === null || now.cores === null ? null : sharesBetween(first.cores, now.cores),
      own: first.own === null || now.own === null ? null : cpuBetweenNs(first.own, now.own) / ((now.atMs - first.atMs) * 1e6),
    };
  }
}

export interface StateOptions {
  /** How long the cores are watched while the engine sleeps. */
  readonly windowMs: number;
  /** Probes that follow, with pauses between them so that they meet a periodic load at different phases. */
  readonly probes: number;
}

const PAUSES_MS = [13, 7, 29, 17, 11] as const;

/**
 * Watches the cores while the engine sleeps, then probes the engine's core a few times.
 *
 * @param monitor of the device's cores; of this machine's by default
 */
export async function readState(
  engine: Engine,
  generators: { readonly utilization: Reporter | null; readonly traffic: Reporter | null },
  options: StateOptions,
  monitor: CoreWatch = new CoreMonitor(engine.description.pid, 0),
): Promise<StateReading> {
  const { cores } = engine.description;
  const report = async () => [await generators.utilization?.report(), await generators.traffic?.report()] as const;
  const rates = (before: GeneratorTotals | undefined, after: GeneratorTotals | undefined) =>
    before === undefined || after === undefined ? null : ratesBetween(before, after);

  const [busyBefore, trafficBefore] = await report();
  await monitor.read();
  await sleep(options.windowMs);
  const { shares, own } = await monitor.read();
  const [busyAfter, trafficAfter] = await report();
  const probes: ProbeReading[] = [];
  for (let i = 0; i < options.probes; i++) {
    probes.push(await engine.probe());
    await sleep(PAUSES_MS[i % PAUSES_MS.length]);
  }
  return {
    state: stateFrom(shares, cores, own, probes),
    raw: {
      windowMs: shares?.windowMs ?? options.windowMs,
      busy: shares?.busy ?? null,
      steal: shares?.steal ?? null,
      own,
      utilizationGenerator: rates(busyBefore, busyAfter),
      trafficGenerator: rates(trafficBefore, trafficAfter),
      probes,
    },
  };
}
