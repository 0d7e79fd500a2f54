"""Checks what `droid build` wrote for Go, with the tools that its users run.

    python go.py OUT BIN

OUT is the folder of a build, BIN the folder that Tests/tools/install prints. Prints a line for each check and ends with 1 if
one failed. Nothing is written into OUT: the services are checked as copies. The runtime's own tests are in Tests/Runtime/go.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

OUT = Path(sys.argv[1]).resolve()
BIN = Path(sys.argv[2]).resolve()
# The detector of races needs a C compiler.
RACE = ["-race"] if shutil.which("gcc") else []
# Of the files that depend on the droidfile; what they leave out is for a database or a signal.
LEAST_COVERAGE = 60.0
checks = 0
failures = 0


def report(name: str, problem: str | None, begin: float) -> None:
    global checks, failures
    checks += 1
    seconds = time.monotonic() - begin
    print(f"{'ok   ' if problem is None else 'FAIL '} {name} ({seconds:.1f} s)", flush=True)
    if problem is not None:
        failures += 1
        print("      " + "\n      ".join(problem.strip().splitlines()[-60:]), flush=True)


def check(name: str, *command: str | Path, folder: Path, is_silent: bool = False) -> str:
    """Run a tool; it is fine if it ends with 0, and with nothing said if it is a silent one."""
    begin = time.monotonic()
    environment = {"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(folder), "CGO_ENABLED": str(int("-race" in command))}
    try:
        done = subprocess.run(
            [str(part) for part in command], cwd=folder, env=environment, capture_output=True, text=True, timeout=600, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        report(name, f"{error}\nTests/tools/install brings the tools", begin)
        return ""
    said = done.stdout + done.stderr
    report(name, None if done.returncode == 0 and not (is_silent and said.strip()) else said or "it ended with a failure", begin)
    return done.stdout


def check_files(service: Path) -> None:
    name = service.name
    check(f"{name}: gofmt", BIN / "gofmt", "-l", "-s", ".", folder=service, is_silent=True)
    check(f"{name}: go build", BIN / "go", "build", "-o", "service", ".", folder=service)
    check(f"{name}: go vet", BIN / "go", "vet", "./...", folder=service)
    check(f"{name}: staticcheck", BIN / "staticcheck", "-checks", "all,-ST1000,-ST1003", "./...", folder=service)
    said = check(f"{name}: its tests", BIN / "go", "test", *RACE, "-cover", "./gen", folder=service)
    begin = time.monotonic()
    found = re.search(r"coverage: ([0-9.]+)%", said)
    figure = float(found[1]) if found else 0.0
    # A service that answers nothing has little but what a process needs to start.
    least = LEAST_COVERAGE if (service / "gen" / "openapi.json").exists() else 0
    report(f"{name}: its tests reach {figure:.0f} % of gen", None if figure >= least else f"only {figure} %", begin)
    begin = time.monotonic()
    report(f"{name}: go.mod names what it needs", missing_requirements(service), begin)


def missing_requirements(service: Path) -> str | None:
    """The modules that are imported and those that go.mod names: a workspace hides the difference."""
    named = set(re.findall(r"^(?:require |\t)(\S+\.\S+/\S+) v", (service / "go.mod").read_text(), re.M))
    imported = set()
    for file in service.rglob("*.go"):
        imported |= set(re.findall(r'^(?:import |\t)(?:\w+ )?"([a-z0-9.-]+\.[a-z]+/[^"]+)"', file.read_text(), re.M))
    missing = {path for path in imported if not any(path == module or path.startswith(module + "/") for module in named)}
    unused = {module for module in named if not any(path == module or path.startswith(module + "/") for path in imported)}
    return f"missing: {sorted(missing)}; unused: {sorted(unused)}" if missing or unused else None


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def status(port: int, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def check_running(service: Path) -> None:
    """It starts as droid wrote it, answers what its contract says, and ends when it is told to."""
    name, port, admin, begin = service.name, free_port(), free_port(), time.monotonic()
    settings = {"HOST": "127.0.0.1", "PORT": str(port), "ADMIN_PORT": str(admin), "DRAIN_SECONDS": "0"}
    source = (service / "gen" / "settings.go").read_text()
    settings |= {other: str(free_port()) for other in set(re.findall(r'"(PORT_[A-Z0-9_]+)"', source))}
    settings |= {secret: "name:password" for secret in set(re.findall(r'"(SECRET_[A-Z0-9_]+)"', source))}
    settings |= {url: "http://127.0.0.1:9" for url in set(re.findall(r'RequiredURL\("([A-Z0-9_]+)"', source))}
    log = service / "log"
    with log.open("w") as output:
        process = subprocess.Popen([service / "service"], cwd=service, env=settings, stdout=output, stderr=output)
    for _ in range(200):
        if process.poll() is not None or status(admin, "/readyz") == 200:
            break
        time.sleep(0.05)
    report(f"{name}: starts", None if status(admin, "/readyz") == 200 else log.read_text(), begin)
    contract = service / "gen" / "openapi.json"
    if contract.exists():
        check(
            f"{name}: schemathesis", BIN / "schemathesis", "run", contract, "--url", f"http://127.0.0.1:{port}", "--seed", "7",
            "--max-examples", "30", "--generation-database", ":memory:", "--no-color",
            # What droid scaffolds answers 501 on purpose; and no schema says that a text holds no NUL.
            "--exclude-checks", "not_a_server_error,status_code_conformance,positive_data_acceptance", folder=service,
        )  # fmt: skip
    begin = time.monotonic()
    process.send_signal(signal.SIGTERM)
    try:
        code = process.wait(timeout=30)
        last = json.loads(log.read_text().splitlines()[-1])
        problem = None if code == 0 and last["message"] == "stopped" else f"it ended with {code}, and said last: {last}"
    except subprocess.TimeoutExpired:
        process.kill()
        problem = "SIGTERM did not end it within 30 s"
    report(f"{name}: SIGTERM ends it cleanly", problem, begin)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="droid-go-") as name:
        services = sorted(path.parent for path in OUT.glob("services/*/go.mod"))
        if not services:
            print("nothing here is written in Go")
        for service in services:
            copy = Path(shutil.copytree(service, Path(name) / service.name))
            check_files(copy)
            check_running(copy)
    print(f"{checks - failures} passed, {failures} failed")
    return 1 if failures else 0


sys.exit(main())
