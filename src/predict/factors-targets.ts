import type { Graph } from "../graph/types.js";
import type { Tf } from "../model/backend.js";
import type { Artifact } from "../model/artifact.js";
import { unpackFactors } from "../model/factors-artifact.js";
import { FactorsPredictor } from "../model/factors.js";
import { ArtifactError } from "../model/manifest.js";
import { ConfigurationPredictor } from "./configuration-predictor.js";
import { parseFactorsManifest } from "./factors-manifest.js";
import { FactorsTarget } from "./factors-target.js";
import type { EmbeddedGraph } from "./graph-latencies.js";
import type { TargetPredictor } from "./types.js";

/** The kind of artifact. */
export const FACTORS = "factors";

/**
 * One target for each configuration of a factors model that its manifest lists; they share the network, and a graph's
 * embedding where their engines lower it alike.
 *
 * @throws ArtifactError for a target without a configuration or rules, or a manifest that lacks something
 */
export function factorsTargets(tf: Tf, { manifest, params }: Artifact): readonly TargetPredictor[] {
  const { data, extra } = parseFactorsManifest(manifest);
  const predictor = new FactorsPredictor(tf, unpackFactors({ params, record: extra.model }));
  const embedded = new Map(Object.keys(extra.rules).map((key) => [key, new WeakMap<Graph, EmbeddedGraph>()]));
  return extra.targets.map(({ id, device, engine, precision, cores, machine, rules, maxMHz, halfWidth, metrics }) => {
    const vectors = predictor.vectors(id);
    const kept = embedded.get(rules);
    const engineRules = extra.rules[rules];
    if (vectors === undefined || kept === undefined || engineRules === undefined) {
      throw new ArtifactError("malformed", `${manifest.name} ${manifest.version}: ${id} has no configuration or no rules.`);
    }
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
      predictor: new ConfigurationPredictor(predictor, vectors, maxMHz),
      rules: engineRules,
      maxMHz,
      domain: extra.domain,
      interval: { ...extra.interval, halfWidth },
      embedded: kept,
    });
  });
}
