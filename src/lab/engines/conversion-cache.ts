import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What came of a conversion; kept beside its files. */
export type ConversionResult =
  | { readonly ok: true; readonly converter: string; readonly version: string; readonly convertMs: number }
  | { readonly ok: false; readonly converter: string; readonly version: string; readonly error: string };

export interface CachedConversion {
  /** Holds the engine's files where the conversion worked. */
  readonly folder: string;
  readonly result: ConversionResult;
}

const RESULT = "result.json";
const UNFINISHED = "unfinished-";
const DAY_MS = 86_400_000;
/** Looking at thousands of folders takes longer than many a conversion; other processes may add, too, so it is done again. */
const ADDITIONS_UNSEEN = 100;

/** A key for everything that decides what a conversion yields: strings (options, versions) and bytes (the model). */
export function conversionKey(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  // The length in front keeps neighbouring parts apart.
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest("hex");
}

function folderBytes(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

/**
 * Conversions by key, failed ones included: a converter that said no says it again. Results appear whole or not at
 * all, so a run that dies in the middle of one leaves nothing half-made under its key.
 */
export class ConversionCache {
  /** Bytes of all conversions when they were last counted and of those added since; infinite before the first count. */
  private knownBytes = Infinity;
  private addedSince = 0;

  constructor(
    private readonly root: string,
    /** The least recently used conversions go when all together are larger. */
    private readonly maxBytes: number,
  ) {
    mkdirSync(root, { recursive: true });
    // What runs that were killed left behind; those of today may still be at work.
    for (const name of readdirSync(root).filter((entry) => entry.startsWith(UNFINISHED))) {
      const folder = join(root, name);
      if (Date.now() - statSync(folder).mtimeMs > DAY_MS) rmSync(folder, { recursive: true, force: true });
    }
  }

  find(key: string): CachedConversion | null {
    const folder = join(this.root, key);
    const path = join(folder, RESULT);
    if (!existsSync(path)) return null;
    const now = new Date();
    utimesSync(path, now, now);
    return { folder, result: JSON.parse(readFileSync(path, "utf8")) as ConversionResult };
  }

  /** Runs `convert` on a new folder and keeps what it leaves there. What it throws leaves nothing. */
  async add(key: string, convert: (folder: string) => Promise<ConversionResult>): Promise<CachedConversion> {
    const unfinished = mkdtempSync(join(this.root, UNFINISHED));
    const folder = join(this.root, key);
    try {
      const result = await convert(unfinished);
      writeFileSync(join(unfinished, RESULT), `${JSON.stringify(result)}\n`);
      // Another process may have been as fast, and use its own by now.
      const other = this.find(key);
      if (other !== null) return other;
      rmSync(folder, { recursive: true, force: true });
      renameSync(unfinished, folder);
      this.knownBytes += folderBytes(folder);
      this.addedSince += 1;
      if (this.knownBytes > this.maxBytes || this.addedSince > ADDITIONS_UNSEEN) this.prune(key);
      return { folder, result };
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
  }

  private prune(kept: string): void {
    const entries = readdirSync(this.root)
      .filter((key) => existsSync(join(this.root, key, RESULT)))
      .map((key) => ({ key, bytes: folderBytes(join(this.root, key)), usedMs: statSync(join(this.root, key, RESULT)).mtimeMs }))
      .toSorted((a, b) => a.usedMs - b.usedMs);
    this.addedSince = 0;
    this.knownBytes = entries.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { key, bytes } of entries) {
      if (this.knownBytes <= this.maxBytes) return;
      if (key === kept) continue;
      rmSync(join(this.root, key), { recursive: true, force: true });
      this.knownBytes -= bytes;
    }
  }
}
