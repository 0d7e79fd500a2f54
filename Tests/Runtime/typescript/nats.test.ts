import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { test, type TestContext } from "node:test";

import { NatsClient } from "../gen/runtime/nats.js";

/** A server that greets, and lets a test say the rest. `heard` gives what the client said, up to some text. */
async function open(context: TestContext) {
  let said = "";
  const waiting: (() => void)[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    socket.write('INFO {"max_payload":1000}\r\n');
    socket.on("data", (chunk) => {
      said += chunk;
      for (const wake of waiting.splice(0)) {
        wake();
      }
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const client = new NatsClient(`nats://ann:secret@127.0.0.1:${port}`);
  context.after(() => {
    client.close();
    for (const socket of sockets) {
      socket.destroy();
    }
    server.close();
  });
  async function heard(text: string): Promise<string> {
    while (!said.includes(text)) {
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    const all = said;
    said = "";
    return all;
  }
  const greeting = await heard("PING\r\n");
  sockets.at(-1)?.write("PONG\r\n");
  await client.ready;
  return { client, heard, greeting, say: (text: string) => sockets.at(-1)?.write(text), sockets };
}

test("it says who it is", async (context) => {
  const { greeting } = await open(context);
  const said: unknown = JSON.parse(/CONNECT (.*)\r\n/.exec(greeting)?.[1] ?? "");
  assert.ok(typeof said === "object" && said !== null && "user" in said && "pass" in said);
  assert.deepEqual([said.user, said.pass], ["ann", "secret"]);
});

test("a request has its answer, in however many pieces it comes", async (context) => {
  const { client, heard, say } = await open(context);
  const answer = client.request("a.b", { data: "hé" }, 5_000);
  const said = await heard("hé\r\n");
  const [, inbox] =
    /SUB (\S+) 1\r\nPUB a\.b \1 3\r\n/.exec(said) ?? said.match(/SUB (\S+) 1/) ?? [];
  assert.ok(inbox !== undefined && said.includes(`PUB a.b ${inbox} 3\r\n`));
  const head = "NATS/1.0\r\nName: a: b\r\n\r\n";
  const whole = `HMSG ${inbox} 1 back ${head.length} ${head.length + 4}\r\n${head}a\r\nb\r\n`;
  for (const character of whole) {
    say(character);
  }
  const { data, reply, headers, status } = await answer;
  assert.deepEqual(
    [String(data), reply, headers.get("name"), status],
    ["a\r\nb", "back", "a: b", undefined],
  );
  assert.match(await heard("UNSUB"), /UNSUB 1\r\n/);
});

test("headers are of one line each", async (context) => {
  const { client, heard } = await open(context);
  client.publish("a", { data: "x", headers: { key: "b\r\nPUB evil 0\r\n" } });
  const head = "NATS/1.0\r\nkey: b PUB evil 0 \r\n\r\n";
  assert.ok(
    (await heard("\r\nx\r\n")).includes(`HPUB a ${head.length} ${head.length + 1}\r\n${head}x\r\n`),
  );
});

test("nobody listens, and the server says so", async (context) => {
  const { client, heard, say } = await open(context);
  const answer = client.request("a", { data: "" }, 5_000);
  const rejected = assert.rejects(answer, /nobody listens/);
  await heard("PUB a");
  say("HMSG x 1 16 16\r\nNATS/1.0 503\r\n\r\n\r\n");
  await rejected;
});

test("a message that is too large is not sent", async (context) => {
  const { client } = await open(context);
  assert.throws(() => client.publish("a", { data: Buffer.alloc(1001) }), /larger/);
});

test("a connection that breaks is told to who waits, and made anew", async (context) => {
  const { client, heard, say, sockets } = await open(context);
  const pinged = assert.rejects(client.ping(), /broke/);
  const asked = assert.rejects(client.request("a", { data: "" }, 60_000), /broke/);
  await heard("PUB a");
  sockets.at(-1)?.destroy();
  await Promise.all([pinged, asked]);
  await assert.rejects(client.ping(), /not connected/);
  await heard("CONNECT");
  say("PONG\r\n");
  say("PING\r\n");
  await heard("PONG");
  const ponged = client.ping();
  await heard("PING");
  say("PONG\r\n");
  await ponged;
});
