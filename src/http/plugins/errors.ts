import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { CalibrationError, TargetRefused } from "../../predict/calibration/index.js";
import { StateError } from "../../hardware/state-error.js";
import { ModelError } from "../../wire/errors.js";
import { describeProblem, PROBLEM_OF_MODEL_ERROR, ProblemError, type Problem, type ProblemName } from "../problems.js";
import type { App } from "../types.js";

export const PROBLEM_MEDIA_TYPE = "application/problem+json";

/** Fastify's own refusals that deserve more than "invalid request". */
const PROBLEM_OF_CODE: ReadonlyMap<string, ProblemName> = new Map([
  ["FST_ERR_CTP_BODY_TOO_LARGE", "body-too-large"],
  ["FST_ERR_CTP_INVALID_MEDIA_TYPE", "unsupported-media-type"],
  ["FST_ERR_NOT_FOUND", "not-found"],
]);

/** The answer to anything thrown. What is not known to be the client's fault says nothing of the inside. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return describeProblem(error.problem, error.message, error.extensions);
  if (error instanceof ModelError) {
    return describeProblem(PROBLEM_OF_MODEL_ERROR[error.code], error.message, error.detail);
  }
  if (error instanceof StateError) {
    return describeProblem("invalid-state", error.message, error.field === "" ? {} : { field: error.field });
  }
  if (error instanceof CalibrationError) return describeProblem(error.fault, error.message, { field: error.field });
  if (error instanceof TargetRefused) return describeProblem(error.refusal, error.message, { field: "target" });
  const { code = "", statusCode = 500, message = "" } = (error ?? {}) as Partial<FastifyError>;
  const known = PROBLEM_OF_CODE.get(code);
  if (known !== undefined) return describeProblem(known, message);
  if (statusCode >= 400 && statusCode < 500) return describeProblem("invalid-request", message);
  return describeProblem("internal-error", "An unexpected error occurred; it has been logged.");
}

function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error);
  if (problem.status >= 500 && problem.retryAfterSeconds === undefined) request.log.error({ err: error }, "request failed");
  else request.log.info({ problem: problem.type, detail: problem.detail }, "request refused");
  if (problem.retryAfterSeconds !== undefined) void reply.header("retry-after", String(problem.retryAfterSeconds));
  return reply.code(problem.status).type(PROBLEM_MEDIA_TYPE).send(problem);
}

/** Errors that Fastify meets before it knows the route, such as an address that cannot be decoded. */
export function sendFrameworkError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  void sendProblem(error, request, reply);
}

/** Answers to what is not HTTP, or does not arrive in time: the parser has no request to reply to. */
export function answerBrokenConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const slow = error.code === "ERR_HTTP_REQUEST_TIMEOUT";
  const problem = slow
    ? describeProblem("request-timeout", "The headers or the body took too long.")
    : describeProblem("invalid-request", "The bytes are not an HTTP request that the service can read.");
  const body = JSON.stringify(problem);
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ""}`,
      `Content-Type: ${PROBLEM_MEDIA_TYPE}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      "Connection: close",
      "",
      body,
    ].join("\r\n"),
    () => socket.destroy(),
  );
}

/** Every error becomes `application/problem+json` (RFC 9457) with a `type` of the catalogue. */
export function useErrors(app: App): void {
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply));
  app.setNotFoundHandler((request) => {
    throw new ProblemError("not-found", `There is no ${request.method} ${request.url.split("?")[0] ?? ""}.`);
  });
}
