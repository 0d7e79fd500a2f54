/** The request that is being answered, wherever the code is. */

import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";

import { placeBelow, Span, type SpanKind, type TracePlace } from "./tracing.js";

export interface RequestContext extends TracePlace {
  readonly requestId: string;
  /** Who asks, once that is known. */
  subject: string | undefined;
  /** What they are allowed. */
  scopes: readonly string[];
  /** How they proved who they are. */
  authorization: string | undefined;
  /** What the answer tells besides. */
  readonly headers: Map<string, string>;
  /** When the answer is too late, by `performance.now()`. */
  deadline: number;
  /** Fires when the answer is too late, or nobody waits for it any more. */
  readonly signal: AbortSignal;
  /** Let the signal fire. */
  abort(): void;
}

export const requests = new AsyncLocalStorage<RequestContext>();

/** The request that is being answered here, if there is one. */
export function currentRequest(): RequestContext | undefined {
  return requests.getStore();
}

/** A span below the one that is under way here. */
export function spanBelow(kind: SpanKind): Span {
  return Span.below(kind, requests.getStore());
}

const REQUEST_ID = /^[A-Za-z0-9._:/+=-]{1,128}$/;

/** The names of a request: the caller's, or new ones. */
export function createContext(
  requestId: string | undefined,
  traceParent: string | undefined,
): RequestContext {
  // Most requests never ask for their signal, and one that fires is dear.
  let controller: AbortController | undefined;
  const needed = (): AbortController => {
    controller ??= new AbortController();
    return controller;
  };
  return {
    ...placeBelow(traceParent),
    requestId: requestId !== undefined && REQUEST_ID.test(requestId) ? requestId : randomUUID(),
    subject: undefined,
    scopes: [],
    authorization: undefined,
    headers: new Map(),
    deadline: Infinity,
    get signal() {
      return needed().signal;
    },
    abort: () => needed().abort(),
  };
}
