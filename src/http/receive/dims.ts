import { ProblemError } from "../problems.js";

const MAX_DIMS = 1_000;

function invalid(detail: string): ProblemError {
  return new ProblemError("invalid-request", detail, { field: "dims" });
}

function checkDims(entries: readonly (readonly [string, unknown])[]): ReadonlyMap<string, number> {
  if (entries.length > MAX_DIMS) throw invalid(`At most ${MAX_DIMS} dimensions can be given.`);
  const dims = new Map<string, number>();
  for (const [name, value] of entries) {
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
      throw invalid(`The dimension "${name.slice(0, 80)}" must be a non-negative integer.`);
    }
    if (dims.has(name)) throw invalid(`The dimension "${name.slice(0, 80)}" is given twice.`);
    dims.set(name, value);
  }
  return dims;
}

function parsePair(pair: string): readonly [string, unknown] {
  const [, name, digits] = /^\s*(.+?)\s*[=:]\s*(\d+)\s*$/.exec(pair) ?? [];
  if (name === undefined || digits === undefined) {
    throw invalid(`"${pair.slice(0, 80)}" is not name=integer. Write batch=1,sequence=128, or a JSON object.`);
  }
  return [name, Number(digits)];
}

/**
 * Values for a model's symbolic dimensions: an object of name and integer, the same as JSON text, or
 * `batch=1,sequence=128`.
 *
 * @throws ProblemError("invalid-request", field "dims")
 */
export function parseDims(given: unknown): ReadonlyMap<string, number> {
  if (given === undefined || given === "") return new Map();
  if (typeof given === "string" && !given.trimStart().startsWith("{")) return checkDims(given.split(",").map(parsePair));
  const value = typeof given === "string" ? parseJson(given) : given;
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid("dims must be an object.");
  return checkDims(Object.entries(value));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw invalid("dims is not valid JSON.");
  }
}
