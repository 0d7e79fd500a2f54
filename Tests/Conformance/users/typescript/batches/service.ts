/** What a user of systems/batches.droid writes. */

import type { Answer, Number_ } from "../gen/models.js";
import type { BatchesService, TimesInput } from "../gen/service.js";

export class Batches implements BatchesService {
  #largest = 0;

  async load(_version: string, uri: string): Promise<bigint> {
    return uri === "double" ? 2n : 1n;
  }

  async double(model: bigint, bodies: readonly Number_[]): Promise<readonly Answer[]> {
    this.#largest = Math.max(this.#largest, bodies.length);
    if (bodies.some(({ value }) => value === 13n)) {
      throw new TypeError("no luck");
    }
    return bodies
      .filter(({ value }) => value !== 14n)
      .map(({ value }) => ({ value: value * model, of: BigInt(bodies.length) }));
  }

  async times(_model: bigint, { number, by }: TimesInput): Promise<Answer> {
    return { value: number.value * by, of: 1n };
  }

  async most(): Promise<bigint> {
    return BigInt(this.#largest);
  }
}
