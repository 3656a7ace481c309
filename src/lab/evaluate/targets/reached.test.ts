import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { withTables } from "./page.js";
import { reachedTables } from "./reached.js";

const read = (file: string): string => readFileSync(`docs/${file}`, "utf8");

it("is what docs/accuracy-targets.md says: npm run accuracy-targets writes it", () => {
  const page = read("accuracy-targets.md");
  expect(withTables(page, reachedTables(read))).toBe(page);
});

it("takes every figure from its page", () => {
  const halved = reachedTables((file) => {
    const page = read(file);
    return file === "accuracy-epyc-genoa-mnn.md" ? page.replaceAll(/^(\| tempograph \(engine\)) \| [\d.]+ \|/gm, "$1 | 49.5 |") : page;
  });
  const rows = halved.get("Recorded machines")?.rows ?? [];
  // Within 10 %: idle, under load, states unseen, three families.
  expect(rows.map((row) => [1, 3, 5, 9].map((column) => row[column] === "49.5"))).toEqual(
    rows.map(([name = ""]) => Array<boolean>(4).fill(name.startsWith("[MNN]"))),
  );
});
