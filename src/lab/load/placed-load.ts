import type { Device } from "../devices/device.js";
import type { GeneratorTotals } from "./generator.js";
import { LoadGenerator, ratesBetween } from "./generator.js";
import type { LoadReached, LoadToSettle, Paced, SettleOptions } from "./settle.js";
import { settleLoad } from "./settle.js";
import type { CoreWatch, Reporter } from "./state.js";
import { together } from "./together.js";

export interface LoadPlace {
  /** The model's cores, each of which is loaded. */
  readonly cores: readonly number[];
  /** Cores that memory traffic may come from, in this order. */
  readonly others: readonly number[];
  readonly device: Device;
}

export interface AskedLoad {
  /** Busy share of each of the model's cores by everything but the model, 0..1. */
  readonly utilization: number;
  /** GB/s of memory traffic from cores that the model does not use. */
  readonly trafficGBs: number;
}

/** A generator that stays on its core, and what it was asked for last. */
export class PacedGenerator implements Paced {
  private asked = 0;
  private last: GeneratorTotals | null = null;

  private constructor(
    readonly core: number,
    private readonly generator: LoadGenerator,
  ) {}

  static async start(kind: LoadGenerator["kind"], core: number, device: Device): Promise<PacedGenerator> {
    return new PacedGenerator(core, await LoadGenerator.start(kind, core, device));
  }

  get rate(): number {
    return this.asked;
  }

  async set(rate: number): Promise<void> {
    this.asked = rate;
    this.last = await this.generator.set(rate);
  }

  async lately(): Promise<ReturnType<typeof ratesBetween>> {
    const now = await this.generator.report();
    const rates = ratesBetween(this.last ?? now, now);
    this.last = now;
    return rates;
  }

  report(): Promise<GeneratorTotals> {
    return this.generator.report();
  }

  close(): Promise<void> {
    return this.generator.close();
  }
}

/** The load of one placement: a busy generator on each of the model's cores, memory traffic from as many others as it takes. */
export class PlacedLoad implements LoadToSettle {
  readonly busy: PacedGenerator[] = [];
  readonly traffic: PacedGenerator[] = [];

  constructor(
    private readonly place: LoadPlace,
    readonly asked: AskedLoad,
  ) {}

  /** For readState(): null where nothing of that kind runs. */
  get reporters(): { readonly utilization: Reporter | null; readonly traffic: Reporter | null } {
    return { utilization: together(this.busy), traffic: together(this.traffic) };
  }

  /** Starts the generators at what was asked. To be closed whatever happens. */
  async start(): Promise<void> {
    const { utilization, trafficGBs } = this.asked;
    const { cores, device } = this.place;
    for (const core of utilization > 0 ? cores : []) {
      const generator = await PacedGenerator.start("utilization", core, device);
      this.busy.push(generator);
      await generator.set(utilization);
    }
    if (trafficGBs > 0 && !(await this.addTraffic(trafficGBs))) throw new RangeError("memory traffic was asked for and there is no core for it");
  }

  async addTraffic(rate: number): Promise<boolean> {
    const core = this.place.others[this.traffic.length];
    if (core === undefined) return false;
    const generator = await PacedGenerator.start("traffic", core, this.place.device);
    this.traffic.push(generator);
    await generator.set(rate);
    return true;
  }

  /** Corrects the generators until what was asked is there, or as near as it gets. The engine must be at rest. */
  settle(watch: CoreWatch, options: SettleOptions): Promise<LoadReached> {
    return settleLoad(this, this.place.cores, watch, options);
  }

  async close(): Promise<void> {
    await Promise.all([...this.busy, ...this.traffic].map((generator) => generator.close()));
  }
}
