"""Who asks, and what it may do."""

import base64
import binascii
import secrets

from fastapi import Request

from .context import Context
from .problems import Refused


class BasicAuth:
    """A name and a password. The secret is `name:password`; the subject is the name."""

    def __init__(self, *, realm: str, setting: str) -> None:
        self._challenge = f'Basic realm="{realm}", charset="UTF-8"'
        self._setting = setting

    async def __call__(self, request: Request, context: Context) -> None:
        """Let in who knows the secret."""
        scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
        try:
            given = base64.b64decode(credentials.strip(), validate=True)
        except (binascii.Error, ValueError):
            given = b""
        secret = _secret(request, self._setting)
        if scheme.lower() != "basic" or not secrets.compare_digest(given, secret):
            raise unauthorized(self._challenge)
        context.subject = secret.partition(b":")[0].decode()


class KeyAuth:
    """A key in a header; the subject is `key`."""

    def __init__(self, *, realm: str, header: str, setting: str) -> None:
        self._challenge = f'ApiKey realm="{realm}"'
        self._header = header
        self._setting = setting

    async def __call__(self, request: Request, context: Context) -> None:
        """Let in who knows the key."""
        given = request.headers.get(self._header, "").encode()
        if not secrets.compare_digest(given, _secret(request, self._setting)):
            raise unauthorized(self._challenge)
        context.subject = "key"


class Scopes:
    """What a caller must be allowed."""

    def __init__(self, *needed: str, realm: str) -> None:
        self._needed = frozenset(needed)
        scope = " ".join(needed)
        self._challenge = f'Bearer realm="{realm}", error="insufficient_scope", scope="{scope}"'

    async def __call__(self, request: Request, context: Context) -> None:
        """Let in who is allowed all of it."""
        if not self._needed <= context.scopes:
            headers = {"WWW-Authenticate": self._challenge}
            raise Refused(403, "The caller is not allowed to do this.", headers)


async def believe_identity(request: Request, context: Context) -> None:
    """Take a caller's word for whom it calls: only those inside reach a port that does."""
    context.subject = request.headers.get("x-subject") or None
    context.scopes = frozenset(request.headers.get("x-scopes", "").split())


def unauthorized(challenge: str) -> Refused:
    """The answer to a caller that has not proved who it is."""
    return Refused(401, "The caller has not proved who it is.", {"WWW-Authenticate": challenge})


def _secret(request: Request, setting: str) -> bytes:
    value: str = getattr(request.app.state.process.settings, setting).get_secret_value()
    return value.encode()
