import { afterEach, describe, expect, it } from "vitest";
import { LineProcess, ProcessLost, RequestRefused } from "./line-process.js";

/** A peer in Node that speaks the protocol as the Python ones do. */
const PEER = `
const buffers = [];
process.stdin.on("data", (chunk) => {
  buffers.push(chunk);
  const all = Buffer.concat(buffers);
  const end = all.indexOf(10);
  if (end < 0) return;
  const request = JSON.parse(all.subarray(0, end));
  if (all.length < end + 1 + (request.bytes ?? 0)) return;
  buffers.length = 0;
  const body = all.subarray(end + 1);
  if (request.op === "die") { process.stderr.write("out of memory"); process.exit(3); }
  if (request.op === "hang") return;
  const answer = request.op === "refuse"
    ? { ok: false, error: "no such operator" }
    : { ok: true, sum: body.reduce((a, b) => a + b, 0), long: "x".repeat(request.long ?? 0) };
  process.stdout.write(JSON.stringify(answer) + "\\n");
});
process.stdin.on("end", () => process.exit(0));
`;

const started: LineProcess[] = [];
function start(timeoutMs = 10_000): LineProcess {
  const peer = new LineProcess(process.execPath, ["-e", PEER], { timeoutMs });
  started.push(peer);
  return peer;
}
afterEach(async () => {
  for (const peer of started.splice(0)) await peer.close();
});

describe("LineProcess", () => {
  it("sends bytes after the request's line and returns the answer", async () => {
    const bytes = new Uint8Array(300_000).fill(10);
    expect((await start().request("add", {}, bytes))["sum"]).toBe(3_000_000);
  });

  it("puts an answer together that comes in many chunks", async () => {
    expect((await start().request("add", { long: 1_000_000 }))["long"]).toHaveLength(1_000_000);
  });

  it("rejects with the process's message when it refuses, and goes on", async () => {
    const peer = start();
    await expect(peer.request("refuse")).rejects.toThrow(new RequestRefused("no such operator"));
    expect((await peer.request("add"))["sum"]).toBe(0);
  });

  it("tells how the process died, and what it said last", async () => {
    const peer = start();
    await expect(peer.request("die")).rejects.toThrow(/exit code 3\): out of memory/);
    await expect(peer.request("add")).rejects.toBeInstanceOf(ProcessLost);
    expect(peer.alive).toBe(false);
  });

  it("ends a process that does not answer in time", async () => {
    await expect(start(100).request("hang")).rejects.toThrow(/within 100 ms/);
  });

  it("tells when the command cannot be started", async () => {
    const peer = new LineProcess("/nonexistent/command", [], { timeoutMs: 1000 });
    await expect(peer.request("add")).rejects.toThrow(/cannot be started/);
  });
});
