"""A job that is asked to end before it is done."""

import asyncio
import os
import signal

import pytest

from a_service.runtime import jobs
from a_service.runtime.health import Health


def end() -> None:
    """Ask this process to end."""
    asyncio.get_running_loop().call_later(0.01, os.kill, os.getpid(), signal.SIGTERM)


async def wait() -> None:
    end()
    await asyncio.sleep(60)


async def fail_at_last() -> None:
    end()
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        raise ValueError("it cannot be left like this") from None


async def stay() -> None:
    end()
    while True:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            if gone:
                raise


gone: list[int] = []


def test_it_is_cancelled() -> None:
    health = Health()
    with pytest.raises(SystemExit, match="1"):
        jobs.run(jobs.once(wait(), health, 5))
    assert asyncio.run(health.missing()) == ["shutdown"]


def test_what_it_leaves_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="1"):
        jobs.run(jobs.once(fail_at_last(), Health(), 5))


def test_what_stays_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs.os, "_exit", gone.append)
    with pytest.raises(SystemExit, match="1"):
        jobs.run(jobs.once(stay(), Health(), 0.01))
    assert gone == [1]
