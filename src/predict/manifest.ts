import Type, { type Static } from "typebox";
import Value from "typebox/value";
import { MEMORY_TERMS, type MemoryTerm } from "../features/memory-terms.js";
import { LOWERED_ENGINES, type LoweredEngine } from "../graph/kernels/rules/engines.js";
import { ArtifactError, type Manifest } from "../model/manifest.js";
import { DOMAIN_PATTERN } from "./domain.js";
import { MIXES_PATTERN } from "./mixes.js";

const Numbers = Type.Array(Type.Number());

/** EngineRules: how the target's engine lowers a graph. */
export const RulesSchema = Type.Object({
  engine: Type.Enum(Object.keys(LOWERED_ENGINES) as LoweredEngine[]),
  channelBlock: Type.Integer({ minimum: 0 }),
});

/** See predict/domain.ts. */
export const DomainSchema = Type.Record(Type.String(), Type.String({ pattern: DOMAIN_PATTERN }));

/** Mixes. */
const MixesSchema = Type.Object({ classes: Type.Array(Type.String()), networks: Type.String({ pattern: MIXES_PATTERN }) });

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

/** MemorySum. */
const MemorySumSchema = Type.Object(
  Object.fromEntries(MEMORY_TERMS.map((name) => [name, Type.Optional(Type.Number({ minimum: 0 }))])) as Record<MemoryTerm, Type.TOptional<Type.TNumber>>,
  { additionalProperties: false },
);

/** ProcessMemoryModel, and what it was made from. */
export const MemorySchema = Type.Object({
  loading: MemorySumSchema,
  running: MemorySumSchema,
  coverage: Type.Number(),
  halfWidths: Type.Object({ running: Type.Number({ minimum: 0 }), peak: Type.Number({ minimum: 0 }) }),
  data: Type.String(),
  machine: Type.String(),
  networks: Type.Integer(),
  metrics: MetricsSchema,
});

export type MemoryRecord = Static<typeof MemorySchema>;

/** FactorsRecord. */
export const FactorsRecordSchema = Type.Object({
  rank: Type.Integer({ minimum: 1 }),
  members: Type.Integer({ minimum: 1 }),
  configurationFeatures: Type.Array(Type.String()),
  configurations: Type.Array(Type.Object({ id: Type.String(), features: Type.Record(Type.String(), Type.Number()) }), { minItems: 1 }),
});

/** More would only be slow. */
const MOST_MEMBERS = 64;

/** SlowdownRecord. */
const SLOWDOWN = {
  rank: Type.Integer({ minimum: 1 }),
  slowdownMembers: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_MEMBERS })),
  states: Type.Object({
    mean: Numbers,
    covariance: Type.Array(Numbers),
    varied: Type.Array(Type.Boolean()),
  }),
};

/** The parts of a manifest that predictors of recorded machines read, beside what every artifact has. */
const recorded = <Model extends Type.TSchema>(model: Model) =>
  Type.Object({
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
      domain: DomainSchema,
      /** Absent where kernels alone tell what is unlike the training data. */
      mixes: Type.Optional(MixesSchema),
      /** Factors u that a carried slowdown takes every kernel to have, [members x rank]; where absent, kernels' own parts count nothing. */
      typicalKernel: Type.Optional(Numbers),
      /** Absent where no memory was measured. */
      memory: Type.Optional(MemorySchema),
      model,
    }),
  });

const AdditiveManifest = recorded(
  Type.Object({
    roofline: Type.Object({ coefficients: Type.Record(Type.String(), Numbers), fallback: Numbers }),
    members: Type.Integer({ minimum: 1 }),
    ...SLOWDOWN,
  }),
);
/** KernelCosts. */
const CostsSchema = Type.Object({ byClass: Type.Record(Type.String(), Numbers), others: Type.Number({ exclusiveMinimum: 0 }) });

const EngineManifest = recorded(Type.Object({ factors: FactorsRecordSchema, costs: Type.Optional(CostsSchema), ...SLOWDOWN }));

const RecordedManifest = recorded(Type.Object(SLOWDOWN));

export type AdditiveManifest = Static<typeof AdditiveManifest>;
export type EngineManifest = Static<typeof EngineManifest>;

/** Checks what the predictor of kind "additive" needs. @throws ArtifactError "malformed" that names the field */
export function parseAdditiveManifest(manifest: Manifest): AdditiveManifest {
  return parseManifest(AdditiveManifest, manifest);
}

/** The same for the kinds "engine" and "profiled". */
export function parseEngineManifest(manifest: Manifest): EngineManifest {
  return parseManifest(EngineManifest, manifest);
}

/** What all of these kinds have, whichever a manifest is of. */
export function parseRecordedManifest(manifest: Manifest): Static<typeof RecordedManifest> {
  return parseManifest(RecordedManifest, manifest);
}

/** @throws ArtifactError "malformed" that names the first field that a kind of predictor cannot use */
export function parseManifest<Schema extends Type.TSchema>(schema: Schema, manifest: Manifest): Static<Schema> {
  if (Value.Check(schema, manifest)) return manifest;
  const [first] = Value.Errors(schema, manifest);
  throw new ArtifactError(
    "malformed",
    `${manifest.name} ${manifest.version}: ${first?.instancePath ?? ""} ${first?.message ?? "is not valid"}.`,
  );
}
