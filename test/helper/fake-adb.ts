import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** One call of adb and what it answered. */
export interface AdbExchange {
  readonly args: readonly string[];
  readonly stdout?: string;
  readonly stderr?: string;
  readonly code?: number;
}

export interface FakeAdb {
  /** What went otherwise than the transcript says; empty where all of it was asked for, in its order. */
  breaches(): string;
  close(): void;
}

/** A transcript of test/fixtures/adb. Its `{folder}` stands for a folder of the test's. */
export function readTranscript(name: string, folder: string): readonly AdbExchange[] {
  const path = fileURLToPath(new URL(`../fixtures/adb/${name}.json`, import.meta.url));
  return JSON.parse(readFileSync(path, "utf8").replaceAll("{folder}", folder)) as readonly AdbExchange[];
}

/** A call whose arguments are not those of the transcript's next one is a breach and fails. */
const PROGRAM = `at=$(cat at 2>/dev/null || echo 0)
if ! printf '%s\\0' "$@" | cmp -s - "$at.args"; then
  { printf 'command %s is not' "$at"; printf ' <%s>' "$@"; echo; } | tee -a breaches >&2
  exit 98
fi
echo $((at + 1)) > at
cat "$at.stdout"
cat "$at.stderr" >&2
exit "$(cat "$at.code")"
`;

/**
 * Puts a program in the place of adb that replays a transcript and fails on every command that is not the next one of
 * it. No phone was at hand: the transcripts are written after what tools and devices are documented to say.
 */
export function fakeAdb(exchanges: readonly AdbExchange[]): FakeAdb {
  const folder = mkdtempSync(join(tmpdir(), "tempograph-adb-"));
  for (const [at, { args, stdout = "", stderr = "", code = 0 }] of exchanges.entries()) {
    writeFileSync(join(folder, `${at}.args`), args.map((arg) => `${arg}\0`).join(""));
    writeFileSync(join(folder, `${at}.stdout`), stdout);
    writeFileSync(join(folder, `${at}.stderr`), stderr);
    writeFileSync(join(folder, `${at}.code`), String(code));
  }
  const program = join(folder, "adb");
  writeFileSync(program, `#!/bin/sh\ncd '${folder}' || exit 97\n${PROGRAM}`, { mode: 0o755 });
  process.env["TEMPOGRAPH_ADB"] = program;
  const text = (name: string) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : "");
  return {
    breaches: () => {
      if (text("breaches") !== "") return text("breaches");
      const asked = Number(text("at"));
      return asked === exchanges.length ? "" : `only ${asked} of ${exchanges.length} commands were asked`;
    },
    close: () => {
      Reflect.deleteProperty(process.env, "TEMPOGRAPH_ADB");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
