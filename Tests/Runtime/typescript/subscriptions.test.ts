import assert from "node:assert/strict";
import { once } from "node:events";
import { after, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";

import { publisher, type Message } from "../gen/runtime/events.js";
import { MemoryHandled } from "../gen/runtime/handled.js";
import { configureLogs } from "../gen/runtime/logs.js";
import { MemoryBroker } from "../gen/runtime/memoryEvents.js";
import {
  finishAll,
  one,
  subscriber,
  type Received,
  type Subscriber,
  type Subscription,
} from "../gen/runtime/subscriptions.js";
import { record, text } from "../gen/runtime/values.js";

configureLogs("error");
// What is put away is told of in the log, which no reader of tests needs.
process.stdout.write = (
  (write) => (chunk: string | Uint8Array) =>
    String(chunk).startsWith('{"time"') || write.call(process.stdout, chunk)
)(process.stdout.write);

interface Note {
  readonly to: string;
}

const Note = record<Note>({ to: text({ min: 1 }) });
const topic = { name: "notes", retention: 60 };
const running: Subscriber[] = [];
// Waiting for events keeps no process alive; here nothing else does.
const alive = setInterval(() => undefined, 1_000);
after(async () => {
  await finishAll(running, 5);
  clearInterval(alive);
});

/** Something to wait for. */
function door() {
  const opening = new AbortController();
  const opened = once(opening.signal, "abort").then(() => undefined);
  return { opened, open: () => opening.abort() };
}

/** A broker with one subscriber that is at work, and a way to publish. */
function begin(options: Partial<Subscription<Note>> & Pick<Subscription<Note>, "handle">) {
  const broker = new MemoryBroker();
  const subscription = {
    port: "notes",
    event: Note,
    group: "tests",
    attempts: 3,
    backoff: [0.001, 0.002],
    ...options,
  } as const;
  const made = subscriber(broker, topic, subscription, new MemoryHandled());
  made.start();
  running.push(made);
  const publish = publisher({ event: Note, key: "to", ways: [[broker, topic]] });
  return { broker, publish, made };
}

/** The message that the dead letters get next. */
async function deadLetter(broker: MemoryBroker): Promise<Message | undefined> {
  const consumer = await broker.join(
    { ...topic, name: "notes.dead" },
    { name: "tests", fromEarliest: true },
  );
  for (;;) {
    const [delivery] = await consumer.fetch(1);
    if (delivery !== undefined) {
      return delivery.message;
    }
  }
}

test("an event is handled with its id; the same id is not handled again", async () => {
  const seen: string[] = [];
  const done = door();
  const { broker, publish } = begin({
    handle: one(async ({ to }, id) => {
      seen.push(`${to} ${id}`);
      if (to === "end") {
        done.open();
      }
    }),
  });
  const message = { id: "a", time: "", data: Buffer.from('{"to":"x"}') };
  await broker.publish(topic, message);
  await broker.publish(topic, message);
  const id = await publish({ to: "end" });
  await done.opened;
  assert.deepEqual(seen, ["x a", `end ${id}`]);
});

test("what fails is tried again, and is put away without a reason in the end", async () => {
  let tries = 0;
  const { broker, publish } = begin({
    handle: async () => {
      tries += 1;
      throw new RangeError("a secret");
    },
  });
  const dead = deadLetter(broker);
  const id = await publish({ to: "x" });
  const message = await dead;
  assert.equal(tries, 3);
  assert.deepEqual([message?.id, message?.attempts, message?.error], [id, 3, "its handler failed"]);
});

test("what the contract does not allow is put away at once, as it came", async () => {
  const { broker } = begin({ handle: () => assert.fail("it must not be handled") });
  const data = Buffer.from([0xff, 0x00]);
  const dead = deadLetter(broker);
  await broker.publish(topic, { id: "b", time: "", data });
  const message = await dead;
  assert.deepEqual([message?.data, message?.attempts], [data, 1]);
});

test("events of one key are handled one after the other, others side by side", async () => {
  const order: string[] = [];
  const first = door();
  const other = door();
  const last = door();
  let number = 0;
  const { publish } = begin({
    parallel: 4,
    handle: one(async ({ to }) => {
      number += 1;
      order.push(`${to}${number}`);
      if (number === 1) {
        await first.opened;
      }
      if (to === "y") {
        other.open();
      }
      if (number === 3) {
        last.open();
      }
    }),
  });
  await publish({ to: "x" });
  await publish({ to: "x" });
  await publish({ to: "y" });
  await other.opened;
  assert.deepEqual(order, ["x1", "y2"]);
  first.open();
  await last.opened;
  assert.deepEqual(order, ["x1", "y2", "x3"]);
});

test("a batch has as many as there are, and no more than it may", async () => {
  const sizes: number[] = [];
  const done = door();
  let count = 0;
  const { publish } = begin({
    batch: 2,
    handle: async (events: readonly Received<Note>[]) => {
      sizes.push(events.length);
      count += events.length;
      if (count === 5) {
        done.open();
      }
    },
  });
  await Promise.all([1, 2, 3, 4, 5].map((each) => publish({ to: String(each) })));
  await done.opened;
  assert.ok(sizes.every((size) => size <= 2));
});

test("what is under way at the end is finished, and no more is taken", async () => {
  const begun = door();
  const end = door();
  const handled: string[] = [];
  const { publish, made } = begin({
    handle: one(async ({ to }) => {
      begun.open();
      await end.opened;
      handled.push(to);
    }),
  });
  await publish({ to: "x" });
  await begun.opened;
  const finished = made.finish();
  await turn();
  assert.deepEqual(handled, []);
  end.open();
  await finished;
  assert.deepEqual(handled, ["x"]);
});

test("only the last ids are remembered", async () => {
  const ids = new MemoryHandled();
  await ids.add(
    "group",
    Array.from({ length: 100_001 }, (_, index) => String(index)),
  );
  assert.equal(await ids.has("group", "0"), false);
  assert.equal(await ids.has("group", "1"), true);
  assert.equal(await ids.has("other", "1"), false);
});
