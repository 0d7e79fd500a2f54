"""Whether the process may have traffic: only while all that it needs answers."""

import asyncio

import pytest

from a_service.runtime import health


async def well() -> None:
    """Somebody who answers."""


async def ill() -> None:
    raise ConnectionError("nobody is there")


async def slow() -> None:
    await asyncio.sleep(60)


def test_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "CHECK_SECONDS", 0.01)
    process = health.Health()
    process.check("well", well)
    process.start()
    assert asyncio.run(process.missing()) == []
    process.check("ill", ill)
    process.check("slow", slow)
    assert asyncio.run(process.missing()) == ["ill", "slow"]
