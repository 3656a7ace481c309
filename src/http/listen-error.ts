/** The address cannot be listened on; the message says which and why. */
export class ListenError extends Error {
  override readonly name = "ListenError";
}
