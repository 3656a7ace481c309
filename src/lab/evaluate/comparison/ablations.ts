import type { ModelFeatures } from "../../../features/model-features.js";
import type { Tf } from "../../../model/backend.js";
import { IdlePredictor } from "../../../model/additive.js";
import type { KernelLatencyModel } from "../../../model/kernel-latency.js";
import type { LatencyPredictor } from "../../../model/predictor.js";
import { withoutStates } from "../../../model/slowed.js";
import type { Corpus } from "../../train/corpus.js";
import { mapFeatures } from "../../train/corpus-changes.js";
import { KERNEL_TRAINING, trainKernelLatency } from "../../train/kernel-latency.js";
import { ADDITIVE_METHOD, methodOf } from "../../train/method.js";
import { type AdditiveOptions, profiledKernels, rowsOf, trainIdleModel } from "../../train/pipeline.js";
import type { Split } from "../splits.js";

/** The chosen predictor with one thing left out, on idle rows. */
export interface Ablation {
  readonly name: string;
  /** What trains it and tests it. */
  readonly change: (corpus: Corpus) => Corpus;
  readonly train: (tf: Tf, corpus: Corpus, split: Split, options: AdditiveOptions) => Promise<LatencyPredictor>;
}

const WHOLE: Ablation["train"] = (tf, corpus, split, options) => methodOf(corpus).trainIdle(tf, corpus, split, options);
const same = (corpus: Corpus): Corpus => corpus;

/** What can be left out of the predictor that ships for a corpus. */
export function ablationsOf(corpus: Corpus): readonly Ablation[] {
  const additive = methodOf(corpus) === ADDITIVE_METHOD;
  const timed = [...corpus.idle, ...corpus.further].some(({ kernelUs, parts = [] }) => kernelUs !== null || parts.length > 0);
  return [
    additive
      ? { name: "without c: a roofline in place of learned kernels", change: same, train: onRoofline }
      : { name: "without c: no models of one operator", change: (each) => ({ ...each, sweep: [] }), train: WHOLE },
    { name: "without the graph: kernels know nothing of their neighbours", change: withoutGraph, train: WHOLE },
    ...(timed ? [{ name: "without profiles of networks", change: withoutProfiles, train: WHOLE }] : []),
    ...(corpus.further.length > 0 ? [{ name: "without the networks beside the data", change: withoutFurther, train: WHOLE }] : []),
  ];
}

/** The additive predictor on rough latencies: the roofline that its kernel networks start from, and no more. */
async function onRoofline(tf: Tf, corpus: Corpus, split: Split, options: AdditiveOptions): Promise<LatencyPredictor> {
  const profiled = profiledKernels(rowsOf(corpus, split.training).idle);
  // The networks are thrown away: as little as can be.
  const fitted = await trainKernelLatency(tf, corpus.kernels, profiled, { ...KERNEL_TRAINING, ...options, members: 1, epochs: 1 });
  const kernelLatency = roofline(fitted);
  return withoutStates(new IdlePredictor(null, await trainIdleModel(tf, corpus, kernelLatency, split, options)));
}

/** Kernel latencies whose networks say nothing: what remains is the roofline. */
function roofline(model: KernelLatencyModel): KernelLatencyModel {
  const params = new Map([...model.params].map(([name, { shape, data }]) => [name, { shape, data: new Float32Array(data.length) }]));
  return { ...model, params };
}

/** Kernels without edges. */
export function withoutGraph(corpus: Corpus): Corpus {
  return mapFeatures(corpus, (features): ModelFeatures => {
    const { size, rowOffsets } = features.kernelGraph.adjacency;
    const adjacency = { size, rowOffsets: new Uint32Array(rowOffsets.length), columns: new Uint32Array() };
    return { ...features, kernelGraph: { ...features.kernelGraph, adjacency } };
  });
}

/** Of networks only their latency is known. */
export function withoutProfiles(corpus: Corpus): Corpus {
  const whole = <E extends Corpus["idle"][number]>(examples: readonly E[]): E[] => examples.map((example) => ({ ...example, kernelUs: null, parts: [] }));
  return { ...corpus, idle: whole(corpus.idle), further: whole(corpus.further) };
}

/** What a dataset's own networks teach. */
export function withoutFurther(corpus: Corpus): Corpus {
  return { ...corpus, further: [] };
}
