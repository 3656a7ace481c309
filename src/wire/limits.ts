/**
 * How much of one file is followed and kept. Weights don't count: they are skipped as they stream by. A file that passes
 * a limit is refused ("limit-exceeded"), except where a comment says that the excess is left out.
 */
export interface Limits {
  /** Messages inside messages (groups included); an If in an If costs three levels. */
  readonly maxDepth: number;
  /** Messages opened, whole file. */
  readonly maxMessages: number;
  /**
   * Bytes of one name. V8 hashes strings over 16,383 characters by their length alone, so that a Map of thousands of
   * such names takes quadratic time; the graph puts callers' names in front of names, hence a half of that.
   */
  readonly maxNameBytes: number;
  /** Bytes of one string attribute; longer: left out. */
  readonly maxStringBytes: number;
  /** Bytes of all names and strings. */
  readonly maxTextBytes: number;
  /** Nodes in all graphs and functions. */
  readonly maxNodes: number;
  /** Elements of all repeated fields that are kept, tensor payloads aside. */
  readonly maxListItems: number;
  /** Dimensions of one tensor or value. */
  readonly maxRank: number;
  /** Elements of an index tensor (int32, int64, uint32, uint64, bool) whose values are kept; larger: left out. */
  readonly maxIndexElements: number;
  /** The same for every other element type, where a small tensor is a bias more often than a shape; larger: left out. */
  readonly maxOtherElements: number;
  /** Tensor elements kept in all; beyond it values are left out. */
  readonly maxKeptElements: number;
  /** Bytes of a file in JSON, which has to be held as a whole to be read. */
  readonly maxJsonBytes: number;
}

export const DEFAULT_LIMITS: Limits = {
  maxDepth: 100,
  maxMessages: 2_000_000,
  maxNameBytes: 8192,
  maxStringBytes: 65_536,
  maxTextBytes: 64 * 1024 * 1024,
  maxNodes: 250_000,
  maxListItems: 2_000_000,
  maxRank: 64,
  maxIndexElements: 4096,
  maxOtherElements: 64,
  maxKeptElements: 1_000_000,
  maxJsonBytes: 8 * 1024 * 1024,
};
