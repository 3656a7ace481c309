import type { TargetRegistry } from "../predict/types.js";
import { buildApp } from "./app.js";

const NO_TARGETS: TargetRegistry = { defaultTarget: "", list: () => [], get: () => undefined };

/** The OpenAPI description of the service as plain JSON values, made from the routes' schemas. */
export async function describeApi(version: string): Promise<unknown> {
  const app = await buildApp({ registry: NO_TARGETS, version });
  try {
    await app.ready();
    return JSON.parse(JSON.stringify(app.swagger())) as unknown;
  } finally {
    await app.close();
  }
}
