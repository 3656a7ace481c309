import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parseArgs } from "node:util";
import { initBackend } from "../../../model/backend.js";
import { SPLIT_SEED } from "../../evaluate/splits.js";
import { markdown, type Section } from "../../evaluate/report.js";
import { renderFigure } from "../../figures/index.js";
import { ablations, CONTENDERS, CURVE_FILE, curvesOf, type Judged } from "./comparison/compared.js";
import { contest } from "./comparison/contest.js";
import { PHONES_TRAINING } from "./cross-validate.js";
import { doubtfulCells } from "./doubtful.js";
import { CALIBRATION_NETWORKS, FAMILY_TURNS, MEMBER_FOLDS } from "./folds.js";
import { heldOutOf, type PartName, PARTS } from "./held-out.js";
import { configurationGroup, runtimeGroup } from "./intervals.js";
import { PHONES_NETWORKS, readNetworks } from "./networks.js";
import { type Beside, doubtfulSection, networksSection, splitSection } from "./report.js";
import { phoneSamples } from "./samples.js";
import type { Scored } from "./scores.js";
import { PHONES_SOURCE, readPhoneTables } from "./table.js";

/** Splits, and what is compared on them: other ways to predict, the predictor on less data, the predictor without its parts. */
const ALL_PARTS: readonly string[] = [...PARTS, ...CONTENDERS.keys(), "curves", "ablations"];

const USAGE = `usage: npm run evaluate:phones -- --published FOLDER [--networks ${PHONES_NETWORKS}]
                                   [--parts ${ALL_PARTS.join(",")}] [--out docs/accuracy-phones.md] [--figures docs/figures]

FOLDER holds tflite_cnn.csv and torch_cnn.csv. Trains anew for everything that is left out, predicts it, and writes the
page. Predictions are kept in .cache/phones, so that parts can be made one after the other.
`;

const FAMILIES_TEXT = `Every family is left out once, all of its networks at a time, in ${FAMILY_TURNS.length} turns of two or three unlike families: a model that saw
none of the families of its turn predicts them.`;

const SECTIONS: Readonly<Record<PartName, (rows: readonly Scored[], beside: Beside) => Section>> = {
  "cpu-members": (rows, beside) =>
    splitSection(
      "CPU: other members of known families",
      `Networks of families with three and more members, in ${MEMBER_FOLDS} turns (seed ${SPLIT_SEED}); every network is left out once, with all of its rows.`,
      rows,
      configurationGroup,
      beside,
    ),
  "cpu-families": (rows, beside) => splitSection("CPU: families left out", FAMILIES_TEXT, rows, runtimeGroup, beside),
  "cpu-devices": (rows, beside) =>
    splitSection(
      "CPU: a phone left out",
      `Every phone is left out once (the Mi 8 SE with its sibling of the same chip). ${CALIBRATION_NETWORKS} networks run on it, chosen at random (seed ${SPLIT_SEED}),
place each of its configurations; the networks that are predicted are the first turn's above, which trained nothing. Baselines
train on the known phones and these runs.`,
      rows,
      runtimeGroup,
      beside,
    ),
  "cpu-devices-chosen": (rows, beside) =>
    splitSection(
      "CPU: a phone left out, its ten networks chosen",
      `The same phones and the same networks that test; the ${CALIBRATION_NETWORKS} networks that run on the new phone are those after which the sums over kinds,
by the costs of the known phones alone, expect the least error.`,
      rows,
      runtimeGroup,
      beside,
    ),
  "gpu-members": (rows, beside) =>
    splitSection("GPU: other members of known families", "A model of its own, the turns as on CPUs.", rows, configurationGroup, beside),
  "gpu-families": (rows, beside) =>
    splitSection("GPU: families left out", "A model of its own, the turns as on CPUs.", rows, runtimeGroup, beside),
};

const log = (message: string): void => void process.stderr.write(`${message}\n`);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      published: { type: "string", default: "" },
      networks: { type: "string", default: PHONES_NETWORKS },
      parts: { type: "string", default: ALL_PARTS.join(",") },
      out: { type: "string", default: "docs/accuracy-phones.md" },
      figures: { type: "string", default: "docs/figures" },
      help: { type: "boolean", default: false },
    },
  });
  const wanted = values.parts.split(",");
  const unknown = wanted.find((name) => !ALL_PARTS.includes(name));
  if (values.help || values.published === "" || unknown !== undefined) {
    log(unknown === undefined ? USAGE : `no part ${unknown}\n${USAGE}`);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const rows = readPhoneTables(values.published);
  const samples = phoneSamples(rows, readNetworks(values.networks));
  const { tf, name: backend } = await initBackend();
  const options = { tf, training: PHONES_TRAINING, log };
  const contenders = [...CONTENDERS].filter(([name]) => wanted.includes(name)).map(([, each]) => each);
  const judged = new Map<PartName, Judged>();
  for (const part of PARTS) {
    if (!wanted.includes(part)) continue;
    const rows = await heldOutOf(part, samples, options);
    judged.set(part, { rows, others: await contest(part, samples, contenders.map(({ contender }) => contender), options) });
  }
  const membersOf = (part: PartName): readonly Scored[] | undefined => judged.get(part.startsWith("gpu") ? "gpu-members" : "cpu-members")?.rows;
  const sections = [...judged].map(([part, { rows, others }]) => SECTIONS[part](rows, { others, calibrating: part.endsWith("families") ? membersOf(part) : undefined }));
  const curves = wanted.includes("curves") ? await curvesOf(judged, samples, options) : null;
  if (wanted.includes("ablations")) sections.push(...(await ablations(judged, samples, options)));
  if (curves !== null) {
    const file = join(values.figures, CURVE_FILE);
    mkdirSync(values.figures, { recursive: true });
    writeFileSync(file, renderFigure(curves.figure));
    sections.push(curves.section(relative(dirname(values.out), file)));
  }
  const { seed, members, epochs, rank } = PHONES_TRAINING;
  const text = `# Accuracy on phones

Written by \`npm run evaluate:phones${wanted.length < ALL_PARTS.length ? ` -- --parts ${values.parts}` : ""}\`; every figure is of rows that trained nothing. Data: ${PHONES_SOURCE}: ${rows.length} mean
latencies of ${new Set(rows.map(({ model }) => model)).size} networks; the networks are rebuilt (\`datasets/phones-networks\`). Training seed ${seed}, ${members} member of
the ensemble, rank ${rank}, ${epochs} epochs, backend ${backend}. ±10 % is the share of predictions within 10 % of the measurement.

Baselines are fitted to the same rows. For each configuration: lines on FLOPs, and on FLOPs and bytes. nn-Meter's way, the kernels
that the engine's fusions leave predicted one by one and summed: non-negative sums over operator kinds, whose coefficients a
configuration shares with others of its engine and precision; they are fitted to whole networks, because nobody measured the
kernels. Factors correct these sums.${contenders.length === 0 ? "" : ` Over all
configurations at once: ${contenders.map((each) => each.text).join("; ")}.`}

${markdown([...sections, networksSection(samples), doubtfulSection(doubtfulCells(rows))])}
`;
  writeFileSync(values.out, text);
  process.stdout.write(text);
}

await main();
