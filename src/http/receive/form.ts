import type { MultipartFile, MultipartValue } from "@fastify/multipart";
import type { FastifyRequest } from "fastify";
import { ModelError } from "../../wire/errors.js";
import { MAX_FIELD_BYTES } from "../plugins/bodies.js";
import { ProblemError } from "../problems.js";
import { consume } from "./consume.js";
import { checkContentLength, uploadTooLarge, type ModelUpload } from "./model-upload.js";

/** Headers, boundaries and the other parts of a form may take this much beside the model. */
const FORM_OVERHEAD_BYTES = 2 ** 20;

const LIMIT_CODES = new Set(["FST_PARTS_LIMIT", "FST_FILES_LIMIT", "FST_FIELDS_LIMIT", "FST_REQ_FILE_TOO_LARGE"]);

type Part = MultipartFile | MultipartValue;

/** The parts beside the model: text, or the value of a part that declares itself JSON. */
export type FormFields = ReadonlyMap<string, unknown>;

function partTooLarge(name: string): ProblemError {
  return new ProblemError("body-too-large", `The part "${name}" is larger than ${MAX_FIELD_BYTES} bytes.`, {
    field: name,
    limitBytes: MAX_FIELD_BYTES,
  });
}

async function readText(part: MultipartFile): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  await consume(part.file, (chunk) => {
    bytes += chunk.length;
    if (bytes > MAX_FIELD_BYTES) throw partTooLarge(part.fieldname);
    chunks.push(chunk);
  });
  return Buffer.concat(chunks).toString("utf8");
}

async function readModel(part: Part, upload: ModelUpload, maxBytes: number): Promise<void> {
  if (part.type === "field") {
    throw new ProblemError("invalid-request", 'Send the part "model" as a file, with a filename.', { field: "model" });
  }
  await consume(part.file, (chunk) => upload.push(chunk));
  if (part.file.truncated) throw uploadTooLarge(maxBytes);
}

async function readField(part: Part): Promise<unknown> {
  if (part.type === "file") return readText(part);
  if (part.valueTruncated) throw partTooLarge(part.fieldname);
  return part.value;
}

async function walk(
  request: FastifyRequest,
  names: ReadonlySet<string>,
  upload: ModelUpload,
  maxBytes: number,
): Promise<FormFields> {
  const fields = new Map<string, unknown>();
  for await (const part of request.parts()) {
    // The parser hands on a part without a name as undefined, whatever its types say.
    const name = (part.fieldname as string | undefined) ?? "";
    if (!names.has(name)) {
      const shown = name.slice(0, 80);
      throw new ProblemError("invalid-request", `Unknown part "${shown}". Known parts: ${[...names].join(", ")}.`, {
        field: shown,
      });
    }
    if (fields.has(name)) throw new ProblemError("invalid-request", `The part "${name}" is there twice.`, { field: name });
    if (name === "model") await readModel(part, upload, maxBytes);
    fields.set(name, name === "model" ? upload : await readField(part));
  }
  if (!fields.has("model")) throw new ProblemError("invalid-request", 'The part "model" is missing.', { field: "model" });
  return fields;
}

/** Errors of the multipart parser are the client's: it has no others. */
function asProblem(error: unknown, maxBytes: number): Error {
  if (error instanceof ProblemError || error instanceof ModelError) return error;
  const { code = "", message = "unreadable" } = error as { code?: string; message?: string };
  if (code === "FST_REQ_FILE_TOO_LARGE") return uploadTooLarge(maxBytes);
  if (LIMIT_CODES.has(code)) return new ProblemError("body-too-large", `The form has too many parts: ${message}.`);
  if (code === "FST_MP_PREMATURE_CLOSE") return new ProblemError("aborted-upload", message);
  return new ProblemError("malformed-multipart", `${message}.`);
}

/**
 * Walks every part of a multipart request; the model's bytes go into `upload` as they arrive, and nothing is written
 * to disk. All bytes of the body are counted, those outside of parts too.
 *
 * @param names the parts that the route knows, "model" among them; each may occur once
 * @throws ProblemError, ModelError
 */
export async function readForm(
  request: FastifyRequest,
  names: ReadonlySet<string>,
  upload: ModelUpload,
  maxBytes: number,
): Promise<FormFields> {
  const limit = maxBytes + FORM_OVERHEAD_BYTES;
  checkContentLength(request.headers["content-length"], limit);
  let bytes = 0;
  let count: (chunk: Buffer) => void = () => undefined;
  const overflow = new Promise<never>((_resolve, reject) => {
    count = (chunk) => {
      bytes += chunk.length;
      if (bytes > limit) reject(uploadTooLarge(maxBytes));
    };
  });
  try {
    const walked = walk(request, names, upload, maxBytes);
    walked.catch(() => undefined);
    request.raw.on("data", count);
    return await Promise.race([walked, overflow]);
  } catch (error) {
    request.raw.unpipe();
    request.raw.pause();
    throw asProblem(error, maxBytes);
  } finally {
    request.raw.off("data", count);
  }
}
