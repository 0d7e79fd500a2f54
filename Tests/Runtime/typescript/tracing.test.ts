import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";

import { Environment, StartError } from "../gen/runtime/environment.js";
import { Exporter, readTraceSettings, type TraceSettings } from "../gen/runtime/otlp.js";
import {
  configureTracing,
  masked,
  placeBelow,
  requestName,
  Span,
  traceParent,
} from "../gen/runtime/tracing.js";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

function read(variables: Readonly<Record<string, string>>): TraceSettings | undefined {
  const environment = new Environment(variables);
  const settings = readTraceSettings(environment, "orders");
  environment.check();
  return settings;
}

function need(variables: Readonly<Record<string, string>>): TraceSettings {
  const settings = read({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://a:1", ...variables });
  assert.ok(settings !== undefined);
  return settings;
}

test("a place is below the caller's, whose flag is passed on", () => {
  const place = placeBelow(`00-${TRACE}-00f067aa0ba902b7-01`);
  assert.equal(place.traceId, TRACE);
  assert.equal(place.parentId, "00f067aa0ba902b7");
  assert.equal(place.isRecorded, false);
  assert.equal(traceParent(place), `00-${TRACE}-${place.spanId}-01`);
});

test("what is no place begins a trace", () => {
  for (const none of [
    undefined,
    "",
    `00-${TRACE}-${"0".repeat(16)}-01`,
    `ff-${TRACE}-00f067aa0ba902b7-01`,
  ]) {
    const place = placeBelow(none);
    assert.notEqual(place.traceId, TRACE);
    assert.equal(place.parentId, undefined);
    assert.match(traceParent(place), /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  }
});

test("spans have no values in their names", () => {
  assert.equal(masked("/orders/{id}/lines/{line}"), "/orders/***/lines/***");
  assert.deepEqual(requestName("GET", "/a"), ["GET /a", "GET"]);
  assert.deepEqual(requestName("PROPFIND", undefined), ["HTTP", "_OTHER"]);
});

test("spans go nowhere unless it is said where", () => {
  assert.equal(read({}), undefined);
  assert.equal(read({ OTEL_EXPORTER_OTLP_ENDPOINT: "" }), undefined);
  const off = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://a:1", OTEL_SDK_DISABLED: "TRUE" };
  assert.equal(read(off), undefined);
  assert.equal(need({}).endpoint, "http://a:1/v1/traces");
  assert.equal(need({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://b/c" }).endpoint, "http://b/c");
});

test("the standard variables say the rest, and all that is wrong is said at once", () => {
  const { headers, resource, delay } = need({
    OTEL_EXPORTER_OTLP_HEADERS: "a=b%20c, d=e=f",
    OTEL_RESOURCE_ATTRIBUTES: "service.namespace=shop,service.name=other",
    OTEL_SERVICE_NAME: "mine",
    OTEL_BSP_SCHEDULE_DELAY: "7",
  });
  assert.deepEqual(headers, { a: "b c", d: "e=f" });
  assert.deepEqual(resource, { "service.name": "mine", "service.namespace": "shop" });
  assert.equal(delay, 7);
  assert.throws(
    () => need({ OTEL_TRACES_SAMPLER: "some", OTEL_BSP_SCHEDULE_DELAY: "soon" }),
    (error) =>
      error instanceof StartError &&
      /OTEL_TRACES_SAMPLER/.test(error.message) &&
      /OTEL_BSP_SCHEDULE_DELAY/.test(error.message),
  );
});

test("samplers take what they say", () => {
  const sampler = (name: string, ratio = "1") =>
    need({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: ratio }).samples;
  assert.equal(sampler("always_off")(TRACE, true), false);
  assert.equal(sampler("parentbased_always_off")(TRACE, true), true);
  assert.equal(sampler("parentbased_always_on")(TRACE, false), false);
  assert.equal(sampler("always_on")(TRACE, false), true);
  const half = sampler("traceidratio", "0.5");
  assert.equal(
    half(`${"0".repeat(24)}7fffffff`.padStart(32, "f").slice(0, 19) + "7".repeat(13), undefined),
    true,
  );
  assert.equal(half("f".repeat(32), undefined), false);
});

test("a collector gets batches; what it does not take is lost, and told of", async () => {
  const bodies: string[] = [];
  let status = 200;
  const server = createServer(async (request, response) => {
    bodies.push((await request.toArray()).join(""));
    response.writeHead(status).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const lost: unknown[] = [];
  const settings = need({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}/`,
    OTEL_BSP_MAX_QUEUE_SIZE: "3",
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "10",
  });
  const exporter = new Exporter(settings, (reason) => lost.push(reason));
  configureTracing(exporter);
  for (let number = 0; number < 5; number += 1) {
    const span = new Span("server", placeBelow(`00-${TRACE}-00f067aa0ba902b7-01`));
    span.end(() => ({ name: `GET ${number}`, attributes: { a: 1, b: undefined }, error: "500" }));
  }
  await exporter.finish();
  assert.equal(bodies.length, 1);
  const [resource] = JSON.parse(bodies[0] ?? "").resourceSpans;
  const { spans } = resource.scopeSpans[0];
  assert.deepEqual(resource.resource.attributes, [
    { key: "service.name", value: { stringValue: "orders" } },
  ]);
  assert.equal(spans.length, 3); // the others found no room
  assert.deepEqual(spans[0].attributes, [
    { key: "a", value: { intValue: 1 } },
    { key: "error.type", value: { stringValue: "500" } },
  ]);
  assert.deepEqual(
    [spans[0].traceId, spans[0].parentSpanId, spans[0].kind, spans[0].status],
    [TRACE, "00f067aa0ba902b7", 2, { code: 2 }],
  );
  status = 503;
  Span.below("client", placeBelow(undefined)).end(() => ({
    name: "GET",
    attributes: {},
    error: undefined,
  }));
  await exporter.finish();
  assert.deepEqual(lost, ["it answered with 503"]);
  configureTracing(undefined);
  server.closeAllConnections();
  server.close();
});
