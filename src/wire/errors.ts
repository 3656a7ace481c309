/** Stable machine-readable reasons why a model cannot be read or predicted. */
export type ModelErrorCode =
  | "malformed" // the bytes break the protobuf or ONNX rules
  | "truncated" // the bytes end inside a message
  | "empty" // no bytes at all
  | "not-onnx" // recognisably some other format
  | "limit-exceeded" // a structural limit (nodes, depth, name length, ...) is passed
  | "invalid-graph" // cycles, dangling inputs, two producers, contradicting ranks
  | "unresolved-dimension" // a symbolic or unknown dimension that the cost depends on
  | "unsupported"; // valid, yet nothing after it can be known

export interface ModelErrorDetail {
  /** Offset of the offending byte from the start of the file. */
  readonly byteOffset?: number;
  readonly node?: string;
  readonly opType?: string;
  /** The tensor, dimension or attribute concerned. */
  readonly field?: string;
}

/** Everything that can be wrong with an uploaded model, with where it is wrong. */
export class ModelError extends Error {
  override readonly name = "ModelError";
  constructor(
    readonly code: ModelErrorCode,
    message: string,
    readonly detail: ModelErrorDetail = {},
  ) {
    super(message);
  }
}
