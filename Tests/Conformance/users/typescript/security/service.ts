/** What a user of systems/security.droid writes. */

import type { Who, Word } from "../gen/models.js";
import { currentRequest } from "../gen/runtime/context.js";
import type { ByIpPostInput, SecurityParts, SecurityService, WordsInput } from "../gen/service.js";

async function who(): Promise<Who> {
  const request = currentRequest();
  return { subject: request?.subject, scopes: [...(request?.scopes ?? [])].sort() };
}

async function one(): Promise<bigint> {
  return 1n;
}

/** Tells who asks. */
export class Security implements SecurityService {
  constructor(readonly parts: SecurityParts) {}

  readonly apiWho = who;
  readonly billing = who;
  readonly both = who;
  readonly open = who;
  readonly named = who;
  readonly keyed = who;
  readonly kept = one;
  readonly keptOpen = one;
  readonly foundWho = who;
  readonly insideWho = who;
  readonly scoped = who;
  readonly outsideWho = who;
  readonly byIp = one;
  readonly own = one;
  readonly free = one;
  readonly bySubject = one;
  readonly byKey = one;
  readonly refill = one;

  async words({ word }: WordsInput): Promise<Word> {
    return word;
  }

  async byIpPost({ word }: ByIpPostInput): Promise<Word> {
    return word;
  }
}
