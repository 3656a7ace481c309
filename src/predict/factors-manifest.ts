import Type, { type Static } from "typebox";
import Value from "typebox/value";
import { ArtifactError, type Manifest } from "../model/manifest.js";
import { MetricsSchema, RulesSchema } from "./manifest.js";

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
    domain: Type.Record(Type.String(), Type.Record(Type.String(), Type.Tuple([Type.Number(), Type.Number()]))),
    model: Type.Object({
      rank: Type.Integer({ minimum: 1 }),
      members: Type.Integer({ minimum: 1 }),
      configurationFeatures: Type.Array(Type.String()),
      configurations: Type.Array(
        Type.Object({ id: Type.String(), features: Type.Record(Type.String(), Type.Number()) }),
        { minItems: 1 },
      ),
    }),
  }),
});

export type FactorsManifest = Static<typeof FactorsManifestSchema>;
export type FactorsTargetEntry = FactorsManifest["extra"]["targets"][number];

/** Checks what this kind of predictor needs. @throws ArtifactError "malformed" that names the field */
export function parseFactorsManifest(manifest: Manifest): FactorsManifest {
  if (Value.Check(FactorsManifestSchema, manifest)) return manifest;
  const [first] = Value.Errors(FactorsManifestSchema, manifest);
  throw new ArtifactError(
    "malformed",
    `${manifest.name} ${manifest.version}: ${first?.instancePath ?? ""} ${first?.message ?? "is not valid"}.`,
  );
}
