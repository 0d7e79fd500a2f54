/** What a user of systems/events.droid writes. */

import { setTimeout as sleep } from "node:timers/promises";

import type { Handled, Order } from "../gen/models.js";
import type { Received } from "../gen/runtime/subscriptions.js";
import type { EventsParts, EventsService, HandledInput, PlaceInput } from "../gen/service.js";

/** Publishes what it is told to, and keeps what it handles. */
export class Events implements EventsService {
  readonly #done: Handled[] = [];
  readonly #sizes: bigint[] = [];
  readonly #tries = new Map<string, number>();
  #active = 0;
  #most = 0;

  constructor(readonly parts: EventsParts) {}

  async place({ order }: PlaceInput): Promise<void> {
    await this.parts.events.told(order);
  }

  async handled({ customer }: HandledInput): Promise<readonly Handled[]> {
    return this.#done.filter(({ order }) => order.customer === customer);
  }

  async batches(): Promise<readonly bigint[]> {
    return this.#sizes;
  }

  async together(): Promise<bigint> {
    return BigInt(this.#most);
  }

  async onPlaced(event: Order, id: string): Promise<void> {
    this.#active += 1;
    this.#most = Math.max(this.#most, this.#active);
    try {
      await this.#handle(event, id);
    } finally {
      this.#active -= 1;
    }
  }

  async #handle(order: Order, id: string): Promise<void> {
    const attempt = (this.#tries.get(id) ?? 0) + 1;
    this.#tries.set(id, attempt);
    const [word, times] = order.customer.split(" ");
    if (word === "slow") {
      await sleep(400);
    }
    if (word === "fail" && attempt <= Number(times)) {
      throw new Error("a secret reason");
    }
    this.#done.push({ event: id, order, attempt: BigInt(attempt) });
  }

  async onDropped({ customer }: Order): Promise<void> {
    if (customer.startsWith("drop")) {
      throw new Error("never");
    }
  }

  async onBatched(events: readonly Received<Order>[]): Promise<void> {
    this.#sizes.push(BigInt(events.length));
  }
}
