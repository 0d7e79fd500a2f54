/** A request as operations see it. */

import { isUtf8 } from "node:buffer";

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
  return {
    method: request.method,
    url: request.originalUrl,
    path: request.params,
    get query() {
      return new URLSearchParams(/\?(.*)/s.exec(request.url)?.[1]);
    },
    get subject() {
      return currentRequest()?.subject;
    },
    get peer() {
      return request.socket.remoteAddress ?? "";
    },
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
  const bytes = length > largest ? undefined : await readBytes(request, largest);
  if (bytes === undefined) {
    throw tooLarge(largest);
  }
  if (bytes.length === 0) {
    return undefined;
  }
  // No text is no JSON either: whoever reads it says so.
  return isUtf8(bytes) ? bytes.toString() : "";
}

/** All that comes, unless it is too much. Without an iterator, which costs more than the bytes. */
async function readBytes(request: Request, largest: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > largest) {
        request.pause();
        resolve(undefined);
      } else {
        chunks.push(chunk);
      }
    });
    request.on("end", () => resolve(Buffer.concat(chunks)));
    request.on("error", reject);
  });
}

export function tooLarge(largest: number): Problem {
  const detail = `A body has at most ${largest} bytes.`;
  // What is still to come is not worth reading.
  return new Problem(413, { detail, headers: { Connection: "close" } });
}

function isJSON(contentType = ""): boolean {
  return contentType.split(";")[0]?.trim().toLowerCase() === "application/json";
}
