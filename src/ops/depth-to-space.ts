import { intAttr } from "../onnx/attributes.js";
import type { Dim, OnnxNode, Shape } from "../onnx/types.js";
import { floorDivDims, mulDims } from "../shapes/dims.js";
import { ModelError } from "../wire/errors.js";
import { copyCost, fact, requiredInput } from "./facts.js";
import { defineOperator, type Operator } from "./operator.js";

interface BlockAttributes {
  readonly blockSize: number;
}

function parseBlockSize(node: OnnxNode): BlockAttributes {
  const blockSize = intAttr(node, "blocksize", 0);
  if (blockSize >= 1) return { blockSize };
  throw new ModelError("malformed", `a blocksize of ${blockSize}`, { field: "blocksize" });
}

/** The four dimensions of an NCHW image. */
function imageDims(shape: Shape): readonly [Dim, Dim, Dim, Dim] {
  if (shape === null) return [null, null, null, null];
  const [batch, channels, height, width] = shape;
  if (shape.length === 4 && batch !== undefined && channels !== undefined && height !== undefined && width !== undefined) {
    return [batch, channels, height, width];
  }
  throw new ModelError("invalid-graph", `an image has 4 dimensions, not ${shape.length}`, { field: "input" });
}

function exactQuotient(dim: Dim, divisor: number): Dim {
  if (typeof dim !== "number" || dim % divisor === 0) return floorDivDims(dim, divisor);
  throw new ModelError("invalid-graph", `${dim} is no multiple of ${divisor}`, { field: "blocksize" });
}

/** DepthToSpace: [N, C, H, W] to [N, C / b^2, H * b, W * b]. */
const depthToSpace = defineOperator<BlockAttributes>({
  domain: "",
  type: "DepthToSpace",
  since: [1, 11, 13, 28],
  kind: "movement",
  parseAttributes: parseBlockSize,
  inferShapes(context) {
    const input = requiredInput(context, 0, "input");
    const { blockSize } = context.attributes;
    const [batch, channels, height, width] = imageDims(input.shape);
    const depth = exactQuotient(channels, blockSize * blockSize);
    return [fact(input.dtype, [batch, depth, mulDims(height, blockSize), mulDims(width, blockSize)])];
  },
  cost: copyCost,
});

/** SpaceToDepth: [N, C, H, W] to [N, C * b^2, H / b, W / b]. */
const spaceToDepth = defineOperator<BlockAttributes>({
  domain: "",
  type: "SpaceToDepth",
  since: [1, 13, 28],
  kind: "movement",
  parseAttributes: parseBlockSize,
  inferShapes(context) {
    const input = requiredInput(context, 0, "input");
    const { blockSize } = context.attributes;
    const [batch, channels, height, width] = imageDims(input.shape);
    const depth = mulDims(channels, blockSize * blockSize);
    return [fact(input.dtype, [batch, depth, exactQuotient(height, blockSize), exactQuotient(width, blockSize)])];
  },
  cost: copyCost,
});

export const operators: readonly Operator[] = [depthToSpace, spaceToDepth];
