import type { Random } from "../../src/model/random.js";

/** One of the items; the list is not empty. */
export function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[random.integer(items.length)];
  if (item === undefined) throw new RangeError("nothing to pick from");
  return item;
}

export function chance(random: Random, probability: number): boolean {
  return random.uniform() < probability;
}

/** Numbers where sizes, axes and counts go wrong. */
const NUMBERS: readonly bigint[] = [
  ...[0n, 1n, 2n, 3n, 4n, 5n, 7n, 8n, 16n, 64n, 65n, 100n, 255n, 256n, 1000n, 4096n, 4097n, 65_536n, 1_000_000n],
  ...[31n, 32n, 52n, 53n, 62n].flatMap((bits) => [2n ** bits - 1n, 2n ** bits, 2n ** bits + 1n]),
  2n ** 63n - 1n,
  ...[-1n, -2n, -3n, -4n, -5n, -64n, -(2n ** 31n), -(2n ** 53n), -(2n ** 63n)],
];

/** A number as 64 bits, often one that is close to a limit. */
export function hostileInteger(random: Random): bigint {
  if (chance(random, 0.3)) return BigInt(random.integer(12));
  return BigInt.asUintN(64, pick(random, NUMBERS));
}
