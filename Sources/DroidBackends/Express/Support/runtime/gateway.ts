/** Passing requests on, as they are, to what stands behind a gateway. */

import { pipeline } from "node:stream/promises";

import type { Request, RequestHandler, Response } from "express";

import { admit, type Guard } from "./access.js";
import { inTime, measured, SECURITY_HEADERS, shared } from "./application.js";
import { createCall, tooLarge } from "./call.js";
import { requests } from "./context.js";
import { passedOn, type GatewayClient } from "./forward.js";
import { createLogger } from "./logs.js";
import type { RequestMetrics } from "./metrics.js";

const logger = createLogger("gateway");

/** Requests at or below a prefix, which go to another service. */
export interface Passage {
  readonly port: string;
  /** The name of who answers. */
  readonly name: string;
  /** Without a slash at its end. */
  readonly prefix: string;
  /** The prefix stays here. */
  readonly strips: boolean;
  readonly client: GatewayClient;
  /** How long an answer may take to begin, in seconds; 30 unless said. */
  readonly timeout?: number;
  readonly guard?: Guard;
  readonly origins?: readonly string[];
}

const METHODS = ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"];

/** Passes requests on by the first passage that fits. */
export function passOn(
  passages: readonly Passage[],
  metrics: RequestMetrics,
  largestBody: number,
): readonly RequestHandler[] {
  return passages.flatMap((passage) => {
    const { port, name, prefix, origins } = passage;
    const pass = measured({ port, name, path: `${prefix}/{path}` }, metrics, (request, response) =>
      handle(passage, request, response, largestBody),
    );
    const handlers = origins === undefined ? [pass] : [shared(origins, METHODS), pass];
    return handlers.map(
      (handler): RequestHandler =>
        (request, response, next) => {
          const [path = ""] = request.url.split("?");
          const fits = `${path}/`.startsWith(`${prefix}/`) && !leadsOut(path);
          return fits ? handler(request, response, next) : next();
        },
    );
  });
}

/** Some read dots as a way out of the prefix. */
function leadsOut(path: string): boolean {
  return path.split("/").some((part) => /^(\.|%2e){1,2}$/i.test(part));
}

async function handle(
  { name, prefix, strips, client, timeout, guard }: Passage,
  request: Request,
  response: Response,
  largestBody: number,
): Promise<void> {
  const answer = await inTime(timeout, request, async () => {
    if (guard !== undefined) {
      await admit(createCall(request, largestBody), guard);
    }
    if (Number(request.headers["content-length"] ?? 0) > largestBody) {
      throw tooLarge(largestBody);
    }
    const rest = strips ? request.url.slice(prefix.length) : request.url;
    const target = rest.startsWith("/") ? rest : `/${rest}`;
    const gone = requests.getStore()?.signal ?? new AbortController().signal;
    return client.forward({ request, target, largestBody, gone });
  });
  // What is said of our own answers is not for theirs.
  for (const name of Object.keys(SECURITY_HEADERS)) {
    response.removeHeader(name);
  }
  const own = new Set(response.getHeaderNames());
  response.status(answer.statusCode ?? 502);
  response.setHeaders(requests.getStore()?.headers ?? new Map());
  for (const [name, values] of passedOn(answer)) {
    if (!own.has(name)) {
      response.setHeader(name, values);
    }
  }
  try {
    await pipeline(answer, response);
  } catch (error) {
    // The caller does not take a part for the whole: its connection has ended, too.
    logger.warning("broke off", { peer: name, exception: error });
  }
}
