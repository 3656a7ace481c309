import { modelFeatures, type ModelFeatures } from "../../src/features/model-features.js";
import { buildGraph } from "../../src/graph/build.js";
import type { Graph } from "../../src/graph/types.js";
import type { OnnxModel } from "../../src/onnx/types.js";
import { ModelError } from "../../src/wire/errors.js";

/** What the front end says of one input. */
export type Answer =
  | { readonly stage: "read" | "build"; readonly error: ModelError }
  | { readonly stage: "features"; readonly features: ModelFeatures };

const RULES = { engine: "onnxruntime", channelBlock: 8 } as const;
/** A model may leave this many dimensions open, one error each. */
const MOST_BINDINGS = 4;
const SIZE = 2;

/** Bytes to features. Open dimensions are bound as the errors ask for it. @throws whatever is no ModelError */
export function answerOf(read: () => OnnxModel): Answer {
  let stage: "read" | "build" = "read";
  try {
    const model = read();
    stage = "build";
    return { stage: "features", features: modelFeatures(bindAndBuild(model), RULES) };
  } catch (error) {
    if (error instanceof ModelError) return { stage, error };
    throw error;
  }
}

function bindAndBuild(model: OnnxModel): Graph {
  const dims = new Map<string, number>();
  for (;;) {
    try {
      return buildGraph(model, { dims });
    } catch (error) {
      const field = error instanceof ModelError && error.code === "unresolved-dimension" ? error.detail.field : undefined;
      if (field === undefined || dims.has(field) || dims.size >= MOST_BINDINGS) throw error;
      dims.set(field, SIZE);
    }
  }
}

/** How two answers differ, in words; null: they are the same. */
export function difference(a: Answer, b: Answer): string | null {
  if (a.stage !== b.stage) return `${describe(a)} against ${describe(b)}`;
  if (a.stage !== "features" || b.stage !== "features") {
    const [first, second] = [describe(a), describe(b)];
    return first === second ? null : `${first} against ${second}`;
  }
  const [left, right] = [a.features, b.features];
  if (left.graph.modelId !== right.graph.modelId) return "another modelId";
  if (JSON.stringify(left.graph.totals) !== JSON.stringify(right.graph.totals)) return "other totals";
  if (Buffer.compare(bytesOf(left.kernelMatrix), bytesOf(right.kernelMatrix)) !== 0) return "other features";
  return null;
}

export function describe(answer: Answer): string {
  if (answer.stage === "features") return "features";
  const { code, message, detail } = answer.error;
  return `${answer.stage}: ${code}: ${message} ${JSON.stringify(detail)}`;
}

function bytesOf(matrix: Float32Array): Uint8Array {
  return new Uint8Array(matrix.buffer, matrix.byteOffset, matrix.byteLength);
}
