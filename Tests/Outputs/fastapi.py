"""Checks what `droid build` wrote for Python, with the tools that its users run.

    python fastapi.py OUT BIN

OUT is the folder of a build, BIN the `bin` of a virtual environment with requirements.txt. Prints a line for each check
and ends with 1 if one failed. Nothing is written into OUT: the services are checked as copies.
"""

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

OUT = Path(sys.argv[1]).resolve()
BIN = Path(sys.argv[2]).resolve()
USERS = Path(__file__).resolve().parent / "users"
PROBLEM = "application/problem+json"
checks = 0
failures = 0


def report(name: str, problem: str | None, begin: float) -> None:
    global checks, failures
    checks += 1
    seconds = time.monotonic() - begin
    if problem is None:
        print(f"ok    {name} ({seconds:.1f} s)", flush=True)
        return
    failures += 1
    print(f"FAIL  {name} ({seconds:.1f} s)", flush=True)
    print("      " + "\n      ".join(problem.strip().splitlines()[-60:]), flush=True)


def check(name: str, tool: str, *arguments: str, folder: Path) -> None:
    """Run a tool; it is fine if it ends with 0."""
    begin = time.monotonic()
    program = BIN / tool
    if not program.exists():
        report(name, f"{program} is missing: install Tests/Outputs/requirements.txt", begin)
        return
    environment = {"PATH": f"{BIN}:/usr/bin:/bin", "HOME": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            [program, *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=600, check=False
        )
    except subprocess.TimeoutExpired:
        report(name, "it did not end within ten minutes", begin)
        return
    report(name, None if done.returncode == 0 else done.stdout + done.stderr, begin)


def check_files(service: Path, cache: Path) -> None:
    name = service.name
    check(f"{name}: ruff check", "ruff", "check", "--no-cache", ".", folder=service)
    check(f"{name}: ruff format", "ruff", "format", "--no-cache", "--diff", ".", folder=service)
    check(f"{name}: mypy --strict", "mypy", "--cache-dir", str(cache), folder=service)
    check(f"{name}: bandit", "bandit", "--quiet", "--recursive", "gen", "src", folder=service)
    check(
        f"{name}: its tests", "coverage", "run", "--source", "gen", "-m", "pytest", "-q", "-p", "no:cacheprovider",
        "-W", "error::UserWarning", folder=service,
    )  # fmt: skip
    least = "85" if speaks_to_stores(service) else "95"
    check(f"{name}: they run {least} % of its lines", "coverage", "report", "--fail-under", least, folder=service)


def speaks_to_stores(service: Path) -> bool:
    """Whether it has code for a store or broker, which its own tests have none of: Tests/Conformance runs that code."""
    modules = {path.name.partition("_")[0] for path in service.glob("gen/*/runtime/*_*.py")}
    return not modules.isdisjoint({"postgres", "redis", "nats", "kafka"})


# The running service


class Service:
    """A process of the generated service."""

    def __init__(self, folder: Path, package: str, database: str | None) -> None:
        self.port, self.admin = free_port(), free_port()
        environment = {
            "PATH": f"{BIN}:/usr/bin:/bin",
            "PYTHONPATH": "gen:src",
            "PYTHONDONTWRITEBYTECODE": "1",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "ADMIN_PORT": str(self.admin),
        }
        if database:
            environment["DATABASE_URL"] = database
        self.log = folder / "log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [BIN / "python", "-m", package], cwd=folder, env=environment, stdout=log, stderr=log
            )
        for _ in range(150):
            if self.process.poll() is not None or self.ask("GET", "/readyz", admin=True)[0] == 200:
                break
            time.sleep(0.1)

    def ask(
        self, method: str, path: str, body: object = None, *, admin: bool = False
    ) -> tuple[int, Any, dict[str, str]]:
        """An answer: status, content, headers; status 0 if there is none."""
        port = self.admin if admin else self.port
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method=method)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("content-type", "application/json")
        try:
            answer: Any = urllib.request.urlopen(request, timeout=10)
        except urllib.error.HTTPError as error:
            answer = error
        except OSError:
            return 0, None, {}
        with answer:
            text = answer.read()
            headers = {name.lower(): value for name, value in answer.headers.items()}
            content = json.loads(text) if text and "json" in headers.get("content-type", "") else text.decode()
            return answer.status, content, headers

    def stop(self) -> str | None:
        """Ask it to end; what is wrong with how it does."""
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return "SIGTERM did not end it within 30 s"
        last = json.loads(self.log.read_text().splitlines()[-1])
        if code != 0 or last["message"] != "stopped":
            return f"it ended with {code}, and said last: {last}"
        return None


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def exercise(service: Service, contract: dict[str, Any]) -> str | None:
    """Do all that a resource can do; what is wrong with the answers."""
    path, item = next(
        (path, body["post"]["requestBody"]["content"]["application/json"]["example"])
        for path, body in contract["paths"].items()
        if "get" in body and "post" in body and body["post"]["operationId"].endswith(".create")
    )
    one = next(other for other in contract["paths"] if other.startswith(path + "/{") and other.count("/") == 2)
    key = one[len(path) + 2 : -1]
    place = f"{path}/{item[key]}"
    mistakes: list[str] = []

    def expect(what: str, answer: tuple[int, Any, dict[str, str]], status: int, content: object = None) -> None:
        if answer[0] != status:
            mistakes.append(f"{what}: {answer[0]} {answer[1]}, and not {status}")
        if status >= 400 and answer[2].get("content-type") != PROBLEM:
            mistakes.append(f"{what}: its type is {answer[2].get('content-type')}")
        if content is not None and answer[1] != content:
            mistakes.append(f"{what}: {answer[1]}, and not {content}")

    expect("empty list", service.ask("GET", path), 200, {"items": []})
    expect("create", service.ask("POST", path, item), 201, item)
    expect("create again", service.ask("POST", path, item), 409)
    expect("get", service.ask("GET", place), 200, item)
    expect("list", service.ask("GET", path), 200, {"items": [item]})
    expect("replace", service.ask("PUT", place, item), 200, item)
    expect("unknown field", service.ask("POST", path, item | {"no field": 1}), 422)
    expect("no JSON", service.ask("PUT", place, "text"), 422)
    others = [item | {key: f"00000000-0000-4000-8000-0000000001{number:02}"} for number in range(5)]
    for other in others:
        expect("create more", service.ask("POST", path, other), 201)
    seen, cursor = [], ""
    for _ in range(6):
        page = service.ask("GET", f"{path}?limit=1{cursor}")[1]
        seen += [each[key] for each in page["items"]]
        if "next" not in page:
            break
        cursor = f"&cursor={page['next']}"
    if seen != sorted(each[key] for each in [item, *others]):
        mistakes.append(f"pages: {seen}")
    expect("delete", service.ask("DELETE", place), 204)
    expect("delete again", service.ask("DELETE", place), 404)
    expect("get what is gone", service.ask("GET", place), 404)
    expect("no such path", service.ask("GET", "/no/such/path"), 404)
    expect("wrong method", service.ask("PATCH", path), 405)
    if service.ask("GET", "/metrics")[0] != 404:
        mistakes.append("the public port answers /metrics")
    metrics = service.ask("GET", "/metrics", admin=True)[1]
    for part in ("http_server_request_duration_seconds_bucket", "http_server_active_requests"):
        if part not in metrics:
            mistakes.append(f"/metrics has no {part}")
    return "\n".join(mistakes) or None


