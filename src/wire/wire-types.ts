/* Wire types of the protobuf encoding: how a field's value is written. */
export const VARINT = 0;
export const FIXED64 = 1;
/** A length and as many bytes: a text, a bytes field, a message, a packed list. */
export const DELIMITED = 2;
export const GROUP_START = 3;
export const GROUP_END = 4;
export const FIXED32 = 5;
