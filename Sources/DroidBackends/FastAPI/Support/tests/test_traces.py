"""Traces: without somebody who collects them there are none, and with one all is told."""

import asyncio

import pytest
from opentelemetry.sdk.trace.export import SpanExportResult

from a_service.runtime import traces
from a_service.runtime.context import new_context

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class Collector:
    """Keeps what it is sent."""

    def __init__(self) -> None:
        self.spans: dict[str, dict[str, object]] = {}

    def __call__(self) -> "Collector":
        return self

    def export(self, spans: list[object]) -> SpanExportResult:
        for span in spans:
            self.spans[getattr(span, "name")] = dict(getattr(span, "attributes"))  # noqa: B009
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        """It keeps them."""


async def work() -> None:
    context = new_context(PARENT)
    with traces.request("GET", "http", context) as span:
        assert span is None or span.trace_id == "4bf92f3577b34da6a3ce929d0e0e4736"
        if span:
            span.answer("GET", "/orders/{id}", 200)
    with traces.request("BREW", "http", new_context()) as span:
        if span:
            span.answer("BREW", None, 0)
    with pytest.raises(ValueError), traces.span("CLIENT", "failing", {}):
        raise ValueError("a secret")
    with traces.work("CONSUMER", "process", {}, new_context()) as span:
        if span:
            span.fail("timeout")
            span.fail("later")


def test_what_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    collector = Collector()
    exporters = "opentelemetry.exporter.otlp.proto.http.trace_exporter.OTLPSpanExporter"
    monkeypatch.setattr(exporters, collector)

    async def exercise() -> None:
        async with traces.collected("http://collector", "a"):
            await work()

    asyncio.run(exercise())
    assert collector.spans["GET /orders/{id}"]["url.path"] == "/orders/***"
    assert collector.spans["HTTP"]["error.type"] == "cancelled"
    assert collector.spans["failing"]["error.type"] == "ValueError"
    assert collector.spans["process"]["error.type"] == "timeout"
    assert "a secret" not in str(collector.spans)


def test_nothing_is_told_to_nobody() -> None:
    asyncio.run(work())
