import { dirname } from "node:path";
import { parseArgs } from "node:util";
import type { DeviceDescription } from "../devices/device-file.js";
import { readDeviceFile, thisMachine } from "../devices/device-file.js";
import type { Device } from "../devices/device.js";
import { openDevice } from "../devices/open.js";
import { pinSelf } from "../measure/pin.js";
import { DeviceWatch } from "./device-watch.js";
import type { AskedLoad, LoadPlace } from "./placed-load.js";
import { PlacedLoad } from "./placed-load.js";
import type { Reached } from "./settle.js";
import type { CoreWatch } from "./state.js";

const USAGE = `usage: npm run lab:check-load -- [--device FILE] [--cores N] [--traffic 0.5,1,2,4,8] [--by cores|generator]

Loads the last N cores (1) of a device's last cluster, this machine's by default, with 10 to 90 %, then makes memory
traffic from the others, and prints what was asked and what was reached: once when the feedback had settled, and once
more afterwards, over two seconds in which nothing was corrected. By cores, other programs that run meanwhile count as
load; by generator, only what the generators used themselves does, which is the same on a machine that is idle.
`;

const SHARES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
const SETTLE = { windowMs: 1000, corrections: 6 } as const;
const CHECK = { windowMs: 2000, corrections: 0 } as const;

const BY = ["cores", "generator"] as const;
const BLIND: CoreWatch = { read: () => ({ shares: null, own: null }) };

interface Place extends LoadPlace {
  readonly by: (typeof BY)[number];
}

function choosePlace({ clusters }: DeviceDescription, count: number, device: Device): LoadPlace {
  const cores = clusters.at(-1)?.cores.slice(-count) ?? [];
  if (cores.length < count) throw new RangeError(`--cores ${count}: the last cluster has ${cores.length}`);
  return { cores, others: clusters.flatMap((cluster) => cluster.cores).filter((core) => !cores.includes(core)), device };
}

const judge = ({ within }: Reached) => (within ? "ok" : "OUT");

async function settleAndCheck(place: Place, asked: AskedLoad) {
  const load = new PlacedLoad(place, asked);
  try {
    await load.start();
    const watch = place.by === "cores" ? new DeviceWatch(place.device) : BLIND;
    return { settled: await load.settle(watch, SETTLE), later: await load.settle(watch, CHECK) };
  } finally {
    await load.close();
  }
}

const print = (cells: readonly string[]) => process.stdout.write(`${cells.map((cell) => cell.padStart(12)).join("")}\n`);

async function checkUtilization(place: Place): Promise<void> {
  print(["asked %", "settled %", "", "later %", "", "generator %"]);
  const percent = (share: number) => (100 * share).toFixed(1);
  for (const utilization of SHARES) {
    const { settled, later } = await settleAndCheck(place, { utilization, trafficGBs: 0 });
    if (settled.utilization === null || later.utilization === null) throw new Error("no generator ran");
    const [first, second] = [settled.utilization, later.utilization];
    print([percent(utilization), percent(first.reached), judge(first), percent(second.reached), judge(second), percent(second.own)]);
  }
}

async function checkTraffic(place: Place, rates: readonly number[]): Promise<void> {
  print(["asked GB/s", "settled", "", "later", "", "cores"]);
  for (const trafficGBs of rates) {
    const { settled, later } = await settleAndCheck(place, { utilization: 0, trafficGBs });
    if (settled.traffic === null || later.traffic === null) throw new Error("no generator ran");
    const [first, second] = [settled.traffic, later.traffic];
    print([trafficGBs.toFixed(2), first.reached.toFixed(2), judge(first), second.reached.toFixed(2), judge(second), String(second.cores)]);
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      device: { type: "string" },
      cores: { type: "string", default: "1" },
      traffic: { type: "string", default: "0.5,1,2,4,8" },
      by: { type: "string", default: "cores" },
      help: { type: "boolean", default: false },
    },
  });
  const rates = values.traffic.split(",").map(Number);
  const count = Number(values.cores);
  const by = BY.find((name) => name === values.by);
  if (by === undefined || values.help || !rates.every((rate) => rate > 0) || !(count >= 1)) {
    process.stderr.write(USAGE);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const description = values.device === undefined ? thisMachine() : readDeviceFile(values.device);
  const device = await openDevice(description, dirname(values.device ?? "."));
  try {
    const place = { ...choosePlace(description, count, device), by };
    const [spare] = place.others;
    if (device.isHere && spare !== undefined) pinSelf(spare);
    process.stdout.write(`${device.name}: cores ${place.cores.join(", ")} loaded, traffic from ${place.others.join(", ") || "none"}\n`);
    await checkUtilization(place);
    if (place.others.length > 0) await checkTraffic(place, rates);
  } finally {
    await device.close();
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
