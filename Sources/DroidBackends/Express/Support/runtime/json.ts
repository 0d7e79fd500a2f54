/**
 * JSON that keeps every integer exact: those beyond 2^53 are `bigint`, which the built-in JSON
 * cannot read or write.
 */

export type JSONValue = null | boolean | number | bigint | string | JSONArray | JSONObject;
export type JSONArray = readonly JSONValue[];
export interface JSONObject {
  readonly [name: string]: JSONValue;
}

/** How deep a document may nest: deeper ones are made to hurt. */
const DEEPEST = 100;

const LONG_NUMBER = /[0-9]{16}/;
const INTEGER = /^(-?[0-9]+)(\.0+)?$/;

export function isArray(value: JSONValue): value is JSONArray {
  return Array.isArray(value);
}

export function isObject(value: JSONValue | undefined): value is JSONObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Read a document; a `SyntaxError` says why it is none. */
export function readJSON(text: string): JSONValue {
  // Without a long number, the built-in reader is exact, and many times faster.
  const value: JSONValue = LONG_NUMBER.test(text) ? new Reader(text).document() : JSON.parse(text);
  check(value, DEEPEST);
  return value;
}

/** Write a value on one line. */
export function writeJSON(value: JSONValue): string {
  try {
    return JSON.stringify(value);
  } catch {
    // It holds a `bigint`, which is rare: others are many times faster without us.
    return writeExactly(value);
  }
}

function writeExactly(value: JSONValue): string {
  if (typeof value === "bigint") {
    return value.toString();
  }
  if (value === null || typeof value !== "object") {
    return JSON.stringify(value);
  }
  if (isArray(value)) {
    return `[${value.map(writeExactly).join(",")}]`;
  }
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}:${writeExactly(member)}`,
  );
  return `{${members.join(",")}}`;
}

/** The number of a text: a `bigint` where it is an integer that a `number` does not hold. */
export function readNumber(text: string): number | bigint {
  const number = Number(text);
  const digits = Number.isSafeInteger(number) ? undefined : INTEGER.exec(text)?.[1];
  return digits === undefined ? number : BigInt(digits);
}

function check(value: JSONValue, levels: number): void {
  if (typeof value === "string") {
    checkText(value);
  }
  if (value === null || typeof value !== "object") {
    return;
  }
  if (levels === 0) {
    throw new SyntaxError(`it nests deeper than ${DEEPEST} levels`);
  }
  if (isArray(value)) {
    for (const element of value) {
      check(element, levels - 1);
    }
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    checkText(name);
    check(member, levels - 1);
  }
}

/** Half of a pair of surrogates stands for no character. */
function checkText(text: string): void {
  if (/\p{Surrogate}/u.test(text)) {
    throw new SyntaxError("an escape stands for no character");
  }
}

/** The grammar of JSON, by hand. */
class Reader {
  readonly #text: string;
  #place = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): JSONValue {
    const value = this.#value();
    this.#space();
    if (this.#place < this.#text.length) {
      throw this.#error();
    }
    return value;
  }

  #value(): JSONValue {
    this.#space();
    switch (this.#text[this.#place]) {
      case "{":
        return this.#nested(() => this.#object());
      case "[":
        return this.#nested(() => this.#array());
      case '"':
        return this.#string();
      default:
        return this.#word();
    }
  }

  #nested<Value>(read: () => Value): Value {
    this.#depth += 1;
    if (this.#depth > DEEPEST) {
      throw new SyntaxError(`it nests deeper than ${DEEPEST} levels`);
    }
    const value = read();
    this.#depth -= 1;
    return value;
  }

  #object(): JSONValue {
    const members: [string, JSONValue][] = [];
    this.#elements("}", () => {
      this.#space();
      const name = this.#string();
      this.#space();
      this.#expect(":");
      members.push([name, this.#value()]);
    });
    return Object.fromEntries(members);
  }

  #array(): JSONValue {
    const elements: JSONValue[] = [];
    this.#elements("]", () => elements.push(this.#value()));
    return elements;
  }

  #elements(end: string, read: () => void): void {
    this.#place += 1;
    this.#space();
    if (this.#text[this.#place] === end) {
      this.#place += 1;
      return;
    }
    for (;;) {
      read();
      this.#space();
      if (this.#text[this.#place] === end) {
        this.#place += 1;
        return;
      }
      this.#expect(",");
    }
  }

  #string(): string {
    const value: unknown = JSON.parse(this.#match(/"(?:[^"\\]|\\.)*"/sy));
    return String(value);
  }

  #word(): JSONValue {
    const word = this.#match(
      /true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y,
    );
    switch (word) {
      case "true":
        return true;
      case "false":
        return false;
      case "null":
        return null;
      default:
        return readNumber(word);
    }
  }

  #space(): void {
    this.#match(/[ \t\n\r]*/y);
  }

  #expect(character: string): void {
    if (this.#text[this.#place] !== character) {
      throw this.#error();
    }
    this.#place += 1;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#place;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) {
      throw this.#error();
    }
    this.#place += found.length;
    return found;
  }

  #error(): SyntaxError {
    return new SyntaxError(`it is no JSON at character ${this.#place + 1}`);
  }
}
