/** Handling events: at least once each, those of one key in order, and none forever. */

import { setTimeout as sleep } from "node:timers/promises";

import { Counter, Gauge } from "prom-client";

import { valueFrom, type Codec } from "./codec.js";
import { createContext, requests } from "./context.js";
import {
  messaging,
  type Broker,
  type Consumer,
  type Delivery,
  type Message,
  type Topic,
} from "./events.js";
import type { Handled } from "./handled.js";
import { readJSON } from "./json.js";
import { createLogger } from "./logs.js";
import { errorType, Span } from "./tracing.js";

const logger = createLogger("events");

const TOUCH_MILLISECONDS = 20_000;
const LAG_MILLISECONDS = 10_000;
const PAUSE_MILLISECONDS = 1_000;

const handledEvents = new Counter({
  name: "droid_events_handled_total",
  help: "Events, by what became of them.",
  labelNames: ["port", "outcome"],
});
const deadEvents = new Counter({
  name: "droid_events_dead_total",
  help: "Events that were put away.",
  labelNames: ["port"],
});
/** What the subscribers of each port have before them. */
const ports = new Map<string, Set<Waiting>>();

new Gauge({
  name: "droid_events_lag",
  help: "Events that wait to be handled.",
  labelNames: ["port"],
  collect() {
    for (const [port, waiting] of ports) {
      this.set(
        { port },
        [...waiting].reduce((sum, { lag }) => sum + lag, 0),
      );
    }
  },
});
new Gauge({
  name: "droid_events_oldest_seconds",
  help: "Age of the oldest event under way.",
  labelNames: ["port"],
  collect() {
    for (const [port, waiting] of ports) {
      const times = [...waiting].flatMap(({ underWay }) => [...underWay].map(({ time }) => time));
      const ages = times.map((time) => (Date.now() - Date.parse(time)) / 1000);
      this.set({ port }, Math.max(0, ...ages.filter((age) => !Number.isNaN(age))));
    }
  },
});

interface Waiting {
  lag: number;
  readonly underWay: Set<Message>;
}

/** An event, and the id by which one knows it again: it may come twice. */
export interface Received<Event> {
  readonly event: Event;
  readonly id: string;
}

/** How the events of a port are handled; times are seconds. */
export interface Subscription<Event> {
  readonly port: string;
  readonly event: Codec<Event>;
  readonly group: string;
  /** How often it is tried in all. */
  readonly attempts: number;
  /** The first wait between two tries, and the longest. */
  readonly backoff: readonly [number, number];
  /** What fails for good is kept; it is unless said. */
  readonly hasDeadLetters?: boolean;
  /** So many handlers at a time; 1 unless said. */
  readonly parallel?: number;
  /** So many events at once; 1 unless said. */
  readonly batch?: number;
  /** A new group begins with what comes now. */
  readonly fromLatest?: boolean;
  handle(events: readonly Received<Event>[]): Promise<void>;
}

/** A handler of several events, made of one that takes them one by one. */
export function one<Event>(
  handle: (event: Event, id: string) => Promise<void>,
): Subscription<Event>["handle"] {
  return async (events) => {
    for (const { event, id } of events) {
      await handle(event, id);
    }
  };
}

/** What takes the events of a topic. */
export interface Subscriber {
  start(): void;
  /** Take no more events, and resolve when those under way are settled. */
  finish(): Promise<void>;
}

/** Let subscribers finish what is under way, in so many seconds. */
export async function finishAll(
  subscribers: readonly Subscriber[],
  seconds: number,
): Promise<void> {
  const done = new AbortController();
  const patience = sleep(seconds * 1000, undefined, { signal: done.signal });
  const finished = Promise.all(subscribers.map((subscriber) => subscriber.finish()));
  await Promise.race([finished, patience]);
  patience.catch(() => undefined);
  done.abort();
}

