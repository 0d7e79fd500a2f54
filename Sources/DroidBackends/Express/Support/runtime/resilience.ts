/** How a caller holds out when what it asks is slow, or fails, or is not there. */

import { Gauge } from "prom-client";

import { Problem } from "./problems.js";

/** Why a call failed; `busy` is one that was not even tried, `answer` one that cannot be read. */
export type Reason = "answer" | "busy" | "refused" | "reset" | "status" | "timeout";

export interface CallErrorOptions {
  /** What the target answered, if it did. */
  readonly answered?: number;
  readonly retryAfter?: string | null;
  readonly cause?: unknown;
}

/** A call that has failed, and not with an error that its contract declares. */
export class CallError extends Problem {
  readonly reason: Reason;
  readonly answered: number;
  readonly retryAfter: string | null;

  constructor(reason: Reason, detail: string, options: CallErrorOptions = {}) {
    const { answered = 0, retryAfter = null, cause } = options;
    const isGone = ["refused", "reset", "busy"].includes(reason) || answered === 503;
    const headers = isGone && retryAfter !== null ? { "Retry-After": retryAfter } : {};
    super(reason === "timeout" ? 504 : isGone ? 503 : 502, { detail, headers, cause });
    this.reason = reason;
    this.answered = answered;
    this.retryAfter = retryAfter;
  }
}

/** What is tried again, how often, and with what waits between; times are seconds. */
export interface RetryOptions {
  readonly attempts: number;
  /** Of one attempt. */
  readonly timeout: number;
  readonly backoff: readonly [number, number];
  readonly on: readonly (Reason | "unavailable" | number)[];
  /** How many retries each call pays for. */
  readonly budget: number;
}

/** Is this a failure after which it helps to try again? */
export function helps({ on }: RetryOptions, error: CallError): boolean {
  if (error.answered !== 0) {
    return on.includes(error.answered) || (error.answered === 503 && on.includes("unavailable"));
  }
  return on.includes(error.reason);
}

/** Some seconds, at random: callers who failed together do not come back together. */
export function pause({ backoff: [lower, upper] }: RetryOptions, attempt: number): number {
  return Math.random() * Math.min(upper, lower * 2 ** (attempt - 1));
}

const MOST_RETRIES = 10;

/** How many retries there may be for the calls there are. */
export class Budget {
  #left = MOST_RETRIES;

  earn(share: number): void {
    this.#left = Math.min(MOST_RETRIES, this.#left + share);
  }

  /** Is there enough for a retry? */
  spend(): boolean {
    if (this.#left < 1) {
      return false;
    }
    this.#left -= 1;
    return true;
  }
}

const breakerOpen = new Gauge({
  name: "droid_breaker_open",
  help: "1 while calls to a peer fail at once.",
  labelNames: ["peer"],
});

export interface BreakerOptions {
  readonly failures: number;
  /** In seconds. */
  readonly window: number;
  readonly open: number;
  readonly probes: number;
}

/** Stops calling what fails, and tries by and by whether it is well again. */
export class Breaker {
  readonly #peer: string;
  readonly #options: BreakerOptions;
  #failures: number[] = [];
  #opened: number | undefined;
  #trying = 0;
  #passed = 0;

  constructor(peer: string, options: BreakerOptions) {
    this.#peer = peer;
    this.#options = options;
    breakerOpen.set({ peer }, 0);
  }

  /** Begin a call, if calls are let through. */
  enter(): void {
    if (this.#opened === undefined) {
      return;
    }
    const isTime = performance.now() - this.#opened >= this.#options.open * 1000;
    if (!isTime || this.#trying + this.#passed >= this.#options.probes) {
      throw new CallError("busy", "It has failed too often, and is not asked for a while.");
    }
    this.#trying += 1;
  }

  succeed(): void {
    this.#failures = [];
    if (this.#opened === undefined || this.#trying === 0) {
      return;
    }
    this.#trying -= 1;
    this.#passed += 1;
    if (this.#passed >= this.#options.probes) {
      this.#opened = undefined;
      this.#passed = 0;
      breakerOpen.set({ peer: this.#peer }, 0);
    }
  }

  fail(): void {
    const now = performance.now();
    const begin = now - this.#options.window * 1000;
    this.#failures = [...this.#failures.filter((each) => each > begin), now];
    const isTooMuch = this.#failures.length >= this.#options.failures;
    if (this.#trying > 0 || (this.#opened === undefined && isTooMuch)) {
      this.#opened = now;
      this.#trying = 0;
      this.#passed = 0;
      breakerOpen.set({ peer: this.#peer }, 1);
    }
  }

  /** A call was given up: nothing is known. */
  leave(): void {
    this.#trying = Math.max(0, this.#trying - 1);
  }
}

export interface BulkheadOptions {
  readonly calls: number;
  readonly queue: number;
}

/** So many calls at a time; some wait, others fail at once. */
export class Bulkhead {
  readonly #options: BulkheadOptions;
  readonly #waiting: (() => void)[] = [];
  #calls = 0;

  constructor(options: BulkheadOptions) {
    this.#options = options;
  }

  /** Take a place when there is one; `signal` ends the wait. */
  async enter(signal: AbortSignal): Promise<void> {
    if (this.#calls < this.#options.calls) {
      this.#calls += 1;
    } else {
      await this.#room(signal);
    }
  }

  /** Give the place to the next who waits. */
  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#calls -= 1;
    } else {
      next();
    }
  }

  /** A place that another call leaves. */
  async #room(signal: AbortSignal): Promise<void> {
    if (this.#waiting.length >= this.#options.queue) {
      throw new CallError("busy", "Too many calls are under way.");
    }
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(signal.reason);
      };
      const enter = (): void => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      signal.addEventListener("abort", leave, { once: true });
      this.#waiting.push(enter);
    });
  }
}

/** So many calls a second. */
export class Rate {
  readonly #rate: number;
  #left: number;
  #since = performance.now();

  constructor(rate: number) {
    this.#rate = rate;
    this.#left = Math.max(1, rate);
  }

  /** Count one call, if it is not one too many. */
  take(): void {
    const now = performance.now();
    const filled = this.#left + ((now - this.#since) / 1000) * this.#rate;
    this.#left = Math.min(Math.max(1, this.#rate), filled);
    this.#since = now;
    if (this.#left < 1) {
      throw new CallError("busy", "It has been asked too often.");
    }
    this.#left -= 1;
  }
}

const MOST_KEPT = 1_000;

/** The answers of late; of too many the one goes that was not used for longest. */
export class KeptAnswers {
  readonly #answers = new Map<string, { readonly since: number; readonly text: string }>();

  /** One that is not older than so many seconds. */
  get(place: string, seconds = Infinity): string | undefined {
    const found = this.#answers.get(place);
    if (found === undefined || performance.now() - found.since >= seconds * 1000) {
      return undefined;
    }
    this.#answers.delete(place);
    this.#answers.set(place, found);
    return found.text;
  }

  put(place: string, text: string): void {
    this.#answers.delete(place);
    this.#answers.set(place, { since: performance.now(), text });
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > MOST_KEPT && oldest !== undefined) {
      this.#answers.delete(oldest);
    }
  }
}
