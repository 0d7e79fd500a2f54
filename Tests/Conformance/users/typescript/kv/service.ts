/** What a user of systems/kv.droid writes. */

import type {
  ClaimInput,
  ForgetInput,
  KeepInput,
  KvParts,
  KvService,
  RateInput,
  ValueInput,
} from "../gen/service.js";

/** Keeps what it is told to. */
export class Kv implements KvService {
  constructor(readonly parts: KvParts) {}

  async value({ key }: ValueInput): Promise<string | undefined> {
    const found = await this.parts.caches.sessions.get(key);
    return found && Buffer.from(found).toString();
  }

  async keep({ key, value, milliseconds }: KeepInput): Promise<void> {
    const seconds = milliseconds === undefined ? undefined : Number(milliseconds) / 1000;
    await this.parts.caches.sessions.set(key, Buffer.from(value), seconds);
  }

  async claim({ key, value }: ClaimInput): Promise<boolean> {
    return this.parts.caches.sessions.add(key, Buffer.from(value));
  }

  async forget({ key }: ForgetInput): Promise<boolean> {
    return this.parts.caches.sessions.delete(key);
  }

  async rate({ of }: RateInput): Promise<bigint> {
    return this.parts.clients.upstream.rate({ of });
  }

  async fresh(): Promise<bigint> {
    return this.parts.clients.upstream.fresh();
  }
}
