import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { buildApp } from "../../src/http/app.js";
import type { App } from "../../src/http/types.js";
import { loadTargets } from "../../src/predict/index.js";
import type { Prediction, TargetRegistry } from "../../src/predict/types.js";

/** A path in the repository. */
export const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** The example's bytes: a real export. */
export const mobilenet = (): Buffer => readFileSync(root("examples/mobilenetv2.onnx"));

/** The service with the weights that ship. */
export interface ShippedService {
  readonly app: App;
  readonly registry: TargetRegistry;
  /** The answer for an uploaded file; `query` holds target and state. */
  predict(model: Buffer, query: Readonly<Record<string, string>>): Promise<Prediction>;
}

export async function serveShipped(): Promise<ShippedService> {
  const registry = await loadTargets(root("weights"));
  const app = await buildApp({ registry });
  return {
    app,
    registry,
    async predict(payload, query) {
      const headers = { "content-type": "application/octet-stream" };
      const response = await app.inject({ method: "POST", url: "/predict", query: { ...query }, headers, payload });
      expect(response.statusCode, response.body).toBe(200);
      return response.json();
    },
  };
}
