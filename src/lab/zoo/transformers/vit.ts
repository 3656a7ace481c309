import type { Tensor } from "../builder.js";
import { dimOf, ModelBuilder } from "../builder.js";
import type { ZooModel } from "../model.js";
import { Rng } from "../rng.js";
import { ZOO_VERSION } from "../variants.js";
import type { EncoderForm, EncoderShape } from "./encoder.js";
import { EncoderWriter } from "./encoder.js";
import { checkVariant, drawBounded, drawForm, drawWidth } from "./variation.js";

interface VitShape extends EncoderShape {
  readonly imageSize: number;
  readonly classes: number;
}

const PATCH = 16;
const EPSILON = 1e-6;
const IMAGENET = { depth: 12, imageSize: 224, classes: 1000 } as const;
/** Variants 0, 1, 2: ViT-Ti/16 and S/16 of DeiT (Touvron et al., 2021), B/16 of Dosovitskiy et al., 2021. */
const NAMED: readonly (VitShape & { readonly name: string })[] = [
  { name: "vit_tiny", ...IMAGENET, width: 192, heads: 3, hidden: 768 },
  { name: "vit_small", ...IMAGENET, width: 384, heads: 6, hidden: 1536 },
  { name: "vit_base", ...IMAGENET, width: 768, heads: 12, hidden: 3072 },
];
const NAMED_FORM: EncoderForm = { layerNorm: "node", attention: "joined" };
const IMAGE_SIZES = [96, 112, 128, 160, 176, 192, 224, 224, 224, 256] as const;

/** [1, 3, size, size] -> [1, patches, width]. */
function patches(b: ModelBuilder, width: number): Tensor {
  const map = b.conv(b.input, { out: width, kernel: PATCH, stride: PATCH, pad: 0 });
  return b.transpose(b.reshape(map, [1, width, dimOf(map, 2) * dimOf(map, 3)]), [0, 2, 1]);
}

function build(shape: VitShape, form: EncoderForm): { b: ModelBuilder; output: Tensor } {
  const b = new ModelBuilder([1, 3, shape.imageSize, shape.imageSize]);
  const encoder = new EncoderWriter(b, form, EPSILON);
  const tokens = b.prependToken(patches(b, shape.width));
  let x = b.withConstant("Add", tokens, tokens.shape);
  for (let layer = 0; layer < shape.depth; layer++) {
    x = b.add(x, encoder.attention(encoder.norm(x), shape.heads));
    x = b.add(x, encoder.perceptron(encoder.norm(x), shape.hidden));
  }
  return { b, output: b.gemm(b.take(encoder.norm(x), 0, 1), shape.classes) };
}

function draw(rng: Rng): VitShape {
  const { heads, width } = drawWidth(rng);
  return {
    depth: rng.int(2, 12),
    width,
    heads,
    hidden: width * rng.pick([2, 3, 4, 4]),
    imageSize: rng.pick(IMAGE_SIZES),
    classes: rng.chance(0.8) ? 1000 : rng.pick([10, 100]),
  };
}

/**
 * A vision transformer: patches of 16x16, a class token, learned positions, normalization before each part, as in timm's
 * vision_transformer.py. Variants 0, 1 and 2 are tiny, small and base; every other one draws depth, width, heads,
 * perceptron, image size and the exporter's form, within the bound on work of the other families' variants.
 *
 * @throws RangeError where `variant` is not a non-negative integer
 */
export function buildVit(variant: number): ZooModel {
  checkVariant(variant);
  const named = NAMED[variant];
  const seed = `zoo${ZOO_VERSION}/vit/${variant}`;
  const form = named === undefined ? drawForm(new Rng(`${seed}/form`)) : NAMED_FORM;
  const { shape, built } = drawBounded(seed, named, draw, (candidate) => build(candidate, form));
  const { depth, width, heads, hidden, imageSize, classes } = shape;
  const member = named?.name ?? "vit";
  return built.b.finish(built.output, {
    id: `vit-${variant}`,
    family: "vit",
    note: named === undefined ? `${member}, varied` : member,
    info: { member, depth, width, heads, hidden, inputSize: imageSize, classes, patch: PATCH, ...form },
  });
}
