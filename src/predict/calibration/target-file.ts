import Type, { type Static } from "typebox";
import Value from "typebox/value";
import { WORK_CLASSES } from "./class-times.js";

/** Bound on corrections and the bias: a target that is a million times faster than its base was measured in another unit. */
const MAX_LOG = 14;
const LogFactor = Type.Number({ minimum: -MAX_LOG, maximum: MAX_LOG });

/** `device.engine.precision.cores`: four parts of letters, digits, `_` and `-`. */
export const TARGET_NAME_PATTERN = "^[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+){3}$";
export const MAX_TARGET_NAME = 120;
const TargetName = Type.String({ pattern: TARGET_NAME_PATTERN, maxLength: MAX_TARGET_NAME });

const TargetFileSchema = Type.Object(
  {
    schema: Type.Literal(1),
    kind: Type.Literal("calibrated"),
    target: TargetName,
    /** What was measured on, in the words of who measured. */
    machine: Type.String({ maxLength: 400 }),
    /** The target whose predictor is corrected, by name and version: corrections fit no other. */
    base: Type.Object({ target: TargetName, predictor: Type.String(), version: Type.String() }),
    bias: LogFactor,
    /** Class of kernel, or "run", -> logarithm of its factor beside the bias. */
    corrections: Type.Record(Type.String(), LogFactor),
    /** null: the ridge was infinite, only the bias was fitted. */
    ridge: Type.Union([Type.Number({ exclusiveMinimum: 0 }), Type.Null()]),
    measurements: Type.Integer({ minimum: 3 }),
    networks: Type.Integer({ minimum: 3 }),
    interval: Type.Object({ coverage: Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 }), halfWidth: Type.Number({ minimum: 0, maximum: MAX_LOG }) }),
    /** On networks that the fit had not seen. */
    crossValidated: Type.Object({
      within5Percent: Type.Number({ minimum: 0, maximum: 100 }),
      within10Percent: Type.Number({ minimum: 0, maximum: 100 }),
      mapePercent: Type.Number({ minimum: 0 }),
      rmspePercent: Type.Number({ minimum: 0 }),
      rows: Type.Integer({ minimum: 3 }),
    }),
  },
  { additionalProperties: false },
);

/** A target that was made from a few measurements: what POST /targets and `tempograph calibrate` yield. */
export type TargetFile = Static<typeof TargetFileSchema>;

/** A file of a target that cannot be used; the message names the file and says why. */
export class TargetFileError extends Error {
  override readonly name = "TargetFileError";
}

export function isTargetName(text: string): boolean {
  return text.length <= MAX_TARGET_NAME && new RegExp(TARGET_NAME_PATTERN).test(text);
}

/** @throws TargetFileError for what is not JSON or breaks the schema, naming `path` and the field. */
export function parseTargetFile(text: string, path: string): TargetFile {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new TargetFileError(`${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (Value.Check(TargetFileSchema, parsed)) {
    const unknown = Object.keys(parsed.corrections).find((name) => !WORK_CLASSES.some((each) => each === name));
    if (unknown === undefined) return parsed;
    throw new TargetFileError(`${path} corrects "${unknown.slice(0, 80)}", which is no class of kernels.`);
  }
  const [first] = Value.Errors(TargetFileSchema, parsed);
  throw new TargetFileError(`${path} is no target file: ${first?.instancePath ?? ""} ${first?.message ?? "is not valid"}.`);
}

export function formatTargetFile(file: TargetFile): string {
  return `${JSON.stringify(file, null, 2)}\n`;
}
