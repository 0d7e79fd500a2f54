/** Sending requests of others on, as the connection says. */

import { request as openPlain, type IncomingMessage, type RequestOptions } from "node:http";
import { request as openSecure } from "node:https";
import { pipeline } from "node:stream/promises";
import { urlToHttpOptions } from "node:url";

import { tooLarge } from "./call.js";
import type { Begun, Sending } from "./caller.js";
import { Client } from "./client.js";
import { CallError } from "./resilience.js";

/** What is between two neighbours (RFC 9110, 7.6.1), and what a server has seen to already. */
const HOP_BY_HOP = new Set([
  "connection",
  "expect",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** What a caller from outside cannot say for us. */
const OURS = [
  "host",
  "traceparent",
  "x-deadline",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-request-id",
  "x-scopes",
  "x-subject",
];

const REPEATABLE = ["DELETE", "GET", "HEAD", "PUT"];

/** A request that is passed on. */
export interface Passing {
  readonly request: IncomingMessage;
  /** Path and query there. */
  readonly target: string;
  /** In bytes. */
  readonly largestBody: number;
  /** Fires when nobody waits for the answer any more. */
  readonly gone: AbortSignal;
}

/** Asks one other service, for itself and for others. */
export class GatewayClient extends Client {
  /** The answer to a request, as it comes: its head; who gets it reads the rest. */
  async forward(passing: Passing): Promise<IncomingMessage> {
    const { request, gone } = passing;
    const { method = "GET" } = request;
    const mayRepeat = REPEATABLE.includes(method) && !hasBody(request);
    const call = await this.begin();
    const signal = AbortSignal.any([call.signal, gone]);
    let answer: IncomingMessage | undefined;
    try {
      await this.repeat(call, mayRepeat, (attempt) =>
        this.attempt(signal, { operation: "", method, attempt }, async (sending) => {
          answer?.destroy();
          answer = undefined;
          answer = await this.#send(passing, call, sending);
          const { statusCode: answered = 0, headers } = answer;
          sending.status = answered;
          if (answered >= 400) {
            const retryAfter = headers["retry-after"] ?? null;
            const detail = `${this.options.peer} answered with ${answered}.`;
            throw new CallError("status", detail, { answered, retryAfter });
          }
        }),
      );
    } catch (error) {
      // Its last answer is the answer, whatever it is.
      if (answer === undefined) {
        call.finish();
        throw error;
      }
    }
    if (answer === undefined) {
      throw new TypeError("a try has ended without an answer");
    }
    call.answered();
    answer.once("close", () => call.finish());
    return answer;
  }

  async #send(
    { request, target, largestBody }: Passing,
    { end }: Begun,
    sending: Sending,
  ): Promise<IncomingMessage> {
    const address = new URL(this.url);
    const options: RequestOptions = {
      ...urlToHttpOptions(address),
      method: request.method,
      path: address.pathname.replace(/\/$/, "") + target,
      headers: headersFor(request, this.identity(end, sending)),
      signal: sending.signal,
    };
    return new Promise<IncomingMessage>((resolve, reject) => {
      const open = address.protocol === "https:" ? openSecure : openPlain;
      const outgoing = open(options, resolve).on("error", reject);
      if (hasBody(request)) {
        pipeline(upTo(largestBody, request), outgoing).catch(reject);
      } else {
        outgoing.end();
      }
    });
  }
}

/** The headers that go beyond this neighbour. */
export function passedOn({ headersDistinct: headers }: IncomingMessage): Map<string, string[]> {
  const listed = (headers.connection ?? []).flatMap((each) => each.toLowerCase().split(","));
  const ending = new Set([...HOP_BY_HOP, ...listed.map((name) => name.trim())]);
  const passed = new Map<string, string[]>();
  for (const [name, values] of Object.entries(headers)) {
    if (values !== undefined && !ending.has(name)) {
      passed.set(name, values);
    }
  }
  return passed;
}

/** Those of a request, with what we know instead of what it says of itself. */
function headersFor(
  request: IncomingMessage,
  identity: readonly [string, string][],
): Record<string, string | string[]> {
  const passed = passedOn(request);
  const seen = request.headersDistinct["x-forwarded-for"] ?? [];
  for (const name of OURS) {
    passed.delete(name);
  }
  return {
    ...Object.fromEntries(passed),
    ...("content-length" in request.headers || !hasBody(request)
      ? {}
      : { "transfer-encoding": "chunked" }),
    "x-forwarded-for": [...seen, request.socket.remoteAddress ?? ""].join(", "),
    "x-forwarded-host": request.headers.host ?? "",
    "x-forwarded-proto": "http",
    ...Object.fromEntries(identity.map(([name, value]) => [name.toLowerCase(), value])),
  };
}

function hasBody({ headers }: IncomingMessage): boolean {
  return (headers["content-length"] ?? "0") !== "0" || "transfer-encoding" in headers;
}

/** The body as it comes, up to its end or ours. */
async function* upTo(most: number, request: IncomingMessage): AsyncGenerator<Buffer> {
  let size = 0;
  // The connection outlives what is read of it: the answer goes there.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > most) {
      throw tooLarge(most);
    }
    yield bytes;
  }
}
