import { allMessages, parseFields, writeFields } from "./field-tree.js";

const MOST_TRIES = 3000;

/** A smaller input that still fails: fields are taken out one by one, then bytes, for as long as it does. */
export function minimise(bytes: Uint8Array, fails: (candidate: Uint8Array) => boolean): Uint8Array {
  let smallest = bytes;
  let tries = 0;
  const attempt = (candidate: Uint8Array): boolean => {
    tries += 1;
    if (tries > MOST_TRIES || candidate.length >= smallest.length || !fails(candidate)) return false;
    smallest = candidate;
    return true;
  };
  while (tries <= MOST_TRIES && (withoutAField(smallest, attempt) || withoutBytes(smallest, attempt)));
  return smallest;
}

/** Tries the file without each of its fields, the largest parts first. */
function withoutAField(bytes: Uint8Array, attempt: (candidate: Uint8Array) => boolean): boolean {
  let found = false;
  const root = parseFields(bytes, "model");
  for (const { fields } of allMessages(root)) {
    for (let at = 0; at < fields.length; ) {
      const [removed] = fields.splice(at, 1);
      if (attempt(writeFields(root))) {
        found = true;
      } else {
        if (removed !== undefined) fields.splice(at, 0, removed);
        at += 1;
      }
    }
  }
  return found;
}

function withoutBytes(bytes: Uint8Array, attempt: (candidate: Uint8Array) => boolean): boolean {
  for (let run = bytes.length >> 1; run >= 1; run >>= 1) {
    for (let at = 0; at + run <= bytes.length; at += run) {
      if (attempt(Uint8Array.from(Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + run)])))) return true;
    }
  }
  return false;
}
