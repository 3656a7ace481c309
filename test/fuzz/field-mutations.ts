import type { Random } from "../../src/model/random.js";
import { chance, hostileInteger, pick } from "./draw.js";
import { allMessages, cloneField, parseFields, writeFields, type Field, type MessageName } from "./field-tree.js";

const MOST_EDITS = 6;
const MOST_COPIES = 40;
const MOST_FIELD_NUMBER = 30;

/** Field numbers that hold text which refers to something: names of tensors, operators, symbols, attributes. */
const STRANGE_TEXTS = ["", "__proto__", "constructor", "toString", "ai.onnx", "com.microsoft", "\u{1f4a9}", "NaN", "-1", "x".repeat(300)];

/** A file with some of its fields inserted, deleted, repeated, swapped, renumbered, changed or taken from another file. */
export function mutateFields(original: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const root = parseFields(original, "model");
  for (let edits = 1 + random.integer(MOST_EDITS); edits > 0; edits -= 1) editOne(root, other, random);
  return writeFields(root);
}

function editOne(root: Field[], other: Uint8Array, random: Random): void {
  const messages = allMessages(root);
  // Half of the time in a message that holds something, so that the many small leaves don't take all.
  const filled = messages.filter(({ fields }) => fields.length > 1);
  const { fields, message } = pick(random, filled.length > 0 && chance(random, 0.5) ? filled : messages);
  if (fields.length === 0) {
    fields.push(freshField(random));
    return;
  }
  const at = random.integer(fields.length);
  const field = fields[at];
  if (field === undefined) return;
  switch (random.integer(9)) {
    case 0:
      fields.splice(at, 1);
      break;
    case 1:
      fields.splice(at, 0, ...copies(field, chance(random, 0.1) ? 1 + random.integer(MOST_COPIES) : 1));
      break;
    case 2:
      swap(fields, at, random.integer(fields.length));
      break;
    case 3:
      fields[at] = renumbered(field, 1 + random.integer(MOST_FIELD_NUMBER));
      break;
    case 4:
      fields.splice(at, 0, freshField(random));
      break;
    case 5:
      splice(fields, message, at, parseFields(other, "model"), random);
      break;
    case 6:
      splice(fields, message, at, root, random);
      break;
    default:
      fields[at] = changed(field, root, random);
  }
}

function copies(field: Field, count: number): Field[] {
  return Array.from({ length: count }, () => cloneField(field));
}

function swap(fields: Field[], a: number, b: number): void {
  const [first, second] = [fields[a], fields[b]];
  if (first === undefined || second === undefined) return;
  fields[a] = second;
  fields[b] = first;
}

function renumbered(field: Field, number: number): Field {
  return { ...field, number };
}

function freshField(random: Random): Field {
  const number = 1 + random.integer(MOST_FIELD_NUMBER);
  switch (random.integer(4)) {
    case 0:
      return { number, wire: 5, bytes: Uint8Array.from({ length: 4 }, () => random.integer(256)) };
    case 1:
      return { number, wire: 2, bytes: Uint8Array.from({ length: random.integer(12) }, () => random.integer(256)) };
    default:
      return { number, wire: 0, value: hostileInteger(random) };
  }
}

/** Puts a field of the same kind of message, from anywhere in another tree, in the place of one or before it. */
function splice(fields: Field[], message: MessageName, at: number, from: Field[], random: Random): void {
  const donors = allMessages(from).filter((donor) => donor.message === message && donor.fields.length > 0);
  if (donors.length === 0) return;
  const donor = cloneField(pick(random, pick(random, donors).fields));
  fields.splice(at, chance(random, 0.5) ? 1 : 0, donor);
}

/** Another value of the same wire type. */
function changed(field: Field, root: Field[], random: Random): Field {
  if (field.wire === 0) return { ...field, value: hostileInteger(random) };
  if ("fields" in field) return chance(random, 0.3) ? { ...field, fields: [] } : field;
  if (field.wire !== 2) return { ...field, bytes: Uint8Array.from(field.bytes, () => random.integer(256)) };
  const bytes = chance(random, 0.6) ? textFromElsewhere(root, random) : null;
  if (bytes !== null) return { ...field, bytes };
  if (chance(random, 0.4)) return { ...field, bytes: Uint8Array.from(Buffer.from(pick(random, STRANGE_TEXTS))) };
  if (chance(random, 0.5)) return { ...field, bytes: packed(random) };
  const mutated = Uint8Array.from(field.bytes);
  if (mutated.length > 0) mutated[random.integer(mutated.length)] = random.integer(256);
  return { ...field, bytes: mutated };
}

/** A name, operator or payload that occurs in the file: edges that lead elsewhere. */
function textFromElsewhere(root: Field[], random: Random): Uint8Array | null {
  const { fields } = pick(random, allMessages(root));
  const texts = fields.filter((field) => field.wire === 2 && "bytes" in field);
  const found = texts.length === 0 ? undefined : pick(random, texts);
  return found !== undefined && "bytes" in found ? found.bytes : null;
}

/** Packed varints, as lists of integers are stored. */
function packed(random: Random): Uint8Array {
  const fields = Array.from({ length: random.integer(6) }, (): Field => ({ number: 1, wire: 0, value: hostileInteger(random) }));
  const parts = fields.map((field) => writeFields([field]).subarray(1));
  return Uint8Array.from(Buffer.concat(parts));
}
