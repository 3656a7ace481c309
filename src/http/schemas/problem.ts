import { Type } from "typebox";
import { problemNames, type ProblemExtensions, type Problem } from "../problems.js";

type Json<T> = { readonly [K in keyof T]: T[K] };

function problemSchema(status: number) {
  const names = problemNames(status);
  return Type.Unsafe<Json<Problem & ProblemExtensions>>(
    Type.Object(
      {
        type: Type.String({ description: `One of ${names.join(", ")}.` }),
        title: Type.String(),
        status: Type.Integer(),
        detail: Type.String(),
        field: Type.Optional(Type.String({ description: "The field, parameter, dimension or tensor concerned." })),
        node: Type.Optional(Type.String()),
        opType: Type.Optional(Type.String()),
        byteOffset: Type.Optional(Type.Integer({ description: "Offset of the offending byte from the file's start." })),
        limitBytes: Type.Optional(Type.Integer()),
        targets: Type.Optional(Type.Array(Type.String(), { description: "The targets that there are." })),
        unsupportedOps: Type.Optional(Type.Array(Type.String())),
        retryAfterSeconds: Type.Optional(Type.Integer()),
      },
      { description: "RFC 9457 problem details." },
    ),
  );
}

const TITLES = {
  400: "The request, the state or the model is malformed.",
  404: "Unknown address, target, model or snapshot.",
  409: "In conflict with the targets that there are.",
  408: "The request did not arrive in time.",
  413: "Too large.",
  415: "Not a type or encoding of body that is taken here.",
  422: "Understood, but not predictable, or not enough to go on.",
  429: "Too many requests of this client under way.",
  500: "The service failed.",
  503: "Too many requests under way, or nothing loaded yet.",
} as const;

type ProblemStatus = keyof typeof TITLES;

/** Response schemas for the statuses that a route can fail with; 500 is always among them. */
export function problems<S extends ProblemStatus>(...statuses: readonly S[]) {
  const all = [...statuses, 500] as const;
  const entries = all.map((status) => [
    status,
    { description: TITLES[status], content: { "application/problem+json": { schema: problemSchema(status) } } },
  ]);
  return Object.fromEntries(entries) as Record<S | 500, { content: object }>;
}
