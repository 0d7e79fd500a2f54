/** What a user of systems/traces.droid writes. */

import { Unknown } from "../gen/errors.js";
import type { Person } from "../gen/models.js";
import type {
  AskInput,
  AskUnknownInput,
  NamedInput,
  TellInput,
  TracesParts,
  TracesService,
  UnknownInput,
} from "../gen/service.js";

/** Asks itself as if it were another, and tells itself what it has heard. */
export class Traces implements TracesService {
  constructor(readonly parts: TracesParts) {}

  async named({ name }: NamedInput): Promise<Person> {
    return { id: 1n, name };
  }

  async fail(): Promise<void> {
    throw new Error("a reason that Persona must not read");
  }

  async unknown({ id }: UnknownInput): Promise<void> {
    throw new Unknown({ id });
  }

  async ask({ name }: AskInput): Promise<Person> {
    return this.parts.clients.other.named({ name });
  }

  async askFail(): Promise<void> {
    await this.parts.clients.other.fail();
  }

  async askUnknown({ id }: AskUnknownInput): Promise<void> {
    await this.parts.clients.other.unknown({ id });
  }

  async tell({ person }: TellInput): Promise<void> {
    await this.parts.events.told(person);
  }

  async onHeard({ name }: Person): Promise<void> {
    if (name === "fail") {
      throw new Error("a reason that Persona must not read");
    }
    await this.parts.clients.other.named({ name });
  }
}
