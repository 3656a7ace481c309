/** A stream of pseudo-random numbers that a seed determines, the same on every machine. */
export interface Random {
  /** Uniform in [0, 1), with 32 bits of resolution. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Uniform integer in [0, bound); bound is a positive integer up to 2^32. */
  integer(bound: number): number;
  /** The items in random order, as a new array (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[];
}

/**
 * xoshiro128** (Blackman and Vigna, 2018), its state filled from the seed by splitmix32 so that neighbouring seeds give
 * unrelated streams.
 */
export function createRandom(seed: number): Random {
  const fill = splitmix32(seed);
  let [s0, s1, s2, s3] = [fill(), fill(), fill(), fill()];

  function next(): number {
    const scrambled = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
    const shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = rotateLeft(s3, 11);
    return scrambled;
  }

  const uniform = (): number => next() / 2 ** 32;
  const integer = (bound: number): number => Math.floor(uniform() * bound);

  return {
    uniform,
    integer,
    // Box-Muller, cosine branch; 1 - u keeps the logarithm's argument above zero.
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    shuffle<T>(items: readonly T[]): T[] {
      const shuffled: T[] = [];
      // Each item takes a random place among those so far; the one it displaces moves to the end.
      for (const [index, item] of items.entries()) shuffled.push(...shuffled.splice(integer(index + 1), 1, item));
      return shuffled;
    },
  };
}

function splitmix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
