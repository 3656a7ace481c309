import { readFileSync } from "node:fs";
import type { Static, TSchema } from "typebox";
import Value from "typebox/value";
import { parse } from "yaml";

/** A file that a user wrote is wrong; the message names the file and the place in it. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/**
 * Reads a YAML file of a known shape. Throws SettingsError where it is not there, no YAML, or of another shape.
 *
 * @param what the kind of file, for messages
 */
export function readSettings<S extends TSchema>(path: string, schema: S, what: string): Static<S> {
  let value: unknown;
  try {
    value = parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new SettingsError(`${what} ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (Value.Check(schema, value)) return value;
  // An alternative's own errors come first; a name that nobody knows says more than "must match".
  const errors = Value.Errors(schema, value);
  const error = errors.find(({ keyword }) => keyword === "additionalProperties") ?? errors[0];
  const place = error === undefined || error.instancePath === "" ? "the file" : error.instancePath.slice(1).replaceAll("/", ".");
  const unknown = error?.keyword === "additionalProperties" ? ` (${error.params.additionalProperties.join(", ")})` : "";
  throw new SettingsError(`${what} ${path}: ${place} ${error?.message ?? "is not valid"}${unknown}`);
}
