import { describe, expect, it } from "vitest";
import { informativeNetworks, randomNetworks, type Candidate } from "./choose-networks.js";

const of = (id: string, shares: Readonly<Record<string, number>>): Candidate => ({ id, shares: [new Map(Object.entries(shares))] });

/** Ten networks that are alike, and two that are not. */
const CANDIDATES = [
  ...Array.from({ length: 10 }, (_, i) => of(`same-${i}`, { conv: 0.9, gemm: 0.1 })),
  of("depthwise", { "conv-depthwise": 0.8, conv: 0.2 }),
  of("gemm", { gemm: 1 }),
];

describe("informative networks", () => {
  it("differ from each other", () => {
    const chosen = informativeNetworks(CANDIDATES, 3);
    expect(chosen.map((id) => id.split("-")[0]).sort()).toEqual(["depthwise", "gemm", "same"]);
  });

  it("start with what is like most others", () => {
    expect(informativeNetworks(CANDIDATES, 1)).toEqual(["same-0"]);
  });

  it("serve every runtime that they run in", () => {
    const both = CANDIDATES.map(({ id, shares: [first = new Map<string, number>()] }) => ({ id, shares: [first, id === "same-7" ? new Map([["softmax", 1]]) : new Map([["conv", 1]])] }));
    expect(informativeNetworks(CANDIDATES, 4)).not.toContain("same-7");
    expect(informativeNetworks(both, 4)).toContain("same-7");
  });

  it("are chosen once each, and no more than there are", () => {
    const all = informativeNetworks(CANDIDATES, 99);
    expect(all).toHaveLength(CANDIDATES.length);
    expect(new Set(all).size).toBe(CANDIDATES.length);
    expect(informativeNetworks(CANDIDATES, 2)).toEqual(all.slice(0, 2));
  });
});

it("random networks depend on the seed alone", () => {
  expect(randomNetworks(CANDIDATES, 5, 3)).toEqual(randomNetworks(CANDIDATES, 5, 3));
  expect(new Set(randomNetworks(CANDIDATES, 12, 3)).size).toBe(12);
  expect(randomNetworks(CANDIDATES, 5, 4)).not.toEqual(randomNetworks(CANDIDATES, 5, 3));
});
