/** Values by keys in Redis. */

import { commandOptions } from "redis";

import type { Health } from "./health.js";
import { MemoryKV, type KV } from "./kv.js";
import { createLogger } from "./logs.js";
import { Problem } from "./problems.js";
import { connectRedis, type Redis } from "./redis.js";
import { within } from "./timing.js";

const logger = createLogger("caches");

const ANSWER_MILLISECONDS = 2_000;

const asBytes = commandOptions({ returnBuffers: true });

export interface KVOptions {
  /** Of the store, and of the port that it is used through. */
  readonly name: string;
  readonly port: string;
  /** The setting that says where it is, and what it says. */
  readonly variable: string;
  readonly url: string | undefined;
  readonly health: Health;
}

/** A store that is left at the end. */
export type OpenKV = KV & { close(): Promise<void> };

/** The store that a setting names, or the memory of this process where there is none. */
export function openKV({ name, port, variable, url, health }: KVOptions): OpenKV {
  if (url === undefined) {
    logger.warning(`${variable} is not set: ${port} is in memory, and lost at the end`);
    return Object.assign(new MemoryKV(), { close: async () => undefined });
  }
  const { client, ready } = connectRedis(url);
  const store = new RedisKV(client, ready);
  health.check(name, () => store.ping());
  return store;
}

/** Keeps values in Redis. All else that Redis can do, `client` does. */
export class RedisKV implements OpenKV {
  readonly client: Redis;
  readonly #ready: Promise<unknown>;

  constructor(client: Redis, ready: Promise<unknown>) {
    this.client = client;
    this.#ready = ready;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return (await this.#answered(() => this.client.get(asBytes, key))) ?? undefined;
  }

  async set(key: string, value: Uint8Array, seconds?: number): Promise<void> {
    await this.#answered(() => this.client.set(key, Buffer.from(value), lasting(seconds)));
  }

  async add(key: string, value: Uint8Array, seconds?: number): Promise<boolean> {
    const options = { ...lasting(seconds), NX: true as const };
    return (await this.#answered(() => this.client.set(key, Buffer.from(value), options))) !== null;
  }

  async delete(key: string): Promise<boolean> {
    return (await this.#answered(() => this.client.del(key))) > 0;
  }

  /** What it answers in time; at the start it may not be connected yet. */
  async #answered<Value>(ask: () => Promise<Value>): Promise<Value> {
    try {
      return await within(ANSWER_MILLISECONDS, this.#ready.then(ask));
    } catch (cause) {
      throw new Problem(503, { detail: "The cache does not answer.", cause });
    }
  }

  async ping(): Promise<unknown> {
    return this.client.ping();
  }

  async close(): Promise<void> {
    await this.client.disconnect();
  }
}

function lasting(seconds: number | undefined): { readonly PX?: number } {
  return seconds === undefined ? {} : { PX: Math.max(1, Math.trunc(seconds * 1000)) };
}
