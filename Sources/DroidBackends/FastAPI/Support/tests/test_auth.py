"""Who asks, and what it may do."""

import asyncio
import base64
from types import SimpleNamespace

import pytest
from fastapi import Request
from pydantic import SecretStr

from a_service.runtime import auth
from a_service.runtime.context import Context, new_context
from a_service.runtime.operations import Guard
from a_service.runtime.problems import Refused

SETTINGS = SimpleNamespace(guest=SecretStr("ann:pass:word"), key=SecretStr("k-123"))
GUEST = base64.b64encode(b"ann:pass:word").decode()


def asked(guard: Guard, **headers: str) -> Context:
    """What is known of a caller with these headers."""
    app = SimpleNamespace(state=SimpleNamespace(process=SimpleNamespace(settings=SETTINGS)))
    told = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    context = new_context()
    asyncio.run(guard(Request({"type": "http", "headers": told, "app": app}), context))
    return context


@pytest.mark.parametrize("given", ["", "Basic ?", f"Bearer {GUEST}", "Basic YW5uOm5v"])
def test_a_name_and_a_password(given: str) -> None:
    guard = auth.BasicAuth(realm="a", setting="guest")
    assert asked(guard, authorization=f"Basic {GUEST}").subject == "ann"
    with pytest.raises(Refused) as refused:
        asked(guard, authorization=given)
    assert refused.value.status_code == 401
    assert dict(refused.value.headers or {})["WWW-Authenticate"].startswith('Basic realm="a"')


def test_a_key() -> None:
    guard = auth.KeyAuth(realm="a", header="x-key", setting="key")
    assert asked(guard, x_key="k-123").subject == "key"
    with pytest.raises(Refused, match="not proved"):
        asked(guard, x_key="k-124")


def test_who_is_told_is_believed() -> None:
    context = asked(auth.believe_identity, x_subject="ann", x_scopes="read write")
    assert (context.subject, context.scopes) == ("ann", {"read", "write"})
    assert asked(auth.believe_identity).subject is None


def test_scopes() -> None:
    async def guard(request: Request, context: Context) -> None:
        await auth.believe_identity(request, context)
        await auth.Scopes("read", realm="a")(request, context)

    asked(guard, x_scopes="read write")
    with pytest.raises(Refused, match="not allowed"):
        asked(guard, x_scopes="write")
