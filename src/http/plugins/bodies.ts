import multipart from "@fastify/multipart";
import type { Limits } from "../limits.js";
import { ProblemError } from "../problems.js";
import type { App } from "../types.js";

/** Longest part that is not the model, in bytes. */
export const MAX_FIELD_BYTES = 64 * 1024;
const MAX_PARTS = 16;

/**
 * Which bodies the service takes. ONNX bytes are handed on as the stream they arrive in; nothing is written to disk.
 * Compressed bodies are refused, for a few bytes of them could stand for gigabytes.
 */
export async function useBodies(app: App, limits: Limits): Promise<void> {
  app.addHook("onRequest", async (request) => {
    const encoding = request.headers["content-encoding"];
    if (encoding !== undefined && encoding.trim().toLowerCase() !== "identity") {
      throw new ProblemError("unsupported-content-encoding", "Send the body without Content-Encoding.");
    }
    return Promise.resolve();
  });
  app.removeContentTypeParser("text/plain");
  app.addContentTypeParser("text/plain", { parseAs: "string" }, (_request, body, done) => done(null, body));
  app.addContentTypeParser("application/octet-stream", (_request, payload, done) => done(null, payload));
  await app.register(multipart, {
    limits: {
      fileSize: limits.maxUploadBytes,
      fieldSize: MAX_FIELD_BYTES,
      fieldNameSize: 100,
      fields: MAX_PARTS,
      files: MAX_PARTS,
      parts: MAX_PARTS,
      headerPairs: 32,
    },
  });
}
