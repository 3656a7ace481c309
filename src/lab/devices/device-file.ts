import os from "node:os";
import Type, { type Static } from "typebox";
import { ENGINE_NAMES } from "../engines/index.js";
import { readSettings, SettingsError } from "../settings-file.js";

const Cluster = Type.Object(
  {
    name: Type.String({ minLength: 1 }),
    cores: Type.Array(Type.Integer({ minimum: 0 }), { minItems: 1 }),
    maxFrequencyMHz: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  },
  { additionalProperties: false },
);
export type Cluster = Static<typeof Cluster>;

const Folder = Type.Optional(Type.String({ minLength: 1 }));

/** How to get there. */
const Reach = Type.Union([
  Type.Object({ by: Type.Literal("local") }, { additionalProperties: false }),
  Type.Object(
    {
      by: Type.Literal("ssh"),
      host: Type.String({ pattern: "^[^-\\s]\\S*$" }),
      config: Type.Optional(Type.String({ minLength: 1 })),
      root: Type.String({ pattern: "^/" }),
    },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      by: Type.Literal("adb"),
      serial: Type.String({ pattern: "^[^-\\s]\\S*$" }),
      programs: Type.Object({ onnxruntime: Folder, tflite: Folder, mnn: Folder, ncnn: Folder, mindspore: Folder }, { additionalProperties: false }),
    },
    { additionalProperties: false },
  ),
]);
export type Reach = Static<typeof Reach>;

const DeviceSchema = Type.Object(
  {
    name: Type.String({ pattern: "^[a-z0-9][a-z0-9-]*$" }),
    kind: Type.Optional(Type.String({ pattern: "^[a-z0-9][a-z0-9-]*$" })),
    reach: Reach,
    // Where a container sees its host's /sys, for instance.
    sysfs: Type.Optional(Type.String({ pattern: "^/" })),
    clusters: Type.Array(Cluster, { minItems: 1 }),
    engines: Type.Array(Type.Enum([...ENGINE_NAMES]), { minItems: 1 }),
  },
  { additionalProperties: false },
);

/**
 * What a device file says. Clusters go from the slowest cores to the fastest. Devices of one `kind` are the same to a
 * farm: they share the work.
 */
export type DeviceDescription = Static<typeof DeviceSchema>;

function repeated<T>(items: readonly T[]): T | undefined {
  return items.find((item, i) => items.indexOf(item) !== i);
}

/** Throws SettingsError where the file is not there or says something impossible. */
export function readDeviceFile(path: string): DeviceDescription {
  const device = readSettings(path, DeviceSchema, "device file");
  const core = repeated(device.clusters.flatMap(({ cores }) => cores));
  if (core !== undefined) throw new SettingsError(`device file ${path}: core ${core} is in two clusters`);
  const name = repeated(device.clusters.map((cluster) => cluster.name));
  if (name !== undefined) throw new SettingsError(`device file ${path}: two clusters are called ${name}`);
  return device;
}

/** This machine where no file describes it: all cores in one cluster, every engine. */
export function thisMachine(): DeviceDescription {
  const cores = os.cpus().map((_, core) => core);
  return { name: "local", reach: { by: "local" }, clusters: [{ name: "all", cores }], engines: [...ENGINE_NAMES] };
}
