import { Type } from "typebox";

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
  metrics: Type.Array(
    Type.Object({
      split: Type.String({ description: "What was held out." }),
      within5Percent: Type.Number(),
      within10Percent: Type.Number({ description: "Share of predictions within 10 % of the measurement, in percent." }),
      mapePercent: Type.Number(),
      rmspePercent: Type.Number(),
      rows: Type.Integer(),
    }),
  ),
});

export const TargetsSchema = Type.Object({ defaultTarget: Type.String(), targets: Type.Array(TargetSchema) });
