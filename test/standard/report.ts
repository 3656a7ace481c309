import type { Examined, Outcome } from "./examine.js";
import type { Gap, Reasons } from "./gaps.js";
import { rowOf, rowsBy, shareFromSymbols, shareOfOnnx, shareOfOutputs, shareOfTests, type Row, type Share } from "./totals.js";

export interface Report {
  readonly onnx: string;
  readonly examined: readonly Examined[];
  readonly fromShapes: readonly Gap[];
  readonly fromValues: readonly Gap[];
  readonly reasons: { readonly fromShapes: Reasons; readonly fromValues: Reasons };
}

const OUTCOMES: readonly Outcome[] = ["equal", "depends on data", "unknown", "contradiction", "error"];

/** docs/conformance.md. */
export function conformancePage(report: Report): string {
  const { onnx, examined } = report;
  return `# The standard's own tests

Written by \`npm run standard -- --write\`: every node test of the onnx package ${onnx}, and the \`simple\`, \`pytorch-*\` and
\`light\` models in it. Each model is stripped of all that states a type or a shape, but for its inputs, which have the
shapes of the test's real inputs. What is inferred for the outputs is compared with the type and shape that the test
really gave, and, where elements of small tensors were followed, with its real elements.

- **equal**: type and every dimension are those of the real output, for all outputs.
- **depends on data**: an output's shape is open, and depends on the values of inputs, not on their shapes alone.
- **unknown**: an output's shape or type is open though it follows from the inputs' shapes.
- **contradiction**, **error**: what is inferred is wrong, or the model is refused. Any one of them fails the command.

A shape depends on data by rule, not by what the service knows: \`python/shape_dependence.py\` lists, for each operator, the
inputs whose values the standard uses as sizes, axes, counts or selections (the shape of Reshape, the indices of
Compress), and follows constants and shapes through the graph. A shape that onnx.shape_inference (strict, with data
propagation) gives for the same question never counts as dependent. **Settled**: of those, the tests that are equal
when the values of inputs up to 64 integers or 8 floats are given, as if they were constants in the file. **From symbols**:
the same questions with a symbol in the place of every size of every input; what is inferred must be true of the real
sizes, and counts as equal when no dimension is open.

| | equal | of | |
| --- | ---: | ---: | ---: |
${[
  shareLine("tests whose shapes do not depend on data", shareOfTests(examined)),
  shareLine("outputs whose shapes do not depend on data", shareOfOutputs(examined)),
  shareLine("the same outputs, from symbols", shareFromSymbols(examined)),
  shareLine("the same outputs, by onnx.shape_inference", shareOfOnnx(examined)),
].join("\n")}

The command fails under 99 % of the first two, on an unknown shape whose operator has no reason in
[reasons.json](../test/standard/reasons.json), and on a reason that nothing needs any more. \`npm test\` runs the same
questions from [tests.jsonl.gz](../test/standard/README.md); Python is needed only to write that file again.

## By source

${table(["source", ...HEAD], [...rowsBy(examined, ({ test }) => test.source), rowOf("all", examined)].map(rowLine))}

## What is unknown, and why

${gapTable(report.fromShapes, report.reasons.fromShapes)}

## What depends on data, and is unknown even from the values

${gapTable(report.fromValues, report.reasons.fromValues)}

## By operator

A test that the standard writes with simpler operators (\`_expanded\`) counts for the operator that it expands.

${table(["operator", ...HEAD], operatorRows(examined).map(rowLine))}
`;
}

/** A few lines for the terminal. */
export function summary({ onnx, examined }: Report): string {
  return [
    `onnx ${onnx}`,
    ...[...rowsBy(examined, ({ test }) => test.source), rowOf("all", examined)].map(terminalLine),
    ...[shareOfTests(examined), shareOfOutputs(examined)].map(
      (share, at) => `${at === 0 ? "tests" : "outputs"} whose shapes do not depend on data: ${formatShare(share)}`,
    ),
  ].join("\n");
}

/** One line for each operator. */
export function operatorLines({ examined }: Report): string {
  return operatorRows(examined).map(terminalLine).join("\n");
}

function operatorRows(examined: readonly Examined[]): readonly Row[] {
  const ofNodes = examined.filter(({ test }) => test.operator !== "");
  return [...rowsBy(ofNodes, ({ test }) => displayName(test.operator))].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** `Conv` for `:Conv`. */
function displayName(operator: string): string {
  return operator.startsWith(":") ? operator.slice(1) : operator;
}

const HEAD = ["tests", ...OUTCOMES, "settled"];

function cellsOf({ name, tests, outcomes, settled }: Row): readonly string[] {
  const counts = [tests, ...OUTCOMES.map((outcome) => outcomes.get(outcome) ?? 0), settled];
  return [name, ...counts.map((count) => (count === 0 ? "" : `${count}`))];
}

function rowLine(row: Row): string {
  return `| ${cellsOf(row).join(" | ")} |`;
}

function terminalLine({ name, tests, outcomes, settled }: Row): string {
  const counts = OUTCOMES.filter((outcome) => outcomes.has(outcome)).map((outcome) => `${outcomes.get(outcome) ?? 0} ${outcome}`);
  return `${name.padEnd(36)} ${`${tests}`.padStart(5)}: ${counts.join(", ")}${settled === 0 ? "" : ` (${settled} settled by values)`}`;
}

function table(head: readonly string[], lines: readonly string[]): string {
  const rule = head.map((_, at) => (at === 0 ? "---" : "---:"));
  return [`| ${head.join(" | ")} |`, `| ${rule.join(" | ")} |`, ...lines].join("\n");
}

function gapTable(gaps: readonly Gap[], reasons: Reasons): string {
  if (gaps.length === 0) return "Nothing.";
  const lines = gaps.map(
    ({ operator, outputs, tests }) =>
      `| ${displayName(operator)} | ${outputs} | ${tests.join(", ")} | ${reasons.get(operator) ?? ""} |`,
  );
  return ["| operator | outputs | for instance | reason |", "| --- | ---: | --- | --- |", ...lines].join("\n");
}

function shareLine(name: string, share: Share): string {
  return `| ${name} | ${share.equal} | ${share.of} | ${percent(share)} |`;
}

function formatShare(share: Share): string {
  return `${share.equal} of ${share.of} equal, ${percent(share)}`;
}

function percent({ equal, of }: Share): string {
  return `${((100 * equal) / of).toFixed(2)} %`;
}
