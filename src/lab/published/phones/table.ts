import { join } from "node:path";
import { positive, PublishedDataError, readCsv } from "../csv.js";

export const PHONE_ENGINES = ["tflite", "torch"] as const;
export type PhoneEngine = (typeof PHONE_ENGINES)[number];
export type PhonePrecision = "float32" | "int8";

/** Where the tables come from; goes into every manifest and page made of them. */
export const PHONES_SOURCE =
  '"A Benchmark for ML Inference Latency on Mobile Devices", Li, Paolieri, Golubchik 2024 (MIT)';

/** A network's mean latency on a phone. */
export interface PhoneRow {
  readonly model: string;
  readonly engine: PhoneEngine;
  readonly device: string;
  /** `1large`, `3med`, `1large1med`, `gpu`, ... */
  readonly cores: string;
  readonly precision: PhonePrecision;
  readonly latencyUs: number;
  /** Standard deviation of the runs. */
  readonly deviationUs: number;
  /** As the source counts them: a multiplication and an addition are two. */
  readonly flops: number;
  readonly parameterBytes: number;
}

const COLUMNS = ["model", "flops", "parameters", "device", "cores", "precision", "mean_us", "std_us"] as const;
const PRECISIONS: ReadonlyMap<string, PhonePrecision> = new Map([
  ["float", "float32"],
  ["quant", "int8"],
]);

/** `tflite_cnn.csv` and `torch_cnn.csv` of the folder. @throws PublishedDataError that names file and place */
export function readPhoneTables(folder: string): readonly PhoneRow[] {
  return PHONE_ENGINES.flatMap((engine) => {
    const path = join(folder, `${engine}_cnn.csv`);
    return readCsv(path, COLUMNS).map((row): PhoneRow => {
      const text = (column: (typeof COLUMNS)[number]): string => row.get(column) ?? "";
      const precision = PRECISIONS.get(text("precision"));
      if (precision === undefined) throw new PublishedDataError(`${path}: precision "${text("precision")}" is not known.`);
      return {
        model: text("model"),
        engine,
        device: text("device"),
        cores: text("cores"),
        precision,
        latencyUs: positive(row, "mean_us", path),
        deviationUs: Number(text("std_us")),
        flops: positive(row, "flops", path),
        parameterBytes: positive(row, "parameters", path),
      };
    });
  });
}
