import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { TSchema } from "typebox";
import type { App } from "../types.js";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Schemas of the route's bodies by media type. They describe: bodies that are streamed cannot be validated first. */
    bodies?: Readonly<Record<string, TSchema>>;
  }
}

const TAGS = [
  { name: "prediction", description: "Latency of a model on a target in a state" },
  { name: "models", description: "Models that are sent once and predicted many times" },
  { name: "hardware", description: "States of devices" },
  { name: "targets", description: "What can be predicted" },
  { name: "health", description: "Health, metadata and metrics" },
];

/** The description of the API, made from the routes' schemas: /openapi.json and /docs. */
export async function useDocs(app: App, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "tempograph",
        version,
        description: "Tells how long a neural network will take on a device, in the state that device is in.",
        license: { name: "MIT", identifier: "MIT" },
      },
      tags: TAGS,
    },
    transform: ({ schema, url, route }) => {
      const bodies = route.config?.bodies;
      if (bodies === undefined) return { schema, url };
      const content = Object.fromEntries(Object.entries(bodies).map(([type, body]) => [type, { schema: body }]));
      return { schema: { ...schema, body: { content, required: true } }, url };
    },
  });
  await app.register(swaggerUi, { routePrefix: "/docs", staticCSP: true });
  app.get("/openapi.json", { schema: { hide: true } }, () => app.swagger());
}
