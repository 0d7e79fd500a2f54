"""Checks what `droid build` wrote for TypeScript, with the tools that its users run.

    python express.py OUT BIN

OUT is the folder of a build, BIN the folder that Tests/tools/install prints. Prints a line for each check and ends with 1 if
one failed. Nothing is written into OUT: the services are checked as copies.
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
HERE = Path(__file__).resolve().parent
LEAST_COVERAGE = 95.0
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


def check(name: str, *command: str | Path, folder: Path) -> str:
    """Run a tool; it is fine if it ends with 0."""
    begin = time.monotonic()
    environment = {"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(folder)}
    try:
        done = subprocess.run(
            [str(part) for part in command], cwd=folder, env=environment, capture_output=True, text=True, timeout=600, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        report(name, f"{error}\nTests/tools/install and Tests/Outputs/requirements.txt bring the tools", begin)
        return ""
    report(name, None if done.returncode == 0 else done.stdout + done.stderr, begin)
    return done.stdout


def check_files(service: Path) -> None:
    name = service.name
    check(f"{name}: tsc", BIN / "tsc", "--project", ".", "--sourceMap", "false", folder=service)
    sources = sorted(str(path.relative_to(service)) for part in ("gen", "src", "test") for path in (service / part).rglob("*.ts"))
    check(f"{name}: format", BIN / "biome", "format", f"--config-path={HERE}", *sources, folder=service)
    check(f"{name}: lint", BIN / "biome", "lint", f"--config-path={HERE}", "--error-on-warnings", *sources, folder=service)
    tests = sorted(str(path.relative_to(service)) for path in (service / "dist" / "test").glob("*.test.js"))
    # With source maps, coverage of node 20 fails at files that are types alone.
    coverage = check(f"{name}: its tests", "node", "--test", "--experimental-test-coverage", *tests, folder=service)
    begin = time.monotonic()
    # What was printed for this service, in all; the runtime, which all services share, has tests of its own and the conformance suite.
    reached = dict(re.findall(r"^# dist/gen/(?!runtime/)(\S+) +\| +([0-9.]+)", coverage, re.M))
    lines = lines_to_run(service / "dist" / "gen")
    run = sum(count * float(reached.get(file, "0")) / 100 for file, count in lines.items())
    share = 100 * run / sum(lines.values())
    low = "\n".join([f"{share:.1f} %", *(f"{file}: {reached.get(file, 0)} %" for file in lines)])
    report(f"{name}: its tests run {LEAST_COVERAGE:.0f} % of what was printed", low if share < LEAST_COVERAGE else None, begin)


def lines_to_run(folder: Path) -> dict[str, int]:
    """The lines of each file that tests are to run: none of types alone, nor of the start, which `check_running` runs to its end."""
    files = {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*.js") if path != folder / "main.js"}
    return {
        file: text.count("\n") for file, text in files.items()
        if not file.startswith("runtime/") and re.sub(r"^(//|/\*\*).*$", "", text, flags=re.M).strip() != "export {};"
    }  # fmt: skip


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
    others = set(re.findall(r'"(PORT_[A-Z_]+)"', (service / "gen" / "settings.ts").read_text()))
    settings |= {other: str(free_port()) for other in others}
    secrets = re.findall(r'"(SECRET_[A-Z0-9_]+)"', (service / "gen" / "settings.ts").read_text())
    settings |= {secret: "name:password" for secret in secrets}
    peers = re.findall(r'address\("([A-Z0-9_]+)"\)', (service / "gen" / "settings.ts").read_text())
    settings |= {peer: "http://127.0.0.1:9" for peer in peers}
    log = service / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            ["node", "--enable-source-maps", "dist/gen/main.js"],
            cwd=service, env={"PATH": os.environ["PATH"], **settings}, stdout=output, stderr=output,
        )  # fmt: skip
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
    with tempfile.TemporaryDirectory(prefix="droid-express-") as name:
        services = sorted(path.parent for path in OUT.glob("services/*/package.json"))
        if not services:
            print("nothing here is written in TypeScript")
        for service in services:
            copy = Path(shutil.copytree(service, Path(name) / service.name, ignore=shutil.ignore_patterns("node_modules", "dist")))
            (copy / "node_modules").symlink_to(BIN.parent / "node" / "node_modules")
            check_files(copy)
            check_running(copy)
    print(f"{checks - failures} passed, {failures} failed")
    return 1 if failures else 0


sys.exit(main())
