/** Asking others by their contracts: questions, their answers, and what stands in for them. */

import { createHash, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { Caller, type CallerOptions, type Sending } from "./caller.js";
import { valueFrom } from "./codec.js";
import { writeJSON, type JSONValue } from "./json.js";
import { createLogger } from "./logs.js";
import { failureOf, pairsOf, placeOf, readAnswer, type Asked, type Question } from "./questions.js";
import { CallError, KeptAnswers } from "./resilience.js";
import { within } from "./timing.js";

const logger = createLogger("clients");

/** What kept answers are shared through: one that is slower than this is none. */
const SHARED_MILLISECONDS = 250;

export interface Shared {
  get(key: string): Promise<Uint8Array | undefined>;
  set(key: string, value: Uint8Array, seconds: number): Promise<void>;
}

/** What a connection says of calls whose contract is known; times are seconds. */
export interface ClientOptions extends CallerOptions {
  /** Another try, and how many of them, of what has no answer after a while. */
  readonly hedge?: { readonly after: number; readonly most: number };
  readonly fallback?: "empty" | "cached" | { readonly value: JSONValue };
  readonly cache?: number;
  readonly shared?: Shared | undefined;
}

/** Asks one other service by its contract. */
export class Client extends Caller<ClientOptions> {
  readonly #kept = new KeptAnswers();

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
    const { fallback } = this.options;
    const mayHold = question.repeats === "always";
    const holds = mayHold ? (question.cache ?? this.options.cache) : undefined;
    const place = placeOf(question);
    const kept = holds === undefined ? undefined : await this.#find(place, holds);
    if (kept !== undefined) {
      return reader.read(kept);
    }
    try {
      const text = await this.#text(question);
      const value = reader.read(text);
      if (holds !== undefined || fallback === "cached") {
        this.#kept.put(place, text);
      }
      if (holds !== undefined) {
        await this.#share(place, text, holds);
      }
      return value;
    } catch (error) {
      const instead = this.#instead(reader, place);
      if (!(error instanceof CallError) || instead === undefined) {
        throw error;
      }
      logger.warning("fell back", { peer: this.options.peer, reason: error.reason });
      return instead();
    }
  }

  /** What was answered of late, to us or to another that shares what is kept. */
  async #find(place: string, holds: number): Promise<string | undefined> {
    const kept = this.#kept.get(place, holds);
    const { shared } = this.options;
    if (kept !== undefined || shared === undefined) {
      return kept;
    }
    const found = within(SHARED_MILLISECONDS, shared.get(this.#name(place)));
    return found.then((bytes) => bytes && Buffer.from(bytes).toString()).catch(() => undefined);
  }

  async #share(place: string, text: string, holds: number): Promise<void> {
    const { shared } = this.options;
    if (shared !== undefined) {
      const kept = shared.set(this.#name(place), Buffer.from(text), holds);
      await within(SHARED_MILLISECONDS, kept).catch(() => undefined); // it holds without, too
    }
  }

  #name(place: string): string {
    return `cache:${createHash("sha256").update(`${this.options.peer}\n${place}`).digest("hex")}`;
  }

  /** What holds when a call has failed. */
  #instead<Value>(reader: Reader<Value>, place: string): (() => Value) | undefined {
    const { fallback } = this.options;
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

  /** The text of the answer. */
  async #text(question: Question): Promise<string> {
    const call = await this.begin();
    const key = question.repeats === "withKey" ? randomUUID() : undefined;
    const mayRepeat = question.repeats !== "never";
    const hedges = mayRepeat ? this.options.hedge : undefined;
    try {
      return await this.repeat(call, mayRepeat, (attempt) => {
        const plan = { question, attempt, key, end: call.end };
        return hedges ? this.#hedged(plan, hedges, call.signal) : this.#send(plan, call.signal);
      });
    } finally {
      call.finish();
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
        tries.push(this.#send({ ...plan, attempt: plan.attempt + number }, either));
        const wait = sleep(after * 1000, undefined, { signal: either }).then(() => undefined);
        const first = await Promise.race([firstOf(tries), wait]);
        if (first !== undefined) {
          return first;
        }
      }
      tries.push(this.#send({ ...plan, attempt: plan.attempt + most }, either));
      return await firstOf(tries);
    } finally {
      givenUp.abort();
    }
  }

  async #send(plan: Plan, signal: AbortSignal): Promise<string> {
    const { question, attempt } = plan;
    const { operation, path, template = path, query = {}, body } = question;
    const method = question.method.toUpperCase();
    const pairs = new URLSearchParams(pairsOf(query)).toString();
    const address = `${this.url}${path}${pairs === "" ? "" : `?${pairs}`}`;
    return this.attempt(signal, { operation, method, template, attempt }, async (sending) => {
      const response = await fetch(address, {
        method,
        headers: this.#headers(plan, sending),
        redirect: "manual",
        signal: sending.signal,
        ...(body === undefined ? {} : { body: writeJSON(body) }),
      });
      const text = await response.text();
      sending.status = response.status;
      if (response.ok) {
        return text;
      }
      throw failureOf(question, this.options, response, text);
    });
  }

  #headers({ question, key, end }: Plan, sending: Sending): Headers {
    const all = new Headers({ Accept: "application/json" });
    if (question.body !== undefined) {
      all.set("Content-Type", "application/json");
    }
    if (key !== undefined) {
      all.set("Idempotency-Key", key);
    }
    const own = pairsOf(question.headers ?? {});
    for (const [name, value] of [...own, ...this.identity(end, sending)]) {
      all.set(name, value);
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

/** The first that is good; if none is, the failure of the last. */
async function firstOf(tries: readonly Promise<string>[]): Promise<string> {
  try {
    return await Promise.any(tries);
  } catch (error) {
    throw error instanceof AggregateError ? error.errors.at(-1) : error;
  }
}
