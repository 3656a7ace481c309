import { join } from "node:path";
import { groupBy } from "../../../features/group-by.js";
import type { OperationKind, TimedOperation } from "../../train/timed-operations.js";
import { PublishedDataError, readCsv } from "../csv.js";
import { PHONE_ENGINES, type PhoneEngine } from "./table.js";

/** One operation in the profile of a network on a phone's GPU. */
export interface PhoneOperation extends TimedOperation {
  readonly model: string;
  readonly engine: PhoneEngine;
  readonly device: string;
}

/** The table's description of an operation: a Python dictionary of numbers and quoted numbers. */
type Description = ReadonlyMap<string, number>;

interface OperationName {
  readonly kind: OperationKind;
  /** What the tables call FLOPs, as MACs. */
  readonly macs?: (description: Description) => number;
}

const of = (description: Description, field: string): number => description.get(field) ?? NaN;
/** TensorFlow Lite's rows count a multiplication and an addition as two. */
const halved = (description: Description): number => of(description, "FLOPS") / 2;
/** PyTorch Mobile's rows count multiplications of a convolution. */
const counted = (description: Description): number => of(description, "flops");

const OPERATIONS: Readonly<Record<PhoneEngine, ReadonlyMap<string, OperationName>>> = {
  tflite: new Map<string, OperationName>([
    ["CONV_2D", { kind: "product", macs: halved }],
    ["CONV_2D_GROUP", { kind: "product", macs: halved }],
    ["DEPTHWISE_CONV_2D", { kind: "product", macs: halved }],
    ["FULLY_CONNECTED", { kind: "product", macs: halved }],
    ["MEAN", { kind: "global-pool" }],
    ["CONCATENATION", { kind: "concat" }],
    ["MAX_POOL_2D", { kind: "max-pool" }],
    ["AVERAGE_POOL_2D", { kind: "average-pool" }],
  ]),
  torch: new Map<string, OperationName>([
    ["vulkan_prepack::run_conv2d_context", { kind: "product", macs: counted }],
    // One addition fewer than multiplications for each output.
    ["vulkan_prepack::run_linear_context", { kind: "product", macs: (each) => (of(each, "flops") + of(each, "output_shape")) / 2 }],
    ["vulkan_prepack::run_batchnorm_context", { kind: "batch-norm" }],
    ["aten::add", { kind: "add" }],
    ["aten::mul", { kind: "mul" }],
    ["aten::relu", { kind: "relu" }],
    ["aten::sigmoid", { kind: "sigmoid" }],
    ["aten::hardswish", { kind: "hard-swish" }],
    ["aten::max_pool2d", { kind: "max-pool" }],
    ["aten::avg_pool2d", { kind: "average-pool" }],
    ["aten::adaptive_avg_pool2d", { kind: "global-pool" }],
  ]),
};

const COLUMNS = ["model", "operation", "feature"] as const;
const LATENCY = /^(?<device>\w+)\|gpu\|float$/;

/**
 * `tflite_cnn_ops_gpu.csv` and `torch_cnn_ops_gpu.csv` of the folder. A cell without a number was not timed.
 *
 * @throws PublishedDataError that names file and place
 */
export function readPhoneOperations(folder: string): readonly PhoneOperation[] {
  return PHONE_ENGINES.flatMap((engine) => {
    const path = join(folder, `${engine}_cnn_ops_gpu.csv`);
    return readCsv(path, COLUMNS).flatMap((row): PhoneOperation[] => {
      const name = row.get("operation") ?? "";
      const operation = OPERATIONS[engine].get(name);
      if (operation === undefined) throw new PublishedDataError(`${path}: the operation "${name}" is not known.`);
      const description = describe(row.get("feature") ?? "");
      const macs = operation.macs?.(description) ?? 0;
      if (!Number.isFinite(macs)) throw new PublishedDataError(`${path}: ${name} lacks a number in ${row.get("feature") ?? ""}.`);
      return [...row].flatMap(([column, text]): PhoneOperation[] => {
        const device = LATENCY.exec(column)?.groups?.["device"];
        const latencyUs = Number(text);
        return device !== undefined && latencyUs > 0 ? [{ model: row.get("model") ?? "", engine, device, kind: operation.kind, macs, latencyUs }] : [];
      });
    });
  });
}

function describe(text: string): Description {
  return new Map([...text.matchAll(/'(\w+)': '?([\d.]+)/g)].map(([, name = "", value = ""]) => [name, Number(value)]));
}

/** Operations by network, engine and phone. */
export class PhoneProfiles {
  private readonly operations: ReadonlyMap<string, readonly PhoneOperation[]>;

  constructor(operations: readonly PhoneOperation[]) {
    this.operations = groupBy(operations, keyOf);
  }

  of(run: Pick<PhoneOperation, "model" | "engine" | "device">): readonly PhoneOperation[] {
    return this.operations.get(keyOf(run)) ?? [];
  }
}

const keyOf = ({ model, engine, device }: Pick<PhoneOperation, "model" | "engine" | "device">): string => `${model}/${engine}/${device}`;
