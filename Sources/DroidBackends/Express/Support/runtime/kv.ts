/** Values by keys, for a while: what several processes share, or one has for itself. */

const MOST_VALUES = 100_000;

/** Keeps bytes by keys. When it does not answer, what asks it fails as 503. */
export interface KV {
  /** The value of a key; undefined if there is none, or its time is over. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Keep a value, for so long or for good. */
  set(key: string, value: Uint8Array, seconds?: number): Promise<void>;
  /** Keep a value if the key has none: of several that try at once one is told yes. */
  add(key: string, value: Uint8Array, seconds?: number): Promise<boolean>;
  /** Forget a value; was there one? */
  delete(key: string): Promise<boolean>;
}

/** Keeps values as long as the process lives; of too many the oldest goes. */
export class MemoryKV implements KV {
  readonly #values = new Map<string, { readonly value: Uint8Array; readonly end: number }>();

  async get(key: string): Promise<Uint8Array | undefined> {
    return this.#get(key);
  }

  async set(key: string, value: Uint8Array, seconds = Infinity): Promise<void> {
    this.#set(key, value, seconds);
  }

  async add(key: string, value: Uint8Array, seconds = Infinity): Promise<boolean> {
    const isFree = this.#get(key) === undefined;
    if (isFree) {
      this.#set(key, value, seconds);
    }
    return isFree;
  }

  async delete(key: string): Promise<boolean> {
    const isThere = this.#get(key) !== undefined;
    this.#values.delete(key);
    return isThere;
  }

  #get(key: string): Uint8Array | undefined {
    const found = this.#values.get(key);
    if (found === undefined || performance.now() < found.end) {
      return found?.value;
    }
    this.#values.delete(key);
    return undefined;
  }

  #set(key: string, value: Uint8Array, seconds: number): void {
    this.#values.delete(key);
    this.#values.set(key, { value, end: performance.now() + seconds * 1000 });
    const [oldest] = this.#values.keys();
    if (this.#values.size > MOST_VALUES && oldest !== undefined) {
      this.#values.delete(oldest);
    }
  }
}
