import { createHash } from "node:crypto";
import { dirname, resolve } from "node:path";
import Type, { type Static } from "typebox";
import type { DeviceDescription } from "../devices/device-file.js";
import { readDeviceFile, thisMachine } from "../devices/device-file.js";
import { ENGINE_NAMES } from "../engines/index.js";
import { readSettings, SettingsError } from "../settings-file.js";

const STRICT = { additionalProperties: false };

const ModelChoice = Type.Union([
  Type.Object({ zoo: Type.String({ pattern: "^[a-z0-9]+-[0-9]+$" }) }, STRICT),
  Type.Object({ export: Type.String({ minLength: 1 }) }, STRICT),
  Type.Object({ file: Type.String({ minLength: 1 }), dims: Type.Optional(Type.Record(Type.String(), Type.Integer({ minimum: 1 }))) }, STRICT),
]);
/** A model of the zoo by its id, a real export of the tests' corpus by its name, or an ONNX file. */
export type ModelChoice = Static<typeof ModelChoice>;

const LoadChoice = Type.Object(
  {
    name: Type.String({ pattern: "^[a-z0-9][a-z0-9-]*$" }),
    utilization: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    trafficGBs: Type.Optional(Type.Number({ minimum: 0 })),
    frequencyMHz: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    governor: Type.Optional(Type.String({ pattern: "^[a-z0-9_]+$" })),
  },
  STRICT,
);

const Placement = Type.Object({ cluster: Type.Optional(Type.String()), cores: Type.Integer({ minimum: 1 }) }, STRICT);

const Protocol = Type.Object(
  {
    warmup: Type.Optional(Type.Integer({ minimum: 0 })),
    runs: Type.Optional(Type.Integer({ minimum: 1 })),
    settleMs: Type.Optional(Type.Number({ minimum: 0 })),
    windowMs: Type.Optional(Type.Number({ minimum: 10 })),
    maxSpread: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    maxDrift: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    loadWindowMs: Type.Optional(Type.Number({ minimum: 10 })),
    loadCorrections: Type.Optional(Type.Integer({ minimum: 0 })),
    cannotSet: Type.Optional(Type.Enum(["fail", "skip"])),
    maxTemperatureC: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    maxCoolDownMs: Type.Optional(Type.Number({ minimum: 0 })),
  },
  STRICT,
);

const PlanSchema = Type.Object(
  {
    name: Type.String({ pattern: "^[a-z0-9][a-z0-9-]*$" }),
    device: Type.Optional(Type.String()),
    engines: Type.Array(Type.Enum([...ENGINE_NAMES]), { minItems: 1, uniqueItems: true }),
    models: Type.Array(ModelChoice, { minItems: 1 }),
    states: Type.Array(LoadChoice, { minItems: 1 }),
    placements: Type.Optional(Type.Array(Placement, { minItems: 1 })),
    repeats: Type.Optional(Type.Integer({ minimum: 1 })),
    protocol: Type.Optional(Protocol),
  },
  STRICT,
);

/** Where an engine runs: so many threads, each on a core of one cluster. */
export interface PlacedOn {
  /** Such as `all.1`: the cluster and the number of cores. */
  readonly name: string;
  readonly cores: readonly number[];
}

export interface PlannedState {
  readonly name: string;
  /** Busy share of each of the model's cores by everything but the model, 0..1. */
  readonly utilization: number;
  /** GB/s of memory traffic from cores that the model does not use. */
  readonly trafficGBs: number;
  /** Clock that the model's cores are held at; left as it is where nothing is said. */
  readonly frequencyMHz?: number;
  /** cpufreq's governor of these cores; left as it is where nothing is said. */
  readonly governor?: string;
}

/** How one visit goes. */
export interface Protocol {
  readonly warmup: number;
  readonly runs: number;
  /** Wait after the load is set. */
  readonly settleMs: number;
  /** How long the state is watched, before and after. */
  readonly windowMs: number;
  /** A pass is steady when the 90th percentile of its runs is at most this share over its 10th ... */
  readonly maxSpread: number;
  /** ... and the probes after it took at most this share longer, or shorter, than those before. */
  readonly maxDrift: number;
  /** How long each look at the load lasts by which it is corrected ... */
  readonly loadWindowMs: number;
  /** ... and how often at most. */
  readonly loadCorrections: number;
  /** A clock that the device cannot set: a row that says so, or a cell that stays open. */
  readonly cannotSet: "fail" | "skip";
  /** No cell begins while a thermal zone is hotter ... */
  readonly maxTemperatureC: number;
  /** ... unless it stays so for that long. */
  readonly maxCoolDownMs: number;
}

/** `reach` is null for all devices of a kind. */
export type PlannedDevice = Omit<DeviceDescription, "reach"> & { readonly reach: DeviceDescription["reach"] | null };

