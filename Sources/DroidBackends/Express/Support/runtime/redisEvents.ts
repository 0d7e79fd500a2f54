/** Events in Redis: a topic is a stream, and a group is a consumer group. */

import { hostname } from "node:os";

import { commandOptions } from "redis";

import type { Broker, Consumer, Delivery, Group, Message, Topic } from "./events.js";
import { connectRedis, type Redis } from "./redis.js";

const WAIT_MILLISECONDS = 1_000;
/** What was not acknowledged for so long is somebody else's to handle. */
const CLAIM_MILLISECONDS = 60_000;

const asBytes = commandOptions({ returnBuffers: true });

/** The broker at this URL. It is connected to when it is there, and again when it comes back. */
export function openRedis(url: string): Broker {
  const { client, ready } = connectRedis(url);
  return new RedisBroker(client, ready);
}

class RedisBroker implements Broker {
  readonly system = "redis";
  readonly #client: Redis;
  /** Resolves when it is connected for the first time. */
  readonly #ready: Promise<unknown>;

  constructor(client: Redis, ready: Promise<unknown>) {
    this.#client = client;
    this.#ready = ready;
  }

  async publish({ name, retention }: Topic, message: Message): Promise<void> {
    await this.#ready;
    const oldest = Math.trunc(Date.now() - retention * 1000);
    await this.#client.xAdd(name, "*", fieldsOf(message), {
      TRIM: { strategy: "MINID", strategyModifier: "~", threshold: oldest },
    });
  }

  async join({ name }: Topic, group: Group): Promise<Consumer> {
    await this.#ready;
    const start = group.fromEarliest ? "0" : "$";
    try {
      await this.#client.xGroupCreate(name, group.name, start, { MKSTREAM: true });
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith("BUSYGROUP"))) {
        throw error;
      }
    }
    // Waiting for events keeps a connection busy.
    const reader = this.#client.duplicate();
    await reader.on("error", () => undefined).connect();
    return new RedisConsumer(this.#client, reader, name, group.name);
  }

  async ping(): Promise<unknown> {
    return this.#client.ping();
  }

  async close(): Promise<void> {
    await this.#client.disconnect();
  }
}

/** A message of a stream, as bytes. */
interface Entry {
  readonly id: Buffer;
  readonly message: Readonly<Record<string, Buffer>>;
}

class RedisConsumer implements Consumer {
  readonly #client: Redis;
  readonly #reader: Redis;
  readonly #topic: string;
  readonly #group: string;
  readonly #name = `${hostname()}-${process.pid}`;
  #claimed = -Infinity;

  constructor(client: Redis, reader: Redis, topic: string, group: string) {
    this.#client = client;
    this.#reader = reader;
    this.#topic = topic;
    this.#group = group;
  }

  async fetch(most: number): Promise<readonly Delivery[]> {
    const claimed = await this.#claim(most);
    if (claimed.length > 0) {
      return claimed.map((entry) => this.#delivery(entry));
    }
    const streams = await this.#reader.xReadGroup(
      asBytes,
      this.#group,
      this.#name,
      { key: this.#topic, id: ">" },
      { COUNT: most, BLOCK: WAIT_MILLISECONDS },
    );
    return (streams ?? []).flatMap(({ messages }) =>
      messages.map((entry) => this.#delivery(entry)),
    );
  }

  /** What others have left behind. */
  async #claim(most: number): Promise<readonly Entry[]> {
    if (performance.now() - this.#claimed < CLAIM_MILLISECONDS / 4) {
      return [];
    }
    const { messages } = await this.#reader.xAutoClaim(
      asBytes,
      this.#topic,
      this.#group,
      this.#name,
      CLAIM_MILLISECONDS,
      "0",
      { COUNT: most },
    );
    const found = messages.flatMap((entry) => entry ?? []);
    if (found.length === 0) {
      this.#claimed = performance.now();
    }
    return found;
  }

  #delivery({ id, message }: Entry): Delivery {
    return {
      message: messageOf(message),
      acknowledge: async () => {
        await this.#client.xAck(this.#topic, this.#group, id);
      },
      touch: async () => {
        await this.#client.xClaimJustId(this.#topic, this.#group, this.#name, 0, id);
      },
    };
  }

  async lag(): Promise<number> {
    const groups: unknown = await this.#client.sendCommand(["XINFO", "GROUPS", this.#topic]);
    for (const group of Array.isArray(groups) ? groups : []) {
      const told = (name: string): unknown => group[group.indexOf(name) + 1];
      if (told("name") === this.#group) {
        return Number(told("lag") ?? 0) + Number(told("pending"));
      }
    }
    return 0;
  }

  close(): void {
    this.#reader.disconnect().catch(() => undefined);
  }
}

function fieldsOf(message: Message): Record<string, string | Buffer> {
  const { attempts, ...rest } = message;
  const fields = Object.entries({ ...rest, attempts: attempts?.toString() });
  return Object.fromEntries(
    fields.flatMap(([name, value]) => (value === undefined || value === "" ? [] : [[name, value]])),
  );
}

function messageOf({ id, time, data, key, traceparent }: Entry["message"]): Message {
  return {
    id: id?.toString() ?? "",
    time: time?.toString() ?? "",
    data: data ?? Buffer.alloc(0),
    key: key?.toString(),
    traceparent: traceparent?.toString(),
  };
}
