import { ByteSink } from "../../src/wire/byte-sink.js";

/** A message of onnx.proto, as far as messages lie inside it. */
export type MessageName = keyof typeof INNER;

/** One field of a message: a varint, fixed bytes, or something with a length. */
export type Field =
  | { number: number; wire: 0; value: bigint }
  | { number: number; wire: 1 | 5; bytes: Uint8Array }
  | { number: number; wire: 2; bytes: Uint8Array }
  | { number: number; wire: 2; message: MessageName; fields: Field[] };

/** Which fields hold messages, and of which kind. */
const INNER = {
  model: { 7: "graph", 8: "leaf", 25: "function" },
  graph: { 1: "node", 5: "tensor", 11: "valueInfo", 12: "valueInfo", 13: "valueInfo", 15: "sparse" },
  node: { 5: "attribute" },
  attribute: { 5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 14: "type", 22: "sparse" },
  function: { 7: "node", 9: "leaf", 11: "attribute", 12: "valueInfo" },
  sparse: { 1: "tensor", 2: "tensor" },
  valueInfo: { 2: "type" },
  type: { 1: "tensorType", 4: "leaf", 9: "leaf" },
  tensorType: { 2: "shape" },
  shape: { 1: "leaf" },
  tensor: { 13: "leaf" },
  leaf: {},
} as const satisfies Readonly<Record<string, Readonly<Record<number, string>>>>;

const INNER_BY_NUMBER: ReadonlyMap<string, ReadonlyMap<number, MessageName>> = new Map(
  Object.entries(INNER).map(([name, inner]) => [
    name,
    new Map(Object.entries(inner as Record<string, MessageName>).map(([number, message]) => [Number(number), message])),
  ]),
);

/** The fields of a message; bytes that are none end the list. */
export function parseFields(bytes: Uint8Array, message: MessageName): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint | null => {
    let value = 0n;
    for (let shift = 0n; at < bytes.length && shift < 70n; shift += 7n) {
      const byte = bytes[at++] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    return null;
  };
  while (at < bytes.length) {
    const tag = varint();
    if (tag === null) break;
    const number = Number(tag >> 3n);
    const wire = Number(tag & 7n);
    if (wire === 0) {
      const value = varint();
      if (value === null) break;
      fields.push({ number, wire, value });
    } else if (wire === 1 || wire === 5) {
      const width = wire === 1 ? 8 : 4;
      fields.push({ number, wire, bytes: bytes.slice(at, at + width) });
      at += width;
    } else if (wire === 2) {
      const length = varint();
      if (length === null) break;
      const payload = bytes.slice(at, at + Number(length));
      at += Number(length);
      const inner = INNER_BY_NUMBER.get(message)?.get(number);
      fields.push(inner === undefined ? { number, wire, bytes: payload } : { number, wire, message: inner, fields: parseFields(payload, inner) });
    } else break;
  }
  return fields;
}

/** The bytes of a list of fields. */
export function writeFields(fields: readonly Field[]): Uint8Array {
  const out = new ByteSink();
  for (const field of fields) {
    const { number, wire } = field;
    out.tag(number, wire);
    if (wire === 0) out.varint64(Number(field.value & 0xffff_ffffn), Number(field.value >> 32n));
    else if (wire === 2) {
      const bytes = "bytes" in field ? field.bytes : writeFields(field.fields);
      out.varint(bytes.length);
      out.append(bytes);
    } else out.append(field.bytes);
  }
  return Uint8Array.from(out.bytes);
}

/** A copy that shares nothing that mutations change. */
export function cloneField(field: Field): Field {
  return "fields" in field ? { ...field, fields: field.fields.map(cloneField) } : { ...field };
}

/** Every list of fields in a tree, the outermost first, with the message that it is. */
export function allMessages(fields: Field[], message: MessageName = "model"): { fields: Field[]; message: MessageName }[] {
  const found = [{ fields, message }];
  for (const field of fields) if ("fields" in field) found.push(...allMessages(field.fields, field.message));
  return found;
}
