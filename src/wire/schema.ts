/**
 * What the scanner does with a field:
 * - int: one varint; ints: repeated varints, packed or not
 * - float: one fixed32; floats: repeated fixed32, packed or not; doubles: repeated fixed64, packed or not
 * - text: UTF-8; bytes: kept if the handler asks for it; message: descended into
 * Fields that a schema does not list are skipped by their wire type.
 */
export const FIELD_KINDS = ["skip", "int", "ints", "float", "floats", "doubles", "text", "bytes", "message"] as const;
export type FieldKind = (typeof FIELD_KINDS)[number];

/** The kinds as small integers: the scanner looks one up for every field of a file. */
export const SKIP = 0;
export const INT = 1;
export const INTS = 2;
export const FLOAT = 3;
export const FLOATS = 4;
export const DOUBLES = 5;
export const TEXT = 6;
export const BYTES = 7;
export const MESSAGE = 8;

/** One message type: the fields that matter, by number. */
export interface MessageSchema {
  readonly name: string;
  /** Kind by field number; numbers past its end are skipped. */
  readonly kinds: Uint8Array;
}

/** Compiles a table of `field number -> kind`. */
export function defineMessage(name: string, fields: Readonly<Record<number, FieldKind>>): MessageSchema {
  const numbers = Object.keys(fields).map(Number);
  const kinds = new Uint8Array(Math.max(0, ...numbers) + 1);
  for (const number of numbers) kinds[number] = FIELD_KINDS.indexOf(fields[number] ?? "skip");
  return { name, kinds };
}

/**
 * Receives the fields of one message, in the order of the file. The scanner calls only what the schema declares; a
 * singular field may come again (the last one wins), a singular message may be opened again (it is merged).
 */
export abstract class MessageHandler {
  abstract readonly schema: MessageSchema;

  /**
   * A varint as a signed 64-bit number; beyond the safe range it is the nearest double, which is not a safe integer
   * either.
   */
  int(field: number, value: number): void {
    this.unhandled(field, value);
  }

  /** A fixed32 as float32, or a fixed64 as float64. */
  float(field: number, value: number): void {
    this.unhandled(field, value);
  }

  text(field: number, value: string): void {
    this.unhandled(field, value);
  }

  /** Whether a bytes field or a packed field of this many bytes is wanted; if not, it is skipped without a copy. */
  keeps(field: number, byteLength: number): boolean {
    return field > 0 && byteLength >= 0;
  }

  /** A bytes field. The view is valid during the call only. */
  bytes(field: number, value: Uint8Array): void {
    this.unhandled(field, value.length);
  }

  /** The handler of a message that begins in this field. */
  message(field: number): MessageHandler {
    return this.unhandled(field, "a message");
  }

  /** The message has ended. */
  close(): void {
    // Most messages have nothing to do at their end.
  }

  private unhandled(field: number, value: number | string): never {
    throw new Error(`${this.schema.name} declares field ${field} but does not handle it (${value})`);
  }
}
