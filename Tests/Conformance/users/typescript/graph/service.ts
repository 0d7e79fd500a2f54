/** What a user of systems/graph.droid writes. */

import { setTimeout as sleep } from "node:timers/promises";

import { OutOfStock } from "../gen/errors.js";
import { Order, type Stage, type Text } from "../gen/models.js";
import { currentRequest } from "../gen/runtime/context.js";
import { NotImplemented } from "../gen/runtime/problems.js";
import { valueFrom } from "../gen/runtime/values.js";
import type {
  FindInput,
  GraphParts,
  GraphService,
  NapInput,
  NoteInput,
  NumberInput,
  OrderInput,
  PlaceInput,
  ShortInput,
  SmallInput,
  TicksInput,
} from "../gen/service.js";

const NOON = "2026-01-31T12:00:00Z";

export class Graph implements GraphService {
  #asleep = 0;
  #largest = 0;
  readonly #notes: string[] = [];

  constructor(readonly parts: GraphParts) {}

  async plain(): Promise<bigint> {
    return 1n;
  }

  async order({ id }: OrderInput): Promise<Order | undefined> {
    if (id !== 7n) {
      return undefined;
    }
    return valueFrom(Order, {
      id: 7,
      "placed-at": NOON,
      stage: "sent-away",
      lines: [{ sku: "a", count: 2 }],
      total: "1.50",
      weights: { "b c": 1.5 },
      before: { id: 6, "placed-at": NOON, lines: [] },
    });
  }

  async find({ stage, skus = [], order }: FindInput): Promise<readonly Order[]> {
    const lines = skus.map((sku) => ({ sku }));
    const found = valueFrom(Order, { id: 1, "placed-at": NOON, stage, lines });
    return order === undefined ? [found] : [order, found];
  }

  async number({ value }: NumberInput): Promise<bigint> {
    return value;
  }

  async small({ value }: SmallInput): Promise<bigint> {
    return BigInt(value);
  }

  async nap({ seconds }: NapInput): Promise<number> {
    this.#asleep += 1;
    this.#largest = Math.max(this.#largest, this.#asleep);
    await sleep(seconds * 1000);
    this.#asleep -= 1;
    return seconds;
  }

  async short({ seconds }: ShortInput): Promise<number> {
    await sleep(seconds * 1000);
    return seconds;
  }

  async most(): Promise<bigint> {
    return BigInt(this.#largest);
  }

  async unready(): Promise<bigint> {
    throw new NotImplemented("unready");
  }

  async broken(): Promise<bigint> {
    throw new TypeError("a secret of ours");
  }

  async wrong(): Promise<Stage> {
    return "nowhere" as Stage;
  }

  async asked(): Promise<Text> {
    return this.parts.clients.upstream.text();
  }

  async guarded(): Promise<bigint> {
    return 1n;
  }

  async rare(): Promise<bigint> {
    return 1n;
  }

  async place({ order }: PlaceInput): Promise<Order> {
    const third = order.lines[2];
    if (third !== undefined) {
      throw new OutOfStock({ sku: third.sku, left: 3n });
    }
    return order;
  }

  async forget(): Promise<void> {}

  async note({ text }: NoteInput): Promise<readonly string[]> {
    // Who is quick overtakes who is slow, if they are let.
    await sleep(text === "slow" ? 200 : 0);
    this.#notes.push(text);
    return [...this.#notes];
  }

  async *ticks({ count }: TicksInput): AsyncGenerator<bigint> {
    for (let number = 1n; number <= count; number += 1n) {
      if (number > 3n) {
        throw new TypeError("a secret of ours");
      }
      yield number;
    }
  }

  async *waits(): AsyncGenerator<bigint> {
    yield 1n;
    await sleep(600_000);
  }

  async *own(): AsyncGenerator<bigint> {
    yield 1n;
  }

  async who(): Promise<string> {
    return currentRequest()?.subject ?? "nobody";
  }

  async safe(): Promise<bigint> {
    return 1n;
  }
}
