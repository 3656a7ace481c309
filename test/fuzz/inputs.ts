import { createRandom, type Random } from "../../src/model/random.js";
import { encodeModel } from "../helper/onnx-encode.js";
import { jsonOf } from "../helper/onnx-json.js";
import { randomNetwork } from "../helper/random-graph.js";
import { mutateBytes } from "./byte-mutations.js";
import type { FuzzCorpus } from "./corpus.js";
import { chance, pick } from "./draw.js";
import { mutateFields } from "./field-mutations.js";
import { ModelGenerator } from "./random-model.js";

export type InputKind = "bytes" | "fields" | "operators" | "network" | "json" | "both";

export interface FuzzInput {
  readonly kind: InputKind;
  readonly bytes: Uint8Array;
  /** What is drawn from here on belongs to the input too. */
  readonly random: Random;
}

/** Share of the mutations that start from a real network. */
const LARGE_SHARE = 0.01;

/** Inputs by number: the same seed and number give the same input, whatever came before. */
export class InputSource {
  private readonly generator: ModelGenerator;

  constructor(
    private readonly corpus: FuzzCorpus,
    private readonly seed: number,
  ) {
    this.generator = new ModelGenerator(corpus.small);
  }

  at(index: number): FuzzInput {
    const random = createRandom(Math.imul(this.seed, 0x9e3779b1) + index);
    const draw = random.uniform();
    if (draw < 0.2) return { kind: "bytes", bytes: mutateBytes(this.file(random), this.file(random), random), random };
    if (draw < 0.55) return { kind: "fields", bytes: mutateFields(this.file(random), this.file(random), random), random };
    if (draw < 0.9) return { kind: "operators", bytes: encodeModel(this.generator.generate(random)), random };
    if (draw < 0.95) return { kind: "network", bytes: encodeModel(randomNetwork(random)), random };
    if (draw < 0.96) return { kind: "json", bytes: mutateBytes(Buffer.from(jsonOf(pick(random, this.corpus.small))), this.file(random), random), random };
    const generated = encodeModel(this.generator.generate(random));
    return { kind: "both", bytes: mutateFields(generated, this.file(random), random), random };
  }

  private file(random: Random): Uint8Array {
    return pick(random, chance(random, LARGE_SHARE) ? this.corpus.large : this.corpus.small);
  }
}
