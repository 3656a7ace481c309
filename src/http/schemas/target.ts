import { Type } from "typebox";
import { MAX_TARGET_NAME, MIN_NETWORKS, TARGET_NAME_PATTERN } from "../../predict/calibration/index.js";
import { StateSchema } from "./state.js";

const CalibrationSchema = Type.Object(
  {
    base: Type.String({ description: "The target whose predictor is corrected." }),
    networks: Type.Integer(),
    measurements: Type.Integer(),
    factor: Type.Number({ description: "How much longer than on the base everything takes." }),
    factorByClass: Type.Record(Type.String(), Type.Number(), { description: "And beside that each class of kernels." }),
  },
  { description: "How the target was made from a few measurements; absent where it was trained." },
);

const MetricsSchema = Type.Array(
  Type.Object({
    split: Type.String({ description: "What was held out." }),
    within5Percent: Type.Number(),
    within10Percent: Type.Number({ description: "Share of predictions within 10 % of the measurement, in percent." }),
    mapePercent: Type.Number(),
    rmspePercent: Type.Number(),
    rows: Type.Integer(),
  }),
);

export const TargetSchema = Type.Object({
  target: Type.String({ description: "device.engine.precision.cores" }),
  device: Type.String(),
  engine: Type.String(),
  precision: Type.String(),
  cores: Type.String(),
  machine: Type.String(),
  predictor: Type.String(),
  version: Type.String(),
  data: Type.String(),
  metrics: MetricsSchema,
  memory: Type.Optional(
    Type.Object(
      { data: Type.String(), machine: Type.String(), networks: Type.Integer(), metrics: MetricsSchema },
      { description: "How well the memory of the engine's process is predicted, and from what; absent where it is not." },
    ),
  ),
  calibration: Type.Optional(CalibrationSchema),
});

/** A new target and the measurements that it is to be made of. */
export const NewTargetSchema = Type.Object(
  {
    target: Type.String({ pattern: TARGET_NAME_PATTERN, maxLength: MAX_TARGET_NAME, description: "device.engine.precision.cores" }),
    base: Type.Optional(Type.String({ description: "The target to start from; the one that fits best when left out." })),
    machine: Type.Optional(Type.String({ maxLength: 400, description: "What was measured on, in your words." })),
    measurements: Type.Array(
      Type.Object(
        {
          modelId: Type.String({ description: "Of a model that was sent to POST /models or POST /predict before." }),
          latencyMs: Type.Number({ exclusiveMinimum: 0, description: "Measured, of one run." }),
          state: Type.Optional(StateSchema),
        },
        { additionalProperties: false },
      ),
      { description: `Of at least ${MIN_NETWORKS} different networks.` },
    ),
  },
  { additionalProperties: false },
);

export const TargetsSchema = Type.Object({ defaultTarget: Type.String(), targets: Type.Array(TargetSchema) });
