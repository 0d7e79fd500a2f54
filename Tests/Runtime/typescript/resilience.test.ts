import assert from "node:assert/strict";
import { test } from "node:test";

import {
  Breaker,
  Budget,
  Bulkhead,
  CallError,
  helps,
  KeptAnswers,
  pause,
  Rate,
} from "../gen/runtime/resilience.js";

const isBusy = (error: unknown): boolean => error instanceof CallError && error.reason === "busy";
const retry = { attempts: 3, timeout: 1, backoff: [0.1, 0.3], budget: 0.5 } as const;

test("a budget begins with ten retries, and calls pay for more", () => {
  const budget = new Budget();
  const spent = Array.from({ length: 11 }, () => budget.spend());
  assert.deepEqual(spent, [...Array(10).fill(true), false]);
  budget.earn(0.5);
  assert.equal(budget.spend(), false);
  budget.earn(0.5);
  assert.equal(budget.spend(), true);
});

test("a retry helps after what it is for", () => {
  const on = ["timeout", "unavailable", 502] as const;
  const answered = (status: number) => new CallError("status", "", { answered: status });
  assert.equal(helps({ ...retry, on }, new CallError("timeout", "")), true);
  assert.equal(helps({ ...retry, on }, new CallError("reset", "")), false);
  assert.equal(helps({ ...retry, on }, answered(503)), true);
  assert.equal(helps({ ...retry, on }, answered(502)), true);
  assert.equal(helps({ ...retry, on }, answered(500)), false);
});

test("waits double, up to the longest", () => {
  for (const [attempt, most] of [0.1, 0.2, 0.3, 0.3].entries()) {
    for (let number = 0; number < 50; number += 1) {
      const wait = pause({ ...retry, on: [] }, attempt + 1);
      assert.ok(wait >= 0 && wait <= most);
    }
  }
});

test("a breaker opens after failures in a row, and closes after good probes", () => {
  const breaker = new Breaker("peer", { failures: 2, window: 60, open: 0, probes: 1 });
  breaker.fail();
  breaker.succeed();
  breaker.fail();
  breaker.enter();
  breaker.fail();
  breaker.enter(); // it is open for no time at all: this is the probe
  assert.throws(() => breaker.enter(), isBusy);
  breaker.succeed();
  breaker.enter();
  breaker.enter();
});

test("an open breaker lets nobody through", () => {
  const breaker = new Breaker("peer", { failures: 1, window: 60, open: 60, probes: 1 });
  breaker.fail();
  assert.throws(() => breaker.enter(), isBusy);
});

test("a bulkhead lets some wait, in their order", async () => {
  const { signal } = new AbortController();
  const bulkhead = new Bulkhead({ calls: 1, queue: 1 });
  await bulkhead.enter(signal);
  const second = bulkhead.enter(signal);
  await assert.rejects(bulkhead.enter(signal), isBusy);
  bulkhead.leave();
  await second;
});

test("who waits for a bulkhead may give up, and leaves its place", async () => {
  const patience = new AbortController();
  const bulkhead = new Bulkhead({ calls: 1, queue: 1 });
  await bulkhead.enter(patience.signal);
  const second = bulkhead.enter(patience.signal);
  patience.abort(new Error("enough"));
  await assert.rejects(second, /enough/);
  bulkhead.leave();
  await bulkhead.enter(new AbortController().signal);
});

test("a rate has a second of burst", () => {
  const rate = new Rate(2);
  rate.take();
  rate.take();
  assert.throws(() => rate.take(), isBusy);
});

test("of too many answers the one goes that was not used for longest", () => {
  const kept = new KeptAnswers();
  kept.put("first", "1");
  for (let number = 0; number < 999; number += 1) {
    kept.put(String(number), "");
  }
  assert.equal(kept.get("first"), "1");
  kept.put("one more", "");
  assert.equal(kept.get("first"), "1");
  assert.equal(kept.get("0"), undefined);
  assert.equal(kept.get("first", 0), undefined);
});
