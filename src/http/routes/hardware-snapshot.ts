import { Type, type Static } from "typebox";
import { parseSnapshot, snapshotOf } from "../../hardware/snapshot.js";
import type { StoredSnapshot } from "../../store/snapshots.js";
import { ProblemError } from "../problems.js";
import { problems } from "../schemas/problem.js";
import { RawSnapshotSchema, SnapshotSchema } from "../schemas/snapshot.js";
import { StateSchema } from "../schemas/state.js";
import type { Services } from "../services.js";
import type { App } from "../types.js";

function describe({ id, ageMs, createdAt, expiresAt, snapshot }: StoredSnapshot): Static<typeof SnapshotSchema> {
  return {
    id,
    ageMs,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    state: snapshot.state,
    missing: [...snapshot.missing],
    reasons: { ...snapshot.reasons },
    sources: [...snapshot.sources],
  };
}

/** States of a device that later predictions name by their id, until they expire. */
export function hardwareSnapshotRoutes(app: App, { snapshots }: Services): void {
  app.post(
    "/hardware-snapshot",
    {
      config: { bodies: { "application/json": StateSchema, "text/plain": RawSnapshotSchema } },
      schema: {
        operationId: "postHardwareSnapshot",
        tags: ["hardware"],
        summary: "Send the state of a device, as JSON or as the system's tools print it",
        response: { 201: SnapshotSchema, ...problems(400, 408, 413, 415, 429, 503) },
      },
    },
    async (request, reply) => {
      const raw = request.mediaType === "text/plain" && typeof request.body === "string";
      if (!raw && request.mediaType !== "application/json") {
        throw new ProblemError("unsupported-media-type", "Send application/json or text/plain.");
      }
      const snapshot = raw ? parseSnapshot("text", request.body as string) : snapshotOf(request.body);
      const stored = await snapshots.put(snapshot);
      void reply.header("location", `/hardware-snapshot/${stored.id}`);
      return reply.code(201).send(describe(stored));
    },
  );

  app.get(
    "/hardware-snapshot/:id",
    {
      schema: {
        operationId: "getHardwareSnapshot",
        tags: ["hardware"],
        summary: "A state that was sent before, with its age",
        params: Type.Object({ id: Type.String() }),
        response: { 200: SnapshotSchema, ...problems(404) },
      },
    },
    async (request) => {
      const stored = await snapshots.get(request.params.id);
      if (stored === undefined) throw new ProblemError("unknown-snapshot", "Send the state again.", { field: "id" });
      return describe(stored);
    },
  );
}
