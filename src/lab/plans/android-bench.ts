import { resolve } from "node:path";
import type { AdbDevice } from "../devices/adb.js";
import { BenchmarkProgram } from "../engines/android/benchmark-program.js";
import { DeviceModels } from "../engines/android/device-models.js";
import { programProblem } from "../engines/android/problem.js";
import { Converters } from "../engines/converter.js";
import type { EngineName } from "../engines/index.js";
import { findZones, readTemperatures } from "../readings/thermal.js";
import { DeviceSettings } from "../settings/device-settings.js";
import { SettingsJournal } from "../settings/journal.js";
import { SettingsError } from "../settings-file.js";
import type { Bench, BenchOptions } from "./bench.js";
import { hostOf, modelOf, named, problemsOf, restoreSettings } from "./bench.js";
import { benchmarkVisit } from "./benchmark-visit.js";
import { waitUntilCool } from "./python-bench.js";

/** An Android device, whose engines are their own benchmark programs. Throws SettingsError where a plan asks for load. */
export async function androidBench(device: AdbDevice, options: BenchOptions): Promise<Bench> {
  const { plan, models, description, folder, stop, remark, converters = new Converters() } = options;
  const loaded = plan.states.find(({ utilization, trafficGBs }) => utilization > 0 || trafficGBs > 0);
  if (loaded !== undefined) throw new SettingsError(`${loaded.name} asks for load, for which there is no generator on Android devices`);
  const settings = new DeviceSettings(device.asRoot(), SettingsJournal.of(description, folder));
  const zones = await findZones(device);
  const programs = new Map<EngineName, BenchmarkProgram>();
  const deviceModels = new DeviceModels(converters);
  const folders = description.reach.by === "adb" ? description.reach.programs : {};
  const folderOf = (engine: EngineName) => {
    const chosen = folders[engine];
    return chosen === undefined ? undefined : resolve(folder, chosen);
  };
  return {
    name: device.name,
    host: await hostOf(device, description),
    missing: await problemsOf(plan, (engine) => Promise.resolve(programProblem(engine, folderOf(engine)))),
    restore: () => restoreSettings(settings, device.name, remark),
    measure: async (cell) => {
      const program = programs.get(cell.engine) ?? (await BenchmarkProgram.push(device, cell.engine, folderOf(cell.engine) ?? ""));
      programs.set(cell.engine, program);
      const coolDown = await waitUntilCool(() => readTemperatures(device, zones), plan.protocol, stop, remark);
      if (stop.aborted) return null;
      return benchmarkVisit(cell, {
        device,
        models: deviceModels,
        program,
        settings,
        protocol: plan.protocol,
        model: modelOf(models, cell),
        placement: named(plan.placements, cell.placement),
        state: named(plan.states, cell.state),
        coolDown,
      });
    },
    close: async () => {
      await deviceModels.close();
      await converters.close();
      await device.close();
    },
  };
}
