import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../../../", import.meta.url);

/** Path of a script in the repository's python/ folder; the same from src/ and from dist/. */
export function pythonScript(name: string): string {
  return fileURLToPath(new URL(`python/${name}`, ROOT));
}

/**
 * The interpreter of the measuring path: $TEMPOGRAPH_PYTHON, or else the repository's .venv.
 *
 * @throws Error that names both where neither exists
 */
export function findPython(): string {
  const chosen = process.env["TEMPOGRAPH_PYTHON"];
  if (chosen !== undefined && chosen !== "") return chosen;
  const local = fileURLToPath(new URL(".venv/bin/python", ROOT));
  if (existsSync(local)) return local;
  throw new Error("no Python for measuring: run `npm run lab:setup`, or set TEMPOGRAPH_PYTHON to an interpreter");
}

/** Why these modules cannot be used, or null where they can. For tests that need a real engine. */
export function pythonLacks(...modules: readonly string[]): string | null {
  try {
    execFileSync(findPython(), ["-c", `import ${modules.join(", ")}`], { stdio: "pipe" });
    return null;
  } catch (error) {
    const [reason = "unknown"] = error instanceof Error ? error.message.trim().split("\n").slice(-1) : [];
    return reason;
  }
}
