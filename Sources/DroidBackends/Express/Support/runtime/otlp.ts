/** Spans on their way to a collector: OTLP over HTTP, as JSON, in the background. */

import { setTimeout as sleep } from "node:timers/promises";

import type { Environment } from "./environment.js";
import { configureTracing, type EndedSpan, type Recorder } from "./tracing.js";

const LAST_MILLISECONDS = 2_000;
const KINDS = { server: 2, client: 3, producer: 4, consumer: 5 };

type Sampler = Recorder["samples"];

/** What the standard variables say of traces. */
export interface TraceSettings {
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of the process. */
  readonly resource: Readonly<Record<string, string>>;
  readonly samples: Sampler;
  /** How long one request may take, and how long spans wait for others, in milliseconds. */
  readonly timeout: number;
  readonly delay: number;
  readonly largestBatch: number;
  readonly longestQueue: number;
}

/** The settings of traces; undefined where they go nowhere. */
export function readTraceSettings(
  environment: Environment,
  service: string,
): TraceSettings | undefined {
  const own = endpoint(environment, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
  const base = endpoint(environment, "OTEL_EXPORTER_OTLP_ENDPOINT");
  const address = own ?? (base && `${base.replace(/\/$/, "")}/v1/traces`);
  const samples = readSampler(environment);
  const settings = {
    headers: {
      ...pairs(environment, "OTEL_EXPORTER_OTLP_HEADERS"),
      ...pairs(environment, "OTEL_EXPORTER_OTLP_TRACES_HEADERS"),
    },
    resource: readResource(environment, service),
    samples,
    timeout: environment.optionalNumber("OTEL_EXPORTER_OTLP_TIMEOUT", 10_000),
    delay: environment.optionalNumber("OTEL_BSP_SCHEDULE_DELAY", 5_000),
    largestBatch: environment.optionalNumber("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 512),
    longestQueue: environment.optionalNumber("OTEL_BSP_MAX_QUEUE_SIZE", 2_048),
  };
  const isOff = environment.optional("OTEL_SDK_DISABLED")?.toLowerCase() === "true";
  return isOff || address === undefined ? undefined : { endpoint: address, ...settings };
}

function endpoint(environment: Environment, name: string): string | undefined {
  return environment.optional(name) && environment.url(name, "http", "https");
}

function readResource(environment: Environment, service: string): Record<string, string> {
  const name = environment.optional("OTEL_SERVICE_NAME");
  return {
    "service.name": service,
    ...pairs(environment, "OTEL_RESOURCE_ATTRIBUTES"),
    ...(name === undefined ? {} : { "service.name": name }),
  };
}

/** `a=1,b=2`, with what is escaped in values. */
function pairs(environment: Environment, name: string): Record<string, string> {
  const entries = (environment.optional(name) ?? "").split(",").filter((each) => each.trim());
  try {
    return Object.fromEntries(
      entries.map((entry) => {
        const [key = "", value = ""] = entry.split(/=(.*)/s);
        return [key.trim(), decodeURIComponent(value.trim())];
      }),
    );
  } catch {
    return environment.wrong(name, "should be name=value, with commas between them", {});
  }
}

function readSampler(environment: Environment): Sampler {
  const name = environment.optional("OTEL_TRACES_SAMPLER") ?? "parentbased_always_on";
  const ratio = environment.optionalNumber("OTEL_TRACES_SAMPLER_ARG", 1);
  const roots: Readonly<Record<string, (traceId: string) => boolean>> = {
    always_on: () => true,
    always_off: () => false,
    // The same everywhere, for the random part of a trace is.
    traceidratio: (traceId) => Number.parseInt(traceId.slice(-13), 16) / 2 ** 52 < ratio,
  };
  const isParentBased = name.startsWith("parentbased_");
  const root = roots[name.replace("parentbased_", "")];
  if (root === undefined) {
    const known = Object.keys(roots).flatMap((each) => [each, `parentbased_${each}`]);
    const what = `should be one of ${known.sort().join(", ")}`;
    return environment.wrong("OTEL_TRACES_SAMPLER", what, () => false);
  }
  return (traceId, parent) => (isParentBased && parent !== undefined ? parent : root(traceId));
}

/** Sends spans in batches. What a collector does not take is lost: no request waits for it. */
export class Exporter implements Recorder {
  readonly #settings: TraceSettings;
  readonly #lost: (reason: unknown) => void;
  #queue: EndedSpan[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;

  constructor(settings: TraceSettings, lost: (reason: unknown) => void) {
    this.#settings = settings;
    this.#lost = lost;
  }

  samples(traceId: string, parent: boolean | undefined): boolean {
    return this.#settings.samples(traceId, parent);
  }

  record(span: EndedSpan): void {
    const { delay, largestBatch, longestQueue } = this.#settings;
    if (this.#queue.length >= longestQueue) {
      return;
    }
    this.#queue.push(span);
    if (this.#queue.length >= largestBatch) {
      void this.#send();
    } else {
      this.#timer ??= setTimeout(() => void this.#send(), delay).unref();
    }
  }

  /** Send what is left, but not for ever. */
  async finish(): Promise<void> {
    const done = new AbortController();
    const patience = sleep(LAST_MILLISECONDS, undefined, { signal: done.signal });
    await Promise.race([this.#send(), patience]);
    patience.catch(() => undefined);
    done.abort();
  }

  /** Send all, one batch after the other. */
  async #send(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
    await this.#sending;
  }

  async #sendAll(): Promise<void> {
    while (this.#queue.length > 0) {
      await this.#post(this.#queue.splice(0, this.#settings.largestBatch));
    }
  }

  async #post(spans: readonly EndedSpan[]): Promise<void> {
    const { endpoint, headers, resource, timeout } = this.#settings;
    try {
      const response = await fetch(endpoint, {
        method: "POST",
        headers: { ...headers, "Content-Type": "application/json" },
        body: JSON.stringify(requestOf(spans, resource)),
        signal: AbortSignal.timeout(timeout),
      });
      await response.arrayBuffer();
      if (!response.ok) {
        this.#lost(`it answered with ${response.status}`);
      }
    } catch (error) {
      this.#lost(error);
    }
  }
}

/** Send spans as these settings say, until what is given is called. */
export function startTracing(
  settings: TraceSettings | undefined,
  lost: (reason: unknown) => void,
): () => Promise<void> {
  if (settings === undefined) {
    return async () => undefined;
  }
  const exporter = new Exporter(settings, lost);
  configureTracing(exporter);
  return async () => {
    configureTracing(undefined);
    await exporter.finish();
  };
}

/** What a collector is sent (an ExportTraceServiceRequest). */
function requestOf(spans: readonly EndedSpan[], resource: TraceSettings["resource"]): unknown {
  return {
    resourceSpans: [
      {
        resource: { attributes: attributesOf(resource) },
        scopeSpans: [{ scope: { name: "droid" }, spans: spans.map(spanOf) }],
      },
    ],
  };
}

function spanOf(span: EndedSpan): unknown {
  const { traceId, spanId, parentId, kind, name, begun, ended, attributes, error } = span;
  return {
    traceId,
    spanId,
    ...(parentId === undefined ? {} : { parentSpanId: parentId }),
    name,
    kind: KINDS[kind],
    startTimeUnixNano: nanoseconds(begun),
    endTimeUnixNano: nanoseconds(ended),
    attributes: attributesOf({ ...attributes, "error.type": error }),
    ...(error === undefined ? {} : { status: { code: 2 } }),
  };
}

/** As text: a number does not hold them. */
function nanoseconds(milliseconds: number): string {
  return String(BigInt(Math.round(milliseconds * 1_000)) * 1_000n);
}

function attributesOf(attributes: EndedSpan["attributes"]): unknown[] {
  return Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined
      ? []
      : [{ key, value: typeof value === "number" ? { intValue: value } : { stringValue: value } }],
  );
}
