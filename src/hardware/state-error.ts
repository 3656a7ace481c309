/** A hardware state that cannot be accepted, with the field that is wrong (a dotted path, "" for the whole text). */
export class StateError extends Error {
  override readonly name = "StateError";
  constructor(
    readonly field: string,
    message: string,
  ) {
    super(message);
  }
}
