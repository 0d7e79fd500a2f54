/** Who asks, and what they may do. */

import { createHash, timingSafeEqual } from "node:crypto";

import type { Call } from "./call.js";
import { requests } from "./context.js";
import { Problem } from "./problems.js";

export interface Caller {
  readonly subject: string | undefined;
  readonly scopes: readonly string[];
}

/** How callers prove who they are; a 401 for those who do not. */
export type Auth = (call: Call) => Promise<Caller> | Caller;

/** Takes a token for a call, or throws a 429. */
export interface Limiter {
  readonly by: "ip" | "subject" | "key";
  take(call: Call): void;
}

/** What stands before an operation. */
export interface Guard {
  /** What a challenge calls this service. */
  readonly realm: string;
  readonly auth?: Auth;
  /** What a caller must be allowed, all of it. */
  readonly scopes?: readonly string[];
  readonly limit?: Limiter;
}

/** Let a call pass, or throw why not. */
export async function admit(call: Call, { realm, auth, scopes = [], limit }: Guard): Promise<void> {
  if (limit?.by === "ip") {
    limit.take(call);
  }
  const context = requests.getStore();
  if (auth !== undefined) {
    const found = auth(call);
    const caller = found instanceof Promise ? await found : found;
    if (context !== undefined) {
      context.subject = caller.subject;
      context.scopes = caller.scopes;
      context.authorization = call.header("authorization");
    }
  }
  if (!scopes.every((scope) => context?.scopes.includes(scope))) {
    const needed = `scope="${scopes.join(" ")}"`;
    const challenge = `Bearer realm="${realm}", error="insufficient_scope", ${needed}`;
    throw new Problem(403, {
      detail: "The caller is not allowed to do this.",
      headers: { "WWW-Authenticate": challenge },
    });
  }
  if (limit !== undefined && limit.by !== "ip") {
    limit.take(call);
  }
}

/** A name and a password; the secret is `name:password`, and the subject is the name. */
export function basicAuth(realm: string, secret: string): Auth {
  return (call) => {
    const [scheme = "", credentials = ""] = (call.header("authorization") ?? "").split(/ +(.*)/s);
    const given = Buffer.from(credentials, "base64").toString();
    if (scheme.toLowerCase() !== "basic" || !isSame(given, secret)) {
      throw unauthorized(`Basic realm="${realm}", charset="UTF-8"`);
    }
    return { subject: secret.split(":")[0], scopes: [] };
  };
}

/** A key in a header; the subject is `key`. */
export function keyAuth(realm: string, header: string, secret: string): Auth {
  return (call) => {
    if (!isSame(call.header(header) ?? "", secret)) {
      throw unauthorized(`ApiKey realm="${realm}"`);
    }
    return { subject: "key", scopes: [] };
  };
}

/** The word of a caller for whom it asks: only those inside reach a port that takes it. */
export const believedIdentity: Auth = (call) => ({
  subject: call.header("x-subject") || undefined,
  scopes: (call.header("x-scopes") ?? "").split(" ").filter((scope) => scope !== ""),
});

export function unauthorized(challenge: string): Problem {
  return new Problem(401, {
    detail: "The caller has not proved who it is.",
    headers: { "WWW-Authenticate": challenge },
  });
}

/** In the same time, however alike they are. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
