"""Tokens (JWT): who issued them, for whom, and whether they still hold."""

import asyncio
import logging
import os
import time
from typing import Any

import httpx2
import jwt
from fastapi import Request

from .auth import unauthorized
from .context import Context
from .problems import Unavailable

logger = logging.getLogger(__name__)

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
LEEWAY_SECONDS = 30
KEEP_SECONDS = 600
# A token with an unknown key may be of a new one, or of somebody who makes them up.
ASK_SECONDS = 10
TIMEOUT_SECONDS = 5


class JWTAuth:
    """A token of an issuer. The subject is its `sub`, the scopes are its `scope` or `scp`."""

    def __init__(self, *, realm: str, issuer: str, audience: str, keys: str | None = None) -> None:
        self._challenge = f'Bearer realm="{realm}"'
        self._issuer = issuer
        self._audience = audience
        self._keys = _Keys(issuer, keys)

    def trust(self, *keys: jwt.PyJWK) -> None:
        """Take these for the keys of the issuer, and do not ask it for a while."""
        self._keys.keep(list(keys))

    async def __call__(self, request: Request, context: Context) -> None:
        """Let in who has a token that holds."""
        authorization = request.headers.get("authorization", "")
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise unauthorized(self._challenge)
        try:
            claims = await self._claims(token.strip())
        except (jwt.PyJWTError, TypeError, ValueError) as error:
            logger.info("a token was refused", extra={"reason": type(error).__name__})
            raise unauthorized(f'{self._challenge}, error="invalid_token"') from error
        if not isinstance(claims["exp"], int | float):
            raise unauthorized(f'{self._challenge}, error="invalid_token"')
        context.subject = claims.get("sub")
        scopes = claims.get("scope", claims.get("scp", []))
        context.scopes = frozenset(scopes.split() if isinstance(scopes, str) else scopes)
        context.authorization = authorization

    async def _claims(self, token: str) -> dict[str, Any]:
        key = await self._keys.get(jwt.get_unverified_header(token).get("kid"))
        claims: dict[str, Any] = jwt.decode(
            token,
            key.key,
            algorithms=ALGORITHMS,
            issuer=self._issuer,
            audience=self._audience,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iss", "aud"]},
        )
        return claims


class _Keys:
    """The keys of an issuer, asked for when they are needed."""

    def __init__(self, issuer: str, url: str | None) -> None:
        self._issuer = issuer
        # Whoever runs the process may say where the keys are.
        self._url = os.environ.get("JWT_KEYS") or url
        self._keys: list[jwt.PyJWK] = []
        self._asked = -float("inf")
        self._got = -float("inf")
        self._lock = asyncio.Lock()

    async def get(self, name: str | None) -> jwt.PyJWK:
        """The key of this name; the only one, if a token names none."""
        key = self._find(name)
        if key is None or time.monotonic() - self._got > KEEP_SECONDS:
            async with self._lock:
                if time.monotonic() - self._asked > ASK_SECONDS:
                    await self._ask()
            key = self._find(name)
        if key is None and not self._keys:
            raise Unavailable("The issuer of tokens does not answer.")
        if key is None:
            raise jwt.InvalidKeyError("it is not one of the issuer's keys")
        return key

    def keep(self, keys: list[jwt.PyJWK]) -> None:
        """Keep what the issuer has told."""
        self._keys = keys
        self._got = time.monotonic()

    def _find(self, name: str | None) -> jwt.PyJWK | None:
        if name is None:
            return self._keys[0] if len(self._keys) == 1 else None
        return next((key for key in self._keys if key.key_id == name), None)

    async def _ask(self) -> None:
        self._asked = time.monotonic()
        try:
            async with httpx2.AsyncClient(timeout=TIMEOUT_SECONDS) as client:
                url = self._url
                if url is None:
                    place = self._issuer.rstrip("/") + "/.well-known/openid-configuration"
                    url = str((await _json(client, place))["jwks_uri"])
                self.keep(jwt.PyJWKSet.from_dict(await _json(client, url)).keys)
        except (httpx2.HTTPError, jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
            logger.warning("the issuer gives no keys", extra={"reason": repr(error)})


async def _json(client: httpx2.AsyncClient, url: str) -> dict[str, Any]:
    answer = await client.get(url, follow_redirects=True)
    document: dict[str, Any] = answer.raise_for_status().json()
    return document
