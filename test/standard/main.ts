import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { allOperators } from "../../src/ops/index.js";
import { readStandardTests } from "./cases.js";
import { examine, wrongAnswers } from "./examine.js";
import { gapsFromShapes, gapsFromValues, readReasons, unaccounted } from "./gaps.js";
import { differences, readStandardOperators, unexplained } from "./operators.js";
import { conformancePage, operatorLines, summary } from "./report.js";
import { shareOfOutputs, shareOfTests } from "./totals.js";

/** The share of shapes that do not depend on data which has to be inferred. */
const REQUIRED = 0.99;

/** `npm run standard -- [FILE] [--write]`: FILE is what python/standard_tests.py wrote. */
const { values, positionals } = parseArgs({ options: { write: { type: "boolean" } }, allowPositionals: true });
const { onnx, cases } = readStandardTests(positionals[0] ?? "test/standard/tests.jsonl.gz");
const examined = examine({ onnx, cases });
const fromShapes = gapsFromShapes(examined);
const fromValues = gapsFromValues(examined);
const reasons = readReasons("test/standard/reasons.json");
const report = { onnx, examined, fromShapes, fromValues, reasons };

const shares = [shareOfTests(examined), shareOfOutputs(examined)];
const failures = [
  ...wrongAnswers(examined),
  ...shares.filter(({ equal, of }) => equal < REQUIRED * of).map(({ equal, of }) => `${equal} of ${of} are too few`),
  ...unaccounted(fromShapes, reasons.fromShapes),
  ...unaccounted(fromValues, reasons.fromValues).map((line) => `from values: ${line}`),
  ...unexplained(differences(readStandardOperators("test/standard/operators.json"), allOperators), reasons.operators),
];

const print = (text: string): void => void process.stdout.write(`${text}\n`);
print(operatorLines(report));
print(summary(report));
for (const failure of failures) print(`FAILED: ${failure}`);
if (values.write === true) writeFileSync("docs/conformance.md", conformancePage(report));
process.exitCode = failures.length > 0 ? 1 : 0;
