/** Settings come from the environment, and are right before anything starts. */

/** What keeps a process from starting: a sentence for whoever runs it. */
export class StartError extends Error {}

/** Reads settings, and takes note of all that are wrong. */
export class Environment {
  readonly #variables: Readonly<Record<string, string | undefined>>;
  readonly #problems: string[] = [];

  constructor(variables: Readonly<Record<string, string | undefined>>) {
    this.#variables = variables;
  }

  /** Fail if something was wrong. */
  check(): void {
    if (this.#problems.length > 0) {
      throw new StartError(["the environment is not complete:", ...this.#problems].join("\n  "));
    }
  }

  text(name: string, fallback: string): string {
    const value = this.#variables[name] ?? fallback;
    return value === "" ? this.wrong(name, "should not be empty", fallback) : value;
  }

  /** 0 is any free one. */
  port(name: string, fallback: number): number {
    const value = this.number(name, fallback);
    if (Number.isInteger(value) && value >= 0 && value <= 65_535) {
      return value;
    }
    return this.wrong(name, "should be a port, 0 to 65535", fallback);
  }

  count(name: string, fallback: number): number {
    const value = this.number(name, fallback);
    return Number.isInteger(value) && value >= 1
      ? value
      : this.wrong(name, "should be 1 or more", fallback);
  }

  whole(name: string, fallback: number): number {
    const value = this.number(name, fallback);
    const isRight = Number.isInteger(value) && value >= 0;
    return isRight ? value : this.wrong(name, "should be 0 or more", fallback);
  }

  seconds(name: string, fallback: number): number {
    const value = this.number(name, fallback);
    return value >= 0 ? value : this.wrong(name, "should be a number of seconds", fallback);
  }

  number(name: string, fallback: number): number {
    const value = this.#variables[name];
    if (value === undefined) {
      return fallback;
    }
    const number = /^-?[0-9]+(\.[0-9]+)?$/.test(value) ? Number(value) : NaN;
    return Number.isNaN(number) ? this.wrong(name, "should be a number", fallback) : number;
  }

  oneOf<Word extends string, Fallback extends Word | undefined>(
    name: string,
    words: readonly Word[],
    fallback: Fallback,
  ): Word | Fallback {
    const value = this.#variables[name];
    if (value === undefined) {
      return fallback;
    }
    const word = words.find((word) => word === value);
    return word ?? this.wrong(name, `should be one of ${words.join(", ")}`, fallback);
  }

  /** A URL with one of these schemes, if it is set. */
  url(name: string, ...schemes: readonly string[]): string | undefined {
    const value = this.#variables[name];
    if (value === undefined || schemes.some((scheme) => value.startsWith(`${scheme}://`))) {
      return value;
    }
    return this.wrong(name, `should begin with ${schemes[0]}://`, undefined);
  }

  optional(name: string): string | undefined {
    return this.#variables[name] || undefined;
  }

  /** 0 or more; one that is empty is not set. */
  optionalNumber(name: string, fallback: number): number {
    const value = this.optional(name);
    const number = value === undefined ? fallback : this.number(name, fallback);
    return number >= 0 ? number : this.wrong(name, "should be 0 or more", fallback);
  }

  /** Where another service is, if need be where it usually is. */
  address(name: string, usual?: string): string {
    return this.url(name, "http", "https") ?? usual ?? this.required(name);
  }

  /** A name and a password, with a colon between them. */
  password(name: string): string {
    const value = this.required(name);
    return value === "" || value.includes(":")
      ? value
      : this.wrong(name, "should be name:password", value);
  }

  required(name: string): string {
    return this.#variables[name] || this.wrong(name, "should be set", "");
  }

  /** Take note of what is wrong with a variable; `fallback` stands in for it. */
  wrong<Value>(name: string, what: string, fallback: Value): Value {
    this.#problems.push(`${name}: ${what}`);
    return fallback;
  }
}
