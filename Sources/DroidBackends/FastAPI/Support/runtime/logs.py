"""Logs: one JSON object a line on standard output, each with the ids of the request it is about."""

import json
import logging
import sys
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime

_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}


@dataclass(frozen=True, slots=True)
class RequestIds:
    """The names of the request that is being answered."""

    trace_id: str
    span_id: str
    request_id: str


current_request: ContextVar[RequestIds | None] = ContextVar("current_request", default=None)


class JSONFormatter(logging.Formatter):
    """Writes a record, and what was given as `extra`, as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if ids := current_request.get():
            line |= {
                "trace_id": ids.trace_id,
                "span_id": ids.span_id,
                "request_id": ids.request_id,
            }
        line |= {name: value for name, value in vars(record).items() if name not in _PLAIN}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=repr, ensure_ascii=False)


def configure_logging(level: str) -> None:
    """Send every log of the process, the libraries' too, through one handler."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JSONFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = name != "uvicorn.access"  # `requests.py` tells of each request
