"""Preconditions: what a caller has seen, and whether it is still so (RFC 9110, 13)."""

import re
from typing import Annotated

from fastapi import Header

from .problems import Refused

# Each may come in several lines.
IfMatch = Annotated[list[str] | None, Header(alias="If-Match")]
IfNoneMatch = Annotated[list[str] | None, Header(alias="If-None-Match")]

_ETAG = re.compile(r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')


def named(if_match: list[str]) -> list[str] | None:
    """The strong ETags that `If-Match` names; None for `*`, which names any."""
    header = ",".join(if_match)
    if header.strip() == "*":
        return None
    return [etag for weak, etag in _ETAG.findall(header) if not weak]


def is_known(etag: str, if_none_match: list[str] | None) -> bool:
    """Whether the caller has it already, which a weak ETag is enough to say."""
    header = ",".join(if_none_match or [])
    return header.strip() == "*" or any(each == etag for _, each in _ETAG.findall(header))


def changed() -> Refused:
    """The answer to a write that is based on what is no longer so."""
    return Refused(412, "It has changed: `If-Match` does not name its ETag.")
