/** Asking others, whatever it is: in its time, as often as it helps, no more than they bear. */

import { setTimeout as sleep } from "node:timers/promises";

import { Counter, Histogram } from "prom-client";

import { currentRequest, spanBelow } from "./context.js";
import { Problem, problemOf } from "./problems.js";
import {
  Breaker,
  Budget,
  Bulkhead,
  CallError,
  helps,
  pause,
  Rate,
  type BreakerOptions,
  type BulkheadOptions,
  type RetryOptions,
} from "./resilience.js";
import { errorType, masked, requestName, traceParent } from "./tracing.js";

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

/** What a connection says of all its calls; times are seconds. */
export interface CallerOptions {
  readonly peer: string;
  readonly url: string | undefined;
  /** Of the whole call. */
  readonly timeout: number;
  readonly retry?: RetryOptions;
  readonly breaker?: BreakerOptions;
  readonly bulkhead?: BulkheadOptions;
  /** Calls a second. */
  readonly limit?: number;
  /** A mesh ends calls, tries again, breaks off and counts them: two that do would multiply. */
  readonly isMeshed?: boolean;
  readonly forwardsIdentity?: boolean;
  readonly forwardsAuthorization?: boolean;
  /** The headers that prove who asks. */
  readonly credentials?: Readonly<Record<string, string>>;
}

/** A call that is under way. */
export interface Begun {
  /** When it is too late for an answer, by `performance.now()`. */
  readonly end: number;
  /** Fires then. */
  readonly signal: AbortSignal;
  /** There is an answer: it may take as long as it likes. */
  answered(): void;
  /** Nothing of it is left. */
  finish(): void;
}

/** One request of a call. */
export interface Try {
  readonly operation: string;
  readonly method: string;
  /** The path, with the names of its values; undefined where nobody knows them. */
  readonly template?: string | undefined;
  /** From 1. */
  readonly attempt: number;
}

/** A request that is under way. */
export interface Sending {
  /** Fires when it is given up. */
  readonly signal: AbortSignal;
  /** Who is asking. */
  readonly traceParent: string;
  /** What it was answered with; 0 as long as it was not. */
  status: number;
}

/** Asks one other service, as its connection says. */
export class Caller<Options extends CallerOptions = CallerOptions> {
  protected readonly options: Options;
  readonly #budget = new Budget();
  readonly #isMeshed: boolean;
  readonly #retry: RetryOptions | undefined;
  readonly #breaker: Breaker | undefined;
  readonly #bulkhead: Bulkhead | undefined;
  readonly #rate: Rate | undefined;

  constructor(options: Options) {
    this.options = options;
    this.#isMeshed = options.isMeshed === true;
    const { peer, retry, breaker, bulkhead } = options;
    if (!this.#isMeshed) {
      this.#retry = retry;
      this.#breaker = breaker && new Breaker(peer, breaker);
      this.#bulkhead = bulkhead && new Bulkhead(bulkhead);
    }
    this.#rate = options.limit === undefined ? undefined : new Rate(options.limit);
  }

  /** Begin a call, when there is room for it. */
  protected async begin(): Promise<Begun> {
    const { peer, timeout } = this.options;
    const own = performance.now() + timeout * 1000;
    const deadline = currentRequest()?.deadline ?? Infinity;
    const end = Math.min(own, deadline);
    const abort = new AbortController();
    const late = new CallError("timeout", `${peer} did not answer in time.`);
    const stop = this.#isMeshed ? deadline : end;
    const timer =
      stop === Infinity
        ? undefined
        : setTimeout(() => abort.abort(late), Math.max(0, stop - performance.now()));
    const bulkhead = this.#bulkhead;
    try {
      await bulkhead?.enter(abort.signal);
    } catch (error) {
      clearTimeout(timer);
      throw error;
    }
    return {
      end,
      signal: abort.signal,
      answered: () => clearTimeout(timer),
      finish() {
        clearTimeout(timer);
        bulkhead?.leave();
      },
    };
  }

