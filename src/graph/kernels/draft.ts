import type { NodeId, ValueId } from "../types.js";
import type { PatternId } from "./rules/patterns.js";
import type { Layout } from "./types.js";

/** A kernel while the passes still change it. */
export interface Draft {
  /** Place among the drafts. */
  readonly index: number;
  op: string;
  nodes: NodeId[];
  /** Everything that it reads, in the node's order; null after a fusion, when the order says nothing any more. */
  operands: ValueId[] | null;
  /** What of it is computed at run time. */
  inputs: ValueId[];
  /** What of it is constant. */
  weights: ValueId[];
  outputs: ValueId[];
  activation: string | null;
  addsResidual: boolean;
  layout: Layout;
  /** The patterns that made it, in the order in which they were applied. */
  patterns: PatternId[];
  /** The engine's operators, where they are several or not called like `op`. */
  calls: string[] | null;
  /** Fused into another draft or eliminated. */
  dead: boolean;
}

/** Drafts that become one. */
export interface Combination {
  readonly members: readonly Draft[];
  /** Whose inputs come first. */
  readonly main: Draft;
  /** Whose outputs remain. */
  readonly root: Draft;
  /** Constants that are still read; all unless stated. */
  readonly weights?: readonly ValueId[];
  /** The members are replaced by something new, which reads no value twice. */
  readonly replaced: boolean;
}
