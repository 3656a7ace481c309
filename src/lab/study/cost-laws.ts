import { quantile } from "../dataset/statistics.js";
import { accuracyOf } from "../evaluate/metrics.js";
import type { Series, XyPanel } from "../figures/index.js";
import { correlation, fitPowerLaw, type PowerLaw, powerLawAt } from "./relations.js";
import { type Finding, type StudySection, without } from "./section.js";
import type { NetworkPoint, StudyData } from "./study-data.js";
import { number, percent, two } from "./words.js";

export const COST_LAWS: StudySection = {
  id: "costs",
  title: "Latency against FLOPs and bytes",
  about:
    "All networks on the idle machine. FLOPs (1 multiply-accumulate is 2) and bytes (what every operator reads and writes, each " +
    "counted alone) are sums over the file's operators. The dashed line is the power law that fits best, " +
    "which would be a straight proportion at an exponent of 1.",
  find,
};

type Cost = (network: NetworkPoint) => number[];
const FLOPS: Cost = ({ flops }) => [flops];
const BYTES: Cost = ({ bytes }) => [bytes];
const BOTH: Cost = ({ flops, bytes }) => [flops, bytes];

function find({ networks }: StudyData): Finding {
  const fits = [FLOPS, BYTES, BOTH].map((cost) => fitted(networks, cost));
  const [flops, bytes, both] = fits;
  if (!flops || !bytes || !both) return without("Too few networks were measured.");
  const rates = networks.map((network) => network.flops / network.us / 1000);
  return {
    text:
      `Between logarithms, latency correlates with FLOPs at r = ${two(flops.r)} and with bytes at r = ${two(bytes.r)}; the exponents are ` +
      `${two(flops.law.exponents[0] ?? null)} and ${two(bytes.law.exponents[0] ?? null)}. Yet networks attain from ` +
      `${number(quantile(rates, 0.1))} to ${number(quantile(rates, 0.9))} GFLOP/s (10th and 90th percentile), so FLOPs alone place ` +
      `${flops.within} of the networks within 10 % (mean error ${flops.mape}), bytes alone ${bytes.within} (${bytes.mape}), both together ` +
      `${both.within} (${both.mape}) - on the very networks that the laws were fitted to.`,
    figure: {
      title: "Latency of networks against their FLOPs and bytes",
      panels: [
        panel("Latency against FLOPs", "FLOPs of a run, GFLOP", networks, ({ flops: x }) => x / 1e9, (x) => powerLawAt(flops.law, [x * 1e9])),
        panel("Latency against bytes", "bytes read and written, MB", networks, ({ bytes: x }) => x / 1e6, (x) => powerLawAt(bytes.law, [x * 1e6])),
      ],
    },
  };
}

interface FittedCost {
  readonly law: PowerLaw;
  readonly r: number | null;
  readonly within: string;
  readonly mape: string;
}

function fitted(networks: readonly NetworkPoint[], cost: Cost): FittedCost | null {
  const law = fitPowerLaw(networks.map(cost), networks.map(({ us }) => us));
  if (law === null) return null;
  const accuracy = accuracyOf(networks.map((network) => ({ predicted: powerLawAt(law, cost(network)), measured: network.us })));
  return {
    law,
    r: correlation(
      networks.map((network) => Math.log(cost(network)[0] ?? 1)),
      networks.map(({ us }) => Math.log(us)),
    ),
    within: percent(accuracy.within10Percent / 100),
    mape: percent(accuracy.mapePercent / 100),
  };
}

function panel(title: string, label: string, networks: readonly NetworkPoint[], x: (n: NetworkPoint) => number, lawUs: (x: number) => number): XyPanel {
  const families = [...new Set(networks.map(({ family }) => family))].sort();
  const points = families.map((family): Series => {
    const members = networks.filter((network) => network.family === family);
    return { name: family, mark: "points", points: members.map((network) => ({ x: x(network), y: network.us / 1000 })) };
  });
  const all = networks.map(x);
  const ends = [quantile(all, 0), quantile(all, 1)];
  return {
    kind: "xy",
    title,
    x: { label, scale: "log" },
    y: { label: "latency, ms", scale: "log" },
    series: [...points, { name: "power law", mark: "reference", points: ends.map((end) => ({ x: end, y: lawUs(end) / 1000 })) }],
  };
}
