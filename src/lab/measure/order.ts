import type { Rng } from "../zoo/index.js";

/** All items in a uniformly random order (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], rng: Rng): T[] {
  const left = [...items];
  const order: T[] = [];
  while (left.length > 0) order.push(...left.splice(rng.int(0, left.length - 1), 1));
  return order;
}

/**
 * A random order of the items in which at least `apart` others lie between an item and its place in the previous
 * order (fewer only where there are not enough items). The previous order itself would do, so one always exists.
 */
export function shuffledApart<T>(items: readonly T[], previous: readonly T[], apart: number, rng: Rng): T[] {
  const gap = Math.min(apart, items.length - 1);
  const tail = gap > 0 ? previous.slice(-gap) : [];
  for (;;) {
    const order = shuffled(items, rng);
    const clashes = tail.some((item, i) => order.indexOf(item) + (tail.length - 1 - i) < gap);
    if (!clashes) return order;
  }
}

/** `count` items, each as often as any other (give or take one): decks of all of them, shuffled, dealt in turn. */
export function* dealt<T>(items: readonly T[], rng: Rng): Generator<T, never> {
  if (items.length === 0) throw new RangeError("cannot deal from an empty deck");
  for (;;) yield* shuffled(items, rng);
}
