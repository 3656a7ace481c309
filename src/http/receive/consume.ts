import type { Readable } from "node:stream";
import { ProblemError } from "../problems.js";

/**
 * Hands each chunk of a stream to `take`, as it arrives. Unlike `for await`, a refusal does not destroy the stream: a
 * request that is refused in the middle can still be answered.
 *
 * @throws what `take` throws, at once; ProblemError("aborted-upload") when the stream closes before its end
 */
export function consume(stream: Readable, take: (chunk: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (outcome: () => void) => {
      stream.off("data", onData).off("end", onEnd).off("close", onClose).off("error", onError);
      // Someone must listen to late errors of a stream that is no longer read, or they end the process.
      stream.on("error", () => undefined);
      outcome();
    };
    const fail = (error: unknown) => settle(() => reject(error instanceof Error ? error : new Error(String(error))));
    const onData = (chunk: Buffer) => {
      try {
        take(chunk);
      } catch (error) {
        stream.pause();
        fail(error);
      }
    };
    const onEnd = () => settle(resolve);
    const onClose = () => fail(new ProblemError("aborted-upload", "The connection closed before the last byte."));
    const onError = (error: NodeJS.ErrnoException) => (error.code === "ECONNRESET" ? onClose() : fail(error));
    if (stream.destroyed) {
      onClose();
      return;
    }
    stream.on("data", onData).on("end", onEnd).on("close", onClose).on("error", onError);
  });
}
