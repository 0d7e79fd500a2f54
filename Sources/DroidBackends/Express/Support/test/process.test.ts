/** What holds for the process, whatever it does. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, test } from "node:test";

import { createAdminServer, Health } from "../gen/runtime/health.js";
import { configureLogs } from "../gen/runtime/logs.js";
import { readSettings } from "../gen/settings.js";

configureLogs("error");

const health = new Health();
const server = createAdminServer(health).listen(0, "127.0.0.1");
await once(server, "listening");
after(() => {
  server.closeAllConnections();
  server.close();
});

async function statusOf(path: string): Promise<number> {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  await response.text();
  return response.status;
}

test("the probes tell how it is", async () => {
  assert.equal(await statusOf("/livez"), 200);
  assert.equal(await statusOf("/startupz"), 503);
  assert.equal(await statusOf("/readyz"), 503);
  health.isStarted = true;
  assert.equal(await statusOf("/startupz"), 200);
  assert.equal(await statusOf("/readyz"), 200);
  health.check("a store", () => Promise.reject(new Error("it is gone")));
  assert.equal(await statusOf("/readyz"), 503);
  assert.equal(await statusOf("/metrics"), 200);
  assert.equal(await statusOf("/no/such/page"), 404);
});

test("all that is wrong with the settings is said at once", () => {
  assert.throws(
    () => readSettings({ ADMIN_PORT: "seventy", LOG_LEVEL: "loud" }),
    /ADMIN_PORT.*LOG_LEVEL/s,
  );
});
