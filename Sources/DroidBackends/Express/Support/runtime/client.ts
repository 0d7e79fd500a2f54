/** Asking others: one call with all its attempts, within its time. */

import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { Counter, Histogram } from "prom-client";

import { valueFrom } from "./codec.js";
import { currentRequest } from "./context.js";
import { writeJSON, type JSONValue } from "./json.js";
import { createLogger } from "./logs.js";
import {
  failureOf,
  pairsOf,
  placeOf,
  problemStatus,
  readAnswer,
  type Asked,
  type Question,
} from "./questions.js";
import {
  Breaker,
  Budget,
  Bulkhead,
  CallError,
  helps,
  KeptAnswers,
  pause,
  Rate,
  type BreakerOptions,
  type BulkheadOptions,
  type RetryOptions,
} from "./resilience.js";

const logger = createLogger("clients");

const duration = new Histogram({
  name: "http_client_request_duration_seconds",
  help: "Duration of HTTP requests to others; the status is 0 where there was no answer.",
  labelNames: ["peer", "operation", "http_request_method", "http_response_status_code"],
});
const attempts = new Counter({
  name: "droid_attempts_total",
  help: "Requests to others, by how often they were tried.",
  labelNames: ["peer", "attempt"],
});

/** What a connection says; times are seconds. */
export interface ClientOptions {
  readonly peer: string;
  readonly url: string | undefined;
  /** Of the whole call. */
  readonly timeout: number;
  readonly retry?: RetryOptions;
  readonly breaker?: BreakerOptions;
  readonly bulkhead?: BulkheadOptions;
  /** Calls a second. */
  readonly limit?: number;
  /** Another try, and how many of them, of what has no answer after a while. */
  readonly hedge?: { readonly after: number; readonly most: number };
  readonly fallback?: "empty" | "cached" | { readonly value: JSONValue };
  readonly cache?: number;
  readonly forwardsIdentity?: boolean;
  readonly forwardsAuthorization?: boolean;
  /** The headers that prove who asks. */
  readonly credentials?: Readonly<Record<string, string>>;
}

