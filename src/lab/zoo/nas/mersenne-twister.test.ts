import { describe, expect, it } from "vitest";
import { MersenneTwister } from "./mersenne-twister.js";

describe("MersenneTwister", () => {
  it("draws what Python's random.getrandbits draws", () => {
    const twister = new MersenneTwister(5489);
    expect([32, 32, 32, 7, 7, 7].map((bits) => twister.bits(bits))).toEqual([3382763572, 956215839, 417760592, 4, 124, 47]);
  });

  it("shuffles as Python's random.shuffle does", () => {
    expect([...new MersenneTwister(88).shuffledRange(10)]).toEqual([8, 2, 9, 4, 0, 7, 1, 5, 3, 6]);
    expect([...new MersenneTwister(1021).shuffledRange(1000).slice(0, 6)]).toEqual([980, 933, 779, 279, 67, 570]);
  });
});
