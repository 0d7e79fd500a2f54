/** The versions of a model: who is sent to which, and how well each of them does. */

import { createHash } from "node:crypto";

import { Counter, Gauge, Histogram } from "prom-client";

import type { Call } from "./call.js";
import { currentRequest } from "./context.js";
import { Failures } from "./failures.js";
import { createLogger } from "./logs.js";
import { Problem } from "./problems.js";
import { within } from "./timing.js";

const logger = createLogger("versions");

/** All requests: shares are hundredths of a percent. */
const ALL = 10_000;
/** How long one in the shadow has where nothing limits it. */
const LONGEST_MILLISECONDS = 30_000;

/** One of the trained models behind a name. */
export interface Version {
  /** Empty where there is only one. */
  readonly name: string;
  readonly uri: string;
  readonly share: number;
  /** The share of all requests that it is asked as well, with answers that are dropped. */
  readonly mirror?: number;
  /** Requests with this header are always this version's. */
  readonly match?: { readonly header: string; readonly value: string };
}

/** Whose requests stay with one version. */
export type Sticky =
  | { readonly by: "header" | "cookie"; readonly name: string }
  | { readonly by: "subject" };

export interface PredictionMetrics {
  readonly predictions: Counter;
  /** In seconds. */
  readonly duration: Histogram;
  readonly rolledBack: Gauge;
}

/** The metrics of predictions, with these bounds for their durations. */
export function predictionMetrics(buckets: readonly number[]): PredictionMetrics {
  return {
    predictions: new Counter({
      name: "model_predictions_total",
      help: "Predictions.",
      labelNames: ["version", "operation", "outcome"],
    }),
    duration: new Histogram({
      name: "model_prediction_duration_seconds",
      help: "Duration of predictions.",
      labelNames: ["version", "operation"],
      buckets: [...buckets],
    }),
    rolledBack: new Gauge({
      name: "model_rolled_back",
      help: "1 for a version that has lost its share.",
      labelNames: ["version"],
    }),
  };
}

export interface VersionsOptions {
  readonly metrics: PredictionMetrics;
  readonly sticky?: Sticky;
  /** A version loses its share when more than this rate failed within so many seconds. */
  readonly rollback?: { readonly errorRate: number; readonly window: number };
}

/** Asks one version; `model` is what the user's code has loaded. */
export type Asking<Result> = (model: unknown, version: string) => Promise<Result>;

/** All versions of a process. */
export class Versions {
  #versions: readonly Version[];
  readonly #options: VersionsOptions;
  readonly #models = new Map<string, unknown>();
  readonly #failures = new Map<string, Failures>();

  constructor(versions: readonly Version[], options: VersionsOptions) {
    this.#versions = versions;
    this.#options = options;
    const { rollback, metrics } = options;
    for (const { name } of rollback === undefined ? [] : versions) {
      metrics.rolledBack.set({ version: name }, 0);
    }
  }

  /** Load the model of each version. */
  async load(load: (version: string, uri: string) => Promise<unknown>): Promise<void> {
    for (const { name, uri } of this.#versions) {
      this.#models.set(name, await load(name, uri));
      logger.info("loaded the model", { version: name });
    }
  }

  /** The prediction of the version whose call this is. */
  async predict<Result>(call: Call, operation: string, ask: Asking<Result>): Promise<Result> {
    const chosen = this.#choose(call);
    for (const version of this.#versions) {
      if (version !== chosen && random() < (version.mirror ?? 0)) {
        // What comes of it is measured alone.
        within(timeLeft(), this.#measured(version, operation, ask)).catch(() => undefined);
      }
    }
    if (chosen.name !== "") {
      currentRequest()?.headers.set("x-model-version", chosen.name);
    }
    return this.#measured(chosen, operation, ask);
  }

  /** The version that a call belongs to. */
  #choose(call: Call): Version {
    const matching = this.#versions.find(
      ({ match }) => match !== undefined && call.header(match.header) === match.value,
    );
    if (matching !== undefined) {
      return matching;
    }
    const shares = this.#versions.reduce((sum, { share }) => sum + share, 0);
    let left = numberOf(call, this.#options.sticky) * shares;
    const chosen = this.#versions.find(({ share }) => {
      left -= share * ALL;
      return left < 0;
    });
    const last = chosen ?? this.#versions.at(-1);
    if (last === undefined) {
      throw new TypeError("a model has no version");
    }
    return last;
  }

  async #measured<Result>(
    version: Version,
    operation: string,
    ask: Asking<Result>,
  ): Promise<Result> {
    const { predictions, duration } = this.#options.metrics;
    const { name } = version;
    const begun = performance.now();
    let hasFailed = false;
    try {
      return await ask(this.#models.get(name), name);
    } catch (error) {
      // What the caller did wrong says nothing about the model.
      hasFailed = !(error instanceof Problem && error.status < 500);
      throw error;
    } finally {
      predictions.inc({ version: name, operation, outcome: hasFailed ? "error" : "ok" });
      duration.observe({ version: name, operation }, (performance.now() - begun) / 1000);
      this.#learn(version, hasFailed);
    }
  }

  /** Take a version back that fails too often, unless no other is left. */
  #learn(version: Version, hasFailed: boolean): void {
    const { rollback, metrics } = this.#options;
    if (rollback === undefined) {
      return;
    }
    const { name } = version;
    const failures = this.#failures.get(name) ?? new Failures(rollback.window);
    this.#failures.set(name, failures);
    failures.count(hasFailed);
    const others = this.#versions.filter((other) => other !== version);
    if (
      others.length < this.#versions.length &&
      others.some(({ share }) => share > 0) &&
      failures.exceeds(rollback.errorRate)
    ) {
      this.#versions = others;
      metrics.rolledBack.set({ version: name }, 1);
      logger.warning("a version fails too often, and is rolled back", { version: name });
    }
  }
}

/** In milliseconds. */
function timeLeft(): number {
  const deadline = currentRequest()?.deadline ?? Number.POSITIVE_INFINITY;
  return Math.min(deadline - performance.now(), LONGEST_MILLISECONDS);
}

/** Below 10,000, and always the same for those who stay with one version. */
function numberOf(call: Call, sticky: Sticky | undefined): number {
  const value = sticky && keyOf(call, sticky);
  if (value === undefined) {
    return random();
  }
  const digest = createHash("sha256").update(value).digest();
  return Number(digest.readBigUInt64BE() % BigInt(ALL));
}

function random(): number {
  return Math.floor(Math.random() * ALL);
}

function keyOf(call: Call, sticky: Sticky): string | undefined {
  switch (sticky.by) {
    case "header":
      return call.header(sticky.name);
    case "cookie":
      return cookieOf(call.header("cookie") ?? "", sticky.name);
    case "subject":
      return call.subject;
  }
}

function cookieOf(header: string, wanted: string): string | undefined {
  for (const pair of header.split(";")) {
    const [name = "", value = ""] = pair.trim().split(/=(.*)/s);
    if (name === wanted) {
      return value;
    }
  }
  return undefined;
}
