/** How often who may ask: a bucket of tokens for each caller, filled as time goes by. */

import type { Limiter } from "./access.js";
import type { Call } from "./call.js";
import { requests } from "./context.js";
import { Problem } from "./problems.js";

const MOST_BUCKETS = 10_000;

export interface LimitOptions {
  /** Tokens a second. */
  readonly rate: number;
  readonly burst: number;
  readonly by: Limiter["by"];
  /** How many proxies before this process are trusted to say where a request comes from. */
  readonly trustedHops: number;
}

export class Limit implements Limiter {
  readonly by: Limiter["by"];
  readonly #rate: number;
  readonly #burst: number;
  readonly #hops: number;
  /** The one that was not used for longest stands first. */
  readonly #buckets = new Map<string, { readonly left: number; readonly since: number }>();

  constructor({ rate, burst, by, trustedHops }: LimitOptions) {
    this.by = by;
    this.#rate = rate;
    this.#burst = burst;
    this.#hops = trustedHops;
  }

  /** Take a token, or throw a 429; the answer tells what is left in either case. */
  take(call: Call): void {
    const context = requests.getStore();
    const caller = (this.by === "ip" ? undefined : context?.subject) ?? address(call, this.#hops);
    const now = performance.now() / 1000;
    const { left: before, since } = this.#buckets.get(caller) ?? { left: this.#burst, since: now };
    const filled = Math.min(this.#burst, before + (now - since) * this.#rate);
    const isAllowed = filled >= 1;
    const left = isAllowed ? filled - 1 : filled;
    this.#buckets.delete(caller);
    this.#buckets.set(caller, { left, since: now });
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > MOST_BUCKETS && oldest !== undefined) {
      this.#buckets.delete(oldest);
    }
    const window = Math.max(1, Math.ceil(this.#burst / this.#rate));
    const untilFull = Math.ceil((this.#burst - left) / this.#rate);
    context?.headers.set("RateLimit-Policy", `"default";q=${this.#burst};w=${window}`);
    context?.headers.set("RateLimit", `"default";r=${Math.floor(left)};t=${untilFull}`);
    if (!isAllowed) {
      const wait = Math.max(1, Math.ceil((1 - left) / this.#rate));
      throw new Problem(429, {
        detail: "The caller asks too often.",
        headers: { "Retry-After": String(wait) },
      });
    }
  }
}

/** Where a request comes from: the peer, or what the trusted proxies saw. */
function address(call: Call, hops: number): string {
  const seen = (call.header("x-forwarded-for") ?? "").split(",");
  const claimed = hops > 0 ? seen[seen.length - hops]?.trim() : undefined;
  return claimed || call.peer;
}
