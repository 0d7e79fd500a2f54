"""How fast a generated service is, beside one that is written by hand and does the same work.

    python run.py LANGUAGE DROID BIN [ROUNDS]

LANGUAGE is python, typescript or go, DROID the compiler (a release build or not: it is not measured), BIN the folder that
Tests/tools/install prints. Both services are asked by wrk in turn, round by round, so that what else the machine does meets
both; the table has the medians, and the processor time that a request takes, which a busy machine changes least. It is a measurement and no test: nothing here fails for being slow.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Conformance"))
from process import free_port
from toolchain import PREPARATIONS, environment, run

SECONDS = 3
CONNECTIONS = 16
# A new key for each request of each thread; wrk is started with one.
POST = """
local next = %d
request = function()
  next = next + 1
  local body = '{"id":' .. next .. ',"customer":"Ann","lines":[{"sku":"a-1","quantity":2},{"sku":"b-2","quantity":1}],"note":"soon"}'
  return wrk.format("POST", "/orders", {["Content-Type"] = "application/json"}, body)
end
"""


@dataclass
class Service:
    command: list[str]
    folder: Path
    settings: dict[str, str]
    port: int = field(default_factory=free_port)
    rates: dict[str, list[float]] = field(default_factory=lambda: {"GET": [], "POST": []})
    tails: dict[str, list[float]] = field(default_factory=lambda: {"GET": [], "POST": []})
    costs: dict[str, list[float]] = field(default_factory=lambda: {"GET": [], "POST": []})
    next_key: int = 1_000_000
    process: subprocess.Popen[bytes] | None = None

    def start(self, log: Path) -> None:
        settings = {**self.settings, "HOST": "127.0.0.1", "PORT": str(self.port), "ADMIN_PORT": str(free_port()), "DRAIN_SECONDS": "0"}
        with log.open("wb") as output:
            self.process = subprocess.Popen(self.command, cwd=self.folder, env=settings, stdout=output, stderr=output)
        for _ in range(200):
            if self.create(b'{"id":1,"customer":"Ann","lines":[{"sku":"a-1","quantity":2},{"sku":"b-2","quantity":1}],"note":"soon"}'):
                return
            time.sleep(0.05)
        self.stop()
        raise SystemExit(f"{self.command[0]} does not answer:\n{log.read_text()[-3000:]}")

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def processor_seconds(self) -> float:
        assert self.process is not None
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def create(self, body: bytes) -> bool:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/orders", body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return bool(answer.status == 201)
        except OSError:
            return False

    def measure(self, method: str, wrk: Path, folder: Path) -> None:
        command = [str(wrk), "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency", f"http://127.0.0.1:{self.port}/orders/1"]
        if method == "POST":
            script = folder / "post.lua"
            script.write_text(POST % self.next_key)
            self.next_key += 10_000_000
            command[-1:] = ["-s", str(script), f"http://127.0.0.1:{self.port}"]
        before = self.processor_seconds()
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        seconds = self.processor_seconds() - before
        if bad := re.search(r"Non-2xx or 3xx responses: \d+|Socket errors:.*", said):
            raise SystemExit(f"{method}: {bad[0]}")
        count = re.search(r"(\d+) requests in", said)
        rate, tail = re.search(r"Requests/sec:\s+([\d.]+)", said), re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
        assert rate and tail and count
        self.rates[method].append(float(rate[1]))
        self.costs[method].append(seconds / int(count[1]) * 1e6)
        self.tails[method].append(float(tail[1]) * {"us": 0.001, "ms": 1, "s": 1000}[tail[2]])


def generated(language: str, droid: Path, bin_folder: Path, folder: Path) -> Service:
    source = folder / "orders.droid"
    source.write_text((HERE / "orders.droid").read_text().replace("language = python", f"language = {language}"))
    run([droid, "build", source, "-o", folder / "out"], folder, bin_folder, "droid build")
    service = folder / "out" / "services" / "orders"
    command, settings = PREPARATIONS[language](service, "orders", bin_folder)
    return Service(command, service, {**environment(bin_folder), **settings})


def by_hand(language: str, bin_folder: Path, folder: Path) -> Service:
    source = HERE / "by_hand" / language
    settings = environment(bin_folder)
    if language == "python":
        return Service([str(bin_folder / "python"), "main.py"], source, settings)
    for file in source.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    if language == "typescript":
        (folder / "node_modules").symlink_to(bin_folder.parent / "node" / "node_modules")
        return Service(["node", "main.mjs"], folder, settings)
    run([bin_folder / "go", "build", "-o", "service", "."], folder, bin_folder, "go build")
    return Service([str(folder / "service")], folder, settings)


def main() -> None:
    language, droid, bin_folder = sys.argv[1], Path(sys.argv[2]).resolve(), Path(sys.argv[3]).resolve()
    rounds = int(sys.argv[4]) if len(sys.argv) > 4 else 5
    with tempfile.TemporaryDirectory(prefix="droid-speed-") as name:
        folders = [Path(name) / "generated", Path(name) / "by-hand"]
        for folder in folders:
            folder.mkdir()
        services = [generated(language, droid, bin_folder, folders[0]), by_hand(language, bin_folder, folders[1])]
        try:
            for service, folder in zip(services, folders, strict=True):
                service.start(folder / "log")
            for _ in range(rounds):
                for method in ("GET", "POST"):
                    for service in services:
                        service.measure(method, bin_folder / "wrk", Path(name))
        finally:
            for service in services:
                service.stop()
    ours, theirs = services
    print(f"{language}, {rounds} rounds of {SECONDS} s, {CONNECTIONS} connections, {os.cpu_count()} processors\n")
    print("| | generated | by hand | ratio | p99 | p99 by hand | processor | by hand | ratio |\n" + "| --- " * 9 + "|")
    for method in ("GET", "POST"):
        rates, tails, costs = ([statistics.median(each) for each in (getattr(ours, name)[method], getattr(theirs, name)[method])]
                               for name in ("rates", "tails", "costs"))  # fmt: skip
        # Of each round by itself: what else ran then met both.
        rate = statistics.median(a / b for a, b in zip(ours.rates[method], theirs.rates[method], strict=True))
        cost = statistics.median(b / a for a, b in zip(ours.costs[method], theirs.costs[method], strict=True))
        print(
            f"| {method} | {rates[0]:,.0f}/s | {rates[1]:,.0f}/s | {rate:.2f} | {tails[0]:.1f} ms | {tails[1]:.1f} ms "
            f"| {costs[0]:.0f} µs | {costs[1]:.0f} µs | {cost:.2f} |"
        )


main()
