/** Logs: one JSON object a line on standard output, with the names of the request it is about. */

import { currentRequest } from "./context.js";

const LEVELS = { debug: 10, info: 20, warning: 30, error: 40 };

export type Level = keyof typeof LEVELS;

/** What is told beside a message. */
export type Details = Readonly<Record<string, unknown>>;

export interface Logger {
  debug(message: string, details?: Details): void;
  info(message: string, details?: Details): void;
  warning(message: string, details?: Details): void;
  error(message: string, details?: Details): void;
}

const settings = { least: LEVELS.info, masked: new Set<string>() };

/** Say from which level on lines are written, and which fields are never shown. */
export function configureLogs(level: Level, masked: readonly string[] = []): void {
  settings.least = LEVELS[level];
  settings.masked = new Set(masked);
}

export function createLogger(name: string): Logger {
  const at = (level: Level) => (message: string, details?: Details) => {
    if (LEVELS[level] >= settings.least) {
      process.stdout.write(`${line(level, name, message, details)}\n`);
    }
  };
  return { debug: at("debug"), info: at("info"), warning: at("warning"), error: at("error") };
}

function line(level: Level, logger: string, message: string, details: Details = {}): string {
  const request = currentRequest();
  const ids = request && {
    trace_id: request.traceId,
    span_id: request.spanId,
    request_id: request.requestId,
  };
  const members = { time: new Date().toISOString(), level, logger, message, ...ids, ...details };
  return isPlain(details) ? JSON.stringify(members) : JSON.stringify(members, shown);
}

/** Is there nothing to mask or to spell? Then writing it is many times faster. */
function isPlain(details: Details): boolean {
  return (
    settings.masked.size === 0 &&
    Object.values(details).every((value) => typeof value !== "object" && typeof value !== "bigint")
  );
}

/** What of a value a log may show, as JSON. */
function shown(name: string, value: unknown): unknown {
  if (settings.masked.has(name) && value !== undefined && value !== null) {
    return "***";
  }
  if (typeof value === "bigint") {
    return value.toString();
  }
  if (value instanceof Error) {
    return value.cause === undefined
      ? value.stack
      : `${value.stack}\ncaused by ${shown("", value.cause)}`;
  }
  return value;
}
