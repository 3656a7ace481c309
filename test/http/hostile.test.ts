import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { openRaw, sendRaw, useServer } from "../helper/app.js";
import { convFile, heavyFile } from "../helper/models.js";

const MIB = 2 ** 20;

/** Small limits, so that tests can pass them. */
const server = useServer({
  limits: {
    maxUploadBytes: 2 * MIB,
    headersTimeoutMs: 400,
    requestTimeoutMs: 1_500,
    timeoutCheckMs: 100,
    idleTimeoutMs: 5_000,
    maxConcurrent: 4,
    maxConcurrentPerClient: 3,
    drainBytes: 4 * MIB,
    drainMs: 1_000,
  },
});

/** After every case the server still answers. */
afterEach(() => server().isAlive());

const BOUNDARY = "----b0undary";
const MULTIPART = `multipart/form-data; boundary=${BOUNDARY}`;

function part(headers: string, body: Buffer | string): Buffer {
  return Buffer.concat([Buffer.from(`--${BOUNDARY}\r\n${headers}\r\n\r\n`), Buffer.from(body), Buffer.from("\r\n")]);
}

const filePart = (name: string, body: Buffer | string) =>
  part(`Content-Disposition: form-data; name="${name}"; filename="f.onnx"\r\nContent-Type: application/octet-stream`, body);
const fieldPart = (name: string, body: string) => part(`Content-Disposition: form-data; name="${name}"`, body);
const END = Buffer.from(`--${BOUNDARY}--\r\n`);

async function post(
  path: string,
  type: string | undefined,
  body: Buffer | string | Readable,
  headers: Record<string, string> = {},
): Promise<{ status: number; problem: Record<string, unknown>; type: string | undefined }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      `${server().url}${path}`,
      { method: "POST", headers: { ...(type === undefined ? {} : { "content-type": type }), ...headers }, agent: false },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("end", () => {
          request.destroy();
          const problem = JSON.parse(text) as Record<string, unknown>;
          resolve({ status: response.statusCode ?? 0, problem, type: response.headers["content-type"] });
        });
        response.on("error", reject);
      },
    );
    request.on("error", reject);
    if (body instanceof Readable) body.pipe(request);
    else request.end(body);
  });
}

function expectProblem(answer: Awaited<ReturnType<typeof post>>, status: number, name: string): void {
  expect(answer.problem).toMatchObject({ status, type: `urn:tempograph:problem:${name}` });
  expect(answer.status).toBe(status);
  expect(answer.type).toContain("application/problem+json");
}

/** Endless zero bytes, sent in chunks without a length. */
function endless(start: Buffer, filler: number): Readable {
  const chunk = Buffer.alloc(64 * 1024, filler);
  let first = true;
  return new Readable({
    read() {
      this.push(first ? start : chunk);
      first = false;
    },
  });
}

describe("uploads that are too large", () => {
  it("are refused by their announced length before a byte is read", async () => {
    const raw = await sendRaw(
      server().port,
      `POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\nContent-Length: 99999999999\r\n\r\n`,
    );
    expect(raw).toContain("413");
  });

  it("are refused at the byte that passes the limit when no length is announced", async () => {
    const start = heavyFile(20 * MIB).subarray(0, MIB);
    expectProblem(await post("/predict", "application/octet-stream", endless(start, 0)), 413, "upload-too-large");
    expectProblem(await post("/models", "application/octet-stream", endless(start, 0)), 413, "upload-too-large");
  });

  it("are refused inside of a form, and never taken as truncated", async () => {
    const body = Buffer.concat([filePart("model", heavyFile(2.5 * MIB)), END]);
    expectProblem(await post("/predict", MULTIPART, body), 413, "upload-too-large");
    expectProblem(await post("/models", MULTIPART, body), 413, "upload-too-large");
  });

  it("are refused when the bytes lie outside of every part", async () => {
    expectProblem(await post("/predict", MULTIPART, endless(Buffer.from("preamble"), 120)), 413, "upload-too-large");
    const form = Buffer.concat([filePart("model", convFile()), END]);
    expectProblem(await post("/predict", MULTIPART, endless(form, 120)), 413, "upload-too-large");
  });

  it("are refused as JSON, as text, and as a field of a form", async () => {
    const long = "x".repeat(MIB + 1);
    expectProblem(await post("/hardware-snapshot", "application/json", `"${long}"`), 413, "body-too-large");
    expectProblem(await post("/hardware-snapshot", "text/plain", long), 413, "body-too-large");
    for (const field of [fieldPart("state", long), filePart("state", long)]) {
      const body = Buffer.concat([field, filePart("model", convFile()), END]);
      expectProblem(await post("/predict", MULTIPART, body), 413, "body-too-large");
    }
  });
});

