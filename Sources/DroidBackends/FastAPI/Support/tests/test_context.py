"""What is known of work that is under way, and what of it stands in a log."""

import asyncio
import json
import logging

from a_service.runtime.context import current, new_context
from a_service.runtime.logs import JSONFormatter

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_what_a_caller_began_goes_on() -> None:
    context = new_context(PARENT, "mine")
    assert context.traceparent == f"00-4bf92f3577b34da6a3ce929d0e0e4736-{context.span_id}-01"
    assert (context.parent_id, context.request_id) == ("00f067aa0ba902b7", "mine")
    assert new_context("no trace").parent_id is None


def test_the_time_that_is_left() -> None:
    async def left(seconds: float | None) -> float | None:
        context = new_context()
        if seconds is not None:
            context.deadline = asyncio.get_running_loop().time() + seconds
        return context.remaining()

    assert asyncio.run(left(None)) is None
    assert 50 < (asyncio.run(left(60)) or 0) <= 60


def test_a_line_of_the_log() -> None:
    context = new_context(PARENT, "mine")
    token = current.set(context)
    try:
        raise ValueError("no luck")
    except ValueError as error:
        info = (ValueError, error, None)
        record = logging.LogRecord("a", logging.ERROR, "", 1, "%s", ("it failed",), info)
        record.port = "api"
        line = json.loads(JSONFormatter().format(record))
    finally:
        current.reset(token)
    assert (line["message"], line["level"], line["port"]) == ("it failed", "error", "api")
    assert (line["trace_id"], line["request_id"]) == (context.trace_id, "mine")
    assert "no luck" in line["exception"]
