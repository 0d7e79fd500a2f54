/** A request as operations see it. */

import type { Request } from "express";

import { currentRequest } from "./context.js";
import { Problem } from "./problems.js";

export interface Call {
  readonly method: string;
  /** With its query, as it came. */
  readonly url: string;
  /** The parts of the path, decoded. */
  readonly path: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly query: URLSearchParams;
  /** Who asks, once that is known. */
  readonly subject: string | undefined;
  /** The address that the connection comes from. */
  readonly peer: string;
  header(name: string): string | undefined;
  /** The text of the body, read once; undefined if there is none. */
  body(): Promise<string | undefined>;
}

/** The call of a request whose body is no longer than so many bytes. */
export function createCall(request: Request, largestBody: number): Call {
  let body: Promise<string | undefined> | undefined;
  const [, query = ""] = request.url.split(/\?(.*)/s);
  return {
    method: request.method,
    url: request.originalUrl,
    path: request.params,
    query: new URLSearchParams(query),
    get subject() {
      return currentRequest()?.subject;
    },
    peer: request.socket.remoteAddress ?? "",
    header(name) {
      const value = request.headers[name.toLowerCase()];
      return typeof value === "string" ? value : value?.join(", ");
    },
    body() {
      body ??= readBody(request, largestBody);
      return body;
    },
  };
}

async function readBody(request: Request, largest: number): Promise<string | undefined> {
  const length = Number(request.headers["content-length"] ?? 0);
  if (length === 0 && request.headers["transfer-encoding"] === undefined) {
    return undefined;
  }
  if (
    !isJSON(request.headers["content-type"]) ||
    request.headers["content-encoding"] !== undefined
  ) {
    throw new Problem(415, { detail: "A body is sent as application/json." });
  }
  const chunks: Buffer[] = [];
  let size = 0;
  if (length <= largest) {
    for await (const chunk of request) {
      const bytes = Buffer.from(chunk);
      size += bytes.length;
      if (size > largest) {
        break;
      }
      chunks.push(bytes);
    }
  }
  if (length > largest || size > largest) {
    throw tooLarge(largest);
  }
  if (size === 0) {
    return undefined;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch {
    // No text is no JSON either: whoever reads it says so.
    return "";
  }
}

export function tooLarge(largest: number): Problem {
  const detail = `A body has at most ${largest} bytes.`;
  // What is still to come is not worth reading.
  return new Problem(413, { detail, headers: { Connection: "close" } });
}

function isJSON(contentType = ""): boolean {
  return contentType.split(";")[0]?.trim().toLowerCase() === "application/json";
}
