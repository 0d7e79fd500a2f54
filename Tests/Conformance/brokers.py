"""What stands on a topic, and how one puts something there: in Redis' and NATS' own words, without their libraries."""

import base64
import json
import socket
import uuid
from typing import Any


class Redis:
    """A stream is a topic, an entry an event."""

    def __init__(self, port: int) -> None:
        self.port = port

    def command(self, *parts: str) -> Any:
        with socket.create_connection(("127.0.0.1", self.port), 10) as connection:
            encoded = [part.encode() for part in parts]
            connection.sendall(b"*%d\r\n" % len(encoded) + b"".join(b"$%d\r\n%s\r\n" % (len(p), p) for p in encoded))
            return self.read(connection.makefile("rb"))

    def read(self, file: Any) -> Any:
        line = file.readline().rstrip(b"\r\n")
        kind, rest = line[:1], line[1:].decode()
        if kind == b"$":
            return None if rest == "-1" else file.read(int(rest) + 2)[:-2].decode()
        if kind == b"*":
            return None if rest == "-1" else [self.read(file) for _ in range(int(rest))]
        if kind == b"-":
            raise OSError(rest)
        return int(rest) if kind == b":" else rest

    def publish(self, topic: str, fields: dict[str, str]) -> None:
        pairs = [part for name, value in fields.items() for part in (name, value)]
        self.command("XADD", topic, "*", *pairs)

    def events(self, topic: str) -> list[dict[str, str]]:
        entries = self.command("XRANGE", topic, "-", "+")
        return [dict(zip(fields[::2], fields[1::2], strict=True)) for _, fields in entries]

    def groups(self, topic: str) -> dict[str, dict[str, Any]]:
        """Each with what has not been acknowledged."""
        found = [dict(zip(row[::2], row[1::2], strict=True)) for row in self.command("XINFO", "GROUPS", topic)]
        return {row["name"]: {"pending": row["pending"], "lag": row.get("lag")} for row in found}

    def clear(self) -> None:
        self.command("FLUSHALL")


class Nats:
    """A subject is a topic, kept in a stream of JetStream."""

    def __init__(self, port: int) -> None:
        self.port = port

    def talk(self, subject: str, payload: bytes, headers: dict[str, str] | None = None) -> bytes:
        """Ask, and wait for the one answer."""
        with socket.create_connection(("127.0.0.1", self.port), 10) as connection:
            file = connection.makefile("rb")
            file.readline()
            inbox = f"_INBOX.{uuid.uuid4().hex}"
            said = b'CONNECT {"verbose":false,"headers":true,"no_responders":true}\r\nSUB %s 1\r\n' % inbox.encode()
            if headers is None:
                said += b"PUB %s %s %d\r\n%s\r\n" % (subject.encode(), inbox.encode(), len(payload), payload)
            else:
                head = "NATS/1.0\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
                sizes = (len(head.encode()), len(head.encode()) + len(payload))
                said += b"HPUB %s %s %d %d\r\n%s%s\r\n" % (subject.encode(), inbox.encode(), *sizes, head.encode(), payload)
            connection.sendall(said)
            while line := file.readline():
                if line.startswith((b"MSG", b"HMSG")):
                    return bytes(file.read(int(line.split()[-1])))
                if line.startswith(b"-ERR"):
                    raise OSError(line.decode())
            raise OSError("NATS has ended the connection")

    def api(self, operation: str, **said: Any) -> dict[str, Any]:
        answer = json.loads(self.talk(f"$JS.API.{operation}", json.dumps(said).encode() if said else b""))
        return dict(answer)

    def stream(self, topic: str) -> str | None:
        names = self.api("STREAM.NAMES", subject=topic).get("streams") or []
        return names[0] if names else None

    def publish(self, topic: str, fields: dict[str, str]) -> None:
        fields = dict(fields)
        data = fields.pop("data")
        headers = {"Nats-Msg-Id" if name == "id" else name: value for name, value in fields.items()}
        self.talk(topic, data.encode(), headers)

    def events(self, topic: str) -> list[dict[str, str]]:
        stream = self.stream(topic)
        found: list[dict[str, str]] = []
        sequence = 1
        while stream:
            message = self.api(f"STREAM.MSG.GET.{stream}", seq=sequence, next_by_subj=topic).get("message")
            if message is None:
                break
            sequence = message["seq"] + 1
            event = {"data": base64.b64decode(message.get("data", "")).decode()}
            for line in base64.b64decode(message.get("hdrs", "")).decode().splitlines()[1:]:
                name, _, value = line.partition(":")
                if name:
                    event["id" if name.lower() == "nats-msg-id" else name.lower()] = value.strip()
            found.append(event)
        return found

    def groups(self, topic: str) -> dict[str, dict[str, Any]]:
        stream = self.stream(topic)
        consumers = self.api(f"CONSUMER.LIST.{stream}", offset=0).get("consumers", []) if stream else []
        return {each["name"]: {"pending": each["num_ack_pending"], "lag": each["num_pending"]} for each in consumers}

    def clear(self) -> None:
        for name in self.api("STREAM.NAMES", offset=0).get("streams") or []:
            self.api(f"STREAM.PURGE.{name}")
