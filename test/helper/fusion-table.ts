import { ENGINE_FUSIONS, ENGINE_NAMES, type EngineName } from "../../src/graph/kernels/rules/engines.js";
import { BLOCKED_RULES, PLAIN_RULES, residualRules } from "../../src/graph/kernels/rules/onnxruntime.js";
import { PATTERN_IDS, PATTERNS, type PatternId } from "../../src/graph/kernels/rules/patterns.js";
import type { EngineFusion } from "../../src/graph/kernels/rules/rule.js";

/** Patterns that an engine's rules know. */
export function patternsOf(engine: EngineName): ReadonlySet<PatternId> {
  const { passes, parts, quantized }: EngineFusion = ENGINE_FUSIONS[engine];
  const layouts = engine === "onnxruntime" ? [...BLOCKED_RULES, ...residualRules("blocked"), ...PLAIN_RULES] : [];
  const joined: readonly PatternId[] = [
    ...(quantized === undefined ? [] : (["qdq-operator", "qdq-view"] as const)),
    ...(parts.length > 0 ? (["split-parts"] as const) : []),
    ...(parts.some(({ passesTransposes }) => passesTransposes === true) ? (["split-transpose"] as const) : []),
  ];
  return new Set([...passes.flatMap(({ rules }) => rules), ...layouts].map(({ pattern }) => pattern).concat(joined));
}

/** The table of docs/fusion.md: patterns by engines, in Markdown. */
export function fusionTable(): string {
  const known = ENGINE_NAMES.map(patternsOf);
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    row(["pattern", "what it is", ...ENGINE_NAMES]),
    row(["---", "---", ...ENGINE_NAMES.map(() => ":---:")]),
    ...PATTERN_IDS.map((id) => row([`\`${id}\``, PATTERNS[id], ...known.map((patterns) => (patterns.has(id) ? "yes" : ""))])),
  ].join("\n");
}
