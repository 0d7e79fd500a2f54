/** What every application has, whatever its operations. */

import { pipeline } from "node:stream/promises";

import express, {
  type Express,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from "express";

import { admit } from "./access.js";
import { createCall } from "./call.js";
import { createContext, requests } from "./context.js";
import { createLogger } from "./logs.js";
import type { RequestMetrics } from "./metrics.js";
import type { Answer, Operation } from "./operation.js";
import { Problem, problemOf } from "./problems.js";
import { masked, requestName, Span } from "./tracing.js";

const logger = createLogger("requests");

/** How long an operation may take, in seconds, where nothing is said. */
const USUAL_TIMEOUT = 30;

export const SECURITY_HEADERS = {
  "X-Content-Type-Options": "nosniff",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "no-store",
};

export interface ApplicationOptions {
  /** The bytes of its OpenAPI document, if it has REST. */
  readonly contract?: Buffer;
  readonly operations: readonly Operation[];
  readonly metrics: RequestMetrics;
  /** In bytes. */
  readonly largestBody: number;
  /** What answers where no operation does. */
  readonly others?: readonly RequestHandler[];
  /** Browsers come back by TLS only. */
  readonly isPublic?: boolean;
}

/** An application that answers these operations, and problems to everything else. */
export function createApplication(options: ApplicationOptions): Express {
  const application = express();
  application.disable("x-powered-by");
  application.disable("etag");
  application.enable("case sensitive routing");
  application.enable("strict routing");
  application.use(begin(options.isPublic === true));
  const { contract } = options;
  if (contract !== undefined) {
    const tell: RequestHandler = (_, response) => {
      response.setHeader("Content-Type", "application/json");
      response.end(contract);
    };
    mount(application, "/openapi.json", [["get", tell]]);
  }
  for (const [path, operations] of byPath(options.operations)) {
    const origins = operations.flatMap((operation) => operation.origins ?? []);
    mount(
      application,
      path,
      operations.map((operation) => [operation.method, handler(operation, options)]),
      origins,
    );
  }
  for (const other of options.others ?? []) {
    application.use(other);
  }
  application.use(() => {
    throw new Problem(404, { detail: "There is nothing at this path." });
  });
  application.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    fail(response, error instanceof URIError ? new Problem(404, { cause: error }) : error);
  });
  return application;
}

/** The operations of each path. */
function byPath(operations: readonly Operation[]): Map<string, Operation[]> {
  const paths = new Map<string, Operation[]>();
  for (const operation of operations) {
    paths.set(operation.path, [...(paths.get(operation.path) ?? []), operation]);
  }
  return paths;
}

type Handlers = readonly (readonly [Operation["method"], RequestHandler])[];

/** Answer these methods at a path, and say to all others which they are. */
function mount(
  application: Express,
  path: string,
  handlers: Handlers,
  origins: readonly string[] = [],
): void {
  const allowed = handlers.map(([method]) => method.toUpperCase()).sort();
  const refuse: RequestHandler = () => {
    throw new Problem(405, { headers: { Allow: allowed.join(", ") } });
  };
  const route = application.route(path.replaceAll(/\{([^}]*)\}/g, ':"$1"'));
  if (origins.length > 0) {
    route.all(shared(origins, allowed));
  }
  if (!allowed.includes("HEAD")) {
    route.head(refuse); // else Express would answer it as GET
  }
  for (const [method, handler] of handlers) {
    route[method](handler);
  }
  route.all(refuse);
}

/** Let pages of these origins ask, and tell their browsers so before they do. */
export function shared(origins: readonly string[], allowed: readonly string[]): RequestHandler {
  return (request, response, next) => {
    const origin = request.get("origin");
    if (origin === undefined || !origins.includes(origin)) {
      next();
      return;
    }
    response.set({ "Access-Control-Allow-Origin": origin, Vary: "Origin" });
    if (request.method !== "OPTIONS" || !request.get("access-control-request-method")) {
      next();
      return;
    }
    const asked = request.get("access-control-request-headers");
    response.set({
      "Access-Control-Allow-Methods": allowed.join(", "),
      "Access-Control-Max-Age": "600",
      ...(asked && { "Access-Control-Allow-Headers": asked }),
    });
    response.status(204).end();
  };
}

