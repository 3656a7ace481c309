import { classOf, type Convolution, macsOf, type SweepRow } from "../../conv/convolution.js";
import { median, quantile } from "../dataset/statistics.js";
import type { XyPanel } from "../figures/index.js";
import { fitPowerLaw, type PowerLaw, powerLawAt } from "./relations.js";
import { type Finding, type StudySection, without } from "./section.js";
import type { StudyData } from "./study-data.js";
import { percent, two } from "./words.js";

/** Below, what a call costs whatever it computes would bend the laws. */
const LEAST_MACS = 2e6;
/** Fewer channels than this leave vectors of common widths part empty. */
const LEAST_CHANNELS = 16;
const VECTOR = 4;

/** What a convolution is compared at: the middle of a common network. */
const REFERENCE: Convolution = { kernel: 3, inputSize: 56, inChannels: 64, outChannels: 64, stride: 1, groups: 1 };

interface Parameter {
  readonly name: string;
  readonly label: string;
  readonly of: (convolution: Convolution) => number;
  /** Exponent of the multiply-accumulates in it. */
  readonly cost: number;
  /** The law is fitted from here on. */
  readonly least: number;
}

const SIZE: Parameter = { name: "input size", label: "input height and width, pixels", of: ({ inputSize }) => inputSize, cost: 2, least: 1 };
const IN: Parameter = { name: "input channels", label: "input channels", of: ({ inChannels }) => inChannels, cost: 1, least: LEAST_CHANNELS };
const OUT: Parameter = { name: "output channels", label: "output channels", of: ({ outChannels }) => outChannels, cost: 1, least: LEAST_CHANNELS };
const KERNEL: Parameter = { name: "kernel size", label: "kernel height and width", of: ({ kernel }) => kernel, cost: 2, least: 1 };

const KINDS: readonly { readonly name: string; readonly parameters: readonly Parameter[]; readonly holds: (row: SweepRow) => boolean }[] = [
  { name: "regular and pointwise", parameters: [SIZE, IN, OUT, KERNEL], holds: (row) => classOf(row) === "regular" },
  { name: "pointwise only", parameters: [SIZE, IN, OUT], holds: (row) => classOf(row) === "regular" && row.kernel === 1 },
  { name: "depthwise", parameters: [SIZE, IN, KERNEL], holds: (row) => classOf(row) === "depthwise" },
];

export const CONVOLUTION_LAWS: StudySection = {
  id: "convolutions",
  title: "Convolutions: input size, channels, kernel size",
  about:
    `Convolutions of the sweep run alone, stride 1, at least ${LEAST_MACS / 1e6} million multiply-accumulates; the time is a whole run's. Everything varies at once in the sweep, so a ` +
    `power law is fitted to all parameters together, from ${LEAST_CHANNELS} channels on, and each panel shows the latency against one of them with the ` +
    `others brought to ${REFERENCE.inputSize}x${REFERENCE.inputSize} pixels, ${REFERENCE.inChannels} to ${REFERENCE.outChannels} channels and a ` +
    `${REFERENCE.kernel}x${REFERENCE.kernel} kernel by that law. Dashed: proportional to the multiply-accumulates.`,
  find,
};

function find({ convolutions }: StudyData): Finding {
  const rows = convolutions.filter((row) => row.stride === 1 && macsOf(row) >= LEAST_MACS);
  const kinds = KINDS.map(({ name, parameters, holds }) => {
    const all = rows.filter(holds);
    const members = all.filter((row) => isWide(row, parameters));
    return { name, parameters, all, members, law: lawOf(members, parameters) };
  });
  const [regular] = kinds;
  if (!regular?.law) return without("Too few convolutions were measured.");
  const { law, all, members, parameters } = regular;
  const exponents = parameters.map(({ name, cost }, i) => `${two(law.exponents[i] ?? null)} for the ${name} (${cost})`);
  return {
    text:
      `Over ${members.length} convolutions latency grows with the exponents ${exponents.join(", ")}; in brackets that of the ` +
      `multiply-accumulates. The law explains ${percent(law.r2)} of the variance of log latency.` +
      [IN, OUT].map((narrow) => narrowness(all, law, parameters, narrow)).join("") +
      alignment(members, law, parameters),
    figure: {
      title: "Latency of convolutions against input size, channels and kernel size",
      columns: 2,
      panels: parameters.map((parameter, i) => panel(all, law, parameters, parameter, law.exponents[i] ?? 0)),
    },
    table: {
      head: ["exponent of", "convolutions", SIZE.name, IN.name, OUT.name, KERNEL.name, "R²"],
      rows: kinds.flatMap((kind) => {
        const fitted = kind.law;
        if (fitted === null) return [];
        const cell = (parameter: Parameter): string => {
          const at = kind.parameters.indexOf(parameter);
          return at < 0 ? "" : two(fitted.exponents[at] ?? null);
        };
        return [[kind.name, String(kind.members.length), cell(SIZE), cell(IN), cell(OUT), cell(KERNEL), two(fitted.r2)]];
      }),
    },
  };
}

