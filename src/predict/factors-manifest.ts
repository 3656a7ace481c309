import Type, { type Static } from "typebox";
import type { Manifest } from "../model/manifest.js";
import { DomainSchema, FactorsRecordSchema, MetricsSchema, parseManifest, RulesSchema } from "./manifest.js";

/** One of the configurations that a factors model answers for. */
const FactorsTargetSchema = Type.Object({
  /** The configuration's id, and the target's name. */
  id: Type.String({ minLength: 1 }),
  device: Type.String(),
  engine: Type.String(),
  precision: Type.String(),
  cores: Type.String(),
  machine: Type.String(),
  /** A key of `extra.rules`. */
  rules: Type.String(),
  /** Clock of the cores as they were measured; null where there is none, or one for each cluster. */
  maxMHz: Type.Union([Type.Number({ exclusiveMinimum: 0 }), Type.Null()]),
  /** Of the interval, on log latency. */
  halfWidth: Type.Number({ exclusiveMinimum: 0 }),
  metrics: MetricsSchema,
});

/** The parts of a manifest that the predictor of kind "factors" reads, beside what every artifact has. */
const FactorsManifestSchema = Type.Object({
  data: Type.Object({ name: Type.String() }),
  extra: Type.Object({
    rules: Type.Record(Type.String(), RulesSchema),
    targets: Type.Array(FactorsTargetSchema, { minItems: 1 }),
    interval: Type.Object({ coverage: Type.Number(), outOfDistributionFactor: Type.Number({ minimum: 1 }) }),
    domain: DomainSchema,
    model: FactorsRecordSchema,
  }),
});

export type FactorsManifest = Static<typeof FactorsManifestSchema>;
export type FactorsTargetEntry = FactorsManifest["extra"]["targets"][number];

/** Checks what this kind of predictor needs. @throws ArtifactError "malformed" that names the field */
export function parseFactorsManifest(manifest: Manifest): FactorsManifest {
  return parseManifest(FactorsManifestSchema, manifest);
}
