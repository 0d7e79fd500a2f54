/** Stands in for those that a service asks: it answers what a test says. */

import { once } from "node:events";
import { createServer } from "node:http";

import { writeJSON, type JSONValue } from "../gen/runtime/json.js";
import { configureLogs } from "../gen/runtime/logs.js";

configureLogs("error");

export interface StandIn {
  readonly url: string;
  /** The last question: `GET /items/1`, with its path decoded. */
  asked: string;
  /** With undefined there is nothing to tell. */
  answer: JSONValue | undefined;
  status: number;
  close(): void;
}

/** One that listens on a port of its own. */
export async function openStandIn(): Promise<StandIn> {
  const server = createServer((request, response) => {
    const [path = ""] = (request.url ?? "").split("?");
    standIn.asked = `${request.method} ${decodeURIComponent(path)}`;
    request.resume();
    if (standIn.answer === undefined) {
      response.writeHead(204).end();
    } else {
      response.writeHead(standIn.status, { "Content-Type": "application/json" });
      response.end(writeJSON(standIn.answer));
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const standIn: StandIn = {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    asked: "",
    answer: undefined,
    status: 200,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return standIn;
}
