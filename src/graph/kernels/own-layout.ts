import type { Draft } from "./draft.js";
import type { DraftGraph } from "./draft-graph.js";
import type { LayoutResult } from "./layout.js";
import type { OwnLayout } from "./rules/rule.js";
import type { ValueId } from "../types.js";

/** Batch, channels, height, width: feature maps have a layout, everything else is as it is. */
const FEATURE_MAP_AXES = 4;

/**
 * Where an engine keeps feature maps in a layout of its own (channels last, say): from the first kernel that needs it to the
 * first that does not understand it. In topological order.
 */
export function assignOwnLayout(graph: DraftGraph, { needed, understood, channelsBy = 1 }: OwnLayout): LayoutResult {
  const values = new Set<ValueId>();
  const keeping = new Set<Draft>();
  const isMap = (value: ValueId): boolean => graph.shapeOf(value).length === FEATURE_MAP_AXES;
  // Channels that are not known are taken to fit.
  const fits = (value: ValueId | undefined): boolean => !(Number(graph.shapeOf(value)[1]) % channelsBy > 0);
  const keeps = ({ op, inputs, outputs }: Draft): boolean => {
    if (inputs.length === 0 || ![...inputs, ...outputs].every(isMap)) return false;
    return needed.includes(op) || (understood.includes(op) && inputs.some((value) => values.has(value)));
  };
  for (const draft of graph.drafts) {
    if (draft.dead || !keeps(draft)) continue;
    keeping.add(draft);
    if (!draft.outputs.every(fits)) continue;
    draft.layout = "own";
    for (const value of draft.outputs) values.add(value);
  }
  return { layout: "own", values, wants: (draft, index) => (keeping.has(draft) && fits(draft.inputs[index]) ? "own" : "plain") };
}
