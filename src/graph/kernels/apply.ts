import type { Draft } from "./draft.js";
import type { DraftGraph } from "./draft-graph.js";
import { holds } from "./conditions.js";
import { type Match, matches } from "./match.js";
import type { Condition, FusionPass, FusionRule } from "./rules/rule.js";

const NO_CONDITIONS: readonly Condition[] = [];

/** One pass over the drafts, in topological order. */
export function runPass(graph: DraftGraph, { rules, repeated }: FusionPass): void {
  const byRoot = rulesByRoot(rules);
  for (const draft of graph.drafts) {
    let current: Draft | undefined = draft;
    while (current !== undefined && !current.dead) {
      const fitting = byRoot.get(current.op);
      const made: Draft | undefined = fitting === undefined ? undefined : applyFirst(graph, fitting, current);
      current = repeated === true && made !== undefined ? made : undefined;
    }
  }
}

/** Applies the first rule that fits with its root here; the draft that it leaves, undefined where none fits or nothing is left. */
export function applyFirst(graph: DraftGraph, rules: readonly FusionRule[], draft: Draft): Draft | undefined {
  for (const rule of rules) {
    for (const match of matches(graph, rule.match, draft)) {
      if (holdAll(graph, rule, match)) return apply(graph, rule, match, draft);
    }
  }
  return undefined;
}

function holdAll(graph: DraftGraph, { when = NO_CONDITIONS }: FusionRule, match: Match): boolean {
  for (const condition of when) if (!holds(graph, condition, match)) return false;
  return true;
}

function apply(graph: DraftGraph, { pattern, becomes }: FusionRule, match: Match, root: Draft): Draft | undefined {
  if (becomes === "nothing") {
    if (!graph.bypass(root, pattern)) graph.bypassAtOutput(root, pattern);
    return undefined;
  }
  const main = match.nodes.get(becomes.main);
  if (main === undefined) throw new RangeError(`the rule for ${pattern} has no node ${becomes.main}`);
  const { activation } = becomes;
  const takenIn = activation === undefined ? null : "named" in activation ? activation.named : (match.nodes.get(activation.of)?.op ?? null);
  const weights = becomes.weights?.flatMap((role) => match.nodes.get(role)?.weights ?? match.values.get(role) ?? []);
  const replaced = becomes.op !== undefined;
  const draft = graph.combine({ members: match.members, main, root, replaced, ...(weights === undefined ? {} : { weights }) });
  draft.op = becomes.op ?? draft.op;
  draft.activation = takenIn ?? draft.activation;
  draft.addsResidual ||= becomes.addsResidual === true;
  draft.patterns.push(pattern);
  draft.calls = becomes.calls === undefined ? null : [...becomes.calls];
  return draft;
}

function rulesByRoot(rules: readonly FusionRule[]): ReadonlyMap<string, readonly FusionRule[]> {
  const byRoot = new Map<string, FusionRule[]>();
  for (const rule of rules) {
    for (const op of [rule.match.op].flat()) byRoot.set(op, [...(byRoot.get(op) ?? []), rule]);
  }
  return byRoot;
}
