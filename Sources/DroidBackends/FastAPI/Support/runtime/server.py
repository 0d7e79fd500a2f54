"""Serving: sockets, signals, and an end that lets the requests under way finish."""

import asyncio
import json
import logging
import signal
import socket
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

logger = logging.getLogger(__name__)

LARGEST_HEAD = 16 * 1024


class Protocol(HttpToolsProtocol):
    """HTTP with an end to how long a head may be, and with problems for what is no HTTP."""

    _head = 0
    _is_in_head = False

    def data_received(self, data: bytes) -> None:
        """Read on, but not without end."""
        super().data_received(data)
        if self._is_in_head:
            self._head += len(data)
            if self._head > LARGEST_HEAD:
                self.transport.close()

    def on_message_begin(self) -> None:
        """A head begins."""
        self._head = 0
        self._is_in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is read: what is raised here ends the connection with the answer below."""
        self._is_in_head = False
        self._head = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if self._head > LARGEST_HEAD:
            raise ValueError("the head of a request is too long")
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no request that we read, and end the connection."""
        too_long = (431, "Request Header Fields Too Large")
        status, title = too_long if self._head > LARGEST_HEAD else (400, "Bad Request")
        body = json.dumps({"type": "about:blank", "title": title, "status": status})
        head = [
            f"HTTP/1.1 {status} {title}",
            "content-type: application/problem+json",
            f"content-length: {len(body)}",
            "connection: close",
        ]
        self.transport.write("\r\n".join([*head, "", body]).encode())
        self.transport.close()


class Server(uvicorn.Server):
    """A server that leaves the signals to `serve`, which stops all servers of the process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def listen(host: str, port: int) -> socket.socket:
    """A socket on a port, or the end of the process with a sentence that says why."""
    try:
        return socket.create_server((host, port), backlog=2048)
    except OSError as error:
        raise SystemExit(f"cannot listen on {host}:{port}: {error.strerror}") from error


async def serve(
    apps: Sequence[tuple[Any, int]],
    *,
    host: str,
    drain: float,
    grace: float,
    started: Callable[[], None],
    stopping: Callable[[], None],
) -> None:
    """Serve each application on its port until SIGTERM or SIGINT, then finish what is under way.

    For `drain` seconds more, or until a second signal, requests are taken as ever: those who send
    them learn only by and by that this process is about to end.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    sockets = [listen(host, port) for _, port in apps]
    servers = [
        Server(
            uvicorn.Config(
                app,
                access_log=False,
                http=Protocol,
                lifespan="off",
                log_config=None,
                log_level="warning",
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=max(1, int(grace)),
            )
        )
        for app, _ in apps
    ]
    async with asyncio.TaskGroup() as tasks:
        for server, listener in zip(servers, sockets, strict=True):
            tasks.create_task(server.serve([listener]))
            logger.info("listening on port %s", listener.getsockname()[1])
        started()
        await stop.wait()
        logger.info("stopping")
        stopping()
        stop.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), drain)
        for server in servers:
            server.should_exit = True


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run a service on the fastest event loop there is; a failure ends in one line of the log."""
    factory = uvicorn.Config("", log_config=None).get_loop_factory()
    with asyncio.Runner(loop_factory=factory) as runner:
        try:
            runner.run(main)
        except Exception:
            logger.critical("the service has failed", exc_info=True)
            sys.exit(1)
    logger.info("stopped")