/** Give a request its names, and tell of it when it has been answered. */
function begin(isPublic: boolean): RequestHandler {
  const headers = Object.entries({
    ...SECURITY_HEADERS,
    ...(isPublic && { "Strict-Transport-Security": "max-age=31536000" }),
  });
  return (request, response, next) => {
    const context = createContext(request.get("x-request-id"), request.get("traceparent"));
    const begun = performance.now();
    const span = new Span("server", context);
    response.setHeader("X-Request-Id", context.requestId);
    for (const [name, value] of headers) {
      response.setHeader(name, value);
    }
    response.on("close", () => {
      if (!response.writableFinished) {
        context.abort();
      }
      requests.run(context, () => {
        span.end(() => told(request, response));
        logger.info("answered", {
          http_request_method: request.method,
          http_route: response.locals.route,
          http_response_status_code: response.statusCode,
          duration_seconds: seconds(begun),
        });
      });
    });
    requests.run(context, next);
  };
}

/** What a span tells of a request. */
function told({ method, protocol }: Request, { statusCode, locals }: Response) {
  const route: string | undefined = locals.route;
  const [name, knownMethod] = requestName(method, route);
  return {
    name,
    attributes: {
      "http.request.method": knownMethod,
      "http.route": route,
      "url.path": route && masked(route),
      "url.scheme": protocol,
      "http.response.status_code": statusCode,
    },
    error: statusCode >= 500 ? String(statusCode) : undefined,
  };
}

function handler(
  operation: Operation,
  { metrics, largestBody }: ApplicationOptions,
): RequestHandler {
  const { cache, guard, timeout } = operation;
  return measured(operation, metrics, async (request, response) => {
    const call = createCall(request, largestBody);
    const answer = await inTime(timeout, request, async () => {
      if (guard !== undefined) {
        await admit(call, guard);
      }
      return operation.answer(call);
    });
    if (cache !== undefined && answer.status < 300) {
      response.set("Cache-Control", cache);
    }
    send(response, answer);
    if (answer.stream !== undefined) {
      await sendAll(response, answer.stream);
    }
  });
}

/** The same handler, whose requests are counted and timed. */
export function measured(
  { port, name, path }: Pick<Operation, "port" | "name" | "path">,
  metrics: RequestMetrics,
  handle: (request: Request, response: Response) => Promise<void>,
): RequestHandler {
  const active = metrics.active.labels(port, name);
  return (request, response) => {
    const begun = performance.now();
    response.locals.route = path;
    active.inc();
    response.on("close", () => {
      active.dec();
      const labels = {
        port,
        operation: name,
        http_request_method: request.method,
        http_route: path,
        http_response_status_code: response.statusCode,
      };
      metrics.duration.observe(labels, seconds(begun));
    });
    return handle(request, response);
  };
}

/** What `work` gives, unless it takes longer than it may (in seconds), or its caller allows. */
export function inTime<Value>(
  timeout = USUAL_TIMEOUT,
  request: Request,
  work: () => Promise<Value>,
): Promise<Value> {
  const own = timeout * 1000;
  const left = request.get("x-deadline") ?? "";
  const limit = /^[0-9]{1,15}$/.test(left) ? Math.min(own, Number(left)) : own;
  const context = requests.getStore();
  if (context !== undefined) {
    context.deadline = performance.now() + limit;
  }
  // Without `Promise.race` and `finally`: their promises cost more than what many operations do.
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Problem(504, { detail: "It took too long." }));
      context?.abort();
    }, limit);
    work().then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

function send(response: Response, { status, headers = {}, body, stream }: Answer): void {
  response.statusCode = status;
  // Not Express's `set`, which would add a charset.
  if (body !== undefined) {
    response.setHeader("Content-Type", "application/json");
  }
  for (const [name, value] of requests.getStore()?.headers ?? []) {
    response.setHeader(name, value);
  }
  for (const [name, value] of Object.entries(headers)) {
    response.setHeader(name, value);
  }
  if (stream === undefined) {
    response.end(body);
  }
}

/** Each part as soon as it is there. */
async function sendAll(response: Response, stream: AsyncIterable<string>): Promise<void> {
  response.flushHeaders();
  try {
    await pipeline(stream, response);
  } catch (error) {
    // Who is gone misses nothing.
    if (!response.destroyed) {
      throw error;
    }
  }
}

function fail(response: Response, error: unknown): void {
  const problem = problemOf(error);
  if (problem.status >= 500) {
    logger.error("failed", { exception: problem.cause ?? problem });
  }
  send(response, problem.toAnswer());
}

function seconds(begun: number): number {
  return Math.round((performance.now() - begun) * 1000) / 1e6;
}
