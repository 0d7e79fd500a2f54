/** Codecs of what is text in JSON: checked, and in its normal form. */

import {
  asText,
  form,
  refused,
  size,
  type Bounds,
  type Codec,
  type PlainDate,
  type Time,
  type UUID,
} from "./codec.js";

export interface TextRules extends Bounds<number> {
  readonly pattern?: RegExp;
}

export function text({ min = 0, max = Infinity, pattern }: TextRules = {}): Codec<string> {
  return form(
    "text",
    (text) => text,
  )<string>((value, refuse, path) => {
    if (!isText(value)) {
      return refused(refuse, "must be text of Unicode characters, without NUL", path);
    }
    const length = scalars(value);
    if (length < min || length > max) {
      return refused(refuse, size("characters", min, max), path);
    }
    return pattern === undefined || pattern.test(value)
      ? value
      : refused(refuse, `must match ${pattern.source}`, path);
  });
}

/** The number of Unicode scalars. */
function scalars(text: string): number {
  return text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
}

/** Text that every store and every language can hold. */
export function isText(text: string): boolean {
  return !/\0|\p{Surrogate}/u.test(text);
}

const UUID_FORM = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const uuid: Codec<UUID> = {
  ...form("a UUID", (text) => (UUID_FORM.test(text) ? text.toLowerCase() : undefined))<UUID>(),
  column: "uuid",
};

const DATE_FORM = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;

export const date: Codec<PlainDate> = {
  ...form("a date, as in 2026-11-23", (text) => {
    const [, year, month, day] = DATE_FORM.exec(text) ?? [];
    return instant(year, month, day) === undefined ? undefined : text;
  })<PlainDate>(),
  column: "date",
};

const TIME_FORM =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:Z|([+-])(\d{2}):(\d{2}))$/i;

export const time: Codec<Time> = {
  ...form("a time with an offset, as in 2026-11-23T10:00:00Z", utc)<Time>(),
  column: "timestamptz",
};

/** A time in UTC, with microseconds if there are some. */
function utc(text: string): string | undefined {
  const parts = TIME_FORM.exec(text);
  if (parts === null) {
    return undefined;
  }
  const [
    ,
    year,
    month,
    day,
    hour,
    minute,
    second,
    fraction = "",
    sign,
    offsetHour = "0",
    offsetMinute = "0",
  ] = parts;
  const local = instant(year, month, day, hour, minute, second);
  if (local === undefined || Number(offsetHour) > 23 || Number(offsetMinute) > 59) {
    return undefined;
  }
  const offset =
    (Number(offsetHour) * 60 + Number(offsetMinute)) * (sign === "-" ? -60_000 : 60_000);
  const written = new Date(local - offset).toISOString();
  if (!/^[0-9]{4}-/.test(written) || written.startsWith("0000")) {
    return undefined;
  }
  const microseconds = fraction.slice(0, 6).padEnd(6, "0");
  const rest = Number(microseconds) === 0 ? "" : `.${microseconds}`;
  return `${written.slice(0, 19)}${rest}Z`;
}

/** In milliseconds, if there is such a day and such a time of day. */
function instant(
  year = "",
  month = "",
  day = "",
  hour = "0",
  minute = "0",
  second = "0",
): number | undefined {
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  date.setUTCHours(Number(hour), Number(minute), Number(second));
  const isThere =
    Number(year) > 0 &&
    date.getUTCMonth() === Number(month) - 1 &&
    date.getUTCDate() === Number(day) &&
    date.getUTCHours() === Number(hour) &&
    date.getUTCMinutes() === Number(minute) &&
    date.getUTCSeconds() === Number(second);
  return isThere ? date.getTime() : undefined;
}

// RFC 3986, as far as an absolute address goes.
const CHARACTER = "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})";
const HOST = "(?:\\[[0-9A-Fa-f:.]+\\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)";
const AUTHORITY = `//(?:(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*@)?${HOST}(?::[0-9]*)?`;
const PATH = `(?:${AUTHORITY}(?:/${CHARACTER}*)*|/?(?:${CHARACTER}+(?:/${CHARACTER}*)*)?)`;
const REST = `(?:${CHARACTER}|[/?])*`;
const URL_FORM = new RegExp(`^[A-Za-z][A-Za-z0-9+.-]*:${PATH}(?:\\?${REST})?(?:#${REST})?$`);

export const url: Codec<string> = form("an absolute URL", (text) =>
  URL_FORM.test(text) ? text : undefined,
)<string>();

const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
const EMAIL_FORM = new RegExp(`^(?=[^@]{1,64}@)${ATOM}(?:\\.${ATOM})*@${LABEL}(?:\\.${LABEL})*$`);

export const email: Codec<string> = form("an e-mail address", (text) =>
  text.length <= 254 && EMAIL_FORM.test(text) ? text : undefined,
)<string>();

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export function binary({ min = 0, max = Infinity }: Bounds<number> = {}): Codec<Uint8Array> {
  return {
    decode(json, refuse, path) {
      if (typeof json !== "string" || !BASE64.test(json)) {
        return refused(refuse, "must be base64 with padding", path);
      }
      const value = Uint8Array.from(Buffer.from(json, "base64"));
      return value.length >= min && value.length <= max
        ? value
        : refused(refuse, size("bytes", min, max), path);
    },
    encode: (value) => Buffer.from(value).toString("base64"),
    lift: asText,
    column: "bytea",
  };
}

/** One of some words. */
export function oneOf<Word extends string>(...words: readonly Word[]): Codec<Word> {
  return {
    decode: (json, refuse, path) =>
      words.find((word) => word === json) ??
      refused(refuse, `must be one of ${words.join(", ")}`, path),
    encode: (value) => value,
    lift: asText,
    column: 'text collate "C"',
  };
}
