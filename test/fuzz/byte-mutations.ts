import type { Random } from "../../src/model/random.js";
import { chance, pick } from "./draw.js";

/** Bytes that end, begin or overflow something in protobuf. */
const NOTABLE = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x0a, 0x12, 0x3a, 0x07, 0x0b, 0x0c];
const MOST_EDITS = 4;
const LONGEST_RUN = 64;

/** A file with a few bytes changed, removed, repeated, cut off, or taken from another file. */
export function mutateBytes(original: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  let bytes = Buffer.from(original);
  for (let edits = 1 + random.integer(MOST_EDITS); edits > 0 && bytes.length > 0; edits -= 1) {
    const at = random.integer(bytes.length);
    const run = 1 + random.integer(LONGEST_RUN);
    switch (random.integer(7)) {
      case 0:
        bytes[at] = random.integer(256);
        break;
      case 1:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random.integer(8));
        break;
      case 2:
        bytes[at] = pick(random, NOTABLE);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + run)]);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + run), bytes.subarray(at)]);
        break;
      case 5: {
        const from = random.integer(Math.max(1, other.length));
        bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(from, from + run), bytes.subarray(at)]);
        break;
      }
      default:
        if (chance(random, 0.3)) bytes = bytes.subarray(0, at);
        else bytes.subarray(at, at + 1 + random.integer(4)).fill(random.integer(256));
    }
  }
  return Uint8Array.from(bytes);
}
