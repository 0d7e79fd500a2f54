/** The request that is being answered, wherever the code is. */

import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes, randomUUID } from "node:crypto";

export interface RequestContext {
  readonly requestId: string;
  readonly traceId: string;
  readonly spanId: string;
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
  signal: AbortSignal;
}

export const requests = new AsyncLocalStorage<RequestContext>();

/** The request that is being answered here, if there is one. */
export function currentRequest(): RequestContext | undefined {
  return requests.getStore();
}

const REQUEST_ID = /^[A-Za-z0-9._:/+=-]{1,128}$/;
const TRACE_PARENT =
  /^(?!ff)[0-9a-f]{2}-((?!0{32})[0-9a-f]{32})-((?!0{16})[0-9a-f]{16})-[0-9a-f]{2}/;

/** Who is asking, for those that are asked (W3C Trace Context). */
export function traceParent({ traceId, spanId }: RequestContext): string {
  return `00-${traceId}-${spanId}-01`;
}

/** The names of a request: the caller's, or new ones. */
export function createContext(
  requestId: string | undefined,
  traceParent: string | undefined,
): RequestContext {
  return {
    requestId: requestId !== undefined && REQUEST_ID.test(requestId) ? requestId : randomUUID(),
    traceId: TRACE_PARENT.exec(traceParent ?? "")?.[1] ?? randomBytes(16).toString("hex"),
    spanId: randomBytes(8).toString("hex"),
    subject: undefined,
    scopes: [],
    authorization: undefined,
    headers: new Map(),
    deadline: Infinity,
    signal: new AbortController().signal,
  };
}
