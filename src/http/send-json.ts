import type { FastifyReply } from "fastify";

/**
 * Sends a large answer through JSON.stringify: the serializer made from a schema tries every alternative of a union on
 * every value, which costs more than the prediction itself for thousands of layers. The schema still describes the
 * answer, and a test holds the two together.
 */
export function sendJson(reply: FastifyReply, status: number, value: unknown): FastifyReply {
  return reply
    .code(status)
    .type("application/json; charset=utf-8")
    .serializer((payload) => JSON.stringify(payload))
    .send(value);
}