/** A plan with everything decided: models x states x engines x placements, so many times. */
export interface MeasuringPlan {
  readonly name: string;
  /** Of everything that decides what the rows are. */
  readonly hash: string;
  readonly device: PlannedDevice;
  readonly engines: Static<typeof PlanSchema>["engines"];
  readonly models: readonly ModelChoice[];
  readonly states: readonly PlannedState[];
  readonly placements: readonly PlacedOn[];
  readonly repeats: number;
  readonly protocol: Protocol;
}

const DEFAULT_PROTOCOL: Protocol = {
  warmup: 3,
  runs: 30,
  settleMs: 300,
  windowMs: 500,
  maxSpread: 0.2,
  maxDrift: 0.1,
  loadWindowMs: 1000,
  loadCorrections: 6,
  cannotSet: "fail",
  maxTemperatureC: 75,
  maxCoolDownMs: 300_000,
};

function place(path: string, device: PlannedDevice, { cluster: wanted, cores }: Static<typeof Placement>): PlacedOn {
  const cluster = wanted === undefined ? device.clusters.at(-1) : device.clusters.find(({ name }) => name === wanted);
  const known = device.clusters.map(({ name }) => name).join(", ");
  if (cluster === undefined) throw new SettingsError(`plan ${path}: ${device.name} has no cluster ${wanted ?? ""}, but ${known}`);
  if (cluster.cores.length < cores) {
    throw new SettingsError(`plan ${path}: cluster ${cluster.name} has ${cluster.cores.length} cores, not ${cores}`);
  }
  // The last ones: the system's own work prefers the first.
  return { name: `${cluster.name}.${cores}`, cores: cluster.cores.slice(-cores) };
}

/** The cores of the device that are none of these, for everything that is not the model. */
export function spareCoresOf({ clusters }: Pick<DeviceDescription, "clusters">, taken: readonly number[]): readonly number[] {
  return clusters.flatMap(({ cores }) => cores).filter((core) => !taken.includes(core));
}

function checkNames(path: string, what: string, names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new SettingsError(`plan ${path}: ${what} ${twice} is there twice`);
}

/** The name of a model in rows: what the plan calls it by. */
export function modelName(choice: ModelChoice): string {
  if ("zoo" in choice) return choice.zoo;
  return "export" in choice ? choice.export : choice.file;
}

export interface PlanFile {
  readonly plan: MeasuringPlan;
  /** Of the one device that it is measured on. */
  readonly description: DeviceDescription;
  /** What the device file names is relative to it. */
  readonly deviceFolder: string;
}

/**
 * Reads a plan and its device file. Throws SettingsError where one of them is wrong.
 *
 * @param otherDevice the file of another device than the plan's
 */
export function readPlanFile(path: string, otherDevice?: string): PlanFile {
  const file = readSettings(path, PlanSchema, "plan");
  const named = file.device === undefined ? null : resolve(dirname(path), file.device);
  const devicePath = otherDevice ?? named;
  const device = devicePath === null ? thisMachine() : readDeviceFile(devicePath);
  return { plan: decide(path, file, device), description: device, deviceFolder: dirname(devicePath ?? path) };
}

/**
 * The part of a plan that a device, or each of a kind, can do: of the plan's engines those that it has.
 *
 * @throws SettingsError where the plan is wrong, or the device has none of its engines
 */
export function readPlanFor(path: string, device: PlannedDevice): MeasuringPlan {
  const file = readSettings(path, PlanSchema, "plan");
  const engines = file.engines.filter((engine) => device.engines.includes(engine));
  if (engines.length === 0) throw new SettingsError(`plan ${path}: ${device.name} has none of ${file.engines.join(", ")}, but ${device.engines.join(", ")}`);
  return decide(path, { ...file, engines }, device);
}

function decide(path: string, file: Static<typeof PlanSchema>, device: PlannedDevice): MeasuringPlan {
  const unable = file.engines.find((engine) => !device.engines.includes(engine));
  if (unable !== undefined) throw new SettingsError(`plan ${path}: ${device.name} has no engine ${unable}, but ${device.engines.join(", ")}`);
  checkNames(path, "model", file.models.map(modelName));
  checkNames(path, "state", file.states.map(({ name }) => name));
  const plan = {
    name: file.name,
    device,
    engines: file.engines,
    models: file.models,
    states: file.states.map(({ name, utilization = 0, trafficGBs = 0, ...clock }) => ({ name, utilization, trafficGBs, ...clock })),
    placements: (file.placements ?? [{ cores: 1 }]).map((placement) => place(path, device, placement)),
    repeats: file.repeats ?? 1,
    protocol: { ...DEFAULT_PROTOCOL, ...file.protocol },
  };
  checkNames(path, "placement", plan.placements.map(({ name }) => name));
  const traffic = plan.states.find(({ trafficGBs }) => trafficGBs > 0);
  const greedy = plan.placements.find(({ cores }) => spareCoresOf(device, cores).length === 0);
  if (traffic !== undefined && greedy !== undefined) {
    throw new SettingsError(`plan ${path}: ${greedy.name} uses every core, and ${traffic.name} needs one for memory traffic`);
  }
  const hash = createHash("sha256").update(JSON.stringify(plan)).digest("hex").slice(0, 12);
  return { ...plan, hash };
}
