/** Callers with a signed token (JWT), and the keys that tokens are signed with. */

import {
  createLocalJWKSet,
  errors,
  jwtVerify,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
} from "jose";

import { unauthorized, type Auth } from "./access.js";
import { Problem } from "./problems.js";

const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"];
const LEEWAY_SECONDS = 30;
const KEEP_MILLISECONDS = 10 * 60 * 1000;
const PATIENCE_MILLISECONDS = 10_000;
const FETCH_MILLISECONDS = 5_000;

export interface TokenOptions {
  readonly realm: string;
  readonly issuer: string;
  readonly audience: string;
  /** Where the keys are; else the issuer tells. */
  readonly keys?: string;
}

export function tokenAuth({ realm, issuer, audience, keys }: TokenOptions): Auth {
  const source = new KeySource(issuer, keys);
  return async (call) => {
    const header = call.header("authorization");
    const token = /^bearer +(\S+)$/i.exec(header ?? "")?.[1];
    if (token === undefined) {
      const error = header === undefined ? "" : ', error="invalid_token"';
      throw unauthorized(`Bearer realm="${realm}"${error}`);
    }
    try {
      const { payload } = await jwtVerify(token, (...given) => source.key(...given), {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        clockTolerance: LEEWAY_SECONDS,
        requiredClaims: ["exp"],
      });
      return { subject: payload.sub, scopes: scopesOf(payload) };
    } catch (error) {
      if (error instanceof Problem) {
        throw error;
      }
      throw unauthorized(`Bearer realm="${realm}", error="invalid_token"`);
    }
  };
}

function scopesOf({ scope, scp }: JWTPayload): readonly string[] {
  if (typeof scope === "string") {
    return scope.split(" ").filter((each) => each !== "");
  }
  return Array.isArray(scp) ? scp.filter((each) => typeof each === "string") : [];
}

type Key = Awaited<ReturnType<JWTVerifyGetKey>>;

/** The keys of an issuer, kept for a while. */
class KeySource {
  readonly #issuer: string;
  readonly #address: string | undefined;
  #keys: JWTVerifyGetKey | undefined;
  #fetched = -Infinity;
  #asked = -Infinity;
  #fetching: Promise<void> | undefined;

  constructor(issuer: string, address: string | undefined) {
    this.#issuer = issuer;
    // Whoever runs the process may say where the keys are.
    this.#address = process.env.JWT_KEYS || address;
  }

  async key(...given: Parameters<JWTVerifyGetKey>): Promise<Key> {
    if (performance.now() - this.#fetched > KEEP_MILLISECONDS) {
      await this.#refresh();
    }
    try {
      return await this.#kept(...given);
    } catch (error) {
      const isOver = performance.now() - this.#asked > PATIENCE_MILLISECONDS;
      if (!(error instanceof errors.JWKSNoMatchingKey) || !isOver) {
        throw error;
      }
      await this.#refresh();
      return this.#kept(...given);
    }
  }

  async #kept(...given: Parameters<JWTVerifyGetKey>): Promise<Key> {
    if (this.#keys === undefined) {
      throw new Problem(503, { detail: "The keys of the issuer are not to be had." });
    }
    return this.#keys(...given);
  }

  /** One at a time, whoever asks. */
  async #refresh(): Promise<void> {
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = undefined;
    });
    await this.#fetching;
  }

  async #fetch(): Promise<void> {
    // An issuer that does not answer is asked again in a while; what is kept holds until then.
    if (this.#keys !== undefined && performance.now() - this.#asked < PATIENCE_MILLISECONDS) {
      return;
    }
    this.#asked = performance.now();
    try {
      const address = this.#address ?? (await this.#discover());
      const document = await ask(address);
      if (!isKeySet(document)) {
        throw new Error(`${address} holds no keys`);
      }
      this.#keys = createLocalJWKSet(document);
      this.#fetched = performance.now();
    } catch (error) {
      if (this.#keys === undefined) {
        throw new Problem(503, { detail: "The issuer does not answer.", cause: error });
      }
    }
  }

  async #discover(): Promise<string> {
    const address = `${this.#issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
    const document = await ask(address);
    if (typeof document === "object" && document !== null && "jwks_uri" in document) {
      return String(document.jwks_uri);
    }
    throw new Error(`${address} does not say where the keys are`);
  }
}

function isKeySet(document: unknown): document is JSONWebKeySet {
  return (
    typeof document === "object" &&
    document !== null &&
    "keys" in document &&
    Array.isArray(document.keys)
  );
}

async function ask(address: string): Promise<unknown> {
  const response = await fetch(address, { signal: AbortSignal.timeout(FETCH_MILLISECONDS) });
  if (!response.ok) {
    throw new Error(`${address} answered with ${response.status}`);
  }
  return response.json();
}