describe("multipart bodies that are broken", () => {
  const model = filePart("model", convFile());
  it.each([
    ["without an end", MULTIPART, model],
    ["that end inside a part", MULTIPART, model.subarray(0, 200)],
    ["that end inside a part's headers", MULTIPART, model.subarray(0, 40)],
    ["of garbage", MULTIPART, Buffer.from("garbage")],
    ["with another boundary", MULTIPART, Buffer.from("--other\r\n\r\n--other--\r\n")],
    ["without a boundary", "multipart/form-data", Buffer.concat([model, END])],
    ["with an empty boundary", "multipart/form-data; boundary=", Buffer.concat([model, END])],
    ["with a part without a name", MULTIPART, Buffer.concat([part("Content-Disposition: form-data", "x"), END])],
  ])("%s are refused", async (_name, type, body) => {
    const { status, type: answered } = await post("/predict", type, body);
    expect(status).toBe(400);
    expect(answered).toContain("application/problem+json");
  });

  it.each([
    ["empty", Buffer.alloc(0)],
    ["without parts", END],
  ])("%s lack the model", async (_name, body) => {
    const { status, problem } = await post("/predict", MULTIPART, body);
    expect(status).toBe(400);
    expect(String(problem.detail)).toMatch(/model|multipart/i);
  });

  it("with a second model are refused, wherever it is", async () => {
    for (const second of [filePart("model", convFile()), filePart("model", "")]) {
      const answer = await post("/predict", MULTIPART, Buffer.concat([model, second, END]));
      expectProblem(answer, 400, "invalid-request");
      expect(answer.problem.field).toBe("model");
    }
  });

  it("with a file under another name, before or after the model, are refused", async () => {
    const other = filePart("other", "x");
    for (const parts of [[other, model], [model, other]]) {
      expectProblem(await post("/predict", MULTIPART, Buffer.concat([...parts, END])), 400, "invalid-request");
    }
  });

  it.each(["__proto__", "constructor", "toString", "hasOwnProperty"])("with a part named %s are refused", async (name) => {
    for (const extra of [fieldPart(name, "x"), filePart(name, "x")]) {
      expect((await post("/predict", MULTIPART, Buffer.concat([model, extra, END]))).status).toBe(400);
      expect((await post("/predict", MULTIPART, Buffer.concat([extra, model, END]))).status).toBe(400);
    }
  });

  it("with 1,001 parts are refused", async () => {
    const many = (one: (index: number) => Buffer) => Buffer.concat([...Array.from({ length: 1_001 }, (_, i) => one(i)), END]);
    expect((await post("/predict", MULTIPART, many((i) => fieldPart(`f${i}`, "x")))).status).toBe(400);
    expect((await post("/predict", MULTIPART, many(() => fieldPart("target", "x")))).status).toBe(400);
    expect((await post("/predict", MULTIPART, many(() => part("X-Nothing: 1", "x")))).status).toBe(413);
  });

  it("with a content type spaced by tabs are read all the same", async () => {
    const { status } = await post("/predict", `multipart/form-data;\tboundary=${BOUNDARY}`, Buffer.concat([model, END]));
    expect(status).toBe(200);
    expect((await post("/predict", "multipart/form-data\t", Buffer.concat([model, END]))).status).toBe(400);
    expect((await post("/predict", "application/octet-stream\t; x=1", convFile())).status).toBeLessThan(500);
  });
});

describe("bodies that are not what they say", () => {
  it("are refused when compressed, whatever their type", async () => {
    const zipped = gzipSync(convFile());
    for (const type of ["application/octet-stream", MULTIPART, "application/json"]) {
      const answer = await post("/predict", type, zipped, { "content-encoding": "gzip" });
      expectProblem(answer, 415, "unsupported-content-encoding");
    }
    expect((await post("/predict", "application/octet-stream", convFile(), { "content-encoding": "identity" })).status).toBe(200);
  });

  it.each([
    ["application/xml", "<a/>"],
    ["text/plain", "x"],
    ["application/x-www-form-urlencoded", "a=b"],
    ["nonsense", "x"],
    [undefined, "x"],
    [undefined, ""],
  ])("of type %s are refused", async (type, body) => {
    expectProblem(await post("/predict", type, body), 415, "unsupported-media-type");
  });

  it.each([
    ["empty", Buffer.alloc(0), "empty-model"],
    ["a zip file", Buffer.from("PK\u0003\u0004 and more bytes than a header"), "not-onnx"],
    ["a truncated model", convFile().subarray(0, 150), "truncated-model"],
  ])("%s: is refused by name", async (_name, body, problem) => {
    expectProblem(await post("/predict", "application/octet-stream", body), 400, problem);
    expectProblem(await post("/predict", MULTIPART, Buffer.concat([filePart("model", body), END])), 400, problem);
  });
});