  /** What `work` gives; tried again where that may help. */
  protected async repeat<Value>(
    { end, signal }: Begun,
    mayRepeat: boolean,
    work: (attempt: number) => Promise<Value>,
  ): Promise<Value> {
    const retry = mayRepeat ? this.#retry : undefined;
    this.#budget.earn(retry?.budget ?? 0);
    for (let attempt = 1; ; attempt += 1) {
      try {
        this.#rate?.take();
        return await work(attempt);
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

  /** One try, as the breaker sees it. */
  protected async attempt<Value>(
    signal: AbortSignal,
    request: Try,
    send: (sending: Sending) => Promise<Value>,
  ): Promise<Value> {
    this.#breaker?.enter();
    const { peer } = this.options;
    const abort = new AbortController();
    const late = new CallError("timeout", `${peer} did not answer in time.`);
    const patience = this.#retry?.timeout;
    const timer =
      patience === undefined ? undefined : setTimeout(() => abort.abort(late), patience * 1000);
    const either = AbortSignal.any([signal, abort.signal]);
    try {
      const value = await this.#measured(request, either, send);
      this.#breaker?.succeed();
      return value;
    } catch (error) {
      const isGivenUp = signal.aborted && !(signal.reason instanceof CallError);
      const isFailure = error instanceof CallError && error.reason !== "status";
      const status = error instanceof CallError ? error.answered : problemOf(error).status;
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

  /** Count a try, time it, and tell of it. */
  async #measured<Value>(
    request: Try,
    signal: AbortSignal,
    send: (sending: Sending) => Promise<Value>,
  ): Promise<Value> {
    const { peer } = this.options;
    const { operation, method, attempt } = request;
    const span = spanBelow("client");
    const sending: Sending = { signal, traceParent: traceParent(span.place), status: 0 };
    const begun = performance.now();
    attempts.inc({ peer, attempt });
    let failure: unknown;
    try {
      return await send(sending);
    } catch (caught) {
      failure = signal.aborted ? signal.reason : this.#failure(caught);
      throw failure;
    } finally {
      const { status } = sending;
      const labels = { peer, operation, http_request_method: method };
      const seconds = (performance.now() - begun) / 1000;
      duration.observe({ ...labels, http_response_status_code: status }, seconds);
      span.end(() => this.#described(request, status, failure));
    }
  }

  #described({ method, template, attempt }: Try, status: number, failure: unknown) {
    const [name, knownMethod] = requestName(method, template);
    const { protocol, host, hostname, port } = new URL(this.url);
    const usualPort = protocol === "https:" ? 443 : 80;
    const reason = failure instanceof CallError ? failure.reason : errorType(failure);
    return {
      name,
      attributes: {
        "http.request.method": knownMethod,
        "url.template": template,
        "url.full": `${protocol}//${host}${masked(template ?? "/{path}")}`,
        "server.address": hostname,
        "server.port": port === "" ? usualPort : Number(port),
        "http.response.status_code": status || undefined,
        "http.request.resend_count": attempt === 1 ? undefined : attempt - 1,
      },
      error: status >= 400 ? String(status) : failure === undefined ? undefined : reason,
    };
  }

  /** Where it is, if somebody has said so. */
  protected get url(): string {
    const { peer, url } = this.options;
    if (url === undefined) {
      throw new CallError("refused", `Nobody has said where ${peer} is.`);
    }
    return url;
  }

  /** Who asks, for whom, in the course of what, and for how long yet. */
  protected identity(end: number, sending: Sending): [string, string][] {
    const { credentials = {}, forwardsIdentity, forwardsAuthorization } = this.options;
    const left = Math.max(0, Math.floor(end - performance.now()));
    const all: [string, string][] = [
      ...Object.entries(credentials),
      ["x-deadline", String(left)],
      ["traceparent", sending.traceParent],
    ];
    const context = currentRequest();
    if (context === undefined) {
      return all;
    }
    all.push(["x-request-id", context.requestId]);
    if (forwardsIdentity === true && context.subject !== undefined) {
      all.push(["x-subject", context.subject], ["x-scopes", context.scopes.join(" ")]);
    }
    if (forwardsAuthorization === true && context.authorization !== undefined) {
      all.push(["authorization", context.authorization]);
    }
    return all;
  }

  /** Why there is no answer; what is our own mistake stays what it is. */
  #failure(error: unknown): unknown {
    const code = codeOf(error) ?? codeOf(error instanceof Error ? error.cause : undefined);
    // `fetch` throws a `TypeError` whatever has happened.
    if (error instanceof Problem || (code === undefined && !(error instanceof TypeError))) {
      return error;
    }
    const { peer } = this.options;
    return UNREACHABLE.has(code ?? "")
      ? new CallError("refused", `${peer} cannot be reached.`, { cause: error })
      : new CallError("reset", `${peer} broke the connection off.`, { cause: error });
  }
}

const UNREACHABLE = new Set([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** What the system, or its client of HTTP, calls a failure. */
function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}
