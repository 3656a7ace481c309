import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { EngineKind } from "./engine-kind.js";
import { ONNX_RUNTIME } from "./onnxruntime.js";

/** The root of the project, where python/ and the environments are; the same from src/ and from dist/. */
export const PROJECT_ROOT = fileURLToPath(new URL("../../../", import.meta.url)).replace(/\/$/, "");

/** Path of a script in the repository's python/ folder. */
export function pythonScript(name: string): string {
  return `${PROJECT_ROOT}/python/${name}`;
}

/**
 * The interpreter of an engine: what its environment variable names, or else its environment under the root.
 *
 * @throws Error that says how to get one where neither exists
 */
export function findEnginePython({ name, environment, interpreterVariable }: EngineKind): string {
  const chosen = process.env[interpreterVariable];
  if (chosen !== undefined && chosen !== "") return chosen;
  const local = `${PROJECT_ROOT}/${environment}/bin/python`;
  if (existsSync(local)) return local;
  throw new Error(`no Python for ${name}: run \`npm run lab:setup -- --engine ${name}\`, or set ${interpreterVariable} to an interpreter`);
}

/** The interpreter of the measuring path's own scripts, which is ONNX Runtime's. Throws as findEnginePython does. */
export function findPython(): string {
  return findEnginePython(ONNX_RUNTIME);
}

/** Why an engine's interpreter cannot import these modules, or null where it can. */
export function interpreterLacks(kind: EngineKind, modules: readonly string[]): string | null {
  try {
    execFileSync(findEnginePython(kind), ["-c", `import ${modules.join(", ")}`], { stdio: "pipe" });
    return null;
  } catch (error) {
    const [reason = "unknown"] = error instanceof Error ? error.message.trim().split("\n").slice(-1) : [];
    return reason;
  }
}

/** Why the measuring path's interpreter cannot import these modules, or null where it can. */
export function pythonLacks(...modules: readonly string[]): string | null {
  return interpreterLacks(ONNX_RUNTIME, modules);
}
