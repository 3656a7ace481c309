import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { freePort } from "./free-port.js";

/**
 * What a phone runs for adb, small: it speaks adb's transport protocol (system/core/adb: protocol.txt, SERVICES.TXT and
 * SYNC.TXT) over TCP, so that a real adb can talk to it. Commands run in this machine's shell; what they name under
 * /data/local/tmp lies in a folder of the test's.
 */
export interface SmallAdbd {
  readonly serial: string;
  /** A program to be called in adb's place: the real one, with a server and keys of the test's own. */
  readonly adb: string;
  /** The folder that stands for /data/local/tmp. */
  readonly folder: string;
  /** Ends all connections, as unplugging does; new ones are refused. */
  unplug(): Promise<void>;
  close(): Promise<void>;
}

export interface SmallAdbdOptions {
  /** Whether the owner has confirmed that this machine may debug it. */
  readonly trusted: boolean;
}

const REAL_ADB = "/usr/bin/adb";
const PHONE_FOLDER = "/data/local/tmp";

/** Why no adb can be tried here, or null where one can. */
export function adbLacks(): string | null {
  return spawnSync(REAL_ADB, ["version"]).status === 0 ? null : `${REAL_ADB} is not installed (Debian: adb)`;
}

/** A device that a real adb is connected to. */
export async function startSmallAdbd({ trusted }: SmallAdbdOptions): Promise<SmallAdbd> {
  const home = mkdtempSync(join(tmpdir(), "tempograph-adbd-"));
  const folder = join(home, "phone");
  mkdirSync(folder);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.once("close", () => sockets.delete(socket)));
    new Connection(socket, folder, trusted);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const serial = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const adb = join(home, "adb");
  const port = await freePort();
  writeFileSync(adb, `#!/bin/sh\nHOME='${home}' ANDROID_ADB_SERVER_PORT=${port} exec ${REAL_ADB} "$@"\n`, { mode: 0o755 });
  const unplug = (): Promise<void> => end(server, sockets);
  // The server waits here for the device's first words, which this process says.
  await once(spawn(adb, ["connect", serial], { stdio: "ignore" }), "exit");
  return {
    serial,
    adb,
    folder,
    unplug,
    close: async () => {
      await once(spawn(adb, ["kill-server"], { stdio: "ignore" }), "exit");
      await unplug();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function end(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  const closed = server.listening ? once(server, "close") : Promise.resolve();
  server.close();
  for (const socket of sockets) socket.destroy();
  await closed;
}

const COMMANDS = { connect: "CNXN", authenticate: "AUTH", open: "OPEN", ready: "OKAY", write: "WRTE", close: "CLSE" } as const;
type Command = keyof typeof COMMANDS;

const VERSION = 0x01000001;
const MOST_BYTES = 256 * 1024;
const HEADER_BYTES = 24;
const AUTH_TOKEN = 1;
const BANNER = "device::ro.product.name=small;ro.product.model=Small;ro.product.device=small;features=shell_v2,cmd";

/** Cuts what arrives in pieces into messages: a header of one length, and as much behind it as the header says. */
class Messages {
  private received: Buffer = Buffer.alloc(0);

  constructor(
    private readonly headerBytes: number,
    private readonly bytesBehind: (header: Buffer) => number,
    private readonly use: (header: Buffer, payload: Buffer) => void,
  ) {}

  receive(bytes: Buffer): void {
    this.received = Buffer.concat([this.received, bytes]);
    while (this.received.length >= this.headerBytes) {
      const header = this.received.subarray(0, this.headerBytes);
      const end = this.headerBytes + this.bytesBehind(header);
      if (this.received.length < end) return;
      const payload = this.received.subarray(this.headerBytes, end);
      this.received = this.received.subarray(end);
      this.use(header, payload);
    }
  }
}

/** One adb server's connection, with the streams that it opened on it. */
class Connection {
  private readonly messages = new Messages(
    HEADER_BYTES,
    (header) => header.readUInt32LE(12),
    (header, payload) => this.answer(header.toString("latin1", 0, 4), header.readUInt32LE(4), header.readUInt32LE(8), payload),
  );
  private readonly streams = new Map<number, Stream>();
  private lastStream = 0;

  constructor(
    private readonly socket: Socket,
    private readonly folder: string,
    private readonly trusted: boolean,
  ) {
    socket.on("data", (bytes) => this.messages.receive(bytes));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.streams.forEach((stream) => stream.end()));
  }

  send(command: Command, first: number, second: number, payload: Buffer = Buffer.alloc(0)): void {
    const header = Buffer.alloc(HEADER_BYTES);
    const code = Buffer.from(COMMANDS[command]).readUInt32LE(0);
    header.writeUInt32LE(code, 0);
    header.writeUInt32LE(first, 4);
    header.writeUInt32LE(second, 8);
    header.writeUInt32LE(payload.length, 12);
    header.writeUInt32LE(payload.reduce((sum, byte) => sum + byte, 0), 16);
    header.writeUInt32LE((code ^ 0xffffffff) >>> 0, 20);
    this.socket.write(Buffer.concat([header, payload]));
  }

  private answer(command: string, first: number, second: number, payload: Buffer): void {
    switch (command) {
      case COMMANDS.connect:
      case COMMANDS.authenticate:
        if (this.trusted) this.send("connect", VERSION, MOST_BYTES, Buffer.from(BANNER));
        else this.send("authenticate", AUTH_TOKEN, 0, randomBytes(20));
        break;
      case COMMANDS.open:
        this.open(first, payload.toString("utf8").replace(/\0$/, ""));
        break;
      case COMMANDS.write:
        this.send("ready", second, first);
        this.streams.get(second)?.receive(payload);
        break;
      case COMMANDS.ready:
        this.streams.get(second)?.acknowledge();
        break;
      case COMMANDS.close:
        this.streams.get(second)?.end();
        this.streams.delete(second);
        break;
    }
  }

  private open(theirs: number, service: string): void {
    this.lastStream += 1;
    const ours = this.lastStream;
    const out = new Outlet((bytes) => this.send("write", ours, theirs, bytes), () => this.send("close", ours, theirs));
    const stream = service.startsWith("shell,v2") ? new ShellStream(out, this.here(service.replace(/^[^:]*:/, ""))) : new SyncStream(out, (path) => this.here(path));
    this.streams.set(ours, stream);
    this.send("ready", ours, theirs);
    stream.start();
  }

  private here(text: string): string {
    return text.replaceAll(PHONE_FOLDER, this.folder);
  }
}

/** What a stream sends: one write at a time, each acknowledged before the next. */
class Outlet {
  private readonly waiting: Buffer[] = [];
  private isOpen = false;
  private isEnding = false;

  constructor(
    private readonly write: (bytes: Buffer) => void,
    private readonly close: () => void,
  ) {}

  send(bytes: Buffer): void {
    this.waiting.push(bytes);
    if (!this.isOpen) this.next();
  }

  /** Once all is sent. */
  end(): void {
    this.isEnding = true;
    if (!this.isOpen) this.next();
  }

  next(): void {
    const bytes = this.waiting.shift();
    this.isOpen = bytes !== undefined;
    if (bytes !== undefined) this.write(bytes);
    else if (this.isEnding) this.close();
  }
}

abstract class Stream {
  constructor(protected readonly out: Outlet) {}

  start(): void {
    // Most wait for a request.
  }

  acknowledge(): void {
    this.out.next();
  }

  abstract receive(bytes: Buffer): void;
  abstract end(): void;
}

const SHELL = { stdout: 1, stderr: 2, exit: 3 } as const;

/** A command with its outputs apart and its exit code, in packets of kind (1 byte), length (4) and content. */
class ShellStream extends Stream {
  private child: ChildProcess | null = null;

  constructor(
    out: Outlet,
    private readonly command: string,
  ) {
    super(out);
  }

  override start(): void {
    const child = spawn("sh", ["-c", this.command], { stdio: ["ignore", "pipe", "pipe"] });
    this.child = child;
    child.stdout.on("data", (bytes: Buffer) => this.packet("stdout", bytes));
    child.stderr.on("data", (bytes: Buffer) => this.packet("stderr", bytes));
    child.on("close", (code) => {
      this.packet("exit", Buffer.from([code ?? 255]));
      this.out.end();
    });
  }

  override receive(): void {
    // Nothing that is tested reads its input.
  }

  override end(): void {
    this.child?.kill();
  }

  private packet(kind: keyof typeof SHELL, bytes: Buffer): void {
    const header = Buffer.alloc(5);
    header.writeUInt8(SHELL[kind], 0);
    header.writeUInt32LE(bytes.length, 1);
    this.out.send(Buffer.concat([header, bytes]));
  }
}

const SYNC_HEADER_BYTES = 8;
const idOf = (header: Buffer): string => header.toString("latin1", 0, 4);

/** Files: STAT, and SEND with DATA until DONE, each request four letters and a number, mostly the length of what follows. */
class SyncStream extends Stream {
  private readonly messages = new Messages(
    SYNC_HEADER_BYTES,
    (header) => (["DONE", "QUIT"].includes(idOf(header)) ? 0 : header.readUInt32LE(4)),
    (header, payload) => this.answer(idOf(header), payload),
  );
  private path = "";
  private content: Buffer[] = [];

  constructor(
    out: Outlet,
    private readonly here: (path: string) => string,
  ) {
    super(out);
  }

  override receive(bytes: Buffer): void {
    this.messages.receive(bytes);
  }

  override end(): void {
    this.content = [];
  }

  private answer(id: string, payload: Buffer): void {
    switch (id) {
      case "STAT":
        this.stat(this.here(payload.toString("utf8")));
        break;
      case "SEND":
        this.path = this.here(payload.toString("utf8").replace(/,\d+$/, ""));
        this.content = [];
        break;
      case "DATA":
        this.content.push(payload);
        break;
      case "DONE":
        this.write();
        break;
      case "QUIT":
        this.out.end();
        break;
    }
  }

  private stat(path: string): void {
    const found = statSync(path, { throwIfNoEntry: false });
    const answer = Buffer.alloc(16);
    answer.write("STAT");
    answer.writeUInt32LE(found?.mode ?? 0, 4);
    answer.writeUInt32LE(found?.size ?? 0, 8);
    answer.writeUInt32LE(Math.floor((found?.mtimeMs ?? 0) / 1000), 12);
    this.out.send(answer);
  }

  private write(): void {
    const answer = Buffer.alloc(SYNC_HEADER_BYTES);
    try {
      mkdirSync(dirname(this.path), { recursive: true });
      writeFileSync(this.path, Buffer.concat(this.content));
      answer.write("OKAY");
      this.out.send(answer);
    } catch (error) {
      const words = Buffer.from(error instanceof Error ? error.message : String(error));
      answer.write("FAIL");
      answer.writeUInt32LE(words.length, 4);
      this.out.send(Buffer.concat([answer, words]));
    }
  }
}
