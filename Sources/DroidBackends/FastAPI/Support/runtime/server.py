"""Serving: sockets, signals, and an end that lets the requests under way finish."""

import asyncio
import logging
import signal
import socket
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import uvicorn

logger = logging.getLogger(__name__)


class Server(uvicorn.Server):
    """A server that leaves the signals to `serve`, which stops all servers of the process at once."""

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
    apps: Sequence[tuple[Any, int]], *, host: str, grace: float, stopping: Callable[[], None]
) -> None:
    """Serve each application on its port until SIGTERM or SIGINT, then finish what is under way."""
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
                lifespan="off",
                log_config=None,
                log_level="warning",
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
        await stop.wait()
        logger.info("stopping")
        stopping()
        for server in servers:
            server.should_exit = True
    logger.info("stopped")


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run a service on the fastest event loop there is; a failure ends in one line of the log."""
    factory = uvicorn.Config("", log_config=None).get_loop_factory()
    with asyncio.Runner(loop_factory=factory) as runner:
        try:
            runner.run(main)
        except Exception:
            logger.critical("the service has failed", exc_info=True)
            sys.exit(1)