def without_tokens(contract: dict[str, Any]) -> dict[str, Any]:
    """The contract without what is right only if the service made it, or if nobody used it before: no schema says so."""
    tokens = {"Cursor", "IfMatch", "IdempotencyKey"}
    for body in contract["paths"].values():
        for operation in body.values():
            parameters = operation.get("parameters", [])
            operation["parameters"] = [each for each in parameters if each.get("$ref", "").rpartition("/")[2] not in tokens]
    return contract


def check_running(service: Path, database: str | None, where: str) -> None:
    name = service.name
    package = next(path.name for path in (service / "gen").iterdir())
    contract_path = service / "gen" / package / "openapi.json"
    contract = json.loads(contract_path.read_text())
    begin = time.monotonic()
    running = Service(service, package, database)
    try:
        if running.ask("GET", "/readyz", admin=True)[0] != 200:
            report(f"{name}, {where}: starts", running.log.read_text(), begin)
            return
        report(f"{name}, {where}: starts", None, begin)
        begin = time.monotonic()
        served = running.ask("GET", "/openapi.json")[1]
        report(f"{name}, {where}: serves its contract", None if served == contract else "it serves another one", begin)
        begin = time.monotonic()
        report(f"{name}, {where}: a resource round trip", guarded(lambda: exercise(running, contract)), begin)
        url = f"http://127.0.0.1:{running.port}"
        tried = service / "contract-to-try.json"
        tried.write_text(json.dumps(without_tokens(contract)))
        # Texts hold no NUL, which no pattern of JSON Schema says without being read by every client.
        check(
            f"{name}, {where}: schemathesis", "schemathesis", "run", str(tried), "--url", url, "--seed", "7",
            "--max-examples", "40", "--generation-allow-x00", "false", "--generation-database", ":memory:",
            "--no-color", folder=service,
        )  # fmt: skip
    finally:
        begin = time.monotonic()
        report(f"{name}, {where}: SIGTERM ends it cleanly", guarded(running.stop), begin)


