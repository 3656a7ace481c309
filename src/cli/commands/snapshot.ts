import { parseCpuList } from "../../hardware/cpu-list.js";
import { readLocalState } from "../../hardware/local-state.js";
import type { Snapshot } from "../../hardware/snapshot.js";
import { ruleOf, SCALAR_NAMES } from "../../hardware/state-fields.js";
import { readArgs } from "../args.js";
import { UsageError, type Command } from "../context.js";
import { table } from "../format.js";

function describe({ state, missing, reasons, sources }: Snapshot): string {
  const scalars = SCALAR_NAMES.map((name) => [name, state[name]] as const);
  const counters = Object.entries(state.counters ?? {}).map(([name, value]) => [`counters.${name}`, value as number] as const);
  const rows = [...scalars, ...counters].flatMap(([field, value]) => {
    if (value === undefined) return [];
    const unit = ruleOf(field)?.unit ?? "1";
    return [[field, String(Number(value.toPrecision(6))), unit === "1" ? "" : unit]];
  });
  return [
    table(["field", "value", "unit"], rows, "lrl"),
    "",
    `from ${sources.join(", ") || "nothing"}`,
    ...(missing.length === 0 ? [] : ["", table(["missing", "because"], missing.map((field) => [field, reasons[field] ?? ""]), "ll")]),
  ].join("\n");
}

export const snapshotCommand: Command = {
  name: "snapshot",
  summary: "read the state of this machine",
  help: `Usage: tempograph snapshot [options]

Reads the state of this machine (Linux): utilization and counters over an interval, then clock, memory bandwidth and
run delay by short probes. What cannot be read is listed with the reason.

  --cpus LIST    the cores that the model will run on, such as 0-3,6; default: all
  --interval MS  how long to observe, in milliseconds; default 1000
  --json         as JSON; its "state" is what POST /predict takes
  -h, --help     this text`,

  async run(args, context) {
    const { values } = readArgs(
      args,
      { cpus: { type: "string" }, interval: { type: "string", default: "1000" }, json: { type: "boolean" } },
      [],
    );
    const intervalMs = Number(values.interval);
    if (!(intervalMs >= 10 && intervalMs <= 60_000)) throw new UsageError("--interval must be between 10 and 60000 ms.");
    const cpus = values.cpus === undefined ? {} : { cpus: parseCpuList(values.cpus) };
    const snapshot = await readLocalState({ ...cpus, intervalMs });
    context.print(values.json === true ? JSON.stringify(snapshot, null, 2) : describe(snapshot));
  },
};
