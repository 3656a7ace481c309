import { median, quantile } from "../dataset/statistics.js";
import type { Point, Series } from "../figures/index.js";
import { GROUP_NAMES, groupOf } from "./kernel-groups.js";
import { type Finding, type StudySection, without } from "./section.js";
import type { KernelPoint, StudyData } from "./study-data.js";
import { number, percent } from "./words.js";

/** Shorter ones are known to a few percent only: profilers count in whole microseconds. */
const LEAST_US = 10;
/** The fastest percent stands for what the core can do. */
const PEAK_QUANTILE = 0.99;
const LEAST_KERNELS = 20;

export const ROOFLINE: StudySection = {
  id: "roofline",
  title: "Roofline",
  about:
    `Kernels of the operator sweep that take at least ${LEAST_US} µs, on the idle machine: what they attain against their arithmetic intensity ` +
    "(FLOPs of the operator's formula for each byte of activations and weights). Work that fills vectors in vain does not count; padding does, though " +
    "some kernels step over it: a large kernel on a small map can so rise above the roof. The roof is the rate that one kernel in a hundred surpasses, and " +
    "the bandwidth of a sequential probe of memory.",
  find,
};

const gflops = ({ flops, us }: KernelPoint): number => flops / us / 1000;
const gigabytes = ({ bytes, us }: KernelPoint): number => bytes / us / 1000;
const intensity = ({ flops, bytes }: KernelPoint): number => flops / bytes;

function find({ kernels, profiled, bandwidthGBs, machine }: StudyData): Finding {
  const long = kernels.filter(({ us, bytes }) => us >= LEAST_US && bytes > 0);
  const computing = long.filter(({ flops }) => flops > 0);
  if (computing.length < LEAST_KERNELS) return without("Too few kernels were measured.");
  const peak = quantile(computing.map(gflops), PEAK_QUANTILE);
  const groups = GROUP_NAMES.map((name) => ({ name, members: long.filter(({ kernelClass }) => groupOf(kernelClass) === name) })).filter(
    ({ members }) => members.length > 0,
  );
  const series = groups.flatMap(({ name, members }): Series[] => {
    const points = members.filter(({ flops }) => flops > 0).map((kernel) => ({ x: intensity(kernel), y: gflops(kernel) }));
    return points.length === 0 ? [] : [{ name, mark: "points", points }];
  });
  const what = profiled ? "kernels" : `operators (each run alone, by the time of a whole run: ${machine.engine} has no profile here)`;
  return {
    text: [
      `Of ${computing.length} ${what}, the fastest percent attains ${number(peak)} GFLOP/s or more; ` +
        `${percent(share(computing, (kernel) => gflops(kernel) >= peak / 2))} attain at least half of that.`,
      bandwidthGBs === null ? "No probe of memory was taken." : underRoof(computing, peak, bandwidthGBs),
    ].join(" "),
    figure: {
      title: "Attained GFLOP/s against arithmetic intensity",
      panels: [
        {
          kind: "xy",
          title: "Attained rate against arithmetic intensity",
          x: { label: "FLOPs per byte", scale: "log" },
          y: { label: "GFLOP/s", scale: "log", include: [peak] },
          series: [...series, { name: "roof", mark: "reference", points: roof(computing.map(intensity), peak, bandwidthGBs) }],
        },
      ],
    },
    table: {
      head: ["kind", profiled ? "kernels" : "operators", "FLOPs per byte", "GFLOP/s", "GB/s"],
      rows: groups.map(({ name, members }) => {
        const computes = median(members.map(({ flops }) => flops)) > 0;
        return [
          name,
          String(members.length),
          computes ? number(median(members.map(intensity))) : "",
          computes ? number(median(members.map(gflops))) : "",
          number(median(members.map(gigabytes))),
        ];
      }),
    },
  };
}

function share(kernels: readonly KernelPoint[], holds: (kernel: KernelPoint) => boolean): number {
  return kernels.filter(holds).length / kernels.length;
}

/** What kernels on the two sides of the ridge attain of the roof over them. */
function underRoof(kernels: readonly KernelPoint[], peak: number, bandwidthGBs: number): string {
  const ridge = peak / bandwidthGBs;
  const left = kernels.filter((kernel) => intensity(kernel) < ridge);
  const right = kernels.filter((kernel) => intensity(kernel) >= ridge);
  const start = `The probe moves ${number(bandwidthGBs)} GB/s, so the roof bends at ${number(ridge)} FLOPs per byte.`;
  if (left.length === 0 || right.length === 0) return start;
  const above = share(left, (kernel) => gigabytes(kernel) > bandwidthGBs);
  return (
    `${start} To the right of the bend kernels attain ${percent(median(right.map((kernel) => gflops(kernel) / peak)))} of the peak in the median; to its left ` +
    `${percent(median(left.map((kernel) => gigabytes(kernel) / bandwidthGBs)))} of the bandwidth, and ${percent(above)} of them move more than the ` +
    "probe does, which only data in a cache allow."
  );
}

function roof(intensities: readonly number[], peak: number, bandwidthGBs: number | null): Point[] {
  const [low, high] = [quantile(intensities, 0), quantile(intensities, 1)];
  const at = (x: number): Point => ({ x, y: bandwidthGBs === null ? peak : Math.min(peak, x * bandwidthGBs) });
  const bend = bandwidthGBs === null ? [] : [peak / bandwidthGBs].filter((x) => x > low && x < high);
  return [low, ...bend, high].map(at);
}
