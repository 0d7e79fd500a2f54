"""A job: it starts as a service does, runs once, and ends with what came of it."""

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Coroutine
from typing import Any

import uvicorn

from .context import current, new_context
from .health import Health

logger = logging.getLogger(__name__)

BEGIN = time.monotonic()


class Stopped(Exception):
    """The end was asked for before the work was done."""


async def once(work: Coroutine[Any, Any, None], health: Health, grace: float) -> None:
    """Do the work. SIGTERM and SIGINT cancel it: it has this long to leave things in order."""
    current.set(new_context())
    health.start()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    task, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        stopping.cancel()
        await task
        return
    logger.info("stopping")
    health.drain()
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=grace)
    if not done:
        logger.error("the job goes on although it was asked to end %s s ago", grace)
        _tell("failed")
        os._exit(1)  # nothing else ends what does not let itself be cancelled
    raise Stopped from None if task.cancelled() else task.exception()


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run a job on the fastest event loop there is, and end with 0 if it is done, 1 if it failed."""
    factory = uvicorn.Config("", log_config=None).get_loop_factory()
    with asyncio.Runner(loop_factory=factory) as runner:
        try:
            runner.run(main)
        except Exception as error:
            if isinstance(error, Stopped) and error.__cause__ is None:
                logger.error("the job was stopped before it was done")
            else:
                logger.error("the job has failed", exc_info=True)
            _tell("failed")
            sys.exit(1)
    _tell("done")


def _tell(outcome: str) -> None:
    logger.info(outcome, extra={"duration_seconds": round(time.monotonic() - BEGIN, 6)})
