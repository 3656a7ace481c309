import type { KernelGraph, Layout } from "../graph/kernels/types.js";
import type { ValueId } from "../graph/types.js";
import { type KernelFacts, tensorBytes } from "./kernel-facts.js";

/** First and last kernel that needs a tensor; an input of the network is there before all. */
interface Life {
  readonly from: number;
  until: number;
  readonly bytes: number;
}

/**
 * The bytes of activations that are alive while each kernel runs: an output lives from its kernel until its last reader has run, an output
 * of the network until the end, an input of it from the start. What moves nothing is a view and takes no room; a
 * tensor in another layout is another tensor.
 */
export function liveBytes({ graph, kernels }: KernelGraph, facts: readonly KernelFacts[]): Float64Array {
  const end = kernels.length;
  const channelBlock = facts[0]?.channelBlock ?? 0;
  const lives = new Map<string, Life>();
  const views = new Map<string, string>();
  const keyOf = (value: ValueId, layout: Layout): string => {
    const key = `${value} ${layout}`;
    return views.get(key) ?? key;
  };
  const touch = (value: ValueId, layout: Layout, step: number, from: number): void => {
    const key = keyOf(value, layout);
    const life = lives.get(key);
    if (life !== undefined) life.until = step;
    else lives.set(key, { from, until: step, bytes: graph.values[value]?.fact.constant === true ? 0 : tensorBytes(graph, value, layout, channelBlock) });
  };
  for (const [step, { inputs, outputs, layout }] of kernels.entries()) {
    for (const input of inputs) touch(input.value, input.layout, step, 0);
    const source = inputs[0];
    const isView = facts[step]?.kernelClass === "view" && source !== undefined;
    for (const value of outputs) {
      if (isView) views.set(`${value} ${layout}`, keyOf(source.value, source.layout));
      else touch(value, layout, step, step);
    }
  }
  for (const value of graph.outputs) touch(value, "plain", end, 0);
  const born = new Float64Array(end + 1);
  const freed = new Float64Array(end + 1);
  for (const { from, until, bytes } of lives.values()) {
    born[from] = (born[from] ?? 0) + bytes;
    freed[until] = (freed[until] ?? 0) + bytes;
  }
  let live = 0;
  return Float64Array.from(kernels, (_, step) => {
    live += born[step] ?? 0;
    const alive = live;
    live -= freed[step] ?? 0;
    return alive;
  });
}
