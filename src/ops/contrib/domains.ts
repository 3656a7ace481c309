/** Where ONNX Runtime's own operators live: those that its optimiser, quantiser and transformer tools write. */
export const MICROSOFT = "com.microsoft";

/** Its operators on tensors whose channels lie in blocks of 8 or 16, in files that were optimised for one processor. */
export const MICROSOFT_NCHWC = "com.microsoft.nchwc";
