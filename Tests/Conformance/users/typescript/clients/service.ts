/** What a user of systems/clients.droid writes. */

import { SoldOut } from "../gen/errors.js";
import type { Item, Made, Who } from "../gen/models.js";
import { Problem } from "../gen/runtime/problems.js";
import type {
  BreakingItemInput,
  ClientsParts,
  ClientsService,
  DoorItemInput,
  EmptiedMaybeInput,
  HedgingItemInput,
  KeepingItemInput,
  NowhereItemInput,
  PackedItemInput,
  PlainAddInput,
  PlainCaughtInput,
  PlainDropInput,
  PlainItemInput,
  PlainItemsInput,
  PlainMaybeInput,
  PlainTextInput,
  RatedItemInput,
  RememberingItemInput,
  RetryingAddInput,
  RetryingAgainInput,
  RetryingChangeInput,
  RetryingItemInput,
  RetryingKeyedInput,
  ShortItemInput,
  StandingItemInput,
} from "../gen/service.js";

/** Asks by the client that is named, and answers what it is told. */
export class Clients implements ClientsService {
  constructor(readonly parts: ClientsParts) {}

  async plainItem(input: PlainItemInput): Promise<Item> {
    return this.parts.clients.plain.item(input);
  }

  async plainCaught(input: PlainCaughtInput): Promise<Made> {
    try {
      return { text: (await this.parts.clients.plain.item(input)).name };
    } catch (error) {
      if (error instanceof SoldOut) {
        return { text: `sold out: ${error.fields.sku}, ${error.fields.left} left` };
      }
      if (error instanceof Problem) {
        return { text: `problem ${error.status}` };
      }
      throw error;
    }
  }

  async plainMaybe(input: PlainMaybeInput): Promise<Item | undefined> {
    return this.parts.clients.plain.maybe(input);
  }

  async plainItems(input: PlainItemsInput): Promise<readonly Item[]> {
    return this.parts.clients.plain.items(input);
  }

  async plainAdd(input: PlainAddInput): Promise<Item> {
    return this.parts.clients.plain.add(input);
  }

  async plainText(input: PlainTextInput): Promise<string> {
    return this.parts.clients.plain.text(input);
  }

  async plainKept(): Promise<bigint> {
    return this.parts.clients.plain.kept();
  }

  async plainDrop(input: PlainDropInput): Promise<void> {
    await this.parts.clients.plain.drop(input);
  }

  async shortItem(input: ShortItemInput): Promise<Item> {
    return this.parts.clients.plain.item(input);
  }

  async retryingItem(input: RetryingItemInput): Promise<Item> {
    return this.parts.clients.retrying.item(input);
  }

  async retryingAdd(input: RetryingAddInput): Promise<Item> {
    return this.parts.clients.retrying.add(input);
  }

  async retryingKeyed(input: RetryingKeyedInput): Promise<Item> {
    return this.parts.clients.retrying.keyed(input);
  }

  async retryingAgain(input: RetryingAgainInput): Promise<Item> {
    return this.parts.clients.retrying.again(input);
  }

  async retryingChange(input: RetryingChangeInput): Promise<Item> {
    return this.parts.clients.retrying.change(input);
  }

  async breakingItem(input: BreakingItemInput): Promise<Item> {
    return this.parts.clients.breaking.item(input);
  }

  async packedItem(input: PackedItemInput): Promise<Item> {
    return this.parts.clients.packed.item(input);
  }

  async ratedItem(input: RatedItemInput): Promise<Item> {
    return this.parts.clients.rated.item(input);
  }

  async hedgingItem(input: HedgingItemInput): Promise<Item> {
    return this.parts.clients.hedging.item(input);
  }

  async keepingItem(input: KeepingItemInput): Promise<Item> {
    return this.parts.clients.keeping.item(input);
  }

  async emptiedMaybe(input: EmptiedMaybeInput): Promise<Item | undefined> {
    return this.parts.clients.emptied.maybe(input);
  }

  async emptiedItems(): Promise<readonly Item[]> {
    return this.parts.clients.emptied.items();
  }

  async emptiedNames(): Promise<Readonly<Record<string, bigint>>> {
    return this.parts.clients.emptied.names();
  }

  async rememberingItem(input: RememberingItemInput): Promise<Item> {
    return this.parts.clients.remembering.item(input);
  }

  async standingItem(input: StandingItemInput): Promise<Item> {
    return this.parts.clients.standingIn.item(input);
  }

  async nowhereItem(input: NowhereItemInput): Promise<Item> {
    return this.parts.clients.nowhere.item(input);
  }

  async guardedWho(): Promise<Who> {
    return this.parts.clients.guarded.who();
  }

  async partnerRate(): Promise<number> {
    return this.parts.clients.partner.rate();
  }

  async doorItem(input: DoorItemInput): Promise<Item> {
    return this.parts.clients.plain.item(input);
  }

  async doorWho(): Promise<Who> {
    return this.parts.clients.guarded.who();
  }

  async doorRate(): Promise<number> {
    return this.parts.clients.partner.rate();
  }
}
