import Type, { type Static } from "typebox";
import Value from "typebox/value";
import { LOWERED_ENGINES, type LoweredEngine } from "../graph/kernels/rules/engines.js";
import { ArtifactError, type Manifest } from "../model/manifest.js";

const Numbers = Type.Array(Type.Number());

/** EngineRules: how the target's engine lowers a graph. */
export const RulesSchema = Type.Object({
  engine: Type.Enum(Object.keys(LOWERED_ENGINES) as LoweredEngine[]),
  channelBlock: Type.Integer({ minimum: 0 }),
});

export const MetricsSchema = Type.Array(
  Type.Object({
    split: Type.String(),
    within5Percent: Type.Number(),
    within10Percent: Type.Number(),
    mapePercent: Type.Number(),
    rmspePercent: Type.Number(),
    rows: Type.Integer(),
  }),
);

/** The parts of a manifest that the predictor of kind "additive" reads, beside what every artifact has. */
const AdditiveManifest = Type.Object({
  target: Type.Object({
    id: Type.String(),
    device: Type.String(),
    engine: Type.String(),
    precision: Type.String(),
    cores: Type.String(),
  }),
  data: Type.Object({ name: Type.String() }),
  metrics: MetricsSchema,
  extra: Type.Object({
    rules: RulesSchema,
    interval: Type.Object({
      coverage: Type.Number(),
      halfWidths: Type.Record(Type.String(), Type.Number(), { minProperties: 1 }),
      transferHalfWidths: Type.Optional(Type.Record(Type.String(), Type.Number())),
      outOfDistributionFactor: Type.Number({ minimum: 1 }),
    }),
    domain: Type.Record(Type.String(), Type.Record(Type.String(), Type.Tuple([Type.Number(), Type.Number()]))),
    model: Type.Object({
      roofline: Type.Object({ coefficients: Type.Record(Type.String(), Numbers), fallback: Numbers }),
      members: Type.Integer({ minimum: 1 }),
      rank: Type.Integer({ minimum: 1 }),
      states: Type.Object({
        mean: Numbers,
        covariance: Type.Array(Numbers),
        varied: Type.Array(Type.Boolean()),
      }),
    }),
  }),
});

export type AdditiveManifest = Static<typeof AdditiveManifest>;

/** Checks what this kind of predictor needs. @throws ArtifactError "malformed" that names the field. */
export function parseAdditiveManifest(manifest: Manifest): AdditiveManifest {
  if (Value.Check(AdditiveManifest, manifest)) return manifest;
  const [first] = Value.Errors(AdditiveManifest, manifest);
  throw new ArtifactError(
    "malformed",
    `${manifest.name} ${manifest.version}: ${first?.instancePath ?? ""} ${first?.message ?? "is not valid"}.`,
  );
}
