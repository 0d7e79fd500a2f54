"""The whole process: it starts, tells how it is, and ends when it is told to."""

import asyncio
import json
import os
import signal
import socket

import pytest
from conftest import Stub, settings

from a_service.__main__ import main
from a_service.runtime.listening import listen
from a_service.runtime.server import run


async def ask(port: int, path: str) -> str:
    """The answer to a request, as soon as there is somebody who answers with 200."""
    for _ in range(200):
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(f"GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n".encode())
            answer = (await reader.read()).decode()
            writer.close()
            if " 200 " in answer:
                return answer
        except OSError:
            pass
        await asyncio.sleep(0.05)
    raise AssertionError(f"nobody answers {path}")


def test_it_starts_and_ends(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        admin = listener.getsockname()[1]

    async def exercise() -> None:
        process = asyncio.create_task(main(settings(host="127.0.0.1", admin_port=admin), Stub))
        assert '"ok"' in await ask(admin, "/readyz")
        assert '"ok"' in await ask(admin, "/startupz")
        assert "python_info" in await ask(admin, "/metrics")
        os.kill(os.getpid(), signal.SIGTERM)
        await process

    run(exercise())
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[-1]["message"] == "stopped"


def test_a_failure_ends_it_with_1() -> None:
    async def fail() -> None:
        raise ValueError("no luck")

    with pytest.raises(SystemExit, match="1"):
        run(fail())


def test_a_port_that_is_taken_ends_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(SystemExit, match=f"cannot listen on 127.0.0.1:{port}"):
            listen("127.0.0.1", port)
