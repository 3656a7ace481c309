import type { FastifySchemaCompiler } from "fastify";
import { Compile } from "typebox/compile";
import type { Static, TSchema } from "typebox";
import { ProblemError } from "./problems.js";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

interface SchemaViolation {
  readonly instancePath: string;
  readonly message: string;
  readonly params: object;
}

/** Longest foreign name that a message repeats. */
const MAX_ECHO = 80;

/** `/state/utilization` and what else the violation says, as the problem's field and detail. */
function problemOfViolations(violations: readonly SchemaViolation[], where: string): ProblemError {
  const [first] = violations;
  if (first === undefined) return new ProblemError("invalid-request", `The ${where} is not valid.`);
  const field = first.instancePath.slice(1).replaceAll("/", ".").slice(0, MAX_ECHO);
  const unknown = first.message === "schema is false";
  const what = unknown ? "is not a known field" : first.message;
  return new ProblemError(
    "invalid-request",
    field === "" ? `The ${where} ${what}${listOf(first.params)}.` : `"${field}" in the ${where} ${what}.`,
    field === "" ? {} : { field },
  );
}

function listOf(params: object): string {
  return "requiredProperties" in params && Array.isArray(params.requiredProperties)
    ? `: ${params.requiredProperties.join(", ")}`
    : "";
}

/** A check of values against a schema, without coercion: the value as its type, or a thrown ProblemError. */
export function checker<T extends TSchema>(schema: T, where: string): (value: unknown) => Static<T> {
  const compiled = Compile(schema);
  return (value) => {
    if (compiled.Check(value)) return value;
    throw problemOfViolations(compiled.Errors(value), where);
  };
}

/** Queries are text: the parameters that the schema declares as numbers become numbers, if they are written as such. */
function readNumbers(schema: TSchema, query: unknown): unknown {
  const properties = "properties" in schema ? (schema.properties as Record<string, { type?: string }>) : {};
  const entries = Object.entries(query ?? {}).map(([name, value]: [string, unknown]) => {
    const type = Object.hasOwn(properties, name) ? properties[name]?.type : undefined;
    const numeric = type === "number" && typeof value === "string" && NUMBER.test(value.trim());
    return [name, numeric ? Number(value) : value] as const;
  });
  return Object.fromEntries(entries);
}

/** Fastify's validation by TypeBox: nothing is coerced, filled in or dropped, except numbers in a query. */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const check = checker(schema, httpPart === "querystring" ? "query" : (httpPart ?? "request"));
  return (value: unknown) => {
    try {
      return { value: check(httpPart === "querystring" ? readNumbers(schema, value) : value) };
    } catch (error) {
      return { error: error instanceof Error ? error : new Error("invalid") };
    }
  };
};
