"""Stands in for a collector of traces: what it is sent by OTLP over HTTP, protobuf or JSON."""

import base64
import gzip
import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler
from typing import Any

from doubles import Double
from expectations import of_text
from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

KINDS = {1: "internal", 2: "server", 3: "client", 4: "producer", 5: "consumer"}
SLOW_SECONDS = 60


class Collector(Double):
    """Keeps each span as a dict: service, name, kind, trace, id, parent, attributes, error."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.mode = "well"
        self.spans: list[dict[str, Any]] = []
        self.mistakes: list[str] = []
        super().__init__()

    def reset(self) -> None:
        """Forget what came, and be well."""
        with self.lock:
            self.mode, self.spans, self.mistakes = "well", [], []

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        content = handler.rfile.read(int(handler.headers.get("Content-Length", "0")))
        if self.mode == "slow":
            time.sleep(SLOW_SECONDS)
        if self.mode == "down":
            self.send(handler, 503, {}, b"")
            return
        kind = handler.headers.get("Content-Type", "").partition(";")[0]
        try:
            if handler.headers.get("Content-Encoding") == "gzip":
                content = gzip.decompress(content)
            found = spans(kind, content)
            if (handler.command, handler.path) != ("POST", "/v1/traces"):
                raise ValueError(f"{handler.command} {handler.path}")
        except Exception as error:
            with self.lock:
                self.mistakes.append(repr(error))
            self.send(handler, 400, {}, b"")
            return
        with self.lock:
            self.spans += found
        self.send(handler, 200, {"Content-Type": kind}, b"{}" if kind.endswith("json") else b"")

    def differences(self, expected: list[dict[str, Any]]) -> list[str]:
        """What is missing of these trees of spans."""
        with self.lock:
            if self.mistakes:
                return [f"the collector cannot read what it is sent: {self.mistakes[0]}"]
            missing = [each for each in expected if not any(self.is_tree(span, each) for span in self.spans)]
            return [f"no span is {each}; there are {self.spans}" for each in missing]

    def is_tree(self, span: dict[str, Any], expected: dict[str, Any]) -> bool:
        for name in ("service", "name", "kind", "trace", "id", "parent"):
            if name in expected and of_text(span[name], expected[name]):
                return False
        attributes = span["attributes"]
        if any(of_text(attributes.get(name), value) for name, value in expected.get("attributes", {}).items()):
            return False
        if expected.get("error", False) != span["error"]:
            return False
        below = [each for each in self.spans if each["parent"] == span["id"] and each["trace"] == span["trace"]]
        return all(any(self.is_tree(each, child) for each in below) for child in expected.get("children", []))

    def matching(self, pattern: str) -> str | None:
        """What a pattern finds in all that came."""
        with self.lock:
            found = re.search(pattern, json.dumps(self.spans, ensure_ascii=False))
        return found[0] if found else None


def spans(kind: str, content: bytes) -> list[dict[str, Any]]:
    """The spans of a request. In protobuf ids are bytes; in OTLP's JSON they are hexadecimal."""
    if kind == "application/json":
        document = json.loads(content)
        name = str
    elif kind == "application/x-protobuf":
        document = MessageToDict(ExportTraceServiceRequest.FromString(content), use_integers_for_enums=True)
        name = from_base64
    else:
        raise ValueError(f"the content is {kind}")
    found = []
    for resource in document.get("resourceSpans", []):
        service = values(resource.get("resource", {})).get("service.name")
        for scope in resource.get("scopeSpans", []):
            for span in scope.get("spans", []):
                if int(span["endTimeUnixNano"]) < int(span["startTimeUnixNano"]):
                    raise ValueError("a span ends before it begins")
                parent = span.get("parentSpanId")
                found.append({
                    "service": service, "name": span["name"], "kind": KINDS.get(span.get("kind", 0), "none"),
                    "trace": name(span["traceId"]), "id": name(span["spanId"]), "parent": name(parent) if parent else None,
                    "attributes": values(span), "error": span.get("status", {}).get("code") in (2, "STATUS_CODE_ERROR"),
                    "events": [values(event) for event in span.get("events", [])], "message": span.get("status", {}).get("message", ""),
                })  # fmt: skip
    return found


def from_base64(text: str) -> str:
    return base64.b64decode(text).hex()


def values(owner: dict[str, Any]) -> dict[str, str]:
    """Attributes as texts; a number too."""
    return {each["key"]: str(next(iter(each["value"].values()), "")) for each in owner.get("attributes", [])}
