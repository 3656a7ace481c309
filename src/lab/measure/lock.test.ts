import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { claim, LockedError } from "./lock.js";

const folder = mkdtempSync(join(tmpdir(), "tempograph-lock-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("claim", () => {
  it("keeps a second one away until the first is given back", () => {
    const path = join(folder, "rows.jsonl");
    const release = claim(path);
    expect(() => claim(path)).toThrow(LockedError);
    expect(() => claim(path)).toThrow(String(process.pid));
    release();
    claim(path)();
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  it("takes over from a process that is gone, or that died while it claimed", () => {
    const { pid } = spawnSync("true");
    for (const [i, content] of [String(pid), ""].entries()) {
      const path = join(folder, `stale-${i}.jsonl`);
      writeFileSync(`${path}.lock`, content);
      claim(path)();
    }
  });
});
