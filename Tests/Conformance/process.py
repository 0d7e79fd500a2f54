"""A process of the generated service, and what it says."""

import json
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from answers import Answer, NoAnswer, Request, ask
from toolchain import Prepared


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Process:
    """Started with settings; its ports are its own, whatever else runs on the machine."""

    def __init__(self, prepared: Prepared, settings: dict[str, str], port_names: list[str], log: Path) -> None:
        self.ports = {name: free_port() for name in ["", *port_names]}
        self.admin = free_port()
        self.log_file = log
        variables = {f"PORT_{name.upper()}" if name else "PORT": str(port) for name, port in self.ports.items()}
        environment = {
            **prepared.environment, "HOST": "127.0.0.1", "ADMIN_PORT": str(self.admin), "DRAIN_SECONDS": "0",
            # A system that asks `other` asks itself.
            "OTHER_URL": f"http://127.0.0.1:{self.ports['']}", **variables, **settings,
        }  # fmt: skip
        self.error_file = log.with_suffix(".errors")
        with log.open("wb") as output, self.error_file.open("wb") as errors:
            self.process = subprocess.Popen(
                prepared.command, cwd=prepared.folder, env={k: v for k, v in environment.items() if v is not None},
                stdout=output, stderr=errors,
            )  # fmt: skip

    def address(self, port: str) -> tuple[str, int]:
        return "127.0.0.1", self.admin if port == "admin" else self.ports[port]

    def ask_admin(self, path: str, headers: list[tuple[str, str]] | None = None) -> Answer:
        return ask(("127.0.0.1", self.admin), Request("GET", path, headers or []), timeout=5)

    def is_ready(self, seconds: float = 30) -> bool:
        """Waits until it is ready, or has ended."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            try:
                if self.ask_admin("/readyz").status == 200:
                    return True
            except NoAnswer:
                pass
            time.sleep(0.05)
        return False

    def output(self) -> str:
        return self.log_file.read_text(errors="replace")

    def errors(self) -> str:
        return self.error_file.read_text(errors="replace")

    def log(self, begin: int = 0) -> list[dict[str, Any]]:
        """The lines from a place on; each of them must be an object of JSON."""
        lines = self.log_file.read_bytes()[begin:].decode("utf-8", "replace").splitlines()
        objects = []
        for line in lines:
            try:
                found = json.loads(line)
            except ValueError:
                found = None
            objects.append(found if isinstance(found, dict) else {"no JSON": line})
        return objects

    def log_size(self) -> int:
        return self.log_file.stat().st_size

    def signal(self, name: str) -> None:
        self.process.send_signal(getattr(signal, f"SIG{name}"))

    def wait(self, seconds: float = 30) -> int | None:
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def stop(self) -> None:
        """At once: what it kept must be safe whatever happens, and how it ends by itself has cases of its own."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
