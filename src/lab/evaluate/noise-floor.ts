import {
  IDLE_LABEL,
  IDLE_LABELS,
  label,
  LOADED_LABEL,
  loadedLabel,
  type LabelOptions,
  type LoadedLabelOptions,
  quietProbeNs,
} from "../dataset/label.js";
import type { Corpus } from "../train/corpus.js";
import { accuracyOf, type Accuracy, type Pair } from "./metrics.js";

/**
 * How well labels agree with themselves: one from the odd rounds against one from the even rounds. A label from all
 * rounds is better than either half, so a predictor can be seen to be somewhat better than this.
 */
export function idleNoiseFloor(corpus: Pick<Corpus, "idlePasses" | "further" | "quietNs">, options: LabelOptions = IDLE_LABEL): Accuracy {
  return accuracyOf(idleRepeats(corpus, options));
}

/** Which of IDLE_LABELS the two halves of a dataset's passes agree on best, by the root of their mean squared error. */
export function steadiestIdleLabel(corpus: Pick<Corpus, "idlePasses" | "quietNs">): LabelOptions {
  const judged = [...IDLE_LABELS.values()].map((options) => ({ options, error: idleNoiseFloor({ ...corpus, further: [] }, options).rmspePercent }));
  return judged.reduce((best, each) => (each.error < best.error ? each : best), { options: IDLE_LABEL, error: Infinity }).options;
}

/** Each model's label from the odd rounds (in place of a prediction) beside that from the even ones, in µs. */
export function idleRepeats(
  { idlePasses, further, quietNs }: Pick<Corpus, "idlePasses" | "further" | "quietNs">,
  options: LabelOptions = IDLE_LABEL,
): Pair[] {
  const beside = new Set(further.map(({ id }) => id));
  return [...idlePasses].flatMap(([id, passes]) => {
    if (beside.has(id)) return [];
    const odd = passes.filter(({ round }) => round % 2 === 1);
    const even = passes.filter(({ round }) => round % 2 === 0);
    if (odd.length === 0 || even.length === 0) return [];
    return [{ predicted: label(odd, quietNs, options), measured: label(even, quietNs, options) }];
  });
}

/** The same for loaded labels: visits of the first block against those of the second. */
export function loadedNoiseFloor(corpus: Pick<Corpus, "visits">, options: LoadedLabelOptions = LOADED_LABEL): Accuracy {
  return accuracyOf(loadedRepeats(corpus, options));
}

/** Each label from the first block (in place of a prediction) beside that from the second, in µs. */
export function loadedRepeats({ visits }: Pick<Corpus, "visits">, options: LoadedLabelOptions = LOADED_LABEL): Pair[] {
  const probes = new Map<string, Parameters<typeof quietProbeNs>[0][number][]>();
  for (const list of visits.values()) {
    for (const { load, probeBefore, probeAfter } of list) {
      const known = probes.get(load.name) ?? [];
      known.push(...[probeBefore, probeAfter].filter((probe) => probe !== null));
      probes.set(load.name, known);
    }
  }
  return [...visits.values()].flatMap((list) => {
    const first = list.filter(({ block }) => block === 1);
    const second = list.filter(({ block }) => block === 2);
    const state = list[0]?.load.name;
    if (first.length === 0 || second.length === 0 || state === undefined) return [];
    const quiet = quietProbeNs(probes.get(state) ?? []);
    return [{ predicted: loadedLabel(first, quiet, options), measured: loadedLabel(second, quiet, options) }];
  });
}
