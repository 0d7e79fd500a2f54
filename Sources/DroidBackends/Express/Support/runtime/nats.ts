/** A client of NATS, as large as events need: lines of text, with payloads counted in bytes. */

import { randomBytes } from "node:crypto";
import { connect as openPlain, type Socket } from "node:net";
import { connect as openSecure } from "node:tls";

const CONNECT_MILLISECONDS = 5_000;
const PAUSE_MILLISECONDS = 1_000;
const PING_MILLISECONDS = 20_000;
const USUAL_PORT = 4222;

/** Headers by their names in lower case. */
export type NatsHeaders = ReadonlyMap<string, string>;

export interface NatsMessage {
  /** Where an answer goes. */
  readonly reply: string | undefined;
  /** Of what the server says itself: 503 if nobody listens. */
  readonly status: number | undefined;
  readonly headers: NatsHeaders;
  readonly data: Buffer;
}

/** What is published with headers. */
export interface NatsContent {
  readonly data: Buffer | string;
  readonly headers?: Readonly<Record<string, string>>;
}

type Listener = (message: NatsMessage | Error) => void;

/** Keeps a connection to a server: it is made anew, a while after it broke. */
export class NatsClient {
  readonly #url: URL;
  readonly #inbox = `_INBOX.${randomBytes(12).toString("hex")}`;
  /** Who waits for answers, by the number of their subscription. */
  readonly #listeners = new Map<string, Listener>();
  /** Resolves when it is connected for the first time. */
  readonly ready: Promise<void>;
  #isReady = (): void => undefined;
  #connection: Connection | undefined;
  #isOver = false;
  #next = 0;

  constructor(url: string) {
    this.#url = new URL(url);
    this.ready = new Promise((resolve) => {
      this.#isReady = resolve;
    });
    this.#connect();
  }

  /** The answer to a message. */
  async request(subject: string, content: NatsContent, milliseconds: number): Promise<NatsMessage> {
    return new Promise((resolve, reject) => {
      const end = this.ask(subject, content, (answer) => {
        end();
        clearTimeout(timer);
        if (answer instanceof Error) {
          reject(answer);
        } else if (answer.status === 503) {
          reject(new Error(`nobody listens for ${subject}`));
        } else {
          resolve(answer);
        }
      });
      const timer = setTimeout(() => {
        end();
        reject(new Error(`there was no answer to ${subject}`));
      }, milliseconds);
    });
  }

  /** Publish a message, and hear the answers until what it gives is called. */
  ask(subject: string, content: NatsContent, listener: Listener): () => void {
    this.#next += 1;
    const place = String(this.#next);
    this.#listeners.set(place, listener);
    const connection = this.#connection;
    const inbox = `${this.#inbox}.${place}`;
    try {
      connection?.subscribe(inbox, place);
      this.publish(subject, content, inbox);
    } catch (error) {
      queueMicrotask(() => listener(error instanceof Error ? error : new Error(String(error))));
    }
    return () => {
      if (this.#listeners.delete(place)) {
        connection?.unsubscribe(place);
      }
    };
  }

  publish(subject: string, content: NatsContent, reply = ""): void {
    if (this.#connection === undefined) {
      throw new Error("NATS is not connected");
    }
    this.#connection.publish(subject, content, reply);
  }

  /** Rejects if the server does not answer. */
  async ping(): Promise<void> {
    if (this.#connection === undefined) {
      throw new Error("NATS is not connected");
    }
    await this.#connection.ping();
  }

  close(): void {
    this.#isOver = true;
    this.#connection?.close();
  }

  #connect(): void {
    if (this.#isOver) {
      return;
    }
    const connection = new Connection(this.#url, {
      ready: () => {
        this.#connection = connection;
        this.#isReady();
      },
      message: (place, message) => this.#listeners.get(place)?.(message),
      closed: () => {
        this.#connection = undefined;
        for (const listener of [...this.#listeners.values()]) {
          listener(new Error("the connection to NATS broke"));
        }
        setTimeout(() => this.#connect(), PAUSE_MILLISECONDS).unref();
      },
    });
  }
}

interface ConnectionEvents {
  ready(): void;
  /** For a subscription. */
  message(place: string, message: NatsMessage): void;
  closed(): void;
}

/** One connection, from the server's greeting to its end. */
class Connection {
  readonly #url: URL;
  readonly #events: ConnectionEvents;
  #socket: Socket;
  #largest = Infinity;
  #read = Buffer.alloc(0);
  /** Who waits for a PONG, in their order. */
  #pings: { resolve(): void; reject(error: Error): void }[] = [];
  readonly #beat: NodeJS.Timeout;

