import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { TargetId, TargetInfo, TargetPredictor, TargetRegistry } from "../types.js";
import { calibratedTarget } from "./calibrated-target.js";
import { formatTargetFile, parseTargetFile, type TargetFile, TargetFileError } from "./target-file.js";

const EXTENSION = ".json";

export type Refusal = "shipped-target" | "duplicate-target" | "too-many-targets";

/** A calibrated target cannot be added; the message says why. */
export class TargetRefused extends Error {
  override readonly name = "TargetRefused";

  constructor(
    readonly refusal: Refusal,
    message: string,
  ) {
    super(message);
  }
}

export interface CalibratedTargetsOptions {
  /** Most calibrated targets at once. */
  readonly maxTargets: number;
  /** Where they are kept beyond this process: one JSON file each. None: in memory alone. */
  readonly folder?: string;
}

/** Shipped targets, and those that were calibrated from a few measurements. */
export class CalibratedTargets implements TargetRegistry {
  private readonly calibrated = new Map<TargetId, TargetPredictor>();
  /** Names that are being written. */
  private readonly pending = new Set<TargetId>();

  constructor(
    private readonly shipped: TargetRegistry,
    private readonly options: CalibratedTargetsOptions,
  ) {}

  /**
   * With the targets that the folder holds, which is made where it is missing.
   *
   * @throws TargetFileError that names a file which cannot be used.
   */
  static async open(shipped: TargetRegistry, options: CalibratedTargetsOptions): Promise<CalibratedTargets> {
    const targets = new CalibratedTargets(shipped, options);
    const { folder } = options;
    if (folder === undefined) return targets;
    for (const name of await targetFiles(folder)) {
      const path = join(folder, name);
      const file = parseTargetFile(await readText(path), path);
      try {
        targets.check(file.target);
      } catch (error) {
        throw error instanceof TargetRefused ? new TargetFileError(`${path}: ${error.message}`) : error;
      }
      targets.calibrated.set(file.target, calibratedTarget(shipped, file));
    }
    return targets;
  }

  get defaultTarget(): TargetId {
    return this.shipped.defaultTarget;
  }

  list(): readonly TargetInfo[] {
    return [...this.shipped.list(), ...[...this.calibrated.values()].map(({ info }) => info)];
  }

  get(target: TargetId): TargetPredictor | undefined {
    return this.shipped.get(target) ?? this.calibrated.get(target);
  }

  /** Whether a target of this name can be added. @throws TargetRefused */
  check(target: TargetId): void {
    if (this.shipped.get(target) !== undefined) {
      throw new TargetRefused("shipped-target", `${target} is a target that ships with the service.`);
    }
    if (this.calibrated.has(target) || this.pending.has(target)) {
      throw new TargetRefused("duplicate-target", `There is a target ${target} already.`);
    }
    const { maxTargets } = this.options;
    if (this.calibrated.size + this.pending.size >= maxTargets) {
      throw new TargetRefused("too-many-targets", `No more than ${maxTargets} calibrated targets are kept.`);
    }
  }

  /** Adds a target, once it is in the folder where there is one. @throws TargetRefused, TargetFileError */
  async add(file: TargetFile): Promise<TargetPredictor> {
    this.check(file.target);
    const target = calibratedTarget(this.shipped, file);
    const { folder } = this.options;
    if (folder !== undefined) {
      this.pending.add(file.target);
      try {
        await writeTargetFile(folder, file);
      } finally {
        this.pending.delete(file.target);
      }
    }
    this.calibrated.set(file.target, target);
    return target;
  }
}

async function targetFiles(folder: string): Promise<string[]> {
  try {
    await mkdir(folder, { recursive: true });
    return (await readdir(folder)).filter((name) => name.endsWith(EXTENSION)).sort();
  } catch (error) {
    throw new TargetFileError(`The folder of targets cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new TargetFileError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Whole or not at all: into a draft beside it, to the disk, then under its name. Returns the path. */
export async function writeTargetFile(folder: string, file: TargetFile): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${file.target}${EXTENSION}`);
  const draft = `${path}.part`;
  try {
    const handle = await open(draft, "w");
    try {
      await handle.writeFile(formatTargetFile(file));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  return path;
}
