// What a careful engineer writes without droid: the same answers, headers, checks, measures and logs.

import { randomBytes } from "node:crypto";
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
const name = () => randomBytes(16).toString("hex");

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
  response.status(status).type("application/problem+json");
  response.send(JSON.stringify({ type: "about:blank", title: String(status), status, errors }));
}

const app = express();
app.disable("x-powered-by");
app.disable("etag");
app.use((request, response, next) => {
  const begin = process.hrtime.bigint();
  active.inc();
  const requestID = request.get("x-request-id") ?? name();
  response.set({
    "X-Request-Id": requestID,
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
  });
  response.on("finish", () => {
    const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
    active.dec();
    const route = request.route?.path ?? "";
    duration.labels(request.method, route, String(response.statusCode)).observe(seconds);
    const line = { time: new Date().toISOString(), level: "info", trace_id: name(), request_id: requestID, http_route: route };
    const told = { http_request_method: request.method, http_response_status_code: response.statusCode };
    process.stdout.write(`${JSON.stringify({ ...line, ...told, duration_seconds: seconds })}\n`);
  });
  next();
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
  const etag = `"${name()}"`;
  orders.set(request.body.id, { order: request.body, etag });
  response.status(201).set({ ETag: etag, Location: `/orders/${request.body.id}` }).json(request.body);
});
app.listen(Number(process.env.PORT), "127.0.0.1");
createServer(async (_, response) => response.end(await register.metrics())).listen(Number(process.env.ADMIN_PORT), "127.0.0.1");
