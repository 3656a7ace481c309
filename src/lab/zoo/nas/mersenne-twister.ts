const WORDS = 624;
const SHIFT = 397;
const UPPER_BIT = 0x80000000;
const LOWER_BITS = 0x7fffffff;
const MATRIX = 0x9908b0df;
const ARRAY_SEED = 19650218;

/**
 * MT19937 (Matsumoto and Nishimura, 1998) as Python's `random` seeds and uses it: published orderings that were drawn by
 * `random.seed(n)` and `random.shuffle` can be drawn again. Everything of this project's own is drawn by Rng.
 */
export class MersenneTwister {
  private readonly state = new Uint32Array(WORDS);
  private position = WORDS;

  /** @param seed a whole number below 2^32 */
  constructor(seed: number) {
    this.seedByWord(ARRAY_SEED);
    this.seedByArray([seed]);
  }

  /** As Python's `random.getrandbits(bits)`, for 1..32 bits. */
  bits(bits: number): number {
    return this.next() >>> (32 - bits);
  }

  /** The numbers 0..count-1 in the order into which Python's `random.shuffle` brings `list(range(count))`. */
  shuffledRange(count: number): Uint32Array {
    const order = Uint32Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const moved = order[i] ?? 0;
      order[i] = order[j] ?? 0;
      order[j] = moved;
    }
    return order;
  }

  private below(limit: number): number {
    const width = 32 - Math.clz32(limit);
    let drawn = this.bits(width);
    while (drawn >= limit) drawn = this.bits(width);
    return drawn;
  }

  private word(index: number): number {
    return this.state[index % WORDS] ?? 0;
  }

  private seedByWord(seed: number): void {
    this.state[0] = seed;
    for (let i = 1; i < WORDS; i++) {
      const previous = this.word(i - 1);
      this.state[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i;
    }
  }

  private seedByArray(key: readonly number[]): void {
    let i = 1;
    const mix = (factor: number, addend: number): void => {
      const previous = this.word(i - 1);
      this.state[i] = (this.word(i) ^ Math.imul(previous ^ (previous >>> 30), factor)) + addend;
      if (++i < WORDS) return;
      this.state[0] = this.word(WORDS - 1);
      i = 1;
    };
    for (let k = 0; k < Math.max(WORDS, key.length); k++) mix(1664525, (key[k % key.length] ?? 0) + (k % key.length));
    for (let k = 0; k < WORDS - 1; k++) mix(1566083941, -i);
    this.state[0] = UPPER_BIT;
  }

  private next(): number {
    if (this.position === WORDS) this.refill();
    let y = this.word(this.position++);
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  private refill(): void {
    for (let i = 0; i < WORDS; i++) {
      const y = (this.word(i) & UPPER_BIT) | (this.word(i + 1) & LOWER_BITS);
      this.state[i] = this.word(i + SHIFT) ^ (y >>> 1) ^ ((y & 1) === 0 ? 0 : MATRIX);
    }
    this.position = 0;
  }
}
