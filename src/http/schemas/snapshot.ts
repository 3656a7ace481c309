import { Type } from "typebox";
import { StateSchema } from "./state.js";

export const SnapshotSchema = Type.Object({
  id: Type.String(),
  ageMs: Type.Number(),
  createdAt: Type.String({ format: "date-time" }),
  expiresAt: Type.String({ format: "date-time" }),
  state: StateSchema,
  missing: Type.Array(Type.String(), { description: "Fields of the state that could not be read." }),
  reasons: Type.Record(Type.String(), Type.String(), { description: "Why, by field, where that is known." }),
  sources: Type.Array(Type.String()),
});

export const RawSnapshotSchema = Type.String({
  description:
    "As the tools print it, alone or one after another: perf stat -x, or simpleperf stat --csv, /proc/stat (once or " +
    "twice), /proc/loadavg, /proc/cpuinfo, scaling_cur_freq files under ==> path <== headers.",
});
