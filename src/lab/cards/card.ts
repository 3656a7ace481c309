import Type from "typebox";
import Value from "typebox/value";
import type { Manifest } from "../../model/manifest.js";
import { FACTORS } from "../../predict/factors-targets.js";
import { parseFactorsManifest } from "../../predict/factors-manifest.js";
import { IDLE_KEY } from "../../predict/interval.js";
import { type MemoryRecord, MetricsSchema, parseRecordedManifest } from "../../predict/manifest.js";
import type { TargetMetrics } from "../../predict/types.js";
import { type Table, tableMarkdown } from "../evaluate/report.js";
import { CARD_TEXTS } from "./texts.js";

/**
 * A predictor's card: what its manifest says, and the text that goes with its name.
 *
 * @throws RangeError for a predictor without a text; ArtifactError for a manifest that its kind cannot read
 */
export function modelCard(manifest: Manifest): string {
  const { name, version, kind, data, split, seed, createdBy, machine, tensorFile } = manifest;
  const text = CARD_TEXTS.get(name);
  if (text === undefined) throw new RangeError(`There is no text for the card of ${name}: write it in src/lab/cards/texts.ts.`);
  return `# ${name} ${version}

Written by \`npm run model-cards\` from \`weights/${name}/${version}/manifest.json\`.

${text.what}

**Intended use.** ${text.intendedUse}

**Known limits.**

${text.limits.map((limit) => `- ${limit}`).join("\n")}

**Evidence.** [${text.evidence.page}](../${text.evidence.page}), written by \`${text.evidence.command}\`, with baselines on the same rows.

## Data

${tableMarkdown({ head: ["", "value"], rows: Object.entries(data).map(([key, value]) => [WORDS.get(key) ?? key, String(value)]) })}

Measured on: ${machine}.

**Split.** ${split}.

## Accuracy on rows that did not train what is judged

${tableMarkdown(metricsTable("split", metricsOf(manifest).map((metrics) => [metrics.split, metrics])))}

${kind === FACTORS ? factorsPart(manifest) : recordedPart(manifest)}

## Training

\`${createdBy.replace(/^tempograph /, "")}\`, seed ${seed}, backend ${backendOf(manifest)}; ${(tensorFile.bytes / 1024).toFixed(0)} KiB of weights (sha256 \`${tensorFile.sha256.slice(0, 12)}\`), kind "${kind}".
`;
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ["name", "data"],
  ["licence", "licence"],
  ["rows", "latencies"],
  ["networks", "networks"],
  ["from", "networks from"],
  ["plan", "plan"],
  ["kernels", "kernels"],
  ["idleModels", "networks, idle"],
  ["furtherNetworks", "networks beside the data that train too"],
  ["profiledNetworks", "networks whose layers are timed"],
  ["loadedLabels", "labels under load"],
  ["slowdownsToo", "slowdowns learned from as well"],
]);

function metricsOf({ metrics }: Manifest): readonly TargetMetrics[] {
  return Value.Check(MetricsSchema, metrics) ? metrics : [];
}

function backendOf({ extra }: Manifest): string {
  return Value.Check(Type.Object({ backend: Type.String() }), extra) ? extra.backend : "not stated";
}

function metricsTable(head: string, rows: readonly (readonly [name: string, metrics: TargetMetrics])[]): Table {
  return {
    head: [head, "MAPE %", "±5 %", "±10 %", "rows"],
    rows: rows.map(([name, metrics]) => [name, metrics.mapePercent.toFixed(2), metrics.within5Percent.toFixed(1), metrics.within10Percent.toFixed(1), String(metrics.rows)]),
  };
}

const percent = (halfWidth: number): string => `${(100 * Math.expm1(halfWidth)).toFixed(1)} %`;

/** Targets of a predictor that serves many: each with its first split's figures. */
function factorsPart(manifest: Manifest): string {
  const { targets, interval } = parseFactorsManifest(manifest).extra;
  const rows = targets.map(({ id, machine, halfWidth, metrics: [first] }) => [
    `\`${id}\``,
    machine,
    ...(first === undefined ? ["", "", ""] : [first.mapePercent.toFixed(2), first.within10Percent.toFixed(1), String(first.rows)]),
    percent(halfWidth),
  ]);
  return `## Targets

Of each the figures of "${targets[0]?.metrics[0]?.split ?? "no split"}". Intervals are asked to hold ${100 * interval.coverage} % of latencies. The last column is for networks whose
kernels were all seen; the more unlike they are (the score of the answer), the wider the interval, up to ${interval.outOfDistributionFactor} times on the logarithm.

${tableMarkdown({ head: ["target", "machine", "MAPE %", "±10 %", "rows", "interval, up to"], rows })}`;
}

function recordedPart(manifest: Manifest): string {
  const { target, extra } = parseRecordedManifest(manifest);
  const { interval } = extra;
  const rows = Object.entries(interval.halfWidths).map(([fields, halfWidth]) => [
    fields === IDLE_KEY ? "nothing (an idle device)" : fields.replaceAll("+", ", "),
    percent(halfWidth),
    interval.transferHalfWidths?.[fields] === undefined ? "" : percent(interval.transferHalfWidths[fields]),
  ]);
  return `## Target

\`${target.id}\`. Intervals are asked to hold ${100 * interval.coverage} % of latencies. The table is for networks whose kernels were all seen${extra.mixes === undefined ? "" : ", and their mix"}; the more
unlike they are (the score of the answer), the wider the interval, up to ${interval.outOfDistributionFactor} times on the logarithm.

${tableMarkdown({ head: ["what is told of the state", "interval, up to", "slowdown on another machine, up to"], rows })}${extra.memory === undefined ? "" : `\n\n${memoryPart(extra.memory)}`}`;
}

function memoryPart({ data, machine, networks, metrics, halfWidths, coverage }: MemoryRecord): string {
  return `## Memory

What a network adds to the resident memory of the engine's process, at the peak and while it runs: sums of what the graph and the engine's kernels
tell, fitted to ${networks} networks of \`${data}\` (${machine}). Intervals are asked to hold ${100 * coverage} %: ${percent(halfWidths.peak)} at the peak, ${percent(halfWidths.running)} while running.

${tableMarkdown(metricsTable("split", metrics.map((each) => [each.split, each])))}`;
}
