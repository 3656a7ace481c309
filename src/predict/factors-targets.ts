import { KIND_TERMS } from "../conv/kind-sums.js";
import type { Graph } from "../graph/types.js";
import type { Tf } from "../model/backend.js";
import type { Artifact } from "../model/artifact.js";
import { unpackFactors } from "../model/factors-artifact.js";
import { FactorsPredictor } from "../model/factors.js";
import { ArtifactError } from "../model/manifest.js";
import { elementsOf, type ParamSet } from "../model/params.js";
import type { CarriedSlowdown } from "./carried-slowdown.js";
import { ConfigurationPredictor } from "./configuration-predictor.js";
import { DomainJudge } from "./domain.js";
import { parseFactorsManifest } from "./factors-manifest.js";
import { FactorsTarget } from "./factors-target.js";
import type { EmbeddedGraph } from "./graph-latencies.js";
import type { TargetPredictor } from "./types.js";

/** What a target's cores are called where it has none. */
const GPU = "gpu";

/** The kind of artifact. */
export const FACTORS = "factors";
/**
 * Costs by kind of kernel, [configurations x KIND_TERMS], that the factors are relative to (see conv/kind-base.ts) and
 * blended with; an artifact without them answers by factors on rough latencies.
 */
export const KIND_COSTS = "baseCosts";

/**
 * One target for each configuration of a factors model that its manifest lists; they share the network, and a graph's
 * embedding where their engines lower it alike.
 *
 * @param slowdown of a machine that was measured under load, to carry over; null where there is none
 * @throws ArtifactError for a target without a configuration or rules, or a manifest that lacks something
 */
export function factorsTargets(tf: Tf, { manifest, params }: Artifact, slowdown: CarriedSlowdown | null): readonly TargetPredictor[] {
  const { data, extra } = parseFactorsManifest(manifest);
  const predictor = new FactorsPredictor(tf, unpackFactors({ params, record: extra.model }));
  const domain = new DomainJudge(extra.domain);
  const costs = kindCosts(params, extra.model.configurations.length);
  const configurations = new Map(extra.model.configurations.map((configuration, index) => [configuration.id, index]));
  const embedded = new Map(Object.keys(extra.rules).map((key) => [key, new WeakMap<Graph, EmbeddedGraph>()]));
  return extra.targets.map(({ id, device, engine, precision, cores, machine, rules, maxMHz, halfWidth, metrics }) => {
    const vectors = predictor.vectors(id);
    const kept = embedded.get(rules);
    const engineRules = extra.rules[rules];
    if (vectors === undefined || kept === undefined || engineRules === undefined) {
      throw new ArtifactError("malformed", `${manifest.name} ${manifest.version}: ${id} has no configuration or no rules.`);
    }
    // What loads the processor's cores says nothing of a GPU.
    const carried = cores === GPU ? null : slowdown;
    return new FactorsTarget({
      info: {
        target: id,
        device,
        engine,
        precision,
        cores,
        machine,
        predictor: manifest.name,
        version: manifest.version,
        data: data.name,
        metrics,
      },
      predictor: new ConfigurationPredictor(predictor, { vectors, kindCosts: costs(configurations.get(id) ?? 0) }),
      rules: engineRules,
      maxMHz,
      carried,
      domain,
      interval: { ...extra.interval, halfWidth },
      embedded: kept,
    });
  });
}

/** Costs of a configuration by its place; null where the artifact has none. @throws ArtifactError for another number of them */
function kindCosts(params: ParamSet, configurations: number): (index: number) => Float32Array | null {
  const tensor = params.get(KIND_COSTS);
  if (tensor === undefined) return () => null;
  if (elementsOf(tensor.shape) !== configurations * KIND_TERMS) {
    throw new ArtifactError("corrupt", `Tensor "${KIND_COSTS}" has ${elementsOf(tensor.shape)} elements, not ${configurations * KIND_TERMS}.`);
  }
  return (index) => tensor.data.subarray(index * KIND_TERMS, (index + 1) * KIND_TERMS);
}
