import { FACTOR_SCHEMA } from "../../../features/factor-features.js";
import { artifactDirectory, writeArtifact } from "../../../model/artifact.js";
import { initBackend } from "../../../model/backend.js";
import { packFactors } from "../../../model/factors-artifact.js";
import { type Domain, fitDomain } from "../../../predict/domain.js";
import type { FactorsManifest, FactorsTargetEntry } from "../../../predict/factors-manifest.js";
import { FACTORS } from "../../../predict/factors-targets.js";
import { conformalQuantile, OUT_OF_DISTRIBUTION_FACTOR } from "../../../predict/interval.js";
import type { NasSpace } from "../../published/nas/architecture.js";
import { architectureFeatures, NAS_RULES, nasTargetId, predictNasFactors, trainNasFactors } from "../../published/nas/factors.js";
import { NAS_DEVICES, NAS_SOURCE, type NasDevice, type NasRow, readNasTable } from "../../published/nas/table.js";
import { accuracyOf, type Pair } from "../metrics.js";
import { SPLIT_SEED } from "../splits.js";
import { nasSplit, TRAINING_COUNT } from "./split.js";

/** Test rows that judge what ships, and others after them that its intervals are from. */
const JUDGING = 1000;
const CALIBRATING = 500;
const COVERAGE = 0.9;

export interface ShipNasOptions {
  readonly published: string;
  readonly space: NasSpace;
  /** The folder of all weights. */
  readonly out: string;
  readonly version: string;
  readonly seed: number;
  readonly log: (message: string) => void;
}

/** Trains the factors predictor of a table on its 900 training architectures and writes it as weights/<space>. */
export async function shipNas({ published, space, out, version, seed, log }: ShipNasOptions): Promise<void> {
  const rows = readNasTable(published, space);
  const { training, test } = nasSplit(rows.length);
  const pick = (numbers: readonly number[]): NasRow[] => numbers.flatMap((row) => rows[row] ?? []);
  const [judged, calibrating] = [pick(test.slice(0, JUDGING)), pick(test.slice(JUDGING, JUDGING + CALIBRATING))];
  const { tf, name: backend } = await initBackend();
  const model = await trainNasFactors(tf, pick(training), seed, log);
  const [onJudged, onCalibrating] = [predictNasFactors(model, judged), predictNasFactors(model, calibrating)];
  const split = "test architectures of the table";
  const targets = NAS_DEVICES.map((device): FactorsTargetEntry => {
    const errors = pairsOf(device, calibrating, onCalibrating.get(device)).map(({ predicted, measured }) => Math.log(measured / predicted));
    return {
      id: nasTargetId(device, space),
      device,
      engine: "hwnasbench",
      precision: "float32",
      cores: space,
      machine: device,
      rules: "hwnasbench",
      maxMHz: null,
      halfWidth: conformalQuantile(errors, COVERAGE),
      metrics: [{ split, ...accuracyOf(pairsOf(device, judged, onJudged.get(device))) }],
    };
  });
  const { params, record } = packFactors(model);
  const extra: FactorsManifest["extra"] = {
    rules: { hwnasbench: { ...NAS_RULES, engine: "torch" } },
    targets,
    interval: { coverage: COVERAGE, outOfDistributionFactor: OUT_OF_DISTRIBUTION_FACTOR },
    domain: domainOf(pick(training)),
    model: {
      rank: record.rank,
      members: record.members,
      configurationFeatures: [...record.configurationFeatures],
      configurations: record.configurations.map(({ id, features }) => ({ id, features: { ...features } })),
    },
  };
  const directory = artifactDirectory(out, space, version);
  await writeArtifact(
    directory,
    {
      name: space,
      version,
      kind: FACTORS,
      target: { configurations: targets.length },
      featureSchemaHash: FACTOR_SCHEMA.hash,
      createdBy: `tempograph npm run train -- --target ${space}`,
      data: { name: NAS_SOURCE, licence: "MIT", rows: NAS_DEVICES.length * training.length, networks: training.length, from: `the zoo's ${space} models` },
      split: `by architecture: ${TRAINING_COUNT} train, ${JUDGING} of the rest test and the next ${CALIBRATING} make the intervals, seed ${SPLIT_SEED}`,
      seed,
      metrics: targets.flatMap(({ id, metrics }) => metrics.map((metric) => ({ ...metric, split: `${metric.split}, ${id}` }))),
      machine: NAS_DEVICES.join("; "),
      extra: { backend, ...extra },
    },
    params,
  );
  for (const { id, metrics } of targets) log(`${id}: ±10 % ${metrics.map(({ within10Percent }) => within10Percent.toFixed(1)).join()}`);
  log(`written to ${directory}`);
}

function pairsOf(device: NasDevice, rows: readonly NasRow[], predictions: readonly number[] | undefined): Pair[] {
  return rows.map(({ latencyMs }, i) => ({ predicted: predictions?.[i] ?? NaN, measured: latencyMs[device] }));
}

function domainOf(rows: readonly NasRow[]): Domain {
  return fitDomain(rows.flatMap(({ architecture }) => architectureFeatures(architecture).facts.filter(({ known }) => known)));
}
