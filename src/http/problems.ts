import type { ModelErrorCode } from "../wire/errors.js";

/** Every kind of error that the service answers with: the last part of its `type`, its status and its title. */
const CATALOGUE = {
  "invalid-request": [400, "The request does not have the form that this route takes"],
  "invalid-state": [400, "The hardware state cannot be used"],
  "malformed-multipart": [400, "The multipart body cannot be read"],
  "aborted-upload": [400, "The upload ended before its last byte"],
  "malformed-model": [400, "The model breaks the rules of protobuf or ONNX"],
  "truncated-model": [400, "The model ends inside a message"],
  "empty-model": [400, "The model has no bytes"],
  "not-onnx": [400, "The file is not an ONNX model"],
  "invalid-graph": [400, "The model's graph contradicts itself"],
  "invalid-target-name": [400, "A target's name has the form device.engine.precision.cores"],
  "invalid-latency": [400, "A measured latency must be a positive number of milliseconds"],
  "not-found": [404, "There is nothing at this address"],
  "unknown-target": [404, "There is no such target"],
  "unknown-model": [404, "No model with this id is kept"],
  "unknown-snapshot": [404, "No snapshot with this id is kept, or it has expired"],
  "duplicate-target": [409, "There is a target of this name already"],
  "shipped-target": [409, "A target of this name ships with the service"],
  "too-many-targets": [409, "No more targets are kept"],
  "request-timeout": [408, "The request did not arrive in time"],
  "upload-too-large": [413, "The upload is larger than the service accepts"],
  "body-too-large": [413, "The body is larger than this route accepts"],
  "model-limit-exceeded": [413, "The model passes a structural limit"],
  "unsupported-media-type": [415, "This route does not take bodies of this type"],
  "unsupported-content-encoding": [415, "Compressed bodies are not accepted"],
  "unresolved-dimension": [422, "A dimension that the cost depends on has no value"],
  "unsupported-model": [422, "The model is valid but cannot be followed"],
  "too-few-measurements": [422, "A target needs more measured networks"],
  "not-a-base": [422, "The target cannot be a base for another"],
  unpredictable: [422, "Nothing in the model can be predicted"],
  "too-many-requests": [429, "This client has too many requests under way"],
  "internal-error": [500, "The service failed"],
  overloaded: [503, "The service has too many requests under way"],
  "not-ready": [503, "The service has no predictor loaded"],
} as const satisfies Record<string, readonly [number, string]>;

export type ProblemName = keyof typeof CATALOGUE;

/** Members beyond RFC 9457's own, each only where it helps. */
export interface ProblemExtensions {
  readonly field?: string;
  readonly node?: string;
  readonly opType?: string;
  readonly byteOffset?: number;
  readonly limitBytes?: number;
  readonly targets?: readonly string[];
  readonly unsupportedOps?: readonly string[];
  /** Also sent as the Retry-After header. */
  readonly retryAfterSeconds?: number;
}

/** The body of an error, as RFC 9457 has it. */
export interface Problem extends ProblemExtensions {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
}

export const PROBLEM_TYPE_PREFIX = "urn:tempograph:problem:";

/** An error with a place in the catalogue; the error handler turns it into the answer. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  constructor(
    readonly problem: ProblemName,
    detail: string,
    readonly extensions: ProblemExtensions = {},
  ) {
    super(detail);
  }
}

/** The body for an error of the catalogue. */
export function describeProblem(name: ProblemName, detail: string, extensions: ProblemExtensions = {}): Problem {
  const [status, title] = CATALOGUE[name];
  return { type: `${PROBLEM_TYPE_PREFIX}${name}`, title, status, detail, ...extensions };
}

/** Names of the catalogue with this status, for the description of the API. */
export function problemNames(status: number): readonly string[] {
  return Object.entries(CATALOGUE)
    .filter(([, [code]]) => code === status)
    .map(([name]) => `${PROBLEM_TYPE_PREFIX}${name}`);
}

/** Which problem each reason of the model reader is. */
export const PROBLEM_OF_MODEL_ERROR: Readonly<Record<ModelErrorCode, ProblemName>> = {
  malformed: "malformed-model",
  truncated: "truncated-model",
  empty: "empty-model",
  "not-onnx": "not-onnx",
  "invalid-graph": "invalid-graph",
  "limit-exceeded": "model-limit-exceeded",
  "unresolved-dimension": "unresolved-dimension",
  unsupported: "unsupported-model",
};
