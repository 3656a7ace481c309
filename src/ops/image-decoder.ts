import { stringAttr } from "../onnx/attributes.js";
import { malformed } from "./checks.js";
import { assertRank } from "./contrib/dimensions.js";
import { copyCost, fact, requiredInput } from "./facts.js";
import { defineOperator, type Operator } from "./operator.js";

const CHANNELS: ReadonlyMap<string, number> = new Map([
  ["RGB", 3],
  ["BGR", 3],
  ["Grayscale", 1],
]);

/** ImageDecoder: a file's bytes -> `[H, W, channels]`; how large the image is stands in the file. Bytes, no FLOPs. */
const imageDecoder = defineOperator<{ readonly channels: number }>({
  domain: "",
  type: "ImageDecoder",
  since: [20],
  kind: "other",
  parseAttributes(node) {
    const channels = CHANNELS.get(stringAttr(node, "pixel_format", "RGB"));
    if (channels !== undefined) return { channels };
    throw malformed(node, "pixel_format", `pixel_format must be one of ${[...CHANNELS.keys()].join(", ")}`);
  },
  inferShapes(context) {
    assertRank(context.node, "encoded_stream", requiredInput(context, 0, "encoded_stream").shape, 1);
    return [fact("uint8", [null, null, context.attributes.channels])];
  },
  cost: copyCost,
});

export const operators: readonly Operator[] = [imageDecoder];