def guarded(action: Callable[[], str | None]) -> str | None:
    try:
        return action()
    except Exception as error:
        return repr(error)


class Postgres:
    """A private PostgreSQL, in memory as far as it can be."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        if not found:
            raise RuntimeError("PostgreSQL is missing: apt-get install postgresql")
        self.programs = found[-1].parent
        self.account = pwd.getpwnam("nobody") if os.getuid() == 0 else None
        folder.mkdir()
        if self.account:
            os.chown(folder, self.account.pw_uid, self.account.pw_gid)
        self.run("initdb", "-D", str(folder / "data"), "-U", "app", "-A", "trust", "-E", "UTF8", "--no-sync")
        port = free_port()
        options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories= -c fsync=off"
        self.run("pg_ctl", "-D", str(folder / "data"), "-w", "-l", str(folder / "log"), "-o", options, "start")
        self.url = f"postgresql://app@127.0.0.1:{port}/postgres"

    def run(self, program: str, *arguments: str) -> None:
        account = self.account
        subprocess.run(
            [self.programs / program, *arguments],
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            stdout=subprocess.DEVNULL,
            check=True,
            timeout=60,
        )

    def stop(self) -> None:
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="droid-fastapi-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as another user
        services = sorted(path.parent for path in OUT.glob("services/*/pyproject.toml"))
        if not (OUT / "openapi").is_dir() and not services:
            print("nothing here is written in Python")
        for contract in sorted((OUT / "openapi").glob("*.json")):
            check(f"{contract.name}: OpenAPI 3.1", "openapi-spec-validator", str(contract), folder=folder)
        copies = [Path(shutil.copytree(service, folder / "services" / service.name)) for service in services]
        for copy in copies:
            check_files(copy, folder / "mypy")
        for copy in copies:
            written = USERS / f"{copy.name}.py"
            if not written.exists():
                continue
            [user] = (copy / "src").iterdir()
            shutil.copyfile(written, user / "service.py")
            check(f"{copy.name}: mypy --strict with a user's code", "mypy", "--cache-dir", str(folder / "mypy"), folder=copy)
            check_running(copy, None, "in memory")
            begin = time.monotonic()
            try:
                postgres = Postgres(folder / f"postgres-{copy.name}")
            except (OSError, RuntimeError, subprocess.SubprocessError) as error:
                report("PostgreSQL starts", str(error), begin)
                continue
            try:
                check_running(copy, postgres.url, "on PostgreSQL")
            finally:
                postgres.stop()
    print(f"{checks - failures} passed, {failures} failed")
    return 1 if failures else 0


sys.exit(main())
