/** Events within one process: for tests, and for the first hour. */

import { setTimeout as sleep } from "node:timers/promises";

import type { Broker, Consumer, Delivery, Group, Message, Topic } from "./events.js";

const WAIT_MILLISECONDS = 1_000;

class MemoryConsumer implements Consumer {
  #messages: Message[] = [];
  #arrived = new AbortController();

  put(message: Message): void {
    this.#messages.push(message);
    this.#arrived.abort();
  }

  async fetch(most: number): Promise<readonly Delivery[]> {
    if (this.#messages.length === 0) {
      this.#arrived = new AbortController();
      const { signal } = this.#arrived;
      await sleep(WAIT_MILLISECONDS, undefined, { signal, ref: false }).catch(() => undefined);
    }
    return this.#messages.splice(0, most).map((message) => ({
      message,
      acknowledge: async () => undefined,
      touch: async () => undefined,
    }));
  }

  async lag(): Promise<number> {
    return this.#messages.length;
  }

  close(): void {}
}

/** Gives each group of this process what is published in it. */
export class MemoryBroker implements Broker {
  readonly system = "memory";
  /** By topic and group. */
  readonly #consumers = new Map<string, Map<string, MemoryConsumer>>();

  async publish(topic: Topic, message: Message): Promise<void> {
    for (const consumer of this.#consumers.get(topic.name)?.values() ?? []) {
      consumer.put(message);
    }
  }

  async join(topic: Topic, group: Group): Promise<Consumer> {
    const groups = this.#consumers.get(topic.name) ?? new Map<string, MemoryConsumer>();
    this.#consumers.set(topic.name, groups);
    const consumer = groups.get(group.name) ?? new MemoryConsumer();
    groups.set(group.name, consumer);
    return consumer;
  }

  async ping(): Promise<void> {}

  async close(): Promise<void> {}
}
