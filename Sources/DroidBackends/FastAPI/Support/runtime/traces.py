"""Traces: what is done here and by others, as spans, if there is somebody who collects them."""

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import (
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
    nullcontext,
    suppress,
)
from typing import TYPE_CHECKING, Any, Literal

from .context import Context

if TYPE_CHECKING:
    # OpenTelemetry is loaded by those that use it: without a collector it costs nothing.
    from opentelemetry.context import Context as Parent
    from opentelemetry.trace import Span as NativeSpan
    from opentelemetry.trace import Tracer

FLUSH_SECONDS = 2.0
METHODS = frozenset(
    {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}
)
_VALUE = re.compile(r"\{[^}]*\}")
_tracer: "Tracer | None" = None
_NOTHING = nullcontext[None]()

Kind = Literal["SERVER", "CLIENT", "PRODUCER", "CONSUMER"]


class Span:
    """A piece of work. What it tells of holds no value of a request or record."""

    def __init__(self, native: "NativeSpan") -> None:
        self._native = native
        self._has_failed = False
        named = native.get_span_context()
        self.trace_id = format(named.trace_id, "032x")
        self.span_id = format(named.span_id, "016x")
        self.flags = format(named.trace_flags, "02x")
        self.traceparent = f"00-{self.trace_id}-{self.span_id}-{self.flags}"

    def tell(self, name: str, value: str | int) -> None:
        """Add an attribute."""
        self._native.set_attribute(name, value)

    def fail(self, kind: str) -> None:
        """Say that the work has failed, and how; what is known first is known best."""
        if self._has_failed:
            return
        self._has_failed = True
        from opentelemetry.trace import StatusCode

        self._native.set_attribute("error.type", kind)
        self._native.set_status(StatusCode.ERROR)

    def answer(self, method: str, route: str | None, status: int) -> None:
        """Say what a request was, and what came of it."""
        if status:
            self.tell("http.response.status_code", status)
        if route:
            self._native.update_name(f"{known(method)} {route}")
            self.tell("http.route", route)
            self.tell("url.path", masked(route))
        if status >= 500 or not status:
            self.fail(str(status) if status else "cancelled")


def known(method: str) -> str:
    """A method that HTTP has; there is no end of others."""
    return method if method in METHODS else "HTTP"


def masked(route: str) -> str:
    """A path without its values."""
    return _VALUE.sub("***", route)


def span(
    kind: Kind, name: str, attributes: Mapping[str, str | int]
) -> AbstractContextManager[Span | None]:
    """A span below the one that is under way; None if nobody collects them."""
    return _NOTHING if _tracer is None else _span(_tracer, kind, name, attributes, None)


def work(
    kind: Kind, name: str, attributes: Mapping[str, str | int], context: Context
) -> AbstractContextManager[Span | None]:
    """The span of work that begins here, or that goes on with what a caller began."""
    return _NOTHING if _tracer is None else _work(_tracer, kind, name, attributes, context)


def request(method: str, scheme: str, context: Context) -> AbstractContextManager[Span | None]:
    """The span of a request that is answered."""
    if _tracer is None:
        return _NOTHING
    name = known(method)
    told = {"http.request.method": "_OTHER" if name == "HTTP" else name, "url.scheme": scheme}
    return _work(_tracer, "SERVER", name, told, context)


@contextmanager
def _work(
    tracer: "Tracer", kind: Kind, name: str, attributes: Mapping[str, str | int], context: Context
) -> Iterator[Span]:
    from opentelemetry.context import Context as Parent
    from opentelemetry.trace import (
        NonRecordingSpan,
        SpanContext,
        TraceFlags,
        set_span_in_context,
    )

    parent = Parent()
    if context.parent_id:
        flags = TraceFlags(int(context.flags, 16))
        trace_id, parent_id = int(context.trace_id, 16), int(context.parent_id, 16)
        caller = SpanContext(trace_id, parent_id, is_remote=True, trace_flags=flags)
        parent = set_span_in_context(NonRecordingSpan(caller), parent)
    with _span(tracer, kind, name, attributes, parent) as found:
        context.trace_id, context.span_id = found.trace_id, found.span_id
        context.flags = found.flags
        yield found


@contextmanager
def _span(
    tracer: "Tracer",
    kind: Kind,
    name: str,
    attributes: Mapping[str, str | int],
    parent: "Parent | None",
) -> Iterator[Span]:
    from opentelemetry.trace import SpanKind

    with tracer.start_as_current_span(
        name,
        parent,
        SpanKind[kind],
        attributes,
        # An exception's text may hold values.
        record_exception=False,
        set_status_on_exception=False,
    ) as native:
        found = Span(native)
        try:
            yield found
        except Exception as error:
            found.fail(type(error).__name__)
            raise


@asynccontextmanager
async def collected(endpoint: str | None, service: str) -> AsyncIterator[None]:
    """Send spans meanwhile, if there is somebody to send them to; at the end those that are left.

    All else is said by OpenTelemetry's own variables.
    """
    global _tracer
    if endpoint is None:
        yield
        return
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import OTELResourceDetector, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    named = Resource.create({"service.name": service}).merge(OTELResourceDetector().detect())
    provider = TracerProvider(resource=named, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)  # for spans of the user's own
    _tracer = provider.get_tracer(__name__)
    try:
        yield
    finally:
        _tracer = None
        await _flush(provider)


async def _flush(provider: Any) -> None:
    """Send what is left, but wait no longer than this for a collector that does not answer."""
    loop = asyncio.get_running_loop()
    is_sent = asyncio.Event()

    def send() -> None:
        provider.shutdown()
        with suppress(RuntimeError):  # it took longer than the loop lived
            loop.call_soon_threadsafe(is_sent.set)

    threading.Thread(target=send, daemon=True).start()
    with suppress(TimeoutError):
        await asyncio.wait_for(is_sent.wait(), FLUSH_SECONDS)
