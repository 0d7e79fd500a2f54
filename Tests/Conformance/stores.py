"""The stores and brokers that a service uses, as processes of the test's own."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from pathlib import Path

from process import free_port


class Missing(Exception):
    """A server that the tests need is not on this machine, or does not start."""


class Server:
    """A process that listens on a port, can be taken away, and comes back with what it kept."""

    def __init__(self, command: list[str], folder: Path, port: int) -> None:
        self.command, self.folder, self.port = command, folder, port
        folder.mkdir(parents=True, exist_ok=True)
        self.start()

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(self.command, cwd=self.folder, stdout=log, stderr=log)
        wait_for(self.port, self.command[0], self.process)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def wait_for(port: int, name: str, process: subprocess.Popen[bytes] | None = None) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end and (process is None or process.poll() is None):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise Missing(f"{name} does not listen; Tests/tools/install brings it")


def redis_server(bin_folder: Path, folder: Path) -> Server:
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no"]
    return Server([str(bin_folder / "redis-server"), *options], folder, port)


def nats_server(bin_folder: Path, folder: Path) -> Server:
    port = free_port()
    return Server([str(bin_folder / "nats-server"), "-js", "-sd", str(folder), "-a", "127.0.0.1", "-p", str(port)], folder, port)


class Postgres:
    """A private PostgreSQL; it does not run as root."""

    def __init__(self, folder: Path) -> None:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        initdb = found[-1] if found else Path(shutil.which("initdb") or "")
        if not initdb.name:
            raise Missing("PostgreSQL is missing; Tests/tools/install brings it")
        self.programs = initdb.resolve().parent
        self.account = pwd.getpwnam("nobody") if os.getuid() == 0 else None
        self.folder = folder
        folder.mkdir(parents=True)
        if self.account:
            os.chown(folder, self.account.pw_uid, self.account.pw_gid)
        self.run("initdb", "-D", str(folder / "data"), "-U", "app", "-A", "trust", "-E", "UTF8", "--no-sync")
        self.port = free_port()
        self.url = f"postgresql://app@127.0.0.1:{self.port}/postgres"
        self.start()

    def start(self) -> None:
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories= -c fsync=off"
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")

    def run(self, program: str, *arguments: str) -> None:
        account = self.account
        try:
            subprocess.run(
                [self.programs / program, *arguments],
                cwd="/",
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=True,
                timeout=60,
            )
        except subprocess.SubprocessError as error:
            raise Missing(f"PostgreSQL's {program} failed: {error}") from error

    def sql(self, text: str) -> str:
        """What psql prints of it, without decoration; an error is said."""
        done = subprocess.run(
            [self.programs / "psql", "-qAt", "-v", "ON_ERROR_STOP=1", "-d", self.url, "-c", text],
            capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip
        return (done.stdout + done.stderr).strip()

    def clear(self) -> None:
        self.sql("drop schema public cascade; create schema public")
