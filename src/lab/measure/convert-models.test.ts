import { describe, expect, it } from "vitest";
import { ConversionFailure } from "../engines/engine.js";
import { ProcessLost } from "../engines/line-process.js";
import { Catalog } from "./catalog.js";
import { convertModels } from "./convert-models.js";
import { ENGINE, smoke } from "./plan.js";

const CATALOG = new Catalog(smoke(ENGINE));
const IDS = [...CATALOG.idleIds, ...CATALOG.sweepIds];
const NEVER = new AbortController().signal;
const CONVERTED = { folder: "", conversion: { converter: "made up", version: "1", convertMs: 1, cached: false } };

function converterThat(answer: (nth: number) => Promise<typeof CONVERTED>) {
  let opened = 0;
  let asked = 0;
  return {
    open: () => {
      opened += 1;
      return Promise.resolve({ convert: () => answer(asked++) });
    },
    opened: () => opened,
    asked: () => asked,
  };
}

describe("converting the models of a plan", () => {
  it("asks once for each, and counts those refused and those that took the converter down", async () => {
    const converter = converterThat((nth) => {
      if (nth === 0) return Promise.reject(new ConversionFailure("no such operator"));
      if (nth === 1) return Promise.reject(new ProcessLost("signal 11"));
      return Promise.resolve(CONVERTED);
    });
    const outcomes: string[] = [];
    const tally = await convertModels(CATALOG, [converter.open], { stop: NEVER, onModel: (part, outcome) => outcomes.push(`${part} ${outcome}`) });
    expect(tally).toEqual({ converted: IDS.length - 2, refused: 2 });
    expect(outcomes.slice(0, 3)).toEqual(["idle failed", "idle failed", "idle measured"]);
    expect(outcomes.filter((text) => text.startsWith("sweep"))).toHaveLength(CATALOG.sweepIds.length);
  });

  it("stops at what is no refusal, such as a full disk", async () => {
    const converter = converterThat(() => Promise.reject(Object.assign(new Error("no space left on device"), { code: "ENOSPC" })));
    await expect(convertModels(CATALOG, [converter.open], { stop: NEVER, onModel: () => undefined })).rejects.toThrow("no space left");
    expect(converter.asked()).toBe(1);
  });

  it("gives each model to one of several converters", async () => {
    const converters = [converterThat(() => Promise.resolve(CONVERTED)), converterThat(() => Promise.resolve(CONVERTED))];
    const tally = await convertModels(CATALOG, converters.map(({ open }) => open), { stop: NEVER, onModel: () => undefined });
    expect(tally.converted).toBe(IDS.length);
    const asked = converters.map((converter) => converter.asked());
    expect(Math.min(...asked)).toBeGreaterThan(0);
    expect(asked.reduce((sum, count) => sum + count, 0)).toBe(IDS.length);
  });

  it("stops all of them where one meets what is no refusal", async () => {
    const full = converterThat(() => Promise.reject(new Error("no space left on device")));
    const other = converterThat(() => Promise.resolve(CONVERTED));
    const running = convertModels(CATALOG, [full.open, other.open], { stop: NEVER, onModel: () => undefined });
    await expect(running).rejects.toThrow("no space left");
    expect(other.asked()).toBeLessThan(IDS.length);
  });

  it("ends where it is told to", async () => {
    const stop = new AbortController();
    const converter = converterThat(() => Promise.resolve(CONVERTED));
    const tally = await convertModels(CATALOG, [converter.open], { stop: stop.signal, onModel: () => { stop.abort(); } });
    expect(tally).toEqual({ converted: 1, refused: 0 });
  });
});
