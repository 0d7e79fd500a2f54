/** What a user of systems/models.droid writes. */

import { Unclear } from "../gen/errors.js";
import type { Answer, Text } from "../gen/models.js";
import type { ModelsService } from "../gen/service.js";

export class Models implements ModelsService {
  async load(version: string, uri: string): Promise<string> {
    return `${version} ${uri}`;
  }

  async trim(body: Text): Promise<string> {
    return body.text.trim();
  }

  async shout(_body: Text, before: string): Promise<string> {
    return before.toUpperCase();
  }

  async score(model: string, { text, limit }: { text: string; limit: number }): Promise<Answer> {
    if (text === "UNCLEAR") {
      throw new Unclear({ text });
    }
    if (text === "FAIL" || text === `FAIL ${model.slice(0, 2).toUpperCase()}`) {
      throw new TypeError("no luck");
    }
    return { text: text.slice(0, limit), model };
  }

  async about(model: string): Promise<Answer> {
    return { text: "about", model };
  }
}
