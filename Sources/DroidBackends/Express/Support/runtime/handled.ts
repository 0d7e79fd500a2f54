/** The ids of events that were handled, by who did: none is handled twice. */

import { createLogger } from "./logs.js";

const logger = createLogger("events");

const MOST_IDS = 100_000;

export interface Handled {
  has(group: string, id: string): Promise<boolean>;
  /** Remember that these were handled. */
  add(group: string, ids: readonly string[]): Promise<void>;
}

/** Remembers the last of them, as long as the process lives. */
export class MemoryHandled implements Handled {
  readonly #places = new Set<string>();

  constructor() {
    logger.warning(
      `the last ${MOST_IDS} ids of handled events are kept in memory, and lost at the end`,
    );
  }

  async has(group: string, id: string): Promise<boolean> {
    return this.#places.has(place(group, id));
  }

  async add(group: string, ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      this.#places.add(place(group, id));
    }
    for (const oldest of this.#places) {
      if (this.#places.size <= MOST_IDS) {
        return;
      }
      this.#places.delete(oldest);
    }
  }
}

function place(group: string, id: string): string {
  return JSON.stringify([group, id]);
}
