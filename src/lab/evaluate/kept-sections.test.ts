import { describe, expect, it } from "vitest";
import { shippedAs, withKeptSections } from "./kept-sections.js";

const KEPT = "Kept from the page before, not made again.";
const DATA = "Data: `datasets/toy`,";
const page = (...sections: readonly (readonly [heading: string, text: string])[]): string =>
  `# Accuracy\n\n${DATA} seed 1.\n\n${sections.map(([heading, text]) => `## ${heading}\n\n${text}`).join("\n\n")}\n`;

describe("a page made in part", () => {
  const before = page(["data", "old"], ["(a)", "old\n\n| a table |"], ["(c)", "old\n\n![figure](families.svg)"], ["rest", "old"]);

  it("keeps what only the page before has, in its place, and says so", () => {
    expect(withKeptSections(page(["data", "new"], ["(a)", "new"]), before, DATA)).toBe(
      page(["data", "new"], ["(a)", "new"], ["(c)", `${KEPT}\n\nold\n\n![figure](families.svg)`], ["rest", `${KEPT}\n\nold`]),
    );
  });

  it("says so once", () => {
    const now = page(["data", "new"]);
    const once = withKeptSections(now, before, DATA);
    expect(withKeptSections(now, once, DATA)).toBe(once);
    expect(withKeptSections(before, once, DATA)).toBe(before);
  });

  it("names the version that a section was made with, however often it was kept since", () => {
    const of = (version: string, text: string): string => text.replace("seed 1.", `seed 1.\n${shippedAs("toy.1core", version)}`);
    const now = page(["data", "new"]);
    const once = withKeptSections(of("1.3.0", now), of("1.2.0", before), DATA);
    expect(once.match(/Kept from [^,]*/g)).toEqual(["Kept from the page of 1.2.0", "Kept from the page of 1.2.0", "Kept from the page of 1.2.0"]);
    expect(withKeptSections(of("1.4.0", now), once, DATA)).toBe(once.replace("1.3.0", "1.4.0"));
  });

  it("puts what is new after what it follows", () => {
    const now = page(["first", "new"], ["data", "new"], ["(a)", "new"], ["(b)", "new"], ["rest", "new"], ["last", "new"]);
    expect(withKeptSections(now, before, DATA)).toBe(
      page(["first", "new"], ["data", "new"], ["(a)", "new"], ["(b)", "new"], ["(c)", `${KEPT}\n\nold\n\n![figure](families.svg)`], ["rest", "new"], ["last", "new"]),
    );
  });

  it("keeps nothing of a page of other data, nor of none", () => {
    const now = page(["data", "new"]);
    expect(withKeptSections(now, before.replace("toy", "other"), DATA)).toBe(now);
    expect(withKeptSections(now, "", DATA)).toBe(now);
  });
});
