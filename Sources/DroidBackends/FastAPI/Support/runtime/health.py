"""The admin port: is it alive, has it started, may it have traffic, and what does it measure."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import uvicorn
from prometheus_client import REGISTRY
from prometheus_client.exposition import choose_encoder
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .server import Server, listen

logger = logging.getLogger(__name__)

CHECK_SECONDS = 1.0


class Health:
    """What the probes are told."""

    def __init__(self) -> None:
        self.started = False
        self.draining = False
        self._checks: dict[str, Callable[[], Awaitable[object]]] = {}

    def start(self) -> None:
        """Ask for traffic: who comes is listened to."""
        self.started = True

    def drain(self) -> None:
        """Ask for no more traffic: the end has begun."""
        self.draining = True

    def check(self, name: str, check: Callable[[], Awaitable[object]]) -> None:
        """Be ready only while `check` returns in time; it raises when something is missing."""
        self._checks[name] = check

    async def missing(self) -> list[str]:
        """What keeps this process from being ready."""
        if not self.started:
            return ["start"]
        if self.draining:
            return ["shutdown"]
        return [name for name, check in self._checks.items() if not await _holds(name, check)]


async def _holds(name: str, check: Callable[[], Awaitable[object]]) -> bool:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check()
    except Exception as error:
        logger.warning("%s is not ready", name, extra={"reason": repr(error)})
        return False
    return True


def create_admin_app(health: Health) -> Starlette:
    """The application of the admin port."""

    def answer(missing: list[str]) -> Response:
        if missing:
            return JSONResponse({"status": "unavailable", "missing": missing}, 503)
        return JSONResponse({"status": "ok"})

    async def livez(request: Request) -> Response:
        return answer([])

    async def startupz(request: Request) -> Response:
        return answer([] if health.started else ["start"])

    async def readyz(request: Request) -> Response:
        return answer(await health.missing())

    async def metrics(request: Request) -> Response:
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(REGISTRY), headers={"content-type": content_type})

    return Starlette(
        routes=[
            Route("/livez", livez),
            Route("/startupz", startupz),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
        ]
    )


@asynccontextmanager
async def admin_port(health: Health, host: str, port: int) -> AsyncIterator[None]:
    """Serve the admin application beside the others, on the same event loop."""
    config = uvicorn.Config(
        create_admin_app(health),
        access_log=False,
        lifespan="off",
        log_config=None,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    server = Server(config)
    task = asyncio.create_task(server.serve([listen(host, port)]))
    try:
        yield
    finally:
        server.should_exit = True
        await task
