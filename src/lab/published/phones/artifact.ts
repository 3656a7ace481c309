import { KIND_TERMS } from "../../../conv/kind-sums.js";
import { FACTOR_SCHEMA } from "../../../features/factor-features.js";
import { packFactors } from "../../../model/factors-artifact.js";
import type { FactorsModel } from "../../../model/factors.js";
import type { ManifestHead } from "../../../model/manifest.js";
import { mergeParams, type ParamSet, type ParamTensor } from "../../../model/params.js";
import type { FactorsManifest, FactorsTargetEntry } from "../../../predict/factors-manifest.js";
import { FACTORS, KIND_COSTS } from "../../../predict/factors-targets.js";
import { OUT_OF_DISTRIBUTION_FACTOR } from "../../../predict/interval.js";
import type { TargetMetrics } from "../../../predict/types.js";
import { accuracyOf } from "../../evaluate/metrics.js";
import { SPLIT_SEED } from "../../evaluate/splits.js";
import { GPU, PHONE_MACHINES, usedCores } from "./configurations.js";
import { blendedUs, type HeldOut } from "./cross-validate.js";
import { MEMBER_FOLDS } from "./folds.js";
import { configurationGroup, COVERAGE, halfWidths } from "./intervals.js";
import type { OperatorSums } from "./operator-sums.js";
import { domainOf, type Scored } from "./scores.js";
import { PHONE_RULES, type PhoneRules, type PhoneSample, rulesOf } from "./samples.js";
import { type PhoneRow, PHONES_SOURCE } from "./table.js";

export interface PhonesArtifact {
  readonly head: ManifestHead;
  readonly params: ParamSet;
}

/** Everything that a shipped predictor of phones is made of. */
export interface PhonesParts {
  readonly name: string;
  readonly version: string;
  readonly seed: number;
  readonly backend: string;
  /** What trained the model: all rows. */
  readonly samples: readonly PhoneSample[];
  readonly model: FactorsModel;
  /** What the model's factors are relative to. */
  readonly sums: OperatorSums;
  /** Predictions of models that were trained without these networks, and without these families. */
  readonly members: readonly Scored[];
  readonly families: readonly Scored[];
}

/**
 * The model of all networks, with accuracy and intervals of models that left networks out: what ships has seen more than
 * what was judged, not less.
 */
export function phonesArtifact({ name, version, seed, backend, samples, model, sums, members, families }: PhonesParts): PhonesArtifact {
  const { params, record } = packFactors(model);
  const rows = new Map(samples.map(({ configuration, row }) => [configuration.id, row]));
  const widths = halfWidths(members, configurationGroup);
  const widest = Math.max(...widths.values());
  const targets = model.configurations.map(({ id }): FactorsTargetEntry => {
    const row = rows.get(id);
    if (row === undefined) throw new RangeError(`The configuration ${id} has no rows.`);
    const halfWidth = widths.get(`${row.device}.${row.engine}.${row.precision}`) ?? widest;
    return {
      id,
      device: row.device,
      engine: row.engine,
      precision: row.precision,
      cores: row.cores,
      machine: PHONE_MACHINES.get(row.device) ?? row.device,
      rules: rulesOf(row),
      maxMHz: maxMHz(row),
      halfWidth,
      metrics: [metricsOf(MEMBERS, members, id), metricsOf(FAMILIES, families, id)],
    };
  });
  const extra: FactorsManifest["extra"] = {
    rules: Object.fromEntries(targets.map(({ rules }) => [rules, PHONE_RULES[rules as PhoneRules]])),
    targets,
    interval: { coverage: COVERAGE, outOfDistributionFactor: OUT_OF_DISTRIBUTION_FACTOR },
    domain: domainOf(samples),
    model: {
      rank: record.rank,
      members: record.members,
      configurationFeatures: [...record.configurationFeatures],
      configurations: record.configurations.map(({ id, features }) => ({ id, features: { ...features } })),
    },
  };
  return {
    params: mergeParams(params, new Map([[KIND_COSTS, kindCosts(model, sums)]])),
    head: {
      name,
      version,
      kind: FACTORS,
      target: { configurations: targets.length },
      featureSchemaHash: FACTOR_SCHEMA.hash,
      createdBy: "tempograph npm run train -- --target phones",
      data: {
        name: PHONES_SOURCE,
        licence: "MIT",
        rows: samples.length,
        networks: new Set(samples.map(({ row }) => row.model)).size,
        from: "pytorchcv's networks, rebuilt: datasets/phones-networks",
      },
      split: `by network: ${MEMBER_FOLDS} turns over the members of known families, and each family left out, seed ${SPLIT_SEED}; the shipped model trained on all networks`,
      seed,
      metrics: [overall(MEMBERS, members), overall(FAMILIES, families)],
      machine: [...new Set(targets.map(({ machine }) => machine))].join("; "),
      extra: { backend, ...extra },
    },
  };
}

function kindCosts({ configurations }: FactorsModel, sums: OperatorSums): ParamTensor {
  const data = Float32Array.from(configurations.flatMap(({ id }) => sums.costs(id) ?? new Array<number>(KIND_TERMS).fill(0)));
  return { shape: [configurations.length, KIND_TERMS], data };
}

const MEMBERS = "networks left out, of known families";
const FAMILIES = "families left out";

function metricsOf(split: string, rows: readonly HeldOut[], configuration: string): TargetMetrics {
  return overall(split, rows.filter((row) => row.configuration === configuration));
}

/** Rounded: hundredths of a percent mean nothing here, and every target lists them. */
function overall(split: string, rows: readonly HeldOut[]): TargetMetrics {
  const accuracy = accuracyOf(rows.map((row) => ({ predicted: blendedUs(row), measured: row.measuredUs })));
  const round = (value: number): number => Math.round(100 * value) / 100;
  return {
    split,
    within5Percent: round(accuracy.within5Percent),
    within10Percent: round(accuracy.within10Percent),
    mapePercent: round(accuracy.mapePercent),
    rmspePercent: round(accuracy.rmspePercent),
    rows: accuracy.rows,
  };
}

/** The clock of one cluster's cores; null for a GPU, and where clusters of several clocks share the work. */
function maxMHz({ device, cores }: PhoneRow): number | null {
  if (cores === GPU) return null;
  const [cluster, another] = usedCores(device, cores);
  return cluster === undefined || another !== undefined ? null : Math.round(1000 * cluster.maxGHz);
}