  constructor(url: URL, events: ConnectionEvents) {
    this.#url = url;
    this.#events = events;
    const host = url.hostname.replace(/^\[|\]$/g, "");
    this.#socket = openPlain({ host, port: Number(url.port || USUAL_PORT), noDelay: true });
    this.#listen();
    const late = setTimeout(() => this.#socket.destroy(), CONNECT_MILLISECONDS);
    this.#pings.push({
      resolve() {
        clearTimeout(late);
        events.ready();
      },
      reject: () => clearTimeout(late),
    });
    // A connection that is dead without saying so has a ping without a pong.
    this.#beat = setInterval(() => {
      if (this.#pings.length > 0) {
        this.#socket.destroy();
      } else {
        this.ping().catch(() => undefined);
      }
    }, PING_MILLISECONDS).unref();
  }

  subscribe(subject: string, place: string): void {
    this.#socket.write(`SUB ${subject} ${place}\r\n`);
  }

  unsubscribe(place: string): void {
    this.#socket.write(`UNSUB ${place}\r\n`);
  }

  publish(subject: string, { data, headers }: NatsContent, reply: string): void {
    const payload = Buffer.from(data);
    const head = headers === undefined ? Buffer.alloc(0) : Buffer.from(headOf(headers));
    const size = head.length + payload.length;
    if (size > this.#largest) {
      throw new Error(`a message of ${size} bytes is larger than NATS takes`);
    }
    const sizes = headers === undefined ? String(size) : `${head.length} ${size}`;
    const verb = headers === undefined ? "PUB" : "HPUB";
    const line = [verb, subject, ...(reply === "" ? [] : [reply]), sizes].join(" ");
    this.#socket.write(Buffer.concat([Buffer.from(`${line}\r\n`), head, payload, CRLF]));
  }

  async ping(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#pings.push({ resolve, reject });
      this.#socket.write("PING\r\n");
    });
  }

  close(): void {
    this.#socket.end();
  }

  #listen(): void {
    this.#socket.on("error", () => undefined);
    this.#socket.on("data", (chunk) => this.#take(chunk));
    this.#socket.once("close", () => {
      clearInterval(this.#beat);
      for (const { reject } of this.#pings.splice(0)) {
        reject(new Error("the connection to NATS broke"));
      }
      this.#events.closed();
    });
  }

  #take(chunk: Buffer): void {
    this.#read = Buffer.concat([this.#read, chunk]);
    for (;;) {
      const end = this.#read.indexOf("\r\n");
      if (end < 0) {
        return;
      }
      const line = this.#read.toString("utf8", 0, end);
      const [verb = "", ...words] = line.split(" ");
      const isMessage = verb === "MSG" || verb === "HMSG";
      const size = isMessage ? Number(words.at(-1)) : 0;
      const next = end + 2 + (isMessage ? size + 2 : 0);
      if (this.#read.length < next) {
        return;
      }
      const payload = this.#read.subarray(end + 2, end + 2 + size);
      this.#read = this.#read.subarray(next);
      if (isMessage) {
        this.#hear(verb, words, payload);
      } else {
        this.#obey(verb, line);
      }
    }
  }

  #hear(verb: string, words: readonly string[], payload: Buffer): void {
    const [, place = ""] = words;
    const hasHead = verb === "HMSG";
    const hasReply = words.length === (hasHead ? 5 : 4);
    const headSize = hasHead ? Number(words.at(-2)) : 0;
    const { status, headers } = readHead(payload.toString("utf8", 0, headSize));
    const reply = hasReply ? words[2] : undefined;
    this.#events.message(place, { reply, status, headers, data: payload.subarray(headSize) });
  }

  #obey(verb: string, line: string): void {
    switch (verb) {
      case "INFO":
        this.#greet(JSON.parse(line.slice(verb.length)));
        break;
      case "PING":
        this.#socket.write("PONG\r\n");
        break;
      case "PONG":
        this.#pings.shift()?.resolve();
        break;
      case "-ERR":
        this.#socket.destroy();
        break;
      default:
    }
  }

  /** Answer the first greeting; the server may say more of itself later. */
  #greet({ max_payload, tls_required, tls_available }: ServerInfo): void {
    const isFirst = this.#largest === Infinity;
    this.#largest = max_payload ?? this.#largest;
    if (!isFirst) {
      return;
    }
    if (tls_required === true || (this.#url.protocol === "tls:" && tls_available === true)) {
      const plain = this.#socket.removeAllListeners("data").removeAllListeners("close");
      this.#socket = openSecure({ socket: plain, servername: this.#url.hostname });
      this.#listen();
    }
    const { username, password } = this.#url;
    const user = decodeURIComponent(username);
    const who =
      password === ""
        ? user === ""
          ? {}
          : { auth_token: user }
        : { user, pass: decodeURIComponent(password) };
    const said = {
      verbose: false,
      pedantic: false,
      headers: true,
      no_responders: true,
      lang: "node",
      version: "1",
      protocol: 1,
      ...who,
    };
    this.#socket.write(`CONNECT ${JSON.stringify(said)}\r\nPING\r\n`);
  }
}

interface ServerInfo {
  readonly max_payload?: number;
  readonly tls_required?: boolean;
  readonly tls_available?: boolean;
}

const CRLF = Buffer.from("\r\n");

/** Values are of one line. */
function headOf(headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(
    ([name, value]) => `${name}: ${value.replaceAll(/[\r\n]+/g, " ")}\r\n`,
  );
  return `NATS/1.0\r\n${lines.join("")}\r\n`;
}

function readHead(head: string): Pick<NatsMessage, "status" | "headers"> {
  const [first = "", ...lines] = head.split("\r\n");
  const status = /^NATS\/1\.0 +([0-9]{3})/.exec(first)?.[1];
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon > 0) {
      headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
    }
  }
  return { status: status === undefined ? undefined : Number(status), headers };
}
