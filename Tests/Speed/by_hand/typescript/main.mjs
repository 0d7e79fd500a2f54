// What a careful engineer writes without droid: the same answers, headers, checks, measures and logs.

import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import express from "express";
import { Gauge, Histogram, register } from "prom-client";

const duration = new Histogram({
  name: "http_server_request_duration_seconds",
  help: "Duration.",
  labelNames: ["method", "route", "status"],
});
const active = new Gauge({ name: "http_server_active_requests", help: "Active." });
const orders = new Map();
const requests = new AsyncLocalStorage();

/** What is written anywhere while a request is answered has its names. */
function log(level, message, details) {
  const line = { time: new Date().toISOString(), level, message, ...requests.getStore(), ...details };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function names(request) {
  const [, traceID] = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(request.get("traceparent") ?? "") ?? [];
  const requestID = request.get("x-request-id") ?? "";
  return {
    trace_id: traceID ?? randomBytes(16).toString("hex"),
    span_id: randomBytes(8).toString("hex"),
    request_id: /^[\w.:/+=-]{1,128}$/.test(requestID) ? requestID : randomUUID(),
  };
}

function isText(value, least, most) {
  return typeof value === "string" && value.length >= least && value.length <= most;
}

function hasOnly(value, fields) {
  return typeof value === "object" && value !== null && Object.keys(value).every((each) => fields.includes(each));
}

function problems(order) {
  const found = [];
  if (!hasOnly(order, ["id", "customer", "lines", "note"])) return [{ detail: "should be an order", pointer: "#" }];
  if (!Number.isSafeInteger(order.id)) found.push({ detail: "should be a number", pointer: "#/id" });
  if (!isText(order.customer, 1, 200)) found.push({ detail: "should be a text", pointer: "#/customer" });
  if (order.note !== undefined && !isText(order.note, 0, 500)) found.push({ detail: "should be a text", pointer: "#/note" });
  if (!Array.isArray(order.lines) || order.lines.length < 1 || order.lines.length > 50)
    return [...found, { detail: "should be a list", pointer: "#/lines" }];
  for (const [index, line] of order.lines.entries()) {
    const isLine = hasOnly(line, ["sku", "quantity"]) && isText(line.sku, 1, 40) && Number.isSafeInteger(line.quantity);
    if (!isLine || line.quantity < 1 || line.quantity > 99)
      found.push({ detail: "should be a line", pointer: `#/lines/${index}` });
  }
  return found;
}

function fail(response, status, errors) {
  if (response.headersSent) return;
  response.status(status).type("application/problem+json");
  response.send(JSON.stringify({ type: "about:blank", title: String(status), status, errors }));
}

const app = express();
app.disable("x-powered-by");
app.disable("etag");
app.use((request, response, next) => {
  const begin = process.hrtime.bigint();
  active.inc();
  const context = names(request);
  const late = setTimeout(() => fail(response, 504), 30_000);
  response.set({
    "X-Request-Id": context.request_id,
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
  });
  response.on("close", () => {
    clearTimeout(late);
    const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
    active.dec();
    const route = request.route?.path ?? "";
    duration.labels(request.method, route, String(response.statusCode)).observe(seconds);
    const told = { http_request_method: request.method, http_route: route, http_response_status_code: response.statusCode };
    requests.run(context, () => log("info", "answered", { ...told, duration_seconds: seconds }));
  });
  requests.run(context, next);
});
app.use(express.json({ limit: "1mb" }));
app.get("/orders/:id", (request, response) => {
  const found = orders.get(Number(request.params.id));
  if (found === undefined) return fail(response, 404);
  response.set("ETag", found.etag).json(found.order);
});
app.post("/orders", (request, response) => {
  const errors = problems(request.body);
  if (errors.length > 0) return fail(response, 422, errors);
  if (orders.has(request.body.id)) return fail(response, 409);
  const etag = `"${randomUUID()}"`;
  orders.set(request.body.id, { order: request.body, etag });
  response.status(201).set({ ETag: etag, Location: `/orders/${request.body.id}` }).json(request.body);
});
app.use((_, response) => fail(response, 404));
app.use((error, _request, response, _next) => {
  const status = error.status ?? 500;
  if (status >= 500) log("error", "failed", { exception: error.stack });
  fail(response, status);
});
app.listen(Number(process.env.PORT), "127.0.0.1");
createServer(async (_, response) => response.end(await register.metrics())).listen(Number(process.env.ADMIN_PORT), "127.0.0.1");