describe("JSON that is made to hurt", () => {
  const DEEP = 250_000;
  it.each([
    ["arrays", `${"[".repeat(DEEP)}${"]".repeat(DEEP)}`],
    ["objects", `${'{"a":'.repeat(DEEP / 2)}1${"}".repeat(DEEP / 2)}`],
    ["arrays in a state", `{"modelId":"x","state":${"[".repeat(DEEP)}${"]".repeat(DEEP)}}`],
    ["unclosed arrays", "[".repeat(DEEP)],
  ])("nested 250,000 deep (%s) is refused", async (_name, body) => {
    expect((await post("/predict", "application/json", body)).status).toBe(400);
    expect((await post("/hardware-snapshot", "application/json", body)).status).toBe(400);
  });

  it("nested as deep as a part allows is refused in a form, as text and as JSON", async () => {
    const deep = `${"[".repeat(30_000)}${"]".repeat(30_000)}`;
    const disposition = 'Content-Disposition: form-data; name="state"';
    for (const headers of [disposition, `${disposition}\r\nContent-Type: application/json`]) {
      const body = Buffer.concat([part(headers, deep), filePart("model", convFile()), END]);
      expect((await post("/predict", MULTIPART, body)).status).toBe(400);
    }
  });

  it.each(['{"__proto__":{"utilization":1}}', '{"constructor":{"prototype":{"x":1}}}', '{"counters":{"__proto__":1}}'])(
    "%s is refused and changes no prototype",
    async (body) => {
      expect((await post("/hardware-snapshot", "application/json", body)).status).toBe(400);
      expect((await post("/predict", "application/json", `{"modelId":"x","state":${body}}`)).status).toBe(400);
      expect({}).not.toHaveProperty("utilization");
      expect({}).not.toHaveProperty("x");
    },
  );

  it.each(['{"utilization":NaN}', '{"utilization":1e999}', '{"utilization":-1e999}', '{"frequencyMHz":Infinity}', "", "{", "7"])(
    "%j is refused as a state",
    async (body) => {
      expect((await post("/hardware-snapshot", "application/json", body)).status).toBe(400);
    },
  );
});

