/** Events: what is published is safe with a broker, and each group gets it at least once. */

import { randomUUID } from "node:crypto";

import { branded, valueFrom, type UUID } from "./codec.js";
import { spanBelow } from "./context.js";
import type { Health } from "./health.js";
import { writeJSON } from "./json.js";
import { createLogger } from "./logs.js";
import { MemoryBroker } from "./memoryEvents.js";
import { Problem } from "./problems.js";
import { membersOf, type RecordCodec } from "./records.js";
import { time } from "./texts.js";
import { within } from "./timing.js";
import { errorType, traceParent } from "./tracing.js";

const logger = createLogger("events");

const PUBLISH_MILLISECONDS = 5_000;

/** What carries the events of a port. */
export interface Topic {
  readonly name: string;
  /** For how long, in seconds. */
  readonly retention: number;
}

/** An event as it travels. */
export interface Message {
  readonly id: string;
  readonly time: string;
  readonly data: Buffer;
  /** Events of one key stay in order. */
  readonly key?: string | undefined;
  readonly traceparent?: string | undefined;
  /** Of a dead letter: how often it was tried, and what the last failure was. */
  readonly attempts?: number;
  readonly error?: string;
}

/** A message that is ours to handle until it is acknowledged. */
export interface Delivery {
  readonly message: Message;
  acknowledge(): Promise<void>;
  /** Say that we are still at it. */
  touch(): Promise<void>;
}

/** What a group is given of a topic. */
export interface Consumer {
  /** So many messages at most; none if there are none for a moment. */
  fetch(most: number): Promise<readonly Delivery[]>;
  /** How many wait. */
  lag(): Promise<number>;
  close(): void;
}

/** How a group begins that is new. */
export interface Group {
  readonly name: string;
  /** With what is there already. */
  readonly fromEarliest: boolean;
}

/** What carries events. */
export interface Broker {
  /** What spans call it. */
  readonly system: string;
  /** Resolves when the message is safe. */
  publish(topic: Topic, message: Message): Promise<void>;
  join(topic: Topic, group: Group): Promise<Consumer>;
  /** Rejects if it does not answer. */
  ping(): Promise<unknown>;
  close(): Promise<void>;
}

export interface BrokerOptions {
  /** What `/readyz` calls it. */
  readonly name: string;
  /** The setting that says where it is, and what that says. */
  readonly variable: string;
  readonly url: string | undefined;
  readonly health: Health;
  open(url: string): Broker;
}

/** A broker, or the memory of this process where there is none. */
export function openBroker({ name, variable, url, health, open }: BrokerOptions): Broker {
  if (url === undefined) {
    logger.warning(`${variable} is not set: events stay in the memory of this process`);
    return new MemoryBroker();
  }
  const broker = open(url);
  health.check(name, () => broker.ping());
  return broker;
}

/** Publishes an event, and tells its id when it is safe; else fails with a 503. */
export type Publish<Event> = (event: Event) => Promise<UUID>;

export interface PublisherOptions<Event> {
  readonly event: RecordCodec<Event>;
  /** The field, as it is called on the wire, by which events stay in order. */
  readonly key?: string;
  readonly ways: readonly (readonly [Broker, Topic])[];
}

export function publisher<Event>({ event, key, ways }: PublisherOptions<Event>): Publish<Event> {
  return async (value) => {
    const members = membersOf(event, value);
    const id = randomUUID();
    const own = key === undefined ? undefined : members[key];
    const message: Message = {
      id,
      time: valueFrom(time, new Date().toISOString()),
      data: Buffer.from(writeJSON(members)),
      key: own === undefined ? undefined : String(own),
    };
    for (const [broker, topic] of ways) {
      await traced(broker, topic, message);
    }
    return branded<UUID>(id);
  };
}

/** Publish a message; it travels with the span that tells of that. */
async function traced(broker: Broker, topic: Topic, message: Message): Promise<void> {
  const span = spanBelow("producer");
  let error: string | undefined;
  try {
    await inTime(broker.publish(topic, { ...message, traceparent: traceParent(span.place) }));
  } catch (caught) {
    error = errorType(caught);
    throw caught;
  } finally {
    span.end(() => ({
      name: `send ${topic.name}`,
      attributes: messaging("send", broker, topic, message),
      error,
    }));
  }
}

/** What spans tell of a message. */
export function messaging(
  operation: "send" | "process",
  { system }: Broker,
  { name }: Topic,
  { id }: Pick<Message, "id">,
) {
  return {
    "messaging.system": system,
    "messaging.operation.name": operation,
    "messaging.operation.type": operation,
    "messaging.destination.name": name,
    "messaging.message.id": id,
  };
}

async function inTime(published: Promise<void>): Promise<void> {
  try {
    await within(PUBLISH_MILLISECONDS, published);
  } catch (cause) {
    throw new Problem(503, { detail: "The broker does not answer.", cause });
  }
}
