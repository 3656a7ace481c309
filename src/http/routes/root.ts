import type { App } from "../types.js";

const LINKS = [
  ["/docs", "The API, to read and to try"],
  ["/openapi.json", "Its OpenAPI description"],
  ["/targets", "What can be predicted, and how well"],
  ["/v2/health/ready", "Readiness"],
  ["/metrics", "Counters for Prometheus"],
] as const;

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>tempograph</title>
<h1>tempograph</h1>
<p>Tells how long a neural network will take on a device, in the state that device is in.</p>
<ul>
${LINKS.map(([path, text]) => `<li><a href="${path}">${path}</a> ${text}</li>`).join("\n")}
</ul>
</html>
`;

/** The address itself: where everything is. */
export function rootRoutes(app: App): void {
  app.get("/", { schema: { hide: true } }, (request, reply) => {
    if (request.headers.accept?.includes("text/html")) return reply.type("text/html; charset=utf-8").send(PAGE);
    return reply.send({ name: "tempograph", links: LINKS.map(([path, description]) => ({ path, description })) });
  });
}
