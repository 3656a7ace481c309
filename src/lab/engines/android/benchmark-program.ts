import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { AdbDevice } from "../../devices/adb.js";
import { DeviceUnreachable } from "../../devices/device.js";
import { shellWord } from "../../devices/shell-word.js";
import { EngineFailure } from "../engine.js";
import type { EngineName } from "../engine-kind.js";
import type { BenchmarkJob } from "./command-lines.js";
import { COMMAND_LINES } from "./command-lines.js";
import type { BenchmarkReport } from "./index.js";
import { BENCHMARK_PROGRAMS, UnreadableOutput } from "./index.js";

/** Longer than a slow model's runs, shorter than adb's own limit. */
const LIMIT_S = 600;
const ID_LENGTH = 12;
/** Of the shell: the program was not found, or may not be run. */
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;

function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(folder, name)).isFile())
    .toSorted();
}

/** Why a folder of this machine does not hold an engine's program and what to do about it, or null where it does. */
export function programLacks(engine: EngineName, folder: string | undefined): string | null {
  const { program } = BENCHMARK_PROGRAMS[engine];
  const wanted = `build ${program} for the device and name its folder, libraries included, under reach.programs.${engine} in the device file`;
  if (folder === undefined) return `no ${program}: ${wanted}`;
  return existsSync(join(folder, program)) ? null : `no ${program} in ${folder}: ${wanted}`;
}

/** The cores as taskset's mask, in hexadecimal. */
export function coreMask(cores: readonly number[]): string {
  return cores.reduce((mask, core) => mask | (1n << BigInt(core)), 0n).toString(16);
}

/** An engine's own benchmark program on an Android device. */
export class BenchmarkProgram {
  private constructor(
    private readonly device: AdbDevice,
    private readonly engine: EngineName,
    private readonly folder: string,
    /** Hash of the program and its libraries: the programs do not tell their versions. */
    readonly id: string,
  ) {}

  /**
   * Brings the program there, once. Throws DeviceUnreachable where that does not work.
   *
   * @param folder of the program and the libraries that it needs, on this machine
   */
  static async push(device: AdbDevice, engine: EngineName, folder: string): Promise<BenchmarkProgram> {
    const hash = createHash("sha256");
    for (const name of filesUnder(folder)) hash.update(`${name}\n`).update(readFileSync(join(folder, name)));
    const id = hash.digest("hex").slice(0, ID_LENGTH);
    const entries = readdirSync(folder).toSorted().map((name) => join(folder, name));
    return new BenchmarkProgram(device, engine, await device.pushFiles(entries, `${engine}-${id}`), id);
  }

  /** Brings a model's files there, once; the folder there, for a job. */
  pushModel(folder: string): Promise<string> {
    return this.device.pushFiles(COMMAND_LINES[this.engine].files.map((name) => join(folder, name)), basename(folder));
  }

  /**
   * Runs the program pinned to some cores and reads what it prints.
   *
   * @throws EngineFailure with the program's last words where it refuses, dies or prints no result,
   * DeviceUnreachable where the device went away
   */
  async run(job: BenchmarkJob, cores: readonly number[]): Promise<BenchmarkReport> {
    const { program, parse } = BENCHMARK_PROGRAMS[this.engine];
    const args = this.arguments(job).map(shellWord).join(" ");
    const start = `timeout -s KILL ${LIMIT_S} taskset ${coreMask(cores)} ./${program} ${args}`;
    const { code, stdout, stderr } = await this.device.run(["sh", "-c", `cd ${shellWord(this.folder)} && chmod 755 ${program} && LD_LIBRARY_PATH=.:./lib ${start}`]);
    const output = `${stdout}\n${stderr}`;
    if (code !== 0) await this.refuse(code, output);
    try {
      const reports = parse(output);
      // benchncnn of before 2022 takes no model and measures its own ones.
      const [report] = reports;
      if (report === undefined || reports.length > 1) throw new EngineFailure(`${program} measured ${reports.length} models, not the one: take a newer one`);
      return report;
    } catch (error) {
      throw error instanceof UnreadableOutput ? new EngineFailure(error.message) : error;
    }
  }

  private arguments(job: BenchmarkJob): readonly string[] {
    try {
      return COMMAND_LINES[this.engine].args(job);
    } catch (error) {
      throw error instanceof RangeError ? new EngineFailure(error.message) : error;
    }
  }

  private async refuse(code: number | null, output: string): Promise<never> {
    const { program } = BENCHMARK_PROGRAMS[this.engine];
    if ((await this.device.run(["true"])).code !== 0) throw new DeviceUnreachable(`${this.device.name} is gone: ${output.trim()}`);
    const words = new UnreadableOutput(program, output).message;
    if (code === NOT_FOUND || code === NOT_EXECUTABLE) throw new EngineFailure(`${words} (is it built for this device's processor, with its libraries beside it?)`);
    throw new EngineFailure(`${words} (exit code ${code ?? "none: no answer in time"})`);
  }
}
