import { ByteSink } from "../wire/byte-sink.js";
import { ModelError } from "../wire/errors.js";
import { decodeUtf8 } from "../wire/text.js";
import { FIXED32, FIXED64, VARINT } from "../wire/wire-types.js";
import { Enumeration, JSON_MODEL, JsonMessage, type JsonKind } from "./json-schema.js";

const FLOATS_BY_NAME: ReadonlyMap<string, number> = new Map([["NaN", NaN], ["Infinity", Infinity], ["-Infinity", -Infinity]]);

/** How a file of protobuf's JSON form begins. In protobuf itself this byte would open a group, which ONNX has none of. */
export const JSON_START = "{".charCodeAt(0);

/**
 * A model in protobuf's JSON form (`google.protobuf.json_format`, field names in either spelling) as ONNX bytes, so that
 * it is read like any other file. Fields that the reader does not know are left out.
 *
 * @param maxDepth of messages within messages
 * @throws ModelError "malformed" for what is no JSON or has values of a wrong kind, with the field's path; "not-onnx" for
 *   JSON of something else; "limit-exceeded"
 */
export function protobufOfJson(bytes: Uint8Array, maxDepth: number): Uint8Array {
  const text = decodeUtf8(bytes);
  if (text === null) throw new ModelError("malformed", "the file begins like JSON but is not valid UTF-8", { byteOffset: 0 });
  let model: unknown;
  try {
    model = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message.slice(0, 200) : "";
    throw new ModelError("malformed", `the file begins like JSON but is none: ${reason}`, { byteOffset: 0 });
  }
  const known = isRecord(model) && Object.keys(model).some((name) => JSON_MODEL.fields.has(camelCase(name)));
  if (!known) throw new ModelError("not-onnx", "this is JSON, not an ONNX model", { byteOffset: 0 });
  return new JsonEncoder(maxDepth).encode(JSON_MODEL, model, "model", 0);
}

class JsonEncoder {
  constructor(private readonly maxDepth: number) {}

  encode(message: JsonMessage, value: unknown, path: string, depth: number): Uint8Array {
    if (depth > this.maxDepth) throw new ModelError("limit-exceeded", `messages are nested more than ${this.maxDepth} deep`);
    if (!isRecord(value)) throw wrong(path, "a JSON object");
    const out = new ByteSink();
    for (const [name, item] of Object.entries(value)) {
      const field = message.fields.get(camelCase(name));
      if (field === undefined || item === null) continue;
      const [number, kind] = field;
      for (const one of Array.isArray(item) ? (item as readonly unknown[]) : [item]) {
        this.write(out, number, kind, one, `${path}.${name}`, depth);
      }
    }
    return out.bytes;
  }

  private write(out: ByteSink, number: number, kind: JsonKind, value: unknown, path: string, depth: number): void {
    if (kind instanceof JsonMessage) out.bytesField(number, this.encode(kind, value, path, depth + 1));
    else if (kind instanceof Enumeration) writeInteger(out, number, typeof value === "string" ? kind.numbers.get(value) : value, path);
    else if (kind === "int") writeInteger(out, number, value, path);
    else if (kind === "text") out.bytesField(number, Buffer.from(asText(value, path)));
    else if (kind === "bytes") out.bytesField(number, Buffer.from(asText(value, path), "base64"));
    else writeFloat(out, number, kind, value, path);
  }
}

function writeInteger(out: ByteSink, number: number, value: unknown, path: string): void {
  const isInteger = typeof value === "string" ? /^-?\d{1,20}$/.test(value) : Number.isSafeInteger(value);
  if (!isInteger || (typeof value !== "string" && typeof value !== "number")) throw wrong(path, "an integer");
  const bits = BigInt.asUintN(64, BigInt(value));
  out.tag(number, VARINT);
  out.varint64(Number(bits & 0xffff_ffffn), Number(bits >> 32n));
}

function writeFloat(out: ByteSink, number: number, kind: "float" | "double", value: unknown, path: string): void {
  const float = typeof value === "string" ? FLOATS_BY_NAME.get(value) : value;
  if (typeof float !== "number") throw wrong(path, "a number");
  out.tag(number, kind === "float" ? FIXED32 : FIXED64);
  const view = new DataView(new ArrayBuffer(kind === "float" ? 4 : 8));
  if (kind === "float") view.setFloat32(0, float, true);
  else view.setFloat64(0, float, true);
  out.append(new Uint8Array(view.buffer));
}

function asText(value: unknown, path: string): string {
  if (typeof value === "string") return value;
  throw wrong(path, "a text");
}

/** As onnx.proto names a field (`op_type`), or as JSON does (`opType`). */
function camelCase(name: string): string {
  return name.includes("_") ? name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase()) : name;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrong(path: string, expected: string): ModelError {
  const field = path.slice(0, 200);
  return new ModelError("malformed", `"${field}" should be ${expected}`, { field });
}
