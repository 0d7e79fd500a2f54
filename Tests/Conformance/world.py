"""What a case lives in: the service, its store or broker, an upstream, an issuer."""

from pathlib import Path
from typing import Any

from brokers import Nats, Redis
from collector import Collector
from doubles import Issuer, Upstream
from kafka import Kafka, KafkaServer
from process import Process, free_port
from stores import Postgres, Server, nats_server, redis_server
from toolchain import Prepared, Unprepared, environment, prepare

SECRETS = {"SECRET_DOOR_GUEST": "ann:s3cret: with a colon", "SECRET_DOOR_KEY": "k-123", "SECRET_PARTNER_TOKEN": "partner-token"}


class NotStarted(Exception):
    """The service does not become ready; the message is what it said."""


class Machine:
    """What all areas share; servers are started when one is needed."""

    def __init__(self, language: str, droid: Path, bin_folder: Path, scratch: Path, temporary: Path) -> None:
        self.language, self.droid, self.bin_folder, self.scratch, self.temporary = language, droid, bin_folder, scratch, temporary
        self.upstream, self.issuer, self.collector = Upstream(), Issuer(), Collector()
        self.nowhere = f"http://127.0.0.1:{free_port()}"
        self.servers: dict[str, Postgres | Server | KafkaServer] = {}
        self.prepared: dict[str, Prepared | Unprepared] = {}

    def prepare(self, system: str, changes: dict[str, str]) -> Prepared:
        """Each system is built once; why it cannot be is told to each area that wants it."""
        name = f"{system} {changes}"
        if name not in self.prepared:
            try:
                self.prepared[name] = prepare(self.language, system, self.droid, self.bin_folder, self.scratch, changes)
            except Unprepared as error:
                self.prepared[name] = error
        found = self.prepared[name]
        if isinstance(found, Unprepared):
            raise found
        return found

    def server(self, name: str) -> Postgres | Server | KafkaServer:
        if name not in self.servers:
            folder = self.temporary / name
            match name:
                case "postgres":
                    self.servers[name] = Postgres(folder)
                case "redis":
                    self.servers[name] = redis_server(self.bin_folder, folder)
                case "kafka":
                    self.servers[name] = KafkaServer()
                case _:
                    self.servers[name] = nats_server(self.bin_folder, folder)
        return self.servers[name]

    def stop(self) -> None:
        for server in self.servers.values():
            server.stop()


class World:
    """One service, with what it is used with: `memory`, `postgres`, `redis`, `nats` or `kafka`."""

    def __init__(self, machine: Machine, area: dict[str, Any], name: str, uses: str) -> None:
        self.machine, self.area, self.uses = machine, area, uses
        self.upstream, self.issuer, self.collector = machine.upstream, machine.issuer, machine.collector
        self.names = {"upstream": self.upstream.url, "issuer": self.issuer.url, "nowhere": machine.nowhere, "collector": machine.collector.url}
        self.names["taken"] = self.upstream.url.rpartition(":")[2]
        if area.get("database"):
            self.names["database"] = self.postgres.url
        self.general = bool(area.get("general", True))
        # The tokens' issuer and its keys stand in the droidfile, as they do in a user's.
        changes = {"http://issuer.test": self.issuer.url, "http://partner.test": self.upstream.url}
        if uses in ("nats", "kafka"):
            changes["component bus: Redis"] = f"component bus: {uses.capitalize()}"
        self.prepared = machine.prepare(area["system"], changes)
        self.log = machine.temporary / f"{name}-{uses}.log"
        self.settings: dict[str, str] = {}
        self.clear()
        # What ends by itself is started by the steps of a case.
        self.runs_on = not area.get("ends", False)
        self.process: Process | None = None
        if self.runs_on:
            self.start({}, wait=True)

    @property
    def postgres(self) -> Postgres:
        server = self.machine.server("postgres")
        assert isinstance(server, Postgres)
        return server

    def server(self) -> Postgres | Server | KafkaServer:
        return self.machine.server(self.uses)

    def broker(self) -> Redis | Nats | Kafka:
        server = self.server()
        if isinstance(server, KafkaServer):
            return Kafka(server)
        return Redis(server.port) if self.uses == "redis" else Nats(server.port)

    def clear(self) -> None:
        if self.uses == "postgres":
            self.postgres.clear()
        elif self.uses != "memory":
            self.broker().clear()

    def base_settings(self) -> dict[str, str]:
        settings = {
            **SECRETS, "UPSTREAM_URL": self.upstream.url, "GUARDED_URL": self.upstream.url, "ARCHIVE_URL": self.upstream.url,
            "PARTNER_URL": self.upstream.url, "NOWHERE_URL": self.machine.nowhere,
        }  # fmt: skip
        if self.uses == "postgres":
            settings["DATABASE_URL"] = self.postgres.url
        elif self.uses == "redis":
            settings["REDIS_URL"] = f"redis://127.0.0.1:{self.server().port}"
        elif self.uses == "nats":
            settings["NATS_URL"] = f"nats://127.0.0.1:{self.server().port}"
        elif self.uses == "kafka":
            settings["KAFKA_BROKERS"] = self.server().addresses
        if self.area.get("traced"):
            settings["OTEL_EXPORTER_OTLP_ENDPOINT"] = self.collector.url
        return settings

    def start(self, settings: dict[str, Any], *, wait: bool) -> None:
        self.settings = settings
        chosen = {**environment(self.machine.bin_folder), **self.base_settings(), **self.area.get("settings", {}), **settings}
        texts = {name: str(value) for name, value in chosen.items() if value is not None}
        self.process = Process(self.prepared, texts, self.area.get("ports", []), self.log)
        if wait and not self.process.is_ready():
            said = self.process.errors()[-3000:] + self.process.output()[-3000:]
            self.process.stop()
            raise NotStarted(said or "it said nothing")

    def restart(self, settings: dict[str, Any], *, wait: bool) -> None:
        self.stop()
        self.start(settings, wait=wait)

    def begin(self, case: dict[str, Any]) -> None:
        """A case that asks for it, or that comes after one that ended the service, begins with a fresh one."""
        self.issuer.reset()
        self.upstream.play([])
        self.collector.reset()
        if not self.runs_on:
            self.stop()
            self.clear()
        elif case.get("fresh") or self.settings or self.process.process.poll() is not None:
            self.stop()
            if case.get("fresh"):
                self.clear()
            self.start({}, wait=True)

    def stop(self) -> None:
        if self.process:
            self.process.stop()
