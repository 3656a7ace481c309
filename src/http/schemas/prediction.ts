import { Type } from "typebox";
import { StateSchema, UsedStateSchema } from "./state.js";

const milliseconds = (description: string) => Type.Number({ description });

export const TimingsSchema = Type.Object(
  {
    receive: milliseconds("From the headers to the last byte of the body."),
    parse: milliseconds("Reading the model; overlaps receive, because bytes are read as they arrive."),
    build: milliseconds("Shapes, costs and the graph; 0 when the same file was sent before."),
    embed: milliseconds("What does not depend on the state; 0 when it was kept."),
    predict: milliseconds("What depends on the state."),
    afterLastByte: milliseconds("From the last byte of the body to the answer."),
    total: milliseconds("From the headers to the answer."),
  },
  { description: "Where the time went, in milliseconds." },
);

const ProcessBytesSchema = Type.Object({
  bytes: Type.Number(),
  interval: Type.Object({
    lowBytes: Type.Number(),
    highBytes: Type.Number(),
    coverage: Type.Number({ description: "Share of networks whose process takes an amount between the two." }),
  }),
});

const PREDICTION = {
  latencyMs: Type.Number(),
  interval: Type.Object({
    lowMs: Type.Number(),
    highMs: Type.Number(),
    coverage: Type.Number({ description: "Share of measurements that fall between the two." }),
  }),
  layers: Type.Array(
    Type.Object({
      name: Type.String(),
      opType: Type.String(),
      latencyMs: Type.Number(),
      flops: Type.Number(),
      bytes: Type.Number(),
    }),
  ),
  coverage: Type.Object({
    nodes: Type.Number({ description: "Share of the nodes that can be predicted." }),
    flops: Type.Number({ description: "Share of the cost that is covered." }),
    unsupportedOps: Type.Array(Type.String(), { description: "Operators that are not known or not predicted (such as Loop), as domain:opType." }),
  }),
  outOfDistribution: Type.Object({
    flag: Type.Boolean({ description: "Whether the score is above a half." }),
    score: Type.Number({
      description: "How unlike the nearest measured kernel its kernels are, on the mean over the latency, or how unlike the nearest measured network's the mix of them is: from 0 (all was seen) to 1. The interval widens with it.",
    }),
    reasons: Type.Array(Type.String()),
  }),
  state: Type.Object({
    used: UsedStateSchema,
    imputed: Type.Array(Type.String(), { description: "Fields that were missing and taken from the training data." }),
    ignored: Type.Array(Type.String(), { description: "Fields that were given but that this target cannot use." }),
    stateEffect: Type.Union([Type.Literal("measured"), Type.Literal("transferred"), Type.Literal("none")]),
  }),
  memory: Type.Object({
    peakActivationBytes: Type.Number({ description: "The most bytes of activations alive at once, counted on the graph." }),
    weightBytes: Type.Number({ description: "Bytes of all weights, counted on the graph." }),
    process: Type.Optional(
      Type.Object(
        { peak: ProcessBytesSchema, running: ProcessBytesSchema },
        {
          description:
            "Memory that the engine's process takes beyond what it held before the model: at most from loading it on, and at most while it runs. Absent where nobody measured it on such a device.",
        },
      ),
    ),
  }),
  modelId: Type.String(),
  target: Type.String(),
  predictor: Type.String(),
};

/** One model on one target in one state. */
export const PredictionSchema = Type.Object({ ...PREDICTION, timingsMs: TimingsSchema });

/** The answer to `targets`: one prediction for each, in their order. */
export const PredictionsSchema = Type.Object({
  modelId: Type.String(),
  predictions: Type.Array(Type.Object(PREDICTION)),
  timingsMs: TimingsSchema,
});

const DIMS = Type.Record(Type.String(), Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }), {
  description: "Values for the model's symbolic dimensions, by name.",
});

const DIMS_TEXT = Type.String({ description: "Values for symbolic dimensions: batch=1,sequence=128, or a JSON object." });
const SNAPSHOT_ID = Type.String({ description: "A state sent to POST /hardware-snapshot before, instead of `state`." });
const TARGET = Type.String({ description: "device.engine.precision.cores; the default target when left out." });

/** A prediction for a model that was sent before. */
export const PredictByIdSchema = Type.Object(
  {
    modelId: Type.String(),
    target: Type.Optional(TARGET),
    targets: Type.Optional(
      Type.Array(Type.String(), { minItems: 1, maxItems: 64, description: "Several targets at once, instead of `target`." }),
    ),
    state: Type.Optional(StateSchema),
    snapshotId: Type.Optional(SNAPSHOT_ID),
  },
  { additionalProperties: false },
);

/** The parts of a multipart prediction, for the description of the API. */
export const PredictFormSchema = Type.Object(
  {
    model: Type.Unsafe<string>({ type: "string", format: "binary", description: "The ONNX file." }),
    target: Type.Optional(TARGET),
    state: Type.Optional(StateSchema),
    snapshotId: Type.Optional(SNAPSHOT_ID),
    dims: Type.Optional(DIMS),
  },
  { additionalProperties: false },
);

/** Query of a prediction whose body is the ONNX file itself; the state's fields come beside these. */
export const PREDICT_QUERY = {
  target: Type.Optional(TARGET),
  snapshotId: Type.Optional(SNAPSHOT_ID),
  dims: Type.Optional(DIMS_TEXT),
};

export const ModelFormSchema = Type.Object(
  {
    model: Type.Unsafe<string>({ type: "string", format: "binary", description: "The ONNX file." }),
    dims: Type.Optional(DIMS),
  },
  { additionalProperties: false },
);

export const ModelQuerySchema = Type.Object({ dims: Type.Optional(DIMS_TEXT) }, { additionalProperties: false });

/** An ONNX file as the whole body. */
export const OnnxBodySchema = Type.Unsafe<string>({ type: "string", format: "binary", description: "The ONNX file." });
