import type { ValueId } from "../types.js";
import { applyFirst, runPass } from "./apply.js";
import type { Draft } from "./draft.js";
import type { DraftGraph } from "./draft-graph.js";
import type { LayoutResult } from "./layout.js";
import { BLOCKED_RULES, PLAIN_RULES, residualRules } from "./rules/onnxruntime.js";

/**
 * ONNX Runtime's NCHWc transformer (level 3): which kernels run on channel blocks. The block is 8 floats wide with
 * AVX2, 16 with AVX-512, and the transformer is off elsewhere. Conditions read off the optimised graphs of ONNX
 * Runtime 1.32.
 */

/** Channels have to be a multiple of this for a convolution to read or (depthwise) keep blocks. */
const CHANNEL_ALIGNMENT = 4;
const POOLS = new Set(["MaxPool", "AveragePool", "GlobalMaxPool", "GlobalAveragePool"]);
/** Elementwise kernels that work on blocks as they come. */
const LAYOUT_FREE_UNARY = new Set(["Relu", "Sigmoid", "Tanh", "HardSigmoid", "QuickGelu", "Gelu", "HardSwish"]);
const BLOCKED_RESIDUALS = residualRules("blocked");

/** Decides the layout of every draft, in topological order, and makes the fusions that blocked layouts allow. */
export function assignBlockedLayouts(graph: DraftGraph, block: number): LayoutResult {
  const blocked = new Set<ValueId>();
  // A first convolution reads NCHW.
  const readsPlain = new Set<Draft>();
  const channelsOf = (value: ValueId | undefined): number => {
    const channels = graph.shapeOf(value)[1];
    return typeof channels === "number" ? channels : 0;
  };
  const markBlocked = (draft: Draft): void => {
    draft.layout = "blocked";
    for (const value of draft.outputs) blocked.add(value);
  };
  const allBlocked = (draft: Draft): boolean =>
    draft.weights.length === 0 && draft.inputs.length > 0 && draft.inputs.every((value) => blocked.has(value));

  for (const draft of graph.drafts) {
    if (draft.dead) continue;
    const [input] = draft.inputs;
    if (draft.op === "Conv") {
      const layout = convLayout(graph, draft, block);
      if (layout === "plain") continue;
      if (layout === "blocked from plain") readsPlain.add(draft);
      markBlocked(draft);
    } else if (POOLS.has(draft.op)) {
      const channels = channelsOf(input);
      if (channels > 0 && channels % block === 0 && draft.outputs.length === 1) markBlocked(draft);
    } else if (draft.op === "Add" || draft.op === "Sum" || draft.op === "Mul") {
      if (!allBlocked(draft) || !sameShapes(graph, draft)) continue;
      markBlocked(applyFirst(graph, draft.op === "Mul" ? [] : BLOCKED_RESIDUALS, draft) ?? draft);
    } else if (draft.op === "Concat") {
      if (allBlocked(draft) && concatAxis(graph, draft) === 1 && draft.inputs.every((v) => channelsOf(v) % block === 0)) {
        markBlocked(draft);
      }
    } else if (draft.op === "BatchNormalization") {
      if (input === undefined || !blocked.has(input)) continue;
      draft.op = "BlockedBatchNormalization";
      markBlocked(draft);
    } else if (LAYOUT_FREE_UNARY.has(draft.op)) {
      if (!allBlocked(draft)) continue;
      markBlocked(applyFirst(graph, BLOCKED_RULES, draft) ?? draft);
    } else if (draft.op === "Resize" || draft.op === "Upsample") {
      if (input !== undefined && blocked.has(input)) markBlocked(draft);
    }
  }
  return { layout: "blocked", values: blocked, wants: (draft, index) => (index === 0 && readsPlain.has(draft) ? "plain" : draft.layout) };
}

/** Plain convolutions take in a following addition and its activation; runs after the layouts are decided. */
export function fusePlainResiduals(graph: DraftGraph): void {
  runPass(graph, { name: "plain residuals", rules: PLAIN_RULES });
}

function sameShapes(graph: DraftGraph, draft: Draft): boolean {
  return draft.inputs.length > 1 && draft.inputs.every((value) => graph.sameShape(value, draft.inputs[0]));
}

function concatAxis(graph: DraftGraph, draft: Draft): number {
  const node = graph.nodeOf(draft);
  const axis = node?.rawAttributes.get("axis");
  const value = axis?.kind === "int" ? axis.value : 1;
  return value < 0 ? value + graph.shapeOf(draft.outputs[0]).length : value;
}

function convLayout(graph: DraftGraph, conv: Draft, block: number): "plain" | "blocked" | "blocked from plain" {
  const node = graph.nodeOf(conv);
  const weight = graph.shapeOf(conv.weights[0]);
  const [outChannels, groupChannels] = weight;
  if (weight.length !== 4 || typeof outChannels !== "number" || typeof groupChannels !== "number") return "plain";
  const attribute = node?.rawAttributes.get("group");
  const groups = attribute?.kind === "int" ? attribute.value : 1;
  if (groups === 1) {
    if (groupChannels < block) return "blocked from plain";
    return groupChannels % CHANNEL_ALIGNMENT === 0 ? "blocked" : "plain";
  }
  if (groupChannels === 1 && outChannels === groups) {
    return outChannels % CHANNEL_ALIGNMENT === 0 ? "blocked" : "plain";
  }
  return groupChannels % block === 0 && (outChannels / groups) % block === 0 ? "blocked" : "plain";
}