/** Handles the events of a topic as a subscription says. */
export function subscriber<Event>(
  broker: Broker,
  topic: Topic,
  subscription: Subscription<Event>,
  handled: Handled,
): Subscriber {
  return new TopicSubscriber(broker, topic, subscription, handled);
}

class TopicSubscriber<Event> implements Subscriber {
  readonly #broker: Broker;
  readonly #topic: Topic;
  readonly #said: Subscription<Event>;
  readonly #handled: Handled;
  readonly #parallel: number;
  readonly #batch: number;
  readonly #slots: Slots;
  readonly #waiting: Waiting = { lag: 0, underWay: new Set() };
  readonly #tasks = new Set<Promise<void>>();
  /** The last task of each key. */
  readonly #last = new Map<string, Promise<void>>();
  #isOver = false;
  #hasJoined = false;
  #taking: Promise<void> | undefined;

  constructor(broker: Broker, topic: Topic, said: Subscription<Event>, handled: Handled) {
    this.#broker = broker;
    this.#topic = topic;
    this.#said = said;
    this.#handled = handled;
    this.#parallel = said.parallel ?? 1;
    this.#batch = said.batch ?? 1;
    this.#slots = new Slots(this.#parallel);
    ports.set(said.port, (ports.get(said.port) ?? new Set()).add(this.#waiting));
  }

  start(): void {
    this.#taking = this.#take();
  }

  async finish(): Promise<void> {
    this.#isOver = true;
    // A broker that never came is not waited for.
    await (this.#hasJoined ? this.#taking : undefined);
    await Promise.all(this.#tasks);
  }

  /** Take events until it is over; a broker that is gone is waited for. */
  async #take(): Promise<void> {
    let consumer: Consumer | undefined;
    let measured = 0;
    // Some are taken before their turn, so that those of one key do not hold up all others.
    const most = Math.max(4 * this.#parallel, 16);
    while (!this.#isOver) {
      try {
        if (this.#tasks.size >= most) {
          await Promise.race(this.#tasks);
          continue;
        }
        consumer ??= await this.#broker.join(this.#topic, {
          name: this.#said.group,
          fromEarliest: this.#said.fromLatest !== true,
        });
        this.#hasJoined = true;
        const room = Math.min(most - this.#tasks.size, this.#parallel) * this.#batch;
        const deliveries = await consumer.fetch(room);
        for (let index = 0; index < deliveries.length; index += this.#batch) {
          this.#begin(deliveries.slice(index, index + this.#batch));
        }
        if (performance.now() - measured > LAG_MILLISECONDS) {
          measured = performance.now();
          this.#waiting.lag = await consumer.lag();
        }
      } catch (error) {
        logger.warning("waits for its broker", { port: this.#said.port, exception: error });
        consumer?.close();
        consumer = undefined;
        this.#hasJoined = false;
        await sleep(PAUSE_MILLISECONDS);
      }
    }
    consumer?.close();
  }

  /** Handle these when those before them of the same keys have been. */
  #begin(deliveries: readonly Delivery[]): void {
    const keys = new Set(deliveries.flatMap(({ message: { key } }) => key ?? []));
    const before = [...keys].flatMap((key) => this.#last.get(key) ?? []);
    const task = this.#settle(before, deliveries).finally(() => {
      this.#tasks.delete(task);
      for (const key of keys) {
        if (this.#last.get(key) === task) {
          this.#last.delete(key);
        }
      }
    });
    this.#tasks.add(task);
    for (const key of keys) {
      this.#last.set(key, task);
    }
  }

  async #settle(before: readonly Promise<void>[], deliveries: readonly Delivery[]): Promise<void> {
    const touching = setInterval(() => {
      for (const delivery of deliveries) {
        delivery.touch().catch(() => undefined);
      }
    }, TOUCH_MILLISECONDS);
    for (const { message } of deliveries) {
      this.#waiting.underWay.add(message);
    }
    try {
      await Promise.all(before);
      await this.#slots.run(() => this.#work(deliveries));
    } catch (error) {
      // It is not acknowledged: it comes again.
      logger.error("could not be settled", { port: this.#said.port, exception: error });
    } finally {
      clearInterval(touching);
      for (const { message } of deliveries) {
        this.#waiting.underWay.delete(message);
      }
    }
  }

  async #work(deliveries: readonly Delivery[]): Promise<void> {
    const { port, group } = this.#said;
    const fresh: (Received<Event> & { readonly delivery: Delivery })[] = [];
    for (const delivery of deliveries) {
      const { message } = delivery;
      const event = this.#eventOf(message);
      if (event === undefined) {
        await this.#putAway(delivery, 1, "it is not what the contract allows");
      } else if (await this.#handled.has(group, message.id)) {
        handledEvents.inc({ port, outcome: "repeated" });
        await delivery.acknowledge();
      } else {
        fresh.push({ delivery, event: event.value, id: message.id });
      }
    }
    const [first] = fresh;
    if (first === undefined) {
      return;
    }
    const failure = await this.#tried(fresh, first.delivery.message.traceparent);
    if (failure !== undefined) {
      for (const { delivery } of fresh) {
        await this.#putAway(delivery, this.#said.attempts, "its handler failed");
      }
      return;
    }
    await this.#handled.add(
      group,
      fresh.map(({ id }) => id),
    );
    for (const { delivery } of fresh) {
      handledEvents.inc({ port, outcome: "handled" });
      await delivery.acknowledge();
    }
  }

  /** Undefined if it is no event of the contract. */
  #eventOf({ id, data }: Message): { readonly value: Event } | undefined {
    try {
      const text = new TextDecoder("utf-8", { fatal: true }).decode(data);
      return id === "" ? undefined : { value: valueFrom(this.#said.event, readJSON(text)) };
    } catch {
      return undefined;
    }
  }

  /** Hand events over, again and again if need be; what went wrong in the end, if it did. */
  async #tried(
    events: readonly Received<Event>[],
    traceParent: string | undefined,
  ): Promise<string | undefined> {
    const { attempts, backoff } = this.#said;
    const [lower, upper] = backoff;
    for (let attempt = 1; ; attempt += 1) {
      const context = createContext(undefined, traceParent);
      const span = new Span("consumer", context);
      const failure = await requests.run(context, () => this.#try(events, attempt, span));
      if (failure === undefined || attempt >= attempts) {
        return failure;
      }
      await sleep(Math.min(upper, lower * 2 ** (attempt - 1)) * 1000);
    }
  }

  async #try(
    events: readonly Received<Event>[],
    attempt: number,
    span: Span,
  ): Promise<string | undefined> {
    const { port, group } = this.#said;
    let failure: string | undefined;
    try {
      await this.#said.handle(events.map(({ event, id }) => ({ event, id })));
    } catch (error) {
      logger.warning("failed", { port, attempt, exception: error });
      failure = errorType(error);
    }
    const id = events[0]?.id ?? "";
    span.end(() => ({
      name: `process ${this.#topic.name}`,
      attributes: {
        ...messaging("process", this.#broker, this.#topic, { id }),
        "messaging.consumer.group.name": group,
      },
      error: failure,
    }));
    return failure;
  }

  /** Let go of a message that nobody can handle. */
  async #putAway({ message, acknowledge }: Delivery, attempts: number, error: string) {
    const { port, hasDeadLetters = true } = this.#said;
    if (hasDeadLetters) {
      const dead = { name: `${this.#topic.name}.dead`, retention: this.#topic.retention };
      await this.#broker.publish(dead, { ...message, attempts, error });
      deadEvents.inc({ port });
    }
    logger.error("put away", { port, event_id: message.id, reason: error });
    handledEvents.inc({ port, outcome: "failed" });
    await acknowledge();
  }
}

/** So much at a time. */
class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(number: number) {
    this.#free = number;
  }

  async run(work: () => Promise<void>): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
    } else {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    try {
      await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) {
        this.#free += 1;
      } else {
        next();
      }
    }
  }
}
