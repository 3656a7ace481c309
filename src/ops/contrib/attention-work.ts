import { checkedAdd, checkedProduct } from "../../shapes/dims.js";
import type { Work } from "../work.js";

/** Sizes of one attention over all batches and heads. */
export interface AttentionSize {
  readonly batch: number;
  readonly heads: number;
  /** Positions that ask. */
  readonly queries: number;
  /** Positions that are looked at, past ones included. */
  readonly keys: number;
  /** Width of a head of Q and K, and of V. */
  readonly headSize: number;
  readonly valueHeadSize: number;
}

/** Softmax over the keys as ai.onnx counts it. */
const SOFTMAX = 5;

/**
 * Scaled dot-product attention, `softmax(Q K' / sqrt(headSize) + mask) V`:
 *
 *     MACs   batch · heads · queries · keys · (headSize + valueHeadSize)
 *     FLOPs  for each score: scale 1, softmax 5, and 1 for each tensor added to the scores (mask, bias)
 *
 * Positions that a mask or causality hides are counted, as they are in the plain model's two matrix products.
 * @throws ModelError("limit-exceeded") past the safe integers.
 */
export function attentionWork(size: AttentionSize, additions: number): Required<Work> {
  const { batch, heads, queries, keys, headSize, valueHeadSize } = size;
  const scores = checkedProduct([batch, heads, queries, keys]);
  return {
    macs: checkedProduct([scores, checkedAdd(headSize, valueHeadSize)]),
    otherFlops: checkedProduct([scores, 1 + SOFTMAX + additions]),
  };
}

/** The work of two parts of one operator. */
export function addWork(a: Required<Work>, b: Required<Work>): Required<Work> {
  return { macs: checkedAdd(a.macs, b.macs), otherFlops: checkedAdd(a.otherFlops, b.otherFlops) };
}
