"""What is known of the work that is under way: whose it is, and how long it may take."""

import asyncio
import re
import secrets
from contextvars import ContextVar
from dataclasses import dataclass, field

_TRACEPARENT = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})"
)


@dataclass(slots=True)
class Context:
    """One request that is answered, or one event that is handled."""

    trace_id: str
    span_id: str
    parent_id: str | None = None
    # Whether spans are sent: as the caller said, or as we do.
    flags: str = "00"
    request_id: str = ""
    # By the clock of the event loop.
    deadline: float | None = None
    subject: str | None = None
    scopes: frozenset[str] = frozenset()
    authorization: str | None = None
    # Of the answer, once it has begun; and what it has besides its own.
    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)

    @property
    def traceparent(self) -> str:
        """Who we are, for those that we ask (W3C Trace Context)."""
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"

    def remaining(self) -> float | None:
        """The seconds that are left; None where there is no end."""
        if self.deadline is None:
            return None
        return self.deadline - asyncio.get_running_loop().time()


current: ContextVar[Context | None] = ContextVar("current", default=None)


def new_context(traceparent: str = "", request_id: str = "") -> Context:
    """The context of work that begins here, or goes on with what a caller began."""
    names = secrets.token_hex(40)
    request_id = request_id or names[48:]
    if parent := _TRACEPARENT.fullmatch(traceparent[:55]):
        return Context(parent[1], names[:16], parent[2], parent[3], request_id)
    return Context(names[16:48], names[:16], request_id=request_id)