/** Asks one other service, as its connection says. */
export class Client {
  readonly #options: ClientOptions;
  readonly #budget = new Budget();
  readonly #kept = new KeptAnswers();
  readonly #breaker: Breaker | undefined;
  readonly #bulkhead: Bulkhead | undefined;
  readonly #rate: Rate | undefined;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#breaker = options.breaker && new Breaker(options.peer, options.breaker);
    this.#bulkhead = options.bulkhead && new Bulkhead(options.bulkhead);
    this.#rate = options.limit === undefined ? undefined : new Rate(options.limit);
  }

  /** What is answered. */
  async ask<Result>(question: Asked<Result>): Promise<Result> {
    const { result, empty } = question;
    return this.#answer(question, {
      read: (text) => readAnswer(question, text, result),
      ...(empty === undefined ? {} : { empty: () => empty }),
      standIn: (value) => valueFrom(result, value),
    });
  }

  /** What is answered, if there is something. */
  async askMaybe<Result>(question: Asked<Result>): Promise<Result | undefined> {
    const { result } = question;
    return this.#answer<Result | undefined>(question, {
      read: (text) => (text === "" ? undefined : readAnswer(question, text, result)),
      empty: () => undefined,
      standIn: (value) => valueFrom(result, value),
    });
  }

  async tell(question: Question): Promise<void> {
    await this.#answer<undefined>(question, { read: () => undefined, empty: () => undefined });
  }

  async #answer<Value>(question: Question, reader: Reader<Value>): Promise<Value> {
    const { fallback } = this.#options;
    const mayHold = question.repeats === "always";
    const holds = mayHold ? (question.cache ?? this.#options.cache) : undefined;
    const place = placeOf(question);
    const kept = holds === undefined ? undefined : this.#kept.get(place, holds);
    if (kept !== undefined) {
      return reader.read(kept);
    }
    try {
      const text = await this.#inTime(question);
      const value = reader.read(text);
      if (holds !== undefined || fallback === "cached") {
        this.#kept.put(place, text);
      }
      return value;
    } catch (error) {
      const instead = this.#instead(reader, place);
      if (!(error instanceof CallError) || instead === undefined) {
        throw error;
      }
      logger.warning("fell back", { peer: this.#options.peer, reason: error.reason });
      return instead();
    }
  }

  /** What holds when a call has failed. */
  #instead<Value>(reader: Reader<Value>, place: string): (() => Value) | undefined {
    const { fallback } = this.#options;
    if (fallback === "empty") {
      return reader.empty;
    }
    if (fallback === "cached") {
      const last = this.#kept.get(place);
      return last === undefined ? undefined : () => reader.read(last);
    }
    const { standIn } = reader;
    return fallback === undefined || standIn === undefined
      ? undefined
      : () => standIn(fallback.value);
  }

  /** The text of the answer, within the time of the call and of the request it is part of. */
  async #inTime(question: Question): Promise<string> {
    const own = performance.now() + this.#options.timeout * 1000;
    const end = Math.min(own, currentRequest()?.deadline ?? Infinity);
    const abort = new AbortController();
    const late = new CallError("timeout", `${this.#options.peer} did not answer in time.`);
    const timer = setTimeout(() => abort.abort(late), Math.max(0, end - performance.now()));
    const work = (): Promise<string> => this.#attempts(question, end, abort.signal);
    try {
      return await (this.#bulkhead?.run(abort.signal, work) ?? work());
    } finally {
      clearTimeout(timer);
    }
  }

  async #attempts(question: Question, end: number, signal: AbortSignal): Promise<string> {
    const key = question.repeats === "withKey" ? randomUUID() : undefined;
    const retry = question.repeats === "never" ? undefined : this.#options.retry;
    this.#budget.earn(retry?.budget ?? 0);
    for (let attempt = 1; ; attempt += 1) {
      const plan = { question, attempt, key, end };
      try {
        this.#rate?.take();
        const hedges = question.repeats === "never" ? undefined : this.#options.hedge;
        return await (hedges ? this.#hedged(plan, hedges, signal) : this.#attempt(plan, signal));
      } catch (error) {
        const mayHelp = error instanceof CallError && retry !== undefined && helps(retry, error);
        if (!mayHelp || attempt >= retry.attempts || signal.aborted || !this.#budget.spend()) {
          throw error;
        }
        const asked = /^[0-9]+$/.test(error.retryAfter ?? "")
          ? Number(error.retryAfter)
          : undefined;
        const wait = (asked ?? pause(retry, attempt)) * 1000;
        if (performance.now() + wait >= end) {
          throw error;
        }
        await sleep(wait);
      }
    }
  }

  /** The first answer of several tries that begin one after the other. */
  async #hedged(
    plan: Plan,
    { after, most }: NonNullable<ClientOptions["hedge"]>,
    signal: AbortSignal,
  ): Promise<string> {
    const givenUp = new AbortController();
    const either = AbortSignal.any([signal, givenUp.signal]);
    const tries: Promise<string>[] = [];
    try {
      for (let number = 0; number < most; number += 1) {
        const begun = this.#attempt({ ...plan, attempt: plan.attempt + number }, either);
        tries.push(begun);
        const wait = sleep(after * 1000, undefined, { signal: either }).then(() => undefined);
        const first = await Promise.race([firstOf(tries), wait]);
        if (first !== undefined) {
          return first;
        }
      }
      tries.push(this.#attempt({ ...plan, attempt: plan.attempt + most }, either));
      return await firstOf(tries);
    } finally {
      givenUp.abort();
    }
  }

  /** One try, as the breaker sees it. */
  async #attempt(plan: Plan, signal: AbortSignal): Promise<string> {
    this.#breaker?.enter();
    const limit = this.#options.retry?.timeout ?? this.#options.timeout;
    const abort = new AbortController();
    const late = new CallError("timeout", `${this.#options.peer} did not answer in time.`);
    const timer = setTimeout(() => abort.abort(late), limit * 1000);
    try {
      const text = await this.#send(plan, AbortSignal.any([signal, abort.signal]));
      this.#breaker?.succeed();
      return text;
    } catch (error) {
      const isGivenUp = signal.aborted && !(signal.reason instanceof CallError);
      const isFailure = error instanceof CallError && error.reason !== "status";
      const status = error instanceof CallError ? error.answered : problemStatus(error);
      if (isGivenUp) {
        this.#breaker?.leave();
      } else if (isFailure || status >= 500) {
        this.#breaker?.fail();
      } else {
        this.#breaker?.succeed();
      }
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async #send({ question, attempt, key, end }: Plan, signal: AbortSignal): Promise<string> {
    const { peer, url } = this.#options;
    if (url === undefined) {
      throw new CallError("refused", `Nobody has said where ${peer} is.`);
    }
    const { operation, path, query = {}, body } = question;
    const method = question.method.toUpperCase();
    attempts.inc({ peer, attempt });
    const begun = performance.now();
    let status = 0;
    try {
      const pairs = new URLSearchParams(pairsOf(query)).toString();
      const response = await fetch(`${url}${path}${pairs === "" ? "" : `?${pairs}`}`, {
        method,
        headers: this.#headers(question, key, end),
        redirect: "manual",
        signal,
        ...(body === undefined ? {} : { body: writeJSON(body) }),
      });
      const text = await response.text();
      status = response.status;
      if (response.ok) {
        return text;
      }
      throw failureOf(question, peer, response, text);
    } catch (error) {
      throw this.#reason(error, signal);
    } finally {
      const labels = { peer, operation, http_request_method: method };
      const seconds = (performance.now() - begun) / 1000;
      duration.observe({ ...labels, http_response_status_code: status }, seconds);
    }
  }

  /** Why there is no answer. */
  #reason(error: unknown, signal: AbortSignal): unknown {
    if (signal.aborted) {
      return signal.reason;
    }
    if (!(error instanceof TypeError)) {
      return error;
    }
    const cause = error.cause;
    const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : "";
    const { peer } = this.#options;
    if (UNREACHABLE.has(String(code))) {
      return new CallError("refused", `${peer} cannot be reached.`, { cause: error });
    }
    return new CallError("reset", `${peer} broke the connection off.`, { cause: error });
  }

  #headers({ headers = {}, body }: Question, key: string | undefined, end: number): Headers {
    const left = Math.max(0, Math.floor(end - performance.now()));
    const all = new Headers({ Accept: "application/json", "x-deadline": String(left) });
    if (body !== undefined) {
      all.set("Content-Type", "application/json");
    }
    if (key !== undefined) {
      all.set("Idempotency-Key", key);
    }
    for (const [name, value] of [...pairsOf(headers), ...this.#identity()]) {
      all.set(name, value);
    }
    return all;
  }

  /** Who asks, for whom, and in the course of what. */
  #identity(): [string, string][] {
    const { credentials = {}, forwardsIdentity, forwardsAuthorization } = this.#options;
    const all = Object.entries(credentials);
    const context = currentRequest();
    if (context === undefined) {
      return all;
    }
    all.push(["traceparent", `00-${context.traceId}-${context.spanId}-01`]);
    all.push(["x-request-id", context.requestId]);
    if (forwardsIdentity === true && context.subject !== undefined) {
      all.push(["x-subject", context.subject], ["x-scopes", context.scopes.join(" ")]);
    }
    if (forwardsAuthorization === true && context.authorization !== undefined) {
      all.push(["Authorization", context.authorization]);
    }
    return all;
  }
}

/** How the text of an answer is read, and what may stand in for it. */
interface Reader<Value> {
  read(text: string): Value;
  readonly empty?: () => Value;
  readonly standIn?: (value: JSONValue) => Value;
}

/** One try of a call. */
interface Plan {
  readonly question: Question;
  readonly attempt: number;
  readonly key: string | undefined;
  /** By `performance.now()`. */
  readonly end: number;
}

const UNREACHABLE = new Set([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** The first that is good; if none is, the failure of the last. */
async function firstOf(tries: readonly Promise<string>[]): Promise<string> {
  try {
    return await Promise.any(tries);
  } catch (error) {
    throw error instanceof AggregateError ? error.errors.at(-1) : error;
  }
}
