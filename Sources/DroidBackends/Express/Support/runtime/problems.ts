/** Errors as problem details (RFC 9457): one form for every answer that is no success. */

import { writeJSON, type JSONObject } from "./json.js";

/** What is said of a problem beside its status. */
export interface ProblemOptions {
  readonly type?: string;
  readonly title?: string;
  readonly detail?: string | undefined;
  /** What stands beside `type`, `title` and `status`. */
  readonly members?: JSONObject;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** One thing that is wrong with a request: in its body, at a place, or in a parameter. */
export type Fault =
  | { readonly detail: string; readonly pointer: string }
  | { readonly detail: string; readonly parameter: string };

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  408: "Request Timeout",
  409: "Conflict",
  410: "Gone",
  412: "Precondition Failed",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  423: "Locked",
  425: "Too Early",
  428: "Precondition Required",
  429: "Too Many Requests",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Throw it, and the caller gets it as the answer. */
export class Problem extends Error {
  readonly status: number;
  readonly type: string;
  readonly title: string;
  readonly detail: string | undefined;
  readonly members: JSONObject;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, options: ProblemOptions = {}) {
    const title = options.title ?? TITLES[status] ?? "Error";
    super(options.detail ?? title, { cause: options.cause });
    this.name = new.target.name;
    this.status = status;
    this.type = options.type ?? "about:blank";
    this.title = title;
    this.detail = options.detail;
    this.members = options.members ?? {};
    this.headers = options.headers ?? {};
  }

  /** As it travels. */
  toAnswer(): ProblemAnswer {
    const { type, title, status, detail, members } = this;
    return {
      status,
      headers: { ...this.headers, "Content-Type": "application/problem+json" },
      body: writeJSON({
        type,
        title,
        status,
        ...(detail === undefined ? {} : { detail }),
        ...members,
      }),
    };
  }
}

/** A request that the contract does not allow. */
export class InvalidRequest extends Problem {
  constructor(faults: readonly Fault[]) {
    super(422, {
      detail: "The request is not what the contract allows.",
      members: { errors: [...faults] },
    });
  }
}

/** What `src/` does not do yet. */
export class NotImplemented extends Problem {
  constructor(operation: string) {
    super(501, { detail: `The operation ${operation} is not written yet.` });
  }
}

/** The problem of a failure. What nobody declared is our defect; its reason is not for callers. */
export function problemOf(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem(500, { cause: error });
}
