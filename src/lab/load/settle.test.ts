import { describe, expect, it } from "vitest";
import type { LoadToSettle, Paced } from "./settle.js";
import { correctedShare, settleLoad } from "./settle.js";
import type { CoreWatch } from "./state.js";

const OPTIONS = { windowMs: 1, corrections: 6 };

/** A simulated generator: real ones on a busy machine show the machine. */
function simulated(rates: (rate: number) => { cpuShare: number; trafficGBs: number }): Paced & { rate: number } {
  return {
    rate: 0,
    set(rate) {
      this.rate = rate;
      return Promise.resolve();
    },
    lately() {
      return Promise.resolve(rates(this.rate));
    },
  };
}

/** Simulated cores: each busy with a share of its generator's rate, and with what others do. */
function busyCores(asked: number, cores: readonly { readonly gain: number; readonly others: number }[]) {
  const busy = cores.map(({ gain }) => {
    const generator = simulated((rate) => ({ cpuShare: gain * rate, trafficGBs: 0 }));
    generator.rate = asked;
    return generator;
  });
  const load: LoadToSettle = { asked: { utilization: asked, trafficGBs: 0 }, busy, traffic: [], addTraffic: () => Promise.resolve(false) };
  const shares = () => busy.map(({ rate }, i) => Math.min(1, (cores[i]?.gain ?? 0) * rate + (cores[i]?.others ?? 0)));
  const watch: CoreWatch = { read: () => ({ shares: { windowMs: 1, busy: shares(), steal: [] }, own: 0 }) };
  return { load, watch, busy };
}

describe("utilization by feedback (simulated cores)", () => {
  it.each([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])("comes within 3 points of %d whatever the generator makes of its rate", async (asked) => {
    for (const gain of [0.93, 0.97, 1.1]) {
      const { load, watch } = busyCores(asked, [{ gain, others: 0.02 }]);
      const { utilization } = await settleLoad(load, [0], watch, OPTIONS);
      expect(utilization).toMatchObject({ asked, within: true, by: "cores" });
      expect(Math.abs((utilization?.reached ?? 0) - asked)).toBeLessThanOrEqual(0.03);
    }
  });

  it("settles each of several cores by itself", async () => {
    const { load, watch, busy } = busyCores(0.5, [{ gain: 1, others: 0 }, { gain: 0.9, others: 0.3 }]);
    expect((await settleLoad(load, [0, 1], watch, OPTIONS)).utilization).toMatchObject({ within: true });
    expect(busy[0]?.rate).toBeCloseTo(0.5);
    expect(busy[1]?.rate).toBeLessThan(0.3);
  });

  it("says what it came to where others use more than was asked", async () => {
    const { load, watch, busy } = busyCores(0.3, [{ gain: 1, others: 0.6 }]);
    expect((await settleLoad(load, [0], watch, OPTIONS)).utilization).toMatchObject({ reached: 0.6, within: false, own: 0 });
    expect(busy[0]?.rate).toBe(0);
  });

  it("goes by the generator's own share where the system hides the cores", async () => {
    const { load } = busyCores(0.4, [{ gain: 0.8, others: 0 }]);
    const { utilization } = await settleLoad(load, [0], { read: () => ({ shares: null, own: null }) }, OPTIONS);
    expect(utilization).toMatchObject({ by: "generator", within: true });
  });

  it("changes nothing when no correction is allowed, and looks all the same", async () => {
    const { load, watch, busy } = busyCores(0.5, [{ gain: 0.5, others: 0 }]);
    expect((await settleLoad(load, [0], watch, { windowMs: 1, corrections: 0 })).utilization).toMatchObject({ reached: 0.25, within: false });
    expect(busy[0]?.rate).toBe(0.5);
  });

  it("asks for shares between nothing and the whole core", () => {
    expect([correctedShare(0.9, 0.9, 0.5), correctedShare(0.1, 0.1, 0.9)]).toEqual([1, 0]);
  });
});

/** Simulated memory: each core moves at most so much. */
function memory(asked: number, cores: number, mostGBs: number) {
  const traffic: (Paced & { rate: number })[] = [];
  const add = (rate: number) => {
    if (traffic.length === cores) return Promise.resolve(false);
    const generator = simulated((wanted) => ({ cpuShare: 1, trafficGBs: Math.min(wanted, mostGBs) }));
    generator.rate = rate;
    traffic.push(generator);
    return Promise.resolve(true);
  };
  void add(asked);
  const load: LoadToSettle = { asked: { utilization: 0, trafficGBs: asked }, busy: [], traffic, addTraffic: add };
  return settleLoad(load, [0], { read: () => ({ shares: null, own: null }) }, OPTIONS);
}

describe("memory traffic by feedback (simulated cores)", () => {
  it("takes as many cores as it needs", async () => {
    expect((await memory(8, 1, 10)).traffic).toEqual({ asked: 8, reached: 8, within: true, cores: 1 });
    expect((await memory(8, 4, 3)).traffic).toMatchObject({ within: true, cores: 3 });
  });

  it("says what was reached where the cores give no more", async () => {
    expect((await memory(20, 2, 3)).traffic).toEqual({ asked: 20, reached: 6, within: false, cores: 2 });
  });

  it("is not asked for: nothing is said of it", async () => {
    const load: LoadToSettle = { asked: { utilization: 0, trafficGBs: 0 }, busy: [], traffic: [], addTraffic: () => Promise.resolve(false) };
    expect(await settleLoad(load, [0], { read: () => ({ shares: null, own: null }) }, OPTIONS)).toEqual({ utilization: null, traffic: null });
  });
});
