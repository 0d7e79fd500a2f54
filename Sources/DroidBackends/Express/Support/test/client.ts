/** Asks an application as its callers do. */

import { once } from "node:events";
import type { RequestListener } from "node:http";
import { createServer } from "node:http";

import { readJSON, writeJSON, type JSONValue } from "../gen/runtime/json.js";
import { configureLogs } from "../gen/runtime/logs.js";

configureLogs("error");

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: JSONValue;
}

export interface Question {
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: JSONValue;
}

export interface Client {
  ask(method: string, path: string, question?: Question): Promise<Reply>;
  close(): void;
}

/** A client of an application that listens on a port of its own. */
export async function clientOf(application: RequestListener): Promise<Client> {
  const server = createServer(application).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    async ask(method, path, { query = {}, headers = {}, body } = {}) {
      const url = new URL(path, `http://127.0.0.1:${port}`);
      for (const [name, values] of Object.entries(query)) {
        for (const value of [values].flat()) {
          url.searchParams.append(name, value);
        }
      }
      const response = await fetch(url, {
        method,
        headers: body === undefined ? headers : { "Content-Type": "application/json", ...headers },
        ...(body === undefined ? {} : { body: writeJSON(body) }),
      });
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        body: text === "" ? null : isJSON(response) ? readJSON(text) : text,
      };
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function isJSON(response: Response): boolean {
  return response.headers.get("content-type")?.endsWith("json") === true;
}