describe("clients that do not finish", () => {
  const HEAD = "POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\nContent-Length: 100000\r\n\r\n";

  async function inFlight(): Promise<number> {
    const text = await (await fetch(`${server().url}/metrics`)).text();
    return Number(/^tempograph_http_requests_in_flight (\d+)/m.exec(text)?.[1]);
  }

  it("are cut when their headers trickle in", async () => {
    const raw = openRaw(server().port);
    raw.socket.write("POST /predict HTTP/1.1\r\nHost: x\r\n");
    const trickle = setInterval(() => raw.socket.write("X-Slow: 1\r\n"), 50);
    const answer = await raw.closed;
    clearInterval(trickle);
    expect(answer).toContain("408");
    expect(answer).toContain("urn:tempograph:problem:request-timeout");
  });

  it("are cut when a form trickles in", async () => {
    const raw = openRaw(server().port);
    raw.socket.write(`POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: ${MULTIPART}\r\nContent-Length: 100000\r\n\r\n`);
    raw.socket.write(filePart("model", convFile()).subarray(0, 120));
    const trickle = setInterval(() => raw.socket.write("x"), 100);
    const answer = await raw.closed;
    clearInterval(trickle);
    expect(answer).toMatch(/408|400/);
  });

  it("are cut when their body trickles in", async () => {
    const raw = openRaw(server().port);
    raw.socket.write(HEAD);
    raw.socket.write(convFile().subarray(0, 10));
    const trickle = setInterval(() => raw.socket.write(Buffer.from([0])), 100);
    const answer = await raw.closed;
    clearInterval(trickle);
    expect(answer).toMatch(/408|400/);
  });

  it("leave nothing behind when they abort an upload, as bytes or as a form", async () => {
    // A folder for temporary files that no other test writes to.
    const folder = mkdtempSync(join(tmpdir(), "tempograph-aborted-"));
    vi.stubEnv("TMPDIR", folder);
    onTestFinished(() => {
      vi.unstubAllEnvs();
      rmSync(folder, { recursive: true });
    });
    expect(tmpdir()).toBe(folder);
    const bytes = openRaw(server().port);
    bytes.socket.write(HEAD);
    bytes.socket.write(convFile().subarray(0, 100));
    const form = openRaw(server().port);
    form.socket.write(`POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: ${MULTIPART}\r\nContent-Length: 100000\r\n\r\n`);
    form.socket.write(filePart("model", convFile()).subarray(0, 300));
    await expect.poll(inFlight).toBe(3); // both, and the question itself
    bytes.socket.destroy();
    form.socket.destroy();
    await expect.poll(inFlight).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("are answered at the first wrong byte, while they are still sending", async () => {
    const raw = openRaw(server().port);
    raw.socket.write(HEAD);
    raw.socket.write(`PK\u0003\u0004 this is a zip file and no ONNX model${" ".repeat(300)}`);
    const answer = await raw.until("not-onnx");
    expect(answer).toContain("400 Bad Request");
    raw.socket.write(Buffer.alloc(50_000));
    await sleep(50);
    expect(raw.socket.destroyed).toBe(false);
  });

  it("can use the connection again once the refused body has been read", async () => {
    const raw = openRaw(server().port);
    const body = Buffer.concat([Buffer.from("PK\u0003\u0004"), Buffer.alloc(99_996)]);
    raw.socket.write(HEAD);
    raw.socket.write(body);
    await raw.until("not-onnx");
    raw.socket.write("GET /v2/health/live HTTP/1.1\r\nHost: x\r\n\r\n");
    expect(await raw.until('"live":true')).toContain("200 OK");
  });

  it("are cut when they send on and on after the answer", async () => {
    const raw = openRaw(server().port);
    raw.socket.write("POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
    const chunk = Buffer.concat([Buffer.from("10000\r\n"), Buffer.alloc(65_536, 255), Buffer.from("\r\n")]);
    const pump = setInterval(() => raw.socket.write(chunk), 1);
    const answer = await raw.closed;
    clearInterval(pump);
    expect(answer).toContain("HTTP/1.1 400");
  });

  it("are told to come back later when they have too many requests under way, and served again afterwards", async () => {
    const waiting = [1, 2, 3].map(() => {
      const raw = openRaw(server().port);
      raw.socket.write(HEAD);
      return raw;
    });
    await expect.poll(inFlight).toBe(4);
    const refused = await fetch(`${server().url}/predict`, { method: "POST", body: convFile(), headers: { "content-type": "application/octet-stream" } });
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("1");
    for (const raw of waiting) raw.socket.destroy();
    await expect.poll(inFlight).toBe(1);
    expect((await post("/predict", "application/octet-stream", convFile())).status).toBe(200);
  });
});

describe("all clients together", () => {
  const full = useServer({ limits: { maxConcurrent: 1, maxConcurrentPerClient: 10 } });

  it("are told to come back later when the service is full", async () => {
    const raw = openRaw(full().port);
    raw.socket.write("POST /models HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\nContent-Length: 9\r\n\r\n");
    const ask = () => fetch(`${full().url}/models`, { method: "POST", body: convFile(), headers: { "content-type": "application/octet-stream" } });
    await expect.poll(async () => (await ask()).status).toBe(503);
    const refused = await ask();
    expect(refused.headers.get("retry-after")).toBe("1");
    expect(await refused.json()).toMatchObject({ type: "urn:tempograph:problem:overloaded", retryAfterSeconds: 1 });
    await full().isAlive();
  });
});

describe("what is not HTTP, or not an address", () => {
  it("is answered and cut", async () => {
    const raw = openRaw(server().port);
    raw.socket.write("\u0016\u0003\u0001 not http\r\n\r\n");
    expect(await raw.closed).toContain("urn:tempograph:problem:invalid-request");
  });

  it.each(["/%zz", "/models/%E0%A4%A", "/models/", "/nowhere", "/models/../../etc/passwd", `/models/${"x".repeat(5_000)}`])(
    "%s is refused as a problem",
    async (path) => {
      const raw = openRaw(server().port);
      raw.socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      const answer = await raw.closed;
      expect(answer).toMatch(/^HTTP\/1\.1 (400|404|414)/);
      expect(answer).toContain("application/problem+json");
    },
  );

  it("is refused when the headers are too large", async () => {
    const raw = openRaw(server().port);
    raw.socket.write(`GET / HTTP/1.1\r\nHost: x\r\nX-Big: ${"x".repeat(100_000)}\r\n\r\n`);
    expect(await raw.closed).toMatch(/^HTTP\/1\.1 4\d\d|^$/);
  });
});
