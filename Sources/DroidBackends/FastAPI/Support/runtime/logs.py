"""Logs: one JSON object a line on standard output, each with the ids of the request it is about."""

import json
import logging
import sys
from datetime import UTC, datetime

from .context import current

_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}


_encode = json.JSONEncoder(default=repr, ensure_ascii=False).encode

# What no line shows need not be found out for each: where the call stands, in which thread.
logging._srcfile = None
logging.logThreads = False
logging.logProcesses = False
logging.logMultiprocessing = False


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
        if context := current.get():
            line["trace_id"] = context.trace_id
            line["span_id"] = context.span_id
            line["request_id"] = context.request_id
        line |= {name: value for name, value in vars(record).items() if name not in _PLAIN}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return _encode(line)


def configure_logging(level: str) -> None:
    """Send every log of the process, the libraries' too, through one handler."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JSONFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = name != "uvicorn.access"  # `requests.py` tells of each request
    # It tells of each request with its whole URL, in which values stand.
    logging.getLogger("httpx2").setLevel(logging.WARNING)
