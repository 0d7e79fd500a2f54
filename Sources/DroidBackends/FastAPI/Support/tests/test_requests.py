"""What comes as bytes: heads that are too long, and what is no HTTP."""

import asyncio
import json
import os
import signal

import pytest
from conftest import Stub, settings

from a_service.__main__ import main
from a_service.runtime.server import run


async def send(port: int, content: bytes) -> bytes:
    """All that comes back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(content)
    try:
        answer = await reader.read()
    except ConnectionResetError:
        answer = b""
    writer.close()
    return answer


def listening(said: str) -> list[int]:
    """The ports that a log tells of."""
    words = "listening on port "
    messages = [json.loads(line)["message"] for line in said.splitlines()]
    return [int(each.removeprefix(words)) for each in messages if each.startswith(words)]


def test_what_is_sent(capsys: pytest.CaptureFixture[str]) -> None:
    answers: list[bytes] = []

    async def exercise() -> None:
        process = asyncio.create_task(main(settings(host="127.0.0.1"), Stub))
        said, ports = "", []
        while not ports and not process.done():
            await asyncio.sleep(0.01)
            said += capsys.readouterr().out
            ports = listening(said)
        end = b"connection: close\r\n\r\n"
        for content in (
            b"GET /no/such/path HTTP/1.1\r\nhost: a\r\nx-request-id: mine\r\n" + end,
            b"GET /%ff HTTP/1.1\r\nhost: a\r\nx-deadline: 5000\r\n" + end,
            b"GET / HTTP/1.1\r\nhost: a\r\nx: " + b"a" * 17_000 + b"\r\n" + end,
            b"GET / HTTP/1.1\r\nhost: a\r\nx: " + b"a" * 70_000,
            b"no HTTP\r\n\r\n",
        ):
            answers.append(await send(ports[0], content))
        os.kill(os.getpid(), signal.SIGTERM)
        await process

    run(exercise())
    missing, escaped, long, endless, none = answers
    assert b" 404 " in missing and b"x-request-id: mine\r\n" in missing
    assert b" 400 " in escaped
    assert b" 431 " in long
    assert not endless or b" 431 " in endless
    assert b" 400 " in none and b"application/problem+json" in none
