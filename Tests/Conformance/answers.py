"""What is sent to a service, byte by byte as a case wants it, and what comes back."""

import http.client
import json
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO


class NoAnswer(Exception):
    """The connection ended, or said nothing in time."""


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    content: bytes
    seconds: float = 0
    method: str = "GET"

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        """The content as JSON; a service never answers a number that JSON does not have."""
        return json.loads(self.content, parse_constant=lambda name: f"no JSON: {name}")

    def __str__(self) -> str:
        text = self.text
        return f"{self.status} {text[:600]}{'…' if len(text) > 600 else ''}"


@dataclass
class Request:
    method: str
    path: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes | None = None
    chunked: bool = False

    def pieces(self, host: str) -> list[bytes]:
        """As it stands on the wire; names of headers as the case spells them."""
        lines = [f"{self.method} {self.path} HTTP/1.1"]
        names = {name.lower() for name, _ in self.headers}
        if "host" not in names:
            lines.append(f"Host: {host}")
        lines += [f"{name}: {value}" for name, value in self.headers]
        body = b"" if self.body is None else self.body
        if self.chunked:
            lines.append("Transfer-Encoding: chunked")
            parts = [body[begin : begin + 4096] for begin in range(0, len(body), 4096)]
            body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
        elif self.body is not None and "content-length" not in names:
            lines.append(f"Content-Length: {len(body)}")
        lines.append("Connection: close")
        return ["\r\n".join(lines).encode("latin-1") + b"\r\n\r\n", body]


def ask(address: tuple[str, int], request: Request, timeout: float = 20) -> Answer:
    host = f"{address[0]}:{address[1]}"
    return converse(address, request.pieces(host), request.method, timeout)[0]


def converse(
    address: tuple[str, int], pieces: Sequence[bytes | float], method: str = "GET", timeout: float = 20, answers: int = 1
) -> list[Answer]:
    """Send pieces, with pauses between them where a number stands, and read so many answers of one connection."""
    begin = time.monotonic()
    try:
        with socket.create_connection(address, timeout) as connection:
            try:
                for piece in pieces:
                    if isinstance(piece, bytes):
                        connection.sendall(piece)
                    else:
                        time.sleep(piece)
            except (BrokenPipeError, ConnectionResetError):
                pass  # it has heard enough; its answer may be there all the same
            stream = Stream(connection.makefile("rb"))
            return [read(stream, method, begin) for _ in range(answers)]
    except TimeoutError as error:
        raise NoAnswer(f"no answer within {timeout} s") from error
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(repr(error)) from error


class Stream:
    """What comes on a connection, for several answers one after the other: none of them may read ahead for itself."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def makefile(self, _: str) -> "Stream":
        return self

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    def close(self) -> None:
        pass


def read(stream: Stream, method: str, begin: float) -> Answer:
    response = http.client.HTTPResponse(stream, method=method)  # type: ignore[arg-type]
    response.begin()
    content = response.read()
    headers: dict[str, str] = {}
    for name, value in response.getheaders():
        name = name.lower()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return Answer(response.status, headers, content, time.monotonic() - begin, method)
