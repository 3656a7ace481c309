import { writeFileSync } from "node:fs";
import { buildVariant, convolutionModel, FAMILIES, isFamily, operatorModel, patternModel } from "./index.js";
import type { ZooModel } from "./model.js";

const DEFAULT_SEED = "1";
const USAGE = `usage: node dist/lab/zoo/dump.js FAMILY|conv|op INDEX OUT.onnx [SEED]
  FAMILY  ${FAMILIES.join(", ")} (variant 0 is the plain architecture)
  SEED    of the conv and op sweeps, ${DEFAULT_SEED} by default
`;

/** The model that the arguments name, or null where they name none. */
function select(family: string, index: number, seed: string): ZooModel | null {
  if (!Number.isSafeInteger(index) || index < 0) return null;
  if (family === "conv") return convolutionModel(index, seed);
  if (family === "op") return operatorModel(index, seed);
  if (family === "pattern") return patternModel(index, seed);
  return isFamily(family) ? buildVariant(family, index) : null;
}

const [family = "", index = "", path, seed = DEFAULT_SEED] = process.argv.slice(2);
const model = index === "" ? null : select(family, Number(index), seed);
if (model === null || path === undefined) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else {
  writeFileSync(path, model.onnx);
  process.stdout.write(`${JSON.stringify({ id: model.id, note: model.note, inputs: model.inputs, ...model.info }, null, 2)}\n`);
}
