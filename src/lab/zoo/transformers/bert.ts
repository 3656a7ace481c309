import type { Tensor } from "../builder.js";
import { ModelBuilder } from "../builder.js";
import type { ZooModel } from "../model.js";
import { Rng } from "../rng.js";
import { ZOO_VERSION } from "../variants.js";
import type { EncoderForm, EncoderShape } from "./encoder.js";
import { EncoderWriter } from "./encoder.js";
import { checkVariant, drawBounded, drawForm, drawWidth } from "./variation.js";

interface BertShape extends EncoderShape {
  /** Tokens. */
  readonly sequence: number;
  /** Rows of the embedding table. */
  readonly vocabulary: number;
}

const EPSILON = 1e-12;
const POSITIONS = 512;
const SEGMENTS = 2;
const UNCASED = { sequence: 128, vocabulary: 30_522 } as const;
/** Variants 0..4: the miniatures of Turc et al., 2019 (arXiv:1908.08962), and BERT-base of Devlin et al., 2019. */
const NAMED: readonly (BertShape & { readonly name: string })[] = [
  { name: "bert_tiny", ...UNCASED, depth: 2, width: 128, heads: 2, hidden: 512 },
  { name: "bert_mini", ...UNCASED, depth: 4, width: 256, heads: 4, hidden: 1024 },
  { name: "bert_small", ...UNCASED, depth: 4, width: 512, heads: 8, hidden: 2048 },
  { name: "bert_medium", ...UNCASED, depth: 8, width: 512, heads: 8, hidden: 2048 },
  { name: "bert_base", ...UNCASED, depth: 12, width: 768, heads: 12, hidden: 3072 },
];
const NAMED_FORM: EncoderForm = { layerNorm: "node", attention: "separate" };

/** Words, segments and positions: three tables, of which the last two are looked up by constants. */
function embeddings(b: ModelBuilder, encoder: EncoderWriter, { sequence, vocabulary, width }: BertShape): Tensor {
  const words = b.embedding(b.input, vocabulary, width);
  const segments = b.constantEmbedding(Array.from({ length: sequence }, () => 0), SEGMENTS, width);
  const positions = b.constantEmbedding(Array.from({ length: sequence }, (_, i) => i), POSITIONS, width);
  return encoder.norm(b.add(b.add(words, segments), positions));
}

function build(shape: BertShape, form: EncoderForm): { b: ModelBuilder; output: readonly Tensor[] } {
  const b = new ModelBuilder([1, shape.sequence], { inputType: "int64" });
  const encoder = new EncoderWriter(b, form, EPSILON);
  let x = embeddings(b, encoder, shape);
  for (let layer = 0; layer < shape.depth; layer++) {
    x = encoder.norm(b.add(encoder.attention(x, shape.heads), x));
    x = encoder.norm(b.add(encoder.perceptron(x, shape.hidden), x));
  }
  const pooled = b.tanh(b.gemm(b.take(x, 0, 1), shape.width));
  return { b, output: [x, pooled] };
}

function draw(rng: Rng): BertShape {
  const { heads, width } = drawWidth(rng);
  return {
    depth: rng.int(1, 12),
    width,
    heads,
    hidden: width * rng.pick([2, 3, 4, 4]),
    sequence: rng.pick([16, 32, 64, 96, 128, 128, 192, 256, 384]),
    vocabulary: rng.pick([1000, 8000, UNCASED.vocabulary]),
  };
}

/**
 * A BERT encoder with embeddings and pooler, as transformers' BertModel exports where token ids (int64) are its only
 * input: every token counts, so no mask is added to the scores. Its outputs are the last layer's tokens and the pooled
 * first one. Variants 0..4 are tiny, mini, small, medium and base on 128 tokens; every other one draws depth, width, heads,
 * perceptron, tokens, vocabulary and the exporter's form, within the bound on work of the other families' variants.
 *
 * @throws RangeError where `variant` is not a non-negative integer
 */
export function buildBert(variant: number): ZooModel {
  checkVariant(variant);
  const named = NAMED[variant];
  const seed = `zoo${ZOO_VERSION}/bert/${variant}`;
  const form = named === undefined ? drawForm(new Rng(`${seed}/form`)) : NAMED_FORM;
  const { shape, built } = drawBounded(seed, named, draw, (candidate) => build(candidate, form));
  const { depth, width, heads, hidden, sequence, vocabulary } = shape;
  const member = named?.name ?? "bert";
  return built.b.finish(built.output, {
    id: `bert-${variant}`,
    family: "bert",
    note: named === undefined ? `${member}, varied` : member,
    info: { member, depth, width, heads, hidden, sequence, vocabulary, ...form },
  });
}
