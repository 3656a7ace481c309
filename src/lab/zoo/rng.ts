/** Mixes a string into four 32-bit words (cyrb128, public domain), so that similar seeds give unrelated streams. */
function hashSeed(seed: string): [number, number, number, number] {
  let a = 1779033703;
  let b = 3144134277;
  let c = 1013904242;
  let d = 2773480762;
  for (let i = 0; i < seed.length; i++) {
    const code = seed.charCodeAt(i);
    a = b ^ Math.imul(a ^ code, 597399067);
    b = c ^ Math.imul(b ^ code, 2869860233);
    c = d ^ Math.imul(c ^ code, 951274213);
    d = a ^ Math.imul(d ^ code, 2716044179);
  }
  a = Math.imul(c ^ (a >>> 18), 597399067);
  b = Math.imul(d ^ (b >>> 22), 2869860233);
  c = Math.imul(a ^ (c >>> 17), 951274213);
  d = Math.imul(b ^ (d >>> 19), 2716044179);
  return [a ^ b ^ c ^ d, b ^ a, c ^ a, d ^ a];
}

const WARM_UP_DRAWS = 12;

/**
 * A seeded generator (sfc32, C. Doty-Humphrey, PractRand): the same seed yields the same draws on every machine and
 * Node version, which is what makes a model's id enough to rebuild its bytes. Not for cryptography.
 */
export class Rng {
  private a: number;
  private b: number;
  private c: number;
  private counter: number;

  constructor(readonly seed: string) {
    [this.a, this.b, this.c, this.counter] = hashSeed(seed);
    for (let i = 0; i < WARM_UP_DRAWS; i++) this.next();
  }

  /** Uniform in [0, 1), in steps of 2^-32. */
  next(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4294967296;
  }

  /** Uniform in [low, high). */
  uniform(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** A uniform integer in low..high, both included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** An integer in low..high (both included, low >= 1) whose logarithm is uniform. */
  logInt(low: number, high: number): number {
    const drawn = Math.floor(Math.exp(this.uniform(Math.log(low), Math.log(high + 1))));
    return Math.min(high, Math.max(low, drawn));
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of the items, all equally likely. Throws RangeError for an empty list. */
  pick<T>(items: readonly T[]): T {
    const index = Math.floor(this.next() * items.length);
    for (const item of items.slice(index, index + 1)) return item;
    throw new RangeError("cannot pick from an empty list");
  }

  /** One of the items, each with a probability in proportion to its weight. Throws RangeError for an empty list. */
  weighted<T>(items: readonly (readonly [item: T, weight: number])[]): T {
    let left = this.next() * items.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [item, weight] of items) {
      left -= weight;
      if (left < 0) return item;
    }
    throw new RangeError("cannot draw from an empty list");
  }
}
