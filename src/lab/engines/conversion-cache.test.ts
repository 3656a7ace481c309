import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { ConversionResult } from "./conversion-cache.js";
import { ConversionCache, conversionKey } from "./conversion-cache.js";

const root = mkdtempSync(join(tmpdir(), "tempograph-conversions-"));
afterAll(() => rmSync(root, { recursive: true }));

const OK: ConversionResult = { ok: true, converter: "c", version: "1", convertMs: 3 };
const LARGE = 2 ** 30;

function writing(bytes: number) {
  return (folder: string): Promise<ConversionResult> => {
    writeFileSync(join(folder, "model"), Buffer.alloc(bytes, 7));
    return Promise.resolve(OK);
  };
}

/** Makes a conversion look as if it was last used so many seconds ago. */
function age(folder: string, seconds: number): void {
  const then = new Date(Date.now() - seconds * 1000);
  utimesSync(join(folder, "result.json"), then, then);
}

describe("conversionKey", () => {
  it("depends on every part and on where one ends", () => {
    const keys = [["ab", "c"], ["a", "bc"], ["ab", "d"], ["abc"]].map((parts) => conversionKey(parts));
    expect(new Set(keys).size).toBe(4);
    expect(conversionKey(["a", new Uint8Array([98])])).toBe(conversionKey(["a", "b"]));
  });
});

describe("ConversionCache", () => {
  it("finds what was added, files included, also in another run", async () => {
    const folder = join(root, "found");
    await new ConversionCache(folder, LARGE).add("k", writing(10));
    const found = new ConversionCache(folder, LARGE).find("k");
    expect(found?.result).toEqual(OK);
    expect(readFileSync(join(found?.folder ?? "", "model"))).toHaveLength(10);
    expect(new ConversionCache(folder, LARGE).find("other")).toBeNull();
  });

  it("remembers a converter's no", async () => {
    const cache = new ConversionCache(join(root, "failed"), LARGE);
    const no: ConversionResult = { ok: false, converter: "c", version: "1", error: "UNSUPPORTED OP LIST" };
    await cache.add("k", () => Promise.resolve(no));
    expect(cache.find("k")?.result).toEqual(no);
  });

  it("keeps nothing of a conversion that did not come to an end", async () => {
    const folder = join(root, "torn");
    const cache = new ConversionCache(folder, LARGE);
    const dying = cache.add("k", (unfinished) => {
      writeFileSync(join(unfinished, "model"), "half");
      return Promise.reject(new Error("killed"));
    });
    await expect(dying).rejects.toThrow("killed");
    expect(cache.find("k")).toBeNull();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("clears away what killed runs left behind, not what others are at work on", () => {
    const folder = join(root, "left");
    const old = join(folder, "unfinished-old");
    for (const path of [old, join(folder, "unfinished-new")]) mkdirSync(path, { recursive: true });
    const then = new Date(Date.now() - 2 * 86_400_000);
    utimesSync(old, then, then);
    expect(new ConversionCache(folder, LARGE).find("k")).toBeNull();
    expect(readdirSync(folder)).toEqual(["unfinished-new"]);
  });

  it("drops the least recently used ones over its limit, never the newest", async () => {
    const cache = new ConversionCache(join(root, "full"), 2500);
    const first = await cache.add("first", writing(1000));
    const second = await cache.add("second", writing(1000));
    age(first.folder, 20);
    age(second.folder, 10);
    cache.find("first");
    await cache.add("third", writing(1000));
    expect([cache.find("first") !== null, cache.find("second"), cache.find("third") !== null]).toEqual([true, null, true]);
    await cache.add("huge", writing(5000));
    expect([cache.find("first"), cache.find("huge") !== null]).toEqual([null, true]);
  });
});
