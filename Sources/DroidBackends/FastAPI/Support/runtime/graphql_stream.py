"""GraphQL over SSE: what a subscription gives, as events of a stream."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from graphql import ExecutionResult, GraphQLError

SILENCE_SECONDS = 15.0


async def stream(
    results: AsyncGenerator[ExecutionResult] | ExecutionResult, stopping: asyncio.Event
) -> AsyncIterator[str]:
    """Each result as an event, until there are no more, or the process stops."""
    if isinstance(results, ExecutionResult):
        yield _event(results)
        yield "event: complete\ndata: \n\n"
        return
    stop = asyncio.create_task(stopping.wait())
    following: asyncio.Task[ExecutionResult] | None = None
    try:
        while not stopping.is_set():
            following = following or asyncio.create_task(_following(results))
            await asyncio.wait(
                {following, stop}, timeout=SILENCE_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            if following.done():
                yield _event(following.result())
                following = None
            elif not stop.done():
                yield ":\n\n"
    except StopAsyncIteration:
        pass
    except GraphQLError as error:
        yield _event(ExecutionResult(errors=[error]))
    finally:
        stop.cancel()
        if following:
            following.cancel()
            await asyncio.wait({following})
        await results.aclose()
    yield "event: complete\ndata: \n\n"


async def _following(results: AsyncGenerator[ExecutionResult]) -> ExecutionResult:
    return await anext(results)


def _event(result: ExecutionResult) -> str:
    content: Any = result.formatted
    if content.get("data", 0) is None:
        del content["data"]
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return f"event: next\ndata: {text}\n\n"
