import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { codeHash } from "./code-hash.js";

let root: string;
const write = (name: string, source: string): void => writeFileSync(join(root, name), source);
const hash = (...entries: string[]): string => codeHash(entries.map((name) => pathToFileURL(join(root, name))));

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "code-hash-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, "deep"));
  write("a.js", 'import { b } from "./b.js";\nimport { readFileSync } from "node:fs";\n');
  write("b.js", 'export * from "./deep/c.js";\n');
  write("deep/c.js", 'import "../d.js";\nconst later = () => import("../e.js");\n');
  write("d.js", 'import { a } from "./a.js";\n');
  write("e.js", "");
  write("other.js", "");
});

describe("codeHash", () => {
  it.each(["a.js", "b.js", "deep/c.js", "d.js", "e.js"])("changes with %s, which is imported, however far away", (name) => {
    const before = hash("a.js");
    expect(hash("a.js")).toBe(before);
    write(name, "// Not what it was.\n");
    expect(hash("a.js")).not.toBe(before);
  });

  it("does not change with a module that nothing imports, but with one that is an entry too", () => {
    const [one, two] = [hash("a.js"), hash("a.js", "other.js")];
    write("other.js", "// Not what it was.\n");
    expect(hash("a.js")).toBe(one);
    expect(hash("a.js", "other.js")).not.toBe(two);
  });

  it("takes modules alone where imports do not count", () => {
    const alone = (): string => codeHash([pathToFileURL(join(root, "a.js"))], false);
    const before = alone();
    write("b.js", "// Not what it was.\n");
    expect(alone()).toBe(before);
    write("a.js", 'import { b } from "./b.js";\n');
    expect(alone()).not.toBe(before);
  });

  it("finds sources of TypeScript by the names that they are compiled to", () => {
    rmSync(join(root, "d.js"));
    write("d.ts", 'import { a } from "./a.js";\n');
    const before = hash("a.js");
    write("d.ts", "export const a: number = 1;\n");
    expect(hash("a.js")).not.toBe(before);
  });

  it("says which module is missing", () => {
    write("d.js", 'import "./gone.js";\n');
    expect(() => hash("a.js")).toThrow("gone");
  });
});
