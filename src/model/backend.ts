import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

import * as tfjs from "@tensorflow/tfjs-core";
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";

import { registerGradients } from "./gradients.js";

/** The namespace that all numerical code is written against; pass it on instead of importing it. */
export type Tf = typeof tfjs;

export type BackendName = "wasm" | "tensorflow";

export interface Backend {
  readonly name: BackendName;
  readonly tf: Tf;
}

const require = createRequire(import.meta.url);

/** Where scripts/setup-native.sh puts the native binding; the same from src/model and from dist/model. */
const NATIVE_PACKAGE = fileURLToPath(new URL("../../.native/node_modules/@tensorflow/tfjs-node", import.meta.url));

/**
 * Makes a backend ready and current. WebAssembly on one thread unless `preferred`, or else the environment variable
 * TEMPOGRAPH_BACKEND, says "tensorflow": the native library, which trains about twice as fast and is never needed.
 *
 * Backend and tensors live in tfjs's process-wide engine, so calls are cheap after the first one, and calling with
 * another name switches the whole process.
 *
 * @throws Error when the variable holds another name, or when the native binding is asked for and does not load.
 */
export async function initBackend(preferred?: BackendName): Promise<Backend> {
  const name = preferred ?? backendFromEnvironment(process.env["TEMPOGRAPH_BACKEND"]);
  if (tfjs.findBackend(name) === null) {
    if (name === "tensorflow") loadNative();
    else configureWasm();
  }
  if (!(await tfjs.setBackend(name))) throw new Error(`The ${name} backend did not start.`);
  await tfjs.ready();
  registerGradients(tfjs);
  return { name, tf: tfjs };
}

function backendFromEnvironment(value: string | undefined): BackendName {
  if (value === undefined || value === "" || value === "wasm") return "wasm";
  if (value === "tensorflow") return "tensorflow";
  throw new Error(`TEMPOGRAPH_BACKEND is "${value}"; it may be "wasm" (the default) or "tensorflow".`);
}

function configureWasm(): void {
  setWasmPaths(dirname(require.resolve("@tensorflow/tfjs-backend-wasm")) + sep);
  // A prediction takes under a few milliseconds: threads would cost more to wake than they save.
  tfjs.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  setThreadsCount(1);
}

/**
 * The native package brings its own copy of tfjs-core. Engine and kernel registry are process-wide, so the copy here
 * drives the backend that the other one registers, as long as both are of one version.
 */
function loadNative(): void {
  // Node 23 removed a function that the binding's JavaScript still calls.
  const util = require("node:util") as { isNullOrUndefined?: (value: unknown) => boolean };
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
  // Greetings about CPU features are not warnings; errors still show.
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "1";
  let version: string;
  try {
    require(NATIVE_PACKAGE);
    ({ version } = require(join(NATIVE_PACKAGE, "package.json")) as { version: string });
  } catch (cause) {
    throw new Error("The native TensorFlow binding does not load. Build it with scripts/setup-native.sh.", { cause });
  }
  if (version !== tfjs.version_core) {
    throw new Error(`The native binding is of version ${version}, @tensorflow/tfjs-core of ${tfjs.version_core}.`);
  }
}
