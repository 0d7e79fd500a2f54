/** Traces: where work stands in one (W3C Trace Context), and the spans that tell of it. */

import { randomFillSync } from "node:crypto";

/** A span's place in its trace. */
export interface TracePlace {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  /** What those that are asked are told: the trace is recorded. */
  readonly isSampled: boolean;
  /** It is recorded here. */
  readonly isRecorded: boolean;
}

export type SpanKind = "server" | "client" | "producer" | "consumer";

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** A span that has ended; times are milliseconds since 1970. */
export interface EndedSpan extends TracePlace {
  readonly kind: SpanKind;
  readonly name: string;
  readonly begun: number;
  readonly ended: number;
  readonly attributes: Attributes;
  /** What kind of failure it was. */
  readonly error: string | undefined;
}

/** What becomes of spans. */
export interface Recorder {
  /** Is this trace recorded? `parent` is what the caller says of it. */
  samples(traceId: string, parent: boolean | undefined): boolean;
  record(span: EndedSpan): void;
}

const settings: { recorder: Recorder | undefined } = { recorder: undefined };

/** Say where spans go; they go nowhere unless it is said. */
export function configureTracing(recorder: Recorder | undefined): void {
  settings.recorder = recorder;
}

const TRACE_PARENT =
  /^(?!ff)[0-9a-f]{2}-((?!0{32})[0-9a-f]{32})-((?!0{16})[0-9a-f]{16})-([0-9a-f]{2})/;

/** A place below the caller's, or in a trace that begins here. */
export function placeBelow(traceParent: string | undefined): TracePlace {
  const [, traceId = randomName(16), parentId, flags] = TRACE_PARENT.exec(traceParent ?? "") ?? [];
  const parent = flags === undefined ? undefined : (Number.parseInt(flags, 16) & 1) === 1;
  const isRecorded = settings.recorder?.samples(traceId, parent) ?? false;
  return { traceId, spanId: spanId(), parentId, isSampled: parent ?? isRecorded, isRecorded };
}

/** Who is asking, for those that are asked. */
export function traceParent({ traceId, spanId, isSampled }: TracePlace): string {
  return `00-${traceId}-${spanId}-${isSampled ? "01" : "00"}`;
}

function spanId(): string {
  return randomName(8);
}

/** Randomness is drawn for many names at once: that is what it costs. */
const drawn = { bytes: Buffer.alloc(4096), used: 4096 };

/** So many random bytes, in hexadecimal. */
function randomName(size: number): string {
  if (drawn.used + size > drawn.bytes.length) {
    randomFillSync(drawn.bytes);
    drawn.used = 0;
  }
  drawn.used += size;
  return drawn.bytes.toString("hex", drawn.used - size, drawn.used);
}

/** Something that takes its time. */
export class Span {
  readonly place: TracePlace;
  readonly #kind: SpanKind;
  readonly #begun = Date.now();
  readonly #clock = performance.now();

  constructor(kind: SpanKind, place: TracePlace) {
    this.#kind = kind;
    this.place = place;
  }

  /** A span below the one that is under way; without one, a trace begins here. */
  static below(kind: SpanKind, parent: TracePlace | undefined): Span {
    return new Span(
      kind,
      parent === undefined
        ? placeBelow(undefined)
        : { ...parent, spanId: spanId(), parentId: parent.spanId },
    );
  }

  /** It is over; `describe` is asked only if it is recorded. */
  end(describe: () => Pick<EndedSpan, "name" | "attributes" | "error">): void {
    if (this.place.isRecorded) {
      const ended = this.#begun + performance.now() - this.#clock;
      const { traceId, spanId, parentId, isSampled, isRecorded } = this.place;
      const place = { traceId, spanId, parentId, isSampled, isRecorded };
      const times = { kind: this.#kind, begun: this.#begun, ended };
      settings.recorder?.record({ ...place, ...times, ...describe() });
    }
  }
}

/** What a failure is called: no span has its text. */
export function errorType(error: unknown): string {
  return error instanceof Error ? error.name : "Error";
}

/** An address whose values nobody reads: `/orders/{id}` is `/orders/***`. */
export function masked(template: string): string {
  return template.replaceAll(/\{[^}]*\}/g, "***");
}

const METHODS = new Set([
  "CONNECT",
  "DELETE",
  "GET",
  "HEAD",
  "OPTIONS",
  "PATCH",
  "POST",
  "PUT",
  "TRACE",
]);

/** What a span calls a request, and its method: those that HTTP does not have are all one. */
export function requestName(method: string, route: string | undefined): [string, string] {
  const isKnown = METHODS.has(method);
  const name = [isKnown ? method : "HTTP", ...(route === undefined ? [] : [route])].join(" ");
  return [name, isKnown ? method : "_OTHER"];
}