function isWide(row: SweepRow, parameters: readonly Parameter[]): boolean {
  return parameters.every(({ of, least }) => of(row) >= least);
}

/** Convolutions that the law is fitted to, and those that only `shown` puts below its range. */
function shownAlong(rows: readonly SweepRow[], parameters: readonly Parameter[], shown: Parameter): SweepRow[] {
  return rows.filter((row) => isWide(row, parameters.filter((parameter) => parameter !== shown)));
}

function lawOf(rows: readonly SweepRow[], parameters: readonly Parameter[]): PowerLaw | null {
  return fitPowerLaw(
    rows.map((row) => parameters.map(({ of }) => of(row))),
    rows.map(({ latencyUs }) => latencyUs),
  );
}

/** Latency over what the law says. */
function excess(row: SweepRow, law: PowerLaw, parameters: readonly Parameter[]): number {
  return row.latencyUs / powerLawAt(law, parameters.map(({ of }) => of(row)));
}

function narrowness(rows: readonly SweepRow[], law: PowerLaw, parameters: readonly Parameter[], shown: Parameter): string {
  const narrow = shownAlong(rows, parameters, shown).filter((row) => shown.of(row) < shown.least);
  if (narrow.length === 0) return "";
  const times = median(narrow.map((row) => excess(row, law, parameters)));
  return ` With fewer than ${shown.least} ${shown.name} (${narrow.length}) they take ${two(times)} times what it says, in the median.`;
}

/** How much longer than the law convolutions take whose input channels do not fill vectors of four. */
function alignment(rows: readonly SweepRow[], law: PowerLaw, parameters: readonly Parameter[]): string {
  const excesses = (holds: (row: SweepRow) => boolean): number[] => rows.filter(holds).map((row) => excess(row, law, parameters));
  const whole = excesses(({ inChannels }) => inChannels % VECTOR === 0);
  const broken = excesses(({ inChannels }) => inChannels % VECTOR !== 0);
  if (whole.length === 0 || broken.length === 0) return "";
  return (
    ` From ${LEAST_CHANNELS} input channels on, those whose number is no multiple of ${VECTOR} take ${two(median(broken) / median(whole))} times as long as the others, ` +
    "in the median and everything else by the law."
  );
}

function panel(rows: readonly SweepRow[], law: PowerLaw, parameters: readonly Parameter[], shown: Parameter, exponent: number): XyPanel {
  const reference = parameters.map(({ of }) => of(REFERENCE));
  const atReference = powerLawAt(law, reference);
  const lawMs = (x: number): number => (atReference * (x / shown.of(REFERENCE)) ** exponent) / 1000;
  const costMs = (x: number): number => (atReference * (x / shown.of(REFERENCE)) ** shown.cost) / 1000;
  const points = shownAlong(rows, parameters, shown).map((row) => {
    const moved = parameters.map((parameter) => parameter.of(parameter === shown ? row : REFERENCE));
    const correction = powerLawAt(law, moved) / powerLawAt(law, parameters.map(({ of }) => of(row)));
    return { x: shown.of(row), y: (row.latencyUs * correction) / 1000 };
  });
  const all = points.map(({ x }) => x);
  const ends = [quantile(all, 0), quantile(all, 1)];
  return {
    kind: "xy",
    title: `Against ${shown.name}`,
    x: { label: shown.label, scale: "log" },
    y: { label: "latency, ms", scale: "log" },
    series: [
      { name: "a convolution", mark: "points", points },
      { name: "fitted power law", mark: "line", points: ends.map((x) => ({ x, y: lawMs(x) })) },
      { name: "proportional to multiply-accumulates", mark: "reference", points: ends.map((x) => ({ x, y: costMs(x) })) },
    ],
  };
}
